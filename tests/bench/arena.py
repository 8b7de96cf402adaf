"""One contest: the server on one core, a bot on the other, and what a bot took to answer everybody."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.bench.server import TOKEN

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, BOT_CORE = CORES[0], CORES[-1]
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 600.0
Ledger = list[tuple[float, int, str]]
"""What the server accepted: when, for which chat, and what it said."""
EVERY = 0.5  # seconds from one who asks meanwhile to the next


@dataclass(frozen=True)
class Ran:
    """What one run showed; times are in seconds from the storm's beginning, `cpu` is of the bot alone."""

    answered: int
    seconds: float
    middle: float
    cpu: float
    server_cpu: float
    peak: float  # MiB
    ledger: Ledger
    asked: list[tuple[float, int]]  # who wrote when, meanwhile
    refused: int  # calls that were too fast

    @property
    def rate(self) -> float:
        return self.answered / self.seconds

    @property
    def cpu_each(self) -> float:
        """Milliseconds of the bot's CPU for each answer."""
        return 1000 * self.cpu / self.answered


class NotAnswered(Exception):
    """A bot did not answer everybody."""


@dataclass
class Server:
    """The fake Bot API in its process."""

    process: subprocess.Popen[bytes]
    url: str

    def ask(self, what: str, **fields: object) -> Any:
        """Work the server's controls."""
        with urlopen(f"{self.url}/control/{what}?{urlencode(fields)}") as answer:
            return json.load(answer)


@contextmanager
def server() -> Iterator[Server]:
    """Run the server on its core."""
    with process("tests.bench.server", core=SERVER_CORE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        yield Server(running, f"http://127.0.0.1:{int(running.stdout.readline())}")


@contextmanager
def process(
    module: str, *arguments: str, core: int, stdout: int = subprocess.DEVNULL, log: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a module on one core, and end it."""
    errors = log.open("wb") if log else None
    running = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdout=stdout,
        stderr=errors or subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    try:
        yield running
    finally:
        # Who has a log is stopped in good order, and what it leaves is looked at; the others take seconds to go.
        running.send_signal(signal.SIGTERM if log else signal.SIGKILL)
        try:
            running.wait(40)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        if errors:
            errors.close()


def contest(
    module: str,
    *arguments: str,
    people: int,
    text: str,
    delay: float,
    wanted: int,
    log: Path | None = None,
    begin: int | None = None,
    asking: Sequence[int] = (),
    free: int = 0,
) -> Ran:
    """Let a bot face so many people at once; `begin` is a signal that the bot is sent in the place of letters.

    Those who are `asking` write the text one after the other meanwhile. The server refuses what is more than `free` a
    second.
    """
    with server() as api, process(module, api.url, TOKEN, *arguments, core=BOT_CORE, log=log) as bot:
        _wait(lambda: api.ask("state")["polls"] > 0, bot, log)
        before, server_before = cpu_of(bot.pid), cpu_of(api.process.pid)
        api.ask("load", people=people, text=text, delay=delay, free=free)
        if begin is not None:
            bot.send_signal(begin)
        if asking:
            api.ask("ask", people=",".join(map(str, asking)), text=text, every=EVERY)
        _wait(lambda: api.ask("state")["accepted"] >= wanted, bot, log)
        # What is still to be recorded belongs to the work.
        _rest(bot.pid)
        after, server_after, peak = cpu_of(bot.pid), cpu_of(api.process.pid), peak_of(bot.pid)
        ledger = [(at, chat, said) for at, chat, said in api.ask("ledger")]
        asked = [(at, who) for at, who in api.ask("asked")]
        refused = api.ask("state")["refused"]
    times = [at for at, _, _ in ledger]
    cpu, server_cpu = after - before, server_after - server_before
    return Ran(len(ledger), times[-1], times[len(times) // 2], cpu, server_cpu, peak, ledger, asked, refused)


def _wait(is_done: Any, bot: subprocess.Popen[bytes], log: Path | None) -> None:
    until = time.monotonic() + PATIENCE
    while not is_done():
        if bot.poll() is not None or time.monotonic() > until:
            raise NotAnswered(f"{' '.join(map(str, bot.args))[-60:]}: {log.read_text()[-2000:] if log else ''}")  # type: ignore[arg-type]
        time.sleep(0.02)


def _rest(pid: int) -> None:
    """Return when the process has had nothing to do for a moment."""
    before = -1.0
    while (now := cpu_of(pid)) > before + 0.02:
        before = now
        time.sleep(0.2)


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU that a process has taken, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_of(pid: int) -> float:
    """Return the most memory that a process has had, in MiB."""
    return status_of(pid, "VmHWM")


def status_of(pid: int, what: str) -> float:
    """Return a figure of a process's memory in MiB."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
