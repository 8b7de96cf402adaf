"""What the check-in board shows at a moment: the state, the code that holds now, and how many are there of whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from bot.clock import from_utc_text, utc_text
from bot.dates import local, show_day
from bot.slot_codes import ShownCode, shown_code
from storage import boards, events
from storage.check_in_rules import rules_of
from storage.database import Connection
from storage.events import Event
from storage.slots import Slot, slot_secret, slots_of

State = Literal["early", "waits", "open", "closed", "cancelled", "none"]


@dataclass(frozen=True, slots=True)
class Board:
    """The board of an event: counts and codes, never a name. `session` is the slot's, or what comes next."""

    event: Event
    state: State
    session: str
    opens_at: datetime | None
    closes_at: datetime | None
    shown: ShownCode | None
    districts: tuple[tuple[str, int, int], ...]

    @property
    def says(self) -> str:
        """What changes on it while it is shown, in short: the state, the code, and how many are there."""
        here = sum(one[1] for one in self.districts)
        return f"{self.state} {self.shown.code if self.shown else ''} {here}/{sum(one[2] for one in self.districts)}"


def read_board(db: Connection, token: str, now: datetime) -> Board | None:
    """Return the board of a link; None if nothing is behind it, or the event's last day is over."""
    number = boards.event_of_board(db, token)
    return board_of(db, number, now) if number is not None else None


def board_of(db: Connection, event_id: int, now: datetime) -> Board | None:
    """Return the board of an event; None once its last day is over."""
    event = events.event(db, event_id)
    if event is None or local(now, event.zone).date().isoformat() > event.last_day:
        return None
    slots, stamp = slots_of(db, event.id), utc_text(now)
    today = [slot for slot in slots if slot.day == local(now, event.zone).date().isoformat()]
    slot = next((one for one in today if one.closes_at > stamp), today[-1] if today else None)
    state: State = "cancelled" if event.state == "cancelled" else _state(slot, stamp)
    return Board(
        event,
        state,
        _session(slots, slot or next((one for one in slots if one.closes_at > stamp), None)),
        from_utc_text(slot.opens_at) if slot else None,
        from_utc_text(slot.closes_at) if slot else None,
        _code(db, slot, now) if slot and state == "open" else None,
        tuple(boards.district_counts(db, event.id, slot.id if slot else None)),
    )


def _code(db: Connection, slot: Slot, now: datetime) -> ShownCode:
    return shown_code(slot, slot_secret(db, slot.id), rules_of(db, slot.event_id).rotating, now)


def _state(slot: Slot | None, stamp: str) -> State:
    if slot is None:
        return "none"
    if stamp < slot.opens_at:
        return "early"
    if slot.waits and stamp < slot.closes_at:
        return "waits"
    return "open" if stamp < slot.closes_at else "closed"


def _session(slots: list[Slot], slot: Slot | None) -> str:
    if slot is None:
        return ""
    days = sorted({one.day for one in slots})
    number = f"Hari {days.index(slot.day) + 1}" if len(days) > 1 else ""
    session = f"Sesi {slot.session}" if slot.session else ""
    return " · ".join(filter(None, (number, show_day(date.fromisoformat(slot.day)), session)))
