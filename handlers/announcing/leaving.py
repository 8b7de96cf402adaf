"""When what is sent to many leaves: after the hold, at the time that was wished, or when the quiet hours are over."""

from datetime import datetime

from bot.dates import show_moment
from bot.reminder_hours import read_hours
from handlers.announcing.hold import HOLD
from storage.database import Connection


def leaves_at(
    db: Connection, now: datetime, zone: str, wanted: datetime | None, before: datetime | None = None
) -> datetime:
    """Return when it leaves.

    A time that somebody wished holds, at night too; what is of no use any more at the end of the quiet hours, `before`
    that, does not wait for it.
    """
    soon = now + HOLD
    if wanted is not None:
        return max(soon, wanted)
    quiet = read_hours(db).quiet_until(soon, zone)
    return quiet if quiet is not None and (before is None or quiet < before) else soon


def quiet_line(leaves: datetime, now: datetime, zone: str) -> str:
    """Say that it waits for the morning, and how it need not; '' where it does not wait."""
    if leaves <= now + HOLD:
        return ""
    return f"Sekarang jam tenang, jadi dikirim {show_moment(leaves, zone)}. Kalau mendesak, pilih Jadwalkan."
