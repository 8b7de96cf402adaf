"""Erasing one person: what names him or her is overwritten or goes, what is counted stays under the tombstone.

It is done in steps, each of them one read that finds and one write that changes, small enough for others to be served
in between, and harmless when repeated. What leads to the person is overwritten by the very last one, so that a deed
that was cut off is begun anew and comes to the same end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from storage import erasure_own, media, outbox
from storage.database import Connection
from storage.erasure_map import LARGE, TABLES, words_of
from storage.erasure_marks import Marks, marks_of

AT_ONCE = 2_000
"""So many rows of a table are looked through by one read."""

WORDS_AT_ONCE = 50

# What cards to others are about: the person, and what he or she asked.
_ABOUT = """
    SELECT 'person:' || :person UNION SELECT 'erasure:' || id FROM erasures WHERE person_id = :person
    UNION SELECT 'question:' || id FROM event_questions WHERE person_id = :person
    UNION SELECT 'application:' || id FROM applications WHERE chat IN (SELECT value FROM json_each(:chats))
"""

Found = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """A read that finds what is to change, and the write that changes it; the write may find it changed already."""

    find: Callable[[Connection], Found]
    change: Callable[[Connection, Found], None]


def steps_of(db: Connection, marks: Marks, now: str) -> list[Step]:
    """Return what is to be done before `finish`, in order."""
    lent = Step(partial(_find_lent, marks, now), lambda db, found: media.let_go(db, [one for (one,) in found], now))
    own = Step(lambda db: [()], lambda db, found: erasure_own.blank(db, marks, now))
    copies = [
        Step(partial(_find_copies, table, part, low, high), partial(_CHANGE[table], part, now))
        for part in _parts(marks)
        for table in LARGE
        for low, high in _pieces(db, table)
    ]
    words = [
        Step(partial(_find_words, table, marks, low, high), partial(_replace_words, table))
        for table in TABLES
        if words_of(table)
        for low, high in (_pieces(db, table) if _has_rowid(db, table) else [(-1, -1)])
    ]
    # Copies are searched for the person's own words, so these are blanked after.
    return [lent, *copies, own, *words]


def finish(db: Connection, marks: Marks, since: dict[str, int], now: str) -> None:
    """Overwrite what leads to the person; `since` are the last rows that the steps looked through (`last_rows`)."""
    for part in _parts(marks):
        for table in LARGE:
            for low, high in _pieces(db, table, since[table]):
                _CHANGE[table](part, now, db, _find_copies(table, part, low, high, db))
    erasure_own.forget_accounts(db, marks, now)
    db.execute(
        """
        UPDATE persons SET name = :tombstone, phone = NULL, village_id = NULL, main_channel = NULL, state = 'inactive',
            limited = 0, erased_at = :now
        WHERE id = :person
        """,
        {"tombstone": marks.tombstone, "person": marks.person_id, "now": now},
    )
    db.execute(
        "UPDATE erasures SET state = 'done', settled_at = ? WHERE person_id = ? AND state IN ('waiting', 'begun')",
        (now, marks.person_id),
    )


def last_rows(db: Connection) -> dict[str, int]:
    """Return the last row of each large table."""
    return {table: int(db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]) for table in LARGE}


def erase_at_once(db: Connection, person_id: int, now: str) -> bool:
    """Do all of it, where nobody else uses the store; False if the person is erased already."""
    if (marks := marks_of(db, person_id)) is None:
        return False
    since = last_rows(db)
    for step in steps_of(db, marks, now):
        if found := step.find(db):
            step.change(db, found)
    finish(db, marks, since, now)
    return True


def _parts(marks: Marks) -> Iterator[Marks]:
    """Yield the marks with so many of the person's words at a time as one statement bears."""
    for at in range(0, max(1, len(marks.words)), WORDS_AT_ONCE):
        yield replace(marks, words=marks.words[at : at + WORDS_AT_ONCE])


