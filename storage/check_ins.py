"""Check-ins: who was there, under which running number and on whose word, and every refused try with its reason."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One person's check-in to one slot; `number` is the receipt, times are UTC ISO text.

    `at` is when the person was there: the message's own time, or that of the code in it. `level` says how well it is
    vouched for: A the committee scanned, B a live code, C a delayed code, D a colleague said so, E entered by hand.
    `state` is 'kept', 'asked' while the person has yet to confirm what a colleague said, 'denied' once he or she said
    that it is not so, or 'undone' by the committee; `by_person` is who scanned, reported, entered or undid it.
    """

    number: int
    at: str
    level: str = "B"
    state: str = "kept"
    by_person: int | None = None
    reason: str = ""
    left_at: str | None = None


def entry_of(db: Connection, slot_id: int, person_id: int) -> CheckIn | None:
    """Return what there is of the person at the slot, in whatever state."""
    row = db.execute(
        """
        SELECT number, at, level, state, by_person, reason, left_at FROM check_ins
        WHERE slot_id = ? AND person_id = ?
        """,
        (slot_id, person_id),
    ).fetchone()
    return CheckIn(*row) if row else None


def check_in_of(db: Connection, slot_id: int, person_id: int) -> CheckIn | None:
    """Return the person's check-in to the slot, if one is kept."""
    found = entry_of(db, slot_id, person_id)
    return found if found and found.state == "kept" else None


def record(
    db: Connection,
    slot_id: int,
    person_id: int,
    at: str,
    now: str,
    *,
    level: str = "B",
    state: str = "kept",
    by_person: int | None = None,
    reason: str = "",
) -> CheckIn:
    """Record that the person was there, under the slot's next number; who is recorded already keeps all of it."""
    new = db.execute(
        """
        INSERT INTO check_ins (slot_id, person_id, number, at, stored_at, level, state, by_person, reason)
        VALUES (:slot, :person, (SELECT coalesce(max(number), 0) + 1 FROM check_ins WHERE slot_id = :slot),
                :at, :now, :level, :state, :by, :reason)
        ON CONFLICT (slot_id, person_id) DO NOTHING RETURNING number
        """,
        {
            "slot": slot_id,
            "person": person_id,
            "at": at,
            "now": now,
            "level": level,
            "state": state,
            "by": by_person,
            "reason": reason,
        },
    ).fetchone()
    kept = CheckIn(new[0], at, level, state, by_person, reason) if new else entry_of(db, slot_id, person_id)
    assert kept is not None
    return kept


def vouch(
    db: Connection, slot_id: int, person_id: int, at: str, level: str, by_person: int | None, reason: str = ""
) -> CheckIn:
    """Keep a check-in that was asked about, undone or of another level on this evidence; its number stays."""
    db.execute(
        """
        UPDATE check_ins SET at = :at, level = :level, state = 'kept', by_person = :by, reason = :reason
        WHERE slot_id = :slot AND person_id = :person
        """,
        {"slot": slot_id, "person": person_id, "at": at, "level": level, "by": by_person, "reason": reason},
    )
    kept = entry_of(db, slot_id, person_id)
    assert kept is not None
    return kept


def undo(db: Connection, slot_id: int, person_id: int, reason: str, by_person: int) -> bool:
    """Strike a check-in; its number is not given again. False if there was none to strike."""
    done = db.execute(
        """
        UPDATE check_ins SET state = 'undone', reason = :reason, by_person = :by
        WHERE slot_id = :slot AND person_id = :person AND state <> 'undone'
        """,
        {"slot": slot_id, "person": person_id, "reason": reason, "by": by_person},
    )
    return done.rowcount == 1


def deny(db: Connection, slot_id: int, person_id: int) -> None:
    """Keep that the person is not there, whatever a colleague said."""
    sql = "UPDATE check_ins SET state = 'denied' WHERE slot_id = ? AND person_id = ? AND state = 'asked'"
    db.execute(sql, (slot_id, person_id))


def note_leaving(db: Connection, slot_id: int, person_id: int, at: str) -> None:
    """Keep when the person left; the last time counts."""
    db.execute("UPDATE check_ins SET left_at = ? WHERE slot_id = ? AND person_id = ?", (at, slot_id, person_id))


def last_without_distance(db: Connection, person_id: int, day: str) -> tuple[int, float, float] | None:
    """Return slot, latitude and longitude of the day's last check-in whose distance is wanted and not known."""
    row = db.execute(
        """
        SELECT c.slot_id, e.latitude, e.longitude FROM check_ins c JOIN slots s ON s.id = c.slot_id
        JOIN events e ON e.id = s.event_id JOIN check_in_rules r ON r.event_id = e.id
        WHERE c.person_id = :person AND s.day = :day AND c.state = 'kept' AND c.distance IS NULL
          AND r.location = 1 AND e.latitude IS NOT NULL
        ORDER BY c.stored_at DESC, c.slot_id DESC LIMIT 1
        """,
        {"person": person_id, "day": day},
    ).fetchone()
    return (int(row[0]), float(row[1]), float(row[2])) if row else None


