"""Which dialog a message opens: commands, buttons on cards, bare codes, and the words of a card's button typed out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat import Dialog
from bot.message import Choice, Said
from bot.questions import pick
from storage.outbox import Card

ACTION = "!"
QUESTION = "?"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A dialog somebody asked for, and with what; `card` is the outbox row whose button it was."""

    name: str
    arg: str = ""
    card: int | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A word that opens a dialog, with what the menu says about it."""

    word: str
    dialog: Dialog[Any]
    says: str


def action(name: str, arg: object = "", label: str = "") -> Choice:
    """Make a button that lives for weeks: it names an action and an object, and grants nothing."""
    token = f"{ACTION}{name}.{arg}" if arg != "" else f"{ACTION}{name}"
    assert len(token.encode()) <= 64, token
    return Choice(token, label)


@dataclass(frozen=True)
class Routes:
    """Every way into a dialog, in order."""

    commands: Sequence[Command]
    dialogs: Mapping[str, Dialog[Any]]
    bare: Sequence[Callable[[Said], Wanted | None]]  # a bare code, a photo with a caption
    fallback: str

    def explicit(self, said: Said) -> Wanted | None:
        """Return what is asked for beyond doubt: a slash command, or a button on a card."""
        if said.kind == "tap" and said.token.startswith(ACTION):
            name, _, arg = said.token[1:].partition(".")
            return Wanted(name, arg) if name in self.dialogs else None
        if said.kind == "text" and said.text.startswith("/"):
            return self._command(said.text[1:])
        return None

    def implicit(self, said: Said, cards: Sequence[Card]) -> Wanted | None:
        """Return what is meant where no question is open: a card's button typed out, a plain command, a bare code."""
        for place, card in enumerate(cards):
            # A number means the newest card alone; a label may mean an older one.
            if place and re.fullmatch(r"\d{1,3}\.?", said.text.strip()):
                break
            token = pick(card.message.choices, said) if said.kind == "text" else None
            if token is not None and token.startswith(ACTION):
                name, _, arg = token[1:].partition(".")
                return Wanted(name, arg, card.id)
        found = self._command(said.text) if said.kind == "text" else None
        return found or next((wanted for read in self.bare if (wanted := read(said))), None)

    def _command(self, text: str) -> Wanted | None:
        word, _, arg = text.strip().partition(" ")
        word = word.partition("@")[0].casefold()
        for command in self.commands:
            if command.word == word:
                return Wanted(command.dialog.name, arg.strip())
        return None
