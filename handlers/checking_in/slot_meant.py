"""Which slot a code or two words mean: only the sender's own slots are tried, and at the message's own time."""

from dataclasses import dataclass
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
    """A slot that was meant. `own` says that the sender is invited; `window` is set where the code is live no more."""

    slot: Slot
    event: Event
    rules: Rules
    own: bool
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
    for slot in (*own, *others):
        event, rules = _of(db, slot)
        secret = slot_secret(db, slot.id)
        if not rules.rotating:
            if slot.is_open(utc_text(at)) and sent == " ".join(words_of(secret, FIXED)):
                return Meant(slot, event, rules, slot in own)
            continue
        first = window_at(from_utc_text(slot.opens_at))
        now, last = window_at(at), window_at(from_utc_text(slot.closes_at) - A_MOMENT)
        live = max(first, now - LIVE_WINDOWS + 1)
        if slot.is_open(utc_text(at)) and find_window(secret, sent, live, now) is not None:
            return Meant(slot, event, rules, slot in own)
        found = find_window(secret, sent, first, min(now, last)) if thorough and slot in own else None
        if found is not None:
            return Meant(slot, event, rules, True, found)
    return None


def _find_fixed(db: Connection, person_id: int, code: str, at: datetime) -> Meant | None:
    """Return the slot of a fixed code: the person's own before others', and the one nearest in time."""
    found = []
    for slot in slots_with_code(db, code):
        event, rules = _of(db, slot)
        if rules.rotating:
            continue
        own = invitations.invitation(db, event.id, person_id) is not None or events.belongs(db, event.id, person_id)
        away = max(from_utc_text(slot.opens_at) - at, at - from_utc_text(slot.closes_at), timedelta())
        found.append((not own, away, Meant(slot, event, rules, own)))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _of(db: Connection, slot: Slot) -> tuple[Event, Rules]:
    event = events.event(db, slot.event_id)
    assert event is not None
    return event, rules_of(db, event.id)
