"""The desk of an event's files: adding one with a title, taking one away, and telling those it is for."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.message import Choice, Media, Message
from bot.picked import choose
from bot.routes import action
from bot.sent import a_document
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import words
from handlers.events.event_desk import event_number, event_to_run, read_event_to_run
from handlers.making_sure import sure_of
from handlers.programme.event_files import GONE, LABELS, SEND_FILE
from storage import event_files, office
from storage.event_files import EventFile, ForWhom
from storage.events import Event

MOST_FILES = 20
MOST_TITLE = 60
TOLD_FOR = timedelta(days=7)
FULL = f"Sudah ada {MOST_FILES} berkas, itu yang paling banyak. Hapus satu dulu."


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it is to be added."""

    event_id: int
    title: str
    digest: str
    name: str
    kind: Literal["document", "photo"]
    for_whom: ForWhom


@dataclass(frozen=True, slots=True)
class Notice:
    """A file that people are to be told of."""

    file_id: int
    to: ForWhom


async def ask_file(chat: Chat, read: Reader) -> NewFile:
    """Ask for the file, its title, and for whom it is."""
    event = await read_event_to_run(chat, read, event_number(chat.arg))
    known = await read(event_files.files_of, event.id)
    if len(known) >= MOST_FILES:
        raise Refused(FULL)
    sent = await chat.ask(
        "file", a_document(lines([bold(event.subject), "Kirim berkasnya: dokumen atau foto."])), label="Berkas"
    )
    file, kind = sent[0], _kind(sent[0])
    if twin := next((one for one in known if one.digest == file.digest), None):
        raise Refused(_twin(twin))
    proposed = _title(file)
    ask = replace(
        words("Apa judulnya? Ketik, atau pakai yang ini.", most=MOST_TITLE, least=3),
        shortcuts=(("name", proposed, proposed),),
        numbered=False,
    )
    title = await chat.ask("title", ask, label="Judul", about=file.digest)
    whom: dict[str, ForWhom] = {"invited": "invited", "present": "present"}
    for_whom = await chat.ask("whom", choose("Untuk siapa?", whom, lambda key: LABELS[key]), label="Untuk siapa")
    name = file.name or ("foto.jpg" if kind == "photo" else "berkas")
    await chat.confirm(lines([bold(event.subject), f"Judul: {title}", f"Berkas: {name}", f"Untuk: {LABELS[for_whom]}"]))
    return NewFile(event.id, title, file.digest, name, kind, for_whom)


def save_file(tx: Settling, new: NewFile) -> None:
    """Add the file, and offer to tell people."""
    event = event_to_run(tx, new.event_id)
    known = event_files.files_of(tx.db, event.id)
    if len(known) >= MOST_FILES:
        raise Refused(FULL)
    if twin := next((one for one in known if one.digest == new.digest), None):
        raise Refused(_twin(twin))
    file_id = event_files.add_file(
        tx.db,
        event_id=event.id,
        title=new.title,
        digest=new.digest,
        name=new.name,
        kind=new.kind,
        for_whom=new.for_whom,
        added_by=tx.me.id,
        now=tx.stamp,
    )
    office.note(tx.db, tx.stamp, tx.me.id, "add file", f"event:{event.id}", f"file {file_id}")
    told = f"✅ Ditambahkan: {new.title}, untuk {LABELS[new.for_whom].casefold()}. Ada di /kegiatan."
    tx.say(told, *_tell_buttons(file_id, new.for_whom), action("tambahberkas", event.id, "Tambah berkas"))


async def ask_removal(chat: Chat, read: Reader) -> EventFile:
    """Ask which file goes."""
    event = await read_event_to_run(chat, read, event_number(chat.arg))
    known = {str(one.id): one for one in await read(event_files.files_of, event.id)}
    if not known:
        raise Refused("Belum ada berkas pada kegiatan ini.")
    which = choose(lines([bold(event.subject), "Hapus yang mana?"]), known, lambda one: one.title)
    file = await chat.ask("file", which, given=next(iter(known)) if len(known) == 1 else None)
    await chat.confirm(f"Hapus {file.title}? Yang sudah mengambilnya tetap menyimpannya.", "Ya, hapus")
    return file


