"""Invitations: who an announcement goes to, through which channel, and what each of them answered."""

from dataclasses import dataclass

from storage.database import Connection
from storage.events import Audience, belongs

# Where somebody is told things: the chat last heard from, as the poster chooses it.
_CHANNEL_OF = """
    (SELECT c.channel FROM chats c WHERE c.person_id = p.id AND c.reachable = 'yes'
     ORDER BY c.last_in_at DESC, c.linked_at DESC, c.chat LIMIT 1)
"""
_MEANT = """
    p.state = 'active' AND p.role IN (SELECT value FROM json_each(:audience, '$.roles'))
    AND (json_array_length(:audience, '$.districts') = 0
         OR p.district_id IN (SELECT value FROM json_each(:audience, '$.districts')))
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """How an audience can be reached: people by channel, those who blocked every chat, and those who have none."""

    by_channel: tuple[tuple[str, int], ...]
    blocked: int
    unregistered: int

    @property
    def total(self) -> int:
        """Everybody who is meant."""
        return sum(count for _, count in self.by_channel) + self.blocked + self.unregistered


@dataclass(frozen=True, slots=True)
class Invitation:
    """One person's invitation; `answer` is 'yes', 'no' or None, `answered_at` UTC ISO text."""

    event_id: int
    person_id: int
    answer: str | None
    answered_at: str | None


@dataclass(frozen=True, slots=True)
class Answers:
    """How many said yes, no, and nothing."""

    yes: int
    no: int
    none: int

    @property
    def invited(self) -> int:
        """Everybody who was invited."""
        return self.yes + self.no + self.none


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the announcement: people to whom it was sent, failed, is on its way, or has no chat to go to."""

    sent: int
    failed: int
    waiting: int
    unregistered: int


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody on a list; `district` is '' for nobody's."""

    id: int
    name: str
    title: str
    district: str


def reach(db: Connection, audience: Audience) -> Reach:
    """Count the people an audience has, by the channel that would bring them something now."""
    rows = db.execute(
        f"""
        SELECT {_CHANNEL_OF} AS channel, EXISTS (SELECT 1 FROM chats c WHERE c.person_id = p.id) AS known, count(*)
        FROM persons p WHERE {_MEANT} GROUP BY channel, known ORDER BY count(*) DESC, channel
        """,
        {"audience": audience.to_json()},
    ).fetchall()
    by_channel = tuple((str(channel), int(count)) for channel, _, count in rows if channel is not None)
    blocked = sum(count for channel, known, count in rows if channel is None and known)
    unregistered = sum(count for channel, known, count in rows if channel is None and not known)
    return Reach(by_channel, blocked, unregistered)


def people_by_role_and_district(db: Connection) -> list[tuple[str, int | None, int]]:
    """Count the active people of each role in each district."""
    rows = db.execute("SELECT role, district_id, count(*) FROM persons WHERE state = 'active' GROUP BY 1, 2")
    return [(str(role), district_id, int(count)) for role, district_id, count in rows]


def freeze(db: Connection, event_id: int, audience: Audience) -> list[tuple[int, str]]:
    """Invite everybody who is meant, registered or not; return id and name of each."""
    rows = db.execute(
        f"SELECT p.id, p.name FROM persons p WHERE {_MEANT} ORDER BY p.id", {"audience": audience.to_json()}
    ).fetchall()
    db.executemany(
        "INSERT INTO invitations (event_id, person_id) VALUES (?, ?)", [(event_id, int(row[0])) for row in rows]
    )
    return [(int(row[0]), str(row[1])) for row in rows]


def invitation(db: Connection, event_id: int, person_id: int) -> Invitation | None:
    """Return a person's invitation to an event."""
    row = db.execute(
        "SELECT event_id, person_id, answer, answered_at FROM invitations WHERE event_id = ? AND person_id = ?",
        (event_id, person_id),
    ).fetchone()
    return Invitation(*row) if row else None


