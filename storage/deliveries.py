"""Deliveries: what became of an announcement's cards, who has one, and who has to be called instead."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the announcement: people to whom it was sent, failed, is on its way, or has no chat to go to.

    `reasons` counts those who failed by how: 'stopped' (the bot is blocked), 'failed', 'expired', 'cancelled'.
    """

    sent: int
    failed: int
    waiting: int
    unregistered: int
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Unreached:
    """Somebody whom the card did not reach; `phone` is E.164, `district` '' for nobody's, `called` 1 once called."""

    id: int
    name: str
    title: str
    district: str
    district_id: int | None
    phone: str | None
    called: int


@dataclass(frozen=True, slots=True)
class Carried:
    """The card that somebody has, or may have: its row in the outbox, and the chat's channel."""

    person_id: int
    name: str
    row: int
    chat: str
    channel: str


# What became of each invited person's card, as it was sent last: of the rows that share a sending, all have arrived,
# or one has failed. Of an event with 35,000 invitations the rows are read in the order of one index, nothing is sorted.
# Who is there, and in reach, without ever having been sent a card, needs none: a walk-in is no failure.
_CARDS = """
    WITH sendings AS MATERIALIZED (
        SELECT person_id, count(*) AS rows, max(id) FILTER (WHERE kind = 'announcement') AS last,
               count(*) FILTER (WHERE state = 'sent') AS sent,
               count(*) FILTER (WHERE state IN ('failed', 'stopped', 'expired', 'cancelled')) AS failed,
               max(state) FILTER (WHERE state IN ('failed', 'stopped', 'expired', 'cancelled')) AS worst
        FROM outbox WHERE object = 'event:' || :event AND kind IN ('announcement', 'attachment', 'venue')
          AND laddered IS NOT 'passed'
        GROUP BY person_id, sending
    ), cards AS (
        SELECT i.person_id, i.answer,
               CASE WHEN rows IS NULL THEN iif(known, 'failed', 'unregistered') WHEN failed > 0 THEN 'failed'
                    WHEN sent = rows THEN 'sent' ELSE 'waiting' END AS state,
               CASE WHEN rows IS NULL AND known THEN 'stopped' WHEN failed > 0 THEN worst END AS reason
        FROM (
            SELECT i.person_id, i.answer, s.rows, s.sent, s.failed, s.worst, max(s.last),  -- the others are of this one
                   s.rows IS NULL AND EXISTS (SELECT 1 FROM chats c WHERE c.person_id = i.person_id) AS known
            FROM invitations i LEFT JOIN sendings s ON s.person_id = i.person_id AND s.last IS NOT NULL
            WHERE i.event_id = :event GROUP BY i.person_id
        ) i
        WHERE rows IS NOT NULL
          OR NOT EXISTS (SELECT 1 FROM chats c WHERE c.person_id = i.person_id AND c.reachable = 'yes')
          OR NOT EXISTS (SELECT 1 FROM slots t JOIN check_ins k ON k.slot_id = t.id AND k.person_id = i.person_id
                         WHERE t.event_id = :event AND k.state = 'kept')
    )
"""


def delivery(db: Connection, event_id: int) -> Delivery:
    """Count the invited people by what became of their card; one who got it but not its attachment counts as failed."""
    counted: dict[str, int] = {}
    reasons: list[tuple[str, int]] = []
    rows = db.execute(
        _CARDS + "SELECT state, reason, count(*) FROM cards GROUP BY state, reason ORDER BY count(*) DESC, 2",
        {"event": event_id},
    )
    for state, reason, count in rows:
        counted[state] = counted.get(state, 0) + count
        if state == "failed":
            reasons.append((str(reason), int(count)))
    sent, failed, waiting, unregistered = (
        counted.get(state, 0) for state in ("sent", "failed", "waiting", "unregistered")
    )
    return Delivery(sent, failed, waiting, unregistered, tuple(reasons))