def save_removal(tx: Settling, file: EventFile) -> None:
    """Take the file off the event."""
    event = event_to_run(tx, file.event_id)
    if not event_files.remove_file(tx.db, file.id, tx.stamp):
        raise Refused(GONE)
    office.note(tx.db, tx.stamp, tx.me.id, "remove file", f"event:{event.id}", f"file {file.id}")
    tx.say(f"{file.title} dihapus dari kegiatan.")


async def ask_notice(chat: Chat, read: Reader) -> Notice:
    """Read the button "12.present"; where many people are told, make sure."""
    number, _, whom = chat.arg.partition(".")
    file = await read(event_files.file_with, event_number(number))
    if file is None or file.removed or whom not in LABELS:
        raise Refused(GONE)
    event = await read_event_to_run(chat, read, file.event_id)
    to: ForWhom = "present" if "present" in (whom, file.for_whom) else "invited"
    many = len(await read(event_files.readers, event.id, to))
    if sure := sure_of(many):
        told = lines([bold(event.subject), f"Beri tahu {many} orang: {file.title}."])
        await chat.confirm(told, "Beri tahu", sure=sure)
    return Notice(file.id, to)


def save_notice(tx: Settling, notice: Notice) -> None:
    """Tell them, each once for this file."""
    file = event_files.file_with(tx.db, notice.file_id)
    if file is None or file.removed:
        raise Refused(GONE)
    event = event_to_run(tx, file.event_id)
    readers = event_files.readers(tx.db, event.id, notice.to)
    told = sum(_tell(tx, event, file, person_id) > 0 for person_id in readers)
    if told:
        tx.say(f"{told} orang diberi tahu tentang {file.title}.")
    elif readers:
        tx.say("Tidak ada yang baru untuk diberi tahu: yang bisa dihubungi sudah diberi tahu.")
    else:
        tx.say("Belum ada yang tercatat hadir, jadi belum ada yang diberi tahu.")


def _tell(tx: Settling, event: Event, file: EventFile, person_id: int) -> int:
    card = Message(
        lines([bold(event.subject), f"Berkas baru: {file.title}"]),
        (action(SEND_FILE.name, file.id, "Ambil berkasnya"),),
    )
    return tx.notify(
        person_id,
        card,
        kind="file",
        object=f"event:{event.id}",
        occurrence=str(file.id),
        lane=2,
        expires_at=tx.now + TOLD_FOR,
    )


def _tell_buttons(file_id: int, for_whom: ForWhom) -> list[Choice]:
    everybody = [action("kabarberkas", f"{file_id}.invited", "Beri tahu semua")] if for_whom == "invited" else []
    return [*everybody, action("kabarberkas", f"{file_id}.present", "Beri tahu yang hadir")]


def _kind(file: Media) -> Literal["document", "photo"]:
    return "photo" if file.type.startswith("image/") else "document"


def _title(file: Media) -> str:
    """Propose a title: the file's name as people would say it."""
    if _kind(file) == "photo":
        return "Foto"  # what a camera calls it says nothing, and not every channel names its photos
    stem = re.sub(r"\.\w{1,5}$", "", file.name)
    said = " ".join(re.findall(r"[^\s_-]+", stem))[:MOST_TITLE].strip()
    return said[:1].upper() + said[1:] if len(said) >= 3 else "Materi"


def _twin(twin: EventFile) -> str:
    return f"Berkas yang sama sudah ada: {twin.title}. Hapus dulu kalau judulnya ingin diganti."


ADD_FILE = Dialog("tambahberkas", "Tambah berkas", ask_file, save_file, EVERYONE, steps=3)
REMOVE_FILE = Dialog("hapusberkas", "Hapus berkas", ask_removal, save_removal, EVERYONE, steps=1)
TELL_OF_FILE = Dialog("kabarberkas", "Pemberitahuan berkas", ask_notice, save_notice, EVERYONE)
