"""Modules and lessons (sesi materi) of P2K2: seeded once, then the office's own, and which one a group has next."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.database import Connection

SEED = Path(__file__).parent / "seed" / "lessons.json"


@dataclass(frozen=True, slots=True)
class Module:
    """A module; `key` never changes, name and rank are the office's. Those of the core count together."""

    id: int
    key: str
    name: str
    rank: int
    core: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Lesson:
    """One sesi; `number` counts within its module, `module` is the module's name."""

    id: int
    module_id: int
    module: str
    module_rank: int
    number: int
    title: str
    active: bool


_MODULE = "SELECT id, key, name, rank, core, active FROM modules "
_LESSON = """
    SELECT l.id, l.module_id, m.name, m.rank, l.number, l.title, l.active
    FROM lessons l JOIN modules m ON m.id = l.module_id
"""
_IN_ORDER = " ORDER BY m.rank, m.id, l.number"


def load_lessons(db: Connection, seed: Mapping[str, Any]) -> int:
    """Add the modules and lessons of the seed that are not there yet; return how many lessons were added.

    The seed is `{"modules": [{"key": …, "name": …, "rank": …, "core": …, "lessons": [titles], "variants": {…}}]}`. What
    is there stays as it is: the office may have renamed it, or set it aside. A lesson that only another variant has is
    put at the end, out of use.
    """
    added = 0
    for module in seed["modules"]:
        db.execute(
            "INSERT INTO modules (key, name, rank, core) VALUES (:key, :name, :rank, :core) ON CONFLICT DO NOTHING",
            {"core": 0, **{name: module[name] for name in ("key", "name", "rank", "core") if name in module}},
        )
        for number, title in enumerate(module["lessons"], 1):
            added += db.execute(
                """
                INSERT INTO lessons (module_id, number, title, key)
                SELECT id, :number, :title, key || '-' || :number FROM modules WHERE key = :key
                ON CONFLICT DO NOTHING
                """,
                {"key": module["key"], "number": number, "title": title},
            ).rowcount
        for key, title in (one for variant in module.get("variants", {}).values() for one in variant):
            added += db.execute(
                """
                INSERT INTO lessons (module_id, number, title, key, active)
                SELECT m.id, (SELECT max(number) + 1 FROM lessons WHERE module_id = m.id), :title, :key, 0
                FROM modules m WHERE m.key = :module AND NOT EXISTS (SELECT 1 FROM lessons WHERE key = :key)
                """,
                {"module": module["key"], "key": key, "title": title},
            ).rowcount
    return added


def modules(db: Connection, *, every: bool = False) -> list[Module]:
    """Return the modules in order: those in use, or every one."""
    return [_module(row) for row in db.execute(_MODULE + "WHERE active = 1 OR ? ORDER BY rank, id", (every,))]


def module(db: Connection, id: int) -> Module | None:
    """Return the module with this id."""
    row = db.execute(_MODULE + "WHERE id = ?", (id,)).fetchone()
    return _module(row) if row else None


def lessons(db: Connection, module_id: int, *, every: bool = False) -> list[Lesson]:
    """Return the lessons of a module in order: those in use, or every one."""
    rows = db.execute(_LESSON + "WHERE l.module_id = ? AND (l.active = 1 OR ?)" + _IN_ORDER, (module_id, every))
    return [_lesson(row) for row in rows]


def lessons_in_use(db: Connection) -> list[Lesson]:
    """Return every lesson in use, in order."""
    rows = db.execute(_LESSON + "WHERE m.active = 1 AND l.active = 1" + _IN_ORDER)
    return [_lesson(row) for row in rows]


def lesson(db: Connection, id: int) -> Lesson | None:
    """Return the lesson with this id, in use or not: old meetings still name it."""
    row = db.execute(_LESSON + "WHERE l.id = ?", (id,)).fetchone()
    return _lesson(row) if row else None


def lesson_numbered(db: Connection, text: str) -> Lesson | None:
    """Return the lesson in use that "2.2" means: the module of rank 2, sesi 2."""
    numbers = re.fullmatch(r"\s*([0-9]{1,2})\s*[.,]\s*([0-9]{1,2})\s*", text)
    if numbers is None:
        return None
    row = db.execute(
        _LESSON + "WHERE m.active = 1 AND l.active = 1 AND m.rank = ? AND l.number = ?" + _IN_ORDER,
        (int(numbers[1]), int(numbers[2])),
    ).fetchone()
    return _lesson(row) if row else None


def retitle(db: Connection, id: int, title: str) -> bool:
    """Give the lesson another title; False if there is no such lesson."""
    return db.execute("UPDATE lessons SET title = ? WHERE id = ?", (title, id)).rowcount == 1


def add_lesson(db: Connection, module_id: int, title: str) -> int:
    """Put a lesson at the end of a module and return its id."""
    # Its key is one that was never used: numbers change when the office puts lessons in another order.
    row = db.execute(
        """
        INSERT INTO lessons (module_id, number, title, key)
        SELECT m.id, n.next, :title, m.key || '-' || max(n.next, n.keyed + 1)
        FROM modules m, (
            SELECT coalesce(max(l.number), 0) + 1 AS next,
                   coalesce(max(CAST(replace(l.key, o.key || '-', '') AS INTEGER)), 0) AS keyed
            FROM modules o LEFT JOIN lessons l ON l.module_id = o.id WHERE o.id = :module) n
        WHERE m.id = :module RETURNING id
        """,
        {"module": module_id, "title": title},
    ).fetchone()
    return int(row[0])


def set_active(db: Connection, lesson_id: int, active: bool) -> bool:
    """Take a lesson into use or set it aside; False if there is no such lesson."""
    return db.execute("UPDATE lessons SET active = ? WHERE id = ?", (int(active), lesson_id)).rowcount == 1


def next_lesson(db: Connection, group_id: int) -> Lesson | None:
    """Return what the group has next: the first lesson after its latest one that it has not had.

    After the end it goes back to what was skipped; None when the group has had every lesson in use.
    """
    row = db.execute(
        f"""
        WITH held AS (SELECT lesson_id, starts_at FROM meetings
                      WHERE group_id = :group AND state = 'held' AND lesson_id IS NOT NULL),
             latest AS (SELECT m.rank, m.id, l.number
                        FROM held JOIN lessons l ON l.id = held.lesson_id JOIN modules m ON m.id = l.module_id
                        ORDER BY held.starts_at DESC, m.rank DESC, m.id DESC, l.number DESC LIMIT 1)
        {_LESSON} LEFT JOIN latest ON true
        WHERE m.active = 1 AND l.active = 1 AND l.id NOT IN (SELECT lesson_id FROM held)
        ORDER BY coalesce((m.rank, m.id, l.number) <= (latest.rank, latest.id, latest.number), 0),
                 m.rank, m.id, l.number
        LIMIT 1
        """,
        {"group": group_id},
    ).fetchone()
    return _lesson(row) if row else None


def _module(row: tuple[Any, ...]) -> Module:
    id, key, name, rank, core, active = row  # noqa: A001  # the word the tables use
    return Module(id, key, name, rank, bool(core), bool(active))


def _lesson(row: tuple[Any, ...]) -> Lesson:
    id, module_id, name, rank, number, title, active = row  # noqa: A001  # the word the tables use
    return Lesson(id, module_id, name, rank, number, title, bool(active))
