"""A clock that was set back: what was put off by the wrong time waits for it no longer, and nothing goes early."""

from storage.database import Connection

AT_MOST = "+15 minutes"
"""The longest that anything waits by itself: a doubtful row for its receipt. More is a time that somebody wished."""


def bring_back(db: Connection, now: str) -> None:
    """Let nothing wait for a time that the wrong clock made; `now` (UTC text) is by the right one.

    What somebody wished to leave at a time leaves then. What a channel asked us to wait for may be asked for once more.
    """
    _bring_back_rows(db, now)
    db.execute("UPDATE lanes SET not_before = :now WHERE not_before > :now", {"now": now})
    db.execute("UPDATE chats SET not_before = :now WHERE not_before > :now", {"now": now})
    # Whoever seems to have written tomorrow could not be found out of reach before that.
    db.execute(
        """
        UPDATE chats SET last_in_at = min(last_in_at, :now), spoke_at = min(spoke_at, :now)
        WHERE last_in_at > :now OR spoke_at > :now
        """,
        {"now": now},
    )
    db.execute("UPDATE unreached SET since = :now WHERE since > :now", {"now": now})
    db.execute("UPDATE live_cards SET edited_at = :now WHERE edited_at > :now", {"now": now})
    # Quiet hours, days of rest, and the one card of the day are asked for again when it is looked at.
    db.execute(
        """
        UPDATE reminders SET next_at = max(due_at, :now) WHERE state = 'waiting' AND next_at > max(due_at, :now)
        """,
        {"now": now},
    )


def _bring_back_rows(db: Connection, now: str) -> None:
    """Rows that were tried, that wait for their receipt, or that were for at once, or for the end of a hold."""
    for table in ("events", "broadcasts"):
        db.execute(
            f"""
            UPDATE {table} SET sends_at = :now
            WHERE made_at > :now AND sends_at > :now
              AND sends_at <= strftime('%Y-%m-%dT%H:%M:%f+00:00', made_at, :most)
            """,
            {"now": now, "most": AT_MOST},
        )
    db.execute(
        """
        UPDATE outbox SET not_before = :now
        WHERE state = 'queued' AND not_before > :now
          AND (error IS NOT NULL OR attempts > 0
               OR made_at > :now AND not_before <= strftime('%Y-%m-%dT%H:%M:%f+00:00', made_at, :most))
        """,
        {"now": now, "most": AT_MOST},
    )
    db.execute(
        """
        UPDATE outbox SET not_before = strftime('%Y-%m-%dT%H:%M:%f+00:00', :now, :most)
        WHERE state = 'uncertain' AND uncertain_do = 'resend' AND copies = 0
          AND not_before > strftime('%Y-%m-%dT%H:%M:%f+00:00', :now, :most)
        """,
        {"now": now, "most": AT_MOST},
    )
