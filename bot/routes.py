"""Which dialog a message opens: commands, buttons on cards, bare codes, and the words of a card's button typed out."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from bot.chat import Dialog
from bot.labels import number_typed, pick
from bot.message import Choice, Location, Message, Said
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
    """A word that opens a dialog; `label` is its button in the menu, '' for none, `says` explains it in half a line.

    `also` are words that people type for it; no list shows them.
    """

    word: str
    dialog: Dialog[Any]
    label: str
    says: str
    also: tuple[str, ...] = ()


def action(name: str, arg: object = "", label: str = "") -> Choice:
    """Make a button that lives for weeks: it names an action and an object, and grants nothing."""
    token = f"{ACTION}{name}.{arg}" if arg != "" else f"{ACTION}{name}"
    assert len(token.encode()) <= 64, token
    return Choice(token, label)


def number_in(arg: str) -> int:
    """Read the id that a button carries; 0, which is nobody's, where there is none."""
    return int(arg) if arg.isascii() and arg.isdigit() and len(arg) < 10 else 0


@dataclass(frozen=True)
class Routes:
    """Every way into a dialog, in order. `fallback` is where the rest ends; `door` is all that strangers may open."""

    commands: Sequence[Command]
    dialogs: Mapping[str, Dialog[Any]]
    payloads: Mapping[str, str]  # what a deep link's prefix opens: 'h' of 'h_K7M2P'
    bare: Sequence[Callable[[Said], Wanted | None]]  # a bare code, a photo with a caption
    fallback: str
    door: str

    @cached_property
    def _words(self) -> Mapping[str, str]:
        """What each word opens; of two that are the same, the first counts."""
        return {word: one.dialog.name for one in reversed(self.commands) for word in (one.word, *one.also)}

    def explicit(self, said: Said) -> Wanted | None:
        """Return what is asked for beyond doubt: a slash command, a deep link, or a button on a card."""
        if said.kind == "tap" and said.token.startswith(ACTION):
            return self._action(said.token)
        if said.kind == "text" and said.text.startswith("/"):
            return self._command(said.text[1:])
        return None

    def implicit(self, said: Said, cards: Sequence[Card]) -> Wanted | None:
        """Return what is meant where no question is open: a card's button typed out, a plain command, a bare code."""
        if said.kind in ("photo", "document"):
            return self._bare(said)  # its caption may say what it is
        if said.location is not None:
            return self._asked_location(said.location, cards)
        if said.kind != "text":
            return None
        return self._typed_button(said, cards) or self._command(said.text) or self._bare(said)

    def _typed_button(self, said: Said, cards: Sequence[Card]) -> Wanted | None:
        for place, card in enumerate(cards):
            # A number means the newest card alone; a label may mean an older one.
            if place and number_typed(said) is not None:
                return None
            token = pick(_whole_labels(Message.from_json(card.body)), said)
            if token is not None and token.startswith(ACTION) and (wanted := self._action(token)):
                return replace(wanted, card=card.id)
        return None

    def _asked_location(self, point: Location, cards: Sequence[Card]) -> Wanted | None:
        """Take a location for what the newest card that asks for one says is to be done with it."""
        for card in cards:
            message = Message.from_json(card.body)
            if message.ask == "location" and (wanted := self._action(message.choices[0].id)):
                return replace(wanted, arg="?" if point.forwarded else f"{point.latitude!r},{point.longitude!r}")
        return None

    def _action(self, token: str) -> Wanted | None:
        name, _, arg = token.removeprefix(ACTION).partition(".")
        return Wanted(name, arg) if name in self.dialogs else None

    def _command(self, text: str) -> Wanted | None:
        word, _, arg = text.strip().partition(" ")
        word = word.partition("@")[0].casefold()
        prefix, _, payload = arg.strip().partition("_")
        if word == "start" and payload and prefix in self.payloads:
            return Wanted(self.payloads[prefix], payload)
        opens = self._words.get(word)
        return Wanted(opens, arg.strip()) if opens else None

    def _bare(self, said: Said) -> Wanted | None:
        return next((wanted for read in self.bare if (wanted := read(said))), None)


def _whole_labels(message: Message) -> list[Choice]:
    """Return the choices as their labels were before a channel cut them short and printed them in the text."""
    printed = dict(re.findall(r"^(\d{1,3})\. (.+)$", message.text.plain, re.MULTILINE))
    numbers = [choice.label.partition(". ")[0] for choice in message.choices]
    return [
        replace(choice, label=f"{number}. {printed[number]}") if number in printed else choice
        for number, choice in zip(numbers, message.choices, strict=True)
    ]
