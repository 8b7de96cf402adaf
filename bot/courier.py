"""The courier: carries outbox rows to their channels, one call per row, and has written down how each attempt ended."""

import asyncio
import json
import logging
import random
import sqlite3
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.channel import (
    Channel,
    Filled,
    Outcome,
    Refused,
    Sending,
    Unknown,
)
from bot.clock import Clock, from_utc_text, utc_text
from bot.message import Message
from bot.pacer import MINUTE, Pacer
from bot.time_limit import TimeLimit
from bot.verdicts import RESEND_AFTER, Verdict, Verdicts, write_verdicts
from storage import delivery, outcomes
from storage.database import Closed, Connection, Database, is_away
from storage.delivery import Due, Started

log = logging.getLogger(__name__)

STORE_RESTS = timedelta(seconds=1)
SEND_SECONDS = 120.0  # a channel gives up long before; a worker must never be lost to one that does not
STOP_SECONDS = 20.0
LANES = (0, 1, 2)
LOOKED_AT = 16  # due rows read of a lane at a time: more than a pacer lets go at once
LOOKED_AT_AGAIN = 192  # where that was not all, and the lane is still open: the first may be of chats just written to

MOST_TOGETHER = 128  # outcomes written down at a time


@dataclass(frozen=True, slots=True)
class Back:
    """A row whose attempt has ended, and what is to be written about that."""

    row: Started
    verdict: Verdict


