"""The hours of reminders, the office's data: when the card of the day goes out, and when nobody is disturbed."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.dates import local, to_utc
from bot.days_off import is_day_off
from storage import people, rules
from storage.database import Connection

DAILY, QUIET_FROM, QUIET_TO, REST, DEADLINE = (
    "reminder.hour",
    "quiet.from",
    "quiet.to",
    "reminder.rest",
    "report.deadline",
)
RESTS = ("none", "sundays", "holidays")
"""Days without nudges: none, Sundays, or Sundays and holidays."""

OWN_FROM, OWN_TO = "quiet.own-from", "quiet.own-to"
MONTH_END = 31
NOON = 12 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """Local times; quiet hours span midnight where `quiet_to` is the earlier one, and are none where both are one."""

    daily: time = time(7)
    quiet_from: time = time(21)
    quiet_to: time = time(6)
    rest: str = "holidays"
    deadline: int = MONTH_END  # a day of the month; its last one where it has no such day
    own_from: time = time(18)  # the widest quiet hours that anybody may choose
    own_to: time = time(9)

    def quiet_until(self, now: datetime, zone: str) -> datetime | None:
        """Return when the quiet hours end, if `now` is in them."""
        here = local(now, zone)
        if not self.are_quiet_at(here.time()):
            return None
        tomorrow = here.time() >= self.quiet_to
        return to_utc(here.date() + timedelta(days=tomorrow), self.quiet_to, zone)

    def are_quiet_at(self, at: time) -> bool:
        """Say whether nobody is to be disturbed at that time of day."""
        start, end = self.quiet_from, self.quiet_to
        return (at >= start or at < end) if start > end else start <= at < end

    def widened(self, quiet_from: time, quiet_to: time) -> "Hours":
        """Return these hours for somebody who chose other quiet hours: the office's hold as well.

        The card of the day then comes at their end, if it would come in them.
        """
        wide = replace(self, quiet_from=quiet_from, quiet_to=quiet_to)
        if self.quiet_from != self.quiet_to:
            start, end = min(self.quiet_from, quiet_from, key=evening), max(self.quiet_to, quiet_to, key=evening)
            wide = replace(self, quiet_from=start, quiet_to=end)
        return replace(wide, daily=wide.quiet_to) if wide.are_quiet_at(self.daily) else wide

    def allow(self, quiet_from: time, quiet_to: time) -> bool:
        """Say whether a person may choose these quiet hours: no less than the office's, and not beyond the widest."""
        shortest = self.quiet_from, self.quiet_to
        if self.quiet_from == self.quiet_to:
            shortest = self.own_to, self.own_from
        start, end = evening(quiet_from), evening(quiet_to)
        return (
            evening(self.own_from) <= start <= evening(shortest[0])
            and evening(shortest[1]) <= end <= evening(self.own_to)
            and start < end
        )

    def morning_after(self, now: datetime, zone: str) -> datetime:
        """Return when the next card of the day goes out."""
        today = local(now, zone).date()
        this = to_utc(today, self.daily, zone)
        return this if this > now else to_utc(today + timedelta(days=1), self.daily, zone)

    def deadline_of(self, month: date) -> date:
        """Return the day until which the month's meetings are to be logged; `month` is any day of it."""
        first = month.replace(day=1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return min(first + timedelta(days=self.deadline - 1), last)


def read_hours(db: Connection) -> Hours:
    """Read what the office set; where it set nothing, the program's own hours hold."""
    own = Hours()

    def at(name: str, default: time) -> time:
        kept = rules.rule(db, name)
        return time.fromisoformat(kept) if kept else default

    return Hours(
        at(DAILY, own.daily),
        at(QUIET_FROM, own.quiet_from),
        at(QUIET_TO, own.quiet_to),
        rules.rule(db, REST) or own.rest,
        int(rules.rule(db, DEADLINE) or own.deadline),
        at(OWN_FROM, own.own_from),
        at(OWN_TO, own.own_to),
    )


def evening(at: time) -> int:
    """Return the minutes since noon: nights are compared by it, of which one part lies before midnight."""
    return (at.hour * 60 + at.minute - NOON) % (24 * 60)


def hours_of(db: Connection, person_id: int, office: Hours | None = None) -> Hours:
    """Return the hours that hold for a person; `office` where they were read before."""
    hours = office or read_hours(db)
    own = people.quiet_hours(db, person_id)
    return hours.widened(*own) if own else hours


def is_rest_day(db: Connection, day: date, rest: str) -> bool:
    """Say whether nobody is nudged on this day."""
    if rest == "none":
        return False
    return day.weekday() == 6 or (rest == "holidays" and is_day_off(db, day))
