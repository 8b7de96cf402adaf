"""Which slot a code or two words mean: only the sender's own slots are tried, and at the message's own time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.clock import from_utc_text, utc_text
from bot.dates import local
from bot.slot_codes import FIXED, FIXED_LENGTH, LIVE_WINDOWS, find_window, window_at, window_start, words_of
from storage import events, invitations
from storage.check_in_rules import Rules, rules_of
from storage.database import Connection
from storage.events import Event
from storage.slots import Slot, open_slots, slot_secret, slots_on, slots_with_code

A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Meant:
    """A slot that was meant; `window` is set where the code is live no more."""

    slot: Slot
    event: Event
    rules: Rules
    window: int | None = None

    @property
    def shown_from(self) -> datetime:
        """When the code of the window was first shown."""
        assert self.window is not None
        return max(window_start(self.window), from_utc_text(self.slot.opens_at))


def find_meant(db: Connection, person_id: int, sent: str, at: datetime, zone: str, *, thorough: bool) -> Meant | None:
    """Return the slot that the code or the words mean: the person's own before others', live before late.

    Only if `thorough` are codes of earlier windows looked for: that takes milliseconds.
    """
    if len(sent) == FIXED_LENGTH:
        return _find_fixed(db, person_id, sent, at)
    own = slots_on(db, person_id, local(at, zone).date().isoformat())
    own = [slot for slot in own if slot.has_opened(utc_text(at))]
    others = [slot for slot in open_slots(db, utc_text(at)) if slot not in own]
    found = [Meant(slot, *_of(db, slot)) for slot in (*own, *others)]
    # All that is live before anything late: what a closed slot once showed, an open one may show now.
    live = next((one for one in found if one.slot.is_open(utc_text(at)) and _is_live(db, one, sent, at)), None)
    if live is not None or not thorough:
        return live
    mine = (one for one in found[: len(own)] if one.rules.rotating)
    late = (replace(one, window=_late_window(db, one, sent, at)) for one in mine)
    return next((one for one in late if one.window is not None), None)


def _is_live(db: Connection, one: Meant, sent: str, at: datetime) -> bool:
    """Say whether this stands on the open slot's board at the moment, or stood there until just now."""
    secret = slot_secret(db, one.slot.id)
    if not one.rules.rotating:
        return sent == " ".join(words_of(secret, FIXED))
    first, now = window_at(from_utc_text(one.slot.opens_at)), window_at(at)
    return find_window(secret, sent, max(first, now - LIVE_WINDOWS + 1), now) is not None


def _late_window(db: Connection, one: Meant, sent: str, at: datetime) -> int | None:
    """Return in which window this stood on the slot's board, if it did."""
    first, last = (window_at(moment) for moment in (from_utc_text(one.slot.opens_at), _end(one.slot)))
    return find_window(slot_secret(db, one.slot.id), sent, first, min(window_at(at), last))


def _end(slot: Slot) -> datetime:
    return from_utc_text(slot.closes_at) - A_MOMENT


def _find_fixed(db: Connection, person_id: int, code: str, at: datetime) -> Meant | None:
    """Return the slot of a fixed code: the person's own before others', and the one nearest in time."""

    def order(one: Meant) -> tuple[bool, timedelta]:
        own = invitations.is_invited(db, one.event.id, person_id) or events.belongs(db, one.event.id, person_id)
        away = max(from_utc_text(one.slot.opens_at) - at, at - from_utc_text(one.slot.closes_at), timedelta())
        return not own, away

    found = [Meant(slot, *_of(db, slot)) for slot in slots_with_code(db, code)]
    fixed = [one for one in found if not one.rules.rotating]
    # Whose it is matters only where several have the code.
    return min(fixed, key=order) if len(fixed) > 1 else next(iter(fixed), None)


def _of(db: Connection, slot: Slot) -> tuple[Event, Rules]:
    event = events.event(db, slot.event_id)
    assert event is not None
    return event, rules_of(db, event.id)
