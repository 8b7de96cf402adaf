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


# Of several meetings the furthest counts.
_FURTHEST = """
    CASE max(CASE WHEN m.state = 'not_held' THEN 1 WHEN m.returned_at IS NULL AND m.sent_at <= :now THEN 3 ELSE 2 END)
    WHEN 3 THEN 'sent' WHEN 2 THEN 'draft' WHEN 1 THEN 'not_held' ELSE 'none' END
"""

# Both ends of the month are strings that sort where the days of it do. A group that was added after the month owes it
# nothing; one that has closed since is no longer asked for.
_STANDING = f"""
    SELECT g.id, g.name, v.name, d.id, d.name, p.id, p.name,
           (SELECT {_FURTHEST}
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


def year_statuses(db: Connection, until: str, now: str, district_id: int | None = None) -> dict[str, dict[int, Status]]:
    """Return for each month of the year up to `until` ('2023-11') where every group stood that it had then, by id."""
    months = [f"{until[:4]}-{number:02}" for number in range(1, int(until[5:]) + 1)]
    groups = _groups(db, district_id)
    found: dict[str, dict[int, Status]] = {
        month: {id_: "none" for id_, _, _, since in groups if since <= month} for month in months
    }
    where = "" if district_id is None else "AND v.district_id = :district"
    # One pass over the year: asked group by group and month by month, it took eight times as long.
    rows = db.execute(
        f"""
        SELECT m.group_id, substr(m.day, 1, 7), {_FURTHEST}
        FROM groups g JOIN villages v ON v.id = g.village_id
        JOIN meetings m ON m.group_id = g.id AND m.day BETWEEN :first || '-01' AND :until || '-31'
        WHERE g.state = 'active' AND m.state IN ('held', 'not_held') {where} GROUP BY 1, 2
        """,
        {"first": months[0], "until": until, "now": now, "district": district_id},
    )
    for group_id, month, status in rows:
        if group_id in found[month]:
            found[month][group_id] = status
    return found


def shares(db: Connection, year: int, now: str, district_id: int | None = None) -> list[MonthShare]:
    """Return the shares of a year up to the month of `now`: of every kecamatan, or of the facilitators of one."""
    until = min(f"{year}-12", now[:7])
    if until < f"{year}-01":
        return []
    part = {id_: (name, of) for id_, of, name, _ in _groups(db, district_id)}
    counted: dict[tuple[str, int, str], list[int]] = {}
    for month, statuses in year_statuses(db, until, now, district_id).items():
        for group_id, status in statuses.items():
            numbers = counted.setdefault((*part[group_id], month), [0, 0])
            numbers[0] += status == "sent"
            numbers[1] += 1
    return [MonthShare(of, name, month, *numbers) for (name, of, month), numbers in sorted(counted.items())]


def _groups(db: Connection, district_id: int | None) -> list[tuple[int, int, str, str]]:
    """Return each group's id, the kecamatan it is in, or of one kecamatan the facilitator, and the month it is from."""
    of = "d.id, d.name" if district_id is None else "p.id, p.name"
    where = "" if district_id is None else "AND d.id = :district"
    rows = db.execute(
        f"""
        SELECT g.id, {of}, substr(g.made_at, 1, 7)
        FROM groups g JOIN villages v ON v.id = g.village_id JOIN districts d ON d.id = v.district_id
        JOIN persons p ON p.id = g.person_id WHERE g.state = 'active' {where}
        """,
        {"district": district_id},
    )
    return rows.fetchall()
