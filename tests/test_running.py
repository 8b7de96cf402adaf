"""The running bot as a process of its own: it starts, takes orders at its door, stops when told, and never twice."""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.fakes.bot_api import TOKEN, Accepted, FakeBotApi

ROOT = Path(__file__).parents[1]

Start = Callable[..., Awaitable[Process]]


@asynccontextmanager
async def an_office(folder: Path, fake: FakeBotApi, **more: str) -> AsyncIterator[Start]:
    """Give the way to start `python -m bot` with one office's settings; what still runs at the end is killed."""
    settings = {
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": fake.url,
        "DATA_DIR": str(folder / "data"),
        "OFFICE_NAME": "Dinas Sosial Langkat",
        "WEB_PORT": "0",
    }
    env = {**os.environ, "PYTHONPATH": str(ROOT), **settings, **more}
    started: list[Process] = []

    async def start(*words: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *words, env=env, cwd=folder, stdout=PIPE, stderr=PIPE
        )
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def finish(process: Process) -> tuple[int | None, str]:
    """Wait for the end; return the exit code and everything that was printed."""
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode, (out + err).decode()


async def first_line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 120)).decode()


class Ledger(list[Accepted]):
    """The fake's ledger, which wakes whoever waits for a line of it."""

    def __init__(self) -> None:
        super().__init__()
        self.grown = asyncio.Event()

    def append(self, line: Accepted) -> None:
        super().append(line)
        self.grown.set()

    async def holds(self, words: str) -> None:
        """Wait until a message with these words was accepted."""
        async with asyncio.timeout(120):
            while not any(words in one.text for one in self):
                self.grown.clear()
                await self.grown.wait()


async def test_an_office_starts_its_bot_and_its_operator_comes_in(tmp_path: Path) -> None:
    """While it runs health answers, an invite is made at the door and claimed, and a second copy refuses; it stops."""
    async with FakeBotApi() as fake, an_office(tmp_path, fake) as start:
        fake.ledger = ledger = Ledger()
        running = await start("run")
        line = await first_line(running)
        address = re.search(r"http\S+/health", line)
        assert address is not None, line
        async with aiohttp.ClientSession() as web, web.get(address[0]) as answer:
            state = json.loads(await answer.text())
        assert state["ok"] is True
        assert state["last_backup_seconds"] is None  # no key is set, so none is made

        (twice, invited) = await asyncio.gather(start("run"), start("invite", "--role", "operator"))
        code, said = await finish(twice)
        assert code == 2
        assert "running already" in said
        code, said = await finish(invited)
        assert code == 0
        link = re.search(r"https://t\.me/\w+\?start=(u_[0-9a-f]{32})\n", said)
        assert link is not None, said

        fake.say(77, f"/start {link[1]}")
        await ledger.holds("Nama lengkap")
        fake.say(77, "Wina Harahap")
        await ledger.holds("Baik, Bapak/Ibu Wina")

        running.send_signal(signal.SIGTERM)
        code, said = await finish(running)
        assert code == 0
        assert said.strip() == "stopped"
        assert not (tmp_path / "data" / "door").exists()


async def test_a_token_that_telegram_refuses_ends_the_process(tmp_path: Path) -> None:
    """A wrong token is named in one line, without the token."""
    wrong = "123456:AAX-another_token_of_the_test"
    async with FakeBotApi() as fake, an_office(tmp_path, fake, TELEGRAM_TOKEN=wrong) as start:
        code, said = await finish(await start("run"))
    assert code == 2
    assert "Telegram refuses TELEGRAM_TOKEN" in said
    assert wrong.partition(":")[2] not in said
    assert "Traceback" not in said


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    """The web side's port belongs to somebody else: one line says which."""
    async with FakeBotApi() as fake:
        port = fake.url.rpartition(":")[2]
        async with an_office(tmp_path, fake, WEB_PORT=port) as start:
            code, said = await finish(await start("run"))
    assert code == 2
    assert said.startswith(f"WEB_HOST:WEB_PORT 127.0.0.1:{port} cannot be used")
