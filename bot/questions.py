"""What a question is: how its answer is read, kept as a reference and shown again; and the questions one taps."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from bot.message import Choice, Said
from bot.text import Text

T = TypeVar("T")


class NotUnderstood(Exception):
    """The answer cannot be read; the text is the hint with an example, for the person."""


class NoLongerFits(Exception):
    """A kept answer no longer holds; the text says so, for the person."""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer, in the form that is kept: ids, ISO dates, digests."""

    value: Any


@dataclass(frozen=True, slots=True)
class More:
    """Part of an answer: kept, and the question stays open under `prompt`."""

    partial: Any
    prompt: str = ""


class Question(Generic[T]):
    """What to ask, how to read the answer, how to bring a kept answer back to life, and how to show it."""

    prompt: Text
    ask: Literal["", "contact", "location"] = ""
    echoes = False  # what was read from typed words is shown: never guessed silently

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        """Return what can be tapped."""
        return ()

    def read(self, said: Said, partial: Any) -> Done | More:
        """Read the answer. Raises NotUnderstood."""
        raise NotImplementedError

    def load(self, kept: Any) -> T:
        """Return today's value of a kept answer. Raises NoLongerFits."""
        raise NotImplementedError

    def show(self, value: T) -> str:
        """Say the value in a few words, for a summary."""
        return str(value)


def fold(text: str) -> str:
    """Reduce what was typed or printed to what people mean by it: letters and digits, lower case."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def pick(choices: Sequence[Choice], said: Said) -> str | None:
    """Return the id of the choice that was tapped, typed by label or id, or named by its number."""
    if said.kind == "tap":
        return said.token if any(choice.id == said.token for choice in choices) else None
    if said.kind != "text":
        return None
    typed = fold(said.text)
    for choice in choices:
        if typed and typed in (fold(choice.label), fold(choice.id)):
            return choice.id
    if re.fullmatch(r"\d{1,3}\.?", said.text.strip()):
        number = int(said.text.strip().rstrip("."))
        return choices[number - 1].id if 1 <= number <= len(choices) else None
    starting = [choice.id for choice in choices if typed and fold(choice.label).startswith(typed + " ")]
    return starting[0] if len(starting) == 1 else None


@dataclass(frozen=True)
class Choose(Question[T]):
    """One of several things; kept as its id."""

    prompt: Text
    options: Mapping[str, T]
    label: Callable[[T], str]

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return tuple(Choice(key, self.label(option)) for key, option in self.options.items())

    def read(self, said: Said, partial: Any) -> Done | More:
        found = pick(self.choices(partial), said)
        if found is None:
            raise NotUnderstood("Mohon pilih salah satu, atau ketik nomornya.")
        return Done(found)

    def load(self, kept: Any) -> T:
        if kept not in self.options:
            raise NoLongerFits("Pilihan tadi sudah tidak tersedia, mohon pilih lagi.")
        return self.options[kept]

    def show(self, value: T) -> str:
        return self.label(value)


def choose(prompt: str | Text, options: Mapping[str, T], label: Callable[[T], str] = str) -> Choose[T]:
    """Ask for one of `options`, keyed by a short ASCII id."""
    return Choose(Text.of(prompt), options, label)


def yes_or_no(prompt: str | Text, yes: str = "Ya", no: str = "Tidak") -> Choose[bool]:
    """Ask for yes or no."""
    return Choose(Text.of(prompt), {"yes": True, "no": False}, lambda value: yes if value else no)


@dataclass(frozen=True)
class Tick(Question[tuple[T, ...]]):
    """Several of several things; ticks are kept as they are made, until Selesai."""

    prompt: Text
    options: Mapping[str, T]
    label: Callable[[T], str]

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        ticked = partial or ()
        shown = (
            Choice(key, ("✅ " if key in ticked else "") + self.label(option)) for key, option in self.options.items()
        )
        return (*shown, Choice("done", "Selesai"))

    def read(self, said: Said, partial: Any) -> Done | More:
        ticked = list(partial or ())
        words = [said.text] if said.kind == "tap" else re.split(r"[,;\n]|\bdan\b", said.text)
        for word in words:
            one = said if said.kind == "tap" else Said(said.channel, said.chat, "", said.at, said.kind, word.strip())
            plain = tuple(Choice(key, self.label(option)) for key, option in self.options.items())
            found = pick((*plain, Choice("done", "Selesai")), one)
            if found is None:
                raise NotUnderstood("Mohon ketik nomor yang dipilih, misalnya 1, 3, 5, lalu Selesai.")
            if found == "done":
                if not ticked:
                    raise NotUnderstood("Belum ada yang dipilih. Ketik nomornya, misalnya 1, 3, 5.")
                return Done(ticked)
            ticked = [key for key in ticked if key != found] if found in ticked else [*ticked, found]
        return More(ticked)

    def load(self, kept: Any) -> tuple[T, ...]:
        if not all(key in self.options for key in kept):
            raise NoLongerFits("Sebagian pilihan tadi sudah tidak tersedia, mohon pilih lagi.")
        return tuple(self.options[key] for key in kept)

    def show(self, value: tuple[T, ...]) -> str:
        return ", ".join(self.label(one) for one in value)


def tick(prompt: str | Text, options: Mapping[str, T], label: Callable[[T], str] = str) -> Tick[T]:
    """Ask for any number of `options`, at least one."""
    return Tick(Text.of(prompt), options, label)


@dataclass(frozen=True)
class Skippable(Question[T | None]):
    """A question that may be left out with Lewati."""

    question: Question[T]

    @property
    def prompt(self) -> Text:  # type: ignore[override]  # read-only is all that is asked of it
        return self.question.prompt

    @property
    def ask(self) -> Literal["", "contact", "location"]:  # type: ignore[override]  # read-only likewise
        return self.question.ask

    @property
    def echoes(self) -> bool:  # type: ignore[override]  # read-only likewise
        return self.question.echoes

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return self.question.choices(partial) or (Choice("skip", "Lewati"),)

    def read(self, said: Said, partial: Any) -> Done | More:
        if not partial and pick((Choice("skip", "Lewati"),), said) and said.text.strip() != "1":
            return Done(None)
        return self.question.read(said, partial)

    def load(self, kept: Any) -> T | None:
        return None if kept is None else self.question.load(kept)

    def show(self, value: T | None) -> str:
        return "–" if value is None else self.question.show(value)


def or_skip(question: Question[T]) -> Skippable[T]:
    """Let the person leave the question out."""
    return Skippable(question)
