"""The cards of what is owed: groups without a record this month, and what a supervisor is told of others."""

from collections.abc import Sequence
from datetime import date

from bot.dates import show_day, show_month, show_short_day
from bot.message import Message
from bot.routes import action
from bot.text import lines
from handlers.reminding.part import Part
from storage import owed
from storage.database import Connection
from storage.owed import OwedGroup, Owing
from storage.reminders import Due

RECAP = (action("rekap", "", "Rekap"),)  # from where a supervisor nudges
NAMED = 12  # of a list: a card is read on a small screen, the rest is a number


def month(db: Connection, due: Due) -> Message | None:
    """Name the groups of which nothing is logged or planned this month; None where there is none."""
    found = _month(db, due)
    return None if found is None else Message(lines(["⏰ " + found.text]), found.choices)


def month_part(db: Connection, due: Due) -> Part | None:
    """Name them among others."""
    return _month(db, due)


def month_over(db: Connection, due: Due) -> Message | None:
    """Tell the supervisor, after the deadline, who still owes for the month."""
    found = month_over_part(db, due)
    return None if found is None else Message(found.text, found.choices)


def month_over_part(db: Connection, due: Due) -> Part | None:
    """Tell it among others."""
    owing = owed.owing_under(db, due.person_id, due.occurrence)
    if not owing:
        return None
    groups = sum(len(one.groups) for one in owing)
    return Part(
        lines([f"{groups} kelompok belum punya catatan P2K2 bulan {_month_name(due)}:", *_listed(owing)]), RECAP
    )


def late(db: Connection, due: Due) -> Message | None:
    """Tell the supervisor who has not logged what was planned some days ago."""
    found = late_part(db, due)
    return None if found is None else Message(found.text, found.choices)


def late_part(db: Connection, due: Due) -> Part | None:
    """Tell it among others."""
    owing = owed.late_under(db, due.person_id, due.occurrence)
    if not owing:
        return None
    return Part(lines([f"P2K2 {show_day(date.fromisoformat(due.occurrence))} belum dicatat:", *_listed(owing)]), RECAP)


def _month(db: Connection, due: Due) -> Part | None:
    groups = owed.owed_groups(db, due.person_id, due.occurrence, due.due_at)
    if not groups:
        return None
    opening = f"{len(groups)} kelompok belum punya catatan P2K2 bulan {_month_name(due)}:"
    more = [f"dan {len(groups) - NAMED} kelompok lain"] if len(groups) > NAMED else []
    return Part(
        lines([opening, *map(_group, groups[:NAMED]), *more]),
        (action("p2k2", "", "Catat P2K2"), action("jadwal", "", "Jadwal")),
    )


def _group(group: OwedGroup) -> str:
    planned = f", rencana {show_short_day(date.fromisoformat(group.planned))} belum dicatat" if group.planned else ""
    return f"· {group.name}, {group.village}{planned}"


def _listed(owing: Sequence[Owing]) -> list[str]:
    named = [f"· {one.name}: {', '.join(one.groups)}" for one in owing[:NAMED]]
    return [*named, f"dan {len(owing) - NAMED} pendamping lain"] if len(owing) > NAMED else named


def _month_name(due: Due) -> str:
    return show_month(date.fromisoformat(f"{due.occurrence}-01"))
