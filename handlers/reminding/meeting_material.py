"""Bahan: the key material of a meeting, sent to its facilitator from a card that names several things."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import lines
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.lesson_choice import material_of
from handlers.reminding.meeting_card import MATERIAL
from handlers.scheduling.planned import describe, meeting_in
from storage import lesson_files, meetings

NOT_YOURS = "Pertemuan itu tidak ada di jadwal Bapak/Ibu. Lihat yang ada di /jadwal."
NONE = "Bahan untuk sesi itu sudah tidak ada. Materinya:"


async def read_meeting(chat: Chat, read: Reader) -> int:
    """Take the meeting that the button names ("m7"); 0 for anything else."""
    return meeting_in(chat.arg) or 0


def send_material(tx: Settling, meeting_id: int) -> None:
    """Send every file of the lesson that is planned now, the first with what it is for."""
    meeting = meetings.meeting(tx.db, meeting_id)
    if meeting is None or meeting.person_id != tx.me.id or meeting.state == "cancelled":
        raise Refused(NOT_YOURS)
    files = lesson_files.of(tx.db, meeting.lesson_id) if meeting.lesson_id is not None else []
    if not files:
        tx.say(lines([NONE, material_of(meeting)]))
    for number, one in enumerate(files):
        said = describe(meeting) if number == 0 else lines([one.name])
        tx.say(Message(said, file=Attachment(one.digest, one.name, one.kind)))


MEETING_MATERIAL = Dialog(MATERIAL, "Bahan materi", read_meeting, send_material, FACILITATORS)
