"""For how long copies of messages are kept, and how far the blanking has come: rows lie in the order they came."""

from itertools import takewhile

from storage.database import Connection
from storage.outbox import BLANK

_TIME = {"inbox": "received_at", "outbox": "made_at"}
_DONE = {  # what has yet to be read or to leave is kept however old it is
    "inbox": "UPDATE inbox SET raw = '' WHERE id > :after AND id <= :to AND state <> 'new' AND raw <> ''",
    "outbox": f"""
        UPDATE outbox SET body = '{BLANK}', template = NULL, whole = iif(whole IS NULL, NULL, '')
        WHERE id > :after AND id <= :to AND state NOT IN ('held', 'queued', 'started')
    """,
}


def days(db: Connection) -> list[tuple[str, int]]:
    """Return what is kept for how many days."""
    return [(str(row[0]), int(row[1])) for row in db.execute("SELECT kind, days FROM retention ORDER BY kind")]


def any_older(db: Connection, kind: str, before: str) -> bool:
    """Say whether the next row that has not been looked at is older."""
    row = db.execute(
        f"""
        SELECT {_TIME[kind]} FROM {kind} WHERE id > (SELECT swept_to FROM retention WHERE kind = ?)
        ORDER BY id LIMIT 1
        """,
        (kind,),
    ).fetchone()
    return row is not None and str(row[0]) < before


def blank_older(db: Connection, kind: str, before: str, most: int) -> int:
    """Blank the next rows that are older, and note how far that came; return how many rows that were."""
    after = db.execute("SELECT swept_to FROM retention WHERE kind = ?", (kind,)).fetchone()[0]
    rows = db.execute(
        f"SELECT id, {_TIME[kind]} FROM {kind} WHERE id > ? ORDER BY id LIMIT ?", (after, most)
    ).fetchall()
    old = [int(row[0]) for row in takewhile(lambda row: str(row[1]) < before, rows)]
    if old:
        key = {"after": after, "to": old[-1]}
        db.execute(_DONE[kind], key)
        db.execute("UPDATE retention SET swept_to = ? WHERE kind = ?", (old[-1], kind))
    return len(old)
