"""The order of modules and lessons, which modules there are, and which variant of the stunting module is in use."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from storage import lessons
from storage.database import Connection
from storage.rules import rule, set_rule

VARIANT = "stunting_variant"
MODULE_WITH_VARIANTS = "stunting"

Variant = Literal["a", "b"]


def rename_module(db: Connection, id: int, name: str) -> None:  # the word the tables use
    """Give a module another name; its key stays."""
    db.execute("UPDATE modules SET name = ? WHERE id = ?", (name, id))


def add_module(db: Connection, name: str) -> int:
    """Put a module after the others, counted by itself, and return its id."""
    row = db.execute(
        """
        INSERT INTO modules (key, name, rank)
        SELECT 'modul-' || (coalesce(max(id), 0) + 1), :name, coalesce(max(rank), 0) + 1 FROM modules RETURNING id
        """,
        {"name": name},
    ).fetchone()
    return int(row[0])


def set_module_active(db: Connection, id: int, active: bool) -> None:  # the word the tables use
    """Take a module into use with its lessons, or set it aside."""
    db.execute("UPDATE modules SET active = ? WHERE id = ?", (int(active), id))


def place_module(db: Connection, id: int, place: int) -> None:  # the word the tables use
    """Make a module the `place`-th of those in use; the others close up, and what is out of use comes last."""
    found = lessons.modules(db, every=True)
    order = [one.id for one in found if one.active and one.id != id]
    order.insert(place - 1, id)
    order += [one.id for one in found if one.id not in order]
    db.executemany("UPDATE modules SET rank = ? WHERE id = ?", list(enumerate(order, 1)))


def place_lesson(db: Connection, id: int, place: int) -> None:  # the word the tables use
    """Make a lesson the `place`-th of those in use in its module; the others close up."""
    lesson = lessons.lesson(db, id)
    assert lesson is not None
    found = lessons.lessons(db, lesson.module_id, every=True)
    order = [one.id for one in found if one.active and one.id != id]
    order.insert(place - 1, id)
    _number(db, [*order, *(one.id for one in found if one.id not in order)])


def variant(db: Connection) -> Variant | None:
    """Return which variant of the stunting module the office chose; None where nobody has chosen yet."""
    found = rule(db, VARIANT)
    return "a" if found == "a" else "b" if found == "b" else None


def choose_variant(db: Connection, chosen: Variant) -> None:
    """Use the variant's lessons, in its order and under its titles; what only the other has is set aside.

    A lesson that both have stays the same one, so what a group was given counts in either. Titles that the office
    changed, and lessons that it added, stay.
    """
    seed = json.loads(lessons.SEED.read_text(encoding="utf-8"))
    variants = next(one["variants"] for one in seed["modules"] if one["key"] == MODULE_WITH_VARIANTS)
    before: dict[str, str] = dict(variants[variant(db) or "b"])
    after: dict[str, str] = dict(variants[chosen])
    row = db.execute("SELECT id FROM modules WHERE key = ?", (MODULE_WITH_VARIANTS,)).fetchone()
    rows: list[Any] = db.execute(
        "SELECT id, key, title FROM lessons WHERE module_id = ? ORDER BY number", (row[0],)
    ).fetchall()
    for id_, key, title in rows:
        if key in after and title in {one.get(key) for one in map(dict, variants.values())}:
            lessons.retitle(db, id_, after[key])
        if (key in after) != (key in before):
            lessons.set_active(db, id_, key in after)
    place = {key: number for number, key in enumerate(after)}
    own = len(place)  # the office's own lessons, then those set aside
    order = sorted(rows, key=lambda one: place.get(one[1], own + (one[1] in before)))
    _number(db, [one[0] for one in order])
    set_rule(db, VARIANT, chosen)


def _number(db: Connection, order: Sequence[int]) -> None:
    """Number lessons of one module from 1 on; by way of numbers that none has, for they are unique at every moment."""
    db.executemany("UPDATE lessons SET number = -? WHERE id = ?", list(enumerate(order, 1)))
    db.executemany("UPDATE lessons SET number = -number WHERE id = ?", [(one,) for one in order])
