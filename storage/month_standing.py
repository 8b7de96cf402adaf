"""How far P2K2 is in a month: for every group whether its report is sent, a draft, or not made at all."""

from dataclasses import dataclass
from typing import Literal

from storage.database import Connection

Status = Literal["none", "not_held", "draft", "sent"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one group stands in a month; of several meetings the furthest counts. `done` is how many were held."""

    group_id: int
    group: str
    village: str
    district_id: int
    district: str
    person_id: int
    person: str
    status: Status
    done: int


# Both ends of the month are strings that sort where the days of it do. A group that was added after the month owes it
# nothing; one that has closed since is no longer asked for.
_STANDING = """
    SELECT g.id, g.name, v.name, d.id, d.name, p.id, p.name,
           (SELECT CASE max(CASE WHEN m.state = 'not_held' THEN 1
                                 WHEN m.returned_at IS NULL AND m.sent_at <= :now THEN 3
                                 ELSE 2 END)
                   WHEN 3 THEN 'sent' WHEN 2 THEN 'draft' WHEN 1 THEN 'not_held' ELSE 'none' END
            FROM meetings m WHERE m.group_id = g.id AND m.day BETWEEN :month || '-01' AND :month || '-31'
            AND m.state IN ('held', 'not_held')),
           (SELECT count(*) FROM meetings m
            WHERE m.group_id = g.id AND m.day BETWEEN :month || '-01' AND :month || '-31' AND m.state = 'held')
    FROM groups g JOIN villages v ON v.id = g.village_id JOIN districts d ON d.id = v.district_id
    JOIN persons p ON p.id = g.person_id
    WHERE g.state = 'active' AND substr(g.made_at, 1, 7) <= :month
"""


def standing(db: Connection, month: str, now: str, district_id: int | None = None) -> list[Standing]:
    """Return every group's standing in a month ('2023-11') at `now` (UTC text), by kecamatan, facilitator and group."""
    where = "AND d.id = :district" if district_id is not None else ""
    rows = db.execute(
        _STANDING + where + " ORDER BY d.name, p.name, p.id, v.name, g.name, g.id",
        {"month": month, "now": now, "district": district_id},
    )
    return [Standing(*row) for row in rows]


def has_groups(db: Connection) -> bool:
    """Say whether any facilitator has a group."""
    return db.execute("SELECT 1 FROM groups WHERE state = 'active' LIMIT 1").fetchone() is not None


@dataclass(frozen=True, slots=True)
class MonthShare:
    """How many of a kecamatan's, or a facilitator's, groups have a report sent in a month ('2023-11')."""

    id: int
    name: str
    month: str
    sent: int
    groups: int


def shares(db: Connection, year: int, now: str, district_id: int | None = None) -> list[MonthShare]:
    """Return the shares of a year up to the month of `now`: of every kecamatan, or of the facilitators of one."""
    months = [f"{year}-{number:02}" for number in range(1, 13)]
    of = "d.id, d.name" if district_id is None else "p.id, p.name"
    where = "" if district_id is None else "AND d.id = :district"
    rows = db.execute(
        f"""
        SELECT {of}, t.value,
               count(*) FILTER (WHERE EXISTS (
                   SELECT 1 FROM meetings m
                   WHERE m.group_id = g.id AND m.day BETWEEN t.value || '-01' AND t.value || '-31'
                   AND m.state = 'held' AND m.returned_at IS NULL AND m.sent_at <= :now)),
               count(*)
        FROM json_each(:months) t
        JOIN groups g ON g.state = 'active' AND substr(g.made_at, 1, 7) <= t.value
        JOIN villages v ON v.id = g.village_id JOIN districts d ON d.id = v.district_id
        JOIN persons p ON p.id = g.person_id
        WHERE t.value <= substr(:now, 1, 7) {where}
        GROUP BY 1, 3 ORDER BY 2, 1, 3
        """,
        {"months": "[" + ", ".join(f'"{one}"' for one in months) + "]", "now": now, "district": district_id},
    )
    return [MonthShare(*row) for row in rows]
