"""The roster: what a file would change, and changing it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from storage import places, roster
from storage.database import Connection
from storage.people import add_person, person_with_phone
from storage.roster import RosterRow
from tests.worlds import migrated

NOW = "2023-11-01T01:00:00.000+00:00"
STABAT, BABALAN = 1, 2
BANYUMAS, KWALA_BINGAI, TELUK_MEKU = 1, 2, 3
SITI = RosterRow(5, "Siti Aminah", "+6281200000001", "facilitator", STABAT, "Stabat", KWALA_BINGAI)
BUDI = RosterRow(6, "Budi Sitepu", "+6281200000002", "tksk", BABALAN, "Babalan")


@pytest.fixture
def db() -> Iterator[Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(migrated())
    connection.row_factory = sqlite3.Row
    places.load_places(
        connection,
        {
            "districts": [
                {"name": "Stabat", "desa": ["Banyumas"], "kelurahan": ["Kwala Bingai"]},
                {"name": "Babalan", "desa": ["Teluk Meku"]},
            ]
        },
    )
    yield connection
    connection.close()


def test_a_first_file_adds_everybody(db: Connection) -> None:
    """On an empty roster every row is new, and comparing alone changes nothing."""
    assert roster.compare(db, [SITI, BUDI]).new == [SITI, BUDI]
    assert db.execute("SELECT count(*) FROM persons").fetchone()[0] == 0
    roster.apply(db, [SITI, BUDI], NOW)
    siti = person_with_phone(db, "+6281200000001")
    assert siti is not None
    assert (siti.name, siti.role, siti.district, siti.village) == (
        "Siti Aminah",
        "facilitator",
        "Stabat",
        "Kwala Bingai",
    )


def test_the_same_file_again_changes_nothing(db: Connection) -> None:
    """A file sent twice is harmless."""
    roster.apply(db, [SITI, BUDI], NOW)
    before = [tuple(row) for row in db.execute("SELECT * FROM persons ORDER BY id")]
    changes = roster.apply(db, [SITI, BUDI], "2023-12-01T01:00:00.000+00:00")
    assert (changes.new, changes.changed, len(changes.same), changes.missing) == ([], [], 2, [])
    assert [tuple(row) for row in db.execute("SELECT * FROM persons ORDER BY id")] == before


def test_known_people_are_brought_up_to_date(db: Connection) -> None:
    """Known by the phone; name, role, district and village follow the file, and the change says which."""
    roster.apply(db, [SITI, BUDI], NOW)
    moved = replace(SITI, name="Siti Aminah, S.Sos", role="tksk", district_id=BABALAN, village_id=TELUK_MEKU)
    changes = roster.apply(db, [moved, BUDI], NOW)
    assert changes.changed == [(1, ["name", "role", "district", "village"])]
    siti = person_with_phone(db, SITI.phone)
    assert siti is not None
    assert (siti.id, siti.name, siti.role, siti.village) == (1, "Siti Aminah, S.Sos", "tksk", "Teluk Meku")


def test_an_empty_village_keeps_the_known_one(db: Connection) -> None:
    """The column is optional; but a village in another district cannot stay."""
    roster.apply(db, [SITI], NOW)
    assert roster.compare(db, [replace(SITI, village_id=None)]).same == [1]
    changes = roster.apply(db, [replace(SITI, district_id=BABALAN, village_id=None)], NOW)
    assert changes.changed == [(1, ["district", "village"])]
    siti = person_with_phone(db, SITI.phone)
    assert siti is not None
    assert siti.village_id is None


def test_who_is_missing_is_named_and_kept(db: Connection) -> None:
    """A file never deactivates anybody; missing are people of the roles that the file is about."""
    roster.apply(db, [SITI, BUDI], NOW)
    office = add_person(db, name="Operator", phone=None, role="operator", district_id=None, village_id=None, now=NOW)
    another = replace(SITI, name="Rohani", phone="+6281200000003")
    changes = roster.apply(db, [another], NOW)
    assert changes.missing == [1]
    assert office not in changes.missing
    assert db.execute("SELECT count(*) FROM persons WHERE state = 'active'").fetchone()[0] == 4


def test_who_comes_back_is_active_again(db: Connection) -> None:
    """Somebody who was taken off and stands in the file again is changed."""
    roster.apply(db, [SITI], NOW)
    db.execute("UPDATE persons SET state = 'inactive'")
    assert roster.compare(db, []).missing == []
    assert roster.apply(db, [SITI], NOW).changed == [(1, ["state"])]
    siti = person_with_phone(db, SITI.phone)
    assert siti is not None
    assert siti.state == "active"


def test_the_office_has_no_district(db: Connection) -> None:
    """An operator works for the whole kabupaten."""
    operator = RosterRow(7, "Rina", "+6281200000009", "operator", None, "")
    roster.apply(db, [operator], NOW)
    assert roster.compare(db, [operator]).same == [1]
