"""A storm inside one process, without the network: what a check-in takes of the loop, the writer and the readers."""

import json
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import App, Plan, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.telegram import BATCH, Telegram
from bot.clock import Clock, MovableClock
from bot.pacer import Limits
from storage.database import Connection
from tests.bench.crowd import CODE, build_store
from tests.bench.server import TOKEN, Api
from tests.worlds import OFFICE

WORDS = f"/hadir {CODE}"


@dataclass(frozen=True)
class Spent:
    """Milliseconds of CPU for each check-in."""

    loop: float
    writer: float
    readers: float

    @property
    def whole(self) -> float:
        return self.loop + self.writer + self.readers


class Nearby(Telegram):
    """A Telegram at which every call is taken at once, and no byte goes anywhere."""

    taken = 0

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._sending._wire.post = self._take  # type: ignore[method-assign]  # the network begins behind it

    async def _take(self, *_: object, **__: object) -> tuple[int, bytes]:
        self.taken += 1
        return 200, b'{"ok":true,"result":{"message_id":%d,"chat":{"id":1,"type":"private"},"text":"x"}}' % self.taken


async def storm(people: int) -> Spent:
    """Let so many people check in at the same moment; return what each took."""
    channels: list[Nearby] = []

    def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        channels.append(Nearby(TOKEN, store=store, keep=keep, open=open, clock=clock))
        return {"telegram": channels[0]}

    with tempfile.TemporaryDirectory(prefix="bench") as name:
        await build_store(Path(name) / "pkh.sqlite3", people)
        api = Api()
        api.load(people, WORDS, 0.0)
        updates = [json.loads(one) for one in api.updates]
        plan = Plan(Path(name), OFFICE, "Asia/Jakarta", make, "bench", pace={"telegram": Limits.open()})
        async with build(plan, MovableClock()) as app:
            before = _clocks()
            for first in range(0, people, BATCH):
                await channels[0].receive(updates[first : first + BATCH])
            await _answered(app)
            spent = {one: now - before.get(one, 0.0) for one, now in _clocks().items()}
            assert channels[0].taken == people
            assert await app.database.read(_sent) == people
    writer, loop = spent.pop("writer"), spent.pop("MainThread")
    return Spent(*(1000 * one / people for one in (loop, writer, sum(spent.values()))))


async def _answered(app: App) -> None:
    while any(lane.task for lane in app.lanes._lanes.values()) or app.courier._flying or app.courier._wake.is_set():
        await app.lanes.join()
        await app.courier.work_off()


def _sent(db: Connection) -> int:
    return int(db.execute("SELECT count(*) FROM outbox WHERE state = 'sent'").fetchone()[0])


def _clocks() -> dict[str, float]:
    """Return the seconds of CPU that each thread has had."""
    return {
        one.name: time.clock_gettime(time.pthread_getcpuclockid(one.ident))
        for one in threading.enumerate()
        if one.ident
    }
