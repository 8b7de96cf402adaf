"""Which choice is meant by what was typed: its label, its number, or how its label begins."""

import re
from collections.abc import Sequence

from bot.message import Choice, Said

_WORD = re.compile(r"\w+")
LONGEST_PICK = 1_000  # characters: nothing longer is the label of a choice, and WhatsApp lets people type 64,000


def fold(text: str) -> str:
    """Reduce what was typed or printed to what people mean by it: letters and digits, lower case."""
    return " ".join(_WORD.findall(text.casefold()))


def pick(choices: Sequence[Choice], said: Said) -> str | None:
    """Return the id of the choice that was tapped, typed by label or id, or named by its number."""
    if said.kind == "tap":
        return said.token if any(choice.id == said.token for choice in choices) else None
    return Labels(choices).named(said)


class Labels:
    """The labels of choices as people may type them, folded once however many are typed in one message."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self._unnumbered = [fold(_unnumbered(choice.label)) for choice in choices]
        self._ids: dict[str, str] = {}
        for choice, bare in zip(choices, self._unnumbered, strict=True):
            for label in (fold(choice.label), bare):
                self._ids.setdefault(label, choice.id)

    def named(self, said: Said) -> str | None:
        """Return the id of the choice that was typed by label or id, or named by its number; a caption names none."""
        if said.kind != "text":
            return None
        typed = fold(said.text) if len(said.text) <= LONGEST_PICK else ""
        if typed and (found := self._ids.get(typed)) is not None:
            return found
        # Before the ids: "2" means the second line that was shown, whatever thing has the id 2.
        if (number := number_typed(said)) is not None:
            return self._choices[number - 1].id if 1 <= number <= len(self._choices) else None
        for choice in self._choices:
            if typed and typed == fold(choice.id):
                return choice.id
        labelled = zip(self._choices, self._unnumbered, strict=True)
        starting = [one.id for one, label in labelled if typed and label.startswith(typed + " ")]
        return starting[0] if len(starting) == 1 else None


def _unnumbered(label: str) -> str:
    """Return the label as it was before a list numbered it: a card that stands in a chat keeps only that."""
    return re.sub(r"^\d{1,3}\. ", "", label)


def number_typed(said: Said) -> int | None:
    """Return the number, if nothing but a short number was typed."""
    # The "+" gives no space back: of 64,000 spaces each would be tried with either side of the dot.
    found = re.fullmatch(r"\s*(\d{1,3})\s*+[.)]?\s*", said.text) if said.kind == "text" else None
    return int(found[1]) if found else None
