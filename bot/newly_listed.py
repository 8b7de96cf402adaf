"""Who waits at the door and has come onto the roster is let in, by whatever way the roster was changed."""

from collections.abc import Callable

from bot.clock import Clock
from bot.posting import Poster
from bot.settling import Settling
from storage import applications
from storage.database import Connection, Database


class NewlyListed:
    """Looks at every tick: a roster imported on the command line says nothing to anybody."""

    def __init__(
        self, database: Database, poster: Poster, clock: Clock, zone: str, let_in: Callable[[Settling], int]
    ) -> None:
        self._database = database
        self._poster = poster
        self._clock = clock
        self._zone = zone
        self._let_in = let_in

    async def look(self) -> int:
        """Let in whom the roster has now; return how many."""
        if not await self._database.read(applications.listed_since):
            return 0
        return await self._database.write(self._settle)

    def _settle(self, db: Connection) -> int:
        return self._let_in(Settling.unasked(db, "listed", self._clock.now(), self._zone, self._poster))
