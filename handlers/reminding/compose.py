"""The cards of reminders: one thing on its own card, several on one card of the day."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.dates import local, show_day
from bot.message import Message
from bot.text import bold, lines
from handlers.reminding import event_card, meeting_card, owed_card
from handlers.reminding.part import Part
from storage.database import Connection
from storage.reminders import Due

Write = Callable[[Connection, Due], Message | None]
Shorten = Callable[[Connection, Due], Part | None]

CARDS: dict[str, tuple[Write, Shorten]] = {
    "meeting": (meeting_card.coming, meeting_card.coming_part),
    "ended": (meeting_card.ended, meeting_card.ended_part),
    "overdue": (meeting_card.ended, meeting_card.ended_part),
    "snooze": (meeting_card.again, meeting_card.again_part),
    "event": (event_card.coming, event_card.coming_part),
    "answer": (event_card.unanswered, event_card.coming_part),
    "feedback": (event_card.feedback, event_card.coming_part),
    "month": (owed_card.month, owed_card.month_part),
    "month_over": (owed_card.month_over, owed_card.month_over_part),
    "late": (owed_card.late, owed_card.late_part),
}


def compose(db: Connection, card: Sequence[Due], now: datetime, *, listed: bool = False) -> Message | None:
    """Write one card for what is due to one person; None if there is nothing left to say.

    Days and times stand as they are: it may be read late. `listed` has a single thing written as one of several.
    """
    if len(card) == 1 and not listed:
        return _with_words(CARDS[card[0].sort][0](db, card[0]), card)
    found = [(one, part) for one in card if (part := CARDS[one.sort][1](db, one)) is not None]
    if len(found) < 2 and not (listed and found):
        return compose(db, [one for one, _ in found], now) if found else None
    heading = bold(f"⏰ Pengingat {show_day(local(now, card[0].zone).date())}")
    choices = [choice for _, part in found for choice in part.choices]
    message = Message(lines([heading, *(part.text for _, part in found)]), tuple(dict.fromkeys(choices)))
    return _with_words(message, [one for one, _ in found])


def _with_words(message: Message | None, card: Sequence[Due]) -> Message | None:
    """Add the office's own sentences, each once."""
    own = dict.fromkeys(one.words for one in card if one.words)
    return message and (replace(message, text=lines([message.text, *own])) if own else message)
