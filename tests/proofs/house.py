"""The whole bot in this process, on simulated time, against a fake Bot API that outlives it: it can die anywhere."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from aiohttp import web

from bot.app import App, Plan, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.clock import Clock, StoppedClock
from bot.pacer import Limits
from tests.fakes import telegram_rules
from tests.fakes.bot_api import SENDS, TOKEN, Accepted
from tests.proofs import ledger
from tests.proofs.people import START, Town
from tests.talk import Crash, CrashAt
from tests.worlds import OFFICE

T = TypeVar("T")
WORKERS = 8


class FarSide(Town):
    """The fake on a thread of its own, so that nothing of it dies with the bot; it notes what came too early."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        super().__init__()
        self.moments: list[tuple[datetime, Accepted]] = []
        self.waits: dict[int, datetime] = {}
        self.too_early: list[tuple[int, datetime]] = []
        self.statuses: dict[int, int] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="far side", daemon=True)

    def time(self) -> datetime:
        return self.clock.now()

    def set_time(self, moment: datetime) -> None: ...

    def __enter__(self) -> "FarSide":
        self._thread.start()
        self.do(self.start())
        return self

    def __exit__(self, *why: object) -> None:
        self.do(self.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        """Run it on the other thread."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    def go_dark(self) -> None:
        """Let go of the port: whoever calls is refused the connection."""
        self.do(self.stop())

    def come_back(self) -> None:
        """Listen again where it did."""
        self._stopped = asyncio.Event()
        self.do(self.start(int(self.url.rpartition(":")[2])))

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].replace("_", "").lower()
        if method not in {one.lower() for one in SENDS}:
            return await super()._serve(request)
        answer = await super()._serve(request)
        if request.transport is None or request.transport.is_closing():
            return answer
        now, chat = self.clock.now(), int((await telegram_rules.fields(request))["chat_id"])
        if now < self.waits.get(chat, now):
            self.too_early.append((chat, now))
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status == 429 and isinstance(answer, web.Response) and isinstance(answer.body, bytes):
            seconds = float(answer.body.rpartition(b'"retry_after": ')[2].partition(b"}")[0])
            self.waits[chat] = now + timedelta(seconds=seconds)
        return answer

    def _accept(self, accepted: Accepted) -> None:
        super()._accept(accepted)
        self.moments.append((self.clock.now(), accepted))


@dataclass
class House:
    """An office's bot that can be booted, killed at a write, and left to go on."""

    folder: Path
    far: FarSide
    clock: StoppedClock
    limits: Limits = field(default_factory=Limits.open)
    answer_within: float = 0.5
    boots: int = 0
    deaths: int = 0
    living: App | None = None
    telegram: Telegram | None = None
    _running: AbstractAsyncContextManager[App] | None = None

    @property
    def app(self) -> App:
        assert self.living is not None
        return self.living

    async def boot(self) -> None:
        """Start a process on what is stored."""
        self.boots += 1

        def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
            self.telegram = Telegram(
                TOKEN, self.far.url, store=store, keep=keep, open=open, clock=clock, answer_within=self.answer_within
            )
            return {"telegram": self.telegram}

        plan = Plan(
            self.folder,
            OFFICE,
            "Asia/Jakarta",
            make,
            f"boot{self.boots}",
            pace={"telegram": self.limits},
            workers=WORKERS,
            album_quiet=timedelta(0),
            rng=Random(self.boots),
        )
        self._running = build(plan, self.clock)
        self.living = await self._running.__aenter__()
        await self.living.recover()

    async def stop(self) -> None:
        """End it in good order."""
        assert self._running is not None
        await self.app.lanes.close()
        await self.app.courier.stop()
        await self._leave()
        await self._running.__aexit__(None, None, None)

    async def die(self) -> None:
        """End it as kill -9 would: nothing that was under way hears back."""
        self.deaths += 1
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.app.database.close()
        await self._leave()

    async def _leave(self) -> None:
        assert self.telegram is not None
        await self.telegram.close()
        self.living = None

    async def hand_over(self, updates: Iterable[dict[str, Any]]) -> None:
        """Let the bot take these updates in; when it has stored them they count as confirmed."""
        batch = list(updates)
        assert self.telegram is not None
        await self.telegram.receive(batch)
        self.far.confirmed += [int(one["update_id"]) for one in batch]

    async def hear(self) -> None:
        """Bring what people did, in order, and answer it."""
        batch, self.far.pending = list(self.far.pending.values()), {}
        if batch:
            await self.hand_over(batch)
        await self.settle()

    async def settle(self) -> None:
        """Let everything that can be done now be done."""
        await self.app.lanes.join()
        await self.app.courier.work_off()

    async def go_on(self, span: timedelta) -> None:
        """Let time pass, with a tick each look, until nothing waits or the span is over."""
        end = self.clock.now() + span
        while (look := await self.app.courier.work_off()) is not None and look <= end:
            self.clock.move(look - self.clock.now())
        self.clock.move(max(end - self.clock.now(), timedelta()))
        await self.app.tick()
        await self.settle()

    async def dying_at(self, number: int, moment: str, doing: Awaitable[None]) -> bool:
        """Do it, and die at the n-th write before or after it is on the disk; start again; say whether it came to that.

        The updates that were under way come again: nobody had confirmed them.
        """
        crash = CrashAt(number, moment)
        self.app.database.on_commit = crash
        asyncio.get_running_loop().set_exception_handler(_leave_the_dead_in_peace)
        living = asyncio.ensure_future(doing)
        dying = asyncio.ensure_future(crash.died.wait())
        await asyncio.wait([living, dying], return_when=asyncio.FIRST_COMPLETED)
        if not crash.dead:
            dying.cancel()
            await living
            self.app.database.on_commit = lambda moment: None
            return False
        await self.die()
        await self.boot()
        return True

    def db(self) -> "closing[sqlite3.Connection]":
        """Open the store beside the bot."""
        return closing(ledger.connect(self.folder))


def _leave_the_dead_in_peace(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), Crash):
        loop.default_exception_handler(context)


def furnish(template: Path, folder: Path) -> Path:
    """Copy a store that was made once: making it anew costs more than most that is done in it."""
    return Path(shutil.copytree(template, folder, dirs_exist_ok=True))


def stopped_clock() -> StoppedClock:
    """Return a clock that stands at the Bimtek's first morning."""
    return StoppedClock(START)
