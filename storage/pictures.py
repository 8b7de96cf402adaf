"""Pictures by their prints: which reports a picture, or one that looks the same, stands in already."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection

NEAR = 3
"""Prints that differ in at most so many of 64 bits are of one picture: then one of four bands of 16 bits is equal."""

_BANDS = 4
_BAND = 0xFFFF


@dataclass(frozen=True, slots=True)
class Use:
    """A report with a picture: its meeting, group, day, and whose it is; `same` when it is the very same picture."""

    meeting_id: int
    person_id: int
    group: str
    day: str
    same: bool


@dataclass(frozen=True, slots=True)
class Recent:
    """A report that photos may still follow."""

    meeting_id: int
    group: str
    day: str


def recent_reports(db: Connection, person_id: int, since: str) -> list[Recent]:
    """Return the facilitator's reports of meetings held that were made from `since` (UTC text) on, the latest first."""
    rows = db.execute(
        "SELECT m.id, g.name, m.day FROM meetings m JOIN groups g ON g.id = m.group_id "
        "WHERE m.person_id = ? AND m.state = 'held' AND m.logged_at >= ? AND m.verified_at IS NULL "
        "ORDER BY m.logged_at DESC, m.id DESC LIMIT 8",
        (person_id, since),
    )
    return [Recent(*row) for row in rows]


def note_print(db: Connection, digest: str, print_: int) -> None:
    """Keep the print of a picture that is kept."""
    db.execute(
        "INSERT INTO picture_prints VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (digest, print_ - (1 << 63), *_bands(print_)),  # the store's integers have a sign
    )


def uses_of(db: Connection, digest: str, but: int | None = None) -> list[Use]:
    """Return the reports with this picture or one that looks the same: the same ones first, then the latest.

    Not the report `but`, nor those of the groups that met together with its group.
    """
    found = [digest, *alike(db, digest)]
    rows = db.execute(
        f"""
        SELECT DISTINCT m.id, m.person_id, g.name, m.day, e.digest = ?
        FROM evidence e JOIN meetings m ON m.id = e.meeting_id JOIN groups g ON g.id = m.group_id
        WHERE e.digest IN ({", ".join("?" * len(found))}) AND m.id IS NOT ?
        AND (m.joint IS NULL OR m.joint IS NOT (SELECT joint FROM meetings WHERE id = ?))
        ORDER BY 5 DESC, m.day DESC, m.id DESC
        """,
        (digest, *found, but, but),
    )
    return [Use(meeting_id, person_id, group, day, bool(same)) for meeting_id, person_id, group, day, same in rows]


def shared_pictures(db: Connection, since: str, until: str) -> list[tuple[str, Sequence[int]]]:
    """Return the pictures of reports of these days (ISO, both included) that stand in several, with the meetings."""
    found: list[tuple[str, Sequence[int]]] = []
    rows = db.execute(
        "SELECT e.digest, e.meeting_id FROM evidence e JOIN meetings m ON m.id = e.meeting_id "
        "WHERE m.day BETWEEN ? AND ? ORDER BY m.day, m.id, e.rank",
        (since, until),
    ).fetchall()
    told: set[frozenset[int]] = set()
    for digest, _ in rows:
        meetings = sorted({use.meeting_id for use in uses_of(db, digest)})
        if len(meetings) > 1 and frozenset(meetings) not in told:
            told.add(frozenset(meetings))
            found.append((digest, tuple(meetings)))
    return found


def alike(db: Connection, digest: str) -> list[str]:
    """Return the other pictures that look the same."""
    row = db.execute("SELECT print FROM picture_prints WHERE digest = ?", (digest,)).fetchone()
    if row is None:
        return []
    mine = int(row[0]) + (1 << 63)
    found = " UNION ".join(f"SELECT digest, print FROM picture_prints WHERE band_{one} = ?" for one in range(1, 5))
    return [
        str(other)
        for other, stored in db.execute(found, _bands(mine)).fetchall()
        if other != digest and (mine ^ (int(stored) + (1 << 63))).bit_count() <= NEAR
    ]


def _bands(print_: int) -> tuple[int, ...]:
    return tuple(print_ >> (16 * band) & _BAND for band in range(_BANDS))
