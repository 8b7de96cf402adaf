"""The workbook of an event, and how somebody of its desk comes to the event that is to be accounted for."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_moment, to_utc
from bot.documents.attendance_list import short_slot
from bot.message import Attachment, Message
from bot.picked import choose
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.checking_in.guessing import locked_until
from handlers.events.event_card import show_when
from handlers.events.event_desk import NO_LISTS, NOT_YOURS, OPERATORS, event_number, event_to_list, is_desk
from storage import events, office
from storage.attendance import Attendance, attendance
from storage.events import Event
from storage.refusals import Refusal, refusals

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_OFFERED = 20
GUESSED = ("wrong", "uninvited")
NONE = "Belum ada kegiatan, jadi belum ada daftar hadir. Buat yang pertama dengan /buat."


@dataclass(frozen=True, slots=True)
class Recap:
    """A file of an event, and what is said with it."""

    event_id: int
    file: Attachment
    text: Text


async def ask_event(chat: Chat, read: Reader) -> int:
    """Ask which event, the latest first; `chat.arg` may name its id."""
    known = {str(one.id): one for one in await read(events.all_events, MOST_OFFERED)}
    if not known:
        raise Refused(NONE)
    given = chat.arg if chat.arg in known else next(iter(known)) if len(known) == 1 else None
    return (await chat.ask("event", choose("Kegiatan yang mana?", known, _label), given=given)).id


async def event_of_desk(chat: Chat, read: Reader) -> Event:
    """Return the event the button names, for somebody who may run it. Raises Refused."""
    event = await read(events.event, event_number(chat.arg))
    if event is None or not await read(is_desk, event.id, chat.me.id, chat.me.role):
        raise Refused(NOT_YOURS)
    return event


async def event_to_account(chat: Chat, read: Reader) -> Event:
    """Return the event the button names, for somebody who sees its lists of names. Raises Refused."""
    event = await event_of_desk(chat, read)
    if chat.me.role not in OPERATORS:
        raise Refused(NO_LISTS)
    return event


async def write_workbook(chat: Chat, read: Reader) -> Recap:
    """Write the event's workbook, as of now."""
    event = await event_to_account(chat, read)
    found = await read(attendance, event.id, utc_text(chat.now))
    since, until = _days_of(event)
    refused = await read(refusals, event.id, since, until)
    content = await asyncio.to_thread(_write, event, found, refused, chat.now, chat.zone)
    assert chat.files is not None
    digest = await chat.files.lend(content, TYPE)
    counted = [f"{short_slot(window)}: {_present(found, slot)} hadir" for slot, window in enumerate(found.slots)]
    told = lines([bold(event.subject), " · ".join([f"Daftar hadir, {found.expected()} diharapkan", *counted])])
    return Recap(event.id, Attachment(digest, file_name("daftar-hadir", event, ".xlsx")), told)


def save(tx: Settling, recap: Recap) -> None:
    """Send the file."""
    event_to_list(tx, recap.event_id)
    office.note(tx.db, tx.stamp, tx.me.id, "export workbook", f"event:{recap.event_id}")
    tx.say(Message(recap.text, file=recap.file))


def file_name(what: str, event: Event, ending: str) -> str:
    """Name a file for people: what it is, of which event, from when."""
    subject = "-".join(re.findall(r"[a-z0-9]+", event.subject.casefold()))[:40].strip("-")
    return f"{what}-{subject or event.id}-{event.first_day}{ending}"


def locked_names(refused: Sequence[Refusal]) -> list[str]:
    """Name who was locked out for a while, by the tries that could have been guesses."""
    guesses: dict[tuple[str, int], list[datetime]] = {}
    locked = {(one.name, one.person_id) for one in refused if one.reason == "locked"}
    for one in refused:
        if one.reason in GUESSED:
            guesses.setdefault((one.name, one.person_id), []).append(from_utc_text(one.at))
    for who, times in guesses.items():
        if any(locked_until(times[:number], times[number - 1]) for number in range(1, len(times) + 1)):
            locked.add(who)
    return [name for name, _ in sorted(locked)]


def _write(event: Event, found: Attendance, refused: list[Refusal], now: datetime, zone: str) -> bytes:
    from bot.documents.event_head import EventHead
    from bot.documents.event_workbook import write_event

    head = EventHead(event.subject, show_when(event, zone), event.place, show_moment(now, zone))
    return write_event(head, found, refused, locked_names(refused), zone)


def _days_of(event: Event) -> tuple[str, str]:
    """Return when the event's first day begins and its last day ends, as UTC ISO text."""
    first, last = date.fromisoformat(event.first_day), date.fromisoformat(event.last_day)
    return utc_text(to_utc(first, time(), event.zone)), utc_text(to_utc(last + timedelta(days=1), time(), event.zone))


def _present(found: Attendance, slot: int) -> int:
    return sum(one.marks[slot].status in ("H", "T") for one in found.people)


def _label(event: Event) -> str:
    return f"{event.subject[:40]} · {date.fromisoformat(event.first_day):%d/%m/%Y}"


RECAP = Dialog("daftar", "Daftar hadir", write_workbook, save, EVERYONE)
