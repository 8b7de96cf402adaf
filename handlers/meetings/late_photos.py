"""Photos of a meeting that come after its report was saved."""

from dataclasses import dataclass
from itertools import count

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Media
from bot.picked import choose
from bot.sent import photos
from bot.settling import Settling
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.sent_line import Sent
from handlers.meetings.used_pictures import tell_used
from handlers.scheduling.planned import meeting_in, when
from storage import meeting_records, meetings
from storage.meetings import Meeting

MOST = 10
KEEP, OTHER = "Tetap pakai", "Ganti foto"
UNKNOWN = "Laporan itu tidak ditemukan. Lihat laporan Bapak/Ibu di /rekap."


@dataclass(frozen=True, slots=True)
class Late:
    """Photos for a meeting that is recorded already."""

    meeting_id: int
    photos: tuple[Media, ...]


async def run(chat: Chat, read: Reader) -> Late:
    """Ask for the photos of the meeting "m7"."""
    return await add_to(chat, read, meeting_in(chat.arg) or 0)


async def add_to(chat: Chat, read: Reader, meeting_id: int, given: Sent | None = None) -> Late:
    """Take the photos that are given, or ask for them; of one that stands in another report ask what becomes of it."""
    held = _mine(await read(meetings.meeting, meeting_id), chat.me.id)
    room = MOST - held.photos
    if room < 1 or (given and len(given.digests) > room):
        raise Refused(f"Laporan itu sudah memuat {held.photos} foto, paling banyak {MOST}.")
    for attempt in count():
        question = photos(f"Kirim foto P2K2 Kelompok {held.group}, {when(held)}.", room)
        sent = await chat.ask("photos", question, about=attempt, given=given.kept() if given and not attempt else None)
        used = await read(tell_used, [one.digest for one in sent], chat.me.id, held.id)
        if not used:
            break
        sure = choose(" ".join([*used, "Tetap dipakai?"]), {"keep": KEEP, "other": OTHER})
        if await chat.ask("sure", sure, about=attempt) == KEEP:
            break
    return Late(held.id, sent)


def save(tx: Settling, late: Late) -> None:
    """Put the photos with the others; one that is there already stays once."""
    held = _mine(meetings.meeting(tx.db, late.meeting_id), tx.me.id)
    meeting_records.add_photos(tx.db, held.id, [photo.digest for photo in late.photos])
    now = meetings.meeting(tx.db, held.id)
    assert now is not None
    if now.photos > MOST:
        raise Refused(f"Laporan itu sudah memuat {held.photos} foto, paling banyak {MOST}.")
    tx.say(f"✅ Tersimpan: {now.photos} foto P2K2 Kelompok {now.group}, {when(now)}.")


LATE_PHOTOS = Dialog("foto", "Foto P2K2", run, save, FACILITATORS, steps=1)


def _mine(found: Meeting | None, person_id: int) -> Meeting:
    if found is None or found.person_id != person_id or found.state != "held":
        raise Refused(UNKNOWN)
    if found.verified_at is not None:
        raise Refused(f"Laporan itu sudah diverifikasi {found.verifier}, jadi terkunci.")
    return found
