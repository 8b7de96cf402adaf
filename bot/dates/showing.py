"""Days and times as people read them in Indonesian, in the zone in which the office lives."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.dates.vocabulary import DAYS, MONTHS, SHORT_DAYS, SHORT_MONTHS

ZONE_NAMES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}


def show_month(day: date) -> str:
    """Write "November 2023"."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def previous_month(day: date) -> date:
    """Return the first day of the month before that of `day`."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def show_short_month(day: date) -> str:
    """Write "Nov"."""
    return str(SHORT_MONTHS[day.month - 1])


def show_date(day: date) -> str:
    """Write "12 November 2023"."""
    return f"{day.day} {show_month(day)}"


def show_day(day: date) -> str:
    """Write "Minggu, 12 November 2023"."""
    return f"{DAYS[day.weekday()]}, {show_date(day)}"


def show_short_day(day: date) -> str:
    """Write "Min 12 Nov"."""
    return f"{SHORT_DAYS[day.weekday()]} {day.day} {SHORT_MONTHS[day.month - 1]}"


def show_days(first: date, last: date) -> str:
    """Write "Minggu s.d. Selasa, 12 s.d. 14 November 2023"; a single day as `show_day` does."""
    if first == last:
        return show_day(first)
    if first.year != last.year:
        start = show_date(first)
    elif first.month != last.month:
        start = f"{first.day} {MONTHS[first.month - 1]}"
    else:
        start = str(first.day)
    return f"{DAYS[first.weekday()]} s.d. {DAYS[last.weekday()]}, {start} s.d. {show_date(last)}"


def show_time(at: time | datetime, zone: str) -> str:
    """Write "pukul 08.00 WIB"; an aware datetime is first brought to `zone`, everything else is local already."""
    if isinstance(at, datetime) and at.tzinfo is not None:
        at = local(at, zone)
    return f"pukul {at.hour:02}.{at.minute:02} {_zone_name(at, zone)}"


def show_moment(at: datetime, zone: str) -> str:
    """Write "Minggu, 12 November 2023 pukul 07.52 WIB" of an aware datetime."""
    here = local(at, zone)
    return f"{show_day(here)} {show_time(here, zone)}"


def local(at: datetime, zone: str) -> datetime:
    """Bring an aware datetime to `zone`. Raises ValueError for a naive one, whose zone nobody knows."""
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return at.astimezone(ZoneInfo(zone))


def to_utc(day: date, at: time, zone: str) -> datetime:
    """Return the moment, in UTC, at which the clocks of `zone` show that day and time."""
    return datetime.combine(day, at.replace(tzinfo=None), ZoneInfo(zone)).astimezone(UTC)


def _zone_name(at: time | datetime, zone: str) -> str:
    if zone in ZONE_NAMES:
        return ZONE_NAMES[zone]
    # A time alone has no date to tell summer from winter; Indonesia knows neither, so any winter day will do.
    moment = at if isinstance(at, datetime) else datetime.combine(date(2024, 1, 1), at)
    offset = moment.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    if not minutes:
        return "UTC"
    rest = f":{abs(minutes) % 60:02}" if minutes % 60 else ""
    return f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60}{rest}"
