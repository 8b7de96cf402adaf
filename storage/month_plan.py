"""A facilitator's month of P2K2: what is planned, held or not held, the groups that have nothing, and their habits."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Dated:
    """A meeting in the month's list; `starts_at` is UTC text, `lesson` its number ("2.2") or other material's title."""

    id: int
    group_id: int
    group: str
    village: str
    state: str
    starts_at: str
    zone: str
    lesson: str


@dataclass(frozen=True, slots=True)
class Habit:
    """How a group usually meets: in which week of the month, on which weekday (Monday is 0), when, and where.

    The group's own rule where it has one; else from its latest meetings: `day` (local), `starts_at` (UTC text), `zone`.
    """

    group_id: int
    group: str
    village: str
    place: str
    week: int | None
    weekday: int | None
    time: str | None
    day: str | None
    starts_at: str | None
    zone: str | None


def month_of(db: Connection, person_id: int, month: str) -> list[Dated]:
    """Return what the facilitator has in a month ('2023-11'), in order; what was cancelled is left out."""
    rows = db.execute(
        """
        SELECT t.id, t.group_id, g.name, v.name, t.state, t.starts_at, t.zone,
               coalesce(m.rank || '.' || l.number, t.topic)
        FROM meetings t JOIN groups g ON g.id = t.group_id JOIN villages v ON v.id = g.village_id
        LEFT JOIN lessons l ON l.id = t.lesson_id LEFT JOIN modules m ON m.id = l.module_id
        WHERE t.person_id = :person AND t.day BETWEEN :month || '-01' AND :month || '-31' AND t.state <> 'cancelled'
        ORDER BY t.starts_at, g.name, t.id
        """,
        {"person": person_id, "month": month},
    )
    return [Dated(*row) for row in rows]


_HABIT = """
    SELECT g.id, g.name, v.name, CASE WHEN p.place <> '' AND (g.place = '' OR p.place = q.place AND g.place = :unset)
           THEN p.place ELSE g.place END, g.usual_week, g.usual_weekday, g.usual_time, p.day, p.starts_at, p.zone
    FROM groups g JOIN villages v ON v.id = g.village_id
    LEFT JOIN meetings p ON p.id = (
        SELECT id FROM meetings WHERE group_id = g.id AND day < :before AND state IN ('planned', 'held')
        ORDER BY day DESC, starts_at DESC LIMIT 1)
    LEFT JOIN meetings q ON q.id = (
        SELECT id FROM meetings WHERE group_id = g.id AND day < :before AND state IN ('planned', 'held')
        ORDER BY day DESC, starts_at DESC LIMIT 1 OFFSET 1)
"""

UNSET_PLACE = "Rumah Ketua Kelompok"
"""Where a group meets as long as nobody said otherwise; two meetings in a row elsewhere say otherwise too."""


def habits_without_meeting(db: Connection, person_id: int, month: str) -> list[Habit]:
    """Return the habits of the facilitator's groups that have nothing planned or held in a month ('2023-11')."""
    rows = db.execute(
        f"""
        {_HABIT}
        WHERE g.person_id = :person AND g.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM meetings WHERE group_id = g.id AND day BETWEEN :month || '-01' AND :month || '-31'
            AND state IN ('planned', 'held'))
        ORDER BY v.name, g.name, g.id
        """,
        {"person": person_id, "month": month, "before": f"{month}-01", "unset": UNSET_PLACE},
    )
    return [Habit(*row) for row in rows]


def habit_of(db: Connection, group_id: int) -> Habit | None:
    """Return the habit of one group."""
    row = db.execute(
        f"{_HABIT} WHERE g.id = :group", {"group": group_id, "before": "9999", "unset": UNSET_PLACE}
    ).fetchone()
    return Habit(*row) if row else None
