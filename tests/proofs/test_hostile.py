"""A hostile machine: a full disk, a read-only or slow one, no file handles, a second bot (T10); what it logs (T14)."""

import asyncio
import logging
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.single import AnotherProcess, only_one
from storage.database import Connection
from tests.proofs import ledger
from tests.proofs.house import FarSide, House, stopped_clock
from tests.proofs.people import Crowd, Somebody, Town, found_office, roster
from tests.proofs.rest import answering, come_to_rest
from tests.proofs.victim import Victim

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
        await _work_while_time_passes(house)
        await house.go_on(timedelta(minutes=10))
        await house.stop()
        with house.db() as db:
            assert ledger.what_is_wrong(db, far) == []
            assert db.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()[0] == 40


async def _work_while_time_passes(house: House) -> None:
    """Do what is left: what waits for the store looks again every second, and the clock stands."""
    working = asyncio.create_task(house.hear())
    async with asyncio.timeout(300):
        while not working.done():
            house.clock.move(timedelta(seconds=1))
            await asyncio.wait([working], timeout=0.02)
    await working


@pytest.fixture
def folder_that_can_be_locked() -> Iterator[tuple[Path, Callable[[str], None]]]:
    """Give a folder, and a function that makes it read-only ('+i'), also for files that are open, and writable ('-i').

    For root permissions do not count, and a file system with open files cannot be mounted anew. The index of the log is
    spared: it is memory that SQLite maps, and where the system cannot write it back it kills the process, as T1 does.
    """
    folder = Path(tempfile.mkdtemp(prefix="locked-"))

    def lock(mode: str) -> None:
        paths = [path for path in (folder, *folder.rglob("*")) if not path.name.endswith("-shm")]
        subprocess.run(["chattr", mode, *map(str, paths)], check=True, capture_output=True)

    try:
        lock("+i")
        lock("-i")
    except (OSError, subprocess.CalledProcessError):
        shutil.rmtree(folder)
        pytest.skip("this needs root, and a file system that knows chattr +i")
    yield folder, lock
    lock("-i")
    shutil.rmtree(folder)


async def test_on_a_disk_that_is_suddenly_read_only_nothing_is_confirmed_and_later_all_is_done(
    folder_that_can_be_locked: tuple[Path, Callable[[str], None]],
) -> None:
    """What was stored before is answered when the disk can be written again, what could not be stored comes again."""
    folder, lock = folder_that_can_be_locked
    everybody, clock = roster(6), stopped_clock()
    await found_office(folder, everybody, event=True)
    with FarSide(clock) as far:
        house = House(folder, far, clock)
        await house.boot()
        for one in everybody:
            far.say(one.user, "/start", one.name)
        await house.hand_over(far.pending.values())  # stored; the answers are not yet
        far.pending = {}
        lock("+i")
        refused: list[str] = []
        for number in range(20):
            one = everybody[number % 6]
            if number % 5 == 4:
                far.send_photo(one.user)
            else:
                far.say(one.user, "/menu", one.name)
            with pytest.raises(sqlite3.OperationalError) as why:
                await house.hand_over(far.pending.values())
            refused.append(str(why.value))
            clock.move(timedelta(seconds=1))
            await asyncio.wait([asyncio.create_task(house.app.lanes.join())], timeout=0.05)
        with house.db() as db:
            assert list(ledger.what_is_lost(db, far)) == []
        lock("-i")
        await _work_while_time_passes(house)
        await house.go_on(timedelta(minutes=10))
        await house.stop()
        with house.db() as db:
            assert ledger.what_is_wrong(db, far) == []
            assert db.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()[0] == 26
    assert set(refused) == {"disk I/O error"}


@pytest.mark.proof
async def test_without_file_handles_it_waits_and_when_there_are_some_it_goes_on(tmp_path: Path) -> None:
    """No connection can be opened and no file be kept: nothing is lost, and the same process goes on by itself."""
    import resource  # Windows has none

    everybody = roster(12)
    await found_office(tmp_path, everybody, event=True)
    async with Town() as town, Victim(tmp_path, town.url) as victim:
        with closing(ledger.connect(tmp_path)) as db:
            polls = town._polls
            process = await victim.boot(town.time())
            await answering(town, polls)
            living = asyncio.create_task(Crowd(town, everybody, Random(10)).live())
            await asyncio.sleep(0.5)
            limits = resource.prlimit(process, resource.RLIMIT_NOFILE)
            resource.prlimit(process, resource.RLIMIT_NOFILE, (1, limits[1]))
            town.weather({"accept_reset": 0.3, "nothing": 0.3}, seed=10)  # connections are lost, one after the other
            await _becomes(lambda: _never_left(db) > 0)
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
            assert list(ledger.what_is_lost(db, town)) == []
            town.weather({})
            resource.prlimit(process, resource.RLIMIT_NOFILE, limits)
            town.set_time(town.time() + timedelta(minutes=1))
            await _becomes(lambda: not town.pending and not ledger.letters_left(db) and not _never_left(db))
            await victim.stop()
            await come_to_rest(town, victim, db)  # second copies of what was in doubt go after a minute
            assert ledger.what_is_wrong(db, town) == []


def _never_left(db: sqlite3.Connection) -> int:
    """Count the messages that could not leave, and wait to be tried again."""
    sql = "SELECT count(*) FROM outbox WHERE state = 'queued' AND error = 'OSError'"
    return int(db.execute(sql).fetchone()[0])


async def _becomes(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(300):
        while not true():  # noqa: ASYNC110  # another process is watched
            await asyncio.sleep(0.05)


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
        syncs = 0

        def sync_slowly(moment: str) -> None:
            nonlocal syncs
            if moment == "before":
                syncs += 1
                time.sleep(0.02)

        house.app.database.on_commit = sync_slowly
        for one in everybody:
            far.say(one.user, "/start", one.name)
        await house.hear()
        assert syncs < 30 * 4 / 2
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
