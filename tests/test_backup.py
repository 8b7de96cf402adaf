"""Backups: one archive of everything, the same bytes for the same data, and nothing restored that is not whole."""

import asyncio
import gzip
import io
import sqlite3
import tarfile
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.backup import BackupFailed, DatabaseExists, back_up, restore
from bot.clock import StoppedClock
from bot.media import Media
from storage import chats, people
from storage.database import Connection, Database
from storage.health import last_backup
from tests.worlds import empty_store

NOW = "2023-11-06T02:00:00.000+00:00"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[tuple[Path, Database]]:
    """A data folder with two people, a chat and a photo, and its open store."""
    folder = tmp_path / "data"
    folder.mkdir()
    database = await Database.open(empty_store(folder / "pkh.sqlite3"))
    media = Media(folder / "media", database, StoppedClock(datetime(2023, 11, 6, 2, tzinfo=UTC)))
    await database.write(add, "Siti Aminah", "+6281200000011")
    await database.write(add, "Budi Sembiring", "+6281200000012")
    await database.write(chats.hear, "telegram:7", "telegram", "Siti", NOW)
    await media.keep(b"a photo" * 1000, "image/jpeg")
    yield folder, database
    await database.close()


def add(db: Connection, name: str, phone: str) -> None:
    people.add_person(db, name=name, phone=phone, role="tksk", district_id=None, village_id=None, now=NOW)


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        return list(db.iterdump())


