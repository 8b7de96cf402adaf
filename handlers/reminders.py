"""The cards of reminders: what is about to begin, or has just ended, with what one can do about it."""

from datetime import datetime

from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.message import Message
from bot.routes import action
from bot.text import lines
from handlers.answers.answer_card import buttons, room_line, said
from handlers.events.event_card import event_lines
from handlers.meetings.lesson_choice import material_of
from handlers.programme.feedback_card import ask_card
from storage import events, invitations, meetings
from storage.database import Connection
from storage.events import Event
from storage.invitations import Invitation
from storage.reminders import Due


def compose(db: Connection, due: Due, now: datetime) -> Message:
    """Write the card of a reminder that is due; days and times stand as they are, for it may be read late."""
    if due.sort == "feedback":
        return _feedback_card(db, due)
    return _meeting_card(db, due) if due.sort == "meeting" else _event_card(db, due)


def _meeting_card(db: Connection, due: Due) -> Message:
    meeting = meetings.meeting(db, due.object_id)
    assert meeting is not None, "a reminder is of something planned"
    where = f", di {meeting.place}" if meeting.place else ""
    when = show_moment(from_utc_text(meeting.starts_at), meeting.zone)
    text = f"⏰ P2K2 Kelompok {meeting.group} ({meeting.members} anggota), {when}{where}."
    return Message(
        lines([text, material_of(meeting)]),
        (action("p2k2", f"m{meeting.id}", "Catat P2K2"), action("jadwal", f"m{meeting.id}", "Ubah jadwal")),
    )


def _event_card(db: Connection, due: Due) -> Message:
    event = events.event(db, due.object_id)
    assert event is not None, "a reminder is of something announced"
    invitation = invitations.invitation(db, event.id, due.person_id)
    if due.sort == "answer":
        return chase_card(event, invitation)
    if invitation is not None and invitation.answer is not None:
        asks = " ".join(filter(None, ("Mohon hadir.", room_line(invitation))))
    else:
        stands_in = invitation is not None and invitation.instead_of is not None
        asks = said(invitation).plain if stands_in else "Mohon hadir, dan konfirmasi kehadirannya."
    return Message(lines(["⏰ " + event_lines(event, event.zone), asks]), buttons(event, invitation))


def chase_card(event: Event, invitation: Invitation | None) -> Message:
    """Write the card that asks somebody who has not answered yet."""
    told = lines(["⏰ " + event_lines(event, event.zone), "Jawaban Bapak/Ibu belum kami terima.", said(invitation)])
    return Message(told, buttons(event, invitation))


def _feedback_card(db: Connection, due: Due) -> Message:
    event = events.event(db, due.object_id)
    assert event is not None, "feedback is on something announced"
    return ask_card(event, due.rule, named=False)
