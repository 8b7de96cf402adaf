"""What the bot says as a small tree of spans, so that nothing a person typed can ever become markup."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "bold", "italic", "code", "link"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters in one style; `url` is set for links alone."""

    text: str
    style: Style = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A line or more of spans; adding a str adds it as plain text."""

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, said: "str | Text") -> "Text":
        """Take a str as plain text, and a Text as it is."""
        if isinstance(said, Text):
            return said
        return cls((Span(said),)) if said else cls()

    @property
    def plain(self) -> str:
        """The characters alone."""
        return "".join(span.text for span in self.spans)

    def __add__(self, other: "str | Text") -> "Text":
        return Text(self.spans + Text.of(other).spans)

    def __radd__(self, other: str) -> "Text":
        return Text.of(other) + self

    def __bool__(self) -> bool:
        return any(span.text for span in self.spans)

    def to_json(self) -> list[list[str]]:
        """Write the spans as lists, the form in which messages are stored."""
        return [[s.text] if s.style == "plain" else [s.text, s.style, *([s.url] if s.url else [])] for s in self.spans]

    @classmethod
    def from_json(cls, stored: list[list[str]]) -> "Text":
        """Read what `to_json` wrote."""
        return cls(tuple(Span(*parts) for parts in stored))  # type: ignore[arg-type]  # the style came from to_json


def bold(text: str) -> Text:
    """Say it in bold."""
    return Text((Span(text, "bold"),))


def italic(text: str) -> Text:
    """Say it in italics."""
    return Text((Span(text, "italic"),))


def code(text: str) -> Text:
    """Say it so that a tap copies it."""
    return Text((Span(text, "code"),))


def link(text: str, url: str) -> Text:
    """Say it as a link; channels that cannot link show the address."""
    return Text((Span(text, "link", url),))


def lines(parts: Iterable[str | Text]) -> Text:
    """Put each part that says something on a line of its own."""
    said = [Text.of(part) for part in parts if part]
    whole = Text()
    for number, part in enumerate(said):
        whole = whole + ("\n" if number else "") + part
    return whole
