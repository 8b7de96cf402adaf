"""The audit read back: its lines in pages, its head, and whether the chain is whole."""

from dataclasses import dataclass

from storage.chain import FIRST, digest_of
from storage.database import Connection

SHOWN = 16
"""Hex digits of a head that people keep: to forge a chain that ends on them takes 2^64 tries."""


_LINE = """
    SELECT a.id, a.at, a.person_id, coalesce(p.name, ''), a.action, a.object, a.detail
    FROM audit a LEFT JOIN persons p ON p.id = a.person_id
"""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One thing that was done; `person_id` and `who` say by whom, None and '' for the command line and the bot."""

    id: int
    at: str
    person_id: int | None
    who: str
    action: str
    object: str
    detail: str


@dataclass(frozen=True, slots=True)
class Head:
    """A line of the chain, usually the last: who keeps it elsewhere can tell later whether the past was rewritten."""

    id: int
    digest: str

    @property
    def shown(self) -> str:
        """The head as people keep it: "1204-3fa901bc77d2e410"."""
        return f"{self.id}-{self.digest[:SHOWN]}"


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the chain was looked through; `broken` are the lines that do not follow the one before them.

    `whole_since` is the time of the first line after the last of them.
    """

    count: int = 0
    last: Head = Head(0, FIRST)
    whole_since: str | None = None
    broken: tuple[int, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class LastCheck:
    """What the last look at the whole chain found, when that was, and what the head was then."""

    at: str
    head: str
    whole_since: str | None
    broken: tuple[int, ...]


def is_chained(db: Connection) -> bool:
    """Say whether the file is of a version that chains the audit."""
    return any(row[1] == "digest" for row in db.execute("PRAGMA table_info(audit)").fetchall())


def head(db: Connection) -> Head | None:
    """Return the last line; None before the first."""
    row = db.execute("SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return Head(row[0], row[1]) if row else None


def check_on(db: Connection, so_far: Checked, most: int) -> Checked:
    """Look through so many lines more; begin with `Checked()`, go on until it is finished."""
    rows = db.execute(
        "SELECT id, at, person_id, action, object, detail, digest FROM audit WHERE id > ? ORDER BY id LIMIT ?",
        (so_far.last.id, most),
    ).fetchall()
    last, since, broken = so_far.last, so_far.whole_since, list(so_far.broken)
    for *fields, digest in rows:
        if digest_of(last.digest, *fields) == digest:
            since = since or fields[1]
        else:
            broken.append(fields[0])
            since = None
        last = Head(fields[0], digest)
    return Checked(so_far.count + len(rows), last, since, tuple(broken), finished=len(rows) < most)


def check_all(db: Connection) -> Checked:
    """Look through the whole chain at once."""
    return check_on(db, Checked(), -1)


def holds(db: Connection, kept: str) -> bool:
    """Say whether a head that somebody kept, as `Head.shown` writes it, is still a line of the chain."""
    number, _, digits = kept.strip().lower().partition("-")
    row = db.execute("SELECT digest FROM audit WHERE id = ?", (int(number) if number.isdecimal() else 0,)).fetchone()
    return row is not None and len(digits) >= SHOWN and str(row[0]).startswith(digits)


def keep_check(db: Connection, at: str, found: Checked) -> None:
    """Keep what a look at the whole chain found."""
    db.execute(
        "INSERT OR REPLACE INTO audit_check (one, at, head, whole_since, broken) VALUES (1, ?, ?, ?, ?)",
        (at, found.last.shown, found.whole_since, ",".join(map(str, found.broken))),
    )


def last_check(db: Connection) -> LastCheck | None:
    """Return what the last look found; None before the first."""
    row = db.execute("SELECT at, head, whole_since, broken FROM audit_check").fetchone()
    return LastCheck(row[0], row[1], row[2], tuple(map(int, filter(None, row[3].split(","))))) if row else None


def lines_before(db: Connection, before: int | None, most: int) -> list[AuditLine]:
    """Return so many lines, the newest first, beginning below the line `before`."""
    rows = db.execute(
        f"{_LINE} WHERE :before IS NULL OR a.id < :before ORDER BY a.id DESC LIMIT :most",
        {"before": before, "most": most},
    )
    return [AuditLine(*row) for row in rows.fetchall()]


def lines_between(db: Connection, since: str, until: str, by: int | None = None) -> list[AuditLine]:
    """Return the lines from `since` until before `until`, the oldest first; of one person if told which."""
    rows = db.execute(
        f"{_LINE} WHERE a.at >= :since AND a.at < :until AND (:by IS NULL OR a.person_id = :by) ORDER BY a.id",
        {"since": since, "until": until, "by": by},
    )
    return [AuditLine(*row) for row in rows.fetchall()]


def doers(db: Connection) -> list[int]:
    """Return who has left a line."""
    rows = db.execute("SELECT DISTINCT person_id FROM audit WHERE person_id IS NOT NULL ORDER BY person_id")
    return [int(row[0]) for row in rows.fetchall()]


def head_of(db: Connection, since: str, until: str) -> Head | None:
    """Return the last line of a span of time; None where nothing was done in it."""
    row = db.execute(
        "SELECT id, digest FROM audit WHERE at >= ? AND at < ? ORDER BY id DESC LIMIT 1", (since, until)
    ).fetchone()
    return Head(row[0], row[1]) if row else None
