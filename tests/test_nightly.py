"""The night's backup in a running bot: once a night, beside its work; where there is none, the operators hear of it."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import App, Plan, build
from bot.backup import Keeping
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.simulator import NAME, Simulator
from bot.clock import Clock, StoppedClock
from bot.message import Message
from bot.pacer import Limits
from bot.restoring import restore
from bot.sealing import make_key, read_private_keys
from handlers.backups import backup_lines
from storage import backups, people
from storage.database import Connection
from tests.worlds import OFFICE, build_world

ZONE = "Asia/Jakarta"
EVENING = datetime(2023, 11, 6, 20, tzinfo=ZoneInfo(ZONE))
PRIVATE, PUBLIC = make_key()


def simulated(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
    return {NAME: Simulator(store=store, keep=keep, open=open, clock=clock)}


@asynccontextmanager
async def an_office(folder: Path, keeping: Keeping, clock: StoppedClock) -> AsyncIterator[App]:
    """Give a bot of one office, which is founded if it is not yet."""
    plan = Plan(folder, OFFICE, ZONE, simulated, "boot", pace={NAME: Limits.open()}, keeping=keeping)
    async with build(plan, clock) as app:
        if not await app.database.read(people.people_in_roles, "operator"):
            await app.database.write(build_world, lambda who: f"{NAME}:{who}", clock.now())
        await app.recover()
        try:
            yield app
        finally:
            assert app.nightly is not None
            await app.nightly.stop()


async def pass_time(app: App, clock: StoppedClock, span: timedelta, step: timedelta = timedelta(hours=1)) -> None:
    """Let time go by, a tick each hour; what a tick begins is waited for."""
    assert app.nightly is not None
    end = clock.now() + span
    while clock.now() < end:
        clock.move(step)
        await app.tick()
        await app.nightly.finish()


def archives(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def warnings(db: Connection) -> list[str]:
    """Return what the operators were told about backups, in the order posted."""
    rows = db.execute("SELECT body FROM outbox WHERE kind = 'backup' ORDER BY id")
    return [Message.from_json(row[0]).text.plain for row in rows]


async def test_each_night_makes_one_backup_and_a_second_start_none(tmp_path: Path) -> None:
    """The first start makes one at once, then each night after two; it comes back elsewhere with its rows."""
    disk, clock = tmp_path / "disk", StoppedClock(EVENING)
    disk.mkdir()
    keeping = Keeping((PUBLIC,), disk)
    async with an_office(tmp_path / "data", keeping, clock) as app:
        await pass_time(app, clock, timedelta(hours=9))
        assert archives(disk) == [f"pkh-bot-2023110{name}.tar.gz.age" for name in ("6-210000", "7-020000")]
    async with an_office(tmp_path / "data", keeping, clock) as app:
        await pass_time(app, clock, timedelta(hours=24))
        assert archives(disk)[2:] == ["pkh-bot-20231108-020000.tar.gz.age"]
        assert await app.database.read(warnings) == []
        saved = (await app.database.read(backups.state)).saved
        assert saved is not None
        assert (saved.at, saved.sealed) == ("2023-11-07T19:00:00.000+00:00", True)
    restored = restore(disk / archives(disk)[-1], tmp_path / "new", "x", read_private_keys(PRIVATE))
    assert restored.rows["persons"] == 6
    with closing(sqlite3.connect(tmp_path / "new" / "pkh.sqlite3")) as db:
        assert {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in restored.rows} == (
            restored.rows
        )


async def test_the_bot_writes_and_answers_while_its_backup_is_made(tmp_path: Path) -> None:
    """The tick that begins it does not wait for it; writes go on, and what is archived is one moment of them."""
    disk, clock = tmp_path / "disk", StoppedClock(EVENING)
    disk.mkdir()
    async with an_office(tmp_path / "data", Keeping((PUBLIC,), disk), clock) as app:
        assert app.nightly is not None
        await app.tick()
        assert archives(disk) == []
        making = asyncio.create_task(app.nightly.finish())
        written = 0
        while not making.done():
            await app.database.write(add_person, written)
            await app.tick()  # begins no second one
            written += 1
        assert len(archives(disk)) == 1
    restored = restore(disk / archives(disk)[0], tmp_path / "new", "x", read_private_keys(PRIVATE))
    assert 6 <= restored.rows["persons"] <= 6 + written


def add_person(db: Connection, number: int) -> None:
    people.add_person(
        *(db,),
        name=f"P{number}",
        phone=f"+62813{number:08}",
        role="tksk",
        district_id=None,
        village_id=None,
        now="2023-11-06T02:00:00.000+00:00",
    )


async def test_a_disk_that_is_away_is_told_once_a_day_and_taken_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Unplugged on Monday: nothing lands below it, and the office hears of it in the morning, with what to do."""
    disk, clock, hours = tmp_path / "disk", StoppedClock(EVENING), timedelta(hours=1)
    disk.mkdir()
    async with an_office(tmp_path / "data", Keeping((PUBLIC,), disk), clock) as app:
        await pass_time(app, clock, hours)
        shutil.rmtree(disk)
        await pass_time(app, clock, 32 * hours, 8 * hours)  # until Wednesday, 05.00
        assert not disk.exists()
        assert await app.database.read(warnings) == []
        await pass_time(app, clock, 2 * hours, hours)
        assert await app.database.read(warnings) == [
            "⚠️ Cadangan data tertunda lebih dari sehari\n"
            "Yang terakhir: Senin, 6 November 2023 pukul 21.00 WIB.\n"
            "⚠️ Gagal Rabu, 8 November 2023 pukul 05.00 WIB: folder cadangan tidak ada atau tidak bisa ditulis. "
            "Periksa apakah disknya terpasang. Bot mencoba lagi tiap jam.\n"
            "Tanpa cadangan, data hilang bila komputer server rusak. Keadaannya: /sistem."
        ]
        assert f"no backup: {disk} is not there" in caplog.text
        await pass_time(app, clock, 16 * hours, 8 * hours)
        assert len(await app.database.read(warnings)) == 1
        await pass_time(app, clock, 8 * hours, 8 * hours)
        assert len(await app.database.read(warnings)) == 2
        disk.mkdir()
        (disk / "pkh-bot-20231106-210000.tar.gz.age").touch()  # plugged in again
        await pass_time(app, clock, hours)
        assert len(archives(disk)) == 2
        await pass_time(app, clock, 24 * hours, 8 * hours)
        assert len(await app.database.read(warnings)) == 2
        assert (await app.database.read(backups.state)).failed is None


