"""Stand-ins: colleagues who come to an event instead of somebody, or are asked to."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody active on the roster, with what he or she has to do with an event so far."""

    id: int
    name: str
    district: str  # '' for nobody's
    near: bool  # of the asker's own district
    answer: str | None
    instead_of: int | None


def colleagues(db: Connection, event_id: int, asker_id: int) -> list[Colleague]:
    """Return everybody active but operators, by name."""
    rows = db.execute(
        """
        SELECT p.id, p.name, coalesce(d.name, ''), p.district_id IS (SELECT district_id FROM persons WHERE id = :asker),
               i.answer, i.instead_of
        FROM persons p LEFT JOIN districts d ON d.id = p.district_id
        LEFT JOIN invitations i ON i.event_id = :event AND i.person_id = p.id
        WHERE p.state = 'active' AND p.role <> 'operator' ORDER BY p.name, p.id
        """,
        {"event": event_id, "asker": asker_id},
    )
    return [
        Colleague(id_, name, district, bool(near) and district != "", answer, instead_of)
        for id_, name, district, near, answer, instead_of in rows
    ]


def ask(db: Connection, event_id: int, person_id: int, asker_id: int) -> None:
    """Note that the person is asked to come instead of the asker; who was not invited is invited for that alone."""
    db.execute(
        """
        INSERT INTO invitations (event_id, person_id, instead_of, own) VALUES (:event, :person, :asker, 0)
        ON CONFLICT (event_id, person_id) DO UPDATE SET instead_of = excluded.instead_of
        """,
        {"event": event_id, "person": person_id, "asker": asker_id},
    )


def release(db: Connection, event_id: int, person_id: int) -> None:
    """Forget that the person was to come instead of somebody; who was invited for that alone is invited no longer.

    Who has checked in all the same stays on the list.
    """
    one = {"event": event_id, "person": person_id}
    came = """
        EXISTS (SELECT 1 FROM check_ins k JOIN slots s ON s.id = k.slot_id
                WHERE s.event_id = :event AND k.person_id = :person)
    """
    this = "event_id = :event AND person_id = :person"
    db.execute(f"DELETE FROM invitations WHERE {this} AND own = 0 AND NOT {came}", one)
    db.execute(f"UPDATE invitations SET instead_of = NULL WHERE {this}", one)


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who comes instead of whom; `answer` is the stand-in's, None while it is open."""

    represented: str
    name: str
    answer: str | None
    has_chat: bool


def stand_ins(db: Connection, event_id: int) -> list[StandIn]:
    """Return who comes instead of whom, by the name of the represented."""
    rows = db.execute(
        """
        SELECT a.name, s.name, k.answer, EXISTS (SELECT 1 FROM chats c WHERE c.person_id = s.id)
        FROM invitations i JOIN persons a ON a.id = i.person_id JOIN persons s ON s.id = i.delegate_id
        LEFT JOIN invitations k ON k.event_id = i.event_id AND k.person_id = i.delegate_id
        WHERE i.event_id = ? ORDER BY a.name, a.id
        """,
        (event_id,),
    )
    return [StandIn(represented, name, answer, bool(known)) for represented, name, answer, known in rows]
