"""The attendance of an event as an Excel file: every invited person, who answered what, and when each came."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import local, show_moment
from bot.documents.attendance_workbook import AttendanceHead, AttendanceRow, write_attendance
from bot.message import Attachment, Message
from bot.picked import choose
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.event_card import show_when
from handlers.event_desk import NOT_YOURS, is_desk, may_run
from storage import check_ins, events, invitations
from storage.database import Connection
from storage.events import Event

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_OFFERED = 20
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@dataclass(frozen=True, slots=True)
class Recap:
    """The file of an event, and what is said with it."""

    event_id: int
    file: Attachment
    text: Text


async def ask(chat: Chat, read: Reader) -> Recap:
    """Ask which event, the latest first (`chat.arg` may name its id), and write its file."""
    known = {str(one.id): one for one in await read(events.all_events, MOST_OFFERED)}
    if not known:
        raise Refused("Belum ada kegiatan, jadi belum ada daftar hadir. Buat yang pertama dengan /buat.")
    given = chat.arg if chat.arg in known else next(iter(known)) if len(known) == 1 else None
    event = await chat.ask("event", choose("Kegiatan yang mana?", known, _label), given=given)
    if not await read(is_desk, event.id, chat.me.id, chat.me.role):
        raise Refused(NOT_YOURS)
    content, text = await read(_write, event, chat.now, chat.zone)
    assert chat.files is not None
    digest = await chat.files.keep(content, TYPE)
    return Recap(event.id, Attachment(digest, _file_name(event)), text)


def save(tx: Settling, recap: Recap) -> None:
    """Send the file."""
    if not may_run(tx, recap.event_id):
        raise Refused(NOT_YOURS)
    tx.say(Message(recap.text, file=recap.file))


def _write(db: Connection, event: Event, now: datetime, zone: str) -> tuple[bytes, Text]:
    slots = events.slots_of(db, event.id)
    came = [check_ins.times(db, slot.id) for slot in slots]
    answers = invitations.answers_of(db, event.id)
    rows = [
        AttendanceRow(
            one.name,
            one.title,
            one.district,
            answers[one.id],
            tuple(f"{local(from_utc_text(day[one.id]), zone):%H.%M}" if one.id in day else None for day in came),
        )
        for one in invitations.invited(db, event.id)
    ]
    days = [f"{DAYS[day.weekday()]} {day:%d/%m}" for day in (date.fromisoformat(slot.day) for slot in slots)]
    head = AttendanceHead(event.subject, show_when(event, zone), event.place, show_moment(now, zone))
    counted = [f"{day}: {len(times)} hadir" for day, times in zip(days, came, strict=True)]
    summary = " · ".join([f"Daftar hadir, {len(rows)} diundang", *counted])
    return write_attendance(head, days, rows), lines([bold(event.subject), summary])


def _label(event: Event) -> str:
    return f"{event.subject[:40]} · {date.fromisoformat(event.first_day):%d/%m/%Y}"


def _file_name(event: Event) -> str:
    subject = "-".join(re.findall(r"[a-z0-9]+", event.subject.casefold()))[:40].strip("-")
    return f"daftar-hadir-{subject or event.id}-{event.first_day}.xlsx"


RECAP = Dialog("daftar", "Daftar hadir", ask, save, EVERYONE, steps=1)
