"""Questions to the office about an event: who asked what, and the one answer it got."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class EventQuestion:
    """One question; `answer` is None while it is open, `answered_by` is a name, times are UTC ISO text."""

    id: int
    event_id: int
    person_id: int
    asker: str
    title: str
    district: str
    words: str
    asked_at: str
    answer: str | None
    answered_by: str | None
    answered_at: str | None
    for_all: bool


_QUESTION = """
    SELECT q.id, q.event_id, q.person_id, p.name, r.title, coalesce(d.name, ''), q.words, q.asked_at, q.answer, a.name,
           q.answered_at, q.for_all
    FROM event_questions q JOIN persons p ON p.id = q.person_id JOIN roles r USING (role)
    LEFT JOIN districts d ON d.id = p.district_id LEFT JOIN persons a ON a.id = q.answered_by
"""


def question(db: Connection, id: int) -> EventQuestion | None:
    """Return the question with this id."""
    row = db.execute(_QUESTION + "WHERE q.id = ?", (id,)).fetchone()
    return EventQuestion(*row) if row else None


def questions_of(db: Connection, event_id: int) -> list[EventQuestion]:
    """Return everything that was asked about an event, oldest first."""
    return [EventQuestion(*row) for row in db.execute(_QUESTION + "WHERE q.event_id = ? ORDER BY q.id", (event_id,))]


def ask(db: Connection, *, ref: str, event_id: int, person_id: int, words: str, now: str) -> int:
    """Keep a question and return its id; `ref` is that of the dialog which asked it."""
    row = db.execute(
        """
        INSERT INTO event_questions (ref, event_id, person_id, words, asked_at)
        VALUES (:ref, :event, :person, :words, :now) RETURNING id
        """,
        {"ref": ref, "event": event_id, "person": person_id, "words": words, "now": now},
    ).fetchone()
    return int(row[0])


def answer(db: Connection, id: int, words: str, answered_by: int, now: str, *, for_all: bool) -> bool:
    """Keep the answer to a question; False if it has one already."""
    changed = db.execute(
        """
        UPDATE event_questions SET answer = :words, answered_by = :by, answered_at = :now, for_all = :for_all
        WHERE id = :id AND answer IS NULL
        """,
        {"id": id, "words": words, "by": answered_by, "now": now, "for_all": int(for_all)},
    )
    return changed.rowcount == 1


def publish(db: Connection, id: int) -> bool:
    """Note that everybody is told of the answer; False if they were told before, or there is none."""
    changed = db.execute(
        "UPDATE event_questions SET for_all = 1 WHERE id = ? AND for_all = 0 AND answer IS NOT NULL", (id,)
    )
    return changed.rowcount == 1
