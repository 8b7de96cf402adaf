"""Reminders: found by SQL from what is planned, never kept as jobs; each is sent once, or recorded as too late."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from math import inf

from bot import stale_cards
from bot.clock import Clock, from_utc_text, utc_text
from bot.dates import local, to_utc
from bot.posting import Poster
from bot.reminder_hours import Hours, hours_of, is_rest_day, read_hours
from bot.reminder_windows import Window, as_json, windows
from bot.stale_cards import ABOUT, Compose, about
from storage import card_parts, clock_set_back, reminders
from storage.database import Connection, Database
from storage.lead_times import lead_times
from storage.reminders import Due

log = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=8)
"""How far back a missed reminder is still recorded as missed; the channels keep messages for 7 days at most."""

OVERLAP = timedelta(minutes=2)
"""How much is searched again: what was stored while the last search ran must not be passed over."""

JUMP = timedelta(minutes=1)
RESTS_AFTER_JUMP = 600.0  # seconds: time servers put a clock right within minutes
REMEMBERED_EVERY = timedelta(minutes=5)
ASK_AGAIN_AFTER = timedelta(minutes=15)
HALF_A_DAY = timedelta(hours=12)
PEOPLE_AT_ONCE = 100  # one transaction each: nobody's reply waits for thirty thousand cards

NUDGES = frozenset({"answer", "overdue", "late", "month", "month_over"})
"""What asks for work rather than telling what begins: it leaves Sundays and holidays alone, as the office chooses."""


class Reminders:
    """Posts what is due; called at every tick and safe to call at any time."""

    def __init__(self, database: Database, poster: Poster, clock: Clock, compose: Compose, zone: str) -> None:
        self._database = database
        self._poster = poster
        self._clock = clock
        self._compose = compose
        self._zone = zone
        self._seen: tuple[datetime, float] | None = None
        self._rests_until = -inf

    async def post_due(self) -> int:
        """Give a row to what has fallen due, and send or settle what waits; return how many were settled."""
        now = self._clock.now()
        if await self._note_jump(now) or self._clock.steady() < self._rests_until:
            return 0
        if await self._database.read(card_parts.any_stale):
            await self._database.write(stale_cards.write_anew, self._poster, self._compose, now)
        if await self._database.read(self._has_news, now):
            await self._search(now)
        if not await self._database.read(reminders.any_ready, utc_text(now), utc_text(now - HALF_A_DAY)):
            return 0
        settled = 0
        while done := await self._database.write(self._settle_some, now):
            settled += done
        return settled

    async def _note_jump(self, now: datetime) -> bool:
        """Say whether the clock was set forward just now: then nothing goes for a while, it may be a mistake.

        What a wrong clock has sent cannot be called back; a clock that is set back sends nothing twice, and nothing
        waits for the time that it showed.
        """
        steady, seen = self._clock.steady(), self._seen
        self._seen = now, steady
        if seen is not None:
            jump = now - seen[0] - timedelta(seconds=steady - seen[1])
        else:
            before = (await self._database.read(reminders.search)).searched
            jump = min(timedelta(), now - from_utc_text(before)) if before else timedelta()
        if abs(jump) < JUMP:
            return False
        seconds = round(jump.total_seconds())
        log.warning("the clock jumped seconds=%d", seconds)
        await self._database.write(_note_jump, utc_text(now), seconds)
        self._rests_until = steady + RESTS_AFTER_JUMP if seconds > 0 else -inf
        return seconds > 0

    def _has_news(self, db: Connection, now: datetime) -> bool:
        before = reminders.search(db).searched
        stale = before is None or abs(now - from_utc_text(before)) >= REMEMBERED_EVERY
        stamp, longest = utc_text(now), utc_text(now - LOOKS_BACK)
        each = (as_json([window]) for window in self._windows(db, now))
        return stale or any(reminders.any_fallen_due(db, one, stamp, longest) for one in (as_json([]), *each))

    async def _search(self, now: datetime) -> None:
        # A window each, in transactions of their own: a morning's rows of a whole country keep no reply waiting.
        # What a crash leaves undone the next search finds again: how far it has come is noted last.
        stamp, longest = utc_text(now), utc_text(now - LOOKS_BACK)
        found = await self._database.read(self._windows, now)
        for one in (as_json([]), *(as_json([window]) for window in found)):
            while await self._database.write(reminders.add_fallen_due, one, stamp, longest) == reminders.MOST_AT_ONCE:
                pass
        await self._database.write(reminders.set_searched, stamp)

    def _asked(self, db: Connection, now: datetime) -> tuple[str, str, str]:
        """Return the windows since the last search, as the statement wants them, now, and how far back it looks."""
        return as_json(self._windows(db, now)), utc_text(now), utc_text(now - LOOKS_BACK)

    def _windows(self, db: Connection, now: datetime) -> list[Window]:
        before = reminders.search(db).searched
        longest = now - LOOKS_BACK
        # A clock that was set back has searched what has not come yet: the search begins again from here.
        after = max(longest, min(now, from_utc_text(before)) - OVERLAP) if before else longest
        return windows(lead_times(db), read_hours(db), after, now, self._zone)

    def _settle_some(self, db: Connection, now: datetime) -> int:
        hours = read_hours(db)
        found = reminders.ready(db, utc_text(now), utc_text(now - HALF_A_DAY), PEOPLE_AT_ONCE)
        return sum(
            self._settle_person(db, list(his), hours_of(db, person, hours), now)
            for person, his in groupby(found, lambda d: d.person_id)
        )

    def _settle_person(self, db: Connection, waiting: list[Due], hours: Hours, now: datetime) -> int:
        """Send, put off, or give up what waits for one person; return how many rows that changed."""
        stamp = utc_text(now)
        gone = [one for one in waiting if not one.needed]
        late = [one for one in waiting if one.needed and one.until <= stamp]
        current = [one for one in waiting if one.needed and one.until > stamp and one.reachable]
        best = _latest_of_each(current)
        _settle(db, gone, "unneeded", stamp)
        # "Lewat, tidak dikirim": after a day without power nobody wants yesterday's reminders, but the office must be
        # able to see that they were not sent. Of two about one thing, only the later one still helps.
        _settle(db, [*late, *(one for one in current if one not in best)], "missed", stamp)
        cards: list[list[Due]] = [[one] for one in best if not one.daily and not self._put_off(db, one, hours, now)]
        if today := [one for one in best if one.daily and not self._put_off(db, one, hours, now)]:
            cards.append(today)
        for card in cards:
            self._send(db, card, hours, now)
        return len(gone) + len(late) + len(current)

    def _put_off(self, db: Connection, due: Due, hours: Hours, now: datetime) -> bool:
        """Say whether it is not to go now; it then waits, or is recorded as missed where waiting would not help."""
        then = _goes_at(db, due, hours, now)
        if then is None:
            return False
        if utc_text(then) < due.until:
            reminders.put_off(db, due.id, utc_text(then))
        else:
            reminders.settle(db, due.id, "missed", utc_text(now))
        return True

    def _send(self, db: Connection, card: Sequence[Due], hours: Hours, now: datetime) -> None:
        first, stamp = card[0], utc_text(now)
        message = self._compose(db, card, now)
        if message is None:
            _settle(db, card, "unneeded", stamp)
            return
        here = local(now, first.zone)
        expires = max(from_utc_text(one.until) for one in card)
        if len(card) > 1:
            # It names several things, and no answer to one of them takes it back: after today it says nothing true.
            expires = min(expires, to_utc(here.date(), hours.quiet_from, first.zone))
        kind, named, occurrence = _name_of(card, here.date().isoformat())
        posted = self._poster.notify(
            db, first.person_id, message, now, kind=kind, object=named, occurrence=occurrence, expires_at=expires
        )
        if not posted:
            for one in card:
                reminders.put_off(db, one.id, utc_text(now + ASK_AGAIN_AFTER))
            return
        if len(card) > 1:
            stale_cards.keep_parts(db, card)
        for one in card:
            reminders.settle(db, one.id, "posted", stamp, here.date().isoformat() if one.daily else None)


def _note_jump(db: Connection, now: str, seconds: int) -> None:
    reminders.note_jump(db, now, seconds)
    if seconds < 0:
        clock_set_back.bring_back(db, now)


def _settle(db: Connection, those: Iterable[Due], state: str, stamp: str) -> None:
    for one in those:
        reminders.settle(db, one.id, state, stamp)


def _latest_of_each(current: Sequence[Due]) -> list[Due]:
    """Keep, of what is about one thing, what fell due last; the reminder of an event asks the silent as well."""
    best: dict[tuple[str, int, str], Due] = {}
    for one in sorted(current, key=lambda due: (due.due_at, due.sort != "answer")):
        # Months and days of supervisors and of feedback stand each for itself.
        best[ABOUT.get(one.sort, "meeting"), one.object_id, one.occurrence] = one
    return [one for one in current if one in best.values()]


def _goes_at(db: Connection, due: Due, hours: Hours, now: datetime) -> datetime | None:
    """Return when a reminder may go that may not go now."""
    quiet = hours.quiet_until(now, due.zone)
    if not due.daily:
        return quiet
    today = local(now, due.zone).date()
    # The card of the day waits for its hour: what was missed in the night goes with what falls due then.
    morning = to_utc(today, hours.daily, due.zone)
    early = now < morning and utc_text(morning) < due.until
    rests = hours.rest if due.sort in NUDGES else "none"
    full = reminders.had_card(db, due.person_id, today.isoformat())
    if not (quiet or early or full or is_rest_day(db, today, rests)):
        return None
    then = hours.morning_after(now, due.zone)
    while is_rest_day(db, local(then, due.zone).date(), rests):
        then = hours.morning_after(then, due.zone)
    return then


def _name_of(card: Sequence[Due], day: str) -> tuple[str, str, str]:
    """Return kind, object and occurrence of the card's row in the outbox."""
    first = card[0]
    if len(card) > 1:
        return "reminder", f"daily:{first.person_id}", day
    return "chase" if first.sort == "answer" else "reminder", about(first), f"{first.rule}:{first.occurrence}"
