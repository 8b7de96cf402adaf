"""An invitation to the group, ready to be forwarded on WhatsApp: the families have no other channel."""

from dataclasses import dataclass
from urllib.parse import quote

from bot.chat import Chat, Dialog, Reader
from bot.settling import Settling
from bot.text import Text, lines, link
from handlers.meetings.groups import FACILITATORS
from handlers.scheduling.planned import NO_LONGER, meeting_in, my_planned, when
from storage import meetings
from storage.meetings import Meeting


@dataclass(frozen=True, slots=True)
class ToInvite:
    """The planned meeting whose group is to be invited."""

    meeting_id: int


async def ask(chat: Chat, read: Reader) -> ToInvite:
    """Take the planned meeting "m7" of this facilitator."""
    return ToInvite((await my_planned(chat, read, meeting_in(chat.arg) or 0)).id)


def save(tx: Settling, wanted: ToInvite) -> None:
    """Hand out the text alone, so that it can be forwarded as it is."""
    meeting = meetings.meeting(tx.db, wanted.meeting_id)
    if meeting is None or meeting.person_id != tx.me.id or meeting.state != "planned":
        tx.say(NO_LONGER)
        return
    text = invitation_text(meeting, tx.me.name)
    address = f"https://wa.me/?text={quote(text)}"
    tx.say(
        lines(
            [
                f"Undangan untuk Ketua Kelompok {meeting.group}, teruskan pesan berikut, atau",
                link("kirim lewat WhatsApp", address) + ".",
            ]
        )
    )
    tx.say(Text.of(text))


INVITATION = Dialog("undangan", "Undangan P2K2", ask, save, FACILITATORS)


def invitation_text(meeting: Meeting, facilitator: str) -> str:
    """Write what the group should know; without emoji or marks, so that it reads the same wherever it is forwarded."""
    subject = f"{meeting.title}" if meeting.lesson_id is not None else meeting.topic
    return "\n".join(
        [
            f"Yth. Ibu Ketua dan anggota Kelompok {meeting.group}, Desa {meeting.village}",
            "",
            "Mohon hadir pada pertemuan kelompok (P2K2):",
            f"Hari/tanggal: {when(meeting).replace(' pukul ', ', pukul ')}",
            *([f"Tempat: {meeting.place}"] if meeting.place else []),
            f"Materi: {subject}",
            "",
            "Bila berhalangan, mohon beri kabar sebelumnya. Terima kasih.",
            f"{facilitator}, Pendamping PKH",
        ]
    )
