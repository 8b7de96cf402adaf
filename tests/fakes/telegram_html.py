"""Telegram's HTML as strictly as Telegram reads it: what it cannot parse, it refuses."""

import html
import re
from dataclasses import dataclass

STYLES = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "code": "code", "pre": "pre", "a": "link"}
_PIECE = re.compile(r"<(?P<close>/?)(?P<tag>[a-z]+)(?P<rest>[^<>]*)>|(?P<wild><)|(?P<entity>&(?:#\d+|#x[\da-f]+|\w+);)")


class CannotParse(Exception):
    """The reason, as the Bot API words it."""


@dataclass(frozen=True)
class Entity:
    """A styled run; offset and length are in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str = ""


def units(text: str) -> int:
    """Count as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def parse(source: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities. Raises CannotParse."""
    plain, entities, at = "", [], 0
    opened: list[tuple[str, int, str]] = []
    for piece in _PIECE.finditer(source):
        plain += source[at : piece.start()]
        at = piece.end()
        if piece["wild"]:
            raise CannotParse(f"can't parse entities: unsupported start tag at byte offset {piece.start()}")
        if piece["entity"]:
            # Four names and numbers are known; any other stays as it was written.
            known = piece["entity"] in ("&lt;", "&gt;", "&amp;", "&quot;") or piece["entity"][1] == "#"
            plain += html.unescape(piece["entity"]) if known else piece["entity"]
        elif piece["close"]:
            if not opened or opened[-1][0] != piece["tag"]:
                raise CannotParse(f"can't parse entities: unexpected end tag at byte offset {piece.start()}")
            tag, offset, url = opened.pop()
            if units(plain) > offset:
                entities.append(Entity(STYLES[tag], offset, units(plain) - offset, url))
        else:
            if piece["tag"] not in STYLES:
                raise CannotParse(f'can\'t parse entities: unsupported start tag "{piece["tag"]}"')
            href = re.fullmatch(r'\s+href="([^"]*)"', piece["rest"])
            if piece["rest"] and not (piece["tag"] == "a" and href):
                raise CannotParse("can't parse entities: unexpected attribute")
            opened.append((piece["tag"], units(plain), html.unescape(href[1]) if href else ""))
    if opened:
        raise CannotParse(f"can't parse entities: can't find end tag corresponding to start tag {opened[-1][0]}")
    return (plain + source[at:]).strip(), entities
