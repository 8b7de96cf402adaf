"""Names: of a group as people type it, of the place where it is, and each only once in a village."""

import re
from dataclasses import dataclass
from typing import Any

from bot.chat import Refused
from bot.message import Said
from bot.picked import Choose
from bot.questions import Done, More, NotUnderstood
from bot.settling import Settling
from bot.typed import Typed
from handlers.groups.my_group import title_of
from handlers.meetings.lesson_choice import safe_words
from storage import groups, places
from storage.places import District, Village

MOST_LETTERS = 30  # with a few words before it, it still fits a button


@dataclass(frozen=True)
class ChoosePlace(Choose[Any]):
    """One of several places, by tap, number, or its name as people spell it."""

    def read(self, said: Said, partial: Any) -> Done | More:
        try:
            return super().read(said, partial)
        except NotUnderstood:
            found = places.named(said.text, self.options.values()) if said.kind == "text" else []
            if len(found) != 1:
                raise NotUnderstood(
                    "Nama itu tidak ada di daftar. Mohon pilih salah satu, atau ketik namanya."
                ) from None
            return Done(str(found[0].id))


def clean_name(text: str) -> str:
    """Take a group's name without the word for group before it."""
    return re.sub(r"^\s*(?:kelompok|kel|klp|klpk)\b[.: ]*", "", text, flags=re.IGNORECASE).strip()


def refuse_second(tx: Settling, village_id: int, name: str) -> None:
    """Refuse a name that another group of this facilitator has in the village."""
    if (there := groups.group_named(tx.db, tx.me.id, village_id, name)) is not None:
        raise Refused(f"{title_of(there)} sudah ada. Mohon pakai nama lain, misalnya {there.name} 2.")


def a_group_name(prompt: str) -> Typed[str]:
    """Ask for the name of a group, without the word for group before it."""
    plain = safe_words(prompt, most=MOST_LETTERS)

    def read(text: str) -> str:
        name = " ".join(clean_name(plain.reader(text)).split())
        if not re.search(r"[^\W\d_]", name):
            raise NotUnderstood("Mohon ketik nama kelompoknya, misalnya Melati.")
        return name

    return Typed(plain.prompt, read, str, str, str, echoes=False)


def place_name(place: District | Village) -> str:
    """Name a place by its name alone."""
    return place.name
