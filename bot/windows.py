"""The window in which a channel lets us write freely: it opens when the person writes, and closes by itself."""

from datetime import datetime

from bot.clock import from_utc_text
from bot.message import Capabilities

CLOSED = "window"
"""The error class of a row that could not go because its window was closed."""


def is_open(can: Capabilities, spoke_at: str | None, at: datetime) -> bool:
    """Say whether a message may leave at this moment; `spoke_at` is when the person last wrote, None: never."""
    if can.window is None:
        return True
    return bool(spoke_at) and at < from_utc_text(spoke_at or "") + can.window
