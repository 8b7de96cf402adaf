"""Hand-overs: a group goes to another facilitator with what is planned; what was held stays whose it was."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Offer:
    """Groups that one facilitator offers to another; `state` is 'waiting' until it is decided."""

    id: int
    from_person: int
    to_person: int
    state: str
    group_ids: tuple[int, ...]


def hand_over(db: Connection, group_id: int, to_person: int, *, name: str, day: str, by: int, now: str) -> list[int]:
    """Give the group, and what is planned for it, to another facilitator under that name; return the planned meetings.

    Raises sqlite3.IntegrityError where that facilitator has a group of this name in the village.
    """
    db.execute(
        """
        INSERT INTO handovers (group_id, from_person, to_person, on_day, made_at, made_by)
        SELECT id, person_id, :to, :day, :now, :by FROM groups WHERE id = :group
        """,
        {"group": group_id, "to": to_person, "day": day, "now": now, "by": by},
    )
    db.execute("UPDATE groups SET person_id = ?, name = ? WHERE id = ?", (to_person, name, group_id))
    moved = db.execute(
        "UPDATE meetings SET person_id = ? WHERE group_id = ? AND state = 'planned' RETURNING id", (to_person, group_id)
    )
    return sorted(int(row[0]) for row in moved.fetchall())


def add_offer(db: Connection, ref: str, from_person: int, to_person: int, group_ids: Iterable[int], now: str) -> int:
    """Keep an offer and return its id; an older one of the same groups is withdrawn."""
    group_ids = list(group_ids)
    for group_id in group_ids:
        db.execute(
            """
            UPDATE handover_offers SET state = 'withdrawn', decided_at = :now
            WHERE state = 'waiting' AND id IN (SELECT offer_id FROM handover_offered WHERE group_id = :group)
            """,
            {"group": group_id, "now": now},
        )
    row = db.execute(
        "INSERT INTO handover_offers (ref, from_person, to_person, made_at) VALUES (?, ?, ?, ?) RETURNING id",
        (ref, from_person, to_person, now),
    ).fetchone()
    db.executemany("INSERT INTO handover_offered VALUES (?, ?)", [(row[0], one) for one in group_ids])
    return int(row[0])


def offer(db: Connection, id: int) -> Offer | None:  # the word the tables use
    """Return the offer with this id."""
    row = db.execute("SELECT id, from_person, to_person, state FROM handover_offers WHERE id = ?", (id,)).fetchone()
    if row is None:
        return None
    of = db.execute("SELECT group_id FROM handover_offered WHERE offer_id = ? ORDER BY group_id", (id,))
    return Offer(row[0], row[1], row[2], row[3], tuple(int(one[0]) for one in of.fetchall()))


def decide(db: Connection, offer_id: int, state: str, now: str) -> bool:
    """End an offer that waits; False if it waits no more."""
    return (
        db.execute(
            "UPDATE handover_offers SET state = ?, decided_at = ? WHERE id = ? AND state = 'waiting'",
            (state, now, offer_id),
        ).rowcount
        == 1
    )
