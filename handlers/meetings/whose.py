"""Whose meeting is logged: one's own, or that of a colleague of the same kecamatan who has no data just now."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Chat, Reader, Refused
from bot.labels import fold
from handlers.people.who import Somebody, ask_who
from storage import people
from storage.people import Person

_FOR = re.compile(r"(?:^|(?<=\s))untuk(?:\s+|$)", re.IGNORECASE)
MOST_WORDS = 4
NOBODY = "Belum ada rekan pendamping lain di kecamatan Bapak/Ibu."


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose meeting a line is about, and the rest of the line."""

    person: Person
    line: str


async def ask_whose(chat: Chat, read: Reader, line: str) -> Whose:
    """Read "untuk siti melati 2.2 …"; a name that may mean several, or none, is asked. Without it: one's own.

    Further on in the line "untuk" counts only before a colleague's name: it may belong to what is told.
    """
    found = _FOR.search(line)
    if found is None:
        return Whose(chat.me, line)
    near = await read(people.colleagues, chat.me.id)
    before, after = line[: found.start()], line[found.end() :].split()
    name, rest = _name_in(after, near)
    if before.strip() and not _is_part(name, near):
        return Whose(chat.me, line)
    return Whose(await ask_colleague(chat, read, near, name), f"{before} {rest}".strip())


async def ask_colleague(chat: Chat, read: Reader, near: Sequence[Person] = (), typed: str = "") -> Person:
    """Ask for a colleague of the same kecamatan."""
    near = near or await read(people.colleagues, chat.me.id)
    if not near:
        raise Refused(NOBODY)
    offered = [Somebody(one.id, one.name) for one in near]
    chosen = await ask_who(
        chat,
        "Untuk siapa? Ketik sebagian namanya.",
        offered,
        near=offered if len(offered) < 8 else (),
        nobody="Tidak ada rekan bernama {} di kecamatan Bapak/Ibu. Ketik sebagian namanya.",
        typed=typed,
    )
    return next(one for one in near if one.id == chosen.id)


def _is_part(name: str, near: Sequence[Person]) -> bool:
    """Tell whether it is part of a colleague's name."""
    wanted = fold(name)  # once: it may be a text of 64,000 letters
    return bool(wanted) and any(wanted in fold(one.name) for one in near)


def _name_in(words: Sequence[str], near: Sequence[Person]) -> tuple[str, str]:
    """Take the longest beginning that is part of a colleague's name; one word where none is."""
    for many in range(min(MOST_WORDS, len(words)), 0, -1):
        name = " ".join(words[:many])
        if _is_part(name, near):
            return name, " ".join(words[many:])
    return " ".join(words[:1]), " ".join(words[1:])
