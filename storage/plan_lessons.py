"""Which lesson each plan of a group has: the next ones in order, but for what its facilitator chose by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage import card_parts, plans
from storage.database import Connection

NOTHING_LEFT = "Materi tambahan"
"""What a plan is about when every lesson in use has been given or is planned."""

Place = tuple[int, int, int]
"""Where a lesson stands: the rank and the id of its module, and its number in it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A plan that has another lesson now: its number ("2.3"), '' where none is left. `starts_at` is UTC text."""

    meeting_id: int
    person_id: int
    group: str
    starts_at: str
    zone: str
    lesson: str


@dataclass(frozen=True, slots=True)
class _Step:
    """A meeting of the group, in order: held, or planned; a `free` one takes what comes next."""

    id: int
    lesson: int | None
    starts_at: str
    free: bool
    person_id: int
    zone: str


def follow(db: Connection, group_id: int, since: str) -> list[Moved]:
    """Give the group's plans from `since` (UTC text) on the lessons that come next; return those that changed.

    To be called whenever what the group had, or has planned, is otherwise. A plan that has begun stays as it is: its
    facilitator went there with that lesson. So does one whose material was chosen by hand.
    """
    if not _any_free(db, group_id, since):
        return []
    places = _places(db)
    steps = _steps(db, group_id, since)
    moved = []
    for step, lesson in _taught(steps, places):
        if not step.free or lesson == step.lesson:
            continue
        plans.replan_material(db, step.id, lesson, NOTHING_LEFT if lesson is None else "", chosen=False)
        # A card of the day that names the old lesson is written anew.
        card_parts.mark_stale(db, f"meeting:{step.id}")
        moved.append((step, lesson))
    if not moved:
        return []
    (group,) = db.execute("SELECT name FROM groups WHERE id = ?", (group_id,)).fetchone()
    return [
        Moved(step.id, step.person_id, group, step.starts_at, step.zone, _number(places, lesson))
        for step, lesson in moved
    ]


def lesson_at(db: Connection, group_id: int, starts_at: str, now: str, but: int | None = None) -> int | None:
    """Return the lesson that a plan at this moment (UTC text) has by itself; None where none is left.

    `but` is the plan itself, where it is there already.
    """
    new = _Step(0, None, starts_at, True, 0, "")
    steps = [one for one in _steps(db, group_id, now) if one.id != but]
    before = [one for one in steps if one.starts_at <= starts_at]
    steps = [*before, new, *steps[len(before) :]]
    return next(lesson for step, lesson in _taught(steps, _places(db)) if step is new)


def given_meanwhile(db: Connection, meeting_id: int) -> str | None:
    """Return on which other local day the group had the lesson that came to this meeting by itself; None if on none."""
    row = db.execute(
        """
        SELECT max(h.day) FROM meetings t JOIN meetings h ON h.group_id = t.group_id AND h.lesson_id = t.lesson_id
        WHERE t.id = ? AND t.chosen = 0 AND h.state = 'held' AND h.id <> t.id
        """,
        (meeting_id,),
    ).fetchone()
    return str(row[0]) if row[0] else None


def follow_unused(db: Connection, since: str) -> None:
    """Let plans go on whose lesson the office has set aside."""
    rows = db.execute(
        """
        SELECT DISTINCT t.group_id FROM meetings t INDEXED BY meetings_planned
        JOIN lessons l ON l.id = t.lesson_id JOIN modules m ON m.id = l.module_id
        WHERE t.state = 'planned' AND t.starts_at >= ? AND t.chosen = 0 AND NOT (l.active AND m.active)
        """,
        (since,),
    )
    for (group_id,) in rows.fetchall():
        follow(db, group_id, since)


def _any_free(db: Connection, group_id: int, since: str) -> bool:
    row = db.execute(
        "SELECT 1 FROM meetings WHERE group_id = ? AND state = 'planned' AND starts_at >= ? AND chosen = 0 LIMIT 1",
        (group_id, since),
    ).fetchone()
    return row is not None


def _steps(db: Connection, group_id: int, since: str) -> list[_Step]:
    rows = db.execute(
        """
        SELECT t.id, t.lesson_id, t.starts_at, t.state = 'planned' AND t.chosen = 0 AND t.starts_at >= :since,
               t.person_id, t.zone
        FROM meetings t LEFT JOIN lessons l ON l.id = t.lesson_id LEFT JOIN modules m ON m.id = l.module_id
        WHERE t.group_id = :group AND t.state IN ('held', 'planned')
        ORDER BY t.starts_at, m.rank, m.id, l.number, t.id
        """,
        {"group": group_id, "since": since},
    )
    return [_Step(id_, lesson, starts, bool(free), person, zone) for id_, lesson, starts, free, person, zone in rows]


def _places(db: Connection) -> dict[int, tuple[Place, bool]]:
    """Return every lesson in order, with its place and whether it is in use."""
    rows = db.execute(
        """
        SELECT l.id, m.rank, m.id, l.number, l.active AND m.active
        FROM lessons l JOIN modules m ON m.id = l.module_id ORDER BY m.rank, m.id, l.number
        """
    )
    return {int(id_): ((rank, module, number), bool(used)) for id_, rank, module, number, used in rows}


def _taught(steps: Sequence[_Step], places: dict[int, tuple[Place, bool]]) -> Iterable[tuple[_Step, int | None]]:
    """Go through the meetings in order, as if each plan were held, and say what each is about.

    What follows is, as in `lessons.next_lesson`, the first lesson after the latest one that the group has not had;
    after the end it goes back to what was skipped. What is planned for another day it does not have twice.
    """
    taken = {one.lesson for one in steps if not one.free}
    latest: Place = (0, 0, 0)
    for step in steps:
        lesson = step.lesson
        if step.free:
            left = [(place, id_) for id_, (place, used) in places.items() if used and id_ not in taken]
            lesson = next((id_ for place, id_ in left if place > latest), left[0][1] if left else None)
            taken.add(lesson)
        if lesson is not None:
            latest = places[lesson][0]
        yield step, lesson


def _number(places: dict[int, tuple[Place, bool]], lesson: int | None) -> str:
    if lesson is None:
        return ""
    rank, _, number = places[lesson][0]
    return f"{rank}.{number}"
