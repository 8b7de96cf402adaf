"""Reads a whole report from one line: "melati 2.2 kemarin jam 2 siang 3s 7i 12", its parts in any order.

What is understood saves a question; what is not is told, and asked. Nothing is guessed: a number that may be something
else than a member is left alone, a name typed with a slip is shown as it was typed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from bot import dates
from handlers.meetings.absences import WORDS, Absences, show_absent
from handlers.meetings.one_line import free_words
from handlers.meetings.one_line.cutting import CUT, cut_span, mark_seam, seam_of, whole_words
from handlers.meetings.one_line.group_names import find_groups
from handlers.meetings.one_line.lesson_names import (
    ask_for_the_rest,
    find_lesson,
    find_numbered,
    find_slashed,
    find_terse_time,
    find_with_comma,
)
from handlers.meetings.one_line.who_came import Came, read_who_came
from storage.groups import Group
from storage.lessons import Lesson
from storage.meetings import Reason

MOST_LETTERS = 300
_LAST_NIGHT = whole_words("semalam|semlm")  # in North Sumatra it is yesterday at any hour
_JUST_NOW = whole_words(r"barusan|baru\s+saja|td\s+ini|tadi\s+ini")
_LAST_WEEK = re.compile(
    r"(?<!\w)(?<!\d )(?<!hari )(?<!hr )(?:minggu|mgg|mggu|pekan)\s+"
    r"(?:lalu|lalo|kemarin|kmrn|kmarin|kemaren|kmrin)(?!\w)"
    r"(?!\s+(?:hari\s+)?(?:senin|selasa|rabu|kamis|jumat|sabtu))",
    re.IGNORECASE,
)
_DASHED = re.compile(
    r"(?<!no\s)(?<!absen\s)(?<!sakit\s)(?<!izin\s)(?<!alpa\s)(?<![\w.,:/-])(\d{1,2})-(\d{1,2})(?![\w/-]|[.:,]\d)",
    re.IGNORECASE,
)
_A_WEEKDAY_BEFORE = re.compile(
    r"(?:senin|selasa|rabu|kamis|jumat|jum'at|sabtu|ahad|se|satu|dua|tiga)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says. `told` names what was understood; `problems` what cannot be, in whole sentences.

    `groups` are all that are named, `group` the one if it is one alone. `absences` are by number, `counts` where only
    how many is told. `why_not` is the reason of a meeting that was not held, '' with `held` False where none is given.
    `remarks` are sentences about what was read though it was typed otherwise.
    """

    group: Group | None = None
    lesson: Lesson | None = None
    day: date | None = None
    at: time | None = None
    absences: Absences | None = None
    told: str = ""
    problems: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    counts: Mapping[Reason, int] | None = None
    place: str = ""
    obstacles: str = ""
    follow_up: str = ""
    held: bool = True
    why_not: str = ""
    for_whom: str = ""
    remarks: tuple[str, ...] = ()


def read_line(text: str, groups: Sequence[Group], lessons: Sequence[Lesson], today: date, zone: str) -> Line:
    """Read the line; an empty one says nothing."""
    problems = [f"Hanya {MOST_LETTERS} huruf pertama yang dibaca."] if len(text) > MOST_LETTERS else []
    remarks: list[str] = []
    parts = free_words.split(_plain(text[:MOST_LETTERS]))
    found, parts.head = find_groups(parts.head, groups, problems, remarks)
    unclear = len(problems)
    at = _take_time(parts, problems)
    slashed = _may_be_dated(parts, today)
    lesson, parts.head = find_lesson(parts.head, lessons, problems)
    if lesson is None:
        lesson = _take_lesson(parts, lessons)
    if lesson is None:
        lesson, parts.head = find_slashed(parts.head, lessons, problems, dated=slashed)
    day = _take_day(parts, today, problems)
    if at is None:
        at, parts.head = find_terse_time(parts.head, problems)
    doubt = len(problems) > unclear
    if lesson is None:
        lesson, parts.head = find_with_comma(parts.head, lessons, problems)
    if lesson is None:
        parts.head = ask_for_the_rest(parts.head, problems)
    for_whom, parts.head = free_words.find_for_whom(parts.head)
    place, parts.head = free_words.find_place(parts.head, frozenset(one.village.casefold() for one in groups))
    held, why_not = "why_not" not in parts.free, free_words.reason_of(parts.free.get("why_not", ""))
    if not held and not why_not:
        problems.append("Apa alasannya tidak terlaksana?")
    came = _who_came(parts, found, doubt=doubt)
    problems += came.problems
    if came.left:
        problems.append(f"Tidak terbaca: {came.left}.")
    if not held and (came.absences is not None or came.counts is not None):
        problems.append("Tertulis tidak terlaksana, tetapi juga siapa yang hadir. Mohon pilih salah satu.")
        came = Came()
    return Line(
        found[0] if len(found) == 1 else None,
        lesson,
        day,
        at,
        came.absences,
        _told(found, lesson, day, at, came, zone, held=held, place=place),
        tuple(problems),
        tuple(found),
        came.counts,
        place,
        free_words.tidy(parts.free.get("obstacles", "")),
        free_words.tidy(parts.free.get("follow_up", "")),
        held,
        why_not,
        for_whom,
        tuple(remarks + came.remarks),
    )


