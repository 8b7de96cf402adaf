"""A facilitator's year as a picture for the chat: groups by months, legible on a phone at 400 pixels."""

import importlib.util
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

Square = Literal["held", "draft", "not_held", "owed", "free"]
"""What a month was for a group: nothing was expected where it is "free"."""

_WIDE, _MARGIN, _NAMES = 1080, 24, 276
_HIGH, _GAP, _TOP = 66, 6, 190
_CELL = (_WIDE - 2 * _MARGIN - _NAMES) / 12
_FILLS: dict[Square, str] = {
    "held": "#1F5C3F",
    "draft": "#E0A100",
    "not_held": "#B33A3A",
    "owed": "#FFFFFF",
    "free": "#ECEFED",
}
_WORDS: tuple[tuple[Square, str, str], ...] = (
    ("held", "1", "terlaksana (jumlah pertemuan)"),
    ("draft", "1", "masih draf atau dikembalikan"),
    ("not_held", "×", "tidak terlaksana"),
    ("owed", "–", "belum ada"),
)
_INK, _GREY = "#1F3A2D", "#5B6B62"


@dataclass(frozen=True, slots=True)
class YearRow:
    """One group: its name, and for each month what it was and how many meetings were held."""

    name: str
    months: Sequence[tuple[Square, int]]


def draw_year(title: str, under: str, months: Sequence[str], rows: Sequence[YearRow]) -> bytes:
    """Draw the squares as a PNG; `months` are the twelve short names. The same rows give the same bytes."""
    high = _TOP + len(rows) * (_HIGH + _GAP) + 40 + len(_WORDS) * 54 + _MARGIN
    image = Image.new("RGB", (_WIDE, high), "white")
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN, 20), _fitting(draw, title, 46, _WIDE - 2 * _MARGIN), fill=_INK, font=_font(46, bold=True))
    draw.text((_MARGIN, 80), _fitting(draw, under, 36, _WIDE - 2 * _MARGIN), fill=_GREY, font=_font(36))
    for number, month in enumerate(months):
        draw.text((_left(number) + _CELL / 2, _TOP - 26), month[:3], fill=_INK, font=_font(30), anchor="mm")
    for number, row in enumerate(rows):
        top = _TOP + number * (_HIGH + _GAP)
        name = _fitting(draw, row.name, 36, _NAMES - 16)
        draw.text((_MARGIN, top + _HIGH / 2), name, fill=_INK, font=_font(36), anchor="lm")
        for month_number, (square, held) in enumerate(row.months):
            mark = str(held) if square in ("held", "draft") else {"not_held": "×", "owed": "–"}.get(square, "")
            _put_square(draw, _left(month_number), top, square, mark)
    for number, (square, mark, words) in enumerate(_WORDS):
        top = _TOP + len(rows) * (_HIGH + _GAP) + 30 + number * 54
        _put_square(draw, _MARGIN, top, square, mark, high=46)
        draw.text((_MARGIN + _CELL + 16, top + 23), words, fill=_INK, font=_font(34), anchor="lm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _left(month: int) -> float:
    return _MARGIN + _NAMES + month * _CELL


def _put_square(
    draw: ImageDraw.ImageDraw, left: float, top: float, square: Square, mark: str, high: float = _HIGH
) -> None:
    ink = {"owed": _INK, "draft": "black"}.get(square, "white")
    box = (left + _GAP / 2, top, left + _CELL - _GAP / 2, top + high)
    outline = "#8FA398" if square == "owed" else None
    draw.rounded_rectangle(box, 10, fill=_FILLS[square], outline=outline, width=3)
    if mark:
        draw.text((left + _CELL / 2, top + high / 2), mark, fill=ink, font=_font(36, bold=True), anchor="mm")


def _fitting(draw: ImageDraw.ImageDraw, text: str, size: int, room: float) -> str:
    bold = size > 40
    if draw.textlength(text, font=_font(size, bold=bold)) <= room:
        return text
    while text and draw.textlength(f"{text}…", font=_font(size, bold=bold)) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Open the font that matplotlib brings, without importing it: no system need have any."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    # The plain layout: another one is there only on some systems, and sets letters otherwise.
    return ImageFont.truetype(
        folder / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), size, layout_engine=ImageFont.Layout.BASIC
    )
