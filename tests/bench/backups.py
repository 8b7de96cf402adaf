"""The night's backup of a store with years and photos in it: how long it and a restore take, what the loop feels."""

import asyncio
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median, quantiles

from bot.app import Plan, build
from bot.backup import Keeping
from bot.clock import MovableClock, utc_text
from bot.pacer import Limits
from bot.restoring import restore
from bot.sealing import make_key, read_private_keys
from storage import backups, chats, media
from storage.database import Connection, Database
from tests.bench.dialogs import silent
from tests.bench.national import build_national

PHOTO = 150_000  # bytes: what Telegram makes of a phone's photo
BEAT = 0.02  # seconds between two looks at the loop
QUIET = 500  # looks before the backup


@dataclass(frozen=True)
class Felt:
    """Milliseconds by which the loop was late, and that a small write took: median, one in a hundred, worst."""

    loop: tuple[float, float, float]
    write: tuple[float, float, float]


@dataclass(frozen=True)
class Ran:
    """Sizes are in MiB, times in seconds; `trial` is the backup with its restoring on trial, `cpu` of it."""

    store: float
    photos: float
    archive: float
    trial: float
    cpu: float
    restored: float
    before: Felt
    meanwhile: Felt


def measure(people: int, photos: int, said: Callable[[str], None]) -> Ran:
    """Build the store, let the running bot make its backup, and restore that elsewhere."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        return asyncio.run(_measure(Path(name), people, photos, said))


async def _measure(folder: Path, people: int, photos: int, said: Callable[[str], None]) -> Ran:
    data, disk = folder / "data", folder / "disk"
    for one in (data, disk):
        one.mkdir()
    await build_national(data / "pkh.sqlite3", people, said)
    said("building: photos")
    await _add_photos(data, photos)
    private, public = make_key()
    plan = Plan(
        *(data, "Dinas Sosial", "Asia/Jakarta", silent, "bench"),
        pace={"telegram": Limits.open()},
        keeping=Keeping((public,), disk),
    )
    async with build(plan, MovableClock()) as app:
        assert app.nightly is not None
        said("before the backup")
        before = await _feel(app.database, asyncio.sleep(QUIET * BEAT))
        said("the backup")
        await app.nightly.turn()
        meanwhile = await _feel(app.database, app.nightly.finish())
        cpu = getrusage(RUSAGE_CHILDREN).ru_utime + getrusage(RUSAGE_CHILDREN).ru_stime
        saved = (await app.database.read(backups.state)).saved
    assert saved is not None, "the backup failed"
    said("restoring")
    (archive,), began = disk.iterdir(), time.perf_counter()
    restore(archive, folder / "new", "x", read_private_keys(private))
    restored = time.perf_counter() - began
    store = (data / "pkh.sqlite3").stat().st_size
    return Ran(
        *(store / 2**20, photos * PHOTO / 2**20, saved.size / 2**20, saved.seconds, cpu, restored, before, meanwhile)
    )


async def _add_photos(data: Path, photos: int) -> None:
    stamp, rows = utc_text(datetime.now(UTC)), []
    for _ in range(photos):
        content = os.urandom(PHOTO)
        digest = hashlib.sha256(content).hexdigest()
        path = data / "media" / digest[:2] / digest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows.append(digest)

    def vouch(db: Connection) -> None:
        for digest in rows:
            media.note(db, digest, "image/jpeg", PHOTO, stamp)

    database = await Database.open(data / "pkh.sqlite3")
    await database.write(vouch)
    await database.close()


async def _feel(database: Database, work: Coroutine[None, None, None]) -> Felt:
    """Look at the loop, and write a little, until the work is done."""
    task = asyncio.create_task(work)
    loop, write = [], []
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(BEAT)
        woken = time.perf_counter()
        await database.write(chats.hear, "telegram:1", "telegram", "Orang 1", utc_text(datetime.now(UTC)))
        loop.append(1000 * (woken - began - BEAT))
        write.append(1000 * (time.perf_counter() - woken))
    return Felt(*(((median(one), quantiles(one, n=100)[-1], max(one))) for one in (loop, write)))
