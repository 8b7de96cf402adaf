"""The lanes: what happens to letters that cannot be read, fetched or stored, and to those of a channel that is off."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.channel import Arrived, FetchFailed, Unreadable
from bot.clock import StoppedClock
from bot.lanes import LOST_FILE, Lanes
from bot.message import Media, Said
from storage.database import Closed, Database
from tests.worlds import empty_store

NOON = datetime(2023, 11, 12, 5, 0, tzinfo=UTC)


@dataclass
class Inlet:
    """A channel whose events are what is said, as JSON; files come when `fetches` says so."""

    fetches: list[bool] = field(default_factory=list)

    def parse(self, raw: str) -> Said | None:
        given = json.loads(raw)
        if given.get("silent"):
            return None
        if "text" not in given:
            raise Unreadable("no text")
        files = (Media("its id"),)
        return Said(
            "sim", "sim:1", given["id"], NOON, "photo", given["text"], files=files, album=given.get("album", "")
        )

    async def fetch(self, said: Said) -> Said:
        if self.fetches and not self.fetches.pop(0):
            raise FetchFailed("ConnectError")
        return said


@dataclass
class Heard:
    """The turns: they note what they are given, and break as they are told."""

    database: Database
    taken: list[tuple[list[int], str]] = field(default_factory=list)
    given_up: list[tuple[str, str]] = field(default_factory=list)
    breaks: list[Exception] = field(default_factory=list)

    async def take(self, letters: list[int], said: Said) -> None:
        if self.breaks:
            raise self.breaks.pop(0)
        self.taken.append((letters, said.text))

    async def give_up(self, letters: list[int], said: Said, reason: str, apology: str) -> None:
        self.given_up.append((reason, apology))


@dataclass
class World:
    """Lanes over a store, with a clock that stands until it is moved."""

    lanes: Lanes
    inlet: Inlet
    turns: Any
    clock: StoppedClock
    database: Database

    async def hear(self, *events: dict[str, object], channel: str = "sim", chat: str = "sim:1") -> None:
        """Store events, and let time pass until the lanes are empty."""
        await self.lanes.store([Arrived(channel, str(one["id"]), chat, json.dumps(one)) for one in events])
        joined = asyncio.create_task(self.lanes.join())
        async with asyncio.timeout(60):
            while not joined.done():
                self.clock.move(timedelta(seconds=2))
                await asyncio.wait([joined], timeout=0.01)

    async def states(self) -> list[tuple[str, str | None]]:
        """Return (state, reason) of each letter."""
        return await self.database.read(
            lambda db: [tuple(row) for row in db.execute("SELECT state, reason FROM inbox ORDER BY id")]
        )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = await Database.open(empty_store(tmp_path / "pkh.sqlite3"))
    inlet, turns, clock = Inlet(), Heard(database), StoppedClock(NOON)
    lanes = Lanes(database, {"sim": inlet}, turns, clock, album_quiet=timedelta(seconds=1))  # type: ignore[arg-type]
    yield World(lanes, inlet, turns, clock, database)
    await lanes.close()
    await database.close()


async def test_what_cannot_be_read_is_parked_and_the_next_is_served(world: World) -> None:
    """The reason is kept; what asks nothing is done."""
    await world.hear({"id": 1}, {"id": 2, "silent": 1}, {"id": 3, "text": "halo"})
    assert await world.states() == [("parked", "no text"), ("done", None), ("new", None)]
    assert world.turns.taken == [([3], "halo")]


async def test_a_letter_without_a_chat_keeps_nobody_waiting(world: World) -> None:
    """It has a lane to itself."""
    await world.hear({"id": 1}, chat="")
    assert await world.states() == [("parked", "no text")]


async def test_letters_of_a_channel_that_is_off_wait(world: World) -> None:
    """They are there when the token is back."""
    await world.hear({"id": 1, "text": "halo"}, channel="gone")
    assert (await world.states(), world.turns.taken) == ([("new", None)], [])
    assert await world.lanes.recover() == 1


async def test_a_file_is_asked_for_again_and_given_up_in_words(world: World) -> None:
    """Once more after a second, then three, then ten; then the person is told."""
    world.inlet.fetches = [False, False, True]
    await world.hear({"id": 1, "text": "foto"})
    assert world.turns.taken == [([1], "foto")]
    world.inlet.fetches = [False] * 4
    await world.hear({"id": 2, "text": "foto"})
    assert world.turns.given_up == [("FetchFailed", LOST_FILE)]


async def test_parts_of_an_album_are_one_turn_up_to_what_is_none(world: World) -> None:
    """What comes between, or cannot be read, ends it."""
    parts = [{"id": n, "text": "foto", "album": "a"} for n in (1, 2)]
    await world.hear(*parts, {"id": 3}, {"id": 4, "text": "foto", "album": "b"})
    assert [letters for letters, _ in world.turns.taken] == [[1, 2], [4]]
    assert (await world.states())[2] == ("parked", "no text")


async def test_a_store_that_does_not_answer_is_waited_for(world: World) -> None:
    """Once a second, as long as it takes; a store that was closed is left alone."""
    world.turns.breaks = [sqlite3.OperationalError("database or disk is full")] * 3
    await world.hear({"id": 1, "text": "halo"})
    assert world.turns.taken == [([1], "halo")]
    world.turns.breaks = [Closed()]
    await world.hear({"id": 2, "text": "halo"})
    assert len(world.turns.taken) == 1


async def test_what_nobody_foresaw_parks_one_letter_and_not_the_lane(world: World) -> None:
    """The class of what went wrong is kept."""
    world.turns.breaks = [ZeroDivisionError("words of a person")]
    await world.hear({"id": 1, "text": "satu"}, {"id": 2, "text": "dua"})
    assert await world.states() == [("parked", "ZeroDivisionError"), ("new", None)]
    assert world.turns.taken == [([2], "dua")]


async def test_at_the_end_what_waits_stays_for_the_next_start(world: World) -> None:
    """Whoever is asking for a file or the store stops asking, and nothing new is taken."""
    world.turns.breaks = [sqlite3.OperationalError("database or disk is full")] * 100
    world.inlet.fetches = [False] * 100
    events = [Arrived("sim", str(n), f"sim:{n}", json.dumps({"id": n, "text": "x"})) for n in (1, 2)]
    await world.lanes.store(events)
    await asyncio.sleep(0)
    closing = asyncio.create_task(world.lanes.close())
    async with asyncio.timeout(60):
        while not closing.done():
            world.clock.move(timedelta(seconds=20))
            await asyncio.wait([closing], timeout=0.01)
    await world.lanes.store([Arrived("sim", "3", "sim:3", json.dumps({"id": 3, "text": "x"}))])
    assert [state for state, _ in await world.states()] == ["new"] * 3
    assert world.turns.given_up == []  # nobody was told that the file is lost: it is asked for again
