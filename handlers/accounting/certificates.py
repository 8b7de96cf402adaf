"""Certificates for those who were there: one is shown first, then each goes to its person, once, or all are printed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_moment
from bot.message import Attachment, Message
from bot.questions import or_skip
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.accounting.certificate_numbers import a_pattern
from handlers.accounting.certificate_papers import (
    NEVER,
    PDF,
    Paper,
    check_operator,
    keep_file_of_each,
    keep_papers,
    papers_of,
    unsent,
    write_papers,
)
from handlers.accounting.event_recap import event_of_desk, file_name
from handlers.accounting.stationery import prove, read_stationery
from handlers.events.event_desk import OPERATORS
from handlers.events.people_list import by_district
from handlers.making_sure import sure_of
from storage import office, sheets
from storage.attendance import Attendance, Attendee, attendance
from storage.database import Connection
from storage.events import Event
from storage.invitations import Named
from storage.letterhead import letterhead

MOST_AT_ONCE = 400  # files: twenty seconds' work, of the minute that a turn has


@dataclass(frozen=True, slots=True)
class Preview:
    """How certificates will look, and for how many they are."""

    event_id: int
    pattern: str
    person_id: int
    file: Attachment
    text: Text


@dataclass(frozen=True, slots=True)
class Batch:
    """Everybody's certificate, and the files of those to whom one is to be sent now."""

    event_id: int
    papers: tuple[Paper, ...]
    files: tuple[tuple[int, str], ...]  # person, digest


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everybody's certificate in one file, to be printed."""

    event_id: int
    papers: tuple[Paper, ...]
    file: Attachment


def make_certificates(
    office_name: str, link: Callable[[str], str]
) -> tuple[Dialog[Preview], Dialog[Batch], Dialog[Bundle]]:
    """Make the dialogs that show a certificate, send them all, and print them all."""

    async def show_one(chat: Chat, read: Reader) -> Preview:
        event, found = await _ready(chat, read)
        pattern = await read(sheets.pattern_of, event.id)
        # A number that somebody has got must stay what it is.
        if not await read(sheets.numbers_of, event.id):
            typed = await chat.ask("pattern", or_skip(a_pattern(pattern)))
            pattern = typed or ""
        papers = await read(papers_of, event, found, pattern)
        stationery = await read_stationery(chat, read, office_name)
        content = await asyncio.to_thread(write_papers, [(papers[0], prove(papers[0].checksum, link))], stationery)
        assert chat.files is not None
        file = Attachment(await chat.files.lend(content, PDF), file_name("contoh-sertifikat", event, ".pdf"))
        told = lines([Text.of("Contoh: ") + bold(papers[0].name), *await read(_reach_lines, event, found)])
        return Preview(event.id, pattern, papers[0].person_id, file, told)

    async def write_all(chat: Chat, read: Reader) -> Batch:
        event, found = await _ready(chat, read)
        first = (await read(unsent, event.id, found))[0][:MOST_AT_ONCE]
        if not first:
            raise Refused("Tidak ada sertifikat yang menunggu dikirim. Yang tidak terjangkau bisa lewat Cetak semua.")
        told = lines([bold(event.subject), f"Kirim sertifikat ke {len(first)} orang, masing-masing satu kali?"])
        await chat.confirm(told, "Kirim sertifikat", sure=sure_of(len(first)))
        papers = await read(papers_of, event, found, await read(sheets.pattern_of, event.id))
        stationery = await read_stationery(chat, read, office_name)
        meant = {one.id for one in first}
        wanted = [one for one in papers if one.person_id in meant]
        files = await keep_file_of_each(chat, wanted, stationery, link)
        return Batch(event.id, papers, files)

    async def write_bundle(chat: Chat, read: Reader) -> Bundle:
        event, found = await _ready(chat, read)
        papers = await read(papers_of, event, found, await read(sheets.pattern_of, event.id))
        stationery = await read_stationery(chat, read, office_name)
        proven = [(one, prove(one.checksum, link)) for one in papers]
        content = await asyncio.to_thread(write_papers, proven, stationery)
        assert chat.files is not None
        digest = await chat.files.lend(content, PDF)
        return Bundle(event.id, papers, Attachment(digest, file_name("sertifikat", event, ".pdf")))

    return (
        Dialog("sertifikat", "Sertifikat", show_one, save_preview, OPERATORS, steps=1),
        Dialog("kirimsertifikat", "Pengiriman sertifikat", write_all, save_batch, OPERATORS, steps=1),
        Dialog("cetaksertifikat", "Cetak sertifikat", write_bundle, save_bundle, OPERATORS),
    )


