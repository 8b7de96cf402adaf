"""Erasures: who is to be forgotten, by whose wish, until when that may be stopped, and what came of it."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Erasure:
    """One request; times are UTC text.

    `asked_by` is the person, an operator, or None where a backup had brought the person back.
    """

    id: int
    person_id: int
    asked_at: str
    asked_by: int | None
    reason: str
    due_at: str
    state: str

    @property
    def own(self) -> bool:
        """Whether the person asked for it."""
        return self.asked_by == self.person_id


_ERASURE = "SELECT id, person_id, asked_at, asked_by, reason, due_at, state FROM erasures "


def ask(db: Connection, ref: str, person_id: int, by: int | None, due_at: str, now: str, reason: str = "") -> int:
    """Keep that the person is to be erased then, and limit at once what is done with the data; return the id.

    Raises sqlite3.IntegrityError if one is under way.
    """
    row = db.execute(
        """
        INSERT INTO erasures (ref, person_id, asked_at, asked_by, reason, due_at)
        VALUES (:ref, :person, :now, :by, :reason, :due) RETURNING id
        """,
        {"ref": ref, "person": person_id, "now": now, "by": by, "reason": reason, "due": due_at},
    ).fetchone()
    db.execute("UPDATE persons SET limited = 1 WHERE id = ?", (person_id,))
    return int(row[0])


def erasure(db: Connection, id: int) -> Erasure | None:  # the word the tables use
    """Return the request with this id."""
    row = db.execute(_ERASURE + "WHERE id = ?", (id,)).fetchone()
    return Erasure(*row) if row else None


def open_for(db: Connection, person_id: int) -> Erasure | None:
    """Return the request of this person that is under way."""
    row = db.execute(_ERASURE + "WHERE person_id = ? AND state IN ('waiting', 'begun')", (person_id,)).fetchone()
    return Erasure(*row) if row else None


def waiting(db: Connection) -> list[Erasure]:
    """Return all that may still be stopped, the next one first."""
    return [Erasure(*row) for row in db.execute(_ERASURE + "WHERE state = 'waiting' ORDER BY due_at, id")]


def begun(db: Connection, before: str) -> list[Erasure]:
    """Return those that are being carried out, and have begun by then (UTC text)."""
    return [
        Erasure(*row) for row in db.execute(_ERASURE + "WHERE state = 'begun' AND begun_at <= ? ORDER BY id", (before,))
    ]


def late(db: Connection, since: str) -> list[Erasure]:
    """Return the people's own requests that wait since then, and of which the operators were told only once."""
    rows = db.execute(
        _ERASURE
        + "WHERE state = 'waiting' AND asked_by = person_id AND asked_at <= ? AND reminded_at IS NULL ORDER BY id",
        (since,),
    )
    return [Erasure(*row) for row in rows]


def note_reminded(db: Connection, id: int, now: str) -> None:  # the word the tables use
    """Note that the operators were told for the second time."""
    db.execute("UPDATE erasures SET reminded_at = ? WHERE id = ?", (now, id))


def hasten(db: Connection, id: int, now: str) -> bool:  # the word the tables use
    """Let it be done now; False if it waits no more."""
    return db.execute("UPDATE erasures SET due_at = ? WHERE id = ? AND state = 'waiting'", (now, id)).rowcount == 1


def call_off(db: Connection, id: int, by: int, now: str, refusal: str = "") -> bool:  # the word the tables use
    """Withdraw it, or refuse it for a reason, and lift the limits; False if it waits no more."""
    stopped = db.execute(
        """
        UPDATE erasures SET state = iif(:refusal = '', 'withdrawn', 'refused'), refusal = :refusal, settled_at = :now,
            settled_by = :by
        WHERE id = :id AND state = 'waiting'
        """,
        {"id": id, "by": by, "now": now, "refusal": refusal},
    ).rowcount
    db.execute(
        """
        UPDATE persons SET limited = 0 WHERE id = (SELECT person_id FROM erasures WHERE id = :id)
          AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.person_id = persons.id AND e.state IN ('waiting', 'begun'))
        """,
        {"id": id},
    )
    return stopped == 1


def begin(db: Connection, id: int, now: str) -> None:  # the word the tables use
    """Note that it is being carried out: nobody can stop it any more."""
    db.execute("UPDATE erasures SET state = 'begun', begun_at = ? WHERE id = ? AND state = 'waiting'", (now, id))


def is_quiet(db: Connection, person_id: int) -> bool:
    """Say whether nothing is on its way to the person: what was posted last has left, or never will."""
    row = db.execute(
        """
        SELECT 1 FROM outbox WHERE state IN ('queued', 'started')
          AND chat IN (SELECT chat FROM chats WHERE person_id = ?) LIMIT 1
        """,
        (person_id,),
    ).fetchone()
    return row is None


def made_at(db: Connection, person_id: int) -> str:
    """Return when the person was put on the roster: with the number it means nobody else in any backup."""
    return str(db.execute("SELECT made_at FROM persons WHERE id = ?", (person_id,)).fetchone()[0])


def is_here(db: Connection, person_id: int, made_at: str) -> bool:
    """Say whether this very person is in the store, and not erased."""
    row = db.execute(
        "SELECT 1 FROM persons WHERE id = ? AND made_at = ? AND erased_at IS NULL", (person_id, made_at)
    ).fetchone()
    return row is not None
