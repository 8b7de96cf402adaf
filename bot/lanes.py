"""One lane per chat: what a chat says is taken in order, while the chats do not wait for each other."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import ParamSpec, Protocol

from bot.channels.channel import Arrived, FetchFailed, Unreadable
from bot.clock import Clock, utc_text
from bot.message import Said
from bot.turns import Turns
from storage import aliases, inbox, receipts, templates
from storage.database import Closed, Connection, Database, is_away
from storage.inbox import Letter

P = ParamSpec("P")

log = logging.getLogger(__name__)

ALBUM_QUIET = timedelta(seconds=1.5)
"""The parts of an album arrive as single messages; this long after the last one it counts as whole."""

STORE_RETRY = timedelta(seconds=1)
FETCH_RETRIES = (timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=10))
LOST_FILE = "Berkas tadi tidak bisa diunduh. Mohon kirim sekali lagi."


class Inlet(Protocol):
    """The receiving half of a channel."""

    def parse(self, raw: str) -> Said | None: ...

    async def fetch(self, said: Said) -> Said: ...


@dataclass
class Lane:
    """The letters of one chat that wait, and the task that takes them."""

    letters: deque[Letter] = field(default_factory=deque)
    more: asyncio.Event | None = None  # where an album waits for its other parts
    task: asyncio.Task[None] | None = None


class Lanes:
    """Takes in what channels receive, and hands it to the turns."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Inlet],
        turns: Turns,
        clock: Clock,
        *,
        at_once: int = 64,
        album_quiet: timedelta = ALBUM_QUIET,
    ) -> None:
        self._database = database
        self._channels = channels
        self._turns = turns
        self._clock = clock
        self._room = asyncio.Semaphore(at_once)
        self._album_quiet = album_quiet
        self._lanes: dict[str, Lane] = {}
        self._closing = False

    async def store(self, arrived: list[Arrived]) -> None:
        """Keep raw events; when this returns they are on the disk, and only then may they be acknowledged."""
        letters = await self._database.write(_store, arrived, utc_text(self._clock.now()))
        for letter in letters:
            self._put(letter)

    async def recover(self) -> int:
        """Take up what was stored but not answered when the process ended; return how many."""
        letters = await self._database.read(inbox.unread)
        for letter in letters:
            self._put(letter)
        return len(letters)

    async def join(self) -> None:
        """Return when every lane is empty."""
        while tasks := [lane.task for lane in self._lanes.values() if lane.task]:
            await asyncio.gather(*tasks)

    async def close(self) -> None:
        """Finish the turns that run; what still waits stays in the inbox for the next start."""
        self._closing = True
        for lane in self._lanes.values():
            lane.letters.clear()
            if lane.more:
                lane.more.set()
        await self.join()

    def _put(self, letter: Letter) -> None:
        if self._closing:
            return
        # Without a chat there is no order to keep; such a letter has a lane to itself.
        lane = self._lanes.setdefault(letter.chat or f"{letter.channel}?{letter.id}", Lane())
        lane.letters.append(letter)
        if lane.more:
            lane.more.set()
        if lane.task is None:
            lane.task = asyncio.create_task(self._work(letter.chat or f"{letter.channel}?{letter.id}", lane))

    async def _work(self, name: str, lane: Lane) -> None:
        try:
            while lane.letters:
                letter = lane.letters.popleft()
                try:
                    await self._take(letter, lane)
                except Exception as why:
                    # What nobody foresaw must not end the lane: all that the chat says later would wait for a restart.
                    log.exception("parked letter=%d", letter.id)
                    await self._insist(self._database.write, inbox.park, [letter.id], type(why).__name__)
        finally:
            # No await between the last look at the letters and this: nothing can be put in between.
            lane.task = None
            if not lane.letters:
                self._lanes.pop(name, None)

    async def _take(self, letter: Letter, lane: Lane) -> None:
        channel = self._channels.get(letter.channel)
        if channel is None:
            return  # its token was removed; the letter waits in the inbox until the channel is back
        try:
            said = channel.parse(letter.raw)
        except Unreadable as why:
            log.warning("parked letter=%d reason=%s", letter.id, why)
            await self._insist(self._database.write, inbox.park, [letter.id], str(why))
            return
        if said is None:
            await self._insist(self._database.write, inbox.take, [letter.id])
            return
        if letter.chat and letter.chat != said.chat:
            said = replace(said, chat=letter.chat)  # the account is known under another of its names
        ids = [letter.id]
        if said.album:
            said, ids = await self._gather_album(channel, said, letter, lane)
        if (fetched := await self._fetch(channel, said) if said.files else said) is None:
            if self._closing:
                return  # not asked for often enough to be given up: the next start does that
            await self._insist(self._turns.give_up, ids, said, "FetchFailed", LOST_FILE)
            return
        async with self._room:
            await self._insist(self._turns.take, ids, fetched)

    async def _insist(self, do: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do it until the store answers: a full or locked disk is waited for, nothing was acknowledged meanwhile."""
        while True:
            try:
                await do(*args, **kwargs)
                return
            except sqlite3.OperationalError as why:
                if not is_away(why):
                    raise
                log.error("store does not answer error=%s", type(why).__name__)
                if self._closing:
                    return
                await self._clock.wait(asyncio.Event(), self._clock.now() + STORE_RETRY)
            except Closed:
                return

    async def _gather_album(self, channel: Inlet, said: Said, first: Letter, lane: Lane) -> tuple[Said, list[int]]:
        """Wait until the album is whole, and make one message of it."""
        ids, files, text = [first.id], list(said.files), said.text
        while True:
            while lane.letters and (part := _part_of(channel, lane.letters[0], said.album)):
                ids.append(lane.letters.popleft().id)
                files += part.files
                text = text or part.text
            until = self._clock.now() + self._album_quiet
            if lane.letters or self._closing:
                break
            lane.more = asyncio.Event()
            await self._clock.wait(lane.more, until)
            lane.more = None
            if not lane.letters:
                break
        return replace(said, files=tuple(files), text=text), ids

    async def _fetch(self, channel: Inlet, said: Said) -> Said | None:
        for pause in (*FETCH_RETRIES, None):
            try:
                return await channel.fetch(said)
            except FetchFailed:
                if pause is None or self._closing:
                    return None
                await self._clock.wait(asyncio.Event(), self._clock.now() + pause)
        return None


def _part_of(channel: Inlet, letter: Letter, album: str) -> Said | None:
    try:
        said = channel.parse(letter.raw)
    except Unreadable:
        return None
    return said if said is not None and said.album == album else None


def _store(db: Connection, arrived: list[Arrived], now: str) -> list[Letter]:
    letters = [_store_one(db, one, now) for one in arrived]
    return [letter for letter in letters if letter is not None]


def _store_one(db: Connection, one: Arrived, now: str) -> Letter | None:
    if one.receipt is not None:
        receipts.note(db, one.receipt, now)
        return None
    if one.review is not None:
        templates.note(db, one.review)
        return None
    chat = aliases.resolve(db, one.names) if one.names else one.chat
    letter = inbox.store(db, one.channel, one.event_id, chat, one.raw, now)
    if letter is not None and one.renamed:
        aliases.change(db, one.names, one.renamed)
    return letter