def admit(db: Connection, event_id: int, person_id: int) -> Invitation | None:
    """Return the person's invitation; who joined the audience after the announcement is invited now."""
    found = invitation(db, event_id, person_id)
    if found is None and belongs(db, event_id, person_id):
        db.execute("INSERT INTO invitations (event_id, person_id) VALUES (?, ?)", (event_id, person_id))
        return Invitation(event_id, person_id, None, None)
    return found


def answer(db: Connection, event_id: int, person_id: int, answer: str, now: str) -> None:
    """Keep a person's answer, 'yes' or 'no'."""
    db.execute(
        "UPDATE invitations SET answer = ?, answered_at = ? WHERE event_id = ? AND person_id = ?",
        (answer, now, event_id, person_id),
    )


def answers(db: Connection, event_id: int) -> Answers:
    """Count the answers to an event."""
    row = db.execute(
        """
        SELECT count(*) FILTER (WHERE answer = 'yes'), count(*) FILTER (WHERE answer = 'no'),
               count(*) FILTER (WHERE answer IS NULL)
        FROM invitations WHERE event_id = ?
        """,
        (event_id,),
    ).fetchone()
    return Answers(*row)


def delivery(db: Connection, event_id: int) -> Delivery:
    """Count the invited people by what became of their card; one who got it but not its attachment counts as failed."""
    row = db.execute(
        """
        WITH cards AS (
            SELECT i.person_id, count(o.id) AS rows, count(*) FILTER (WHERE o.state = 'sent') AS sent,
                   count(*) FILTER (WHERE o.state IN ('failed', 'stopped', 'expired', 'cancelled')) AS failed,
                   EXISTS (SELECT 1 FROM chats c WHERE c.person_id = i.person_id) AS known
            FROM invitations i LEFT JOIN outbox o
              ON o.object = 'event:' || i.event_id AND o.person_id = i.person_id
             AND o.kind IN ('announcement', 'attachment')
            WHERE i.event_id = ? GROUP BY i.person_id
        )
        SELECT count(*) FILTER (WHERE rows > 0 AND sent = rows),
               count(*) FILTER (WHERE failed > 0 OR (rows = 0 AND known)),
               count(*) FILTER (WHERE rows > 0 AND failed = 0 AND sent < rows),
               count(*) FILTER (WHERE rows = 0 AND NOT known)
        FROM cards
        """,
        (event_id,),
    ).fetchone()
    return Delivery(*row)


def unanswered(db: Connection, event_id: int) -> list[Named]:
    """Return who has not answered, by district and name."""
    return _named(db, "i.answer IS NULL", {"event": event_id})


def absent(db: Connection, event_id: int, slot_id: int) -> list[Named]:
    """Return who is invited and has not checked in to a slot, by district and name."""
    came = "SELECT 1 FROM check_ins k WHERE k.slot_id = :slot AND k.person_id = i.person_id"
    return _named(db, f"NOT EXISTS ({came})", {"event": event_id, "slot": slot_id})


def invited(db: Connection, event_id: int) -> list[Named]:
    """Return everybody who is invited, by district and name."""
    return _named(db, "1", {"event": event_id})


def told(db: Connection, event_id: int) -> list[int]:
    """Return the people who have got the card, or may have."""
    rows = db.execute(
        """
        SELECT DISTINCT person_id FROM outbox WHERE object = 'event:' || ? AND kind = 'announcement'
        AND state IN ('sent', 'started', 'uncertain') ORDER BY person_id
        """,
        (event_id,),
    )
    return [int(row[0]) for row in rows]


def answers_of(db: Connection, event_id: int) -> dict[int, str | None]:
    """Return each invited person's answer."""
    return dict(db.execute("SELECT person_id, answer FROM invitations WHERE event_id = ?", (event_id,)))


def _named(db: Connection, which: str, values: dict[str, int]) -> list[Named]:
    rows = db.execute(
        f"""
        SELECT p.id, p.name, r.title, coalesce(d.name, '') FROM invitations i JOIN persons p ON p.id = i.person_id
        JOIN roles r USING (role) LEFT JOIN districts d ON d.id = p.district_id
        WHERE i.event_id = :event AND {which} ORDER BY d.name IS NULL, d.name, p.name, p.id
        """,
        values,
    )
    return [Named(*row) for row in rows]
