"""The card that asks how a meeting was, at its planned end; the same buttons stand under a meeting that has begun."""

from bot import dates
from bot.clock import from_utc_text
from bot.message import Choice, Message
from bot.routes import action
from bot.text import lines
from handlers.meetings.lesson_choice import material_of
from handlers.scheduling.planned import describe
from storage.meetings import Meeting


def ended_card(meeting: Meeting) -> Message:
    """Ask how a planned meeting was; the first tap is a valid report."""
    end = dates.show_time(dates.local(from_utc_text(meeting.ends_at), meeting.zone), meeting.zone)
    text = f"⏰ P2K2 Kelompok {meeting.group} ({meeting.members} anggota) selesai {end}. Bagaimana?"
    return Message(lines([text, material_of(meeting)]), outcome_buttons(meeting.id))


def how_card(meeting: Meeting) -> Message:
    """Ask how a meeting was that has begun, whenever that is; what was otherwise than planned has a way too."""
    full = action("p2k2", f"m{meeting.id}", "Isi lengkap")
    return Message(lines([describe(meeting), "Bagaimana?"]), (*outcome_buttons(meeting.id), full))


def outcome_buttons(meeting_id: int) -> tuple[Choice, ...]:
    """Return the three ways to say how it was."""
    return (
        action("terlaksana", f"m{meeting_id}", "Terlaksana, semua hadir"),
        action("absen", f"m{meeting_id}", "Ada yang tidak hadir"),
        action("tidak-terlaksana", f"m{meeting_id}", "Tidak terlaksana"),
    )
