"""The bot at rest: how soon it polls after its start, what memory it takes, and whether a week makes that more."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import Plan, build
from bot.clock import StoppedClock
from bot.pacer import Limits
from tests.bench.arena import BOT_CORE, ROOT, cpu_of, server, status_of
from tests.bench.crowd import build_store
from tests.bench.dialogs import silent
from tests.bench.server import TOKEN

TICK = timedelta(seconds=15)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Idle:
    """`first_poll` and `cpu` are in seconds, `memory` in MiB."""

    first_poll: float
    cpu: float
    memory: float


def start() -> Idle:
    """Start the program as an office does, and look at it two seconds after its first poll."""
    with server() as api, tempfile.TemporaryDirectory(prefix="bench") as folder:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": api.url, "DATA_DIR": f"{folder}/data", "WEB_PORT": "0"}
        began = time.monotonic()
        bot = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env={**os.environ, **settings, "OFFICE_NAME": "Dinas Sosial"},
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {BOT_CORE}),
        )
        try:
            while not api.ask("state")["polls"] and bot.poll() is None:
                time.sleep(0.005)
            first_poll, cpu = time.monotonic() - began, cpu_of(bot.pid)
            time.sleep(2)
            return Idle(first_poll, cpu, status_of(bot.pid, "VmRSS"))
        finally:
            bot.terminate()
            bot.wait(40)


async def week(said: Callable[[int, int], None]) -> list[float]:
    """Let a week go by in simulated time, tick by tick; return the process's memory in MiB at the end of each day."""
    memory = []
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        await build_store(folder / "pkh.sqlite3", 174)
        clock = StoppedClock(datetime.now(UTC))
        plan = Plan(folder, "Dinas Sosial", "Asia/Jakarta", silent, "bench", pace={"telegram": Limits.open()})
        async with build(plan, clock) as app:
            for number in range(1, WEEK // TICK + 1):
                await app.tick()
                await app.courier.work_off()
                clock.move(TICK)
                if number % (WEEK // TICK // 7) == 0:
                    memory.append(status_of(os.getpid(), "VmRSS"))
                    said(len(memory), 7)
    return memory
