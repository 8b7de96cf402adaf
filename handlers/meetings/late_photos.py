"""Photos of a meeting that come after its report was saved."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Media
from bot.sent import photos
from bot.settling import Settling
from handlers.meetings.groups import FACILITATORS
from handlers.scheduling.planned import meeting_in, when
from storage import meeting_records, meetings
from storage.meetings import Meeting

UNKNOWN = "Laporan itu tidak ditemukan. Lihat laporan Bapak/Ibu di /rekap."


@dataclass(frozen=True, slots=True)
class Late:
    """Photos for a meeting that is recorded already."""

    meeting_id: int
    photos: tuple[Media, ...]


async def run(chat: Chat, read: Reader) -> Late:
    """Ask for the photos of the meeting "m7"."""
    found = await read(meetings.meeting, meeting_in(chat.arg) or 0)
    held = _mine(found, chat.me.id)
    sent = await chat.ask("photos", photos(f"Kirim foto P2K2 Kelompok {held.group}, {when(held)}."))
    return Late(held.id, sent)


def save(tx: Settling, late: Late) -> None:
    """Put the photos with the others; one that is there already stays once."""
    held = _mine(meetings.meeting(tx.db, late.meeting_id), tx.me.id)
    meeting_records.add_photos(tx.db, held.id, [photo.digest for photo in late.photos])
    now = meetings.meeting(tx.db, held.id)
    assert now is not None
    tx.say(f"✅ Tersimpan: {now.photos} foto P2K2 Kelompok {now.group}, {when(now)}.")


LATE_PHOTOS = Dialog("foto", "Foto P2K2", run, save, FACILITATORS, steps=1)


def _mine(found: Meeting | None, person_id: int) -> Meeting:
    if found is None or found.person_id != person_id or found.state != "held":
        raise Refused(UNKNOWN)
    return found
