"""Which starts make a reminder fall due between two moments: days and hours are reckoned here, once, not row by row."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clock import from_utc_text, utc_text
from bot.dates import local, to_utc
from bot.reminder_hours import Hours
from storage.lead_times import LeadTime

ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
A_TICK_OF_TIME = timedelta(milliseconds=1)  # the store's times have no finer one


@dataclass(frozen=True, slots=True)
class Window:
    """What starts (or ends) after `low` and until `high` is due by this rule; all times are UTC text.

    A rule of days has a zone, and one moment `due_at` for all; one of minutes has each thing's own. `about` is the day
    or the month.
    """

    rule: str
    object: str
    zone: str | None
    low: str
    high: str
    due_at: str | None
    minutes: int | None
    about: str


def windows(rules: Iterable[LeadTime], hours: Hours, after: datetime, until: datetime, zone: str) -> list[Window]:
    """Return the windows of what falls due after `after` and until `until`; `zone` is the office's own."""
    active = [one for one in rules if one.active]
    found: list[Window] = []
    for rule in active:
        since = max(after, from_utc_text(rule.changed_at) - A_TICK_OF_TIME) if rule.changed_at else after
        if rule.minutes is not None:
            found += _of_minutes(rule, rule.minutes, since, until)
            continue
        # An event's own reminder asks the silent as well: to chase them on the same morning would say it twice.
        if rule.object == "answer" and any(one.object == "event" and one.days == rule.days for one in active):
            continue
        months = rule.object in ("month", "month_over")
        for where in (zone,) if months else dict.fromkeys((*ZONES, zone)):
            for day, due in _mornings(since, until, where, hours.daily):
                found += _of_month(rule, day, due, where, hours) if months else _of_day(rule, day, due, where)
    return found


def as_json(found: Iterable[Window]) -> str:
    """Write the windows as the statement reads them."""
    return json.dumps([[w.rule, w.object, w.zone, w.low, w.high, w.due_at, w.minutes, w.about] for w in found])


def _of_minutes(rule: LeadTime, minutes: int, since: datetime, until: datetime) -> Iterator[Window]:
    lead = timedelta(minutes=-minutes if rule.object == "ended" else minutes)
    if since < until:
        yield Window(rule.rule, rule.object, None, utc_text(since + lead), utc_text(until + lead), None, minutes, "")


def _of_day(rule: LeadTime, morning: date, due: datetime, zone: str) -> Iterator[Window]:
    day = morning + timedelta(days=rule.days or 0)
    low, high = (to_utc(one, time(), zone) - A_TICK_OF_TIME for one in (day, day + timedelta(days=1)))
    yield Window(rule.rule, rule.object, zone, utc_text(low), utc_text(high), utc_text(due), None, day.isoformat())


def _of_month(rule: LeadTime, morning: date, due: datetime, zone: str, hours: Hours) -> Iterator[Window]:
    day = morning + timedelta(days=rule.days or 0)
    if hours.deadline_of(day) == day:
        end = utc_text(to_utc(day + timedelta(days=1), time(), zone))
        yield Window(rule.rule, rule.object, zone, "", end, utc_text(due), None, day.isoformat()[:7])


def _mornings(after: datetime, until: datetime, zone: str, at: time) -> Iterator[tuple[date, datetime]]:
    day, last = local(after, zone).date(), local(until, zone).date()
    while day <= last:
        due = to_utc(day, at, zone)
        if after < due <= until:
            yield day, due
        day += timedelta(days=1)
