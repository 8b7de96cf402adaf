"""A hostile machine: a full disk, a slow one, a second bot; and nothing personal in what is logged (T10, T14)."""

import asyncio
import logging
import sqlite3
import time
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.single import AnotherProcess, only_one
from storage.database import Connection
from tests.proofs import ledger
from tests.proofs.house import FarSide, House, stopped_clock
from tests.proofs.people import Crowd, Somebody, found_office, roster

CANARY = "Kenariwati"


async def test_with_a_full_disk_nothing_is_confirmed_and_all_is_done_when_there_is_room(tmp_path: Path) -> None:
    """SQLite itself says that it is full: what could not be stored is not confirmed, and comes again."""
    everybody, clock = roster(6), stopped_clock()
    await found_office(tmp_path, everybody, event=True)
    with FarSide(clock) as far:
        house = House(tmp_path, far, clock)
        await house.boot()
        await house.app.database.write(_leave_pages, 0)
        refused: list[str] = []
        for number in range(40):
            far.say(everybody[number % 6].user, "halo " + "x" * 3_000, everybody[number % 6].name)
            try:
                await house.hand_over(far.pending.values())
            except sqlite3.OperationalError as why:
                refused.append(str(why))
            else:
                far.pending = {}
                await asyncio.wait([asyncio.create_task(house.app.lanes.join())], timeout=0.05)
        assert set(refused) == {"database or disk is full"}
        with house.db() as db:
            assert list(ledger.what_is_lost(db, far)) == []
        await house.app.database.write(_leave_pages, 1_000_000)
        working = asyncio.create_task(house.hear())
        async with asyncio.timeout(20):
            while not working.done():  # what waits for the store looks again every second, and the clock stands
                clock.move(timedelta(seconds=1))
                await asyncio.wait([working], timeout=0.02)
        await working
        await house.go_on(timedelta(minutes=10))
        await house.stop()
        with house.db() as db:
            assert ledger.what_is_wrong(db, far) == []
            assert db.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()[0] == 40


def _leave_pages(db: Connection, more: int) -> None:
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages + more}")


async def test_a_slow_disk_makes_it_slow_and_nothing_else(tmp_path: Path) -> None:
    """Twenty milliseconds for each sync: turns share them, and everybody is answered."""
    everybody, clock = roster(30), stopped_clock()
    await found_office(tmp_path, everybody, event=True)
    with FarSide(clock) as far:
        house = House(tmp_path, far, clock)
        await house.boot()
        house.app.database.on_commit = lambda moment: time.sleep(0.02 if moment == "before" else 0)
        began = time.monotonic()
        for one in everybody:
            far.say(one.user, "/start", one.name)
        await house.hear()
        assert time.monotonic() - began < 30 * 4 * 0.02 + 3
        await house.stop()
        with house.db() as db:
            assert ledger.what_is_wrong(db, far) == []
    assert {one.chat for one in far.ledger} == {one.user for one in everybody}


def test_a_second_bot_does_not_start(tmp_path: Path) -> None:
    """The folder is held, and let go of."""
    with only_one(tmp_path), pytest.raises(AnotherProcess), only_one(tmp_path):
        raise AssertionError("two of them")
    with only_one(tmp_path):
        pass


async def test_nothing_personal_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Names, numbers and words of a crowd in bad weather, at DEBUG: the log has ids and classes."""
    everybody = [Somebody(one.user, f"{CANARY} {one.name}", one.phone, one.role) for one in roster(12)]
    await found_office(tmp_path, roster(12), event=True)
    clock = stopped_clock()
    with caplog.at_level(logging.DEBUG), FarSide(clock) as far:
        house = House(tmp_path, far, clock)
        await house.boot()
        crowd = Crowd(far, everybody, Random(14))
        far.storm({"server_error": 0.1, "accept_reset": 0.1, "flood": 0.1, "markup": 0.05}, 14)
        for _ in range(60):
            for _ in range(6):
                crowd.act(crowd.rng.choice(everybody))
            far.say(everybody[0].user, f"pesan rahasia {CANARY}", everybody[0].name)
            await house.hear()
        await house.stop()
    assert caplog.records
    written = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("asyncio"))
    assert CANARY not in written
    assert "rahasia" not in written
    assert not [one for one in everybody if one.phone[3:] in written]
    assert "AAF-fake_token" not in written
