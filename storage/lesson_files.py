"""Key material of a lesson: the files that go with the reminder of its meeting."""

from dataclasses import dataclass
from typing import Literal

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class LessonFile:
    """One file; `digest` names its bytes, `name` is what it is called when it is sent."""

    lesson_id: int
    digest: str
    name: str
    kind: Literal["document", "photo"]


def of(db: Connection, lesson_id: int) -> list[LessonFile]:
    """Return the files of a lesson as they were added."""
    rows = db.execute(
        """
        SELECT f.lesson_id, f.digest, f.name, iif(m.type LIKE 'image/%', 'photo', 'document')
        FROM lesson_files f JOIN media m USING (digest) WHERE f.lesson_id = ? ORDER BY f.added_at, f.name, f.digest
        """,
        (lesson_id,),
    )
    return [LessonFile(*row) for row in rows]


def add(db: Connection, lesson_id: int, digest: str, name: str, added_by: int, now: str) -> bool:
    """Attach a file to a lesson; False if it has these bytes already."""
    changed = db.execute(
        "INSERT INTO lesson_files VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (lesson_id, digest, name, now, added_by),
    )
    return changed.rowcount == 1


def remove(db: Connection, lesson_id: int, digest: str) -> bool:
    """Take a file off a lesson; False if it was taken off before."""
    changed = db.execute("DELETE FROM lesson_files WHERE lesson_id = ? AND digest = ?", (lesson_id, digest))
    return changed.rowcount == 1
