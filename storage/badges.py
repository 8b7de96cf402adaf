"""Badges: what a person's own QR code at an event carries, so that the committee's scan checks in that person."""

import hashlib
import hmac

from storage import office
from storage.database import Connection


def badge_of(db: Connection, event_id: int, person_id: int) -> str:
    """Return the person's badge at the event; it is not stored."""
    about = f"badge:{event_id}:{person_id}"
    return f"{person_id}-{hmac.digest(office.secret(db).encode(), about.encode(), hashlib.sha256)[:8].hex()}"


def person_of_badge(db: Connection, event_id: int, badge: str) -> int | None:
    """Return whose badge it is; None for one that was not made here."""
    number = badge.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 10 and badge.isascii()):
        return None
    return int(number) if hmac.compare_digest(badge, badge_of(db, event_id, int(number))) else None
