"""The check-in windows of an event's days: made when it is announced, and moved with it when it is corrected."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from bot.clock import from_utc_text, utc_text
from bot.dates import local, to_utc
from bot.settling import Settling
from handlers.checking_in.codes import make_code
from handlers.checking_in.moved_sessions import DAY, moved_sessions, shift
from handlers.checking_in.sessions import GRACE, OPENS_BEFORE, Session
from handlers.checking_in.slot_plan import SlotPlan
from storage.check_in_rules import Rules, set_rules
from storage.database import Connection
from storage.events import Event
from storage.slots import Slot, add_slot, move_slot, open_codes, slots_of, strike_slot

LASTS = timedelta(hours=10)  # a day whose end nobody said: from 08.00 to 18.00


def add_slots(tx: Settling, event: Event, plan: SlotPlan) -> None:
    """Give each day its windows, each with a code that no open slot has."""
    used = open_codes(tx.db, tx.stamp)
    if plan.rotating:
        set_rules(tx.db, event.id, Rules(rotating=True))
    for day in _days(event):
        for name, opens, late, closes in _windows(event, plan, day):
            add_slot(
                tx.db,
                event.id,
                day=day.isoformat(),
                session=name,
                opens_at=utc_text(opens),
                late_from=utc_text(late) if late < closes else None,
                closes_at=utc_text(closes),
                code=_code(tx, f"code:{day}:{name}" if name else f"code:{day}", used),
                waits=plan.waits,
            )


def move_slots(tx: Settling, before: Event, after: Event) -> None:
    """Let the slots that have not opened follow the event to its new days and hours; codes stay as they are.

    Of one that is open the end alone can still be another. A day that has its slot already gets no second one.
    """
    days = date.fromisoformat(after.first_day) - date.fromisoformat(before.first_day)
    known = slots_of(tx.db, before.id)
    by_day = [list(slots) for _, slots in groupby(known, lambda slot: slot.day)]
    taken = {(one.day, one.session) for one in known if not _is_ahead(one, tx.stamp)}
    # From the end that is moved towards: no slot is put where another one still stands.
    for slots in by_day[:: -1 if days > timedelta() else 1]:
        for slot in slots:
            if slot.is_open(tx.stamp) and not slot.session:
                move_slot(tx.db, replace(slot, closes_at=_whole_day(slot, after).closes_at))
        ahead = [one for one in slots if _is_ahead(one, tx.stamp)]
        moved = _moved_day([_on_day(one, days) for one in ahead], before, after, begun=len(ahead) < len(slots))
        kept = {one.id: one for one in moved}
        for slot in ahead:
            new = kept.get(slot.id)
            if new is not None and (new.day, new.session) not in taken:
                move_slot(tx.db, new)
            elif not strike_slot(tx.db, slot.id):
                taken.add((slot.day, slot.session))
    _add_days(tx, after)


def _is_ahead(slot: Slot, now: str) -> bool:
    return not slot.has_opened(now) and not slot.has_closed(now)


def sessions_of(db: Connection, event: Event) -> tuple[Session, ...]:
    """Return the sessions of the event's last day; none where a day is one window."""
    slots = slots_of(db, event.id)

    def shown(at: str) -> str:
        return f"{local(from_utc_text(at), event.zone):%H:%M}"

    return tuple(
        Session(one.session, shown(one.opens_at), shown(one.late_from or one.closes_at), shown(one.closes_at))
        for one in slots
        if one.session and one.day == slots[-1].day
    )


def _moved_day(slots: list[Slot], before: Event, after: Event, *, begun: bool) -> list[Slot]:
    """Return what becomes of the slots of a day, which stand on its new date already."""
    if not slots or slots[0].day > after.last_day:
        return []
    if slots[0].session:
        return moved_sessions(slots, before, after, begun=begun)
    return [_whole_day(one, after) for one in slots]


def _add_days(tx: Settling, event: Event) -> None:
    """Give each day that has no slot yet the slots of the last one that has."""
    known = slots_of(tx.db, event.id)
    used = open_codes(tx.db, tx.stamp)
    for day in _days(event):
        if day.isoformat() in {one.day for one in known}:
            continue
        for like in [one for one in known if one.day == known[-1].day]:
            slot = _on_day(like, day - date.fromisoformat(like.day))
            add_slot(
                tx.db,
                event.id,
                day=slot.day,
                session=slot.session,
                opens_at=slot.opens_at,
                late_from=slot.late_from,
                closes_at=slot.closes_at,
                code=_code(tx, f"code:{event.edition}:{day}:{slot.session}", used),
                waits=slot.waits,
            )


def _windows(event: Event, plan: SlotPlan, day: date) -> Iterator[tuple[str, datetime, datetime, datetime]]:
    """Yield name, opening, from when one is late, and closing of each of the day's windows."""
    for one in plan.sessions:
        opens, late, closes = (
            to_utc(day, time.fromisoformat(at), event.zone) for at in (one.opens, one.late, one.closes)
        )
        yield one.name, opens, late, closes
    if not plan.sessions:
        opens, closes = _day_window(event, day)
        yield "", opens, opens + OPENS_BEFORE + GRACE, closes


def _day_window(event: Event, day: date) -> tuple[datetime, datetime]:
    """Return when a day opens and closes: an hour before its start, at its end, or after ten hours or at midnight."""
    starts = to_utc(day, time.fromisoformat(event.starts), event.zone)
    if event.ends:
        return starts - OPENS_BEFORE, to_utc(day, time.fromisoformat(event.ends), event.zone)
    return starts - OPENS_BEFORE, min(starts + LASTS, to_utc(day + DAY, time(), event.zone))


def _whole_day(slot: Slot, event: Event) -> Slot:
    """Return the slot with the window of its day."""
    opens, closes = _day_window(event, date.fromisoformat(slot.day))
    later = opens - from_utc_text(slot.opens_at)
    late = shift(slot, later).late_from
    fits = late is not None and late < utc_text(closes)
    return replace(slot, opens_at=utc_text(opens), late_from=late if fits else None, closes_at=utc_text(closes))


def _on_day(slot: Slot, days: timedelta) -> Slot:
    return replace(shift(slot, days), day=(date.fromisoformat(slot.day) + days).isoformat())


def _code(tx: Settling, name: str, used: set[str]) -> str:
    """Return a code that is not in `used`, and is from now on."""
    code = make_code(lambda number: tx.derive(f"{name}:{number}"), used)
    used.add(code)
    return code


def _days(event: Event) -> Iterator[date]:
    day = date.fromisoformat(event.first_day)
    while day <= date.fromisoformat(event.last_day):
        yield day
        day += DAY
