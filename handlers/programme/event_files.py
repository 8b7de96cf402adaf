"""Rundown and materi: what files of an event somebody may have, and sending one."""

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.message import Attachment, Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.events.event_desk import event_number, is_desk
from storage import event_files, events, invitations
from storage.database import Connection
from storage.event_files import EventFile
from storage.events import Event
from storage.people import Person

NONE = "Belum ada berkas untuk Bapak/Ibu. Kalau ada yang baru, tombolnya muncul di /kegiatan."
GONE = "Berkas itu sudah tidak ada. Yang ada bisa dilihat di /kegiatan."
ONLY_PRESENT = "Berkas itu untuk yang tercatat hadir. Setelah absen, berkasnya bisa diambil di /kegiatan."
LABELS = {"invited": "Semua undangan", "present": "Yang hadir saja"}


def files_for(db: Connection, event: Event, person: Person) -> list[EventFile]:
    """Return the files of the event that this person may have: all of them, for who runs it."""
    found = event_files.files_of(db, event.id)
    return [one for one in found if _may_have(db, one, person)]


def files_button(event: Event) -> Choice:
    """Return the button of the list."""
    return action("berkas", event.id, "Materi dan rundown")


async def read_event(chat: Chat, read: Reader) -> int:
    """Read the button."""
    return event_number(chat.arg)


def say_files(tx: Settling, event_id: int) -> None:
    """List the files that the person may have."""
    event = events.event(tx.db, event_id)
    found = files_for(tx.db, event, tx.me) if event else []
    if event is None or not found:
        raise Refused(NONE)
    tx.say(
        lines([bold(event.subject), "Berkas mana yang dikirim?"]),
        *(action("ambil", one.id, one.title) for one in found),
    )


async def read_file(chat: Chat, read: Reader) -> int:
    """Read the button."""
    return event_number(chat.arg)


def send_file(tx: Settling, file_id: int) -> None:
    """Send the file."""
    file = event_files.file_with(tx.db, file_id)
    event = events.event(tx.db, file.event_id) if file else None
    if file is None or event is None or file.removed:
        raise Refused(GONE)
    if not _may_have(tx.db, file, tx.me):
        invited = invitations.admit(tx.db, event.id, tx.me.id) is not None
        raise Refused(ONLY_PRESENT if invited else GONE)
    attachment = Attachment(file.digest, file.name, file.kind)
    tx.say(Message(lines([bold(file.title), event.subject]), file=attachment))


def _may_have(db: Connection, file: EventFile, person: Person) -> bool:
    if is_desk(db, file.event_id, person.id, person.role):
        return True
    invited = file.for_whom == "invited" and invitations.invitation(db, file.event_id, person.id) is not None
    return invited or event_files.came(db, file.event_id, person.id)


FILES = Dialog("berkas", "Materi dan rundown", read_event, say_files, EVERYONE)
SEND_FILE = Dialog("ambil", "Materi dan rundown", read_file, send_file, EVERYONE)
