"""A planned meeting as buttons name it and as people read it."""

from bot import dates
from bot.chat import Chat, Reader, Refused
from bot.clock import from_utc_text
from bot.text import Text, lines
from handlers.meetings.lesson_choice import material_of
from storage import meetings
from storage.meetings import Meeting

NO_LONGER = "Pertemuan itu tidak ada lagi di jadwal. Lihat yang sekarang di /jadwal."


def meeting_in(arg: str) -> int | None:
    """Read what a card's button carries: "m7"."""
    digits = arg[1:] if arg[:1] == "m" else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


async def my_planned(chat: Chat, read: Reader, meeting_id: int) -> Meeting:
    """Read a planned meeting of this facilitator. Raises Refused where it is planned no more."""
    found = await read(meetings.meeting, meeting_id)
    if found is None or found.person_id != chat.me.id or found.state == "cancelled":
        raise Refused(NO_LONGER)
    if found.state != "planned":
        raise Refused(f"P2K2 {which(found)} sudah tercatat. Lihat /rekap.")
    return found


def when(meeting: Meeting) -> str:
    """Write when a meeting starts, on the clocks of its own zone."""
    return dates.show_moment(from_utc_text(meeting.starts_at), meeting.zone)


def which(meeting: Meeting) -> str:
    """Write whose meeting it is: "Kelompok Melati, Desa Kwala Bingai"."""
    return f"Kelompok {meeting.group}, Desa {meeting.village}"


def describe(meeting: Meeting) -> Text:
    """Write what is planned, where and when."""
    place = f", di {meeting.place}" if meeting.place else ""
    return lines([f"P2K2 {which(meeting)} ({meeting.members} anggota), {when(meeting)}{place}.", material_of(meeting)])


def short_moment(starts_at: str, zone: str) -> str:
    """Write "Sel 7 Nov 14.00" of UTC text, on the clocks of the zone."""
    here = dates.local(from_utc_text(starts_at), zone)
    return f"{dates.show_short_day(here.date())} {here:%H.%M}"