def save_preview(tx: Settling, preview: Preview) -> None:
    """Keep how certificates are numbered, and show one."""
    check_operator(tx)
    sheets.set_pattern(tx.db, preview.event_id, preview.pattern)
    office.note(
        tx.db, tx.stamp, tx.me.id, "see certificate", f"event:{preview.event_id}", f"person:{preview.person_id}"
    )
    found = attendance(tx.db, preview.event_id, tx.stamp)
    sends, _ = unsent(tx.db, preview.event_id, found)
    tx.say(
        Message(preview.text, file=preview.file),
        *([action("kirimsertifikat", preview.event_id, "Kirim sertifikat")] if sends else []),
        action("cetaksertifikat", preview.event_id, "Cetak semua"),
        action("kop", "", "Kop dan tanda tangan"),
    )


def save_batch(tx: Settling, batch: Batch) -> None:
    """Post each certificate to its person, and say who cannot be reached."""
    event = keep_papers(tx, batch.event_id, batch.papers)
    names, told = {one.person_id: one.name for one in batch.papers}, sheets.told(tx.db, event.id)
    sent = 0
    for person_id, digest in batch.files:
        file = Attachment(digest, file_name("sertifikat", event, ".pdf"))
        thanks = [f"Yth. Bapak/Ibu {names[person_id]}", "Terima kasih atas kehadirannya. Terlampir sertifikat:"]
        arrives, failed = told.get(person_id, NEVER)
        if not arrives:
            sent += (
                tx.notify(
                    person_id,
                    Message(lines([*thanks, bold(event.subject)]), file=file),
                    kind="certificate",
                    object=f"event:{event.id}",
                    occurrence=f"after {failed}" if failed else "",
                    lane=2,
                )
                > 0
            )
    office.note(tx.db, tx.stamp, tx.me.id, "certificates", f"event:{event.id}", f"{sent} orang")
    waiting, unreached = unsent(tx.db, event.id, attendance(tx.db, event.id, tx.stamp))
    more = f"{len(waiting)} orang lagi menunggu: tekan Kirim sertifikat sekali lagi." if waiting else ""
    tx.say(lines([f"✅ Sertifikat dikirim ke {sent} orang.", more, *_unreached_lines(unreached)]))


def save_bundle(tx: Settling, bundle: Bundle) -> None:
    """Keep what is printed, and send the file to the operator."""
    event = keep_papers(tx, bundle.event_id, bundle.papers)
    office.note(tx.db, tx.stamp, tx.me.id, "print certificates", f"event:{event.id}")
    told = lines([bold(event.subject), f"{len(bundle.papers)} sertifikat, satu halaman untuk tiap orang."])
    tx.say(Message(told, file=bundle.file))


async def _ready(chat: Chat, read: Reader) -> tuple[Event, Attendance]:
    """Return the event and who was there, once there are certificates to give. Raises Refused."""
    event = await event_of_desk(chat, read)
    found = await read(attendance, event.id, utc_text(chat.now))
    if event.state == "cancelled":
        raise Refused("Kegiatan itu dibatalkan, jadi tidak ada sertifikat.")
    if not found.over:
        closes = show_moment(from_utc_text(max(slot.closes_at for slot in found.slots)), chat.zone)
        raise Refused(f"Sertifikat baru bisa dibuat setelah absen terakhir ditutup, {closes}.")
    if not found.eligible:
        raise Refused(f"Belum ada yang memenuhi syarat: hadir {found.needed} dari {len(found.slots)} sesi.")
    return event, found


def _reach_lines(db: Connection, event: Event, found: Attendance) -> list[str]:
    waiting, unreached = unsent(db, event.id, found)
    eligible, sent = len(found.eligible), len(found.eligible) - len(waiting) - len(unreached)
    parts = [f"{eligible} orang memenuhi syarat (hadir {found.needed} dari {len(found.slots)} sesi)."]
    parts += [f"Sudah dikirim: {sent}."] if sent else []
    parts += [f"Akan dikirim ke {len(waiting)} orang."] if waiting else []
    parts += [f"Tidak terjangkau di bot: {len(unreached)} orang, lewat Cetak semua."] if unreached else []
    return parts + (["⚠️ Penanda tangan belum diisi."] if not letterhead(db).name else [])


def _unreached_lines(unreached: Sequence[Attendee]) -> Sequence[str | Text]:
    if not unreached:
        return []
    named = [Named(one.id, one.name, one.title, one.district) for one in unreached]
    return [f"Tidak terjangkau {len(named)} orang, sertifikatnya ada di Cetak semua:", *by_district(named)]