async def test_what_was_saved_comes_back_whole(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A backup of a running bot holds every committed row and every file; restored elsewhere, nothing differs."""
    folder, _ = office
    saved = back_up(folder, tmp_path / "b.tar.gz", NOW)
    assert (saved.rows["persons"], saved.rows["chats"], saved.files) == (2, 1, 1)
    elsewhere = tmp_path / "new machine"
    assert restore(tmp_path / "b.tar.gz", elsewhere, "x") == saved
    assert dump(elsewhere / "pkh.sqlite3") == dump(folder / "pkh.sqlite3")
    photos = [path for path in (elsewhere / "media").rglob("*") if path.is_file()]
    assert [photo.read_bytes() for photo in photos] == [b"a photo" * 1000]
    again = await Database.open(elsewhere / "pkh.sqlite3")
    assert await again.read(lambda db: db.execute("SELECT count(*) FROM persons").fetchone()[0]) == 2
    await again.close()


async def test_the_same_data_gives_the_same_bytes(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Two backups of the same data can be compared by their digests, and are nobody else's to read."""
    folder, _ = office
    back_up(folder, tmp_path / "1.tar.gz", NOW)
    back_up(folder, tmp_path / "2.tar.gz", "2023-11-07T02:00:00.000+00:00")
    assert (tmp_path / "1.tar.gz").read_bytes() == (tmp_path / "2.tar.gz").read_bytes()
    assert (tmp_path / "1.tar.gz").stat().st_mode & 0o077 == 0


async def test_a_backup_under_load_is_a_snapshot(office: tuple[Path, Database], tmp_path: Path) -> None:
    """While the bot writes, the archive holds some moment of it, whole; the bot loses nothing."""
    folder, database = office
    writes = [asyncio.create_task(database.write(add, f"P{n}", f"+62813{n:08}")) for n in range(300)]
    saved = await asyncio.to_thread(back_up, folder, tmp_path / "b.tar.gz", NOW)
    await asyncio.gather(*writes)
    assert 2 <= saved.rows["persons"] <= 302
    assert await database.read(lambda db: db.execute("SELECT count(*) FROM persons").fetchone()[0]) == 302


async def test_the_system_page_learns_of_it(office: tuple[Path, Database], tmp_path: Path) -> None:
    """The time of the last backup is told, though the backup writes nothing in the store."""
    folder, database = office
    assert await database.read(last_backup) is None
    back_up(folder, tmp_path / "b.tar.gz", NOW)
    assert await database.read(last_backup) == NOW


async def test_a_store_that_is_there_is_not_overwritten(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Restoring refuses; forced, it moves the old store aside, log and photos included."""
    folder, database = office
    back_up(folder, tmp_path / "b.tar.gz", NOW)
    await database.write(add, "Later", "+6281200000099")
    with pytest.raises(DatabaseExists):
        restore(tmp_path / "b.tar.gz", folder, "stamp")
    await database.close()
    restore(tmp_path / "b.tar.gz", folder, "stamp", force=True)
    assert not any("Later" in line for line in dump(folder / "pkh.sqlite3"))
    old = sqlite3.connect(folder / "before-restore-stamp" / "pkh.sqlite3")
    assert old.execute("SELECT count(*) FROM persons").fetchone()[0] == 3
    old.close()
    assert (folder / "before-restore-stamp" / "media").exists()


async def test_a_missing_photo_stops_the_backup(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A backup that lacks something is none; the old one stays and no half one is left."""
    folder, _ = office
    next(path for path in (folder / "media").rglob("*") if path.is_file()).unlink()
    with pytest.raises(BackupFailed, match="missing"):
        back_up(folder, tmp_path / "out" / "b.tar.gz", NOW)
    assert list((tmp_path / "out").iterdir()) == []


def test_nothing_to_save_is_said(tmp_path: Path) -> None:
    """An empty folder has no backup."""
    with pytest.raises(BackupFailed, match="no database"):
        back_up(tmp_path, tmp_path / "b.tar.gz", NOW)


async def test_an_existing_file_is_kept(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A backup never replaces an older one."""
    folder, _ = office
    (tmp_path / "b.tar.gz").write_bytes(b"older")
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(folder, tmp_path / "b.tar.gz", NOW)
    assert (tmp_path / "b.tar.gz").read_bytes() == b"older"


def repacked(archive: bytes, change: dict[str, bytes], extra: list[tarfile.TarInfo] | None = None) -> bytes:
    """Return the archive with other bytes under some names, and with other members after them."""
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(archive)) as old, tarfile.open(fileobj=out, mode="w:gz") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            changed = change.get(member.name, content.read())
            member.size = len(changed)
            new.addfile(member, io.BytesIO(changed))
        for member in extra or []:
            new.addfile(member, io.BytesIO(b"x" * member.size))
    return out.getvalue()


def named(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, link, size
    return member


async def test_a_damaged_or_foreign_archive_changes_nothing(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Cut, altered, forged or somebody else's: one clear refusal, and the folder stays as it was."""
    folder, _ = office
    back_up(folder, tmp_path / "good.tar.gz", NOW)
    good = (tmp_path / "good.tar.gz").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(good)) as tar:
        photo = next(name for name in tar.getnames() if name.startswith("media/"))
    hostile = [
        b"",
        b"no archive",
        gzip.compress(b"no tar"),
        good[: len(good) // 2],
        good[:-200],
        repacked(good, {"pkh.sqlite3": b"no database"}),
        repacked(good, {photo: b"another photo"}),
        repacked(good, {"manifest.json": b"{}"}),
        repacked(good, {"manifest.json": b"[1"}),
        repacked(good, {}, [named("../outside", size=1)]),
        repacked(good, {}, [named("/etc/outside", size=1)]),
        repacked(good, {}, [named("media/aa/x", tarfile.SYMTYPE, "/etc/passwd")]),
        repacked(good, {}, [named(photo, tarfile.LNKTYPE, "manifest.json")]),
        repacked(good, {}, [named(photo, size=1)]),
    ]
    for number, content in enumerate(hostile):
        bad = tmp_path / f"bad{number}.tar.gz"
        bad.write_bytes(content)
        target = tmp_path / f"target{number}"
        with pytest.raises(BackupFailed):
            restore(bad, target, "x")
        assert not target.exists() or list(target.iterdir()) == [], number
    assert not (tmp_path / "outside").exists()


async def test_a_store_of_a_newer_program_is_refused(office: tuple[Path, Database], tmp_path: Path) -> None:
    """An older program does not take what it cannot read."""
    folder, database = office
    await database.close()
    with closing(sqlite3.connect(folder / "pkh.sqlite3")) as db:
        db.execute("PRAGMA user_version = 999")
    with pytest.raises(BackupFailed, match="schema 999"):
        back_up(folder, tmp_path / "b.tar.gz", NOW)
