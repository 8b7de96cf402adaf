"""The desk's summary, its sections in order, and the dialog behind a section's button."""

from dataclasses import dataclass

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.accounting import desk_recaps
from handlers.announcing import desk_invitations
from handlers.answers import desk_answers
from handlers.checking_in import desk_check_in
from handlers.events.event_desk import Line, Section, event_number, event_to_run
from handlers.programme import desk_programme
from storage import deliveries
from storage.events import Event

SECTIONS: tuple[Section, ...] = (
    desk_invitations.SECTION,
    desk_answers.SECTION,
    desk_check_in.SECTION,
    desk_check_in.BOARD,
    desk_programme.SECTION,
    desk_recaps.SECTION,
)


def desk_lines(tx: Settling, event: Event) -> list[Line]:
    """Say how far the announcement came, what was answered, who was there, and the code."""
    return [
        desk_invitations.sent_line(deliveries.delivery(tx.db, event.id)),
        desk_answers.answers_line(tx, event),
        *desk_check_in.presence_lines(tx, event),
        *desk_check_in.code_lines(tx, event),
    ]


def desk_buttons(tx: Settling, event: Event) -> list[Choice]:
    """Return a button for each section that has something to offer."""
    return [action("meja", f"{event.id}.{one.key}", one.label) for one in SECTIONS if one.offer(tx, event)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A section of an event's desk; the desk itself where `key` is ''."""

    event_id: int
    key: str


async def read_tap(chat: Chat, read: Reader) -> Wanted:
    """Read the button."""
    number, _, key = chat.arg.partition(".")
    return Wanted(event_number(number), key)


def say_section(tx: Settling, wanted: Wanted) -> None:
    """Show the section as it is now."""
    event = event_to_run(tx, wanted.event_id)
    if not wanted.key:
        tx.say(lines([bold(event.subject), *desk_lines(tx, event)]), *desk_buttons(tx, event))
        return
    section = next((one for one in SECTIONS if one.key == wanted.key), None)
    if section is None:
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    title = bold(f"{event.subject} · {section.label}")
    told, offered = [one for one in section.tell(tx, event) if one], section.offer(tx, event)
    off = "⚠️ Dibatalkan" if event.state == "cancelled" else ""
    over = "Kegiatan ini sudah selesai." if not (told or offered or off) else ""
    tx.say(lines([title, off, *told, over]), *offered)


DESK = Dialog("meja", "Meja kegiatan", read_tap, say_section, EVERYONE)
