"""A copy of one's own data (salinan data): everything that is kept about the person, as an Excel file in the chat."""

import asyncio
from collections.abc import Sequence

from bot.chat import Chat, Dialog, Reader
from bot.dates import show_moment
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import Text
from handlers.people.roster_person import show_channels, show_number, show_post
from storage import own_data, roster_search
from storage.own_data import Part

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def copy(chat: Chat, read: Reader) -> Attachment:
    """Write the file."""
    me = await read(roster_search.listed, chat.me.id)
    assert me is not None, "people are never deleted"
    parts = await read(own_data.parts_of, chat.me.id)
    about = [
        ("Nama", me.person.name),
        ("Tugas", show_post(me.person)),
        ("Nomor HP", show_number(me.person.phone)),
        ("Terdaftar", show_channels(me.channels, me.since, chat.zone)),
        ("Dibuat", show_moment(chat.now, chat.zone)),
        ("Isi", ", ".join(f"{part.title} {len(part.rows)}" for part in parts)),
        ("Pesan", "Salinan pesan disimpan 30 hari (dari Bapak/Ibu) dan 90 hari (dari bot)."),
        ("Foto", "Foto pertemuan ada di /rekap, semua laporan."),
    ]
    content = await asyncio.to_thread(_write, about, parts, chat.zone)
    assert chat.files is not None
    kept = await chat.files.lend(content, XLSX)
    return Attachment(kept, "Data saya.xlsx")


def save(tx: Settling, file: Attachment) -> None:
    """Send it."""
    said = "Semua yang disimpan tentang Bapak/Ibu di bot ini. Simpan baik-baik: isinya data pribadi."
    tx.say(Message(Text.of(said), file=file))


def _write(about: Sequence[tuple[str, str]], parts: Sequence[Part], zone: str) -> bytes:
    from bot.documents.own_workbook import write_own_workbook

    return write_own_workbook(about, parts, zone)


OWN_COPY = Dialog("salinan", "Salinan data", copy, save)
