"""Handing in a draft before its 48 hours are over."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.settling import Settling
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.saved import STANDING, record_buttons
from handlers.scheduling.planned import meeting_in, when, which
from storage import meeting_records, meetings
from storage.meeting_status import status_of

UNKNOWN = "Laporan itu tidak ditemukan. Lihat laporan Bapak/Ibu di /rekap."


async def run(chat: Chat, read: Reader) -> int:
    """Take the tap."""
    return meeting_in(chat.arg) or 0


def save(tx: Settling, meeting_id: int) -> None:
    """Let the draft count now; one that counts already stays as it is."""
    found = meetings.meeting(tx.db, meeting_id)
    if found is None or found.person_id != tx.me.id or found.logged_at is None:
        raise Refused(UNKNOWN)
    if meeting_records.hand_in(tx.db, found.id, tx.stamp):
        tx.say(f"✅ Terkirim: P2K2 {which(found)}, {when(found)}.")
        return
    status = status_of(found, tx.stamp)
    assert status is not None, "it is recorded"
    tx.say(f"P2K2 {which(found)}, {when(found)}: {STANDING[status]}.", *record_buttons(found, tx.stamp))


HAND_IN = Dialog("kirim-p2k2", "Kirim laporan P2K2", run, save, FACILITATORS)
