"""Receipts: what a channel says became of a message, kept once per message and status, in whatever order they come."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from storage import chats, costs
from storage.database import Connection

MOST_TRIES = 6  # attempts of a row whose failures are worth another one
RETRY_SECONDS = 60
DOUBTED_AFTER = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """One status of one message; `outbox_id` is our own id, where the channel echoes it.

    `follows` says what a failure means: 'fail', 'retry', 'retry once', 'window', 'undeliverable', or 'pause'.
    """

    channel: str
    external_id: str
    status: str
    at: str
    outbox_id: int | None = None
    error: str | None = None
    follows: str = "fail"
    billable: bool | None = None
    category: str | None = None


def note(db: Connection, receipt: Receipt, now: str) -> bool:
    """Keep the receipt and bring its row up to date; False if it was there already."""
    row = db.execute(
        "SELECT id FROM outbox WHERE id = ? AND channel = ?", (receipt.outbox_id, receipt.channel)
    ).fetchone()
    id_ = int(row[0]) if row else None
    kept = db.execute(
        """
        INSERT INTO receipts VALUES (:channel, :external_id, :status, :at, :outbox_id, :error, :follows, :billable,
                                     :category, :now)
        ON CONFLICT DO NOTHING
        """,
        {
            "channel": receipt.channel,
            "external_id": receipt.external_id,
            "status": receipt.status,
            "at": receipt.at,
            "outbox_id": id_,
            "error": receipt.error,
            "follows": receipt.follows,
            "billable": receipt.billable,
            "category": receipt.category,
            "now": now,
        },
    ).rowcount
    if kept and receipt.billable and receipt.status != "failed" and not _was_billed(db, receipt):
        costs.note_billed(db, receipt.at, receipt.category)
    if kept and id_ is not None:
        settle(db, id_, now)
    return bool(kept)


def settle_all(db: Connection, rows: Mapping[int, str]) -> None:
    """Settle those of these rows of which there is word; each with the moment that is now for it."""
    sql = "SELECT DISTINCT outbox_id FROM receipts WHERE outbox_id IN (SELECT value FROM json_each(?))"
    for (id_,) in db.execute(sql, (json.dumps(list(rows)),)).fetchall():
        settle(db, id_, rows[id_])


def settle(db: Connection, id: int, now: str) -> None:  # the word the tables use
    """Let the row say what its receipts say: delivered outranks failed, failed outranks sent, whichever came first.

    A row on its way is left alone, its attempt settles it when it ends.
    """
    best = db.execute(
        """
        SELECT r.status, r.external_id, r.at, r.error, r.follows, o.state, o.attempts, o.withdrawn, o.template
        FROM receipts r JOIN outbox o ON o.id = r.outbox_id
        WHERE r.outbox_id = :id AND r.external_id = coalesce(o.external_id, r.external_id)
        ORDER BY CASE status WHEN 'read' THEN 4 WHEN 'delivered' THEN 3 WHEN 'failed' THEN 2 ELSE 1 END DESC, at DESC
        """,
        {"id": id},
    ).fetchone()
    if best is None:
        return
    if best["status"] != "failed":
        db.execute(
            """
            UPDATE outbox SET state = 'sent', external_id = :external_id, receipt = :status, receipt_at = :at,
                error = NULL, done_at = coalesce(done_at, :now)
            WHERE id = :id
              AND (state IN ('sent', 'uncertain', 'failed', 'stopped') OR state = 'queued' AND attempts > 0)
            """,
            {"id": id, "external_id": best["external_id"], "status": best["status"], "at": best["at"], "now": now},
        )
    elif best["state"] in ("sent", "uncertain"):
        _fail(db, id, best["error"], best["at"], now)
        tries = {"retry": MOST_TRIES, "retry once": 2, "pause": MOST_TRIES, "window": 2 if best["template"] else 0}.get(
            best["follows"], 0
        )
        if best["attempts"] < tries and not best["withdrawn"]:
            _try_again(db, id, now)
        _follow(db, id, best["follows"], best["error"])


def _was_billed(db: Connection, receipt: Receipt) -> bool:
    """Say whether another receipt of the same message was counted before."""
    sql = """
        SELECT 1 FROM receipts WHERE channel = ? AND external_id = ? AND status NOT IN (?, 'failed') AND billable = 1
    """
    return db.execute(sql, (receipt.channel, receipt.external_id, receipt.status)).fetchone() is not None


def doubt(db: Connection, chat: str, error: str) -> None:
    """Give a chat up, until it is heard again, when its last messages all ended with this error."""
    rows = db.execute(
        "SELECT error FROM outbox WHERE chat = ? AND done_at IS NOT NULL ORDER BY id DESC LIMIT ?",
        (chat, DOUBTED_AFTER),
    ).fetchall()
    if len(rows) == DOUBTED_AFTER and all(row[0] == error for row in rows):
        chats.set_reachable(db, chat, False)


def _fail(db: Connection, id: int, error: str, at: str, now: str) -> None:
    db.execute(
        """
        UPDATE outbox SET state = 'failed', receipt = 'failed', receipt_at = ?, error = ?, done_at = ?
        WHERE id = ?
        """,
        (at, error, now, id),
    )


def _try_again(db: Connection, id: int, now: str) -> None:
    """Queue what surely did not arrive, unless it is of no use any more."""
    db.execute(
        """
        UPDATE outbox SET state = 'queued', external_id = NULL, done_at = NULL,
            not_before = strftime('%Y-%m-%dT%H:%M:%f+00:00', :now,
                                  '+' || (:seconds << min(attempts - 1, 6)) || ' seconds')
        WHERE id = :id
        """,
        {"id": id, "now": now, "seconds": RETRY_SECONDS},
    )


def _follow(db: Connection, id: int, follows: str, error: str) -> None:
    """Draw what the failure means for what comes after it."""
    chat, channel = db.execute("SELECT chat, channel FROM outbox WHERE id = ?", (id,)).fetchone()
    if follows == "window":
        chats.shut_window(db, chat)
    elif follows == "undeliverable":
        doubt(db, chat, error)
    elif follows == "pause":
        db.execute(
            """
            INSERT INTO lanes (channel, paused_by) VALUES (?, ?)
            ON CONFLICT (channel) DO UPDATE SET paused_by = excluded.paused_by
            """,
            (channel, error),
        )
