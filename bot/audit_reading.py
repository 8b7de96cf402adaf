"""The audit as the command line looks at it: read-only, while the bot may be running."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bot.archive import DATABASE
from bot.chat import Refused
from bot.clock import from_utc_text
from bot.dates import local
from bot.found import Found
from storage import audit, people
from storage.database import Connection

MOST_NAMED = 20


@contextmanager
def reading(folder: Path) -> Iterator[Connection]:
    """Give a snapshot of the store. Raises Refused where there is none, or one from before the chain."""
    path = folder / DATABASE
    if not path.exists():
        raise Refused(f"there is no database in {folder}")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA busy_timeout = 5000")
        db.execute("BEGIN")
        if not audit.is_chained(db):
            raise Refused("the audit is not chained yet: start the bot once with this version")
        yield db


def look_through(folder: Path, kept: Sequence[str], zone: str) -> list[Found]:
    """Say whether the chain is whole, and whether each head that was kept is still in it. Raises Refused."""
    with reading(folder) as db:
        found = audit.check_all(db)
        last = audit.last_check(db)
        says = [_chain(found, zone)]
        if last is not None and not audit.holds(db, last.head):
            says.append(Found(False, f"lines were cut off or written anew: at the last look the head was {last.head}"))
        return says + [_kept(db, one) for one in kept]


def who(db: Connection, typed: str) -> int:
    """Return the id of whoever is meant among those who have left a line. Raises Refused."""
    known = [one for id_ in audit.doers(db) if (one := people.person(db, id_))]
    found = [one for one in known if typed == str(one.id) or typed.casefold() in one.name.casefold()]
    if len(found) != 1:
        named = ", ".join(f"{one.name} ({one.id})" for one in found or known)
        raise Refused(f"{len(found)} people are called {typed!r}; those who have left a line: {named or 'nobody'}")
    return found[0].id


def _chain(found: audit.Checked, zone: str) -> Found:
    if not found.count:
        return Found(True, "audit: no lines yet")
    if found.broken:
        named = ", ".join(map(str, found.broken[:MOST_NAMED]))
        more = f" and {len(found.broken) - MOST_NAMED} more" if len(found.broken) > MOST_NAMED else ""
        return Found(False, f"audit: {found.count} lines, broken at line {named}{more}")
    since = f"{local(from_utc_text(found.whole_since), zone):%Y-%m-%d}" if found.whole_since else "–"
    return Found(True, f"audit: {found.count} lines, whole since {since}; head {found.last.shown}")


def _kept(db: Connection, kept: str) -> Found:
    held = audit.holds(db, kept)
    return Found(held, f"{kept}: {'still there' if held else 'is not a line of this chain'}")
