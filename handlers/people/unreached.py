"""Out of reach: what the office reads about people whom several notices in a row reached on no channel."""

from collections.abc import Sequence

from bot.message import Message
from bot.routes import action
from bot.text import bold, lines
from handlers.people.roster_person import PERSON, show_number
from storage.ladder import IN_A_ROW
from storage.people import Person

MOST_NAMED = 20


def compose_unreached(lost: Sequence[Person]) -> Message:
    """Name them with their numbers, to be called instead."""
    named = [f"{one.name}, {one.district or one.title}, {show_number(one.phone)}" for one in lost[:MOST_NAMED]]
    more = len(lost) - MOST_NAMED
    return Message(
        lines(
            [
                bold(f"Tidak terjangkau: {len(lost)} orang"),
                f"{IN_A_ROW} pemberitahuan terakhir tidak sampai di kanal mana pun. Mohon dihubungi lewat telepon.",
                *named,
                f"dan {more} orang lagi" if more > 0 else "",
            ]
        ),
        (action(PERSON.name, lost[0].id, "Lihat petugas"),) if len(lost) == 1 else (),
    )
