"""The three ways to say how a meeting was, and the card of one that has begun, whenever that is asked for."""

from bot.message import Choice, Message
from bot.routes import action
from bot.text import lines
from handlers.scheduling.planned import describe
from storage.meetings import Meeting


def how_card(meeting: Meeting, warning: str) -> Message:
    """Ask how a meeting was that has begun, whenever that is; what was otherwise than planned has a way too."""
    full = action("p2k2", f"m{meeting.id}", "Isi lengkap")
    return Message(lines([describe(meeting), warning, "Bagaimana?"]), (*outcome_buttons(meeting.id), full))


def outcome_buttons(meeting_id: int) -> tuple[Choice, ...]:
    """Return the three ways to say how it was."""
    return (
        action("terlaksana", f"m{meeting_id}", "Terlaksana, semua hadir"),
        action("absen", f"m{meeting_id}", "Ada yang tidak hadir"),
        action("tidak-terlaksana", f"m{meeting_id}", "Tidak terlaksana"),
    )
