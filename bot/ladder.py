"""The ladder: what a channel lost goes to the other one, once; the office hears whom none reaches, and who is back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock, utc_text
from bot.message import Message
from bot.outlets import SPENT
from bot.posting import PASSED, Poster
from bot.reminder_hours import hours_of, read_hours
from storage import ladder, office, people, rules
from storage.database import Connection, Database
from storage.ladder import COMPANIONS, Fallen
from storage.people import Person

HOURS = "ladder-hours"
"""The rule: after how many hours without a receipt of delivery the other channel is tried."""

HOURS_UNSET = 6
TOO_OLD = timedelta(days=2)  # what nobody had a receipt for by then is not dug up
AT_ONCE = 100

Compose = Callable[[Sequence[Person], Sequence[Person]], Message]
"""Writes to the office which people no channel reaches, and which it reaches again."""


class Ladder:
    """Looks, at every tick, for notices that did not arrive; safe to call at any time."""

    def __init__(self, database: Database, poster: Poster, clock: Clock, compose: Compose, zone: str) -> None:
        self._database = database
        self._poster = poster
        self._clock = clock
        self._compose = compose
        self._zone = zone

    async def climb(self) -> int:
        """Pass on what can be passed on, and record what cannot; return how many notices that were.

        In the quiet hours nothing: whoever did not hear of it in the evening is not woken for it.
        """
        now = self._clock.now()
        if not await self._database.read(self._has_work, now):
            return 0
        return await self._database.write(self._climb, now)

    def _has_work(self, db: Connection, now: datetime) -> bool:
        if read_hours(db).quiet_until(now, self._zone) is not None:
            return False
        return bool(self._find(db, now)) or ladder.any_lost_or_back(db)

    def _find(self, db: Connection, now: datetime) -> list[Fallen]:
        since = now - timedelta(hours=ladder_hours(db))
        return ladder.fallen(db, utc_text(now), utc_text(since), utc_text(since - TOO_OLD), AT_ONCE)

    def _climb(self, db: Connection, now: datetime) -> int:
        stamp = utc_text(now)
        back = ladder.take_back(db)
        found = self._find(db, now)
        lost = dict.fromkeys(ladder.cut_off(db))
        for one in found:
            if self._pass_on(db, one, now):
                continue
            if one.kind not in COMPANIONS and one.error != SPENT and ladder.lost_in_a_row(db, one.person_id):
                lost[one.person_id] = None
        new = [one for one in lost if ladder.note_unreached(db, one, stamp)]
        if new or back:
            self._tell_office(db, new, back, now)
        return len(found)

    def _pass_on(self, db: Connection, one: Fallen, now: datetime) -> bool:
        """Send it by the other channel, or mark that there is none."""
        fresh = one.expires_at is None or one.expires_at > utc_text(now)
        once = PASSED not in one.dedupe and one.kind not in COMPANIONS and one.error != SPENT
        waits = hours_of(db, one.person_id).quiet_until(now, self._zone)
        if fresh and once and one.whole and self._poster.pass_on(db, one, now, waits):
            ladder.mark_passed(db, one, ladder.companions(db, one), utc_text(now))
            return True
        ladder.mark(db, one.id, "end")
        return False

    def _tell_office(self, db: Connection, lost: Sequence[int], back: Sequence[int], now: datetime) -> None:
        gone, returned = ([who for one in some if (who := people.person(db, one))] for some in (lost, back))
        for action, some in (("unreached", gone), ("reached again", returned)):
            for who in some:
                office.note(db, utc_text(now), None, action, f"person:{who.id}")
        told = self._compose(gone, returned)
        about = f"person:{(*gone, *returned)[0].id}"
        for operator in people.people_in_roles(db, "operator"):
            if operator.id not in lost:
                self._poster.notify(
                    db, operator.id, told, now, kind="unreached", object=about, occurrence=utc_text(now)
                )


def ladder_hours(db: Connection) -> int:
    """Return after how many hours without a receipt the other channel is tried."""
    return int(rules.rule(db, HOURS) or HOURS_UNSET)
