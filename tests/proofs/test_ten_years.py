"""Ten years of data: every card and file of one facilitator is read within its time."""

import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.documents.meetings_workbook import MeetingsHead
from bot.documents.recap_workbook import Signatures, write_recap
from handlers.reporting.my_recap import standing, write_card
from handlers.reporting.periods import Period, read_period
from handlers.reporting.recap_files import recap_months
from storage.facilitator_month import group_months, my_groups
from storage.records import first_day, has_records, record, records_between
from tests.proofs.ten_years import LAST, MEETINGS, build_ten_years

pytestmark = pytest.mark.proof

NOW = "2023-11-20T05:00:00.000+00:00"
TRIES = 40
LIMIT = 0.100


def period(key: str) -> Period:
    """Read a period that is one."""
    found = read_period(key)
    assert found is not None
    return found


def test_every_card_of_one_facilitator_is_quick(tmp_path: Path) -> None:
    """The slowest of many readings, of many facilitators, stays under a tenth of a second."""
    ids = build_ten_years(tmp_path / "ten.db")
    db = sqlite3.connect(tmp_path / "ten.db")
    assert db.execute("SELECT count(*) FROM meetings").fetchone()[0] == MEETINGS
    november, triwulan, year = period("2023-11"), period("2023-T4"), period("2023")

    def picture(one: int) -> None:
        groups = [each.id for each in my_groups(db, one)]
        assert len(group_months(db, groups, "2023-01-01", "2023-12-31", NOW)) > 80

    def read(one: int, over: Period) -> None:
        assert records_between(db, one, over.first.isoformat(), over.last.isoformat())

    latest = db.execute("SELECT id FROM meetings WHERE person_id = ? ORDER BY day DESC LIMIT 1", (ids[0],)).fetchone()[
        0
    ]
    readings: dict[str, Callable[[int], object]] = {
        "card of the month": lambda one: write_card(standing(db, one, november, LAST, NOW), november, LAST),
        "which buttons": lambda one: (has_records(db, one, "2023-11-01", "2023-11-30"), first_day(db, one)),
        "picture of the year": picture,
        "records of the month": lambda one: read(one, november),
        "records of the triwulan": lambda one: read(one, triwulan),
        "records of the year": lambda one: read(one, year),
        "one record": lambda one: record(db, latest),
    }
    for what, reading in readings.items():
        times = sorted(_seconds(reading, ids[n * 3 % len(ids)]) for n in range(TRIES))
        say(f"{what:26} median {times[TRIES // 2] * 1000:6.2f} ms   slowest {times[-1] * 1000:6.2f} ms")
        assert times[-1] < LIMIT, what
    seconds = _seconds(lambda one: _workbook(db, one, triwulan), ids[0])
    say(f"{'Excel of the triwulan':26} {seconds * 1000:6.0f} ms, off the event loop")
    db.close()


def _workbook(db: sqlite3.Connection, person_id: int, over: Period) -> bytes:
    records = records_between(db, person_id, over.first.isoformat(), over.last.isoformat())
    months = recap_months(over, records, date(2023, 11, 20))
    return write_recap(MeetingsHead("A", "B", "C"), over.name, months, Signatures("", "", "", "", ""), [])


def say(line: str) -> None:
    """Print a figure, for who runs this with -s."""
    sys.stdout.write(f"{line}\n")


def _seconds(do: Callable[[int], object], person_id: int) -> float:
    started = time.perf_counter()
    do(person_id)
    return time.perf_counter() - started
