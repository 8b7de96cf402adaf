"""Districts and villages: the seed, and finding a place by what people type."""

import json
import sqlite3
from collections.abc import Iterator

import pytest

from storage import places
from storage.database import Connection
from tests.worlds import migrated


@pytest.fixture(scope="module")
def langkat() -> Iterator[Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(migrated())
    connection.row_factory = sqlite3.Row
    places.load_places(connection, json.loads(places.SEED.read_text(encoding="utf-8")))
    yield connection
    connection.close()


@pytest.fixture
def db(langkat: Connection) -> Iterator[Connection]:
    langkat.execute("BEGIN")
    yield langkat
    langkat.execute("ROLLBACK")


def test_langkat_is_whole(db: Connection) -> None:
    """The seed holds the 23 districts and 277 villages of Langkat, 240 desa and 37 kelurahan."""
    seed = json.loads(places.SEED.read_text(encoding="utf-8"))["districts"]
    assert sum(len(district["desa"]) for district in seed) == 240
    assert sum(len(district["kelurahan"]) for district in seed) == 37
    found = places.all_places(db)
    assert len(found) == len(places.districts(db)) == 23
    assert sum(map(len, found.values())) == 277


def test_loading_twice_changes_nothing(db: Connection) -> None:
    """The seed is loaded at every start, and adds only what is not there."""
    assert places.load_places(db, json.loads(places.SEED.read_text(encoding="utf-8"))) == 0
    assert sum(map(len, places.all_places(db).values())) == 277


def test_every_place_is_found_by_its_own_name(db: Connection) -> None:
    """No name of a place means another place of the same district."""
    for district, villages in places.all_places(db).items():
        assert places.district_named(db, district.name) == district
        assert places.district(db, district.id) == district
        assert places.villages(db, district.id) == villages
        for village in villages:
            assert places.village_named(db, village.name, district.id) == [village]
            assert places.village(db, village.id) == village


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stabat", "Stabat"),
        ("  KEC. STABAT ", "Stabat"),
        ("Kecamatan Sei Lepan", "Sei Lepan"),
        ("Kec.Sungai Lepan", "Sei Lepan"),
        ("sei. lepan", "Sei Lepan"),
        ("sei-lepan", "Sei Lepan"),
        ("Tg. Pura", "Tanjung Pura"),
        ("Tj Pura", "Tanjung Pura"),
        ("tanjungpura", "Tanjung Pura"),
        ("Pkl. Susu", "Pangkalan Susu"),
        ("P. Susu", "Pangkalan Susu"),
        ("Btg Serangan", "Batang Serangan"),
        ("Kuta Mbaru", "Kutambaru"),
        ("Serapit", "Sirapit"),
        ("Sei Bingei", "Sei Bingai"),
        ("Kwala", "Kuala"),
        ("Berandan Barat", "Brandan Barat"),
    ],
)
def test_a_district_is_known_however_it_is_written(db: Connection, typed: str, meant: str) -> None:
    """Letters and lists abbreviate and spell one kecamatan in many ways."""
    found = places.district_named(db, typed)
    assert found is not None
    assert found.name == meant


@pytest.mark.parametrize("typed", ["", "   ", "Kec.", "Sei", "Pangkalan", "P", "Kota Binjai", "Medan", "😀", "0812"])
def test_what_is_no_district_or_several_is_none(db: Connection, typed: str) -> None:
    """A guess would send somebody's work to the wrong kecamatan."""
    assert places.district_named(db, typed) is None


def test_an_abbreviation_of_two_districts_is_none(db: Connection) -> None:
    """ "P. Jaya" is Pematang Jaya only as long as no other district can be meant."""
    assert places.district_named(db, "P. Jaya") is not None
    db.execute("INSERT INTO districts (name) VALUES ('Pulau Jaya')")
    assert places.district_named(db, "P. Jaya") is None


def test_a_village_name_may_stand_in_several_districts(db: Connection) -> None:
    """Sidomulyo is in Binjai and in Stabat; with the district it is one."""
    both = places.village_named(db, "Sidomulyo")
    assert [village.district for village in both] == ["Binjai", "Stabat"]
    assert places.village_named(db, "kel. sidomulyo", both[1].district_id) == [both[1]]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kel. Kuala Bingai", "Kwala Bingai"),
        ("Desa Karang Rejo", "Karangrejo"),
        ("Pasar 8 Namu Trasi", "Pasar VIII Namo Trasi"),
        ("Simpang Tiga Sawit Seberang", "Simpang 3 Sawit Seberang"),
        ("Sei Ular", "Sungai Ular"),
    ],
)
def test_a_village_is_known_however_it_is_written(db: Connection, typed: str, meant: str) -> None:
    """Kwala and Kuala, one word or two, Roman numbers and digits mean the same."""
    assert [village.name for village in places.village_named(db, typed)] == [meant]


def test_unknown_ids_are_none(db: Connection) -> None:
    """An id from an old button may be gone."""
    assert places.district(db, 999) is None
    assert places.village(db, 999) is None
