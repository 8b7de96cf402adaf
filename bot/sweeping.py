"""What the engine says to itself: that a dialog has waited too long, by the same door as everything people say."""

import json
from datetime import timedelta

from bot.channels.channel import Arrived, Unreadable
from bot.clock import Clock, from_utc_text, utc_text
from bot.message import Said
from storage import dialogs
from storage.database import Database

NAME = "engine"
EXPIRES_AFTER = timedelta(days=14)


class Sweep:
    """The engine as an inlet of its own: it receives nothing, and its events have no files."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find_expired(self) -> list[Arrived]:
        """Return an event for each dialog that nobody has touched for 14 days; the same event for the same dialog."""
        now = self._clock.now()
        found = await self._database.read(dialogs.untouched_since, utc_text(now - EXPIRES_AFTER))
        at = utc_text(now)
        return [
            Arrived(NAME, f"expired:{ref}", chat, json.dumps({"text": "expired", "token": ref, "chat": chat, "at": at}))
            for chat, ref in found
        ]

    def parse(self, raw: str) -> Said:
        """Read one of our own events. Raises Unreadable."""
        try:
            body = json.loads(raw)
            at = from_utc_text(body["at"])
            return Said(NAME, body["chat"], "", at, "event", text=body["text"], token=body["token"])
        except (ValueError, KeyError, TypeError) as why:
            raise Unreadable(type(why).__name__) from why

    async def fetch(self, said: Said) -> Said:
        """Return `said`: it has no files."""
        return said
