"""Days and runs of days, read from an answer or found in a longer line, as Indonesians write them."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.dates.choice import Asked, Prefer, Run
from bot.dates.matches import Match
from bot.dates.shapes import ANSWERED_DAYS, ANSWERED_RUNS, FOUND_DAYS, FOUND_RUNS, Shape
from bot.dates.vocabulary import MOST_READ, MOST_SEARCHED, NotADate, Words, cut, remove


def read_day(text: str, today: date, *, prefer: Prefer = "near") -> date:
    """Read an answer that is one day.

    Without a year (or a month), `prefer` chooses: past is the latest not after `today`, future the earliest not before
    it, near the closest. Raises NotADate, whose text tells the person what to type.
    """
    asked = Asked(today, prefer)
    words = _answer(text, asked)
    run = _read(words, ANSWERED_DAYS, asked)
    if run is None:
        several = any(shape.pattern.fullmatch(words.kinds) for shape in ANSWERED_RUNS)
        raise asked.hint("Mohon ketik satu tanggal saja." if several else "Mohon ketik tanggalnya.")
    return run[0]


def read_days(text: str, today: date, *, prefer: Prefer = "near") -> Run:
    """Read an answer that is a day or a run of days, both ends included, at most 31 days. Raises NotADate.

    12-14 is a run, 12-11 the 12th of November. A run whose last day is still to come counts as future.
    """
    asked = Asked(today, prefer)
    run = _read(_answer(text, asked), ANSWERED_RUNS + ANSWERED_DAYS, asked)
    if run is None:
        raise NotADate("Mohon ketik tanggalnya. Contoh: 12 November, 12-14 November 2023.")
    return run


def find_day(line: str, today: date, prefer: Prefer = "near") -> tuple[date | None, str]:
    """Find the first clear day in a line; return it and the line without it. A run of days is not a day.

    Raises NotADate for a clear day that does not exist.
    """
    asked = Asked(today, prefer)
    words = cut(line[:MOST_SEARCHED])
    found = _best((shape, match) for shape, match in _matches(words) if shape not in FOUND_RUNS)
    if found is None:
        return None, " ".join(line.split())
    shape, match = found
    return shape.read(match, asked)[0], _without(line, match)


def find_days(line: str, today: date, prefer: Prefer = "near") -> tuple[Run | None, str]:
    """Find the first clear day or run of days in a line; return it and the line without it. Raises NotADate."""
    asked = Asked(today, prefer)
    words = cut(line[:MOST_SEARCHED])
    found = _best(_matches(words))
    if found is None:
        return None, " ".join(line.split())
    shape, match = found
    return shape.read(match, asked), _without(line, match)


def _answer(text: str, asked: Asked) -> Words:
    if len(text) > MOST_READ:
        raise asked.hint()
    return cut(text).without("z()")


def _read(words: Words, shapes: Iterable[Shape], asked: Asked) -> Run | None:
    for shape in shapes:
        found = shape.pattern.fullmatch(words.kinds)
        if found:
            match = Match(found, words)
            if not match.is_a_month():
                return shape.read(match, asked)
    return None


def _matches(words: Words) -> Iterator[tuple[Shape, Match]]:
    """Yield what is found from left to right, without overlaps; each shape passes over the line once."""
    shapes = FOUND_RUNS + FOUND_DAYS
    coming = [shape.pattern.search(words.kinds) for shape in shapes]
    at = 0
    while True:
        first = None
        for place, shape in enumerate(shapes):
            found = coming[place]
            while found and (found.start() < at or _is_no_day(Match(found, words))):
                found = shape.pattern.search(words.kinds, max(at, found.start() + 1))
            coming[place] = found
            if found and (first is None or found.start() < first[1].start()):
                first = shape, found
        if first is None:
            return
        yield first[0], Match(first[1], words)
        at = first[1].end()


def _is_no_day(match: Match) -> bool:
    return match.is_a_month() or match.is_a_share()


def _best(found: Iterable[tuple[Shape, Match]]) -> tuple[Shape, Match] | None:
    """Take the first; but a letter opens with its own date, and the day it invites to stands with its weekday."""
    first = None
    for shape, match in found:
        if first is None:
            first = shape, match
            if not match.is_calendar() or match.is_announced():
                break
        elif match.is_calendar() and match.is_announced():
            return shape, match
    return first


def _without(line: str, match: Match) -> str:
    first, last = match.found.start(), match.found.end() - 1
    return remove(line, match.words.places[first][0], match.words.places[last][1])
