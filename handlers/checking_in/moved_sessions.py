"""Where the sessions of a day go when an event gets other hours: with its start, with its end, or nowhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.clock import from_utc_text, utc_text
from bot.dates import to_utc
from handlers.checking_in.sessions import GRACE, OPENS_BEFORE
from storage.events import Event
from storage.slots import Slot

DAY = timedelta(days=1)


def moved_sessions(sessions: Sequence[Slot], before: Event, after: Event, *, begun: bool) -> list[Slot]:
    """Return the sessions of a day that are still to open as they are with the new hours; what has no room is left out.

    An event that moves as a whole takes all of them along. With the start alone goes the first, unless the day has
    `begun`; the others keep their hours: the afternoon comes after lunch whenever the morning began.
    """
    if not sessions or (before.starts, before.ends) == (after.starts, after.ends):
        return list(sessions)
    starts = _at(sessions[0], after.starts, after)
    later = starts - _at(sessions[0], before.starts, before)
    if not begun and _moves_whole(before, after):
        moved = [shift(one, later) for one in sessions]
    elif not begun and later:
        moved = _after_the_first(shift(sessions[0], later), list(sessions[1:]), starts)
    else:
        moved = list(sessions)
    cut = [_cut(one, before, after) for one in moved]
    return [one for one in cut if one.opens_at < one.closes_at]


def shift(slot: Slot, later: timedelta) -> Slot:
    """Return the slot at another time; its day is another matter."""
    return replace(
        slot,
        opens_at=_plus(slot.opens_at, later),
        late_from=_plus(slot.late_from, later) if slot.late_from else None,
        closes_at=_plus(slot.closes_at, later),
    )


def _moves_whole(before: Event, after: Event) -> bool:
    if before.ends is None or after.ends is None:
        return False
    return _minutes(after.ends) - _minutes(before.ends) == _minutes(after.starts) - _minutes(before.starts)


def _after_the_first(first: Slot, others: list[Slot], starts: datetime) -> list[Slot]:
    """Let the first session end where the next one opens, or not be, if by then nobody could come in time for it."""
    while others and (first.late_from or utc_text(starts)) >= others[0].opens_at:
        first = _at_the_start(others.pop(0), starts)
    if others:
        first = replace(first, closes_at=min(first.closes_at, others[0].opens_at))
    return [first, *others]


def _at_the_start(slot: Slot, starts: datetime) -> Slot:
    """Return the session around the start; it closes when it would have, or is as long as it was."""
    opens, late = utc_text(starts - OPENS_BEFORE), utc_text(starts + GRACE)
    lasts = from_utc_text(slot.closes_at) - from_utc_text(slot.opens_at)
    closes = slot.closes_at if slot.closes_at > late else _plus(opens, max(lasts, OPENS_BEFORE + 2 * GRACE))
    return replace(slot, opens_at=opens, late_from=late, closes_at=closes)


def _cut(slot: Slot, before: Event, after: Event) -> Slot:
    """Let a session end with its event, or as long after it as was meant, and on its day in any case."""
    latest = _at(slot, "00:00", after) + DAY
    if after.ends:
        beyond = from_utc_text(slot.closes_at) - _at(slot, before.ends, before) if before.ends else timedelta()
        moved = before.ends != after.ends
        latest = min(latest, _at(slot, after.ends, after) + (timedelta() if moved else max(beyond, timedelta())))
    closes = min(slot.closes_at, utc_text(latest))
    return replace(slot, closes_at=closes, late_from=slot.late_from if (slot.late_from or "~") < closes else None)


def _at(slot: Slot, hour: str, event: Event) -> datetime:
    return to_utc(date.fromisoformat(slot.day), time.fromisoformat(hour), event.zone)


def _minutes(hour: str) -> int:
    at = time.fromisoformat(hour)
    return at.hour * 60 + at.minute


def _plus(at: str, by: timedelta) -> str:
    return utc_text(from_utc_text(at) + by)