async def test_without_a_key_there_is_none_and_the_office_hears_how_to_make_one(tmp_path: Path) -> None:
    """Nothing is saved in the clear at night; a day after the first person was entered the operators are told."""
    clock = StoppedClock(EVENING)
    async with an_office(tmp_path / "data", Keeping(), clock) as app:
        await pass_time(app, clock, timedelta(hours=24))
        assert await app.database.read(warnings) == []
        assert not (tmp_path / "data" / "backups").exists()
        await pass_time(app, clock, timedelta(hours=24))
        (told,) = await app.database.read(warnings)
        assert "kunci cadangan belum ada. Di komputer server: python -m bot backup-key" in told


async def test_a_store_that_is_damaged_never_replaces_the_last_backup(tmp_path: Path) -> None:
    """A photo is gone from the disk: the night's backup fails, says so, and the note of the last good one stays."""
    disk, clock = tmp_path / "disk", StoppedClock(EVENING)
    disk.mkdir()
    async with an_office(tmp_path / "data", Keeping((PUBLIC,), disk), clock) as app:
        digest = await app.media.keep(b"a photo", "image/jpeg")
        await pass_time(app, clock, timedelta(hours=1))
        (tmp_path / "data" / "media" / digest[:2] / digest).write_bytes(b"rotten!")
        await pass_time(app, clock, timedelta(hours=8))
        state = await app.database.read(backups.state)
        assert state.saved is not None
        assert state.failed is not None
        assert (state.saved.at, state.failed.why) == ("2023-11-06T14:00:00.000+00:00", "damaged")
        assert archives(disk) == ["pkh-bot-20231106-210000.tar.gz.age"]


async def test_a_clock_that_was_a_year_ahead_does_not_stop_the_nights(tmp_path: Path) -> None:
    """The machine woke up in the future and made a backup there: set right, the next one does not wait for that day."""
    disk, clock = tmp_path / "disk", StoppedClock(EVENING + timedelta(days=365))
    disk.mkdir()
    async with an_office(tmp_path / "data", Keeping((PUBLIC,), disk), clock) as app:
        await pass_time(app, clock, timedelta(hours=1))
        clock.be_set(-timedelta(days=365))
        await pass_time(app, clock, timedelta(hours=2))
        assert archives(disk) == [f"pkh-bot-202{year}.tar.gz.age" for year in ("31106-220000", "41105-210000")]


