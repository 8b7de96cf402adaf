"""Reminders: found by SQL from what is planned, never kept as jobs; each is posted once, or recorded as too late."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.clock import Clock, from_utc_text, utc_text
from bot.message import Message
from bot.posting import Poster
from storage import reminders
from storage.database import Connection, Database
from storage.reminders import Due

LOOKS_BACK = timedelta(days=8)
"""How far back a missed reminder is still recorded as missed; the channels keep messages for 7 days at most."""

Compose = Callable[[Connection, Due, datetime], Message]
"""Writes the reminder's card; the time is now."""


class Reminders:
    """Posts what is due; called at every tick and safe to call at any time."""

    def __init__(self, database: Database, poster: Poster, clock: Clock, compose: Compose) -> None:
        self._database = database
        self._poster = poster
        self._clock = clock
        self._compose = compose

    async def post_due(self) -> int:
        """Post every reminder that is due and has no row; return how many rows that made."""
        now = self._clock.now()
        found = await self._database.read(reminders.due, utc_text(now), utc_text(now - LOOKS_BACK))
        return await self._database.write(self._post, now) if found else 0

    def _post(self, db: Connection, now: datetime) -> int:
        posted = 0
        for due in reminders.due(db, utc_text(now), utc_text(now - LOOKS_BACK)):
            starts = from_utc_text(due.starts_at)
            useful = starts > now and not due.superseded
            posted += self._poster.notify(
                db,
                due.person_id,
                self._compose(db, due, now),
                now,
                kind=due.kind,
                object=due.object,
                occurrence=due.occurrence,
                expires_at=starts,
                # "Lewat, tidak dikirim": after a day without power nobody wants yesterday's reminders, but the office
                # must be able to see that they were not sent.
                state="queued" if useful else "expired",
            )
        return posted
