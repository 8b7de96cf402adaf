"""What a group has been taught and when, how far it is, and which member numbers missed which lesson."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage import memberships
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Given:
    """One meeting that was held: its lesson, or other material's title; days are local ISO dates.

    `absent` are the numbers who were not there; `unnumbered` is how many more, of whom only the count was said.
    """

    meeting_id: int
    lesson_id: int | None
    topic: str
    day: str
    absent: frozenset[int]
    unnumbered: int


@dataclass(frozen=True, slots=True)
class Part:
    """How many of a part's lessons in use a group has had; the core is one part, with None as `module_id`."""

    module_id: int | None
    name: str
    held: int
    all: int


def given(db: Connection, group_id: int) -> list[Given]:
    """Return what the group was taught, the earliest first."""
    absent: dict[int, set[int]] = {}
    for meeting_id, member in db.execute(
        """
        SELECT a.meeting_id, a.member FROM meetings t JOIN absences a ON a.meeting_id = t.id
        WHERE t.group_id = ? AND t.state = 'held'
        """,
        (group_id,),
    ):
        absent.setdefault(meeting_id, set()).add(member)
    rows = db.execute(
        """
        SELECT id, lesson_id, topic, day, sick + excused + absent FROM meetings
        WHERE group_id = ? AND state = 'held' ORDER BY day, starts_at, id
        """,
        (group_id,),
    )
    return [
        Given(id_, lesson_id, topic, day, frozenset(absent.get(id_, ())), missing - len(absent.get(id_, ())))
        for id_, lesson_id, topic, day, missing in rows
    ]


def last_given(db: Connection, group_id: int, but: int | None = None) -> dict[int, str]:
    """Return the last local day of each lesson that the group had; the meeting `but` is left out."""
    rows = db.execute(
        """
        SELECT lesson_id, max(day) FROM meetings
        WHERE group_id = :group AND state = 'held' AND lesson_id IS NOT NULL AND id IS NOT :but GROUP BY lesson_id
        """,
        {"group": group_id, "but": but},
    )
    return {int(lesson_id): str(day) for lesson_id, day in rows}


def parts(db: Connection, group_id: int) -> list[Part]:
    """Return how far the group is: in the core, and in every other module in use by itself."""
    rows = db.execute(
        """
        SELECT CASE m.core WHEN 1 THEN NULL ELSE m.id END AS part, max(m.name),
               count(*) FILTER (WHERE l.id IN (SELECT lesson_id FROM meetings
                                WHERE group_id = ? AND state = 'held' AND lesson_id IS NOT NULL)),
               count(*)
        FROM lessons l JOIN modules m ON m.id = l.module_id WHERE l.active = 1 AND m.active = 1
        GROUP BY part ORDER BY max(m.core) DESC, min(m.rank), part
        """,
        (group_id,),
    )
    return [Part(part, "" if part is None else str(name), held, every) for part, name, held, every in rows]


def missed(db: Connection, group_id: int, today: str) -> Mapping[int, tuple[int, ...]]:
    """Return which lessons each of today's members has missed, by number, in the order in which they were given.

    Missed is a lesson that was given while somebody was a member, and never with him or her there. Where only the
    count of the absent was said, nobody is taken to have missed it.
    """
    roll = memberships.roll(db, group_id)
    had: dict[int, set[int]] = {}
    lacks: dict[int, dict[int, None]] = {}
    for one in given(db, group_id):
        if one.lesson_id is None:
            continue
        then = roll.on(one.day)
        for number in one.absent & then:
            lacks.setdefault(number, {})[one.lesson_id] = None
        had.setdefault(one.lesson_id, set()).update(then - one.absent)
    here = roll.on(today)
    found = {
        number: tuple(lesson for lesson in lessons if number not in had.get(lesson, ()))
        for number, lessons in sorted(lacks.items())
        if number in here
    }
    return {number: lessons for number, lessons in found.items() if lessons}
