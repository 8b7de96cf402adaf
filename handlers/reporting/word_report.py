"""One meeting's RHK 2 report as Word, asked for from its receipt or picked from a month."""

import asyncio
from dataclasses import dataclass
from datetime import date

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.documents.report_fields import NotATemplate
from bot.message import Attachment, Message
from bot.picked import choose
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.meetings.groups import FACILITATORS
from handlers.reporting.file_names import names_of, report_name
from handlers.reporting.recap_files import records_of
from handlers.reporting.report_text import report_text
from handlers.reporting.report_words import day_of, group_of
from handlers.reporting.written_report import DOCX, files_of, open_photos, read_report_paper, write_word
from handlers.scheduling.planned import meeting_in
from storage.records import Record, record

UNKNOWN = "Laporan itu tidak ditemukan. Lihat laporan Bapak/Ibu di /rekap."
BROKEN = "Laporan Word belum bisa dibuat: templat kantor bermasalah. Mohon beri tahu operator Dinas."


@dataclass(frozen=True, slots=True)
class Written:
    """A meeting's report, and what is said with it."""

    meeting_id: int
    file: Attachment
    told: str


def make_word(office: str) -> Dialog[Written]:
    """Make the dialog that writes the Word file of the meeting "m7", or asks which of the month "2023-11"."""

    async def write(chat: Chat, read: Reader) -> Written:
        one = await _which(chat, read)
        paper = await read_report_paper(chat, read, office)
        photos = await open_photos(files_of(chat), one)
        try:
            content = await asyncio.to_thread(write_word, paper, one, photos, chat.today)
        except NotATemplate:
            raise Refused(BROKEN) from None
        name = report_name(one, names_of([one])[one.id])
        file = Attachment(await files_of(chat).lend(content, DOCX), name)
        with_photos = f", {len(photos)} foto" if photos else ", belum ada foto"
        return Written(one.id, file, f"Laporan RHK 2 Kelompok {group_of(one)}, {day_of(one)}{with_photos}.")

    return Dialog("word", "Laporan Word", write, save, FACILITATORS, steps=1)


def save(tx: Settling, written: Written) -> None:
    """Send the file."""
    if _mine(record(tx.db, written.meeting_id), tx.me.id) is None:
        raise Refused(UNKNOWN)
    tx.say(
        Message(lines([written.told]), file=written.file), action("tekslaporan", f"m{written.meeting_id}", "Kirim teks")
    )


async def ask_text(chat: Chat, read: Reader) -> Record:
    """Read the meeting "m7"."""
    return await _which(chat, read)


def save_text(tx: Settling, one: Record) -> None:
    """Say the texts for e-PKH and e-Kinerja again."""
    found = _mine(record(tx.db, one.id), tx.me.id)
    if found is None:
        raise Refused(UNKNOWN)
    tx.say(report_text(found), action("word", f"m{found.id}", "Kirim Word"))


TEXT = Dialog("tekslaporan", "Teks laporan", ask_text, save_text, FACILITATORS, steps=1)


async def _which(chat: Chat, read: Reader) -> Record:
    if (meeting_id := meeting_in(chat.arg)) is not None:
        found = _mine(await read(record, meeting_id), chat.me.id)
        if found is None:
            raise Refused(UNKNOWN)
        return found
    _, records = await records_of(chat, read)
    return await chat.ask("meeting", choose("Laporan yang mana?", {f"m{one.id}": one for one in records}, _label))


def _mine(found: Record | None, person_id: int) -> Record | None:
    return found if found is not None and found.person_id == person_id else None


def _label(one: Record) -> str:
    what = f"{one.module_rank}.{one.number}" if one.lesson_id is not None else "tambahan"
    return f"{dates.show_short_day(date.fromisoformat(one.day))} · {group_of(one)} {what}"
