"""What a question is: how its answer is read, kept as a reference, brought back to life, and shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from bot.labels import number_typed, pick
from bot.message import Choice, Said
from bot.text import Text

T = TypeVar("T")

SKIP = Choice("skip", "Lewati")
CANCEL = Choice("cancel", "Batal")  # leaves the dialog, under whatever question it stands


class NotUnderstood(Exception):
    """The answer cannot be read; the text is the hint with an example, for the person."""


class NotTaken(NotUnderstood):
    """The answer is of the right kind, but cannot be taken: a photo that does not open, one too many."""


class ReservedChoice(Exception):
    """A question has a choice by a word of the engine's own: a bug, said at once."""


class NoLongerFits(Exception):
    """A kept answer no longer holds; the text says so, for the person."""


@dataclass(frozen=True, slots=True)
class Done:
    """The answer, in the form that is kept: ids, ISO dates, digests."""

    value: Any


@dataclass(frozen=True, slots=True)
class More:
    """Part of an answer: kept, and the question stays open under `prompt`.

    A dict is a step within the question, which Kembali takes back first.
    """

    partial: Any
    prompt: str = ""


class Question(Generic[T]):
    """What to ask, how to read the answer, how to bring a kept answer back to life, and how to show it."""

    prompt: Text
    ask: Literal["", "contact", "location"] = ""
    echoes: bool = False  # what was read from typed words is shown: never guessed silently
    counts: bool = True  # False where a number is never a choice: none are printed before the choices

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        """Return what can be tapped."""
        return ()

    def says(self, partial: Any) -> Text:
        """Return what is asked, half-way through an answer too."""
        return self.prompt

    def read(self, said: Said, partial: Any) -> Done | More:
        """Read the answer. Raises NotUnderstood."""
        raise NotImplementedError

    def load(self, kept: Any) -> T:
        """Return today's value of a kept answer. Raises NoLongerFits."""
        raise NotImplementedError

    def show(self, value: T) -> str:
        """Say the value in a few words, for a summary."""
        return str(value)


def keyed(options: Mapping[str, T]) -> Mapping[str, T]:
    """Return the options as they are. Raises ReservedChoice where tapping one would leave the dialog or turn a page."""
    if found := next((key for key in options if key == CANCEL.id or key.startswith("#")), None):
        raise ReservedChoice(found)
    return options


class Skippable(Question[T | None]):
    """A question that may be left out with Lewati."""

    def __init__(self, question: Question[T]) -> None:
        self.question = question
        self.prompt, self.ask, self.echoes = question.prompt, question.ask, question.echoes

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        offered = self.question.choices(partial)
        return offered if partial else (*offered, SKIP)

    def says(self, partial: Any) -> Text:
        return self.question.says(partial)

    def read(self, said: Said, partial: Any) -> Done | More:
        # Where Lewati is the only choice, a number is an answer, not the first choice.
        numbered = bool(self.question.choices(partial)) or number_typed(said) is None
        skips = said.text.strip() == "-" or (numbered and pick(self.choices(partial), said) == SKIP.id)
        return Done(None) if skips and not partial else self.question.read(said, partial)

    def load(self, kept: Any) -> T | None:
        return None if kept is None else self.question.load(kept)

    def show(self, value: T | None) -> str:
        return "–" if value is None else self.question.show(value)


def or_skip(question: Question[T]) -> Skippable[T]:
    """Let the person leave the question out."""
    return Skippable(question)
