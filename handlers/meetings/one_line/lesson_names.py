"""Which lesson a line names: 2.1, m2s1, modul dua sesi satu, "keuangan sesi 2", or words of its title."""

import re
from collections.abc import Iterable, Sequence
from datetime import time

from bot.dates.vocabulary import NUMERALS
from handlers.meetings.one_line.cutting import CUT, cut_span, whole_words
from handlers.meetings.one_line.spelling import slips
from storage.lessons import Lesson

_NUMBER = rf"(\d{{1,2}}|{'|'.join(NUMERALS)})"
_MODULE = r"(?:modul|modl|mdl|mod|m(?=\d))"
_SESSION = r"(?:sesi|sessi|ses|ss|s(?=\d))"
_IN_WORDS = re.compile(
    rf"\b{_MODULE}\W{{0,3}}{_NUMBER}\W{{0,3}}{_SESSION}\W{{0,3}}{_NUMBER}\b"
    rf"|\b(?:sesi|ses)\W{{0,3}}{_NUMBER}\W{{0,3}}(?:modul|mod)\W{{0,3}}{_NUMBER}\b",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?<![\w.,:/-])(\d{1,2})\s?\.\s?(\d{1,2})(?![\w]|[.,:/-]\d)")
_SLASHED = re.compile(r"(?<![\w.,:/-])(\d{1,2})\s?/\s?(\d{1,2})(?!\w|\s?[.,:/-]\s?\d)")
_WITH_A_COMMA = re.compile(rf"(?:^|(?<={CUT}\s)|(?<=materi\s))(\d{{1,2}}),(\d{{1,2}})(?!\w|\s?[.,:/-]\s?\d)")
_ALONE = re.compile(rf"\b(?:(modul|mod|mdl)|(sesi|ses))\W{{0,3}}{_NUMBER}\b", re.IGNORECASE)
_ABOUT = whole_words(r"(?:materi|ttg|tentang|tema|judul|bahas|topik)\s*:?")
_COUNTS_OR_DATES = re.compile(r"\b(?:hadir|hdr|tgl|tanggal|tg|hari)\W*$", re.IGNORECASE)
_ABSENCE = re.compile(
    r"\d\s?(?:s|i|a|sakit|izin|alpa)\b|\b(?:semua|lengkap|nihil|sakit|izin|alpa|absen|hadir)\b", re.IGNORECASE
)
_LINKS = "yang yg dan untuk utk pada bagi terhadap atau lebih di dalam dengan"
_STOP = frozenset(_LINKS.split())


def find_lesson(line: str, lessons: Sequence[Lesson], problems: list[str]) -> tuple[Lesson | None, str]:
    """Find the lesson by its numbers or its name; return it and the line without it."""
    if found := _IN_WORDS.search(line):
        numbers = [_value(number) for number in found.groups() if number]
        if found[1] is None:
            numbers.reverse()
        return _numbered(lessons, numbers, problems), cut_span(line, *found.span())
    dotted = list(_DOTTED.finditer(line))
    for found in dotted:
        if lesson := _lesson(lessons, [int(found[1]), int(found[2])]):
            return lesson, cut_span(line, *found.span())
    for found in dotted:
        if len(found[2]) == 1:  # 9.30 is no lesson that is missing
            return _numbered(lessons, [int(found[1]), int(found[2])], problems), cut_span(line, *found.span())
    if in_module := _in_module(line, lessons):
        return in_module
    return _titled(line, lessons, problems)


def find_numbered(line: str, lessons: Sequence[Lesson]) -> tuple[Lesson, str] | None:
    """Find a lesson of the list by its numbers, where other words may be anything."""
    for found in [*_IN_WORDS.finditer(line), *_DOTTED.finditer(line)]:
        numbers = [_value(number) for number in found.groups() if number]
        if found.re is _IN_WORDS and found[1] is None:
            numbers.reverse()
        if lesson := _lesson(lessons, numbers):
            return lesson, cut_span(line, *found.span())
    return None


def find_terse_time(line: str, problems: list[str]) -> tuple[time | None, str]:
    """Find 9.30 or 2.30, once it is known to be no lesson; before six o'clock it is the afternoon."""
    for found in _DOTTED.finditer(line):
        if len(found[2]) != 2:
            continue
        hour, minute = int(found[1]), int(found[2])
        rest = cut_span(line, *found.span())
        if hour == 6 or hour > 23 or minute > 59 or found[1] == "0":
            problems.append(f"“{found[0]}” tidak terbaca sebagai jam. Contoh: 08.00, jam 2 siang.")
            return None, rest
        return time(hour + 12 if hour < 6 and len(found[1]) == 1 else hour, minute), rest
    return None, line


def find_slashed(
    line: str, lessons: Sequence[Lesson], problems: list[str], *, dated: bool
) -> tuple[Lesson | None, str]:
    """Read 2/1 as a lesson where the day stands elsewhere in the line; where it does not, ask."""
    for found in _SLASHED.finditer(line):
        lesson = _lesson(lessons, [int(found[1]), int(found[2])])
        # After "hadir" it counts heads.
        if lesson is None or re.search(
            r"\b(?:hadir|hdr|tgl|tanggal|tg|hari)\W*$", line[: found.start()], re.IGNORECASE
        ):
            continue
        rest = cut_span(line, *found.span())
        if dated:
            return lesson, rest
        problems.append(f"“{found[0]}”: materi {found[1]}.{found[2]}, atau tanggal? Mohon pilih.")
        return None, rest
    return None, line


