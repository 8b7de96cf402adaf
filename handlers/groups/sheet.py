"""The blank daftar hadir of a group as a file to print: its numbers, and room for names and signatures."""

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.message import Attachment, Message
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import bold, lines
from handlers.accounting.stationery import read_stationery
from handlers.groups.my_group import FACILITATORS, GONE, my_group, still_mine, title_of
from handlers.scheduling.planned import my_planned
from storage import memberships
from storage.groups import Group
from storage.meetings import Meeting

if TYPE_CHECKING:
    from bot.documents.group_sheet import SheetHead
    from bot.documents.paper import Stationery


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was written."""

    group: Group
    members: int
    when: str
    file: Attachment


def make_group_sheet(office_name: str) -> Dialog[Sheet]:
    """Make the dialog that writes a group's sheet ("g7"), or that of a planned meeting ("m7"), its head filled in."""

    async def write(chat: Chat, read: Reader) -> Sheet:
        found = re.fullmatch(r"([gm])([0-9]{1,9})", chat.arg)
        if found is None:
            raise Refused(GONE)
        plan = await my_planned(chat, read, number_in(found[2])) if found[1] == "m" else None
        group = await my_group(chat, read, plan.group_id if plan else number_in(found[2]))
        day = plan.day if plan else chat.today.isoformat()
        numbers = sorted(await read(memberships.members_on, group.id, day))
        stationery = await read_stationery(chat, read, office_name)
        content = await asyncio.to_thread(_write, group, plan, chat.me.name, numbers, stationery)
        assert chat.files is not None
        digest = await chat.files.lend(content, "application/pdf")
        when = dates.show_moment(from_utc_text(plan.starts_at), plan.zone) if plan else ""
        name = re.sub(r"[^\w-]+", "-", f"daftar-hadir-{group.name}-{group.village}".casefold()).strip("-")
        return Sheet(group, len(numbers), when, Attachment(digest, f"{name}{'-' + plan.day if plan else ''}.pdf"))

    return Dialog("daftarhadir", "Daftar hadir kelompok", write, save, FACILITATORS)


def save(tx: Settling, sheet: Sheet) -> None:
    """Hand out the file."""
    group = still_mine(tx, sheet.group.id)
    text = lines(
        [
            bold(f"Daftar hadir {title_of(group)}"),
            sheet.when,
            f"{sheet.members} nomor. Nama dan tanda tangan ditulis di kertas, tidak disimpan di sini.",
        ]
    )
    tx.say(Message(text, (action("kelompok", group.id, "Kartu kelompok"),), file=sheet.file))


def _write(group: Group, plan: Meeting | None, facilitator: str, numbers: list[int], stationery: "Stationery") -> bytes:
    from bot.documents.group_sheet import write_group_sheet

    return write_group_sheet(_head(group, plan, facilitator), numbers, stationery)


def _head(group: Group, plan: Meeting | None, facilitator: str) -> "SheetHead":
    from bot.documents.group_sheet import SheetHead

    if plan is None:
        return SheetHead(group.name, group.village, group.district, "", "", group.place, "", "", facilitator)
    start, end = (dates.local(from_utc_text(one), plan.zone) for one in (plan.starts_at, plan.ends_at))
    return SheetHead(
        group.name,
        group.village,
        group.district,
        dates.show_day(start.date()),
        f"{start:%H.%M} s.d. {end:%H.%M} {dates.show_time(end, plan.zone).rpartition(' ')[2]}",
        plan.place or group.place,
        plan.module if plan.lesson_id is not None else "Materi tambahan",
        f"{plan.number}: {plan.title}" if plan.lesson_id is not None else plan.topic,
        facilitator,
    )
