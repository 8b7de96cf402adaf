"""Every night's backup, made beside the running bot; when there is none, the operators hear of it once a day."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from bot.archive import BackupFailed
from bot.backup import Keeping, clear_scratch
from bot.backup_child import make_backup
from bot.clock import Clock, from_utc_text, utc_text
from bot.dates import local, to_utc
from bot.message import Message
from bot.posting import Poster
from bot.reminder_hours import read_hours
from storage import backups, people
from storage.backups import Failed, State
from storage.database import Connection, Database

log = logging.getLogger(__name__)

HOUR = time(2)
"""Local; a machine that is off then makes its backup when it is on again."""

AGAIN_AFTER = timedelta(hours=1)
Compose = Callable[[State, str], Message]
"""Writes to the operators that there is no backup of the last day; the text is the office's zone."""


class Nightly:
    """Makes the backup when it is due; called at every tick and safe to call at any time."""

    def __init__(
        self,
        data: Path,
        keeping: Keeping,
        database: Database,
        poster: Poster,
        clock: Clock,
        compose: Compose,
        zone: str,
    ) -> None:
        self._data = data.absolute()
        self._keys = keeping.keys
        self._folder = keeping.folder_of(data)
        self._database = database
        self._poster = poster
        self._clock = clock
        self._compose = compose
        self._zone = zone
        self._making: asyncio.Task[None] | None = None
        self._tried: datetime | None = None
        self._warned: date | None = None

    async def recover(self) -> None:
        """Remove what a process that was killed has left of a backup."""
        await asyncio.to_thread(clear_scratch, self._data)

    async def turn(self) -> None:
        """Begin the backup if it is due, without waiting for it, and tell the operators if there is none for long."""
        now = self._clock.now()
        state = await self._database.read(backups.state)
        if (self._making is None or self._making.done()) and self._is_due(state, now):
            self._tried = now
            self._making = asyncio.create_task(self._make(now), name="backup")
        if self._warned != local(now, self._zone).date() and await self._database.read(self._is_to_warn, state, now):
            await self._database.write(self._warn, state, now)
            self._warned = local(now, self._zone).date()

    async def finish(self) -> None:
        """Wait for the backup that is being made, if there is one."""
        if self._making is not None:
            await self._making

    async def stop(self) -> None:
        """Break off what is being made; the next start makes it anew."""
        if self._making is not None and not self._making.done():
            self._making.cancel()
            await asyncio.gather(self._making, return_exceptions=True)
            await self.recover()

    def _is_due(self, state: State, now: datetime) -> bool:
        here = local(now, self._zone)
        night = to_utc(here.date() - timedelta(days=here.time() < HOUR), HOUR, self._zone)
        saved = state.saved
        # One of the future was made by a clock that was wrong, and says nothing about this night.
        if saved and saved.folder == str(self._folder) and night <= from_utc_text(saved.at) <= now:
            return False
        # By this process: whoever has put the disk right and starts the bot again need not wait.
        return self._tried is None or not self._tried <= now < self._tried + AGAIN_AFTER

    async def _make(self, now: datetime) -> None:
        if not self._keys:  # the system page, `check` and the daily warning say so: no need to log it every hour
            await self._note(Failed(utc_text(now), "key"))
            return
        try:
            saved = await make_backup(self._data, self._folder, local(now, self._zone), self._keys)
            log.info("backup made and restored on trial bytes=%d seconds=%.1f", saved.size, saved.seconds)
        except BackupFailed as why:
            log.error("no backup: %s", why)
            await self._note(Failed(utc_text(now), why.why))
        except Exception:  # whatever it is, the bot goes on, and tries again
            log.exception("no backup")
            await self._note(Failed(utc_text(now), "other"))

    async def _note(self, failed: Failed) -> None:
        try:
            await asyncio.to_thread(backups.note, self._data, failed)
        except OSError as why:  # the disk is full: the log has it, and so have the operators when it is late
            log.error("the failed backup is not noted error=%s", type(why).__name__)

    def _is_to_warn(self, db: Connection, state: State, now: datetime) -> bool:
        return state.is_late(now) and read_hours(db).quiet_until(now, self._zone) is None

    def _warn(self, db: Connection, state: State, now: datetime) -> None:
        last = state.saved.at if state.saved else "never"
        log.error("no backup since %s why=%s", last, state.failed.why if state.failed else "unknown")
        told, today = self._compose(state, self._zone), local(now, self._zone).date().isoformat()
        for operator in people.people_in_roles(db, "operator"):
            self._poster.notify(
                *(db, operator.id, told, now),
                kind="backup",
                object="office:backup",
                occurrence=today,
                expires_at=now + timedelta(days=1),
            )
