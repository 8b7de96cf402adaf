"""Backups: the store and its files as one archive, encrypted to the office's keys, restored on trial before it counts.

What is restored on trial are the very bytes: the archive is encrypted to one more key, which lives only in the memory
of this process, and is read back with it from where it will stay. In the clear nothing leaves the data folder.
"""

import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bot.archive import DATABASE, MEDIA, BackupFailed, Contents, Progress, create, inspect, pack, unpack
from bot.clock import utc_text
from bot.rotation import LONGEST, archive_name, made_at, outdated, put_aside_at
from bot.sealing import opened, seal
from bot.single import NAME as LOCK
from bot.single import AnotherProcess, only_one
from storage.backups import Place, Saved, Why, note, read_state
from storage.erasure_list import share_lists

WORKSHOP = ".backup"
"""The folder in the data folder where a backup is made: what is left there by a process that was killed is cleared."""

FOLDER = "backups"
KEPT_HERE = 3
"""On the bot's own disk more would help against nothing more, and one day fill it."""

SPARE = 500_000_000
"""Bytes that a backup leaves free on the bot's disk: it must never be what stops the bot."""

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # the last: more than 4 GB on a FAT disk


@dataclass(frozen=True, slots=True)
class Keeping:
    """How an office keeps its backups: the public keys, and the folder off the machine, if it has one."""

    keys: tuple[str, ...] = ()
    folder: Path | None = None

    def folder_of(self, data: Path) -> Path:
        """Return the folder of its archives."""
        return (self.folder or data / FOLDER).absolute()


def back_up(
    data: Path,
    target: Path,
    now: datetime,
    keys: Sequence[str] = (),
    progress: Progress = lambda done, of: None,
) -> tuple[Contents, Saved]:
    """Write an archive of the data folder to `target`, restore it on trial, and note it; the bot may be running.

    Without keys it is not encrypted. Reads one snapshot over a read-only connection: the bot's own process stays the
    only one that writes. Raises BackupFailed; then there is no file at `target`.
    """
    began = time.perf_counter()
    if not (data / DATABASE).exists():
        raise BackupFailed(f"there is no database in {data}")
    if target.exists():
        raise BackupFailed(f"{target} exists already")
    half = target.with_name(f".{target.name}.part")
    try:
        with _workshop(data) as scratch, _removed(half):
            _refuse_if_tight(data, half.parent)
            contents = _write_and_try(data, half, keys, scratch, progress)
            half.replace(target)
        sync_folder(target.parent)
        folder, seconds = target.parent.absolute(), round(time.perf_counter() - began, 1)
        size, place = target.stat().st_size, _place_of(folder, data)
        saved = Saved(utc_text(now), size, seconds, str(folder), place, bool(keys))
        note(data, saved)
    except AnotherProcess:
        raise BackupFailed("another backup is being made just now: wait until it is done", "busy") from None
    except (OSError, sqlite3.Error) as why:
        raise BackupFailed(f"no backup was made: {words(why)}", _sort_of(why)) from why
    return contents, saved


def _refuse_if_tight(data: Path, folder: Path) -> None:
    last = read_state(data).saved
    store = (data / DATABASE).stat().st_size
    # Its copy and the archive; on trial the copy is gone, and the unpacked one in its place.
    needed = store + (last.size if last and _place_of(folder, data) != "away" else 0)
    if shutil.disk_usage(data).free < needed + SPARE:
        raise BackupFailed("no backup was made: the disk of DATA_DIR has too little room left", "full")


def _write_and_try(data: Path, half: Path, keys: Sequence[str], scratch: Path, progress: Progress) -> Contents:
    copy = scratch / DATABASE
    _copy(data / DATABASE, copy)
    contents = inspect(copy)

    def pour(out: IO[bytes]) -> None:
        pack(out, copy, data / MEDIA, contents, progress)

    trial: list[Any] = []
    with create(half) as out:
        if keys:
            trial = seal(pour, out, keys)
        else:
            pour(out)
    copy.unlink()
    with opened(half, trial) if keys else half.open("rb") as stream:
        if unpack(stream, scratch / "trial", with_files=False) != contents:
            raise BackupFailed("the archive does not hold what was packed", "damaged")
    return contents


