"""Watching over the audit: the chain is looked through at the start and each night, and its head is put out of reach.

Whoever has the file can write the whole chain anew, and no look at the file would notice. So the operators' phones hold
the head: once a week in a message of its own, and whenever one of them opens the system page.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.clock import Clock, utc_text
from bot.dates import local, to_utc
from bot.message import Message
from bot.outlets import choose
from bot.posting import Poster
from storage import audit, people
from storage.audit import Checked, Head
from storage.database import Connection, Database

NIGHT = time(2)
LINES_AT_ONCE = 2_000  # some hundredths of a second of a reader: nobody's answer waits for a night's look
MONDAY = 0
HEAD_FROM, HEAD_UNTIL = time(8), time(20)
WEEK = timedelta(days=7)

ComposeBroken = Callable[[Checked], Message]
"""Writes to the operators that the chain is broken, and where."""

ComposeHead = Callable[[Head], Message]
"""Writes the week's head to the operators."""


class AuditWatch:
    """Looks at the audit when it is time; called at every tick and safe to call at any time."""

    def __init__(
        self,
        database: Database,
        poster: Poster,
        clock: Clock,
        compose_broken: ComposeBroken,
        compose_head: ComposeHead,
        zone: str,
    ) -> None:
        self._database = database
        self._poster = poster
        self._clock = clock
        self._compose_broken = compose_broken
        self._compose_head = compose_head
        self._zone = zone
        self._looked: datetime | None = None
        self._told = ""

    async def look(self) -> None:
        """Look through the chain if this night's look, or the first one, is still to come; send the week's head."""
        now = self._clock.now()
        if self._looked is None or self._looked < self._night_before(now):
            await self.check(now)
        here = local(now, self._zone)
        week = f"{here:%G-W%V}"
        if here.weekday() == MONDAY and HEAD_FROM <= here.time() < HEAD_UNTIL and self._told != week:
            await self._database.write(self._tell_head, week, now)
            self._told = week

    async def check(self, now: datetime) -> Checked:
        """Look through the whole chain, keep what was found, and tell the operators if it is broken."""
        found = Checked()
        while not found.finished:
            found = await self._database.read(audit.check_on, found, LINES_AT_ONCE)
        found = await self._database.read(_with_the_past, found)
        if found.count or found.broken:
            await self._database.write(self._keep, found, now)
        self._looked = now
        return found

    def _night_before(self, now: datetime) -> datetime:
        today = local(now, self._zone).date()
        tonight = to_utc(today, NIGHT, self._zone)
        return tonight if tonight <= now else to_utc(today - timedelta(days=1), NIGHT, self._zone)

    def _keep(self, db: Connection, found: Checked, now: datetime) -> None:
        audit.keep_check(db, utc_text(now), found)
        if not found.broken:
            return
        told, where = self._compose_broken(found), ",".join(map(str, found.broken))
        for operator in people.people_in_roles(db, "operator"):
            self._poster.notify(db, operator.id, told, now, kind="audit", object="audit:broken", occurrence=where)

    def _tell_head(self, db: Connection, week: str, now: datetime) -> None:
        """Send last week's head to every operator whom it costs nothing to tell, if anything was done in that week."""
        monday = to_utc(local(now, self._zone).date(), time(), self._zone)
        head = audit.head_of(db, utc_text(monday - WEEK), utc_text(monday))
        if head is None:
            return
        told = self._compose_head(head)
        for operator in people.people_in_roles(db, "operator"):
            outlet = choose(db, self._poster.capabilities, operator.id, now, kind="head", about="audit:head")
            if outlet is None or outlet.shut:
                continue  # a template is billed: this one sees the head on the system page
            self._poster.notify(
                db,
                operator.id,
                told,
                now,
                kind="head",
                object="audit:head",
                occurrence=week,
                uncertain_do="drop",
                expires_at=now + WEEK,
            )


def _with_the_past(db: Connection, found: Checked) -> Checked:
    """Add what only an earlier look knows: where it was broken before, and that lines were cut off at the end.

    Without its last lines a chain is whole; and a break that was seen stays one, whoever mends it.
    """
    last = audit.last_check(db)
    if last is None:
        return found
    cut = () if audit.holds(db, last.head) else (int(last.head.partition("-")[0]),)
    return replace(found, broken=tuple(sorted({*found.broken, *last.broken, *cut})))
