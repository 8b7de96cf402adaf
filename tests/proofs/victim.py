"""The bot as a process that can be killed: a helper with everything imported forks it, kills it, and says how it died.

Starting Python and importing the bot takes a second; a fork takes milliseconds, so that 200 lives fit in a minute.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.app import TICK_SECONDS, App, Plan, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.clock import Clock, MovableClock
from bot.pacer import Limits
from tests.fakes.bot_api import TOKEN
from tests.proofs.held import holding
from tests.proofs.racing import Race, RacingClock
from tests.worlds import OFFICE

ZONE = "Asia/Jakarta"
ROOT = Path(__file__).parents[2]


async def live(folder: Path, url: str, boot: str, clock: Clock, limits: Limits, tick: float = 0.0) -> None:
    """Be the bot until SIGTERM; look for what is due every `tick` seconds, besides when the bot does."""
    telegrams: list[Telegram] = []

    def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        telegrams.append(
            Telegram(
                TOKEN,
                url,
                store=store,
                keep=keep,
                open=open,
                clock=clock,
                answer_within=1.0,
                pause=_barely,
                poll_seconds=5,
            )
        )
        return {"telegram": telegrams[0]}

    plan = Plan(
        folder,
        OFFICE,
        ZONE,
        make,
        boot,
        pace={"telegram": limits},
        album_quiet=timedelta(milliseconds=50),
        rng=Random(boot),
    )
    async with build(plan, clock) as app:
        running = asyncio.create_task(app.run())
        ticking = asyncio.create_task(_tick(app, tick)) if tick else None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await running
        if ticking:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
        await telegrams[0].close()


async def race(folder: Path, url: str, boot: str, race: Race) -> None:
    """Be the bot in time that races, and leave what held its loop in `held.json` when it is over."""
    with holding() as held:
        await live(folder, url, boot, RacingClock(race), Limits(), TICK_SECONDS / race.speed)
    worst, seconds = held.worst()
    told = {"worst": worst, "longest": seconds, "p99": held.percentile(0.99)}
    (folder / "held.json").write_text(json.dumps(told), encoding="utf-8")


async def _tick(app: App, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await app.tick()


async def _barely(seconds: float) -> None:
    await asyncio.sleep(min(seconds, 0.05))


class Victim:
    """The bot as its killer sees it; `lives` counts its boots."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url
        self.lives = 0
        self._forks: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Victim":
        self._forks = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return self

    async def __aexit__(self, *why: object) -> None:
        assert self._forks is not None
        assert self._forks.stdin is not None
        self._forks.stdin.close()
        await self._forks.wait()

    async def boot(self, now: datetime | Race) -> int:
        """Start the bot on whatever the last one left, at this time or in this race; return its process id."""
        self.lives += 1
        order: dict[str, Any] = {"folder": str(self.folder), "url": self.url, "boot": f"boot{self.lives}"}
        if isinstance(now, Race):
            order |= {"start": now.start.isoformat(), "began": now.began, "speed": now.speed}
        else:
            order["start"] = now.isoformat()
        return await self._ask(order)

    async def kill(self) -> None:
        """End it at once; fail if it had ended by itself."""
        died_of = await self._ask({"signal": signal.SIGKILL})
        assert died_of == -signal.SIGKILL, f"the bot ended by itself: {died_of}, see {self.folder / 'stderr'}"

    async def stop(self) -> None:
        """End it in good order."""
        died_of = await self._ask({"signal": signal.SIGTERM})
        assert died_of == 0, f"the bot did not stop: {died_of}, see {self.folder / 'stderr'}"

    async def _ask(self, order: dict[str, Any]) -> int:
        assert self._forks is not None
        assert self._forks.stdin is not None
        assert self._forks.stdout is not None
        self._forks.stdin.write(json.dumps(order).encode() + b"\n")
        async with asyncio.timeout(120):
            return int(await self._forks.stdout.readline())


def _fork_forever() -> None:
    """Fork a bot, or end the one there is, for each line that is read; say its process id, or how it ended."""
    child = 0
    for line in sys.stdin:
        order = json.loads(line)
        if "signal" in order:
            os.kill(child, order["signal"])
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            child = 0
            _say(status)
        else:
            child = os.fork()
            if child == 0:
                _be(order)
            _say(child)
    if child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _be(order: Mapping[str, Any]) -> None:
    """Be the bot in this process, and never return to the helper's loop."""
    folder, url, boot, start = (
        *(Path(order["folder"]), order["url"], order["boot"]),
        datetime.fromisoformat(order["start"]),
    )
    racing = "speed" in order
    life = (
        race(folder, url, boot, Race(start, order["began"], order["speed"]))
        if racing
        else live(folder, url, boot, MovableClock(start), Limits.open())
    )
    status = 1
    try:
        out = os.open(folder / "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for number in (1, 2):
            os.dup2(out, number)
        logging.basicConfig(level=logging.WARNING, format=f"{boot} %(name)s %(message)s")
        asyncio.run(life)
        status = 0
    except BaseException:  # whatever it is, it is in the log, and the helper must not be forked twice
        logging.getLogger(__name__).exception("died")
    finally:
        os._exit(status)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _fork_forever()
