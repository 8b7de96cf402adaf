"""Backups: the store and its files as one archive, checked before it counts; and bringing one back, checked as well.

The archive is a .tar.gz of `manifest.json`, `pkh.sqlite3` and `media/<xx>/<digest>`, in this order, with nothing in it
that differs between two backups of the same data. It is not encrypted yet: it holds names, phone numbers and photos.
"""

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from bot.erasure_replay import replay_erasures
from storage.audit import head, is_chained
from storage.database import APPLICATION_ID, Connection, migrations
from storage.health import LAST_BACKUP

DATABASE = "pkh.sqlite3"
MEDIA = "media"
MANIFEST = "manifest.json"
FORMAT = 1
LARGEST_MANIFEST = 1_000_000
_MEMBER = re.compile(r"manifest\.json|pkh\.sqlite3|media/([0-9a-f]{2})/(\1[0-9a-f]{62})")

Progress = Callable[[int, int], None]
"""Is told how many of how many files are done."""


class BackupFailed(Exception):
    """No backup was made, or the archive cannot be used; the text says why, in one line."""


class DatabaseExists(BackupFailed):
    """The folder holds a store already."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: rows per table, files, the digest of the database file, and the audit's head.

    Archives are kept elsewhere: the head in an old one tells whether the audit was written anew since.
    """

    format: int
    schema: int
    rows: dict[str, int]
    files: int
    database: str
    head: str = ""


def back_up(folder: Path, target: Path, now: str, progress: Progress = lambda done, of: None) -> Contents:
    """Write a verified archive of the data folder to `target`, while the bot may be running; note `now` as its time.

    Reads one snapshot over a read-only connection: the bot's own process stays the only one that writes.
    Raises BackupFailed; then there is no file at `target`.
    """
    source = folder / DATABASE
    if not source.exists():
        raise BackupFailed(f"there is no database in {folder}")
    if target.exists():
        raise BackupFailed(f"{target} exists already")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch:
            copy = Path(scratch) / DATABASE
            _copy(source, copy)
            contents = _inspect(copy)
            half = Path(scratch) / "archive"
            _pack(half, copy, folder / MEDIA, contents, progress)
            _verify(half, Path(scratch) / "verified")
            half.replace(target)
        _sync_folder(target.parent)
        _note(folder, now)
    except (OSError, sqlite3.Error, tarfile.TarError) as why:
        raise BackupFailed(f"no backup was made: {_words(why)}") from why
    return contents


def restore(archive: Path, folder: Path, stamp: str, *, force: bool = False) -> Contents:
    """Bring an archive back to the data folder, after checking all of it; the caller holds the folder's lock.

    A store that is there is refused, or with `force` moved aside to `before-restore-<stamp>`. Raises BackupFailed; then
    the folder is as it was.
    """
    if not archive.is_file():
        raise BackupFailed(f"{archive} is no file")
    if (folder / DATABASE).exists() and not force:
        raise DatabaseExists(f"{folder} holds a database already; --force moves it aside first")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as scratch:
            fresh = Path(scratch) / "fresh"
            contents = _verify(archive, fresh)
            replay_erasures(fresh / DATABASE, fresh / MEDIA, (folder, archive.parent))
            aside = folder / f"before-restore-{stamp}"
            # The write-ahead log goes with its database: left behind, it would be replayed into the wrong one.
            for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", MEDIA):
                if (folder / name).exists():
                    aside.mkdir(exist_ok=True)
                    (folder / name).replace(aside / name)
            if (fresh / MEDIA).exists():
                (fresh / MEDIA).replace(folder / MEDIA)
            (fresh / DATABASE).replace(folder / DATABASE)
        _sync_folder(folder)
    except (OSError, sqlite3.Error, tarfile.TarError, EOFError) as why:
        raise BackupFailed(f"nothing was restored: {_words(why)}") from why
    return contents


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
        live.backup(copy, pages=-1)
        # One file, without a log beside it; the bot sets WAL again when it opens it.
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()


