"""Announcements: when an event's cards leave, sending them at once, and calling them back before anybody has them."""

from storage.database import Connection


def recall(db: Connection, event_id: int, now: str) -> bool:
    """Put an event away whose cards have not left; False if they have, or it is off already."""
    changed = db.execute(
        """
        UPDATE events SET state = 'cancelled', sends_at = NULL
        WHERE id = :event AND state = 'announced' AND sends_at > :now
        """,
        {"event": event_id, "now": now},
    )
    return changed.rowcount == 1


def send_at_once(db: Connection, event_id: int, now: str) -> bool:
    """Let an event's cards leave now; False if they have left, or were called back."""
    key = {"event": event_id, "now": now}
    changed = db.execute(
        "UPDATE events SET sends_at = :now WHERE id = :event AND state = 'announced' AND sends_at > :now", key
    )
    db.execute(
        """
        UPDATE outbox SET not_before = :now
        WHERE object = 'event:' || :event AND state = 'queued' AND not_before > :now AND attempts = 0 AND :changed
        """,
        key | {"changed": changed.rowcount},
    )
    return changed.rowcount == 1
