"""Events: what was announced to whom, and who is on its committee."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.audience import meant
from storage.database import Connection
from storage.event_details import NO_DETAILS, Details, set_details


@dataclass(frozen=True, slots=True)
class Event:
    """One event. Days are local ISO dates and times 'HH:MM' in `zone`; `starts_at` is UTC ISO text."""

    id: int
    subject: str
    place: str
    first_day: str
    last_day: str
    starts: str
    ends: str | None
    zone: str
    state: str
    made_by: int
    starts_at: str
    attachment: str | None
    details: Details = NO_DETAILS
    sends_at: str | None = None  # UTC ISO text; None once it was called back
    edition: int = 1  # grows with every correction
    latitude: float | None = None  # of the place, WGS 84; both or none
    longitude: float | None = None

    def is_out(self, now: str) -> bool:
        """Say whether its cards have left: before, it is shown to nobody but the operators."""
        return self.sends_at is not None and self.sends_at <= now


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is meant: these roles, in these districts (none: in all), and these people; but nobody who is excluded."""

    roles: tuple[str, ...]
    districts: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()

    def to_json(self) -> str:
        """Write it as the table keeps it."""
        kept: dict[str, Any] = {"roles": self.roles, "districts": self.districts}
        kept |= {"people": self.people} if self.people else {}
        return json.dumps(kept | ({"except": self.excluded} if self.excluded else {}))

    @classmethod
    def from_json(cls, kept: str) -> "Audience":
        """Read what `to_json` wrote."""
        body = {name: tuple(ids) for name, ids in json.loads(kept).items()}
        return cls(body["roles"], body["districts"], body.get("people", ()), body.get("except", ()))


_EVENT = """
    SELECT e.id, e.subject, e.place, e.first_day, e.last_day, e.starts, e.ends, e.zone, e.state, e.made_by,
           e.starts_at, e.attachment, e.sends_at, e.edition, e.latitude, e.longitude,
           d.number, d.agenda, d.dress, d.bring, d.lodging, d.contact, d.notes
    FROM events e LEFT JOIN event_details d ON d.event_id = e.id
"""


def _event(row: Sequence[Any]) -> Event:
    itself, own_life, details = row[:12], row[12:16], row[16:]
    known = Details(*details) if details[0] is not None else NO_DETAILS
    return Event(*(*itself, known, *own_life))


def event(db: Connection, id: int) -> Event | None:
    """Return the event with this id."""
    row = db.execute(_EVENT + "WHERE e.id = ?", (id,)).fetchone()
    return _event(row) if row else None


def add_event(
    db: Connection,
    *,
    ref: str,
    subject: str,
    place: str,
    first_day: str,
    last_day: str,
    starts: str,
    ends: str | None,
    starts_at: str,
    zone: str,
    attachment: str | None,
    audience: Audience,
    made_by: int,
    now: str,
    details: Details = NO_DETAILS,
    sends_at: str | None = None,
    point: tuple[float, float] | None = None,
) -> Event:
    """Add an announced event. `ref` is that of the dialog which made it; a second event under it is refused.

    Its cards leave at `sends_at`, or at once.
    """
    row = db.execute(
        """
        INSERT INTO events (ref, subject, place, first_day, last_day, starts, ends, starts_at, zone, attachment,
                            audience, made_by, made_at, sends_at, latitude, longitude)
        VALUES (:ref, :subject, :place, :first_day, :last_day, :starts, :ends, :starts_at, :zone, :attachment,
                :audience, :made_by, :now, :sends_at, :latitude, :longitude)
        RETURNING id
        """,
        {
            "ref": ref,
            "subject": subject,
            "place": place,
            "first_day": first_day,
            "last_day": last_day,
            "starts": starts,
            "ends": ends,
            "starts_at": starts_at,
            "zone": zone,
            "attachment": attachment,
            "audience": audience.to_json(),
            "made_by": made_by,
            "now": now,
            "sends_at": sends_at or now,
            "latitude": point[0] if point else None,
            "longitude": point[1] if point else None,
        },
    ).fetchone()
    set_details(db, int(row[0]), details)
    added = event(db, int(row[0]))
    assert added is not None
    return added