def _inspect(path: Path) -> Contents:
    """Check a database file and count what it holds. Raises BackupFailed."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise BackupFailed("the database is not one of pkh-bot")
        schema = db.execute("PRAGMA user_version").fetchone()[0]
        if schema > len(migrations()):
            raise BackupFailed(f"the database is of schema {schema}, this program knows {len(migrations())}")
        for check in ("integrity_check", "foreign_key_check"):
            found = db.execute(f"PRAGMA {check}").fetchall()
            if found and found[0][0] != "ok":
                raise BackupFailed(f"the database is damaged: {check} found {len(found)} faults")
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        rows = {table: db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
        return Contents(FORMAT, schema, rows, len(_files(db)), _digest(path), _head(db))


def _head(db: Connection) -> str:
    last = head(db) if is_chained(db) else None
    return last.shown if last else ""


def _files(db: Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT digest FROM media ORDER BY digest")]


def _pack(target: Path, database: Path, media: Path, contents: Contents, progress: Progress) -> None:
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as db:
        digests = _files(db)
    manifest = json.dumps(asdict(contents), indent=1, sort_keys=True).encode()
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        # Level 1: most of it are photos, which do not shrink.
        with gzip.GzipFile("", "wb", 1, file, mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w|") as tar:
            _add(tar, MANIFEST, io.BytesIO(manifest), len(manifest))
            with database.open("rb") as copy:
                _add(tar, DATABASE, copy, database.stat().st_size)
            for number, digest in enumerate(digests, 1):
                path = media / digest[:2] / digest
                if not path.exists():
                    raise BackupFailed(f"a stored file is missing: {MEDIA}/{digest[:2]}/{digest}")
                with path.open("rb") as photo:
                    _add(tar, f"{MEDIA}/{digest[:2]}/{digest}", photo, path.stat().st_size)
                progress(number, len(digests))
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)  # no owner, no time: the same data gives the same bytes
    member.size, member.mode = size, 0o600
    tar.addfile(member, file)


def _verify(archive: Path, into: Path) -> Contents:
    """Unpack an archive, checking every name and every byte. Raises BackupFailed."""
    into.mkdir()
    seen: set[str] = set()
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                # A name decides where bytes land: only ours, only once, only plain files.
                if not member.isreg() or not _MEMBER.fullmatch(member.name) or member.name in seen:
                    raise BackupFailed("the archive holds something that is not of a backup")
                seen.add(member.name)
                packed = tar.extractfile(member)
                assert packed is not None
                _unpack(packed, into / member.name)
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ValueError) as why:
        raise BackupFailed("the archive is damaged or is no backup of pkh-bot") from why
    if not {MANIFEST, DATABASE} <= seen:
        raise BackupFailed("the archive is damaged or is no backup of pkh-bot")
    with _reading_manifest():
        claimed = Contents(**json.loads((into / MANIFEST).read_text()[:LARGEST_MANIFEST]))
    if _digest(into / DATABASE) != claimed.database or claimed.format != FORMAT:
        raise BackupFailed("the archive is damaged: its database is not the one that was packed")
    found = _inspect(into / DATABASE)
    if found != claimed:
        raise BackupFailed("the archive is damaged: its database holds something else than its manifest says")
    with closing(sqlite3.connect(f"{(into / DATABASE).resolve().as_uri()}?mode=ro", uri=True)) as db:
        for digest in _files(db):
            path = into / MEDIA / digest[:2] / digest
            if not path.exists() or _digest(path) != digest:
                raise BackupFailed(f"the archive is damaged: {MEDIA}/{digest[:2]}/{digest} is missing or changed")
    return found


@contextmanager
def _reading_manifest() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError) as why:
        raise BackupFailed("the archive's manifest cannot be read") from why


def _unpack(packed: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        shutil.copyfileobj(packed, file)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _note(folder: Path, now: str) -> None:
    """Leave the time for the system page; a file, since the store belongs to the bot's process."""
    half = folder / f"{LAST_BACKUP}.part"
    half.write_text(now, encoding="ascii")
    half.replace(folder / LAST_BACKUP)


def _words(why: Exception) -> str:
    return (why.strerror or type(why).__name__) if isinstance(why, OSError) else type(why).__name__
