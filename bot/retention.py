"""Retention: copies of messages are blanked after the days that the store's table says; that they were, stays."""

from datetime import timedelta

from bot.clock import Clock, utc_text
from storage import retention
from storage.database import Connection, Database

AT_ONCE = 500


class Retention:
    """Looks, at every tick, for copies whose time is over; the oldest first, some at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def blank_old(self) -> int:
        """Blank what is too old; return how many rows were looked through."""
        seen = 0
        for kind, days in await self._database.read(retention.days):
            before = utc_text(self._clock.now() - timedelta(days=days))
            while await self._database.read(retention.any_older, kind, before):
                seen += await self._database.write(self._blank, kind, before)
        return seen

    def _blank(self, db: Connection, kind: str, before: str) -> int:
        return retention.blank_older(db, kind, before, AT_ONCE)
