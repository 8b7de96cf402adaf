"""The day on which a group usually meets: "Selasa minggu ke-2, pukul 14.00", as people write it."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Any

from bot import dates
from bot.dates.vocabulary import DAYS, MOST_READ, cut
from bot.questions import NotUnderstood
from bot.text import Text
from bot.typed import Typed
from storage.groups import Group

_ORDINALS = ("pertama", "kedua", "ketiga", "keempat", "kelima")
_COUNTED = ("satu", "dua", "tiga", "empat", "lima")
_WEEK = re.compile(
    r"\b(?:minggu|mggu|mgg|pekan)?\s*(?:yang\s+)?(?:ke[\s-]*([1-5]|" + "|".join(_COUNTED) + r")|("
    + "|".join((*_ORDINALS, "terakhir")) + r"))\b"
    r"(?:\s*(?:minggu|pekan)\b)?",
    re.IGNORECASE,
)  # fmt: skip
_EXAMPLE = "misalnya Selasa minggu ke-2, pukul 14.00"


@dataclass(frozen=True, slots=True)
class UsualDay:
    """The week of the month (a fifth that a month lacks is its last), the weekday (Monday is 0), and the local time."""

    week: int
    weekday: int
    at: time | None


def show_usual(day: UsualDay, zone: str) -> str:
    """Write "Selasa minggu ke-2, pukul 14.00 WIB"."""
    at = f", {dates.show_time(day.at, zone)}" if day.at else ""
    return f"{DAYS[day.weekday]} minggu ke-{day.week}{at}"


def usual_of(group: Group) -> UsualDay | None:
    """Return when the group usually meets, if it has such a day."""
    if group.week is None or group.weekday is None:
        return None
    return UsualDay(group.week, group.weekday, time.fromisoformat(group.time) if group.time else None)


def read_usual(text: str) -> UsualDay:
    """Read the week, the weekday and, where it is said, the time. Raises NotUnderstood."""
    if len(text) > MOST_READ:
        raise NotUnderstood(f"Hari apa? Mohon ketik satu hari dan minggunya, {_EXAMPLE}.")
    try:
        at, rest = dates.find_time(text)
    except dates.NotATime as why:
        raise NotUnderstood(str(why)) from why
    found = _WEEK.search(rest)
    if found is None:
        raise NotUnderstood(f"Minggu ke berapa dalam sebulan? Mohon ketik lengkap, {_EXAMPLE}.")
    said = cut(_WEEK.sub(" ", rest, count=1))
    # What is left of "minggu" is the Sunday, once the word for week is taken out.
    weekdays = [value for kind, value in zip(said.kinds, said.values, strict=True) if kind in "Hhm"]
    if len(weekdays) != 1:
        raise NotUnderstood(f"Hari apa? Mohon ketik satu hari dan minggunya, {_EXAMPLE}.")
    return UsualDay(_week(found), weekdays[0], at)


def which_usual_day(prompt: str, zone: str) -> Typed[UsualDay | None]:
    """Ask for the usual day; none is an answer."""
    return Typed(
        Text.of(prompt),
        read_usual,
        lambda day: day and [day.week, day.weekday, day.at.isoformat("minutes") if day.at else None],
        _restore,
        lambda day: show_usual(day, zone) if day else "Tidak tetap",
        [("none", "Tidak tetap", None)],
        numbered=False,
    )


def _week(found: re.Match[str]) -> int:
    word = (found[1] or found[2]).casefold()
    if word.isdigit():
        return int(word)
    return 5 if word == "terakhir" else (_COUNTED if word in _COUNTED else _ORDINALS).index(word) + 1


def _restore(kept: Any) -> UsualDay | None:
    return UsualDay(kept[0], kept[1], time.fromisoformat(kept[2]) if kept[2] else None) if kept else None
