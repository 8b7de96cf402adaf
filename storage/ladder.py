"""The ladder: notices that a channel lost, which the person's other one may carry, and people whom none reaches."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection

COMPANIONS = frozenset({"attachment", "venue"})
"""What belongs to a card and goes wherever that goes."""

IN_A_ROW = 3
LOOKS_BACK = 40  # rows of a person's chats

_FALLEN = """
    SELECT id, chat, channel, person_id, kind, object, dedupe, coalesce(whole, ''), lane, expires_at,
           coalesce(error, '')
    FROM outbox
"""


@dataclass(frozen=True, slots=True)
class Fallen:
    """A notice's last row; `whole` is the message before it was laid out, '' where no other channel could carry it."""

    id: int
    chat: str
    channel: str
    person_id: int
    kind: str
    object: str
    dedupe: str
    whole: str
    lane: int
    expires_at: str | None
    error: str


def fallen(db: Connection, now: str, silent_since: str, oldest: str, most: int) -> list[Fallen]:
    """Return notices that failed for good, and those of which a channel with receipts has told nothing since then.

    What is older than `oldest`, or of no use any more, is not passed on.
    """
    failed = db.execute(
        _FALLEN
        + """
        WHERE whole IS NOT NULL AND laddered IS NULL AND state IN ('failed', 'stopped') ORDER BY id LIMIT :most
        """,
        {"most": most},
    ).fetchall()
    silent = db.execute(
        _FALLEN
        + """
        WHERE whole <> '' AND laddered IS NULL AND state = 'sent' AND coalesce(receipt, 'sent') = 'sent'
          AND channel IN (SELECT channel FROM channels_on WHERE receipts = 1)
          AND done_at <= :since AND done_at > :oldest AND (expires_at IS NULL OR expires_at > :now)
          AND kind NOT IN ('attachment', 'venue') AND instr(dedupe, '>') = 0 ORDER BY done_at LIMIT :most
        """,
        {"since": silent_since, "oldest": oldest, "now": now, "most": most},
    ).fetchall()
    return [Fallen(*row) for row in (*failed, *silent)]


def companions(db: Connection, card: Fallen) -> list[Fallen]:
    """Return what belongs to the card, in the order sent."""
    if card.kind in COMPANIONS:
        return []
    rows = db.execute(
        _FALLEN
        + """
        WHERE object = :object AND person_id = :person AND kind IN ('attachment', 'venue') AND whole <> ''
          AND sending = (SELECT sending FROM outbox WHERE id = :id) ORDER BY id
        """,
        {"object": card.object, "person": card.person_id, "id": card.id},
    )
    return [Fallen(*row) for row in rows.fetchall()]


def mark(db: Connection, id: int, how: str) -> None:  # the word the tables use
    """Note that the notice was passed on, or that there is nowhere to pass it to."""
    db.execute("UPDATE outbox SET laddered = ? WHERE id = ?", (how, id))


def mark_passed(db: Connection, card: Fallen, those: Sequence[Fallen], now: str) -> None:
    """Note that the other channel has the card and what belongs to it; what of it still waits here does not leave."""
    for one in (card, *those):
        db.execute(
            """
            UPDATE outbox SET laddered = 'passed', done_at = coalesce(done_at, :now),
                state = iif(state IN ('held', 'queued'), 'cancelled', state)
            WHERE chat = :chat AND (id = :id OR dedupe = :key OR dedupe BETWEEN :key || '#' AND :key || '#~')
            """,
            {"chat": one.chat, "id": one.id, "key": one.dedupe.partition("#")[0], "now": now},
        )


def lost_in_a_row(db: Connection, person_id: int) -> bool:
    """Say whether the person's last notices, IN_A_ROW of them, reached him or her on no channel."""
    rows = db.execute(
        """
        SELECT laddered IS 'end' AND state IN ('failed', 'stopped') FROM outbox
        WHERE chat IN (SELECT chat FROM chats WHERE person_id = :person) AND person_id = :person
          AND whole IS NOT NULL AND laddered IS NOT 'passed' AND done_at IS NOT NULL
          AND kind NOT IN ('attachment', 'venue') AND state IN ('sent', 'failed', 'stopped', 'uncertain')
          AND coalesce(error, '') <> 'ceiling'
        ORDER BY id DESC LIMIT :most
        """,
        {"person": person_id, "most": IN_A_ROW},
    ).fetchall()
    return len(rows) == IN_A_ROW and all(row[0] for row in rows)


_CUT_OFF = """
    SELECT DISTINCT c.person_id FROM chats c INDEXED BY chats_out_of_reach
    JOIN persons p ON p.id = c.person_id AND p.state = 'active'
    WHERE c.reachable = 'no' AND NOT EXISTS (SELECT 1 FROM unreached u WHERE u.person_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM chats o WHERE o.person_id = p.id AND o.reachable = 'yes')
"""
_BACK = """
    SELECT u.person_id FROM unreached u JOIN persons p ON p.id = u.person_id
    WHERE p.state <> 'active' OR EXISTS (
        SELECT 1 FROM chats c WHERE c.person_id = p.id AND c.reachable = 'yes' AND c.last_in_at > u.since)
"""


def any_lost_or_back(db: Connection) -> bool:
    """Say whether `cut_off` or `take_back` would find anybody."""
    return any(db.execute(f"{sql} LIMIT 1").fetchone() for sql in (_CUT_OFF, _BACK))


def note_unreached(db: Connection, person_id: int, now: str) -> bool:
    """Note that the person cannot be reached; False if that is known already."""
    added = db.execute("INSERT INTO unreached VALUES (?, ?) ON CONFLICT DO NOTHING", (person_id, now))
    return added.rowcount == 1


def cut_off(db: Connection) -> list[int]:
    """Return the active people all of whose chats are out of reach, and of whom that is not known yet."""
    return [int(row[0]) for row in db.execute(f"{_CUT_OFF} ORDER BY 1")]


def take_back(db: Connection) -> list[int]:
    """Forget whoever has written since, and who has left; return those who have written."""
    rows = db.execute(
        f"DELETE FROM unreached WHERE person_id IN ({_BACK}) RETURNING person_id, "
        "(SELECT state FROM persons p WHERE p.id = person_id)"
    ).fetchall()
    return sorted(int(row[0]) for row in rows if row[1] == "active")
