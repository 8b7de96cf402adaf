"""Days off: the national holidays, with those that the office added and without those on which it works."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from storage.database import Connection
from storage.office_days import office_days


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day of the list; `office` says that the office put it there, `works` that it is national and one works."""

    day: date
    name: str
    office: bool = False
    works: bool = False


def national(year: int) -> Mapping[date, str]:
    """Return the national holidays of a year, by their Indonesian names."""
    import holidays  # 18 MB, which an idle bot does not need

    return dict(holidays.country_holidays("ID", years=year, language="id"))


def days_off(db: Connection, year: int) -> list[DayOff]:
    """Return the year's days off in order, and the national ones on which one works."""
    own = office_days(db, f"{year}-01-01", f"{year}-12-31")
    found = {day: DayOff(day, name, works=day.isoformat() in own) for day, name in national(year).items()}
    for one in own.values():
        day = date.fromisoformat(one.day)
        if one.off:
            found[day] = DayOff(day, one.name, office=True)
    return [found[day] for day in sorted(found)]


def is_day_off(db: Connection, day: date) -> bool:
    """Say whether it is one."""
    key = day.isoformat()
    own = office_days(db, key, key)
    return bool(own[key].off) if key in own else day in national(day.year)