def _pieces(db: Connection, table: str, since: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the ranges of row ids that one read looks through; those below the first row are empty."""
    first, last = db.execute(f"SELECT coalesce(min(rowid), 1), coalesce(max(rowid), 0) FROM {table}").fetchone()
    for low in range(max(since, first - 1), last, AT_ONCE):
        yield low, low + AT_ONCE


def _has_rowid(db: Connection, table: str) -> bool:
    return not db.execute("SELECT wr FROM pragma_table_list WHERE name = ?", (table,)).fetchone()[0]


def _find_lent(marks: Marks, now: str, db: Connection) -> Found:
    """Find the files that were made for the person, and those for others that have been sent: they may name anybody."""
    return [(one,) for one in media.lent(db, marks.person_id, marks.chats_json, now)]


def _find_copies(table: str, marks: Marks, low: int, high: int, db: Connection) -> Found:
    """Find the person's own rows, and those of others in which he or she is named, of what is not blank already."""
    columns = TABLES[table].copies.split()
    likes = {f"like{number}": one for number, one in enumerate(marks.likes(copies=True))}
    named = " OR ".join(f"{column} LIKE :{like} ESCAPE '!'" for column in columns for like in likes)
    own = "chat IN (SELECT value FROM json_each(:chats))"
    if table == "outbox":  # and what others were told about the person
        own += f" OR person_id = :person OR object IN ({_ABOUT})"
    blank = "raw = ''" if table == "inbox" else f"body = '{outbox.BLANK}' AND external_id IS NULL"
    key = {"chats": marks.chats_json, "person": marks.person_id, "low": low, "high": high}
    rows = db.execute(
        f"""
        SELECT id, {own} AS own, {", ".join(columns)} FROM {table}
        WHERE id > :low AND id <= :high AND ((({own}) AND NOT ({blank})) OR {named})
        """,
        key | likes,
    ).fetchall()
    return [
        (row[0], True, (), ())
        if row[1]
        else (row[0], False, tuple(row[2:]), tuple(one and marks.replace(one, copies=True) for one in row[2:]))
        for row in rows
    ]


def _blank_letters(marks: Marks, now: str, db: Connection, found: Found) -> None:
    """Blank what was received from the person, and what others sent in which he or she is named; not what is unread."""
    for id_, own, before, after in found:
        if own:
            # A WhatsApp id holds the number within itself.
            db.execute(
                "UPDATE inbox SET raw = '', chat = '', event_id = 'erased-' || id WHERE id = ? AND state <> 'new'",
                (id_,),
            )
        elif before != after:
            db.execute("UPDATE inbox SET raw = '' WHERE id = ? AND state <> 'new'", (id_,))


def _blank_messages(marks: Marks, now: str, db: Connection, found: Found) -> None:
    """Blank what was sent to the person, and put the tombstone into what others were sent."""
    for id_, own, before, after in found:
        if own:
            outbox.blank(db, id_, now)
            key = db.execute("SELECT dedupe FROM outbox WHERE id = ?", (id_,)).fetchone()[0]
            db.execute("UPDATE outbox SET dedupe = ? WHERE id = ?", (key and marks.replace(key, copies=True), id_))
        elif before != after:
            db.execute(
                "UPDATE outbox SET dedupe = ?, body = ?, template = ?, whole = ? WHERE id = ? AND body = ?",
                (*after, id_, before[1]),
            )


_CHANGE: dict[str, Callable[[Marks, str, Connection, Found], None]] = {
    "inbox": _blank_letters,
    "outbox": _blank_messages,
}


def _find_words(table: str, marks: Marks, low: int, high: int, db: Connection) -> Found:
    """Find rows in which the person is named: the row's key, and its words before and after."""
    columns, keys = words_of(table), _keys(db, table)
    likes = marks.likes(copies=False)
    if not likes:
        return []
    named = " OR ".join(f"{column} LIKE ? ESCAPE '!'" for column in columns for _ in likes)
    piece, key = ("rowid > ? AND rowid <= ? AND", (low, high)) if keys == ["rowid"] else ("", ())
    rows = db.execute(
        f"SELECT {', '.join(keys)}, {', '.join(columns)} FROM {table} WHERE {piece} ({named})",
        (*key, *(one for _ in columns for one in likes)),
    ).fetchall()
    found = []
    for row in rows:
        before = tuple(row[len(keys) :])
        after = tuple(one and marks.replace(one, copies=False) for one in before)
        if before != after:
            found.append((tuple(row[: len(keys)]), before, after))
    return found


def _replace_words(table: str, db: Connection, found: Found) -> None:
    """Put the tombstone into words, unless they have changed since."""
    columns, keys = words_of(table), _keys(db, table)
    sets = ", ".join(f"{column} = ?" for column in columns)
    same = " AND ".join([*(f"{key} = ?" for key in keys), *(f"{column} IS ?" for column in columns)])
    for key, before, after in found:
        db.execute(f"UPDATE OR IGNORE {table} SET {sets} WHERE {same}", (*after, *key, *before))


def _keys(db: Connection, table: str) -> list[str]:
    if _has_rowid(db, table):
        return ["rowid"]
    rows = db.execute("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", (table,))
    return [str(row[0]) for row in rows.fetchall()]
