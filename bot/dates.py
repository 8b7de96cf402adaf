"""Days and times in Indonesian, read as people write them and shown as letters print them."""

from bot.calendar_words import NotADate, NotATime
from bot.date_showing import (
    local,
    show_day,
    show_days,
    show_moment,
    show_month,
    show_short_day,
    show_time,
    to_utc,
)
from bot.day_choice import Prefer
from bot.day_reading import find_day, find_days, read_day, read_days
from bot.time_reading import find_time, read_time

__all__ = [
    "NotADate",
    "NotATime",
    "Prefer",
    "find_day",
    "find_days",
    "find_time",
    "local",
    "read_day",
    "read_days",
    "read_time",
    "show_day",
    "show_days",
    "show_moment",
    "show_month",
    "show_short_day",
    "show_time",
    "to_utc",
]
