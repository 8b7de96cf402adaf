"""The files of a facilitator's recap: Excel of a month or a triwulan, and all reports of a month in an archive."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.groups import FACILITATORS
from handlers.reporting.bundle import LONGEST, write_bundles
from handlers.reporting.periods import Period, month_period, read_period, triwulan_of
from handlers.reporting.report_words import group_of
from handlers.reporting.written_report import files_of, read_report_paper
from storage.letterhead import Letterhead, letterhead
from storage.records import Record, records_between

if TYPE_CHECKING:
    from bot.documents.meetings_workbook import MeetingRow
    from bot.documents.recap_workbook import RecapMonth

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
NO_LONGER = "Tombol itu tidak berlaku lagi. Lihat /rekap."


@dataclass(frozen=True, slots=True)
class Handed:
    """Files with what is said with each."""

    messages: tuple[tuple[Text, Attachment], ...]


async def write_excel(chat: Chat, read: Reader) -> Handed:
    """Write the recap of the period "2023-11", "2023-T4" or "2023"."""
    period, records = await records_of(chat, read)
    content = await asyncio.to_thread(recap_file, chat, period, records, await read(letterhead))
    file = Attachment(await files_of(chat).lend(content, XLSX), f"Rekap P2K2 {period.name}.xlsx")
    return Handed(((lines([bold(f"P2K2 {period.name}"), _total(records)]), file),))


def make_bundle(office: str) -> Dialog[Handed]:
    """Make the dialog that packs all reports of a month."""

    async def write(chat: Chat, read: Reader) -> Handed:
        period, records = await records_of(chat, read)
        paper = await read_report_paper(chat, read, office)
        recap = await asyncio.to_thread(recap_file, chat, period, records, paper.head)
        named = (f"Rekap P2K2 {period.name}.xlsx", recap)
        parts = await write_bundles(files_of(chat), paper, records, named, chat.today)
        messages = []
        for number, content in enumerate(parts, 1):
            part = f" bagian {number} dari {len(parts)}" if len(parts) > 1 else ""
            file = Attachment(await files_of(chat).lend(content, ZIP), f"Laporan P2K2 {period.name}{part}.zip")
            photos = sum(len(one.photos) for one in records)
            told: list[str | Text] = [
                bold(f"Laporan P2K2 {period.name}{part}"),
                f"{len(records)} laporan Word, {photos} foto, dan rekap Excel.",
            ]
            if photos:
                told.append(f"Foto diperkecil sampai {LONGEST} piksel.")
            if len(parts) > 1:
                told.append("Dibagi karena satu berkas paling besar 45 MB.")
            messages.append((lines(told), file))
        return Handed(tuple(messages))

    return Dialog("semualaporan", "Semua laporan", write, save, FACILITATORS)


def save(tx: Settling, handed: Handed) -> None:
    """Send the files."""
    for told, file in handed.messages:
        tx.say(Message(told, file=file))


async def records_of(chat: Chat, read: Reader) -> tuple[Period, list[Record]]:
    """Read the facilitator's records of the period that the button names. Raises Refused where there are none."""
    period = read_period(chat.arg)
    if period is None:
        raise Refused(NO_LONGER)
    records = await read(records_between, chat.me.id, period.first.isoformat(), period.last.isoformat())
    if not records:
        raise Refused(f"Belum ada P2K2 yang tercatat di {period.name}. Catat dengan /p2k2, lalu minta lagi.")
    return period, records


def recap_file(chat: Chat, period: Period, records: Sequence[Record], head: Letterhead) -> bytes:
    """Write the .xlsx file of a period."""
    from bot.documents.meetings_workbook import MeetingsHead
    from bot.documents.recap_workbook import Signatures, write_recap

    dated = f"{chat.today.day} {dates.show_month(chat.today)}"
    signed = Signatures(f"{head.town}, {dated}" if head.town else dated, head.title, head.name, head.rank, head.nip)
    person = MeetingsHead(chat.me.name, chat.me.title, chat.me.district or "–")
    months = recap_months(period, [one for one in records if one.held], chat.today)
    return write_recap(person, period.name, months, signed, [_row(one) for one in records])


def recap_months(period: Period, held: Sequence[Record], today: date) -> "list[RecapMonth]":
    """Return every month of the period up to today, those without a meeting too."""
    from bot.documents.recap_workbook import RecapMonth

    found = []
    month = month_period(period.first)
    while month.first <= min(period.last, max([today, *(date.fromisoformat(one.day) for one in held)])):
        part = [one for one in held if one.day.startswith(month.key)]
        found.append(
            RecapMonth(
                month.name,
                month.first.year,
                triwulan_of(month.first.month),
                len(part),
                sum(one.present for one in part),
                _lessons(part),
            )
        )
        month = month_period(date.fromordinal(month.last.toordinal() + 1))
    return found


def _lessons(part: Sequence[Record]) -> list[str]:
    """Name what was taught, each once with how many groups had it."""
    ordered = sorted(part, key=lambda one: (one.lesson_id is None, one.module_rank, one.number, one.topic))
    groups: dict[str, set[int]] = {}
    for one in ordered:
        name = (
            f"Materi Tambahan: {one.topic}"
            if one.lesson_id is None
            else f"Modul {one.module}, Sesi {one.number}: {one.lesson}"
        )
        groups.setdefault(name, set()).add(one.group_id)
    return [f"{name} ({len(several)} kelompok)" for name, several in groups.items()]


def _total(records: Sequence[Record]) -> str:
    held = [one for one in records if one.held]
    members, present = sum(one.members for one in held), sum(one.present for one in held)
    share = f" ({present * 100 // members}%)" if members else ""
    missed = len(records) - len(held)
    not_held = f" {missed} tidak terlaksana." if missed else ""
    groups = len({one.group_id for one in held})
    return f"{len(held)} pertemuan, {groups} kelompok, hadir {present} dari {members}{share}.{not_held}"


def _row(one: Record) -> "MeetingRow":
    from bot.documents.meetings_workbook import MeetingRow

    here = dates.local(from_utc_text(one.starts_at), one.zone)
    return MeetingRow(
        day=dates.show_day(here.date()),
        time=dates.show_time(here, one.zone).removeprefix("pukul "),
        group=group_of(one),
        village=one.village,
        module=one.module or "Materi tambahan",
        lesson=f"Sesi {one.number}: {one.lesson}" if one.lesson_id is not None else one.topic,
        members=one.members,
        present=one.present,
        sick=one.sick,
        excused=one.excused,
        absent=one.absent,
        obstacles=one.obstacles,
        follow_up=one.follow_up,
        photos=len(one.photos),
        why_not=one.why_not,
    )


EXCEL = Dialog("berkasrekap", "Rekap Excel", write_excel, save, FACILITATORS)
