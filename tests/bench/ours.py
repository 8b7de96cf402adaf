"""Our bot as the benchmark runs it: whole, on the store of a folder, at the pace that is asked for."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.app import App, Plan, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.clock import Clock, MovableClock, utc_text
from bot.pacer import Limits
from bot.running import run_until_stopped
from storage import outbox
from tests.bench.crowd import BROADCAST
from tests.worlds import OFFICE

PACES = {"open": Limits.open(), "telegram": Limits()}


async def main(url: str, token: str, folder: Path, pace: str) -> None:
    """Run until SIGTERM."""
    channels: list[Telegram] = []

    def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        channels.append(Telegram(token, url, store=store, keep=keep, open=open, clock=clock))
        return {"telegram": channels[0]}

    plan = Plan(folder, OFFICE, "Asia/Jakarta", make, "bench", pace={"telegram": PACES[pace]})
    async with build(plan, MovableClock()) as app:
        releases: list[asyncio.Task[None]] = []
        # A broadcast waits in the store, held, until the benchmark has seen the bot poll.
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGUSR1, lambda: releases.append(asyncio.create_task(release(app)))
        )
        with contextlib.suppress(asyncio.CancelledError):
            await app.run()
        await channels[0].close()


async def release(app: App) -> None:
    """Let the broadcast go."""
    await app.database.write(outbox.release, BROADCAST, utc_text(app.clock.now()))
    app.courier.wake()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    run_until_stopped(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4]))