async def test_a_stop_breaks_it_off_and_the_next_start_makes_it(tmp_path: Path) -> None:
    """Stopped in the middle: no scratch stays in the data folder, nothing counts, and the next start begins anew."""
    disk, clock = tmp_path / "disk", StoppedClock(EVENING)
    disk.mkdir()
    keeping = Keeping((PUBLIC,), disk)
    async with an_office(tmp_path / "data", keeping, clock) as app:
        await app.tick()
        assert app.nightly is not None
        await app.nightly.stop()
        assert (await app.database.read(backups.state)).saved is None
        assert not [path for path in (tmp_path / "data" / ".backup").glob("*") if path.name != "lock"]
    async with an_office(tmp_path / "data", keeping, clock) as app:
        await pass_time(app, clock, timedelta(minutes=1), timedelta(minutes=1))
        assert (await app.database.read(backups.state)).saved is not None


@pytest.mark.parametrize("noted", ["", "[]", "{}", '{"saved": {"at": 1}, "failed": null}', '{"saved": null}'])
async def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, noted: str) -> None:
    """Somebody has edited the note: the bot does not stumble, and makes a backup."""
    (tmp_path / backups.NAME).write_text(noted)
    assert backups.read_state(tmp_path) == backups.State()
    backups.note(tmp_path, backups.Failed("2023-11-06T02:00:00.000+00:00", "full"))
    assert json.loads((tmp_path / backups.NAME).read_text())["failed"]["why"] == "full"


SAVED = backups.Saved("2023-11-06T19:00:00.000+00:00", 12_400_000, 8.2, "/mnt/nas", "away", sealed=True)
FAILED = backups.Failed("2023-11-07T19:00:00.000+00:00", "full")
GOOD = "Cadangan terakhir: Selasa, 7 November 2023 pukul 02.00 WIB, 12 MB, lolos uji pulih, 8 detik, "


@pytest.mark.parametrize(
    ("state", "hours", "says"),
    [
        (backups.State(), 0, ["⚠️ Belum pernah ada cadangan. Di komputer server: python -m bot backup"]),
        (backups.State(SAVED), 26, [f"{GOOD}di luar disk data"]),
        (backups.State(SAVED), 27, [f"⚠️ {GOOD}di luar disk data"]),
        (
            backups.State(replace(SAVED, place="here")),
            1,
            [
                f"{GOOD}di komputer server",
                "⚠️ Cadangan hanya ada di komputer ini. Isi BACKUP_FOLDER: docs/panduan-cadangan.md, langkah 2",
            ],
        ),
        (
            backups.State(replace(SAVED, place="same disk", sealed=False, seconds=312), FAILED),
            25,
            [
                GOOD.replace("8 detik", "5 menit")
                + "di disk yang sama dengan data: pastikan foldernya disalin ke luar",
                "⚠️ Cadangan itu tidak terenkripsi. Di komputer server: python -m bot backup-key",
                "⚠️ Gagal Rabu, 8 November 2023 pukul 02.00 WIB: disk penuh, atau arsipnya terlalu besar untuk disk "
                "itu. Kosongkan disk server dan disk cadangan. Bot mencoba lagi tiap jam.",
            ],
        ),
    ],
)
def test_the_system_page_says_when_where_and_what_to_do(state: backups.State, hours: int, says: list[str]) -> None:
    """What is well is one line; what is not has its sign and the next step."""
    now = datetime.fromisoformat(SAVED.at) + timedelta(hours=hours)
    assert backup_lines(state, now, ZONE) == says


def test_it_is_late_after_a_day_and_two_hours() -> None:
    """With nobody entered there is nothing to save; from then on, and from the last backup on, 26 hours."""
    start = datetime(2023, 11, 6, tzinfo=UTC)
    assert not backups.State().is_late(start)
    state = backups.State(since=start.isoformat())
    assert not state.is_late(start + timedelta(hours=26))
    assert state.is_late(start + timedelta(hours=27))
