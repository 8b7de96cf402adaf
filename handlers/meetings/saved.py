"""What is said of a record: how it stands, until when it can be added to, and what can be tapped under it."""

from datetime import timedelta

from bot import dates
from bot.clock import from_utc_text, utc_text
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text
from handlers.meetings.away import away_of
from handlers.reporting.report_text import receipt_text
from storage.database import Connection
from storage.meeting_status import Status, status_of
from storage.meetings import Meeting
from storage.records import record

DRAFT_FOR = timedelta(hours=48)
"""How long photos and notes may follow before a record counts as handed in by itself."""


def handed_in_at(tx: Settling) -> str:
    """Return from when what is saved now counts as handed in."""
    return utc_text(tx.now + DRAFT_FOR)


def outcome(meeting: Meeting) -> str:
    """Say how a meeting was: "16 dari 18 hadir, sakit no. 3", or why it was not held."""
    if meeting.state == "not_held":
        return f"tidak terlaksana, {meeting.why_not}"
    absent = away_of(meeting).show()
    return f"{meeting.present} dari {meeting.members} hadir{absent and ', '}{absent}"


def follow_line(meeting: Meeting) -> str:
    """Say until when photos and notes may follow; '' where nothing is open."""
    if meeting.sent_at is None:
        return ""
    day = dates.local(from_utc_text(meeting.sent_at), meeting.zone).date()
    return f"Foto dan catatan boleh menyusul sampai {dates.show_day(day)}."


def text_of(db: Connection, meeting: Meeting) -> Text:
    """Return the text for the other system."""
    found = record(db, meeting.id)
    assert found is not None, "it is recorded"
    return receipt_text(found)


def record_buttons(meeting: Meeting, now: str) -> tuple[Choice, ...]:
    """Return what can be done with a record."""
    arg = f"m{meeting.id}"
    edit = action("ubah-p2k2", arg, "Ubah")
    if meeting.verified_at is not None:
        return ()
    if meeting.state == "not_held":
        return (action("jadwal", f"rencana-{meeting.group_id}", "Rencanakan lagi"), edit)
    photo = () if meeting.photos else (action("foto", arg, "Tambah foto"),)
    send = (action("kirim-p2k2", arg, "Kirim"),) if status_of(meeting, now) == "draft" else ()
    return (*photo, action("catatan", arg, "Catatan"), edit, *send)


STANDING: dict[Status, str] = {
    "unconfirmed": "menunggu konfirmasi pendampingnya",
    "draft": "draft",
    "sent": "terkirim",
    "returned": "dikembalikan untuk diperbaiki",
    "verified": "sudah diverifikasi",
}
"""Where a record stands, as people read it."""
