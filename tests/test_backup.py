"""Backups: one encrypted archive of everything, which was restored on trial, and comes back whole or not at all."""

import asyncio
import gzip
import io
import os
import resource
import shutil
import sqlite3
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.archive import BackupFailed
from bot.backup import back_up, back_up_office, clear_scratch
from bot.clock import StoppedClock
from bot.media import Media
from bot.restoring import DatabaseExists, restore
from bot.rotation import archive_name, outdated
from bot.sealing import BEGINS, make_key, read_private_keys
from bot.single import only_one
from storage import backups, chats, people
from storage.database import Connection, Database
from storage.erasure_list import Erased, add_to_lists, read_lists
from tests.worlds import empty_store

MOMENT = datetime(2023, 11, 6, 2, tzinfo=UTC)
NOW = "2023-11-06T02:00:00.000+00:00"
PRIVATE, PUBLIC = make_key()
KEYS = read_private_keys(PRIVATE)
NIGHTS = [MOMENT + timedelta(days=number) for number in range(60)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[tuple[Path, Database]]:
    """A data folder with two people, a chat and a photo, and its open store."""
    folder = tmp_path / "data"
    folder.mkdir()
    database = await Database.open(empty_store(folder / "pkh.sqlite3"))
    media = Media(folder / "media", database, StoppedClock(MOMENT))
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


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_was_saved_comes_back_whole(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A backup of a running bot holds every row and every file; with the office's key nothing differs elsewhere."""
    folder, _ = office
    saved, _ = back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    assert (saved.rows["persons"], saved.rows["chats"], saved.files) == (2, 1, 1)
    elsewhere = tmp_path / "new machine"
    assert restore(tmp_path / "b.age", elsewhere, "x", KEYS) == saved
    assert dump(elsewhere / "pkh.sqlite3") == dump(folder / "pkh.sqlite3")
    assert [photo.read_bytes() for photo in files_in(elsewhere / "media")] == [b"a photo" * 1000]
    again = await Database.open(elsewhere / "pkh.sqlite3")
    assert await again.read(lambda db: db.execute("SELECT count(*) FROM persons").fetchone()[0]) == 2
    await again.close()


async def test_nothing_leaves_in_the_clear(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Where the archives are there is nothing to read, neither while one is made nor later, and no scratch stays."""
    folder, _ = office
    (tmp_path / ".env").write_text("TELEGRAM_TOKEN=123456:canary")
    seen: list[str] = []

    def look(done: int, of: int) -> None:
        seen.extend(path.name for path in (tmp_path / "disk").iterdir())
        assert all(b"Siti" not in path.read_bytes() for path in (tmp_path / "disk").iterdir())

    back_up(folder, tmp_path / "disk" / "b.age", MOMENT, [PUBLIC], look)
    assert seen == [".b.age.part"]
    assert [path.name for path in files_in(tmp_path / "disk")] == ["b.age"]
    content = (tmp_path / "disk" / "b.age").read_bytes()
    assert content.startswith(BEGINS)
    assert not [word for word in (b"Siti", b"pkh.sqlite3", b"a photo") if word in content]
    assert (tmp_path / "disk" / "b.age").stat().st_mode & 0o077 == 0
    assert [path.name for path in files_in(folder / ".backup")] == ["lock"]
    restore(tmp_path / "disk" / "b.age", tmp_path / "new", "x", KEYS)
    assert b"canary" not in b"".join(path.read_bytes() for path in files_in(tmp_path / "new"))


async def test_any_of_several_keys_opens_it(office: tuple[Path, Database], tmp_path: Path) -> None:
    """The head of the office has one key, the keeper another; from paper it is typed in small letters and groups."""
    folder, _ = office
    second, public = make_key()
    back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC, public])
    typed = " ".join(second[at : at + 8].lower() for at in range(0, len(second), 8))
    for number, key in enumerate((f"# a comment\n{PRIVATE}\n", typed)):
        restore(tmp_path / "b.age", tmp_path / str(number), "x", read_private_keys(key))


async def test_what_does_not_open_says_why(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Another key, a cut or changed file, somebody else's file: one sentence each, and nothing is restored."""
    folder, _ = office
    archive = tmp_path / "b.age"
    back_up(folder, archive, MOMENT, [PUBLIC])
    whole, other = archive.read_bytes(), read_private_keys(make_key()[0])
    changed = bytearray(whole)
    changed[-500] ^= 1
    told = [
        (whole, other, "this key does not open the archive: it was made for another key"),
        (whole[:-1], KEYS, "the archive is damaged or cut short"),
        (whole[: len(whole) // 2], KEYS, "the archive is damaged or cut short"),
        (bytes(changed), KEYS, "the archive is damaged or cut short"),
        (whole[:90], KEYS, "the archive is damaged or is no backup of pkh-bot"),
        (b"a letter", KEYS, "the archive is damaged or is no backup of pkh-bot"),
        (b"", KEYS, "the archive is damaged or is no backup of pkh-bot"),
    ]
    for number, (content, keys, words) in enumerate(told):
        archive.write_bytes(content)
        with pytest.raises(BackupFailed) as why:
            restore(archive, tmp_path / f"{number}", "x", keys)
        assert str(why.value) == words
        assert list((tmp_path / f"{number}").iterdir()) == []
    for typed, words in (("", "no private key"), (PUBLIC, "no private key"), (PRIVATE[:-1], "not whole")):
        with pytest.raises(BackupFailed, match=words):
            read_private_keys(typed)


async def test_the_same_data_gives_the_same_bytes(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Two unencrypted backups of the same data can be compared by their digests, and are nobody else's to read."""
    folder, _ = office
    back_up(folder, tmp_path / "1.tar.gz", MOMENT)
    back_up(folder, tmp_path / "2.tar.gz", MOMENT + timedelta(days=1))
    assert (tmp_path / "1.tar.gz").read_bytes() == (tmp_path / "2.tar.gz").read_bytes()
    assert (tmp_path / "1.tar.gz").stat().st_mode & 0o077 == 0


async def test_a_backup_under_load_is_a_snapshot(office: tuple[Path, Database], tmp_path: Path) -> None:
    """While the bot writes, the archive holds some moment of it, whole, and comes back elsewhere with equal counts."""
    folder, database = office
    writes = [asyncio.create_task(database.write(add, f"P{n}", f"+62813{n:08}")) for n in range(300)]
    saved, _ = await asyncio.to_thread(back_up, folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    await asyncio.gather(*writes)
    assert 2 <= saved.rows["persons"] <= 302
    assert await database.read(lambda db: db.execute("SELECT count(*) FROM persons").fetchone()[0]) == 302
    restore(tmp_path / "b.age", tmp_path / "new", "x", KEYS)
    with closing(sqlite3.connect(tmp_path / "new" / "pkh.sqlite3")) as db:
        found = {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in saved.rows}
    assert found == saved.rows


async def test_the_system_page_learns_of_it(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Time, size and place of the last backup are told, though a backup writes nothing in the store."""
    folder, database = office
    assert (await database.read(backups.state)).saved is None
    back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    saved = (await database.read(backups.state)).saved
    assert saved is not None
    assert (saved.at, saved.size, saved.folder) == (NOW, (tmp_path / "b.age").stat().st_size, str(tmp_path))
    assert (saved.place, saved.sealed) == ("same disk", True)


async def test_a_store_that_is_there_is_not_overwritten(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Restoring refuses; forced, it moves the old store aside, log and photos included."""
    folder, database = office
    back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    await database.write(add, "Later", "+6281200000099")
    with pytest.raises(DatabaseExists):
        restore(tmp_path / "b.age", folder, "stamp", KEYS)
    await database.close()
    restore(tmp_path / "b.age", folder, "stamp", KEYS, force=True)
    assert not any("Later" in line for line in dump(folder / "pkh.sqlite3"))
    old = sqlite3.connect(folder / "before-restore-stamp" / "pkh.sqlite3")
    assert old.execute("SELECT count(*) FROM persons").fetchone()[0] == 3
    old.close()
    assert (folder / "before-restore-stamp" / "media").exists()


async def test_what_does_not_pass_its_trial_does_not_count(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A photo that has rotted on the disk, or is gone: no archive, no scratch, and the last backup is the older one."""
    folder, _ = office
    _, before = back_up(folder, tmp_path / "old.age", MOMENT, [PUBLIC])
    photo = files_in(folder / "media")[0]
    photo.write_bytes(b"b photo" * 1000)
    for why in ("damaged", "file"):
        with pytest.raises(BackupFailed, match="missing") as failed:
            back_up(folder, tmp_path / "out" / "b.age", MOMENT + timedelta(days=1), [PUBLIC])
        assert failed.value.why == why
        assert list((tmp_path / "out").iterdir()) == []
        assert [path.name for path in files_in(folder / ".backup")] == ["lock"]
        photo.unlink(missing_ok=True)
    assert backups.read_state(folder).saved == before


async def test_a_file_that_was_only_lent_may_be_gone(office: tuple[Path, Database], tmp_path: Path) -> None:
    """What was made to be sent is put away while a backup is made: it is none of what must be there."""
    folder, database = office
    media = Media(folder / "media", database, StoppedClock(MOMENT))
    lent = [await media.lend(content, "image/png", timedelta(hours=1)) for content in (b"gone", b"there")]
    (folder / "media" / lent[0][:2] / lent[0]).unlink()
    saved, _ = back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    assert saved.files == 1
    restore(tmp_path / "b.age", tmp_path / "new", "x", KEYS)
    assert sorted(path.read_bytes() for path in files_in(tmp_path / "new" / "media")) == [b"a photo" * 1000, b"there"]


def test_nothing_to_save_is_said(tmp_path: Path) -> None:
    """An empty folder has no backup."""
    with pytest.raises(BackupFailed, match="no database"):
        back_up(tmp_path, tmp_path / "b.age", MOMENT, [PUBLIC])


async def test_an_existing_file_is_kept(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A backup never replaces an older one."""
    folder, _ = office
    (tmp_path / "b.age").write_bytes(b"older")
    with pytest.raises(BackupFailed, match="exists already"):
        back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    assert (tmp_path / "b.age").read_bytes() == b"older"


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse to write more, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_named_and_leaves_nothing_half_done(office: tuple[Path, Database], tmp_path: Path) -> None:
    """There is no room for the archive: that is said, the older archive stays, and nothing else does."""
    folder, database = office
    target = tmp_path / "disk"
    target.mkdir()
    older, _, _ = back_up_office(folder, target, MOMENT, [PUBLIC], wary=True)
    await Media(folder / "media", database, StoppedClock(MOMENT)).keep(os.urandom(2_000_000), "image/jpeg")
    with files_no_longer_than(1_900_000), pytest.raises(BackupFailed) as failed:
        back_up_office(folder, target, MOMENT + timedelta(days=1), [PUBLIC], wary=True)
    assert failed.value.why == "full"
    assert list(target.iterdir()) == [older]
    assert [path.name for path in files_in(folder / ".backup")] == ["lock"]


async def test_a_backup_never_takes_the_bot_s_last_room(
    office: tuple[Path, Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the bot's own disk three archives stand at most, and none is made where little room is left."""
    folder, _ = office
    for night in NIGHTS[:5]:
        back_up_office(folder, folder / "backups", night, [PUBLIC], wary=True)
    kept = sorted(path.name for path in (folder / "backups").iterdir())
    assert kept == [archive_name(night, sealed=True) for night in NIGHTS[2:5]]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=400_000_000))
    with pytest.raises(BackupFailed, match="too little room") as failed:
        back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    assert failed.value.why == "full"


async def test_a_disk_that_is_not_mounted_is_not_written_to(office: tuple[Path, Database], tmp_path: Path) -> None:
    """Its folder is gone, or there and empty: nothing lands on the disk below; by hand a new disk is begun."""
    folder, _ = office
    target = tmp_path / "disk"
    with pytest.raises(BackupFailed, match="mounted") as failed:
        back_up_office(folder, target, MOMENT, [PUBLIC], wary=True)
    assert failed.value.why == "folder"
    assert not target.exists()
    target.mkdir()
    back_up_office(folder, target, MOMENT, [PUBLIC], wary=True)
    shutil.rmtree(target)
    target.mkdir()
    with pytest.raises(BackupFailed, match="has lost its archives"):
        back_up_office(folder, target, MOMENT + timedelta(days=1), [PUBLIC], wary=True)
    assert list(target.iterdir()) == []
    back_up_office(folder, target, MOMENT + timedelta(days=1), [PUBLIC], wary=False)
    assert len(list(target.iterdir())) == 1


async def test_what_a_kill_leaves_is_cleared(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A backup or a restore that was killed leaves plain copies in the data folder: the next start removes them."""
    folder, _ = office
    target = tmp_path / "disk"
    for left in (folder / ".backup" / "trial", folder / ".restore-abc" / "fresh", target):
        left.mkdir(parents=True)
        (left / "pkh.sqlite3").write_bytes(b"Siti")
    (folder / ".backup" / "pkh.sqlite3").write_bytes(b"Siti")
    (target / ".pkh-bot-20231105-020000.tar.gz.age.part").write_bytes(b"half")
    clear_scratch(folder)
    assert [path.name for path in files_in(folder / ".backup")] == ["lock"]
    assert not list(folder.glob(".restore-*"))
    back_up_office(folder, target, MOMENT, [PUBLIC], wary=True)
    assert sorted(path.name for path in target.iterdir()) == ["pkh-bot-20231106-020000.tar.gz.age", "pkh.sqlite3"]


async def test_two_at_a_time_are_refused(office: tuple[Path, Database], tmp_path: Path) -> None:
    """While one is being made by hand the night's one does not disturb it."""
    folder, _ = office
    with only_one(folder / ".backup"):
        clear_scratch(folder)
        with pytest.raises(BackupFailed, match="another backup") as failed:
            back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
    assert failed.value.why == "busy"


def test_two_weeks_of_nights_stay_and_nothing_is_older_than_four() -> None:
    """After each of sixty nights: the last 14, the first of each week before, none of more than 28 days."""
    kept: list[str] = []
    for night in NIGHTS:
        for name in outdated(kept, night):
            kept.remove(name)
        kept.append(archive_name(night, sealed=True))
    made = [datetime.strptime(name, "pkh-bot-%Y%m%d-%H%M%S.tar.gz.age").replace(tzinfo=UTC) for name in kept]
    days = [(NIGHTS[-1] - one).days for one in made]
    assert days == [24, 17, *range(14, -1, -1)]
    assert [one.weekday() for one in made[:2]] == [0, 0]


def test_the_newest_archive_stays_however_old() -> None:
    """After two months without a backup one old archive is worth more than none; what is not ours is left alone."""
    names = [archive_name(night, sealed=True) for night in NIGHTS[:3]]
    assert outdated([*names, "foto.jpg"], NIGHTS[-1]) == names[:2]
    assert outdated(["foto.jpg"], NIGHTS[-1]) == []


async def test_what_was_saved_before_there_was_a_folder_goes_too(office: tuple[Path, Database], tmp_path: Path) -> None:
    """An unencrypted archive of before does not stay on the machine for ever; what is young, or not ours, does."""
    folder, _ = office
    own, disk = folder / "backups", tmp_path / "disk"
    disk.mkdir()
    for night in (NIGHTS[0], NIGHTS[9]):
        back_up_office(folder, own, night, [], wary=True)
    (own / "pkh-bot-20231399-000000.tar.gz").write_bytes(b"no date")
    for stamp in ("20231106-030000", "20231120-030000", "of old"):
        (folder / f"before-restore-{stamp}" / "media").mkdir(parents=True)
    back_up_office(folder, disk, NIGHTS[30], [PUBLIC], wary=True)
    assert sorted(path.name for path in own.iterdir()) == [
        "pkh-bot-20231115-020000.tar.gz",
        "pkh-bot-20231399-000000.tar.gz",
    ]
    assert sorted(path.name for path in folder.glob("before-*")) == [
        "before-restore-20231120-030000",
        "before-restore-of old",
    ]


async def test_the_list_of_the_erased_goes_along(office: tuple[Path, Database], tmp_path: Path) -> None:
    """A disk that was away when somebody was erased is told with the next archive; what it alone knows comes here."""
    folder, _ = office
    disk = tmp_path / "disk"
    disk.mkdir()
    for place, number in ((folder, 1), (disk, 2)):
        add_to_lists([place], Erased(number, NOW, NOW))
    back_up_office(folder, disk, MOMENT, [PUBLIC], wary=True)
    for place in (folder, disk):
        assert sorted(one.person_id for one in read_lists([place])) == [1, 2]


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
    back_up(folder, tmp_path / "good.tar.gz", MOMENT)
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
        back_up(folder, tmp_path / "b.age", MOMENT, [PUBLIC])
