"""Printing the daftar hadir of a slot: an A4 file with letterhead and signature block, whose checksum is kept."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.documents.attendance_list import short_slot, slot_title
from bot.message import Attachment, Message
from bot.picked import choose
from bot.settling import Settling
from bot.text import Text, bold, code, lines
from handlers.accounting.event_recap import event_to_account, file_name
from handlers.accounting.printed import checksum, lines_of, print_list
from handlers.accounting.stationery import prove, read_stationery
from handlers.events.event_desk import event_to_list
from storage import office
from storage.attendance import attendance
from storage.sheets import keep_sheet

if TYPE_CHECKING:
    from bot.documents.paper import Proof, Stationery


@dataclass(frozen=True, slots=True)
class Printed:
    """A daftar hadir as it was written, and all that stands on it."""

    event_id: int
    slot_id: int
    checksum: str
    printed: str
    file: Attachment
    text: Text


def make_print_list(office_name: str, link: Callable[[str], str]) -> Dialog[Printed]:
    """Make the dialog that prints: it asks for the slot where there are several, the one that opened last first."""

    async def write(chat: Chat, read: Reader) -> Printed:
        event = await event_to_account(chat, read)
        now = utc_text(chat.now)
        found = await read(attendance, event.id, now)
        if not found.slots or not found.people:
            raise Refused("Belum ada yang bisa dicetak: kegiatan ini tidak punya daftar undangan atau jadwal absen.")
        slots = {str(one.id): one for one in found.slots}
        given = next(iter(slots)) if len(slots) == 1 else None
        chosen = await chat.ask("slot", choose("Daftar hadir yang mana?", slots, short_slot), given=given)
        slot = found.slots.index(chosen)
        printed = print_list(event, found, slot, chat.zone)
        mark = await read(checksum, printed)
        stationery = await read_stationery(chat, read, office_name)
        content = await asyncio.to_thread(_write, printed, stationery, prove(mark, link))
        assert chat.files is not None
        digest = await chat.files.lend(content, "application/pdf")
        file = Attachment(digest, file_name(f"daftar-hadir-{slot + 1}", event, ".pdf"))
        text = lines(
            [
                bold(event.subject),
                slot_title(chosen),
                Text.of("Kode lembar ") + code(mark) + ", periksa dengan /periksa",
            ]
        )
        return Printed(event.id, chosen.id, mark, printed, file, text)

    return Dialog("cetak", "Cetak daftar hadir", write, save, EVERYONE, steps=1)


def save(tx: Settling, sheet: Printed) -> None:
    """Keep what was printed under its checksum, and send the file."""
    event_to_list(tx, sheet.event_id)
    office.note(tx.db, tx.stamp, tx.me.id, "print list", f"event:{sheet.event_id}", f"slot {sheet.slot_id}")
    keep_sheet(tx.db, sheet.checksum, sheet.event_id, sheet.printed, tx.me.id, tx.stamp, slot_id=sheet.slot_id)
    tx.say(Message(sheet.text, file=sheet.file))


def _write(printed: str, stationery: "Stationery", proof: "Proof") -> bytes:
    from bot.documents.attendance_paper import ListHead, write_list

    said = json.loads(printed)
    fields = (said[name] for name in ("subject", "number", "day", "hours", "place", "dated", "counts"))
    return write_list(ListHead(*fields), lines_of(said), stationery, proof)
