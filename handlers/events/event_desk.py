"""The desk of an event: who may see it, and what a section of it is; each section is a file of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.chat import Chat, Reader, Refused
from bot.dates import show_day
from bot.message import Choice
from bot.settling import Settling
from bot.text import Text
from handlers.checking_in.receipts import in_session, of_session
from storage import check_ins, events
from storage.database import Connection
from storage.events import Event
from storage.slots import Slot, slots_of

NOT_YOURS = "Itu hanya untuk operator Dinas dan panitia kegiatan ini. Lihat /kegiatan."
OPERATORS = frozenset({"operator"})
NO_LISTS = "Daftar nama hanya untuk operator Dinas. Panitia mencari orangnya lewat Catat manual."

Line = str | Text


class Look(Protocol):
    """What is needed to tell how an event stands: the store, and the moment as the store keeps it."""

    @property
    def db(self) -> Connection: ...

    @property
    def stamp(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an event's desk: what it tells and what it offers to somebody who may run the event.

    A section that offers nothing is not shown. `key` travels in the button, `label` is what the button says.
    """

    key: str
    label: str
    tell: Callable[[Settling, Event], Sequence[Line]]
    offer: Callable[[Settling, Event], Sequence[Choice]]


def may_run(tx: Settling, event_id: int) -> bool:
    """Say whether the person sees the event's desk: an operator, or somebody of its committee."""
    return is_desk(tx.db, event_id, tx.me.id, tx.me.role)


def is_desk(db: Connection, event_id: int, person_id: int, role: str) -> bool:
    """Say whether somebody of this role sees the event's desk."""
    return role == "operator" or any(id_ == person_id for id_, _ in events.committee(db, event_id))


def slot_now(db: Connection, event_id: int, now: str) -> Slot | None:
    """Return the slot whose code goes on the board: the open one, or the next to open; None once all are closed."""
    return next((slot for slot in slots_of(db, event_id) if slot.closes_at > now), None)


def is_running(tx: Settling, event: Event) -> bool:
    """Say whether there is still something to come of the event."""
    return event.state == "announced" and slot_now(tx.db, event.id, tx.stamp) is not None


def begun_slots(look: Look, event: Event) -> list[Slot]:
    """Return the slots that have opened; of an event that is off, those that somebody was at before that."""
    off = event.state == "cancelled"
    return [
        slot
        for slot in slots_of(look.db, event.id)
        if slot.has_opened(look.stamp) and not (off and check_ins.count(look.db, slot.id) == 0)
    ]


def has_begun(look: Look, event: Event) -> bool:
    """Say whether the first slot has opened; an event that was off by then never does."""
    return bool(begun_slots(look, event))


def day_title(slots: list[Slot], slot: Slot) -> str:
    """Write "hari 2, Senin, 13 November 2023, sesi pagi"; of a single day and session, the day alone."""
    days = sorted({one.day for one in slots})
    number = f"hari {days.index(slot.day) + 1}, " if len(days) > 1 else ""
    return f"{number}{show_day(date.fromisoformat(slot.day))}{in_session(slot)}"


def slot_title(slots: list[Slot], slot: Slot) -> str:
    """Write "Absen hari 2 sesi pagi", with no more than tells it from the event's other slots."""
    days = sorted({one.day for one in slots})
    return f"Absen{f' hari {days.index(slot.day) + 1}' if len(days) > 1 else ''}{of_session(slot)}"


def event_number(arg: str) -> int:
    """Read the event's id from a button. Raises Refused."""
    if not (arg.isascii() and arg.isdigit()):
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return int(arg[:9])


def event_to_run(tx: Settling, event_id: int) -> Event:
    """Return the event, for somebody who may run it. Raises Refused."""
    event = events.event(tx.db, event_id)
    if event is None or not may_run(tx, event.id):
        raise Refused(NOT_YOURS)
    return event


def sees_lists(tx: Settling) -> bool:
    """Say whether whole lists of names are for this person: the committee reads counts, and finds one by name."""
    return tx.me.role in OPERATORS


def event_to_list(tx: Settling, event_id: int) -> Event:
    """Return the event, for somebody who sees its lists of names. Raises Refused."""
    event = event_to_run(tx, event_id)
    if not sees_lists(tx):
        raise Refused(NO_LISTS)
    return event


async def read_event_to_run(chat: Chat, read: Reader, event_id: int) -> Event:
    """Return the event, for a dialog of somebody who may run it; its save checks once more. Raises Refused."""
    event = await read(events.event, event_id)
    if event is None or not await read(is_desk, event_id, chat.me.id, chat.me.role):
        raise Refused(NOT_YOURS)
    return event