def _plain(text: str) -> str:
    text = " ".join(text.split())
    if text.count("-") >= 3 and text.count("-") > text.count(" "):  # melati-2.1-kemarin-14.00
        text = re.sub(r"(?<=[^\W\d_])-(?=\w)|(?<=\d)-(?=[^\W\d_])", " ", text)
    text = free_words.COURTESY.sub(" ", text)
    return _JUST_NOW.sub("hari ini", _LAST_NIGHT.sub("kemarin", text))


def _take_time(parts: free_words.Parts, problems: list[str]) -> time | None:
    """Find the time in the head, else behind a label, whose words end there."""
    for name in ("", *parts.free):
        line = parts.free[name] if name else parts.head
        try:
            at, rest = dates.find_time(line, daytime=True)
        except dates.NotATime as why:
            problems.append(str(why))
            return None
        if at is not None:
            _shorten(parts, name, line, rest)
            return at
    return None


def _take_lesson(parts: free_words.Parts, lessons: Sequence[Lesson]) -> Lesson | None:
    """Find a lesson's numbers behind a label, whose words end there."""
    for name, line in parts.free.items():
        if found := find_numbered(line, lessons):
            before, _, after = found[1].partition(CUT)
            parts.free[name], tail = (before, after) if before.strip() else (after, "")
            parts.head = f"{parts.head} {CUT} {tail}"
            return found[0]
    return None


def _take_day(parts: free_words.Parts, today: date, problems: list[str]) -> date | None:
    """Find the day in the head, else behind a label if it is not still to come."""
    parts.head = _DASHED.sub(lambda found: _slashed(found, today), parts.head)
    weeks = [one for one in _LAST_WEEK.finditer(parts.head) if not _A_WEEKDAY_BEFORE.search(parts.head[: one.start()])]
    if weeks:
        problems.append(f"“{weeks[0][0]}” itu hari apa? Mohon ketik harinya atau tanggalnya.")
        parts.head = cut_span(parts.head, *weeks[0].span())
        return None
    for name in ("", *parts.free):
        line = parts.free[name] if name else parts.head
        try:
            day, rest = dates.find_day(line, today, "past")
            if day is None or (name and day > today):
                continue
            other, more = dates.find_day(rest, today, "past")
        except dates.NotADate as why:
            if name:
                continue
            problems.append(str(why))
            return None
        if not name and other is not None and other != day:
            problems.append(f"Ada dua hari: {dates.show_day(day)} dan {dates.show_day(other)}. Mohon pilih.")
            parts.head = mark_seam(rest, more)
            return None
        _shorten(parts, name, line, rest)
        return day
    return None


def _slashed(found: re.Match[str], today: date) -> str:
    """Write 12-11 as a day of this month or the last; anything else with a dash may be something else."""
    recent = int(found[2]) in (today.month, (today.month - 2) % 12 + 1)
    return f"{found[1]}/{found[2]}" if recent and int(found[1]) <= 31 else found[0]


def _may_be_dated(parts: free_words.Parts, today: date) -> bool:
    """Tell whether the line has a day beside what may be a lesson with a slash."""
    without = re.sub(r"(?<![\w.,:/-])\d{1,2}\s?/\s?\d{1,2}(?!\w|\s?[.,:/-]\s?\d)", " ", parts.head)
    if without == parts.head:
        return False
    try:
        return dates.find_day(without, today, "past")[0] is not None
    except dates.NotADate:
        return True


def _shorten(parts: free_words.Parts, name: str, line: str, rest: str) -> None:
    """Take out what was found; free words end there, and what follows is of the head again."""
    if not name:
        parts.head = mark_seam(line, rest)
        return
    seam = seam_of(line, rest)
    before, after = rest[:seam], rest[seam:]
    if before.strip():
        parts.free[name] = before
        parts.head = f"{parts.head} {CUT} {after}"
    else:
        parts.free[name] = after


def _who_came(parts: free_words.Parts, found: Sequence[Group], *, doubt: bool) -> Came:
    came = read_who_came(parts.head, found[0].members if len(found) == 1 else None, unclear=doubt)
    if len(found) > 1 and (came.absences or came.counts):
        why = "Beberapa kelompok sekaligus: siapa yang tidak hadir ditanyakan per kelompok."
        return Came(None, None, came.left, [*came.problems, why])
    return came


def _told(
    found: Sequence[Group],
    lesson: Lesson | None,
    day: date | None,
    at: time | None,
    came: Came,
    zone: str,
    *,
    held: bool,
    place: str,
) -> str:
    counted = ", ".join(f"{WORDS[reason]} {many} orang" for reason, many in (came.counts or {}).items())
    told = [
        f"Kelompok {' dan '.join(one.name for one in found)}" if found else "",
        "" if held else "tidak terlaksana",
        f"modul {lesson.module_rank} sesi {lesson.number} ({lesson.title})" if lesson else "",
        dates.show_day(day) if day else "",
        dates.show_time(at, zone) if at else "",
        place,
        counted if came.absences is None else show_absent(came.absences) or "semua hadir",
    ]
    return " · ".join(filter(None, told))
