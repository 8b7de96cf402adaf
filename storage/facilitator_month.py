"""How a facilitator stands: the groups of a month, done and owed; who is absent again and again; the year's squares."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection

RUNNING = 3
"""How many held meetings running a member has to be absent to be named."""

_LOOKED_AT = 12  # held meetings back, to say how many times running


@dataclass(frozen=True, slots=True)
class GroupMonth:
    """A group in one month ('2023-11'): how many meetings were held and not held, and how many of them are drafts."""

    group_id: int
    month: str
    held: int
    not_held: int
    drafts: int


@dataclass(frozen=True, slots=True)
class MyGroup:
    """A group of the facilitator; `since` is the local ISO date from which meetings are expected of him or her."""

    id: int
    name: str
    village: str
    members: int
    since: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What still needs the facilitator: drafts within their 48 hours, others' logs to confirm, returned ones."""

    drafts: int
    unconfirmed: int
    returned: int


@dataclass(frozen=True, slots=True)
class Running:
    """A member number that was absent at the last `times` held meetings of its group."""

    group_id: int
    member: int
    times: int


def my_groups(db: Connection, person_id: int) -> list[MyGroup]:
    """Return the facilitator's groups in use, by name; of one that was handed over, since that day."""
    rows = db.execute(
        """
        SELECT g.id, g.name, v.name, g.members,
               coalesce((SELECT max(h.on_day) FROM handovers h WHERE h.group_id = g.id AND h.to_person = g.person_id),
                        min(substr(g.made_at, 1, 10),
                            coalesce((SELECT t.day FROM meetings t WHERE t.group_id = g.id
                                      AND t.state IN ('held', 'not_held') ORDER BY t.day LIMIT 1), '9')))
        FROM groups g JOIN villages v ON v.id = g.village_id
        WHERE g.person_id = ? AND g.state = 'active' ORDER BY g.name, v.name, g.id
        """,
        (person_id,),
    )
    return [MyGroup(*row) for row in rows.fetchall()]


def group_months(
    db: Connection, group_ids: Iterable[int], first: str, last: str, now: str
) -> dict[tuple[int, str], GroupMonth]:
    """Return what each group has between two local days, by group and month; months with nothing are left out."""
    found: dict[tuple[int, str], GroupMonth] = {}
    for group_id in group_ids:
        rows = db.execute(
            """
            SELECT group_id, substr(day, 1, 7), sum(state = 'held'), sum(state = 'not_held'),
                   sum(state = 'held' AND (sent_at IS NULL OR sent_at > :now OR returned_at IS NOT NULL))
            FROM meetings WHERE group_id = :group AND day BETWEEN :first AND :last AND state IN ('held', 'not_held')
            GROUP BY 2
            """,
            {"group": group_id, "first": first, "last": last, "now": now},
        )
        found |= {(row[0], row[1]): GroupMonth(*row) for row in rows.fetchall()}
    return found


def waiting(db: Connection, person_id: int, since: str, now: str) -> Waiting:
    """Return what waits for the facilitator, of meetings from the local day `since` on."""
    row = db.execute(
        """
        SELECT count(*) FILTER (WHERE sent_at > :now AND returned_at IS NULL),
               count(*) FILTER (WHERE sent_at IS NULL), count(*) FILTER (WHERE returned_at IS NOT NULL)
        FROM meetings WHERE person_id = :person AND day >= :since AND logged_at IS NOT NULL
        """,
        {"person": person_id, "since": since, "now": now},
    ).fetchone()
    return Waiting(*row)


def absent_running(db: Connection, group_id: int) -> list[Running]:
    """Return who was absent at the last three held meetings of the group or more, by number; who has left is left out.

    A meeting of which only counts are known proves nothing about a number: it neither ends a row nor lengthens it.
    """
    held = db.execute(
        """
        SELECT id, sick + excused + absent FROM meetings WHERE group_id = ? AND state = 'held'
        ORDER BY day DESC, starts_at DESC, id DESC LIMIT ?
        """,
        (group_id, _LOOKED_AT),
    ).fetchall()
    times: dict[int, int] = {}
    running: set[int] | None = None
    for meeting_id, missing in held:
        absent = {row[0] for row in db.execute("SELECT member FROM absences WHERE meeting_id = ?", (meeting_id,))}
        if missing and not absent:
            continue
        running = absent if running is None else running & absent
        if not running:
            break
        for member in running:
            times[member] = times.get(member, 0) + 1
    gone = {
        row[0]
        for row in db.execute(
            """
            SELECT member FROM memberships WHERE group_id = ? GROUP BY member HAVING sum(left_on IS NULL) = 0
            """,
            (group_id,),
        )
    }
    return [Running(group_id, one, many) for one, many in sorted(times.items()) if many >= RUNNING and one not in gone]
