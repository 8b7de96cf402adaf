"""Out of reach: what the office reads about people whom no channel reaches, and about those who have come back."""

from collections.abc import Sequence

from bot.message import Message
from bot.routes import action
from bot.text import Text, bold, lines
from handlers.people.roster_person import PERSON, show_number
from storage.ladder import IN_A_ROW
from storage.people import Person

MOST_NAMED = 20


def compose_unreached(lost: Sequence[Person], back: Sequence[Person]) -> Message:
    """Name them with their numbers, those to be called instead first."""
    why = (
        f"Bot diblokir, akunnya tidak aktif, atau {IN_A_ROW} pemberitahuan terakhir tidak sampai di kanal mana pun. "
        "Mohon dihubungi lewat telepon."
    )
    gone: list[str | Text] = [bold(f"Tidak terjangkau: {len(lost)} orang"), why, *_named(lost)] if lost else []
    returned: list[str | Text] = [bold(f"Terjangkau lagi: {len(back)} orang"), *_named(back)] if back else []
    every = (*lost, *back)
    look = (action(PERSON.name, every[0].id, "Lihat petugas"),) if len(every) == 1 else ()
    return Message(lines([*gone, *returned]), look)


def _named(those: Sequence[Person]) -> list[str]:
    named = [f"{one.name}, {one.district or one.title}, {show_number(one.phone)}" for one in those[:MOST_NAMED]]
    more = len(those) - MOST_NAMED
    return [*named, f"dan {more} orang lagi"] if more > 0 else named
