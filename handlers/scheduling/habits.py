"""When a group usually meets, brought to another month: the second Tuesday at 14.00, say."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time, timedelta

from bot import dates
from bot.clock import from_utc_text
from storage.month_plan import Habit

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Usual:
    """The week of the month (1 to 5; a fifth that a month lacks is its last), the weekday and the local time."""

    week: int
    weekday: int
    at: time


def usual_of(habit: Habit) -> Usual | None:
    """Return when the group usually meets: its own rule, or as it last met; None where it never met."""
    last_day = date.fromisoformat(habit.day) if habit.day else None
    at = time.fromisoformat(habit.time) if habit.time else None
    if at is None and habit.starts_at and habit.zone:
        at = dates.local(from_utc_text(habit.starts_at), habit.zone).time()
    if habit.week and habit.weekday is not None:
        return Usual(habit.week, habit.weekday, at or time(14))
    if last_day is None or at is None:
        return None
    weekday = last_day.weekday() if habit.weekday is None else habit.weekday
    return Usual((last_day.day - 1) // 7 + 1, weekday, at)


def day_in(usual: Usual, month: date) -> date:
    """Return the usual day in the month of `month`."""
    first = month.replace(day=1)
    day = first + timedelta(days=(usual.weekday - first.weekday()) % 7) + (usual.week - 1) * WEEK
    return day if day.month == first.month else day - WEEK


def next_day(usual: Usual, month: date, today: date) -> date | None:
    """Return the usual day in that month, where it has passed the same weekday later in it; None after the last."""
    day = day_in(usual, month)
    while day < today:
        day += WEEK
    last = monthrange(month.year, month.month)[1]
    return day if day <= month.replace(day=last) else None
