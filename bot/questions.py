"""What a question is: how its answer is read, kept as a reference, brought back to life, and shown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from bot.message import Choice, Said
from bot.text import Text

T = TypeVar("T")

SKIP = Choice("skip", "Lewati")
CANCEL = Choice("cancel", "Batal")  # leaves the dialog, under whatever question it stands
_WORD = re.compile(r"\w+")
LONGEST_PICK = 1_000  # characters: nothing longer is the label of a choice, and WhatsApp lets people type 64,000


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


def fold(text: str) -> str:
    """Reduce what was typed or printed to what people mean by it: letters and digits, lower case."""
    return " ".join(_WORD.findall(text.casefold()))


def pick(choices: Sequence[Choice], said: Said) -> str | None:
    """Return the id of the choice that was tapped, typed by label or id, or named by its number."""
    if said.kind == "tap":
        return said.token if any(choice.id == said.token for choice in choices) else None
    if said.kind != "text" or len(said.text) > LONGEST_PICK:
        return None
    typed = fold(said.text)
    for choice in choices:
        if typed and typed in (fold(choice.label), fold(_unnumbered(choice.label))):
            return choice.id
    # Before the ids: "2" means the second line that was shown, whatever thing has the id 2.
    if (number := number_typed(said)) is not None:
        return choices[number - 1].id if 1 <= number <= len(choices) else None
    for choice in choices:
        if typed and typed == fold(choice.id):
            return choice.id
    starting = [one.id for one in choices if typed and fold(_unnumbered(one.label)).startswith(typed + " ")]
    return starting[0] if len(starting) == 1 else None


def _unnumbered(label: str) -> str:
    """Return the label as it was before a list numbered it: a card that stands in a chat keeps only that."""
    return re.sub(r"^\d{1,3}\. ", "", label)


def number_typed(said: Said) -> int | None:
    """Return the number, if nothing but a short number was typed."""
    # The "+" gives no space back: of 64,000 spaces each would be tried with either side of the dot.
    found = re.fullmatch(r"\s*(\d{1,3})\s*+[.)]?\s*", said.text) if said.kind == "text" else None
    return int(found[1]) if found else None


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
