"""Announcements: when an event's cards leave, sending them at once, calling them back, and correcting what they say."""

from storage.database import Connection
from storage.event_details import set_details
from storage.events import Event


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


def correct(db: Connection, before: Event, after: Event, now: str) -> bool:
    """Change what an event says of itself; False if it is off, or somebody has changed it since `before` was read."""
    changed = db.execute(
        """
        UPDATE events SET subject = :subject, place = :place, first_day = :first_day, last_day = :last_day,
               starts = :starts, ends = :ends, starts_at = :starts_at,
               latitude = :latitude, longitude = :longitude, edition = edition + 1,
               moved_at = CASE starts_at WHEN :starts_at THEN moved_at ELSE :now END
        WHERE id = :event AND state = 'announced' AND edition = :edition
        """,
        {
            "event": before.id,
            "edition": before.edition,
            "subject": after.subject,
            "place": after.place,
            "first_day": after.first_day,
            "last_day": after.last_day,
            "starts": after.starts,
            "ends": after.ends,
            "starts_at": after.starts_at,
            "latitude": after.latitude,
            "longitude": after.longitude,
            "now": now,
        },
    )
    if changed.rowcount == 0:
        return False
    set_details(db, before.id, after.details)
    return True
