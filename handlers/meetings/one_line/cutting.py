"""A line that loses what was understood of it, leaving a mark at each place: a phrase ends where something was cut."""

import re

CUT = "¦"


def cut_span(text: str, start: int, end: int) -> str:
    """Return the text with a mark in place of that part."""
    return " ".join(f"{text[:start]} {CUT} {text[end:]}".split())


def mark_seam(before: str, after: str) -> str:
    """Put the mark where a reader of days or times has taken its part out of `before`."""
    before = " ".join(before.split())
    same = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(after))
    if same < len(after) and after[same] not in ".,;:)":
        same = after.rfind(" ", 0, same) + 1  # what follows may begin with the letters of what was taken
    return cut_span(after, same, same)


def seam_of(before: str, after: str) -> int:
    """Return from where in `before` something is missing in `after`."""
    return mark_seam(before, after).index(CUT)


def words_between(text: str) -> str:
    """Return what is left of a line, without marks and lonely punctuation."""
    left = (piece.strip(",;:.-") for piece in text.replace(CUT, " ").split())
    return " ".join(filter(None, left))


def whole_words(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that matches whole words only, upper or lower case."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
