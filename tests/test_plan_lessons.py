"""Which lesson each plan has: what comes next, in order, unless its facilitator chose another."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from storage import groups, lessons, meeting_changes, places, plan_lessons, plans
from storage.database import Connection
from storage.meeting_records import Attendance, Occasion, hold_meeting, record_not_held
from storage.people import add_person
from tests.worlds import LESSONS, PLACES, migrated

NOW = "2023-11-10T01:00:00.000+00:00"
LOGGED = "2023-11-10T02:00:00.000+00:00"


class Melati:
    """Siti's group, with what it had and what is planned; lessons are named by their short numbers."""

    def __init__(self, db: Connection, group_id: int, siti: int) -> None:
        self.db = db
        self.id = group_id
        self.siti = siti

    def plan(self, day: str, lesson: str = "") -> int:
        """Plan a meeting; the lesson that is named was chosen by hand."""
        return plans.plan_meeting(
            self.db,
            ref=f"plan {day}",
            group_id=self.id,
            person_id=self.siti,
            lesson_id=self.lesson(lesson) if lesson else None,
            topic="" if lesson else plan_lessons.NOTHING_LEFT,
            day=day,
            starts_at=f"{day}T07:00:00.000+00:00",
            ends_at=f"{day}T09:00:00.000+00:00",
            zone="Asia/Jakarta",
            place="",
            now=NOW,
            chosen=bool(lesson),
        )

    def hold(self, day: str, lesson: str, planned: int | None = None) -> int:
        """Report a meeting of that day, on a plan or beside it."""
        return hold_meeting(self.db, self._occasion(day, lesson, planned), Attendance(18, {}, {}))

    def miss(self, day: str, planned: int) -> None:
        """Report that a planned meeting was not held."""
        record_not_held(self.db, self._occasion(day, "1.1", planned), "hujan")

    def _occasion(self, day: str, lesson: str, planned: int | None) -> Occasion:
        values: dict[str, Any] = {"starts_at": f"{day}T07:00:00.000+00:00", "ends_at": f"{day}T09:00:00.000+00:00"}
        return Occasion(
            ref=f"report {day} {lesson} {planned}",
            planned=planned,
            group_id=self.id,
            person_id=self.siti,
            lesson_id=self.lesson(lesson),
            topic="",
            day=day,
            zone="Asia/Jakarta",
            place="",
            logged_at=LOGGED,
            logged_by=self.siti,
            sent_at=None,
            **values,
        )

    def lesson(self, number: str) -> int:
        """Return the id of the lesson with this number."""
        found = lessons.lesson_numbered(self.db, number)
        assert found is not None
        return found.id

    def follow(self, since: str = NOW) -> list[tuple[str, str]]:
        """Let the plans follow; return which have another lesson, by day."""
        return [(one.starts_at[5:10], one.lesson) for one in plan_lessons.follow(self.db, self.id, since)]

    def planned(self) -> list[str]:
        """Return the lessons of the plans, in order."""
        rows = self.db.execute(
            """
            SELECT coalesce(m.rank || '.' || l.number, t.topic) FROM meetings t
            LEFT JOIN lessons l ON l.id = t.lesson_id LEFT JOIN modules m ON m.id = l.module_id
            WHERE t.state = 'planned' ORDER BY t.starts_at
            """
        )
        return [str(row[0]) for row in rows]


@pytest.fixture
def melati() -> Iterator[Melati]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.deserialize(migrated())
    db.row_factory = sqlite3.Row
    lessons.load_lessons(db, json.loads(LESSONS.read_text()))
    places.load_places(db, PLACES)
    siti = add_person(
        db, name="Siti Aminah", phone="+6281200000001", role="facilitator", district_id=1, village_id=1, now=NOW
    )
    group_id = groups.add_group(db, ref="g", person_id=siti, village_id=1, name="Melati", members=18, now=NOW)
    yield Melati(db, group_id, siti)
    db.close()


def test_plans_have_the_lessons_in_the_order_of_their_days(melati: Melati) -> None:
    """Whichever was planned first; asked again, nothing changes."""
    melati.hold("2023-10-10", "1.1")
    melati.plan("2023-12-12")
    assert melati.follow() == [("12-12", "1.2")]
    melati.plan("2023-11-20")
    assert melati.follow() == [("11-20", "1.2"), ("12-12", "1.3")]
    assert melati.follow() == []


def test_a_plan_that_is_held_as_planned_moves_no_other(melati: Melati) -> None:
    """The others were given what comes after it, also where its lesson was chosen against the order."""
    first, third = melati.plan("2023-11-12"), melati.plan("2023-11-26", "3.1")
    melati.plan("2023-11-19")
    melati.plan("2023-12-03")
    melati.follow()
    assert melati.planned() == ["1.1", "1.2", "3.1", "3.2"]
    melati.hold("2023-11-12", "1.1", first)
    assert melati.follow() == []
    melati.hold("2023-11-26", "3.1", third)
    assert melati.follow("2023-11-27") == []