def back_up_office(
    data: Path,
    folder: Path,
    now: datetime,
    keys: Sequence[str],
    *,
    wary: bool,
    progress: Progress = lambda done, of: None,
) -> tuple[Path, Contents, Saved]:
    """Clear what is too old in the office's folder of archives, then add one; `now` is local.

    With `wary` nothing is written in a folder that has lost its archives: its disk is not mounted, most likely, and
    the archive would land on the disk below. Raises BackupFailed.
    """
    own = Keeping().folder_of(data)
    try:
        if folder == own:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        elif not folder.is_dir():
            raise BackupFailed(f"{folder} is not there: is its disk plugged in and mounted?", "folder")
        for left in folder.glob(".pkh-bot-*.part"):
            left.unlink()
        names = [path.name for path in folder.iterdir()]
        before = read_state(data).saved
        if wary and not any(map(made_at, names)) and before is not None and before.folder == str(folder):
            raise BackupFailed(f"{folder} has lost its archives: is its disk plugged in and mounted?", "folder")
        for name in outdated(names, now) if folder != own else sorted(filter(made_at, names))[: 1 - KEPT_HERE]:
            (folder / name).unlink()
        _clear_own(data, folder, now)
        share_lists((data, folder), (data, folder))
    except OSError as why:
        raise BackupFailed(f"{folder} cannot be used: {words(why)}", _sort_of(why)) from why
    target = folder / archive_name(now, sealed=bool(keys))
    return target, *back_up(data, target, now, keys, progress)


def _clear_own(data: Path, folder: Path, now: datetime) -> None:
    """Remove what is too old in the data folder: archives of before the office had another one, and former stores."""
    own = (data / FOLDER).absolute()
    for path in own.iterdir() if own != folder and own.is_dir() else ():
        if (made := made_at(path.name)) and now.replace(tzinfo=None) - made > LONGEST:
            path.unlink()
    for path in data.glob("before-restore-*"):
        if (put := put_aside_at(path.name)) and now - put > LONGEST:
            shutil.rmtree(path)


def clear_scratch(data: Path) -> None:
    """Remove what a backup or a restore that was killed has left in the data folder; the caller holds its lock."""
    with suppress(AnotherProcess), _workshop(data):
        pass
    for left in data.glob(".restore-*"):
        shutil.rmtree(left)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            # Not every network share knows how; the file itself is on the disk.
            with suppress(OSError):
                os.fsync(handle)
        finally:
            os.close(handle)


def words(why: Exception) -> str:
    """Say what the system said, without names of people's files."""
    return (why.strerror or type(why).__name__) if isinstance(why, OSError) else type(why).__name__


@contextmanager
def _workshop(data: Path) -> Iterator[Path]:
    """Give the folder to work in, empty, to one process at a time, and leave nothing in it. Raises AnotherProcess."""
    folder = data / WORKSHOP
    with only_one(folder):
        _clear(folder)
        try:
            yield folder
        finally:
            _clear(folder)


def _clear(folder: Path) -> None:
    for left in folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != LOCK:
            left.unlink()


@contextmanager
def _removed(half: Path) -> Iterator[None]:
    """Leave nothing half done where the archives are."""
    half.parent.mkdir(parents=True, exist_ok=True)
    half.unlink(missing_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a live database as one snapshot.

    By the online backup API, all pages in one step: a file copy would miss the write-ahead log, and VACUUM INTO fails
    on the outbox's generated column ("23 columns but 24 values", SQLite 3.40).
    """
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.execute("PRAGMA busy_timeout = 10000")
        copy.execute("PRAGMA synchronous = OFF")  # it is thrown away: what counts is synced, and tried
        live.backup(copy, pages=-1)
        # One file, without a log beside it; the bot sets WAL again when it opens it.
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()


def _place_of(folder: Path, data: Path) -> Place:
    if folder.resolve().is_relative_to(data.resolve()):
        return "here"
    return "same disk" if folder.stat().st_dev == data.stat().st_dev else "away"


def _sort_of(why: Exception) -> Why:
    if isinstance(why, OSError):
        return "full" if why.errno in _NO_SPACE else "folder"
    if getattr(why, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return "full"
    # What SQLite cannot read at all is not an OperationalError: that is one that may pass.
    return "other" if isinstance(why, sqlite3.OperationalError) else "damaged"
