"""What is owed: groups without a record this month, and meetings that were planned, are over, and were not logged."""

from dataclasses import dataclass

from storage.database import Connection

# A month's days are text between '2023-11-01' and '2023-11-31'. Said not to have been held is logged, too.
_OWED = """
    g.state = 'active' AND NOT EXISTS (
        SELECT 1 FROM meetings m WHERE m.group_id = g.id AND m.day BETWEEN :month || '-01' AND :month || '-31'
        AND m.state IN ('held', 'not_held'))
"""


@dataclass(frozen=True, slots=True)
class OwedGroup:
    """A group without a record; `planned` is the local day of a meeting of that month that is over and not logged."""

    name: str
    village: str
    planned: str | None


@dataclass(frozen=True, slots=True)
class Owing:
    """Somebody who owes, and for which groups."""

    name: str
    groups: tuple[str, ...]


def owed_groups(db: Connection, person_id: int, month: str, now: str) -> list[OwedGroup]:
    """Return the facilitator's groups of which nothing is logged in the month ('2023-11') and nothing is planned.

    What is planned for later than `now` (UTC text) has reminders of its own.
    """
    rows = db.execute(
        f"""
        SELECT g.name, v.name, (
            SELECT min(m.day) FROM meetings m WHERE m.group_id = g.id AND m.state = 'planned'
            AND m.day BETWEEN :month || '-01' AND :month || '-31')
        FROM groups g JOIN villages v ON v.id = g.village_id
        WHERE g.person_id = :person AND {_OWED} AND NOT EXISTS (
            SELECT 1 FROM meetings m WHERE m.group_id = g.id AND m.state = 'planned' AND m.starts_at > :now
            AND m.day BETWEEN :month || '-01' AND :month || '-31')
        ORDER BY g.name, g.id
        """,
        {"person": person_id, "month": month, "now": now},
    )
    return [OwedGroup(*row) for row in rows.fetchall()]


def owing_under(db: Connection, supervisor_id: int, month: str) -> list[Owing]:
    """Return who of the supervisor's kecamatan has groups of which nothing is logged in the month."""
    return _owing(
        db,
        f"""
        SELECT p.id, p.name, g.name FROM persons s
        JOIN persons p ON p.district_id = s.district_id AND p.role = 'facilitator' AND p.state = 'active'
        JOIN groups g ON g.person_id = p.id
        WHERE s.id = :supervisor AND {_OWED} ORDER BY p.name, p.id, g.name
        """,
        {"supervisor": supervisor_id, "month": month},
    )


def late_under(db: Connection, supervisor_id: int, day: str) -> list[Owing]:
    """Return who of the supervisor's kecamatan has not logged what was planned for that local day."""
    return _owing(
        db,
        """
        SELECT p.id, p.name, g.name FROM persons s
        JOIN persons p ON p.district_id = s.district_id AND p.state = 'active'
        JOIN meetings m ON m.person_id = p.id AND m.day = :day AND m.state = 'planned'
        JOIN groups g ON g.id = m.group_id
        WHERE s.id = :supervisor ORDER BY p.name, p.id, g.name
        """,
        {"supervisor": supervisor_id, "day": day},
    )


def _owing(db: Connection, sql: str, key: dict[str, object]) -> list[Owing]:
    found: dict[int, tuple[str, list[str]]] = {}
    for person_id, name, group in db.execute(sql, key):
        found.setdefault(person_id, (name, []))[1].append(group)
    return [Owing(name, tuple(groups)) for name, groups in found.values()]
