"""The cards of an event: it is about to begin, an answer is missing, or its day is over."""

from bot.message import Choice, Message
from bot.routes import action
from bot.text import lines
from handlers.answers.answer_card import buttons, room_line, said
from handlers.events.event_card import event_lines
from handlers.programme.feedback_card import ask_card
from handlers.reminding.part import Part
from storage import events, invitations
from storage.database import Connection
from storage.events import Event
from storage.invitations import Invitation
from storage.reminders import Due


def coming(db: Connection, due: Due) -> Message:
    """Say what is about to begin, and ask who has not answered."""
    event = _event(db, due)
    invitation = invitations.invitation(db, event.id, due.person_id)
    return Message(lines(["⏰ " + event_lines(event, event.zone), _asks(invitation)]), buttons(event, invitation))


def unanswered(db: Connection, due: Due) -> Message:
    """Ask somebody who has not answered yet."""
    event = _event(db, due)
    return chase_card(event, invitations.invitation(db, event.id, due.person_id))


def coming_part(db: Connection, due: Due) -> Part:
    """Say or ask it among others."""
    event = _event(db, due)
    invitation = invitations.invitation(db, event.id, due.person_id)
    asks = (
        lines(["Jawaban Bapak/Ibu belum kami terima.", said(invitation)]) if due.sort == "answer" else _asks(invitation)
    )
    return Part(lines([event_lines(event, event.zone), asks]), _named(event, invitation))


def feedback(db: Connection, due: Due) -> Message:
    """Ask what the day was like."""
    return ask_card(_event(db, due), due.rule, named=False)


def chase_card(event: Event, invitation: Invitation | None) -> Message:
    """Write the card that asks somebody who has not answered yet."""
    told = lines(["⏰ " + event_lines(event, event.zone), "Jawaban Bapak/Ibu belum kami terima.", said(invitation)])
    return Message(told, buttons(event, invitation))


def _asks(invitation: Invitation | None) -> str:
    if invitation is not None and invitation.answer is not None:
        return " ".join(filter(None, ("Mohon hadir.", room_line(invitation))))
    stands_in = invitation is not None and invitation.instead_of is not None
    return said(invitation).plain if stands_in else "Mohon hadir, dan konfirmasi kehadirannya."


def _named(event: Event, invitation: Invitation | None) -> tuple[Choice, ...]:
    """Return one button with the event's name: its own card, with all that can be answered, is a tap away."""
    answered = invitation is not None and invitation.answer is not None
    subject = event.subject if len(event.subject) <= 40 else f"{event.subject[:39]}…"
    return (action("kegiatan", event.id, f"{'Lihat' if answered else 'Jawab'} {subject}"),)


def _event(db: Connection, due: Due) -> Event:
    event = events.event(db, due.object_id)
    assert event is not None, "a reminder is of something announced"
    return event
