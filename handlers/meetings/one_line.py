"""Reads a whole report from one line: "melati 2.2 kemarin jam 2 siang 3s 7i 12", its parts in any order.

What is understood saves a question; what is not is told, and asked. Nothing is guessed: a number that may be something
else than a member is left alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from bot import dates
from bot.questions import NotUnderstood
from handlers.meetings.absences import Absences, find_nobody, is_about_absence, read_absences, show_absent
from storage.groups import Group
from storage.lessons import Lesson

MOST_LETTERS = 300
_ANYBODY = 99
_LESSON = re.compile(r"(?<![\w.,:/-])(\d{1,2})\s?\.\s?(\d{1,2})(?![\w]|[.,:/-]\d)")
_LESSON_IN_WORDS = re.compile(
    r"\b(?:modul|mod)\W{0,3}(\d{1,2})\W{0,3}(?:sesi|ses)\W{0,3}(\d{1,2})\b"
    r"|\b(?:sesi|ses)\W{0,3}(\d{1,2})\W{0,3}(?:modul|mod)\W{0,3}(\d{1,2})\b",
    re.IGNORECASE,
)
_FILLERS = {"p2k2", "kelompok", "kel", "klp", "desa", "kelurahan", "di", "pada", "hari", "materi", "dan", "wib", "yang"}


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. `told` names what was understood; `problems` what cannot be, in whole sentences."""

    group: Group | None = None
    lesson: Lesson | None = None
    day: date | None = None
    at: time | None = None
    absences: Absences | None = None
    told: str = ""
    problems: tuple[str, ...] = ()


def read_line(text: str, groups: Sequence[Group], lessons: Sequence[Lesson], today: date, zone: str) -> Line:
    """Read the line; an empty one says nothing."""
    problems = [f"Hanya {MOST_LETTERS} huruf pertama yang dibaca."] if len(text) > MOST_LETTERS else []
    group, rest = _find_group(text[:MOST_LETTERS], groups, problems)
    at, day = None, None
    unclear = False
    try:
        at, rest = dates.find_time(rest)
    except dates.NotATime as why:
        problems.append(str(why))
        unclear = True
    lesson, rest = _find_lesson(rest, lessons, problems)
    try:
        day, rest = dates.find_day(rest, today, "past")
    except dates.NotADate as why:
        problems.append(str(why))
        unclear = True
    absences, rest = _find_absences(rest, group.members if group else _ANYBODY, problems, unclear=unclear)
    if rest:
        problems.append(f"Tidak terbaca: {rest}.")
    told = [
        f"Kelompok {group.name}" if group else "",
        f"modul {lesson.module_rank} sesi {lesson.number} ({lesson.title})" if lesson else "",
        dates.show_day(day) if day else "",
        dates.show_time(at, zone) if at else "",
        "" if absences is None else show_absent(absences) or "semua hadir",
    ]
    return Line(group, lesson, day, at, absences, " · ".join(filter(None, told)), tuple(problems))


def _find_group(text: str, groups: Sequence[Group], problems: list[str]) -> tuple[Group | None, str]:
    """Find the longest name of a group, and of two groups of one name that whose village is named too."""
    for name in sorted({one.name.casefold() for one in groups}, key=lambda name: (-len(name), name)):
        found = _words(name).search(text)
        if not found:
            continue
        rest = f"{text[: found.start()]} {text[found.end() :]}"
        same = [one for one in groups if one.name.casefold() == name]
        there = [one for one in same if _words(one.village).search(rest)]
        if len(there) == 1 or len(same) == 1:
            group = (there or same)[0]
            return group, _words(group.village).sub(" ", rest, count=1)
        problems.append(f"Ada {len(same)} kelompok bernama {same[0].name}, mohon pilih yang dimaksud.")
        return None, rest
    return None, text


def _words(name: str) -> re.Pattern[str]:
    # "melati 2" is not named by "melati 2.2": that is Melati, and a lesson.
    spaced = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){spaced}(?!\w|[.,:/-]\d)", re.IGNORECASE)


def _find_lesson(text: str, lessons: Sequence[Lesson], problems: list[str]) -> tuple[Lesson | None, str]:
    found = _LESSON_IN_WORDS.search(text) or _LESSON.search(text)
    if not found:
        return None, text
    numbers = [int(number) for number in found.groups() if number]
    if len(found.groups()) > 2 and found[1] is None:
        numbers.reverse()
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    for lesson in lessons:
        if [lesson.module_rank, lesson.number] == numbers:
            return lesson, rest
    problems.append(f"Modul {numbers[0]} sesi {numbers[1]} tidak ada di daftar materi.")
    return None, rest


def _find_absences(text: str, members: int, problems: list[str], *, unclear: bool) -> tuple[Absences | None, str]:
    """Read what is left as absences; strange words around are handed back, unless a bare number is next to them."""
    nobody, rest = find_nobody(text)
    pieces = [piece for piece in rest.split() if piece.strip(",.;:") and piece.casefold().strip(",.;:") not in _FILLERS]
    left = " ".join(pieces)
    if nobody:
        # "Semua hadir kecuali 3" says something else: beside anything more it is told, and asked.
        return (None, f"semua hadir {left}") if left else ({}, "")
    first, last = _middle(pieces)
    middle, around = pieces[first:last], " ".join(pieces[:first] + pieces[last:])
    numbered = any(character.isdecimal() for character in "".join(middle))
    doubtful = numbered and ((first > 0 and _is_bare(middle[0])) or (last < len(pieces) and _is_bare(middle[-1])))
    # A time or a day that cannot be read has left its numbers in the line: they are nobody's.
    if unclear or doubtful or not numbered or not all(map(is_about_absence, middle)):
        return None, left
    try:
        return read_absences(" ".join(middle), members), around
    except NotUnderstood as why:
        problems.append(str(why))
        return None, around


def _middle(pieces: Sequence[str]) -> tuple[int, int]:
    """Return from where to where the pieces can be about absence: what stands before and behind them cannot."""
    first, last = 0, len(pieces)
    while first < last and not is_about_absence(pieces[first]):
        first += 1
    while last > first and not is_about_absence(pieces[last - 1]):
        last -= 1
    return first, last


def _is_bare(piece: str) -> bool:
    return piece.strip(",.;:").isdecimal()