def counting_on(db: Connection, event_id: int) -> list[int]:
    """Return the people who have got the card, or said that they come; without those who said that they do not."""
    rows = db.execute(
        """
        SELECT i.person_id FROM invitations i WHERE i.event_id = :event AND i.answer IS NOT 'no'
        AND (i.answer IS NOT NULL OR i.person_id IN (
            SELECT person_id FROM outbox WHERE object = 'event:' || :event AND kind = 'announcement'
            AND state IN ('sent', 'started', 'uncertain')))
        ORDER BY i.person_id
        """,
        {"event": event_id},
    )
    return [int(row[0]) for row in rows]


def carried(db: Connection, event_id: int) -> list[Carried]:
    """Return the card of everybody invited who has got one, or may have: the last, where somebody got several."""
    rows = db.execute(
        """
        SELECT o.person_id, p.name, max(o.id), o.chat, o.channel
        FROM outbox o JOIN persons p ON p.id = o.person_id AND p.state = 'active'
        JOIN invitations i ON i.event_id = :event AND i.person_id = o.person_id
        WHERE o.object = 'event:' || :event AND o.kind = 'announcement' AND o.state IN ('sent', 'started', 'uncertain')
        GROUP BY o.person_id ORDER BY o.person_id
        """,
        {"event": event_id},
    )
    return [Carried(*row) for row in rows]


def waiting(db: Connection, event_id: int) -> list[tuple[int, str]]:
    """Return id and name of everybody whose card has not left yet."""
    rows = db.execute(
        """
        SELECT DISTINCT o.person_id, p.name FROM outbox o JOIN persons p ON p.id = o.person_id
        JOIN invitations i ON i.event_id = :event AND i.person_id = o.person_id
        WHERE o.object = 'event:' || :event AND o.kind = 'announcement' AND o.state IN ('held', 'queued') ORDER BY 1
        """,
        {"event": event_id},
    )
    return [(int(row[0]), str(row[1])) for row in rows]


def failed(db: Connection, event_id: int) -> list[tuple[int, str]]:
    """Return id and name of everybody whose card did not arrive, though there is or was a chat for it."""
    rows = db.execute(
        _CARDS
        + """
        SELECT p.id, p.name FROM cards c JOIN persons p ON p.id = c.person_id AND p.state = 'active'
        WHERE c.state = 'failed' ORDER BY p.id
        """,
        {"event": event_id},
    )
    return [(int(row[0]), str(row[1])) for row in rows]


def unreached(db: Connection, event_id: int, district_id: int | None = None) -> list[Unreached]:
    """Return who has no card, was silent so far, and is called instead, by district and name; all districts for None.

    Who was called stays on the list.
    """
    rows = db.execute(
        _CARDS
        + """
        SELECT p.id, p.name, r.title, coalesce(d.name, ''), p.district_id, p.phone, k.person_id IS NOT NULL
        FROM cards c JOIN persons p ON p.id = c.person_id AND p.state = 'active' JOIN roles r USING (role)
        LEFT JOIN districts d ON d.id = p.district_id
        LEFT JOIN calls k ON k.event_id = :event AND k.person_id = c.person_id
        WHERE c.state IN ('failed', 'unregistered')
          AND (c.answer IS NULL OR k.person_id IS NOT NULL)
          AND (:district IS NULL OR p.district_id = :district)
        ORDER BY d.name IS NULL, d.name, p.name, p.id
        """,
        {"event": event_id, "district": district_id},
    )
    return [Unreached(*row) for row in rows]


def anybody_called(db: Connection, event_id: int) -> bool:
    """Say whether anybody was called about the event."""
    return db.execute("SELECT 1 FROM calls WHERE event_id = ? LIMIT 1", (event_id,)).fetchone() is not None


def note_call(db: Connection, event_id: int, person_id: int, by_person: int, now: str) -> bool:
    """Note that somebody was called; False if that is noted already."""
    added = db.execute(
        "INSERT INTO calls VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", (event_id, person_id, by_person, now)
    )
    return added.rowcount == 1
