"""A question for several people of the roster: their names typed together, each in part, the ambiguous ones asked."""

import re
from collections.abc import Sequence
from typing import Any

from bot.labels import fold, pick
from bot.message import Choice, Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question
from bot.text import Text

MOST_OFFERED = 10
MOST_SHOWN = 6
MOST_NAMED = 1_000  # in one answer: each is looked for among everybody
MOST_REPEATED = 60  # characters of what was typed

Listed = tuple[int, str, str]
"""Somebody who can be named: id, name, kecamatan."""


class SeveralPeople(Question[tuple[Listed, ...]]):
    """Ask for people by their names, a comma or a new line between them; kept as ids."""

    echoes = True

    def __init__(self, prompt: str | Text, people: Sequence[Listed]) -> None:
        self.prompt = Text.of(prompt)
        self.people = {one[0]: one for one in people}
        self._names = [(one[0], fold(one[1])) for one in people]

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        if not partial:
            return ()
        offered = (self.people[id_] for id_ in partial["offered"] if id_ in self.people)
        return tuple(Choice(str(one[0]), " · ".join(filter(None, one[1:]))) for one in offered)

    def says(self, partial: Any) -> Text:
        return Text.of(f"{partial['part']}: yang mana?") if partial else self.prompt

    def read(self, said: Said, partial: Any) -> Done | More:
        if partial:
            found = pick(self.choices(partial), said)
            if found is None:
                raise NotUnderstood("Mohon pilih salah satu, atau ketik nomornya.")
            return self._find([*partial["found"], int(found)], partial["left"])
        parts = [part.strip() for part in re.split(r"[,;\n]", said.text)] if said.kind == "text" else []
        if not any(map(fold, parts)):
            raise NotUnderstood("Mohon ketik namanya, misalnya Siti, Budi.")
        parts = list({fold(part): part for part in parts if fold(part)}.values())
        if len(parts) > MOST_NAMED:
            raise NotUnderstood("Terlalu banyak nama. Mohon ketik namanya, misalnya Siti, Budi.")
        for part in parts:  # before the first is asked about: what is wrong with a later one means typing them anew
            self._named(part)
        return self._find([], parts)

    def _find(self, found: list[int], parts: list[str]) -> Done | More:
        """Look up the names one after the other, until one of them means several people."""
        for number, part in enumerate(parts):
            named = self._named(part)
            if len(named) > 1:
                return More({"found": found, "part": part, "offered": named, "left": parts[number + 1 :]})
            found = [*found, *named]
        return Done(sorted(set(found), key=found.index))

    def _named(self, part: str) -> list[int]:
        """Return who can be meant by a part of a name: who is called exactly so before all others."""
        wanted = fold(part)
        matching = [one for one in self._names if wanted in one[1]]
        exact = [one for one in matching if wanted == one[1]]
        matching = exact or matching
        if not matching:
            raise NotUnderstood(f"Tidak ada petugas aktif bernama {_short(part)}. Mohon ketik lagi semua namanya.")
        if len(matching) > MOST_OFFERED:
            raise NotUnderstood(
                f"Ada {len(matching)} nama yang cocok dengan {_short(part)}. Mohon ketik lebih lengkap."
            )
        return [one[0] for one in matching]

    def load(self, kept: Any) -> tuple[Listed, ...]:
        if not all(id_ in self.people for id_ in kept):
            raise NoLongerFits("Sebagian orang tadi sudah tidak aktif, mohon ketik lagi namanya.")
        return tuple(self.people[id_] for id_ in kept)

    def show(self, value: tuple[Listed, ...]) -> str:
        names = [name for _, name, _ in value]
        more = f", dan {len(names) - MOST_SHOWN} lainnya" if len(names) > MOST_SHOWN else ""
        return ", ".join(names[:MOST_SHOWN]) + more


def _short(part: str) -> str:
    return part if len(part) <= MOST_REPEATED else f"{part[:MOST_REPEATED]}…"
