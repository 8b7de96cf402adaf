"""The templates that WhatsApp reviews: which one stands for a notice, and the notice as the one text that fills it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bot.text import Text

ANY = "*"
OPEN = "buka"
"""The action behind a template's button: it delivers what the template announces."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template; `body` has one variable, `example` fills it for who reviews it."""

    name: str
    title: str
    body: str
    example: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Templates:
    """All of them, in one language and category, with the same button."""

    language: str
    category: str
    button: str
    longest: int
    every: tuple[Template, ...]


@cache
def templates() -> Templates:
    """Read the file."""
    data: dict[str, Any] = tomllib.loads(resources.files("bot").joinpath("templates.toml").read_text("utf-8"))
    every = tuple(Template(**one | {"kinds": tuple(one["kinds"])}) for one in data.pop("template"))
    return Templates(every=every, **data)


def template_for(kind: str, about: str = "", rule: str = "") -> Template:
    """Return the template for a notice of this kind about an object, posted by a rule: the most exact that there is."""
    wanted = (f"{kind} {rule}", f"{kind} {about.partition(':')[0]}", kind, ANY)
    return next(one for name in wanted for one in templates().every if name in one.kinds)


def one_line(text: Text, mark: str = "") -> str:
    """Write a notice as what fills a template: WhatsApp takes no line breaks there, and no long runs of spaces.

    `mark` ends it, whatever has to be cut off before.
    """
    end = f" · {mark}" if mark else ""
    parts = [" ".join(line.split()) for line in text.plain.splitlines()]
    whole = " · ".join(part for part in parts if part) or "Ada pesan untuk Bapak/Ibu"
    longest = templates().longest - len(end)
    if len(whole) <= longest:
        return whole + end
    return f"{whole[: longest - 1].rpartition(' ')[0] or whole[: longest - 1]}…{end}"
