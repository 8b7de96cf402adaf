"""The check-in windows of an event's days: where they lie, and how they follow when the event is moved."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.clock import from_utc_text, utc_text
from bot.dates import to_utc
from bot.settling import Settling
from handlers.checking_in.codes import make_code
from storage import slot_changes
from storage.events import Event
from storage.slot_changes import Window
from storage.slots import open_codes

OPENS_BEFORE = timedelta(hours=1)
LASTS = timedelta(hours=10)  # a day whose end nobody said: from 08.00 to 18.00
DAY = timedelta(days=1)


def day_window(event: Event, day: date) -> tuple[datetime, datetime]:
    """Return when a day opens and closes: an hour before its start, at its end, or after ten hours or at midnight."""
    starts = to_utc(day, time.fromisoformat(event.starts), event.zone)
    if event.ends:
        return starts - OPENS_BEFORE, to_utc(day, time.fromisoformat(event.ends), event.zone)
    return starts - OPENS_BEFORE, min(starts + LASTS, to_utc(day + DAY, time(), event.zone))


def move_slots(tx: Settling, before: Event, after: Event) -> None:
    """Let the slots that have not opened follow the event to its new days and hours; codes stay as they are.

    Of one that is open the end alone can still be another.
    """
    later = from_utc_text(after.starts_at) - from_utc_text(before.starts_at)
    days = date.fromisoformat(after.first_day) - date.fromisoformat(before.first_day)
    # From the end that is moved towards: no slot is put where another one still stands.
    slots = [one for one in slot_changes.windows(tx.db, before.id) if one.closes_at > tx.stamp]
    still_to_open = [one for one in slots if one.opens_at > tx.stamp]
    for slot in slots[: len(slots) - len(still_to_open)]:
        if not slot.session:
            slot_changes.move(tx.db, replace(slot, closes_at=_whole_day(slot, after).closes_at))
    for slot in still_to_open[:: -1 if days > timedelta() else 1]:
        moved = _shift(slot, days, later)
        if moved.day > after.last_day:
            slot_changes.strike(tx.db, slot.id)
        else:
            slot_changes.move(tx.db, moved if moved.session else _whole_day(moved, after))
    _add_days(tx, after)


def _add_days(tx: Settling, event: Event) -> None:
    """Give each day that has no slot yet the slots of the last one that has."""
    known = slot_changes.windows(tx.db, event.id)
    used = open_codes(tx.db, tx.stamp)
    day = date.fromisoformat(event.first_day)
    while day <= date.fromisoformat(event.last_day):
        if day.isoformat() not in {one.day for one in known}:
            for like in [one for one in known if one.day == known[-1].day]:
                since = day - date.fromisoformat(like.day)
                slot = _shift(like, since, since)
                name = f"code:{event.edition}:{day}:{slot.session}"
                code = make_code(lambda number, name=name: tx.derive(f"{name}:{number}"), used)  # type: ignore[misc]
                used.add(code)
                slot_changes.add(tx.db, event.id, slot if slot.session else _whole_day(slot, event), code)
        day += DAY


def _shift(slot: Window, days: timedelta, later: timedelta) -> Window:
    return replace(
        slot,
        day=(date.fromisoformat(slot.day) + days).isoformat(),
        opens_at=utc_text(from_utc_text(slot.opens_at) + later),
        late_from=utc_text(from_utc_text(slot.late_from) + later) if slot.late_from else None,
        closes_at=utc_text(from_utc_text(slot.closes_at) + later),
    )


def _whole_day(slot: Window, event: Event) -> Window:
    """Return the slot with the window of its day, whose end may have been corrected too."""
    opens, closes = day_window(event, date.fromisoformat(slot.day))
    return replace(slot, opens_at=utc_text(opens), closes_at=utc_text(closes))
