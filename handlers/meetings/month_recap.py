"""A facilitator's month: every meeting that was held, as a list to read and as an Excel file to hand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot import dates
from bot.chat import Chat, Reader, Refused
from bot.clock import from_utc_text
from bot.message import Attachment, Message
from bot.picked import choose
from bot.settling import Settling
from bot.text import Text, bold, lines
from storage import meetings
from storage.meetings import Meeting

if TYPE_CHECKING:
    from bot.documents.meetings_workbook import MeetingRow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFFERED = 12


@dataclass(frozen=True, slots=True)
class MonthRecap:
    """The text of a month, and its file."""

    text: Text
    file: Attachment


async def ask(chat: Chat, read: Reader) -> MonthRecap:
    """Ask for the month ("2023-11" as the argument answers it) and write it up."""
    known = await read(meetings.months_of, chat.me.id)
    current = f"{chat.today:%Y-%m}"
    offered = sorted({current, *known}, reverse=True)[:OFFERED]
    months = {one: dates.show_month(date.fromisoformat(f"{one}-01")) for one in offered}
    given = chat.arg if chat.arg in months else None
    month = await chat.ask("month", choose("Rekap bulan apa?", months), label="Bulan", given=given)
    key = next(one for one, name in months.items() if name == month)
    held = await read(meetings.held_in, chat.me.id, key)
    if not held:
        raise Refused(f"Belum ada P2K2 yang tercatat di bulan {month}. Catat dengan /p2k2, lalu minta rekapnya lagi.")
    from bot.documents.meetings_workbook import MeetingsHead, write_meetings  # heavy: imported where it is used

    head = MeetingsHead(chat.me.name, chat.me.title, chat.me.district or "–")
    assert chat.files is not None
    digest = await chat.files.keep(write_meetings(head, month, [_row(one) for one in held]), XLSX)
    return MonthRecap(_text(month, held), Attachment(digest, f"P2K2 {month}.xlsx"))


def save(tx: Settling, recap: MonthRecap) -> None:
    """Hand out the list and the file."""
    tx.say(Message(recap.text, file=recap.file))


def _text(month: str, held: Sequence[Meeting]) -> Text:
    members, present = sum(one.members for one in held), sum(one.present for one in held)
    groups = len({one.group_id for one in held})
    share = f" ({present * 100 // members}%)" if members else ""
    opening = f"{len(held)} pertemuan, {groups} kelompok, hadir {present} dari {members}{share}."
    return lines([bold(f"P2K2 {month}"), opening, *map(_line, held)])


def _line(one: Meeting) -> str:
    here = dates.local(from_utc_text(one.starts_at), one.zone)
    material = one.topic if one.lesson_id is None else f"{one.module_rank}.{one.number} {one.title}"
    return (
        f"{dates.show_short_day(here.date())} {here:%H.%M} · {one.group}, {one.village} · {material} · "
        f"hadir {one.present}/{one.members}"
    )


def _row(one: Meeting) -> "MeetingRow":
    from bot.documents.meetings_workbook import MeetingRow

    here = dates.local(from_utc_text(one.starts_at), one.zone)
    reasons = list(one.absences.values())
    return MeetingRow(
        day=dates.show_day(here.date()),
        time=dates.show_time(here, one.zone).removeprefix("pukul "),
        group=one.group,
        village=one.village,
        module=one.module or "Materi tambahan",
        lesson=f"Sesi {one.number}: {one.title}" if one.lesson_id is not None else one.topic,
        members=one.members,
        present=one.present,
        sick=reasons.count("sick"),
        excused=reasons.count("excused"),
        absent=reasons.count("absent"),
        obstacles=one.obstacles,
        follow_up=one.follow_up,
        photos=one.photos,
    )
