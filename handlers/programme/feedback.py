"""Saran dan masukan: one tap rates a day, once; with the name or without a way back to the person.

The choice between the two comes before the rating. Afterwards nobody could connect them any more, not even the bot.
"""

from dataclasses import dataclass
from datetime import date

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.dates import show_day
from bot.settling import Settling
from handlers.events.event_desk import event_number
from handlers.programme.feedback_card import NAMED, RATINGS, ask_card, day_to_rate, is_taken, state_card
from storage import events, feedback
from storage.database import Connection
from storage.events import Event

NOT_THERE = "Penilaian itu hanya dari yang tercatat hadir pada harinya. Lihat /kegiatan."


@dataclass(frozen=True, slots=True)
class Rating:
    """A tap on the card; `rating` is None where it only asks to be shown the other card."""

    event_id: int
    day: str
    named: bool
    rating: int | None


async def read_event(chat: Chat, read: Reader) -> int:
    """Read the button of the event's card."""
    return event_number(chat.arg)


def show_card(tx: Settling, event_id: int) -> None:
    """Show what can be said about the last day on which the person was there."""
    event = events.event(tx.db, event_id)
    day = day_to_rate(tx.db, event, tx.me.id, tx.today) if event else None
    if event is None or day is None:
        raise Refused("Saran dan masukan dibuka setelah Bapak/Ibu tercatat hadir, sampai seminggu kemudian.")
    tx.say(state_card(event, day, feedback.given(tx.db, event.id, day, tx.me.id)))


async def read_rating(chat: Chat, read: Reader) -> Rating:
    """Read the button: "7.2023-11-12.4", "7.2023-11-12.n4", "7.2023-11-12.n"."""
    event_id, day, named, rest = read_arg(chat.arg)
    if rest and rest not in map(str, RATINGS):
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return Rating(event_id, day, named, int(rest) if rest else None)


def save_rating(tx: Settling, tap: Rating) -> None:
    """Keep the rating; the first counts, and only one with the name can be changed."""
    try:
        event = attended(tx.db, tap.event_id, tap.day, tx.me.id, tx.today)
    except Refused as why:
        tx.say(str(why))  # and not raised: a turn that is run anew would not forget the tap
        return
    given = feedback.given(tx.db, event.id, tap.day, tx.me.id)
    kept_with_name = given.rating is not None
    if given.rated and not (kept_with_name and tap.named):
        tx.say(state_card(event, tap.day, given))
    elif tap.rating is None:
        tx.replace_card(ask_card(event, tap.day, named=tap.named, fixed=kept_with_name))
    else:
        feedback.rate(tx.db, event.id, tap.day, tx.me.id, tap.rating, named=tap.named)
        tx.replace_card(state_card(event, tap.day, feedback.given(tx.db, event.id, tap.day, tx.me.id)))


def read_arg(arg: str) -> tuple[int, str, bool, str]:
    """Read event, day, and whether the name is given, from a button; return what follows as well. Raises Refused."""
    number, _, rest = arg.partition(".")
    day, _, rest = rest.partition(".")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.") from None
    return event_number(number), day, rest.startswith(NAMED), rest.removeprefix(NAMED)


def attended(db: Connection, event_id: int, day: str, person_id: int, today: date) -> Event:
    """Return the event, for somebody who was there on the day and may still say what it was like. Raises Refused."""
    event = events.event(db, event_id)
    if event is None or event.state != "announced" or day not in feedback.days_attended(db, event_id, person_id):
        raise Refused(NOT_THERE)
    if not is_taken(day, today):
        raise Refused(f"Saran dan masukan untuk {show_day(date.fromisoformat(day))} sudah ditutup. Terima kasih.")
    return event


FEEDBACK = Dialog("masukan", "Saran dan masukan", read_event, show_card, EVERYONE)
RATE = Dialog("nilai", "Penilaian kegiatan", read_rating, save_rating, EVERYONE, forgets=True)