def find_with_comma(line: str, lessons: Sequence[Lesson], problems: list[str]) -> tuple[Lesson | None, str]:
    """Read 2,1 as a lesson where other numbers tell who was absent; where they do not, ask."""
    found = _WITH_A_COMMA.search(line)
    lesson = _lesson(lessons, [int(found[1]), int(found[2])]) if found else None
    if found is None or lesson is None:
        return None, line
    rest = cut_span(line, *found.span())
    if re.search(
        r"\d\s?(?:s|i|a|sakit|izin|alpa)\b|\b(?:semua|lengkap|nihil|sakit|izin|alpa|absen|hadir)\b", rest, re.I
    ):
        return lesson, rest
    problems.append(f"“{found[0]}”: materi {found[1]}.{found[2]}, atau nomor anggota? Mohon pilih.")
    return None, rest


def ask_for_the_rest(line: str, problems: list[str]) -> str:
    """Take out a module without its session, or the reverse, and say what is missing."""
    found = _ALONE.search(line)
    if found is None:
        return line
    number = _value(found[3])
    problems.append(f"Modul {number}, sesi berapa?" if found[1] else f"Sesi {number} dari modul berapa?")
    return cut_span(line, *found.span())


def _in_module(line: str, lessons: Sequence[Lesson]) -> tuple[Lesson, str] | None:
    """Find "keuangan sesi 2": a word that only one module's name has."""
    found = re.search(rf"(?:\bmodul\s+)?\b([^\W\d_]{{4,}})\W{{1,3}}{_SESSION}\W{{0,3}}{_NUMBER}\b", line, re.IGNORECASE)
    if found is None:
        return None
    word = found[1].casefold()
    ranks = {one.module_rank for one in lessons if word in re.findall(r"\w+", one.module.casefold())}
    lesson = _lesson(lessons, [ranks.pop(), _value(found[2])]) if len(ranks) == 1 else None
    return (lesson, cut_span(line, *found.span())) if lesson else None


def _titled(line: str, lessons: Sequence[Lesson], problems: list[str]) -> tuple[Lesson | None, str]:
    """Find a run of words that belong to one title."""
    titles = {one.id: frozenset(_title_words(one.title)) for one in lessons}
    known = frozenset().union(*titles.values()) if titles else frozenset()
    for start, end, words in _runs(line, known):
        scores = {one.id: len(titles[one.id] & words) for one in lessons}
        most = max(scores.values())
        best = [one for one in lessons if scores[one.id] == most]
        about = [found for found in _ABOUT.finditer(line[:start]) if not line[found.end() : start].strip()]
        place = (about[-1].start() if about else start, end)
        telling = most >= 2 or (most == 1 and any(len(word) >= 6 for word in words))
        if len(best) == 1 and (about or telling):
            return best[0], cut_span(line, *place)
        if about or most >= 2:
            problems.append(f"Materi “{line[start:end]}” ada di beberapa sesi, mohon pilih sesinya.")
            return None, cut_span(line, *place)
    return None, line


def _runs(line: str, known: frozenset[str]) -> Iterable[tuple[int, int, frozenset[str]]]:
    """Yield the runs of title words in a line: where they stand, and which words of titles they are."""
    run: list[tuple[int, int, str]] = []
    for found in [*re.finditer(r"[^\W\d_]+|\d+|¦|[,;:.]", line), None]:
        word = _as_known(found[0].casefold(), known) if found else None
        if found and (word or (run and found[0].casefold() in _STOP)):
            run.append((*found.span(), word or ""))
            continue
        while run and not run[-1][2]:
            run.pop()
        if run:
            yield run[0][0], run[-1][1], frozenset(word for _, _, word in run if word)
        run = []


def _as_known(typed: str, known: frozenset[str]) -> str | None:
    if typed in known:
        return typed
    if len(typed) >= 6:
        near = [word for word in known if len(word) >= 6 and word[0] == typed[0] and slips(typed, word) == 1]
        return near[0] if len(near) == 1 else None
    return None


def _title_words(title: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", title.casefold())
    return [word for word in words if len(word) >= 3 and word not in _STOP]


def _numbered(lessons: Sequence[Lesson], numbers: Sequence[int], problems: list[str]) -> Lesson | None:
    lesson = _lesson(lessons, numbers)
    if lesson is None:
        problems.append(f"Modul {numbers[0]} sesi {numbers[1]} tidak ada di daftar materi.")
    return lesson


def _lesson(lessons: Sequence[Lesson], numbers: Sequence[int]) -> Lesson | None:
    return next((one for one in lessons if [one.module_rank, one.number] == list(numbers)), None)


def _value(number: str) -> int:
    return int(number) if number.isdecimal() else NUMERALS.index(number.casefold())
