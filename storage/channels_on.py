"""The channels that are on, as the running bot has them: for what is read where no channel is at hand."""

from collections.abc import Mapping

from storage.database import Connection


def set_channels(db: Connection, those: Mapping[str, tuple[int | None, bool]]) -> None:
    """Keep by name each channel's window in seconds (None: it has none), and whether it sends receipts."""
    db.execute("DELETE FROM channels_on")
    db.executemany(
        "INSERT INTO channels_on VALUES (?, ?, ?)",
        [(name, window, int(told)) for name, (window, told) in those.items()],
    )


def any_with_window(db: Connection) -> bool:
    """Say whether a channel is on that lets us write only for some time, and bills what it takes."""
    return db.execute("SELECT 1 FROM channels_on WHERE window_s IS NOT NULL").fetchone() is not None
