"""Which day or run of days is meant, when the year or the month was left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.dates.showing import show_date
from bot.dates.vocabulary import DAYS, NotADate

Prefer = Literal["past", "future", "near"]
Run = tuple[date, date]

YEARS = range(2000, 2100)
LONGEST_RUN = 31
TWO_DIGIT_REACH = 10
"""A year of two digits further away than this is more likely a slip than a plan."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The day on which the question is answered, and the side on which the answer is expected."""

    today: date
    prefer: Prefer

    def hint(self, start: str = "Mohon ketik tanggalnya.") -> NotADate:
        """Return what to raise: `start`, then examples that fit the question."""
        return NotADate(f"{start} Contoh: 12/11, 12 November, {'besok' if self.prefer == 'future' else 'kemarin'}.")

    def impossible(self) -> NotADate:
        """Return what to raise for a day that no calendar has."""
        return self.hint("Tanggal itu tidak ada.")


@dataclass(frozen=True, slots=True)
class Written:
    """A day as it was written; what was left out is None."""

    day: int
    month: int | None = None
    year: int | None = None

    @property
    def order(self) -> tuple[int, int]:
        return (self.month or 0, self.day)


def settle(first: Written, last: Written, asked: Asked, weekday: int | None = None) -> Run:
    """Return the run of days that is meant; a single day is a run from itself to itself.

    A month or year that stands at one end holds for both; without a year, `asked.prefer` chooses: past is the latest
    not after today, future the earliest not before today, near the closest. `weekday` is that of the first day, if
    known: of two years or months about equally near it tells which. Raises NotADate.
    """
    first = Written(first.day, last.month if first.month is None else first.month, first.year)
    if last.month is None:
        last = Written(last.day, first.month, last.year)
    # A run may cross New Year; any other step back is a slip.
    wraps = first.month == 12 and last.month == 1
    if first.year or last.year:
        end = last.year or (first.year or 0) + wraps
        runs = [_exact(first, last, first.year or end - wraps, end)]
        return check(runs[0], asked)
    if first.month is not None:
        years = range(asked.today.year - 2, asked.today.year + 2)
        runs = [_exact(first, last, year, year + wraps) for year in years]
        reach, near = 366, 200
    else:
        runs = [_exact(Written(first.day, m), Written(last.day, m), y, y) for y, m in _months_around(asked.today)]
        reach, near = 62, 20
    real = [run for run in runs if run and _distance(run, asked.today) <= reach]
    chosen = _choose(real, asked, weekday, near)
    if chosen is None and (2, 29) in (first.order, last.order) and last.day <= 29:
        raise NotADate("29 Februari hanya ada pada tahun kabisat. Mohon ketik tahunnya, misalnya 29 Februari 2024.")
    return check(chosen, asked)


def whole_year(digits: str, asked: Asked) -> int:
    """Return the year of two or four digits. Raises NotADate for one that nobody can mean."""
    year = int(digits)
    if len(digits) == 2:
        year += 2000
        if abs(year - asked.today.year) > TWO_DIGIT_REACH:
            raise NotADate(f"Mohon ketik tahunnya lengkap, misalnya 12/11/{asked.today.year}.")
    if len(digits) not in (2, 4) or year not in YEARS:
        raise asked.impossible()
    return year


def nearest_weekday(weekday: int, asked: Asked) -> date:
    """Return the day of that name that `asked.prefer` means; of a week around today one is always closest."""
    back = (asked.today.weekday() - weekday) % 7
    forth = (weekday - asked.today.weekday()) % 7
    forwards = asked.prefer == "future" or (asked.prefer == "near" and forth <= back)
    return asked.today + timedelta(days=forth if forwards else -back)


def refuse_other_weekday(day: date, weekday: int | None) -> None:
    """Raise NotADate if the day was written with the name of another one: either may be the slip."""
    if weekday is not None and day.weekday() != weekday:
        raise NotADate(
            f"{show_date(day)} adalah hari {DAYS[day.weekday()]}, bukan {DAYS[weekday]}. Mohon ketik tanggalnya lagi."
        )


def check(run: Run | None, asked: Asked) -> Run:
    """Return the run. Raises NotADate if there is none, if it goes backwards or lasts too long."""
    if run is None:
        raise asked.impossible()
    if run[1] < run[0]:
        raise NotADate("Tanggal akhirnya mendahului tanggal awalnya. Contoh: 12-14 November 2023.")
    if (run[1] - run[0]).days >= LONGEST_RUN:
        raise NotADate(f"Paling lama {LONGEST_RUN} hari. Contoh: 12-14 November 2023.")
    return run


def _exact(first: Written, last: Written, start: int, end: int) -> Run | None:
    try:
        return date(start, first.month or 0, first.day), date(end, last.month or 0, last.day)
    except ValueError:
        return None


def _months_around(today: date) -> Iterator[tuple[int, int]]:
    # Two months either way: every day of the month up to the 31st is met on both sides.
    for step in range(-2, 3):
        years, month = divmod(today.month - 1 + step, 12)
        yield today.year + years, month + 1


def _distance(run: Run, today: date) -> int:
    if run[0] <= today <= run[1]:
        return 0
    return min(abs((run[0] - today).days), abs((run[1] - today).days))


def _choose(runs: list[Run], asked: Asked, weekday: int | None, near: int) -> Run | None:
    today = asked.today
    if asked.prefer == "past":
        return max((run for run in runs if run[1] <= today), default=None)
    if asked.prefer == "future":
        return min((run for run in runs if run[1] >= today), default=None)

    def by_distance(run: Run) -> tuple[bool, int, bool]:
        away = _distance(run, today)
        fits = away <= near and weekday in (None, run[0].weekday())
        return (not fits, away, run[0] < today)

    return min(runs, key=by_distance, default=None)
