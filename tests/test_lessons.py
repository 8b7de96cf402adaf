"""Modules and lessons: seeded once, edited by the office, and what a group has next."""

import json
import sqlite3
from collections.abc import Iterator

import pytest

from storage import lessons, places
from storage.database import Connection
from storage.people import add_person
from tests.worlds import migrated

NOW = "2023-11-01T01:00:00.000+00:00"


@pytest.fixture
def db() -> Iterator[Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(migrated())
    connection.row_factory = sqlite3.Row
    lessons.load_lessons(connection, _seed())
    yield connection
    connection.close()


@pytest.fixture
def group(db: Connection) -> int:
    places.load_places(db, {"districts": [{"name": "Stabat", "kelurahan": ["Kwala Bingai"]}]})
    siti = add_person(
        db, name="Siti Aminah", phone="+6281200000001", role="facilitator", district_id=1, village_id=1, now=NOW
    )
    row = db.execute(
        "INSERT INTO groups (ref, person_id, village_id, name, members, made_at) VALUES ('g', ?, 1, 'Melati', 18, ?) "
        "RETURNING id",
        (siti, NOW),
    ).fetchone()
    return int(row[0])


def _seed() -> dict[str, object]:
    seed: dict[str, object] = json.loads(lessons.SEED.read_text(encoding="utf-8"))
    return seed


def _hold(db: Connection, group: int, lesson: int | None, day: int, state: str = "held") -> None:
    db.execute(
        """
        INSERT INTO meetings (ref, group_id, person_id, lesson_id, topic, day, starts_at, ends_at, zone, state, members,
                              made_at, logged_at, logged_by, sent_at)
        VALUES (:ref, :group, 1, :lesson, 'Cuci tangan', :day, :day || 'T07:00:00.000+00:00',
                :day || 'T09:00:00.000+00:00', 'Asia/Jakarta', :state,
                iif(:state = 'held', 18, NULL), :now, iif(:state = 'held', :now, NULL), iif(:state = 'held', 1, NULL),
                :now)
        """,
        {
            "ref": f"{day}-{lesson}-{state}",
            "group": group,
            "lesson": lesson,
            "day": f"2023-11-{day:02}",
            "state": state,
            "now": NOW,
        },
    )


def _numbered(db: Connection, text: str) -> lessons.Lesson:
    found = lessons.lesson_numbered(db, text)
    assert found is not None
    return found


def test_the_seed_has_29_lessons_in_six_modules(db: Connection) -> None:
    """Fourteen core lessons and fifteen on stunting, each module with a key that stays."""
    modules = lessons.modules(db)
    assert [module.rank for module in modules] == [1, 2, 3, 4, 5, 6]
    assert [len(lessons.lessons(db, module.id)) for module in modules] == [4, 3, 3, 2, 2, 15]
    assert [module.key for module in modules] == [
        "pengasuhan", "keuangan", "kesehatan", "perlindungan", "kesejahteraan", "stunting"
    ]  # fmt: skip
    assert lessons.module(db, modules[1].id) == modules[1]
    assert lessons.module(db, 99) is None


def test_a_lesson_is_named_by_module_and_sesi(db: Connection) -> None:
    """ "2.2" is the second sesi of the second module."""
    found = _numbered(db, " 2.2 ")
    assert found.title == "Cermat Meminjam dan Menabung"
    assert (found.module, found.module_rank, found.number) == ("Pengelolaan Keuangan dan Perencanaan Usaha", 2, 2)
    assert lessons.lesson(db, found.id) == found
    assert _numbered(db, "2,2") == found


@pytest.mark.parametrize("text", ["", "2", "2.9", "9.1", "0.0", "2.2.2", "dua.dua", "-2.2", "2.222", "²·²"])
def test_what_names_no_lesson_is_none(db: Connection, text: str) -> None:
    """What is typed wrongly chooses nothing."""
    assert lessons.lesson_numbered(db, text) is None


def test_what_the_office_edited_stays(db: Connection) -> None:
    """A new start loads the seed again, over the office's own titles, names, additions and omissions."""
    second = _numbered(db, "2.2")
    assert lessons.retitle(db, second.id, "Cermat Berutang")
    added = lessons.add_lesson(db, second.module_id, "Menabung Emas")
    set_aside = _numbered(db, "1.1")
    assert lessons.set_active(db, set_aside.id, False)
    db.execute("UPDATE modules SET name = 'Ekonomi', rank = 7 WHERE key = 'keuangan'")
    assert lessons.load_lessons(db, _seed()) == 0
    found = lessons.lesson(db, second.id)
    assert found is not None
    assert (found.title, found.module, found.module_rank) == ("Cermat Berutang", "Ekonomi", 7)
    assert lessons.lessons(db, second.module_id)[-1].id == added
    assert _numbered(db, "7.4").title == "Menabung Emas"
    again = lessons.lesson(db, set_aside.id)
    assert again is not None
    assert not again.active


def test_a_lesson_set_aside_is_not_offered(db: Connection, group: int) -> None:
    """It keeps its number and stays readable for old meetings, but nobody is offered it."""
    first = _numbered(db, "1.1")
    lessons.set_active(db, first.id, False)
    assert lessons.lesson_numbered(db, "1.1") is None
    assert first.id not in [lesson.id for lesson in lessons.lessons(db, first.module_id)]
    assert len(lessons.lessons(db, first.module_id, every=True)) == 4
    assert lessons.next_lesson(db, group) == _numbered(db, "1.2")
    lessons.set_active(db, first.id, True)
    assert lessons.next_lesson(db, group) == first


def test_editing_an_unknown_lesson_says_so(db: Connection) -> None:
    """The lesson on an old button may be gone."""
    assert not lessons.retitle(db, 999, "x")
    assert not lessons.set_active(db, 999, True)
    assert lessons.lesson(db, 999) is None


def test_the_next_lesson_follows_the_latest(db: Connection, group: int) -> None:
    """First comes 1.1; after the last sesi of a module comes the next module; plans and extra topics do not count."""
    assert lessons.next_lesson(db, group) == _numbered(db, "1.1")
    _hold(db, group, _numbered(db, "1.4").id, 1)
    assert lessons.next_lesson(db, group) == _numbered(db, "2.1")
    _hold(db, group, _numbered(db, "3.1").id, 2, state="planned")
    _hold(db, group, None, 3)
    assert lessons.next_lesson(db, group) == _numbered(db, "2.1")


def test_what_was_held_is_not_suggested_again(db: Connection, group: int) -> None:
    """A group that went back to 1.1 after 1.2 has 1.3 next."""
    _hold(db, group, _numbered(db, "1.2").id, 1)
    _hold(db, group, _numbered(db, "1.1").id, 2)
    assert lessons.next_lesson(db, group) == _numbered(db, "1.3")


def test_after_the_end_come_the_skipped_ones_and_then_none(db: Connection, group: int) -> None:
    """A group that had the last lesson is offered what it missed; one that had all is offered nothing."""
    every = [lesson for module in lessons.modules(db) for lesson in lessons.lessons(db, module.id)]
    for day, lesson in enumerate(every[1:], 1):
        _hold(db, group, lesson.id, day)
    assert lessons.next_lesson(db, group) == every[0]
    _hold(db, group, every[0].id, 30)
    assert lessons.next_lesson(db, group) is None
