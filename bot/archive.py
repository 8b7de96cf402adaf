"""The archive: the store and its files as one stream, packed and unpacked with every name and every byte checked.

It is a .tar.gz of `manifest.json`, `pkh.sqlite3` and `media/<xx>/<digest>`, in this order, with nothing in it that
differs between two archives of the same data. Settings are not in it: a copy of the data gives nobody the bot's token.
"""

import gzip
import hashlib
import io
import json
import os
import re
import sqlite3
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from storage.audit import head, is_chained
from storage.backups import Why
from storage.database import APPLICATION_ID, Connection, migrations

DATABASE = "pkh.sqlite3"
MEDIA = "media"
MANIFEST = "manifest.json"
FORMAT = 1
LARGEST_MANIFEST = 1_000_000
BLOCK = 1 << 18
_MEMBER = re.compile(r"manifest\.json|pkh\.sqlite3|media/([0-9a-f]{2})/(\1[0-9a-f]{62})")
NO_ARCHIVE = "the archive is damaged or is no backup of pkh-bot"

Progress = Callable[[int, int], None]
"""Is told how many of how many files are done."""


class BackupFailed(Exception):
    """No backup was made, or the archive cannot be used; the text says why in one line, `why` of which sort it is."""

    def __init__(self, says: str, why: Why = "other") -> None:
        super().__init__(says)
        self.why = why


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds: rows per table, files that are kept for good, the database's digest, and the audit's head.

    Archives are kept elsewhere: the head in an old one tells whether the audit was written anew since.
    """

    format: int
    schema: int
    rows: dict[str, int]
    files: int
    database: str
    head: str = ""


def inspect(path: Path) -> Contents:
    """Check a database file and count what it holds. Raises BackupFailed."""
    with _reading(path) as db:
        if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise BackupFailed("the database is not one of pkh-bot", "damaged")
        schema = db.execute("PRAGMA user_version").fetchone()[0]
        if schema > len(migrations()):
            raise BackupFailed(f"the database is of schema {schema}, this program knows {len(migrations())}")
        # integrity_check looks at every UNIQUE, NOT NULL and CHECK as well: at most one of what there is once.
        for check in ("integrity_check", "foreign_key_check"):
            found = db.execute(f"PRAGMA {check}").fetchall()
            if found and found[0][0] != "ok":
                raise BackupFailed(f"the database is damaged: {check} found {len(found)} faults", "damaged")
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        rows = {table: db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
        return Contents(FORMAT, schema, rows, sum(kept for _, kept in _files(db)), _digest(path), _head(db))


def _head(db: Connection) -> str:
    last = head(db) if is_chained(db) else None
    return last.shown if last else ""


def pack(out: IO[bytes], database: Path, media: Path, contents: Contents, progress: Progress) -> None:
    """Write the archive of a database that nobody writes, and of its files. Raises BackupFailed."""
    with _reading(database) as db:
        files = _files(db)
    manifest = json.dumps(asdict(contents), indent=1, sort_keys=True).encode()
    with closing(_Zipped(out)) as zipped, tarfile.open(fileobj=zipped, mode="w|") as tar:
        _add(tar, MANIFEST, io.BytesIO(manifest), len(manifest))
        with database.open("rb") as copy:
            _add(tar, DATABASE, copy, database.stat().st_size)
        zipped.only_store()
        for number, (digest, kept) in enumerate(files, 1):
            name = f"{MEDIA}/{digest[:2]}/{digest}"
            try:
                with (media / digest[:2] / digest).open("rb") as file:
                    _add(tar, name, file, os.fstat(file.fileno()).st_size)
            except FileNotFoundError:
                # What was made to be sent is put away when its time is over, perhaps since the snapshot.
                if kept:
                    raise BackupFailed(f"a stored file is missing: {name}", "file") from None
            progress(number, len(files))


class _Zipped(io.RawIOBase):
    """A gzip stream that stops to compress half way: photos do not shrink, and to try took two thirds of the time.

    It is two streams, one after the other, which every reader takes for one.
    """

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._zip = gzip.GzipFile("", "wb", 1, out, mtime=0)

    def write(self, block: Any, /) -> int:
        return self._zip.write(block)

    def only_store(self) -> None:
        self._zip.close()
        self._zip = gzip.GzipFile("", "wb", 0, self._out, mtime=0)

    def close(self) -> None:
        try:
            self._zip.close()
        finally:
            super().close()


def unpack(stream: IO[bytes], into: Path, *, with_files: bool = True) -> Contents:
    """Unpack an archive into a new folder, checking all of it. Raises BackupFailed.

    Without `with_files` the files are read and checked like the rest, but not written.
    """
    into.mkdir()
    seen: dict[str, str] = {}
    with _reading_archive(), gzip.GzipFile(fileobj=stream) as zipped:
        with tarfile.open(fileobj=zipped, mode="r|") as tar:
            for member in tar:
                # A name decides where bytes land: only ours, only once, only plain files.
                if not member.isreg() or not _MEMBER.fullmatch(member.name) or member.name in seen:
                    raise BackupFailed("the archive holds something that is not of a backup", "damaged")
                packed = tar.extractfile(member)
                assert packed is not None
                written = with_files or not member.name.startswith(MEDIA)
                seen[member.name] = _take(packed, into / member.name if written else None)
        while zipped.read(BLOCK):  # to the end: its checksum comes last
            pass
    if not {MANIFEST, DATABASE} <= seen.keys():
        raise BackupFailed(NO_ARCHIVE, "damaged")
    claimed = _manifest(into / MANIFEST)
    if seen[DATABASE] != claimed.database or claimed.format != FORMAT:
        raise BackupFailed("the archive is damaged: its database is not the one that was packed", "damaged")
    if inspect(into / DATABASE) != claimed:
        raise BackupFailed(
            "the archive is damaged: its database holds something else than its manifest says", "damaged"
        )
    with _reading(into / DATABASE) as db:
        files = _files(db)
    for digest, kept in files:
        name = f"{MEDIA}/{digest[:2]}/{digest}"
        if seen.get(name, "" if kept else digest) != digest:
            raise BackupFailed(f"the archive is damaged: {name} is missing or changed", "damaged")
    return claimed


@contextmanager
def _reading(path: Path) -> Iterator[Connection]:
    # Nobody writes in it, and no log stands beside it: it may be read without locks and without leaving anything.
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as db:
        yield db


def _files(db: Connection) -> list[tuple[str, bool]]:
    """Return the digests of all files, and whether each is kept for good."""
    # An archive of an older program may be from before files were lent for a while.
    lent = any(column[1] == "until" for column in db.execute("PRAGMA table_info(media)"))
    rows = db.execute(f"SELECT digest, {'until IS NULL' if lent else '1'} FROM media ORDER BY digest")
    return [(digest, bool(kept)) for digest, kept in rows]


def _add(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)  # no owner, no time: the same data gives the same bytes
    member.size, member.mode = size, 0o600
    tar.addfile(member, file)


@contextmanager
def _reading_archive() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as why:
        raise BackupFailed(NO_ARCHIVE, "damaged") from why


def _take(packed: IO[bytes], path: Path | None) -> str:
    """Read a member, writing it where there is a path; return its digest."""
    digest = hashlib.sha256()
    if path is None:
        while block := packed.read(BLOCK):
            digest.update(block)
        return digest.hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    with create(path) as file:
        while block := packed.read(BLOCK):
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


@contextmanager
def create(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file that only its owner can read; it is on the disk when the block ends."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
        yield file
        file.flush()
        os.fsync(file.fileno())


def _manifest(path: Path) -> Contents:
    try:
        with path.open(encoding="utf-8") as file:
            return Contents(**json.loads(file.read(LARGEST_MANIFEST)))
    except (ValueError, TypeError) as why:
        raise BackupFailed("the archive's manifest cannot be read", "damaged") from why


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
