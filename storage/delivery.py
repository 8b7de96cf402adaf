"""Delivery: which outbox rows may leave now, when to look again, and the step that sends them on their way."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.database import Connection

# Constant parts of the statements below.
_MAY_REPEAT = "state = 'uncertain' AND uncertain_do = 'resend' AND copies = 0"
_RESTING = "(SELECT 1 FROM lanes WHERE channel = {} AND (paused_by IS NOT NULL OR not_before > :now))"


@dataclass(frozen=True, slots=True)
class Due:
    """A row that may go now."""

    id: int
    chat: str
    channel: str
    lane: int


@dataclass(frozen=True, slots=True)
class Started:
    """A row on its way; `edit_of` is the channel's id of the message it rewrites, `again` marks a second copy."""

    id: int
    chat: str
    channel: str
    address: str
    body: str
    edit_of: str
    attempts: int
    again: bool
    plain: bool
    spoke_at: str | None = None  # when the person last wrote
    template: str | None = None  # JSON [name, text]: what goes while the window is closed


def claimable(db: Connection, now: str, channel: str, most: Mapping[int, int]) -> list[Due]:
    """Return what may go now, at most so many rows of each lane: replies first, then by the time they fell due.

    Within a chat and lane they go in the order posted: a row waits while an older one of the same or a more urgent lane
    is open, though not for one that is scheduled for later. An edit waits until what it edits has an id, or never will.
    """
    if db.execute(f"SELECT 1 WHERE EXISTS {_RESTING.format(':channel')}", {"channel": channel, "now": now}).fetchone():
        return []
    due: list[Due] = []
    for lane in sorted(most):
        room = most[lane]
        for sql in (REPEATS, QUEUED):
            rows = db.execute(sql, {"now": now, "channel": channel, "lane": lane, "most": room}).fetchall()
            due += [Due(*row) for row in rows]
            room -= len(rows)
    return due


# CROSS JOIN: the chats are looked up for the rows, never the other way round.
QUEUED = """
    SELECT o.id, o.chat, o.channel, o.lane FROM outbox o CROSS JOIN chats c ON c.chat = o.chat
    WHERE o.state = 'queued' AND o.channel = :channel AND o.lane = :lane AND o.not_before <= :now
      AND (o.expires_at IS NULL OR o.expires_at > :now) AND (c.not_before IS NULL OR c.not_before <= :now)
      AND NOT EXISTS (
        SELECT 1 FROM outbox e WHERE e.state IN ('queued', 'started') AND e.chat = o.chat AND e.lane <= o.lane
        AND e.id < o.id AND (e.state = 'started' OR e.attempts > 0 OR e.not_before <= :now))
      AND NOT EXISTS (
        SELECT 1 FROM outbox t WHERE t.id = o.edits AND (t.state IN ('held', 'queued', 'started')
        OR t.state = 'uncertain' AND t.uncertain_do = 'resend' AND t.copies = 0))
    ORDER BY o.not_before, o.id LIMIT :most
"""
REPEATS = """
    SELECT o.id, o.chat, o.channel, o.lane FROM outbox o CROSS JOIN chats c ON c.chat = o.chat
    WHERE o.state = 'uncertain' AND o.uncertain_do = 'resend' AND o.copies = 0 AND o.channel = :channel
      AND o.lane = :lane AND o.not_before <= :now AND (o.expires_at IS NULL OR o.expires_at > :now)
      AND (c.not_before IS NULL OR c.not_before <= :now)
    ORDER BY o.not_before LIMIT :most
"""


