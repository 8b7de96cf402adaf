"""Audiences: one rule for who is invited, counted and let in later; people by their names; when to send."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bot.message import Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question
from handlers.announcing.send_time import SendTime
from handlers.announcing.several_people import SeveralPeople
from storage import events, people, places, reach
from storage.database import Connection
from storage.events import Audience
from tests.worlds import migrated

NOW = datetime(2023, 11, 6, 2, tzinfo=UTC)
STAMP = "2023-11-06T02:00:00.000+00:00"
FIELD = ("facilitator", "tksk")


@pytest.fixture
def db() -> Iterator[Connection]:
    """Two kecamatan with two people each: a facilitator and a TKSK; and one facilitator who has left."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(migrated())
    places.load_places(connection, {"districts": [{"name": "Binjai", "desa": []}, {"name": "Stabat", "desa": []}]})
    roster = [("Siti", "facilitator", 2), ("Budi", "facilitator", 1), ("Tono", "tksk", 2), ("Joko", "tksk", 1)]
    for name, role, district in [*roster, ("Gone", "facilitator", 2)]:
        people.add_person(
            connection, name=name, phone=None, role=role, district_id=district, village_id=None, now=STAMP
        )
    people.set_active(connection, 5, False)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        (Audience(FIELD), ["Siti", "Budi", "Tono", "Joko"]),
        (Audience(("facilitator",)), ["Siti", "Budi"]),
        (Audience(FIELD, (2,)), ["Siti", "Tono"]),
        (Audience(("tksk",), (2,), people=(2,)), ["Budi", "Tono"]),
        (Audience(FIELD, (), (), (1, 4)), ["Budi", "Tono"]),
        (Audience((), (), (1, 3, 5)), ["Siti", "Tono"]),
        (Audience((), (), (1, 3), (1,)), ["Tono"]),
        (Audience((), (), (), ()), []),
    ],
)
def test_who_is_meant(db: Connection, audience: Audience, names: list[str]) -> None:
    """Roles in districts and people by name, less the exceptions and those who left; whichever way one asks."""
    event = _event(db, audience)
    assert reach.reach(db, audience, "", STAMP).total == len(names)
    belonging = [id_ for id_ in range(1, 6) if events.belongs(db, event.id, id_)]
    frozen = reach.freeze(db, event.id, audience)
    assert [name for _, name in frozen] == names
    assert belonging == [id_ for id_, _ in frozen]
    assert events.audience_of(db, event.id) == audience


def test_an_audience_as_it_was_kept_before_is_still_read() -> None:
    """Events announced before people could be named have roles and districts alone."""
    assert Audience.from_json(json.dumps({"roles": ["tksk"], "districts": []})) == Audience(("tksk",))
    assert json.loads(Audience(("tksk",)).to_json()) == {"roles": ["tksk"], "districts": []}


PEOPLE = [(1, "Siti Aminah", "Stabat"), (2, "Siti Aminah Lubis", "Binjai"), (3, "Budi", ""), (4, "Dewi", "Babalan")]


def test_names_are_found_and_the_ambiguous_asked() -> None:
    """A full name means its bearer alone; a part that fits several is asked, and the rest of the list is not lost."""
    question = SeveralPeople("Siapa?", PEOPLE)
    assert question.read(_said("budi, siti aminah\ndewi"), None) == Done([3, 1, 4])
    asked = question.read(_said("budi; siti; dewi, budi"), None)
    assert isinstance(asked, More)
    assert question.says(asked.partial).plain == "siti: yang mana?"
    assert [one.label for one in question.choices(asked.partial)] == [
        "Siti Aminah · Stabat",
        "Siti Aminah Lubis · Binjai",
    ]
    assert question.read(_said("2"), asked.partial) == Done([3, 2, 4])
    for wrong in ("joko", "budi, joko", "siti, joko", ", ,", ""):
        with pytest.raises(NotUnderstood):
            question.read(_said(wrong), None)
    with pytest.raises(NotUnderstood):
        question.read(_said("joko"), asked.partial)
    with pytest.raises(NoLongerFits):
        question.load([3, 9])


def test_a_time_to_send_is_read_together_or_in_two_steps() -> None:
    """Between now and the beginning; a day alone asks for the hour, an hour alone means today."""
    question = SendTime(NOW, datetime(2023, 11, 10, 2, tzinfo=UTC), "Asia/Jakarta")
    assert question.read(_said("besok jam 8 pagi"), None) == Done("2023-11-07T01:00:00.000+00:00")
    assert question.read(_said("jam 14.30"), None) == Done("2023-11-06T07:30:00.000+00:00")
    day = question.read(_said("Kamis"), None)
    assert day == More({"day": "2023-11-09"})
    assert question.read(_said("07.00"), {"day": "2023-11-09"}) == Done("2023-11-09T00:00:00.000+00:00")
    for wrong in ("jam 08.00", "10 November jam 10.00", "segera", "31 februari"):
        with pytest.raises(NotUnderstood):
            question.read(_said(wrong), None)
    with pytest.raises(NoLongerFits):
        question.load("2023-11-06T02:00:00.000+00:00")
    _has_no_choice_that_is_refused(question, {"day": "2023-11-10"})


def _has_no_choice_that_is_refused(question: Question[datetime], partial: dict[str, str]) -> None:
    for choice in question.choices(partial):
        assert isinstance(question.read(_said(choice.label), partial), Done)


def _said(text: str) -> Said:
    return Said("simulator", "simulator:rahma", "1", NOW, "text", text)


def _event(db: Connection, audience: Audience) -> events.Event:
    operator = people.add_person(
        db, name="Rahma", phone=None, role="operator", district_id=None, village_id=None, now=STAMP
    )
    return events.add_event(
        db,
        ref="d1",
        subject="Rapat",
        place="Aula",
        first_day="2023-11-10",
        last_day="2023-11-10",
        starts="09:00",
        ends=None,
        starts_at="2023-11-10T02:00:00.000+00:00",
        zone="Asia/Jakarta",
        attachment=None,
        audience=audience,
        made_by=operator,
        now=STAMP,
    )
