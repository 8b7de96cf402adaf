"""The command menu follows the role, and the watchdog ends a process that is deaf."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.channels.telegram import Unreachable
from bot.clock import StoppedClock
from bot.menus import Menus
from bot.watchdog import PollingDead, watch
from handlers import build_routes
from storage import chats, people
from storage.database import Connection, Database
from tests.worlds import empty_store

NOW = "2023-11-06T02:00:00.000+00:00"


class Phone:
    """A channel of which only the menus are looked at."""

    def __init__(self) -> None:
        self.menus: dict[str, list[str]] = {}
        self.shown = 0

    async def show_menu(self, chat_address: str, commands: Sequence[tuple[str, str]]) -> None:
        self.menus[chat_address] = [word for word, _ in commands]
        self.shown += 1


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(empty_store(tmp_path / "pkh.sqlite3"))
    yield database
    await database.close()


def register(db: Connection, address: str, role: str) -> int:
    person = people.add_person(db, name=role, phone=None, role=role, district_id=None, village_id=None, now=NOW)
    chats.hear(db, f"telegram:{address}", "telegram", role, NOW)
    people.link_chat(db, f"telegram:{address}", person, NOW)
    return person


async def test_each_chat_shows_what_its_person_may_do(database: Database) -> None:
    """Set once for a role, again when the role changes, and taken back from somebody who is kept out."""
    phone = Phone()
    routes = build_routes("Dinas Sosial Langkat")
    menus = Menus(database, cast(Any, {"telegram": phone}), routes, StoppedClock(datetime(2023, 11, 6, tzinfo=UTC)))
    boss = await database.write(register, "1", "operator")
    await database.write(register, "2", "tksk")
    await database.write(chats.hear, "telegram:3", "telegram", "a stranger", NOW)
    assert await menus.refresh() == 2
    assert "sistem" in phone.menus["1"]
    assert "sistem" not in phone.menus["2"]
    assert {"menu", "profil", "kembali", "batal"} <= set(phone.menus["2"])
    assert await menus.refresh() == 0
    await database.write(people.set_role, boss, "tksk")
    assert await menus.refresh() == 1
    assert phone.menus["1"] == phone.menus["2"]
    await database.write(people.set_active, boss, False)
    assert await menus.refresh() == 1
    assert "profil" not in phone.menus["1"]
    assert phone.shown == 4


class Polling:
    """A channel whose last poll and whose reachability the test sets."""

    def __init__(self) -> None:
        self.last_poll: datetime | None = None
        self.reachable = True
        self.asked = asyncio.Event()

    async def me(self) -> str:
        self.asked.set()
        if not self.reachable:
            raise Unreachable("connection")
        return "pkh_bot"


async def pass_time(clock: StoppedClock, by: timedelta) -> None:
    """Let the clock go on in steps, and everybody who waits look at it."""
    for _ in range(int(by / timedelta(seconds=30))):
        clock.move(timedelta(seconds=30))
        for _ in range(10):
            await asyncio.sleep(0)


async def test_a_deaf_process_ends() -> None:
    """Telegram answers, polling brings nothing: the process ends, for its supervisor to start a new one."""
    clock, channel = StoppedClock(datetime(2023, 11, 6, tzinfo=UTC)), Polling()
    dog = asyncio.create_task(watch(channel, clock))
    await asyncio.sleep(0)
    await pass_time(clock, timedelta(minutes=3))
    assert dog.done()
    with pytest.raises(PollingDead):
        await dog


async def test_an_office_without_internet_keeps_its_bot() -> None:
    """Where Telegram itself cannot be reached, a new process would not help; polls that come keep it, too."""
    clock, channel = StoppedClock(datetime(2023, 11, 6, tzinfo=UTC)), Polling()
    channel.reachable = False
    dog = asyncio.create_task(watch(channel, clock))
    await asyncio.sleep(0)
    await pass_time(clock, timedelta(hours=1))
    assert channel.asked.is_set()
    channel.reachable = True
    for _ in range(20):
        channel.last_poll = clock.now()
        await pass_time(clock, timedelta(minutes=1))
    assert not dog.done()
    dog.cancel()
    await asyncio.gather(dog, return_exceptions=True)
