"""The one SQLite file: opened strictly, migrated forward, read by many, written by one thread.

`read(fn, …)` runs `fn(connection, …)` on a read-only connection. `write(fn, …)` runs it on the only thread that ever
writes or checkpoints, inside a SAVEPOINT of its own; up to 64 waiting functions share one transaction and one sync, and
each caller hears back after that sync. One writer also removes the trigger of SQLite's WAL-reset bug (before 3.51.3).
"""

import asyncio
import itertools
import queue
import re
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

P = ParamSpec("P")
T = TypeVar("T")
Connection = sqlite3.Connection

APPLICATION_ID = 0x504B4842  # "PKHB"
SCHEMA = Path(__file__).parent / "schema"
SHARED_COMMIT = 64

# FULL, not NORMAL: with WAL, NORMAL may lose the last commits at a power cut; an acknowledged check-in would be one.
PRAGMAS: dict[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
    "mmap_size": 0,
    "journal_size_limit": 67_108_864,
}


class NotOurDatabase(Exception):
    """The file is not a pkh-bot database, or a newer pkh-bot has written it."""


class PragmaRefused(Exception):
    """SQLite did not take a setting that the promises rest on."""


class Closed(Exception):
    """The database was closed before this write could run; nothing of it was kept."""


class _Reader(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function in its thread: one hop, one snapshot, no interleaving.

    Statements of two coroutines on one shared connection interleave (omnilib/aiosqlite#19); a function cannot.
    """

    async def run(self, fn: Callable[[], T]) -> T:
        result: T = await self._execute(fn)  # type: ignore[no-untyped-call]  # aiosqlite's own door to its thread
        return result

    def once(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        raw: Connection = self._conn
        raw.execute("BEGIN")
        try:
            return fn(raw, *args, **kwargs)
        finally:
            raw.execute("ROLLBACK")


class Database:
    """The two doors to the store. Open it with `Database.open`."""

    def __init__(self, path: Path, readers: int) -> None:
        self.path = path
        self._idle: asyncio.LifoQueue[_Reader] = asyncio.LifoQueue()
        self._readers: list[_Reader] = []
        self._count = readers
        self._waiting: queue.SimpleQueue[tuple[Callable[[Connection], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_forever, name="writer", daemon=True)
        self._ready: Future[None] = Future()
        self._closed = False
        self.on_commit: Callable[[str], None] = lambda moment: None  # named failpoints: "before" and "after"

    @classmethod
    async def open(cls, path: Path, *, readers: int = 2) -> "Database":
        """Open or create the file, apply what migrations it lacks, and read the pragmas back.

        Raises NotOurDatabase or PragmaRefused; then nothing was changed.
        """
        database = cls(path, readers)
        database._thread.start()
        await asyncio.wrap_future(database._ready)
        for _ in range(readers):
            reader = _Reader(lambda: _connect_reader(path), 64)
            reader._thread.daemon = True  # as the writer's: who dies without closing must not hang at the exit
            await reader
            database._readers.append(reader)
            database._idle.put_nowait(reader)
        return database

    async def read(self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, …)` on one snapshot of what is committed."""
        reader = await self._idle.get()
        try:
            # Shielded: a cancelled caller must not put a reader back that is still busy.
            task = asyncio.ensure_future(reader.run(lambda: reader.once(fn, *args, **kwargs)))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                await asyncio.wait([task])
                raise
        finally:
            self._idle.put_nowait(reader)

    async def write(self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, …)` on the writer thread; return when it is on the disk.

        What `fn` raises undoes `fn` alone. A cancelled caller has learned nothing: the write may still happen, so every
        write is idempotent by a key that its caller chose.
        """
        if self._closed:
            raise Closed
        answer: Future[T] = Future()
        self._waiting.put((lambda connection: fn(connection, *args, **kwargs), answer))
        return await asyncio.wrap_future(answer)

    async def close(self) -> None:
        """Finish the writes that wait, then let go of the file."""
        self._closed = True
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        for reader in self._readers:
            await reader.close()

    def _write_forever(self) -> None:
        try:
            connection = _connect_writer(self.path)
        except BaseException as why:  # noqa: BLE001  # handed to whoever opens
            self._ready.set_exception(why)
            return
        self._ready.set_result(None)
        try:
            while (first := self._waiting.get()) is not None:
                batch = [first]
                while len(batch) < SHARED_COMMIT and not self._waiting.empty():
                    following = self._waiting.get()
                    if following is None:
                        self._waiting.put(None)
                        break
                    batch.append(following)
                self._write_together(connection, batch)
        finally:
            connection.close()

    def _write_together(
        self, connection: Connection, batch: list[tuple[Callable[[Connection], Any], Future[Any]]]
    ) -> None:
        """Run every function in its own SAVEPOINT, sync once, and only then tell the callers."""
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for fn, answer in batch:
                connection.execute("SAVEPOINT turn")
                try:
                    outcomes.append((answer, fn(connection), None))
                except Exception as why:  # noqa: BLE001  # belongs to the caller, whose savepoint is undone
                    connection.execute("ROLLBACK TO turn")
                    outcomes.append((answer, None, why))
                connection.execute("RELEASE turn")
            self.on_commit("before")
            connection.execute("COMMIT")
            self.on_commit("after")
        except BaseException as why:  # noqa: BLE001  # a full disk, a failed sync: nobody in the batch was stored
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            outcomes = [(answer, None, why) for _, answer in batch]
        for answer, result, error in outcomes:
            if answer.cancelled():
                continue
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)


def _connect_writer(path: Path) -> Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        _refuse_foreign(connection)
        _set_pragmas(connection)
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    connection.row_factory = sqlite3.Row
    return connection


def _connect_reader(path: Path) -> Connection:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA query_only = 1")
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    return connection


def _refuse_foreign(connection: Connection) -> None:
    try:
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    except sqlite3.DatabaseError as why:
        raise NotOurDatabase(str(why)) from why
    if tables and found != APPLICATION_ID:
        raise NotOurDatabase("the file holds somebody else's tables")


def _set_pragmas(connection: Connection) -> None:
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for name, wanted in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {wanted}").fetchall()
        taken = connection.execute(f"PRAGMA {name}").fetchone()
        # Without memory mapping compiled in, mmap_size answers nothing: it is off, as wanted.
        if taken is not None and taken[0] != wanted:
            raise PragmaRefused(f"{name} is {taken[0]}, not {wanted}")


def migrations() -> list[tuple[int, str]]:
    """Return the schema's steps in order: (number, SQL)."""
    steps = [(int(re.match(r"\d+", path.name)[0]), path.read_text()) for path in sorted(SCHEMA.glob("*.sql"))]  # type: ignore[index]  # every name starts with its number
    for (number, _), expected in zip(steps, itertools.count(1), strict=False):
        if number != expected:
            raise NotOurDatabase(f"migration {expected:04} is missing")
    return steps


def migrate(connection: Connection) -> None:
    """Bring the schema forward; each step is atomic together with the `user_version` that says it ran."""
    at = connection.execute("PRAGMA user_version").fetchone()[0]
    steps = migrations()
    if at > len(steps):
        raise NotOurDatabase(f"the file is of schema {at}, this program knows {len(steps)}")
    for number, script in steps[at:]:
        try:
            # executescript commits an open transaction first, so the script must carry its own BEGIN.
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
