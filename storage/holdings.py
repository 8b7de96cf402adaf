"""Holdings: how much is stored about one person, so that he or she can be told."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts of what is kept with the person's name on it."""

    invitations: int
    check_ins: int
    groups: int
    meetings: int
    photos: int
    questions: int
    feedback: int  # ratings and suggestions with the name
    certificates: int


def holdings(db: Connection, person_id: int) -> Holdings:
    """Count what is kept about the person."""
    row = db.execute(
        """
        SELECT (SELECT count(*) FROM invitations WHERE person_id = :id),
               (SELECT count(*) FROM check_ins WHERE person_id = :id),
               (SELECT count(*) FROM groups WHERE person_id = :id AND state = 'active'),
               (SELECT count(*) FROM meetings WHERE person_id = :id AND state = 'held'),
               (SELECT count(*) FROM evidence e JOIN meetings m ON m.id = e.meeting_id WHERE m.person_id = :id),
               (SELECT count(*) FROM event_questions WHERE person_id = :id),
               (SELECT count(*) FROM ratings WHERE person_id = :id)
                   + (SELECT count(*) FROM suggestions WHERE person_id = :id),
               (SELECT count(*) FROM certificate_numbers WHERE person_id = :id)
        """,
        {"id": person_id},
    ).fetchone()
    return Holdings(*row)
