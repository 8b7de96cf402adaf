"""Which person is meant: asked by a part of the name, with those who come first to mind as choices."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Chat
from bot.labels import fold
from bot.picked import choose
from bot.questions import NotUnderstood
from bot.text import Text
from bot.typed import Typed

MOST_OFFERED = 10
MOST_REPEATED = 60  # characters of what was typed


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person who may be meant; `not_now` says why he or she cannot be chosen, '' if nothing speaks against it."""

    id: int
    name: str
    district: str = ""
    not_now: str = ""


async def ask_who(
    chat: Chat,
    prompt: str | Text,
    people: Sequence[Somebody],
    *,
    near: Sequence[Somebody] = (),
    nobody: str = "Tidak ada petugas aktif bernama {}. Ketik sebagian namanya, misalnya Siti.",
    typed: str = "",
) -> Somebody:
    """Ask until exactly one of `people` is meant; `near` are offered at once, `nobody` is said of a name none has.

    `typed` is a part of the name that came with the command.
    """
    free = [one for one in people if not one.not_now]

    def find(part: str) -> list[Somebody]:
        wanted = fold(part)  # once: it may be a text of 64,000 letters, and the office has hundreds of people
        named = [one for one in people if wanted in fold(one.name)]
        found = [one for one in named if not one.not_now]
        if not wanted or not named:
            raise NotUnderstood(nobody.format(part if len(part) <= MOST_REPEATED else f"{part[:MOST_REPEATED]}…"))
        if not found:
            raise NotUnderstood(named[0].not_now)
        if len(found) > MOST_OFFERED:
            raise NotUnderstood(f"Ada {len(found)} nama yang cocok. Mohon ketik lebih lengkap.")
        return found

    def restore(kept: list[int]) -> list[Somebody]:
        found = [one for one in free if one.id in kept]
        if not found:
            raise NotUnderstood("Pilihan tadi sudah tidak berlaku, mohon pilih lagi.")
        return found

    given = None
    if typed:
        try:
            given = [one.id for one in find(typed)]
        except NotUnderstood as why:
            chat.say(str(why))
    name = Typed(
        Text.of(prompt),
        find,
        lambda found: [one.id for one in found],
        restore,
        lambda found: ", ".join(one.name for one in found),
        [(f"p{one.id}", show(one), [one]) for one in near],
        echoes=False,
    )
    found = {str(one.id): one for one in await chat.ask("name", name, given=given)}
    if len(found) == 1:
        return next(iter(found.values()))
    return await chat.ask("who", choose("Yang mana?", found, show), about=",".join(found))


def show(one: Somebody) -> str:
    """Write "Siti Aminah · Stabat"."""
    return " · ".join(filter(None, (one.name, one.district)))
