"""Rekap masukan: the ratings, suggestions and questions of an event, for the office, as an Excel file."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat import EVERYONE, Chat, Dialog, Reader
from bot.clock import from_utc_text
from bot.dates import show_day, show_moment
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.events.event_card import show_when
from handlers.events.event_desk import event_number, event_to_run, read_event_to_run
from handlers.programme.feedback_card import RATINGS
from storage import event_questions, feedback, office
from storage.database import Connection
from storage.events import Event

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Recap:
    """The file of an event, and what is said with it."""

    event_id: int
    file: Attachment
    text: Text


async def write(chat: Chat, read: Reader) -> Recap:
    """Write the file of the event that the button names."""
    event = await read_event_to_run(chat, read, event_number(chat.arg))
    content, text = await read(_write, event, chat.now, chat.zone)
    assert chat.files is not None
    digest = await chat.files.lend(content, TYPE)
    return Recap(event.id, Attachment(digest, _file_name(event)), text)


def send(tx: Settling, recap: Recap) -> None:
    """Send the file."""
    event_to_run(tx, recap.event_id)
    office.note(tx.db, tx.stamp, tx.me.id, "export feedback", f"event:{recap.event_id}")
    tx.say(Message(recap.text, file=recap.file))


def _write(db: Connection, event: Event, now: datetime, zone: str) -> tuple[bytes, Text]:
    # Heavy: imported where it is used.
    from bot.documents.feedback_workbook import FeedbackHead, QuestionRow, RatingRow, SuggestionRow, write_feedback

    days = feedback.ratings_by_day(db, event.id)
    texts = feedback.suggestions(db, event.id)
    asked = event_questions.questions_of(db, event.id)
    head = FeedbackHead(event.subject, show_when(event, zone), event.place, show_moment(now, zone))
    ratings = [
        RatingRow(_day(one.day), one.present, one.counts, one.named, one.average if one.total else None) for one in days
    ]
    suggestions = [
        SuggestionRow(
            _day(one.day),
            one.name or "",
            one.district,
            RATINGS[one.rating] if one.rating else "",
            one.words,
            one.times,
        )
        for one in texts
    ]
    questions = [
        QuestionRow(
            show_moment(from_utc_text(one.asked_at), zone),
            one.asker,
            one.district,
            one.words,
            one.answer or "",
            one.answered_by or "",
            show_moment(from_utc_text(one.answered_at), zone) if one.answered_at else "",
            one.for_all,
        )
        for one in asked
    ]
    rated, written = sum(one.total for one in days), sum(one.times for one in texts)
    summary = f"Rekap masukan: {rated} penilaian · {written} saran · {len(asked)} pertanyaan"
    content = write_feedback(head, list(RATINGS.values()), ratings, suggestions, questions)
    return content, lines([bold(event.subject), summary])


def _day(day: str) -> str:
    return show_day(date.fromisoformat(day))


def _file_name(event: Event) -> str:
    subject = "-".join(re.findall(r"[a-z0-9]+", event.subject.casefold()))[:40].strip("-")
    return f"rekap-masukan-{subject or event.id}-{event.first_day}.xlsx"


FEEDBACK_RECAP = Dialog("rekapmasukan", "Rekap masukan", write, send, EVERYONE)