class Courier:
    """Sends what is due, replies first, as fast as the pacers allow; `workers` calls at a time for each channel."""

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Channel],
        clock: Clock,
        pacers: Mapping[str, Pacer],
        *,
        boot_id: str,
        workers: int = 8,
        rng: random.Random,
    ) -> None:
        self._database = database
        self._channels = channels
        self._clock = clock
        self._pacers = pacers
        self._boot_id = boot_id
        self._workers = workers
        self._for_replies = workers // 4  # never taken by a broadcast, though every call of it may hang
        self._verdicts = Verdicts(channels, rng)
        self._limit = TimeLimit(SEND_SECONDS)
        self._wake = asyncio.Event()
        self._flying: set[int] = set()  # rows, until it is written down what became of them
        self._tasks: set[asyncio.Task[None]] = set()
        self._back: list[Back] = []  # what came back and is not written down yet
        self._writing = False
        self._thorough = False  # whether the next look reads more of what is due
        self._busy = dict.fromkeys(channels, 0)  # calls on their way
        self._store_rests_until: datetime | None = None
        self._stopping = False

    def wake(self) -> None:
        """Look at once whether something is to be sent: call after posting."""
        self._wake.set()

    async def recover(self) -> None:
        """Settle what another boot left started, and remember how fast it went. Call once, before anything is sent."""
        now = self._clock.now()
        idempotent = [name for name, channel in self._channels.items() if channel.capabilities.idempotent]

        def adopt(db: Connection) -> tuple[int, list[tuple[str, str, int, str]]]:
            outcomes.resume_lanes(db, self._channels)
            resend_at = utc_text(now + RESEND_AFTER)
            later = {name: utc_text(now + self._verdicts.resend_after(name)) for name in self._channels}
            orphans = outcomes.adopt_orphans(db, self._boot_id, utc_text(now), idempotent, resend_at, later)
            return orphans, delivery.started_since(db, utc_text(now - MINUTE))

        orphans, started = await self._database.write(adopt)
        for channel, chat, lane, at in started:
            if channel in self._pacers:
                self._pacers[channel].took(chat, lane, min(from_utc_text(at), now))
        if orphans:
            log.warning("uncertain after a restart rows=%d", orphans)

    async def run(self) -> None:
        """Send until stopped."""
        while not self._stopping:
            await self._clock.wait(self._wake, await self._launch())

    async def work_off(self) -> datetime | None:
        """Send everything that can be sent now; return when there may be more, None if nothing waits for a time."""
        while True:
            self._wake.clear()
            next_look = await self._launch()
            if self._flying:
                await self._wake.wait()
            elif not self._wake.is_set():
                # Had the last one come back while we looked, we would not have seen when it is to be tried again.
                return next_look

    async def stop(self) -> None:
        """Start nothing more, and let what is on its way come back for at most 20 s, so that it is not uncertain."""
        self._stopping = True
        self._wake.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        late = list(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _launch(self) -> datetime | None:
        """Start what may go now; return when to look again, unless something that is on its way comes back before."""
        now = self._clock.now()
        rests = self._store_rests_until
        if rests is not None and now < rests <= now + STORE_RESTS:  # no longer, were the clock set back meanwhile
            return rests
        try:
            # Where every worker is busy, nothing can start before one of them comes back, and that wakes us.
            free = [name for name, busy in self._busy.items() if busy < self._workers]
            if not free:
                return None
            wanted = {name: self._wanted(name, now) for name in free}
            due, next_due = await self._database.read(_look, now, wanted)
            if due is None:
                await self._database.write(delivery.expire, utc_text(now))
                due, next_due = await self._database.read(_look, now, wanted)
        except sqlite3.OperationalError as why:
            return self._rest_store(why)
        looks = [from_utc_text(next_due)] if next_due else []
        starting: list[Due] = []
        for row in due or ():
            if self._stopping or row.id in self._flying or not self._has_worker(row):
                continue
            pacer = self._pacers[row.channel]
            opens = pacer.opens_at(row.lane, now)
            ready = opens if opens > now else pacer.ready_at(row.chat, row.lane, now)
            if ready > now:
                looks.append(ready)
                continue
            pacer.took(row.chat, row.lane, now)
            self._busy[row.channel] += 1
            self._flying.add(row.id)
            starting.append(row)
        if starting:
            self._do(self._start(starting, now))
        self._thorough = not self._thorough and self._left_some(due or (), wanted, now)
        if self._thorough:
            self._wake.set()
        return min(looks, default=None)

    def _wanted(self, channel: str, now: datetime) -> dict[int, int]:
        """Return how many due rows of each lane to read: where none may go yet, whether there is one is enough."""
        pacer = self._pacers[channel]
        many = self._thorough or not pacer.limits.overall
        most = LOOKED_AT_AGAIN if many else LOOKED_AT
        return {lane: most if pacer.opens_at(lane, now) <= now else 1 for lane in LANES}

    def _left_some(self, due: Sequence[Due], wanted: Mapping[str, Mapping[int, int]], now: datetime) -> bool:
        """Say whether there may be more to send at once than was read."""
        read = Counter((row.channel, row.lane) for row in due)
        return any(
            read[channel, lane] == most > 1 and self._pacers[channel].opens_at(lane, now) <= now
            for channel, lanes in wanted.items()
            for lane, most in lanes.items()
        )

    def _has_worker(self, row: Due) -> bool:
        return self._busy[row.channel] < self._workers - (self._for_replies if row.lane else 0)

    def _do(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _start(self, rows: list[Due], taken: datetime) -> None:
        """Take rows from queued to started, all in one write, and carry those that may still go."""
        left_behind = {row.id: row.channel for row in rows}
        try:
            # On the disk before the first byte leaves: should we die now, the row says that it may have arrived.
            start = utc_text(self._clock.now())
            for started in await self._database.write(delivery.start, list(left_behind), self._boot_id, start):
                del left_behind[started.id]
                self._do(self._carry(started, taken))
        except sqlite3.OperationalError as why:
            self._rest_store(why)
        except (Closed, sqlite3.Error) as why:
            log.error("rows=%d are not sent: %s", len(rows), type(why).__name__)
        finally:
            for row, channel in left_behind.items():
                self._land(row, channel)

    async def _carry(self, row: Started, taken: datetime) -> None:
        """Make the one attempt, and have written down where it led."""
        outcome = await self._send(row)
        now = self._clock.now()
        self._pacers[row.channel].came_back(taken, now)
        log.debug("outbox=%d outcome=%s", row.id, type(outcome).__name__)
        self._back.append(Back(row, self._verdicts.of(row, outcome, now)))
        if not self._writing:
            self._writing = True
            self._do(self._write_down())

    async def _write_down(self) -> None:
        """Keep what came back, all that is there in one write, until nothing is left."""
        try:
            while batch := self._back[:MOST_TOGETHER]:
                del self._back[:MOST_TOGETHER]
                if not await self._keep(batch):
                    # One that cannot be written takes none of the others with it.
                    for one in batch:
                        if not await self._keep([one]):
                            log.error("outbox=%d is left to the next start", one.row.id)
                for one in batch:
                    self._land(one.row.id, one.row.channel)
        finally:
            self._writing = False

    async def _keep(self, batch: list[Back]) -> bool:
        """Write outcomes, and wait for the store as long as it takes: the messages are out, and only we know."""
        while True:
            try:
                await self._database.write(write_verdicts, [one.verdict for one in batch])
                return True
            except Exception as why:  # noqa: BLE001  # a worker must never be lost to an outcome
                log.error("cannot record rows=%d: %s", len(batch), type(why).__name__)
                if not is_away(why):
                    return False
                await self._clock.wait(asyncio.Event(), self._clock.now() + STORE_RESTS)

    def _land(self, row: int, channel: str) -> None:
        self._flying.discard(row)
        self._busy[channel] -= 1
        self._wake.set()

    async def _send(self, row: Started) -> Outcome:
        """Make the one call; whatever it raises may have happened after the message had left."""
        try:
            message = Message.from_json(row.body)
        except Exception as why:  # noqa: BLE001  # a body that cannot be read never leaves
            return Refused(f"body {type(why).__name__}")
        filled = Filled(*json.loads(row.template)) if row.template else None
        sending = Sending(row.id, row.address, message, row.edit_of, row.again, row.plain, row.spoke_at, filled)
        try:
            with self._limit.for_me():
                return await self._channels[row.channel].send(sending)
        except Exception as why:  # noqa: BLE001  # see above
            log.error("channel=%s raised %s outbox=%d", row.channel, type(why).__name__, row.id)
            return Unknown(type(why).__name__)

    def _rest_store(self, why: sqlite3.OperationalError) -> datetime:
        log.error("the store does not answer: %s", type(why).__name__)
        self._store_rests_until = self._clock.now() + STORE_RESTS
        return self._store_rests_until


def _look(
    db: Connection, now: datetime, wanted: Mapping[str, Mapping[int, int]]
) -> tuple[list[Due] | None, str | None]:
    """Read what is due; None in its place if there are expired rows to be put away first."""
    moment = utc_text(now)
    if delivery.has_expired(db, moment):
        return None, None
    due = [row for channel, most in wanted.items() for row in delivery.claimable(db, moment, channel, most)]
    return due, delivery.next_due(db, moment, wanted)