def note_distance(db: Connection, slot_id: int, person_id: int, distance: str) -> None:
    """Keep how far from the place somebody was: 'near', 'around' or 'far'."""
    db.execute("UPDATE check_ins SET distance = ? WHERE slot_id = ? AND person_id = ?", (distance, slot_id, person_id))


def count(db: Connection, slot_id: int) -> int:
    """Count the people whose check-in to the slot counts."""
    return int(db.execute("SELECT count(*) FROM present WHERE slot_id = ?", (slot_id,)).fetchone()[0])


def count_left(db: Connection, slot_id: int) -> int:
    """Count those of whom it is recorded when they left the slot."""
    sql = "SELECT count(*) FROM check_ins WHERE slot_id = ? AND state = 'kept' AND left_at IS NOT NULL"
    return int(db.execute(sql, (slot_id,)).fetchone()[0])


def assisted_by(db: Connection, slot_id: int, person_id: int) -> int:
    """Count whom the person has said to be at the slot."""
    sql = "SELECT count(*) FROM check_ins WHERE slot_id = ? AND by_person = ? AND level = 'D'"
    return int(db.execute(sql, (slot_id, person_id)).fetchone()[0])


def in_doubt(db: Connection, slot_id: int) -> tuple[list[str], list[str]]:
    """Return who checked in with a delayed code, and who has yet to confirm what a colleague said, by name."""
    rows = db.execute(
        """
        SELECT p.name, c.state FROM check_ins c JOIN persons p ON p.id = c.person_id
        WHERE c.slot_id = ? AND (c.state = 'asked' OR (c.state = 'kept' AND c.level = 'C')) ORDER BY p.name, p.id
        """,
        (slot_id,),
    ).fetchall()
    return [name for name, state in rows if state == "kept"], [name for name, state in rows if state == "asked"]


def standing(db: Connection, slot_id: int) -> dict[int, tuple[str, str]]:
    """Return the state and the level of everything that is recorded at the slot, by person."""
    rows = db.execute("SELECT person_id, state, level FROM check_ins WHERE slot_id = ?", (slot_id,))
    return {int(row[0]): (str(row[1]), str(row[2])) for row in rows}


def names_at(db: Connection, slot_id: int) -> list[tuple[int, str, str]]:
    """Return id, name and kecamatan of everybody who is, or may be, recorded at the slot, by name."""
    rows = db.execute(
        """
        SELECT p.id, p.name, coalesce(d.name, '') FROM check_ins c JOIN persons p ON p.id = c.person_id
        LEFT JOIN districts d ON d.id = p.district_id
        WHERE c.slot_id = ? AND c.state IN ('kept', 'asked') ORDER BY p.name, p.id
        """,
        (slot_id,),
    )
    return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]


def times(db: Connection, slot_id: int) -> dict[int, str]:
    """Return when each person whose check-in counts was at the slot."""
    return dict(db.execute("SELECT person_id, at FROM present WHERE slot_id = ?", (slot_id,)))


def note_try(db: Connection, person_id: int, at: str, reason: str, slot_id: int | None = None) -> int:
    """Keep a refused check-in with its reason; return its id."""
    row = db.execute(
        "INSERT INTO tries (person_id, at, reason, slot_id) VALUES (?, ?, ?, ?) RETURNING id",
        (person_id, at, reason, slot_id),
    ).fetchone()
    return int(row[0])


def has_tried(db: Connection, person_id: int, slot_id: int) -> bool:
    """Say whether somebody who is not invited has sent the slot's code before."""
    sql = "SELECT 1 FROM tries WHERE person_id = ? AND slot_id = ? AND reason = 'uninvited' LIMIT 1"
    return db.execute(sql, (person_id, slot_id)).fetchone() is not None


def try_of(db: Connection, id: int) -> tuple[int, str, int | None] | None:  # the word the tables use
    """Return whose try it was, when, and at which slot."""
    row = db.execute("SELECT person_id, at, slot_id FROM tries WHERE id = ?", (id,)).fetchone()
    return (int(row[0]), str(row[1]), row[2]) if row else None


def guesses(db: Connection, person_id: int, after: str, before: str) -> list[str]:
    """Return the times of the tries, between two times, that could have been guesses: no code of the person's own."""
    rows = db.execute(
        """
        SELECT at FROM tries WHERE person_id = ? AND reason IN ('wrong', 'uninvited') AND at > ? AND at < ?
        ORDER BY at
        """,
        (person_id, after, before),
    )
    return [str(row[0]) for row in rows]