def test_what_is_held_beside_the_plans_moves_them_on_and_back(melati: Melati) -> None:
    """A correction of the report, as its other lesson, brings back what it had taken away."""
    melati.plan("2023-11-20")
    melati.plan("2023-12-12")
    melati.follow()
    report = melati.hold("2023-11-09", "1.1")
    assert melati.follow() == [("11-20", "1.2"), ("12-12", "1.3")]
    other = meeting_changes.values_of(melati.db, report) | {"lesson_id": None, "topic": "Cuci tangan"}
    meeting_changes.change_record(melati.db, report, other, melati.siti, NOW)
    assert melati.follow() == [("11-20", "1.1"), ("12-12", "1.2")]


def test_what_was_chosen_stays_and_is_given_to_no_other(melati: Melati) -> None:
    """A lesson can be repeated on purpose, and one that is chosen for a later day does not come before it as well."""
    melati.hold("2023-10-10", "1.1")
    melati.plan("2023-11-20", "1.1")
    melati.plan("2023-12-12", "1.2")
    melati.plan("2023-12-05")
    assert melati.follow() == [("12-05", "1.3")]
    melati.hold("2023-11-09", "1.2")
    assert melati.follow() == []
    assert melati.planned() == ["1.1", "1.3", "1.2"]


def test_a_plan_that_has_begun_keeps_its_lesson_until_it_is_told(melati: Melati) -> None:
    """Its facilitator went there with it: what is reported of another day makes it a repeat, and is told."""
    begun = melati.plan("2023-11-10")
    melati.plan("2023-11-20")
    melati.follow()
    assert plan_lessons.given_meanwhile(melati.db, begun) is None
    melati.hold("2023-11-09", "1.1")
    assert melati.follow("2023-11-10T08:00:00.000+00:00") == []
    assert melati.planned() == ["1.1", "1.2"]
    assert plan_lessons.given_meanwhile(melati.db, begun) == "2023-11-09"


def test_a_meeting_that_was_not_held_gives_its_lesson_to_the_next(melati: Melati) -> None:
    """Nor does one that a colleague recorded by mistake keep the colleague's lesson: the plan is as it was."""
    first = melati.plan("2023-11-11")
    second = melati.plan("2023-11-20")
    melati.follow()
    melati.miss("2023-11-11", first)
    assert melati.follow("2023-11-12") == [("11-20", "1.1")]
    melati.hold("2023-11-20", "5.1", second)
    assert meeting_changes.drop_unconfirmed(melati.db, second)
    assert melati.follow("2023-11-20") == [("11-20", "1.1")]


def test_where_nothing_is_left_a_plan_is_of_other_material(melati: Melati) -> None:
    """Before that it goes back to what was skipped; and it has a lesson again as soon as there is one."""
    last = lessons.lessons_in_use(melati.db)[-1]
    for one in lessons.lessons_in_use(melati.db)[1:]:
        melati.hold("2023-10-10", f"{one.module_rank}.{one.number}")
    melati.plan("2023-11-20")
    melati.plan("2023-12-12")
    melati.follow()
    assert melati.planned() == ["1.1", "Materi tambahan"]
    added = lessons.add_lesson(melati.db, last.module_id, "Dapur Sehat")
    assert len(melati.follow()) == 2
    lessons.set_active(melati.db, added, False)
    plan_lessons.follow_unused(melati.db, NOW)
    assert melati.planned() == ["1.1", "Materi tambahan"]


def test_the_lesson_of_a_plan_to_be_is_the_one_that_it_gets(melati: Melati) -> None:
    """What is proposed for a moment, of a plan that is there or is not yet, is what following gives it."""
    melati.hold("2023-10-10", "1.1")
    melati.plan("2023-12-12")
    melati.follow()
    proposed = plan_lessons.lesson_at(melati.db, melati.id, "2023-11-20T07:00:00.000+00:00", NOW)
    new = melati.plan("2023-11-20")
    melati.follow()
    assert proposed == melati.lesson("1.2")
    assert melati.planned() == ["1.2", "1.3"]
    assert plan_lessons.lesson_at(melati.db, melati.id, "2023-11-20T07:00:00.000+00:00", NOW, new) == proposed
    assert plan_lessons.lesson_at(melati.db, melati.id, "2024-01-20T07:00:00.000+00:00", NOW) == melati.lesson("1.4")


def test_without_plans_it_is_what_the_group_has_next(melati: Melati) -> None:
    """The rule stands twice, once for all that is planned and once, cheaper, for what a card says: they agree."""
    every = [
        f"{one.module_rank}.{one.number}"
        for module in lessons.modules(melati.db)
        for one in lessons.lessons(melati.db, module.id)
    ]
    dice = Random(5)
    for day in range(40):
        following = lessons.next_lesson(melati.db, melati.id)
        at = plan_lessons.lesson_at(melati.db, melati.id, "2030-01-01T07:00:00.000+00:00", NOW)
        assert at == (following.id if following else None)
        held = date(2021, 1, 4) + timedelta(weeks=day)
        melati.hold(held.isoformat(), dice.choice(every))
