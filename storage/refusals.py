"""Refused check-ins of an event: the tries at its slots, and those its people made on its days with no code at all."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused try: when (UTC ISO text), who, and why; `slot_id` is None where the code was of no slot."""

    at: str
    person_id: int
    name: str
    district: str
    reason: str
    slot_id: int | None


def refusals(db: Connection, event_id: int, since: str, until: str) -> list[Refusal]:
    """Return an event's refused tries in order; `since` and `until` bound those that named no slot."""
    rows = db.execute(
        """
        SELECT t.at, t.person_id, p.name, coalesce(d.name, ''), t.reason, t.slot_id
        FROM tries t JOIN persons p ON p.id = t.person_id LEFT JOIN districts d ON d.id = p.district_id
        WHERE t.slot_id IN (SELECT id FROM slots WHERE event_id = :event)
           OR (t.slot_id IS NULL AND t.at >= :since AND t.at < :until
               AND t.person_id IN (SELECT person_id FROM invitations WHERE event_id = :event))
        ORDER BY t.at, t.id
        """,
        {"event": event_id, "since": since, "until": until},
    )
    return [Refusal(*row) for row in rows]
