"""Whose data an incident touched: every line's scope is resolved to people, of now and of then, into an Excel file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import utc_text
from bot.roster_change import apply_roster
from handlers.auditing.touched import Span, find, write
from storage import audit, events, invitations, office, people, roster_search
from storage.database import Connection, migrate
from storage.events import Audience
from storage.roster import RosterRow
from storage.touched import people_touched
from tests.talk import ZONE
from tests.workbook_tables import fields_of, tables_of
from tests.worlds import build_world

NOW = datetime(2023, 11, 6, 2, 0, tzinfo=UTC)
BABALAN, BINJAI, STABAT = 1, 2, 3
RAHMA, SITI, BUDI, TONO, YANTI, DEWI = range(1, 7)


def at(minutes: int) -> str:
    """Return the moment so many minutes after the beginning, as the store keeps it."""
    return utc_text(NOW + timedelta(minutes=minutes))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Connection]:
    """An office of six people."""
    with closing(sqlite3.connect(tmp_path / "pkh.sqlite3", isolation_level=None)) as made:
        migrate(made)
        made.row_factory = sqlite3.Row
        build_world(made, lambda who: f"simulator:{who}", NOW)
        yield made


def touched(db: Connection, object: str, detail: str = "", minutes: int = 10, action: str = "see roster") -> set[int]:
    """Leave a line, and say whom it touches."""
    office.note(db, at(minutes), RAHMA, action, object, detail)
    return people_touched(db, audit.lines_before(db, None, 1)[0])


def an_event(db: Connection, *invited: int) -> int:
    """Make an event with these people."""
    made = events.add_event(
        db,
        ref="d1",
        subject="Rapat",
        place="Aula",
        first_day="2023-11-10",
        last_day="2023-11-10",
        starts="08:00",
        ends=None,
        starts_at="2023-11-10T01:00:00.000+00:00",
        zone=ZONE,
        attachment=None,
        audience=Audience((), (), invited),
        made_by=RAHMA,
        now=at(0),
    )
    for one in invited:
        invitations.invite(db, made.id, one)
    return made.id


def test_what_a_line_names_itself_is_exact(db: Connection) -> None:
    """A card, an entry by hand, somebody ticked off a list: nobody else."""
    event = an_event(db, SITI, BUDI)
    assert touched(db, f"person:{SITI}") == {SITI}
    assert touched(db, f"event:{event}", f"slot 1 H person:{BUDI}") == {BUDI}
    assert touched(db, "office", f"person:{SITI} person:{DEWI}") == {SITI, DEWI}
    assert touched(db, f"group:{7}", f"person:{SITI} > person:{BUDI}") == {SITI, BUDI}


def test_a_list_touches_who_stands_on_it(db: Connection) -> None:
    """An event: its invited and its committee; one kecamatan of it: those of them who are there."""
    event = an_event(db, SITI, BUDI, TONO)
    events.set_committee(db, event, YANTI, True)
    assert touched(db, f"event:{event}") == {SITI, BUDI, TONO, YANTI}
    assert touched(db, f"event:{event}", f"district:{BINJAI}") == {BUDI}
    assert touched(db, "event:99") == set()


def test_a_kecamatan_touches_who_was_in_it_then(db: Connection) -> None:
    """Who has moved away since was on the list; who came to the office later was not."""
    office.note(db, at(20), RAHMA, "move", f"person:{SITI}", f"district:{STABAT} > district:{BINJAI}")
    roster_search.move_to_district(db, SITI, BINJAI)
    people.add_person(db, name="Baru", phone=None, role="tksk", district_id=STABAT, village_id=None, now=at(30))
    assert touched(db, f"district:{STABAT}", minutes=10) == {SITI, TONO, YANTI}
    assert touched(db, f"district:{STABAT}", minutes=40) == {TONO, YANTI, 7}


def test_everything_touches_everybody_who_was_there(db: Connection) -> None:
    """An export or a backup: all people of that moment."""
    people.add_person(db, name="Baru", phone=None, role="tksk", district_id=None, village_id=None, now=at(30))
    assert touched(db, "all", minutes=10) == {RAHMA, SITI, BUDI, TONO, YANTI, DEWI}
    assert touched(db, "facilitators", minutes=40) == {SITI, BUDI, DEWI}
    assert touched(db, "office") == set()


def test_an_import_touches_whom_it_brought_and_whom_it_changed(db: Connection) -> None:
    """Not those who stayed the same."""
    rows = (
        RosterRow(2, "Rahmawati Nasution", "+6281200000001", "operator", None, ""),
        RosterRow(3, "Siti Aminah Lubis", "+6281200000011", "facilitator", STABAT, "Stabat"),
        RosterRow(4, "Orang Baru", "+6281200000099", "tksk", BINJAI, "Binjai"),
    )
    apply_roster(db, rows, at(10), RAHMA, "digest")
    line = audit.lines_before(db, None, 1)[0]
    assert line.detail == f"baru 1, berubah 1, sama 1 person:{SITI}"
    assert people_touched(db, line) == {SITI, 7}


def test_the_file_names_each_person_once_with_what_was_done_and_each_deed_with_how_many(db: Connection) -> None:
    """What is about nobody is not in it; the days are the office's own, and one person's deeds can be had alone."""
    office.note(db, at(0), RAHMA, "see person", f"person:{SITI}")
    office.note(db, at(1), RAHMA, "rule", "second-yes-above", "3")
    office.note(db, at(2), YANTI, "see roster", f"district:{STABAT}")
    office.note(db, at(3), None, "export", "all")
    office.note(db, at(15 * 60 + 1), RAHMA, "see person", f"person:{BUDI}")  # past midnight in Langkat
    day = date(2023, 11, 6)
    found = find(db, Span(day, day, None), NOW, ZONE)
    written = write(found)
    tables = tables_of(written)
    assert list(tables) == ["Orang", "Tindakan", "Cara membaca"]
    siti = next(row for row in tables["Orang"] if row[1] == "Siti Aminah")
    assert siti[2:] == (
        *("Pendamping PKH", "Stabat", "0812-0000-0011", "dilihat, diekspor"),
        "melihat kartu petugas, melihat daftar petugas, mengekspor semua data",
        *(3, "06/11/2023 09.00", "06/11/2023 09.03"),
    )
    assert [(row[0], row[2], row[3], row[5], row[6]) for row in tables["Tindakan"][1:]] == [
        (1, "Rahmawati Nasution", "melihat kartu petugas", "Siti Aminah", 1),
        (3, "Yanti Ginting", "melihat daftar petugas", "Kecamatan Stabat", 3),
        (4, "baris perintah", "mengekspor semua data", "semua petugas", 6),
    ]
    assert fields_of(written, "Orang")["Rentang"] == "Senin, 6 November 2023"
    assert write(found) == written
    assert [one.name for one in find(db, Span(day, day, YANTI), NOW, ZONE).people] == [
        *("Siti Aminah", "Tono Surbakti", "Yanti Ginting"),
    ]


def test_a_person_of_whom_a_line_speaks_may_be_gone(db: Connection) -> None:
    """A line outlives whom it names: it is still listed, and names nobody."""
    office.note(db, at(0), RAHMA, "see person", "person:4711")
    day = date(2023, 11, 6)
    found = find(db, Span(day, day, None), NOW, ZONE)
    assert (len(found.deeds), found.people) == (1, [])