def audience_of(db: Connection, event_id: int) -> Audience:
    """Return whom an event is meant for."""
    return Audience.from_json(db.execute("SELECT audience FROM events WHERE id = ?", (event_id,)).fetchone()[0])


def cancel_event(db: Connection, event_id: int) -> bool:
    """Cancel an event; False if it was cancelled before."""
    row = db.execute("UPDATE events SET state = 'cancelled' WHERE id = ? AND state = 'announced'", (event_id,))
    return row.rowcount == 1


def all_events(db: Connection, most: int) -> list[Event]:
    """Return every event, the latest first, at most `most`."""
    rows = db.execute(_EVENT + "ORDER BY e.last_day DESC, e.id DESC LIMIT ?", (most,))
    return [_event(row) for row in rows]


def events_of(db: Connection, person_id: int, since_day: str, most: int) -> list[Event]:
    """Return the events a person is invited to or on the committee of, that were not over on `since_day`, by day."""
    rows = db.execute(
        _EVENT
        + """
        WHERE e.last_day >= :since
          AND (EXISTS (SELECT 1 FROM invitations i WHERE i.event_id = e.id AND i.person_id = :person)
               OR EXISTS (SELECT 1 FROM committee c WHERE c.event_id = e.id AND c.person_id = :person))
        ORDER BY e.first_day, e.starts, e.id LIMIT :most
        """,
        {"since": since_day, "person": person_id, "most": most},
    )
    return [_event(row) for row in rows]


def open_events_for(db: Connection, person_id: int, now: str) -> list[Event]:
    """Return the announced events with a slot still to close to which the person is invited, or belongs."""
    rows = db.execute(
        _EVENT
        + f"""
        WHERE e.state = 'announced' AND EXISTS (SELECT 1 FROM slots s WHERE s.event_id = e.id AND s.closes_at > :now)
          AND (EXISTS (SELECT 1 FROM invitations i WHERE i.event_id = e.id AND i.person_id = :person)
               OR {BELONGS})
        ORDER BY e.first_day, e.starts, e.id
        """,
        {"now": now, "person": person_id},
    )
    return [_event(row) for row in rows]


# Whether :person is now one of those that the event `e` is meant for.
BELONGS = f"EXISTS (SELECT 1 FROM persons p WHERE p.id = :person AND {meant('e.audience')})"


def belongs(db: Connection, event_id: int, person_id: int) -> bool:
    """Say whether the person, as he or she now stands on the roster, is one of those the event is meant for."""
    found = db.execute(
        f"SELECT 1 FROM events e WHERE e.id = :event AND {BELONGS}", {"event": event_id, "person": person_id}
    ).fetchone()
    return found is not None


def set_committee(db: Connection, event_id: int, person_id: int, member: bool) -> None:
    """Put somebody on the event's committee, or take him or her off it."""
    sql = "INSERT INTO committee VALUES (?, ?) ON CONFLICT DO NOTHING"
    if not member:
        sql = "DELETE FROM committee WHERE event_id = ? AND person_id = ?"
    db.execute(sql, (event_id, person_id))


def committee(db: Connection, event_id: int) -> list[tuple[int, str]]:
    """Return the id and name of everybody on the event's committee, by name; without who is kept out."""
    rows = db.execute(
        "SELECT p.id, p.name FROM committee c JOIN persons p ON p.id = c.person_id AND p.state = 'active' "
        "WHERE c.event_id = ? ORDER BY p.name, p.id",
        (event_id,),
    )
    return [(int(row[0]), str(row[1])) for row in rows]


def field_names(db: Connection) -> list[tuple[int, str, str]]:
    """Return id, name and kecamatan of everybody who is active and no operator, by name."""
    rows = db.execute(
        """
        SELECT p.id, p.name, coalesce(d.name, '') FROM persons p LEFT JOIN districts d ON d.id = p.district_id
        WHERE p.state = 'active' AND p.role <> 'operator' ORDER BY p.name, p.id
        """
    )
    return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]
