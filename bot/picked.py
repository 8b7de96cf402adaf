"""Questions that one taps: one of several, several of several, yes or no."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bot.labels import Labels, pick
from bot.message import Choice, Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question, keyed
from bot.text import Text

T = TypeVar("T")

DONE = Choice("done", "Selesai")
HOW = "Mohon ketik nomor yang dipilih, misalnya 1, 3, 5, lalu Selesai."


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
    return Choose(Text.of(prompt), keyed(options), label)


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
        shown = [Choice(key, ("✅ " if key in ticked else "") + self.label(one)) for key, one in self.options.items()]
        return (*shown, DONE)

    def read(self, said: Said, partial: Any) -> Done | More:
        unmarked = (*(Choice(key, self.label(option)) for key, option in self.options.items()), DONE)
        named = _each_named(said, 2 * len(unmarked))
        ticked = list(partial or ())
        labels = Labels(unmarked)
        for one in named:
            found = pick(unmarked, one) if one.kind == "tap" else labels.named(one)
            if found is None:
                raise NotUnderstood(HOW)
            if found == DONE.id:
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
    return Tick(Text.of(prompt), keyed(options), label)


def _each_named(said: Said, most: int) -> list[Said]:
    """Split `1, 3 dan 5` and `Stabat, Binjai` into the single things that were named. Raises NotUnderstood."""
    if said.kind != "text":
        return [said]
    numbers = re.fullmatch(r"[\d\s,;.]+", said.text)
    parts = re.findall(r"\d+", said.text) if numbers else re.split(r"[,;\n]|\bdan\b", said.text)
    named = [part.strip() for part in parts if part.strip()]
    if len(named) > most:  # each named twice would be ticked and unticked: so many things there are not
        raise NotUnderstood(HOW)
    return [replace(said, text=part) for part in named] or [said]
