"""Outcomes: what becomes of a started outbox row, one function for each way in which an attempt can end.

Each acts on a started row alone, so that telling an outcome twice changes nothing. A row of which a first copy may have
arrived ends as uncertain, never as something that claims to know better, unless its second copy was accepted.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from storage import chats, receipts
from storage.database import Connection

MOST_ATTEMPTS = 150  # at 600 s apart about a day: nothing is tried for ever
MOST_MOVES = 5


class Taken(NamedTuple):
    """A row that the channel took, under which id, '' where its answer could not be read, and when we knew."""

    id: int
    external_id: str
    at: str


def accepted(db: Connection, rows: Sequence[Taken]) -> None:
    """The channel took these rows."""
    db.execute(
        """
        UPDATE outbox SET state = 'sent', external_id = nullif(json_extract(one.value, '$[1]'), ''), error = NULL,
            done_at = json_extract(one.value, '$[2]')
        FROM json_each(?) one WHERE outbox.id = json_extract(one.value, '$[0]') AND state = 'started'
        """,
        (json.dumps(rows, ensure_ascii=False),),
    )
    receipts.settle_all(db, {row.id: row.at for row in rows})


def throttled(db: Connection, id: int, until: str, now: str) -> None:
    """Refused for now: the chat is left alone until then, and the refusal is not held against the row."""
    chat = _chat_of(db, id)
    if chat is not None:
        chats.leave_alone(db, chat, until)
        _put_back(db, id, now, until, "Throttled", counts=False)


def retry_plain(db: Connection, id: int, now: str) -> None:
    """The markup was refused: once more without it, and if that was without it, never again."""
    if db.execute("SELECT 1 FROM outbox WHERE id = ? AND plain = 1", (id,)).fetchone():
        refused(db, id, "MarkupRefused", now)
        return
    db.execute("UPDATE outbox SET plain = 1 WHERE id = ? AND state = 'started'", (id,))
    _put_back(db, id, now, now, "MarkupRefused")


def post_anew(db: Connection, id: int, error: str, now: str) -> None:
    """The message to be edited is gone: say the same in a new one, since the person waits for an answer."""
    db.execute("UPDATE outbox SET edits = NULL WHERE id = ? AND state = 'started'", (id,))
    _put_back(db, id, now, now, error)


def moved(db: Connection, id: int, address: str, now: str) -> None:
    """The chat lives at another address: this row, and what else waits for the chat, goes there."""
    row = db.execute("SELECT chat, attempts FROM outbox WHERE id = ? AND state = 'started'", (id,)).fetchone()
    if row is None:
        return
    chat, attempts = row
    if attempts > MOST_MOVES:
        refused(db, id, "Moved", now)
        return
    key = chats.move(db, chat, address)
    _put_back(db, id, now, now, "Moved")
    db.execute(
        "UPDATE outbox SET chat = ? WHERE chat = ? AND state IN ('queued', 'started') AND state = 'queued'", (key, chat)
    )


def refused(db: Connection, id: int, error: str, now: str) -> None:
    """Refused for good."""
    _end(db, id, "failed", error, now)


def window_closed(db: Connection, id: int, error: str, now: str, *, told: bool) -> None:
    """Refused, because the person has not written for too long; `told` says that the channel itself refused.

    What has a template goes again, as that; what belongs to a card is held until the card is opened.
    """
    chat = _chat_of(db, id)
    if chat is not None and told:
        chats.shut_window(db, chat)
    row = db.execute("SELECT template IS NOT NULL AND attempts < 3, waits FROM outbox WHERE id = ?", (id,)).fetchone()
    if row[0] and told:
        _put_back(db, id, now, now, error)
    elif row[1]:
        db.execute("UPDATE outbox SET state = 'held' WHERE id = ? AND state = 'started' AND withdrawn = 0", (id,))
    _end(db, id, "failed", error, now)  # unless it is on its way no more


def undeliverable(db: Connection, id: int, error: str, now: str) -> None:
    """Refused for good; a chat for which that happens again and again counts as out of reach."""
    chat = _chat_of(db, id)
    _end(db, id, "failed", error, now)
    if chat is not None:
        receipts.doubt(db, chat, error)


def stopped(db: Connection, id: int, error: str, now: str) -> None:
    """Refused for good, and so is everything that was posted to this person before the attempt began."""
    row = db.execute("SELECT chat, started_at FROM outbox WHERE id = ? AND state = 'started'", (id,)).fetchone()
    if row is None:
        return
    key = {"chat": row[0], "began": row[1], "error": error, "now": now}
    _end(db, id, "stopped", error, now)
    # Whoever wrote to us after the attempt began has come back in the meantime.
    db.execute(
        "UPDATE chats SET reachable = 'no' WHERE chat = :chat AND (last_in_at IS NULL OR last_in_at <= :began)", key
    )
    db.execute(
        """
        UPDATE outbox SET state = CASE copies WHEN 0 THEN 'stopped' ELSE 'uncertain' END, error = :error, done_at = :now
        WHERE chat = :chat AND state IN ('queued', 'started') AND state = 'queued' AND made_at <= :began
        """,
        key,
    )


def pause_lane(db: Connection, id: int, channel: str, error: str, now: str) -> None:
    """Our own credentials were refused: nothing more leaves by this channel, and nothing is held against its rows."""
    db.execute(
        """
        INSERT INTO lanes (channel, paused_by) VALUES (?, ?)
        ON CONFLICT (channel) DO UPDATE SET paused_by = excluded.paused_by
        """,
        (channel, error),
    )
    _put_back(db, id, now, now, error, counts=False)


def rest_lane(db: Connection, channel: str, until: str) -> None:
    """Leave the whole channel alone until then: several chats were throttled at once, so it is about us."""
    db.execute(
        """
        INSERT INTO lanes (channel, not_before) VALUES (?, ?)
        ON CONFLICT (channel) DO UPDATE SET not_before = max(coalesce(not_before, ''), excluded.not_before)
        """,
        (channel, until),
    )


def resume_lanes(db: Connection, channels: Iterable[str]) -> None:
    """Open the channels again whose token was refused: a new start has read new settings."""
    for channel in channels:
        db.execute("UPDATE lanes SET paused_by = NULL WHERE channel = ?", (channel,))


def retry_later(db: Connection, id: int, not_before: str, error: str, now: str) -> None:
    """Nothing left us: again later, up to MOST_ATTEMPTS."""
    if db.execute("SELECT 1 FROM outbox WHERE id = ? AND attempts >= ?", (id, MOST_ATTEMPTS)).fetchone():
        refused(db, id, error, now)
    else:
        _put_back(db, id, now, not_before, error)


def hurry(db: Connection, channel: str, now: str) -> int:
    """The channel answers again: what waits out a back-off need not; return how many rows that are."""
    moved_up = 0
    for lane in (0, 1, 2):
        moved_up += db.execute(
            """
            UPDATE outbox SET not_before = :now
            WHERE state = 'queued' AND channel = :channel AND lane = :lane AND not_before > :now AND attempts > 0
            """,
            {"channel": channel, "lane": lane, "now": now},
        ).rowcount
    return moved_up


def uncertain(db: Connection, id: int, error: str, now: str, resend_at: str | None) -> None:
    """It may have arrived, or not: a second copy goes at `resend_at`, once, if the kind of message wants one."""
    db.execute(
        """
        UPDATE outbox SET state = 'uncertain', error = :error, done_at = :now, not_before = coalesce(:at, not_before),
            uncertain_do = CASE WHEN :at IS NULL OR withdrawn = 1 THEN 'drop' ELSE uncertain_do END
        WHERE id = :id AND state = 'started'
        """,
        {"id": id, "error": error, "now": now, "at": resend_at},
    )
    receipts.settle(db, id, now)  # word of it may have come before the silence was noticed


def adopt_orphans(
    db: Connection,
    boot_id: str,
    now: str,
    idempotent_channels: Iterable[str],
    resend_at: str,
    later: Mapping[str, str] | None = None,
) -> int:
    """Settle what another boot had started: again where twice is as good as once, else uncertain; return how many are.

    `later` names channels that are waited for longer than until `resend_at`: word of the first copy may still come.
    At once, not after an hour: there is one process, so whoever started them is dead.
    """
    rows = db.execute(
        """
        SELECT o.id, o.channel, t.external_id IS NOT NULL
        FROM outbox o LEFT JOIN outbox t ON t.id = o.edits AND t.state = 'sent'
        WHERE o.state IN ('started', 'uncertain') AND o.state = 'started' AND o.owner <> ?
        """,
        (boot_id,),
    ).fetchall()
    safe = set(idempotent_channels)
    count = 0
    for id_, channel, is_edit in rows:
        if is_edit or channel in safe:
            _put_back(db, id_, now, now, "Died")
        else:
            uncertain(db, id_, "Died", now, (later or {}).get(channel, resend_at))
            count += 1
    return count


def _put_back(db: Connection, id: int, now: str, not_before: str, error: str, *, counts: bool = True) -> None:
    """Return a started row to its queue, unless it was withdrawn on its way."""
    db.execute(
        """
        UPDATE outbox SET not_before = :at, error = :error, attempts = attempts - :uncounted,
            state = CASE WHEN withdrawn = 0 THEN 'queued' WHEN copies = 0 THEN 'cancelled' ELSE 'uncertain' END,
            done_at = CASE withdrawn WHEN 0 THEN NULL ELSE :now END
        WHERE id = :id AND state = 'started'
        """,
        {"id": id, "at": not_before, "error": error, "uncounted": 0 if counts else 1, "now": now},
    )


def _end(db: Connection, id: int, state: str, error: str, now: str) -> None:
    db.execute(
        """
        UPDATE outbox SET state = CASE copies WHEN 0 THEN :state ELSE 'uncertain' END, error = :error, done_at = :now
        WHERE id = :id AND state = 'started'
        """,
        {"id": id, "state": state, "error": error, "now": now},
    )


def _chat_of(db: Connection, id: int) -> str | None:
    row = db.execute("SELECT chat FROM outbox WHERE id = ? AND state = 'started'", (id,)).fetchone()
    return str(row[0]) if row else None
