"""Days and times in Indonesian, read as people write them and shown as letters print them."""

from bot.dates.choice import Prefer
from bot.dates.day_reading import find_day, find_days, read_day, read_days
from bot.dates.showing import (
    local,
    next_month,
    previous_month,
    show_day,
    show_days,
    show_moment,
    show_month,
    show_short_day,
    show_short_month,
    show_time,
    to_utc,
)
from bot.dates.time_reading import find_time, read_time
from bot.dates.vocabulary import NotADate, NotATime

__all__ = [
    "NotADate",
    "NotATime",
    "Prefer",
    "find_day",
    "find_days",
    "find_time",
    "local",
    "next_month",
    "previous_month",
    "read_day",
    "read_days",
    "read_time",
    "show_day",
    "show_days",
    "show_moment",
    "show_month",
    "show_short_day",
    "show_short_month",
    "show_time",
    "to_utc",
]