def next_due(db: Connection, now: str, channels: Iterable[str]) -> str | None:
    """Return the earliest time after `now` at which something may become claimable or expire; None if nothing will."""
    key = {"now": now, "channel": "", "lane": 0}
    asked = [
        "SELECT min(not_before) FROM chats WHERE not_before > :now",
        "SELECT min(expires_at) FROM outbox WHERE state IN ('held', 'queued', 'uncertain') AND expires_at > :now",
    ]
    times = [db.execute(sql, key).fetchone()[0] for sql in asked]
    for key["channel"] in channels:
        row = db.execute("SELECT paused_by, not_before FROM lanes WHERE channel = :channel", key).fetchone()
        paused_by, rests_until = row or (None, None)
        if paused_by is None and rests_until is not None and rests_until > now:
            times.append(rests_until)
        elif paused_by is None:
            for key["lane"] in (0, 1, 2):
                for which in ("state = 'queued'", _MAY_REPEAT):
                    later = f"{which} AND channel = :channel AND lane = :lane AND not_before > :now"
                    times.append(db.execute(f"SELECT min(not_before) FROM outbox WHERE {later}", key).fetchone()[0])
    return min((time for time in times if time is not None), default=None)


def start(db: Connection, ids: Sequence[int], owner: str, now: str) -> list[Started]:
    """Mark rows as on their way, before the first byte leaves; return those that may still go, as they are now.

    Asks again all that can have changed since `claimable` was read.
    """
    key = {"ids": json.dumps(ids), "owner": owner, "now": now}
    rows = db.execute(
        f"""
        SELECT o.id, o.chat, o.channel, c.address, o.body, coalesce(t.external_id, ''), o.attempts + 1,
               o.state = 'uncertain' OR o.copies, o.plain, c.spoke_at, o.template
        FROM json_each(:ids) one CROSS JOIN outbox o ON o.id = one.value JOIN chats c USING (chat)
        LEFT JOIN outbox t ON t.id = o.edits AND t.state = 'sent'
        WHERE (o.state = 'queued' OR o.state = 'uncertain' AND o.uncertain_do = 'resend' AND o.copies = 0)
          AND o.not_before <= :now
          AND (o.expires_at IS NULL OR o.expires_at > :now) AND (c.not_before IS NULL OR c.not_before <= :now)
          AND NOT EXISTS {_RESTING.format("o.channel")}
        """,
        key,
    ).fetchall()
    db.execute(
        """
        UPDATE outbox SET state = 'started', owner = :owner, started_at = :now, attempts = attempts + 1, done_at = NULL,
            copies = CASE state WHEN 'uncertain' THEN 1 ELSE copies END
        WHERE id IN (SELECT value FROM json_each(:ids))
        """,
        key | {"ids": json.dumps([row[0] for row in rows])},
    )
    return [_started(*row) for row in rows]


def _started(id: int, chat: str, channel: str, address: str, body: str, *rest: Any) -> Started:  # the table's words
    edit_of, attempts, again, plain, spoke_at, template = rest
    return Started(id, chat, channel, address, body, edit_of, attempts, bool(again), bool(plain), spoke_at, template)


def started_since(db: Connection, moment: str) -> list[tuple[str, str, int, str]]:
    """Return (channel, chat, lane, when) of every attempt since `moment`, oldest first: what a pacer must know."""
    rows = db.execute(
        "SELECT channel, chat, lane, started_at FROM outbox WHERE started_at >= ? ORDER BY started_at", (moment,)
    )
    return [tuple(row) for row in rows]


def expire(db: Connection, now: str) -> int:
    """Give up what was not sent while it was of use; return how many rows that were."""
    expired = "expires_at <= :now"
    # A first copy may have arrived: the row stays uncertain, but there is no second one any more.
    db.execute(f"UPDATE outbox SET uncertain_do = 'drop' WHERE {_MAY_REPEAT} AND {expired}", {"now": now})
    return db.execute(
        f"""
        UPDATE outbox SET done_at = :now, state = CASE copies WHEN 0 THEN 'expired' ELSE 'uncertain' END
        WHERE state IN ('held', 'queued', 'uncertain') AND state <> 'uncertain' AND {expired}
        """,
        {"now": now},
    ).rowcount


def has_expired(db: Connection, now: str) -> bool:
    """Say whether `expire` would find anything."""
    sql = f"""
        SELECT 1 FROM outbox WHERE state IN ('held', 'queued', 'uncertain') AND expires_at <= ?
        AND (state <> 'uncertain' OR {_MAY_REPEAT}) LIMIT 1
    """
    return db.execute(sql, (now,)).fetchone() is not None
