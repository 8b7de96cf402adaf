"""The office's Word template of the RHK 2 report: downloaded, changed in Word, sent back, checked, and undone."""

import asyncio
from dataclasses import dataclass
from datetime import date

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.documents.meeting_report import default_template
from bot.documents.report_fields import NotATemplate
from bot.documents.sent_template import check_template
from bot.message import Attachment, Message
from bot.picked import choose
from bot.routes import action
from bot.sent import a_document
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.events.event_desk import OPERATORS
from handlers.reporting.report_words import fields_of
from handlers.reporting.written_report import DOCX
from storage import office
from storage.letterhead import letterhead
from storage.records import Record
from storage.report_templates import Template, set_template, template_in_force, template_versions

NAME = "templat"
BUILT_IN = "templat bawaan"
MOST_VERSIONS = 10
MENU = (
    action(NAME, "unduh", "Unduh templat"),
    action(NAME, "ganti", "Ganti templat"),
    action(NAME, "versi", "Versi lama"),
)


@dataclass(frozen=True, slots=True)
class Show:
    """Say which template is in force; with its file where that is asked for."""

    file: Attachment | None = None


@dataclass(frozen=True, slots=True)
class PutInForce:
    """Use this template from now on; `digest` None is the one that comes with the program."""

    digest: str | None
    name: str


async def ask(chat: Chat, read: Reader) -> Show | PutInForce:
    """Show (""), send it ("unduh"), take a new one ("ganti"), or an earlier one ("versi")."""
    if chat.arg == "ganti":
        return await _ask_new(chat, read)
    if chat.arg == "versi":
        return await _ask_version(chat, read)
    if chat.arg == "unduh":
        assert chat.files is not None
        current = await read(template_in_force)
        digest = current.digest if current else None
        if digest is None:
            digest = await chat.files.lend(await asyncio.to_thread(default_template), DOCX)
        return Show(Attachment(digest, "templat-laporan-rhk2.docx"))
    return Show()


def save(tx: Settling, wish: Show | PutInForce) -> None:
    """Show it, send it, or put another in force."""
    current = template_in_force(tx.db)
    if isinstance(wish, Show):
        now = current.name if current else BUILT_IN
        told: list[str | Text] = [bold("Templat laporan RHK 2"), f"Dipakai sekarang: {now}{_since(current, tx.zone)}."]
        if wish.file:
            told.append("Ubah di Word, biarkan isian dalam {{ }} seperti adanya, lalu kirim lewat Ganti templat.")
        tx.say(Message(lines(told), file=wish.file), *MENU)
        return
    set_template(tx.db, wish.digest, wish.name, tx.me.id, tx.stamp)
    office.note(tx.db, tx.stamp, tx.me.id, "report template", "office")
    tx.say(f"✅ Dipakai mulai sekarang: {wish.name}. Laporan yang sudah dikirim tidak berubah.", *MENU)


TEMPLATE = Dialog(NAME, "Templat RHK 2", ask, save, OPERATORS, steps=2)


async def _ask_new(chat: Chat, read: Reader) -> PutInForce:
    prompt = "Kirim templatnya sebagai berkas Word (.docx)."
    sent = (await chat.ask("file", a_document(prompt), label="Berkas"))[0]
    assert chat.files is not None
    content = await chat.files.open(sent.digest) if sent.digest else b""
    head = await read(letterhead)
    sample = fields_of(SAMPLE, head, "Dinas Sosial", date(2023, 11, 12))
    try:
        await asyncio.to_thread(check_template, content, sample, (_sample_photo(),))
    except NotATemplate as why:
        raise Refused(f"{why} Templat yang dipakai tidak berubah.") from None
    name = sent.name or "templat.docx"
    await chat.confirm(
        lines([bold("Templat baru"), name, "Sudah dicoba dengan contoh laporan, semua isiannya dikenal."])
    )
    return PutInForce(sent.digest, name)


async def _ask_version(chat: Chat, read: Reader) -> PutInForce:
    known: dict[str, PutInForce] = {"bawaan": PutInForce(None, BUILT_IN)}
    shown = {"bawaan": "Templat bawaan"}
    for one in await read(template_versions, MOST_VERSIONS):
        if one.digest is not None:
            known[f"v{one.id}"] = PutInForce(one.digest, one.name)
            shown[f"v{one.id}"] = f"{one.name}{_since(one, chat.zone)}"
    key = await chat.ask("version", choose("Pakai versi yang mana?", {key: key for key in known}, shown.__getitem__))
    await chat.confirm(f"Pakai {shown[key].replace('Templat', 'templat', 1)}?", "Ya")
    return known[key]


def _since(one: Template | None, zone: str) -> str:
    return f", sejak {show_moment(from_utc_text(one.set_at), zone)} oleh {one.by}" if one else ""


def _sample_photo() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (80, 60), "#1F5C3F").save(out, "JPEG")
    return out.getvalue()


SAMPLE = Record(
    id=0,
    state="held",
    person_id=0,
    person="Siti Aminah",
    title="Pendamping Sosial PKH",
    group_id=0,
    group="Melati",
    village="Kwala Bingai",
    district="Stabat",
    lesson_id=0,
    module="Pengelolaan Keuangan dan Perencanaan Usaha",
    module_rank=2,
    number=2,
    lesson="Cermat Meminjam dan Menabung",
    topic="",
    day="2023-11-11",
    starts_at="2023-11-11T07:00:00.000+00:00",
    ends_at="2023-11-11T09:00:00.000+00:00",
    zone="Asia/Jakarta",
    place="Rumah Ketua Kelompok",
    members=18,
    sick=1,
    excused=1,
    absent=1,
    why_not="",
    obstacles="Hujan deras",
    follow_up="Materi diulang bulan depan",
    sent_at=None,
    returned_at=None,
    absences={3: "sick", 7: "excused", 12: "absent"},
    photos=(),
)
