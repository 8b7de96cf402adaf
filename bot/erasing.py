"""Erasing people when it is due: announced, done in pieces between others' turns, written down outside the store."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import Clock, utc_text
from bot.media import Media
from bot.posting import Poster
from bot.settling import Settling
from storage import erasure, erasure_own, erasures, media, office
from storage.database import Connection, Database
from storage.erasure_list import Erased, add_to_lists, read_lists
from storage.erasure_marks import Marks, marks_of
from storage.erasures import Erasure

LATE = timedelta(hours=48)
"""When a request has waited so long, the operators are told again."""

PAUSE = timedelta(seconds=30)
"""Between the good-bye and the deed: what was being settled for the person comes to its end."""

QUIET_AFTER = timedelta(hours=1)
"""A last message that could not leave for so long is not waited for: the channel may be off."""

SETTLED = timedelta(minutes=10)
"""A file that was received so long ago is needed by something, or by nothing."""


@dataclass(frozen=True, slots=True)
class Sayings:
    """What is said of an erasure; `begin` takes the person out of what is to come, or returns False: it must not be."""

    late: Callable[[Settling, Erasure], None]
    begin: Callable[[Settling, Erasure], bool]
    done: Callable[[Settling, Erasure], None]


class Erasing:
    """Looks, at every tick, for erasures that are due or under way; safe to call at any time."""

    def __init__(
        self,
        database: Database,
        poster: Poster,
        files: Media,
        clock: Clock,
        zone: str,
        lists: tuple[Path, ...],
        sayings: Sayings,
    ) -> None:
        self._database = database
        self._poster = poster
        self._media = files
        self._clock = clock
        self._zone = zone
        self._lists = lists
        self._sayings = sayings
        self._log_holds = True  # the last process may have died before it had emptied the log

    async def recover(self) -> int:
        """Erase whom an older store has brought back, before anything is received or sent; return how many."""
        entries = await asyncio.to_thread(read_lists, self._lists)
        back = await self._database.read(_brought_back, entries) if entries else []
        for entry in back:
            await self._database.write(_ask_again, entry)
        for one in await self._database.read(erasures.begun, utc_text(self._clock.now())) if back else []:
            await self._erase(one)
        return len(back)

    async def work_off(self) -> int:
        """Remind of what waits, begin what is due, and carry out what has begun; return how many were carried out."""
        now = self._clock.now()
        if await self._database.read(_has_news, utc_text(now), utc_text(now - LATE)):
            await self._database.write(self._remind_and_begin, now)
        done = 0
        for one in await self._database.read(erasures.begun, utc_text(now - PAUSE)):
            # What was said last to the person goes out first: then there is no address any more.
            waited_enough = one.due_at < utc_text(now - QUIET_AFTER)
            if waited_enough or await self._database.read(erasures.is_quiet, one.person_id):
                await self._erase(one)
                done += 1
        if self._log_holds:
            self._log_holds = not await self._database.truncate_log()
        return done

    def _remind_and_begin(self, db: Connection, now: datetime) -> None:
        stamp = utc_text(now)
        for one in erasures.late(db, utc_text(now - LATE)):
            self._sayings.late(self._settling(db, one, now), one)
            erasures.note_reminded(db, one.id, stamp)
        for one in erasures.waiting(db):
            if one.due_at <= stamp and self._sayings.begin(self._settling(db, one, now), one):
                erasures.begin(db, one.id, stamp)

    async def _erase(self, one: Erasure) -> None:
        """Do the deed. Cut off anywhere, it is begun anew; it is on the list before it is done."""
        marks = await self._database.read(marks_of, one.person_id)
        if marks is None:
            return
        now = utc_text(self._clock.now())
        entry = Erased(one.person_id, await self._database.read(erasures.made_at, one.person_id), now)
        await asyncio.to_thread(add_to_lists, self._lists, entry)
        since = await self._database.read(erasure.last_rows)
        for step in await self._database.read(erasure.steps_of, marks, now):
            if found := await self._database.read(step.find):
                await self._database.write(step.change, found)
        await self._remove_files(marks)
        self._log_holds = True
        await self._database.write(self._finish, one, marks, since)

    async def _remove_files(self, marks: Marks) -> None:
        for digest in await self._database.read(erasure_own.photos_of, marks.person_id):
            await self._media.part_with(marks.person_id, digest)
        for digest in await self._database.read(media.unused, utc_text(self._clock.now() - SETTLED)):
            await self._media.drop(digest)
        while await self._media.put_away():
            pass

    def _finish(self, db: Connection, one: Erasure, marks: Marks, since: dict[str, int]) -> None:
        now = self._clock.now()
        erasure.finish(db, marks, since, utc_text(now))
        office.note(db, utc_text(now), one.asked_by, "erase", f"person:{one.person_id}")
        self._sayings.done(self._settling(db, one, now), replace(one, state="done"))

    def _settling(self, db: Connection, one: Erasure, now: datetime) -> Settling:
        return Settling.unasked(db, f"erasure-{one.id}", now, self._zone, self._poster)


def _has_news(db: Connection, now: str, late: str) -> bool:
    return any(one.due_at <= now for one in erasures.waiting(db)) or bool(erasures.late(db, late))


def _brought_back(db: Connection, entries: list[Erased]) -> list[Erased]:
    return [one for one in entries if erasures.is_here(db, one.person_id, one.made_at)]


def _ask_again(db: Connection, one: Erased) -> None:
    """Let what was erased before be erased at once; one that was under way goes on as it is."""
    if (waiting := erasures.open_for(db, one.person_id)) is None:
        ref = f"again:{one.person_id}:{one.erased_at}"
        number = erasures.ask(db, ref, one.person_id, None, one.erased_at, one.erased_at)
        erasures.begin(db, number, one.erased_at)
    else:
        erasures.begin(db, waiting.id, one.erased_at)
