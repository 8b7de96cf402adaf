"""What one thing contributes to a card that names several."""

from dataclasses import dataclass

from bot.message import Choice
from bot.text import Text


@dataclass(frozen=True, slots=True)
class Part:
    """A line or two, and buttons whose labels name the thing."""

    text: Text
    choices: tuple[Choice, ...] = ()
