"""A month ("2023-11"), a triwulan ("2023-T4") or a year ("2023") that a recap is about."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot import dates

_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Period:
    """The period as buttons carry it, and the local days it begins and ends with."""

    key: str
    first: date
    last: date

    @property
    def name(self) -> str:
        """The period as people read it."""
        if "T" in self.key:
            return f"Triwulan {triwulan_of(self.first.month)} {self.first.year}"
        return str(self.first.year) if len(self.key) == 4 else dates.show_month(self.first)


def month_period(day: date) -> Period:
    """Return the month of a day."""
    return _period(f"{day:%Y-%m}", day.year, day.month, 1)


def triwulan_period(day: date) -> Period:
    """Return the triwulan of a day."""
    number = (day.month - 1) // 3 + 1
    return _period(f"{day.year}-T{number}", day.year, number * 3 - 2, 3)


def read_period(key: str) -> Period | None:
    """Read what a button carries."""
    if month := re.fullmatch(r"(2\d{3})-(0[1-9]|1[0-2])", key, re.ASCII):
        return _period(key, int(month[1]), int(month[2]), 1)
    if triwulan := re.fullmatch(r"(2\d{3})-T([1-4])", key, re.ASCII):
        return _period(key, int(triwulan[1]), int(triwulan[2]) * 3 - 2, 3)
    return _period(key, int(key), 1, 12) if re.fullmatch(r"2\d{3}", key, re.ASCII) else None


def triwulan_of(month: int) -> str:
    """Write the triwulan of a month as reports number it: I to IV."""
    return _ROMAN[(month - 1) // 3]


def _period(key: str, year: int, month: int, months: int) -> Period:
    after = date(year + (month + months - 1) // 12, (month + months - 1) % 12 + 1, 1)
    return Period(key, date(year, month, 1), after - timedelta(days=1))
