"""The one SQLite file: opened strictly, migrated forward, read by many, written by one thread.

`read(fn, …)` runs `fn(connection, …)` on a read-only connection; up to 64 that wait share one snapshot. `write(fn, …)`
runs it on the only thread that ever writes or checkpoints; up to 64 that wait share one transaction and one sync, and
each caller hears back after that sync. Where one raises, all are run again, each in a SAVEPOINT of its own. One writer
also removes the trigger of SQLite's WAL-reset bug (before 3.51.3). They share for the sake of speed: to wake a thread
costs more than most statements.
"""

import asyncio
import itertools
import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from storage.chain import digest_of

P = ParamSpec("P")
T = TypeVar("T")
Connection = sqlite3.Connection

APPLICATION_ID = 0x504B4842  # "PKHB"
SCHEMA = Path(__file__).parent / "schema"
SHARED_COMMIT = 64
SHARED_SNAPSHOT = 64
STATEMENTS = 512  # kept prepared by each connection: more than there are

Work = tuple[Callable[[Connection], Any], asyncio.Future[Any]]
"""A function, and the future of whoever waits for it."""

Truncation = tuple[None, asyncio.Future[bool]]
"""A wish that the log be emptied, which no transaction may contain."""

Done = tuple[asyncio.Future[Any], Any, BaseException | None]
"""Such a future, and what is to be put in it: a result, or an error."""

# FULL, not NORMAL: with WAL, NORMAL may lose the last commits at a power cut; an acknowledged check-in would be one.
PRAGMAS: dict[str, int | str] = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
    "temp_store": 2,  # in memory: a turn touches more pages than a savepoint keeps there by itself
    "mmap_size": 0,
    "journal_size_limit": 67_108_864,
}


class NotOurDatabase(Exception):
    """The file is not a pkh-bot database, or a newer pkh-bot has written it."""


class PragmaRefused(Exception):
    """SQLite did not take a setting that the promises rest on."""


class Closed(Exception):
    """The database was closed before this write could run; nothing of it was kept."""


def is_away(why: Exception) -> bool:
    """Say whether the store does not answer: it is locked, full or out of reach; to a wrong statement it answers."""
    wrong = getattr(why, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return isinstance(why, sqlite3.OperationalError) and not wrong


class _Reader(aiosqlite.Connection):
    """An aiosqlite connection that runs whole functions in its thread: one hop, one snapshot, no interleaving.

    Statements of two coroutines on one shared connection interleave (omnilib/aiosqlite#19); a function cannot.
    """

    async def run(self, batch: list[Work]) -> list[Done]:
        done: list[Done] = await self._execute(lambda: self._run(batch))  # type: ignore[no-untyped-call]  # aiosqlite's own door to its thread
        return done

    def _run(self, batch: list[Work]) -> list[Done]:
        raw: Connection = self._conn
        try:
            raw.execute("BEGIN")
            done = [_attempt(raw, fn, answer) for fn, answer in batch]
            raw.execute("ROLLBACK")
        except Exception as why:  # noqa: BLE001  # handed to all who wait
            done = [(answer, None, why) for _, answer in batch]
        return done


class Database:
    """The two doors to the store. Open it with `Database.open`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._loop = asyncio.get_running_loop()
        self._readers: list[_Reader] = []
        self._idle: list[_Reader] = []
        self._asked: list[Work] = []
        self._reading: set[asyncio.Task[None]] = set()
        self._waiting: queue.SimpleQueue[Work | Truncation | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_forever, name="writer", daemon=True)
        self._ready: Future[None] = Future()
        self._closed = False
        self.on_commit: Callable[[str], None] = lambda moment: None  # named failpoints: "before" and "after"

    @classmethod
    async def open(cls, path: Path, *, readers: int = 2) -> "Database":
        """Open or create the file, apply what migrations it lacks, and read the pragmas back.

        Raises NotOurDatabase or PragmaRefused; then nothing was changed.
        """
        database = cls(path)
        database._thread.start()
        await asyncio.wrap_future(database._ready)
        for _ in range(readers):
            reader = _Reader(lambda: _connect_reader(path), 64)
            reader._thread.daemon = True  # as the writer's: who dies without closing must not hang at the exit
            await reader
            database._readers.append(reader)
            database._idle.append(reader)
        return database

    async def read(self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, …)` on one snapshot of what is committed."""
        answer: asyncio.Future[T] = self._loop.create_future()
        self._asked.append((lambda connection: fn(connection, *args, **kwargs), answer))
        if self._idle:
            # The task begins when the loop comes round: whoever asks until then shares the snapshot.
            task = self._loop.create_task(self._answer(self._idle.pop()))
            self._reading.add(task)
            task.add_done_callback(self._reading.discard)
        return await answer

    async def _answer(self, reader: _Reader) -> None:
        """Run on this reader what was asked, until nothing is left."""
        try:
            while batch := self._asked[:SHARED_SNAPSHOT]:
                del self._asked[:SHARED_SNAPSHOT]
                try:
                    done = await reader.run(batch)
                except Exception as why:  # noqa: BLE001  # the reader was closed
                    done = [(answer, None, why) for _, answer in batch]
                _tell(done)
        finally:
            self._idle.append(reader)

    async def write(self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, …)` on the writer thread; return when it is on the disk.

        What `fn` raises undoes `fn` alone. It may be run twice, undone in between: it changes nothing but the store,
        not even what it was given. A cancelled caller has learned nothing: the write may still happen, so every write
        is idempotent by a key that its caller chose.
        """
        if self._closed:
            raise Closed
        answer: asyncio.Future[T] = self._loop.create_future()
        self._waiting.put((lambda connection: fn(connection, *args, **kwargs), answer))
        return await answer

    async def truncate_log(self) -> bool:
        """Carry the write-ahead log over into the file and empty it: what was overwritten is gone from both.

        False if a reader was in the way; then it is to be tried again.
        """
        if self._closed:
            raise Closed
        answer: asyncio.Future[bool] = self._loop.create_future()
        self._waiting.put((None, answer))
        return await answer

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
                if works := [(fn, answer) for fn, answer in batch if fn is not None]:
                    self._write_together(connection, works)
                for answer in (answer for fn, answer in batch if fn is None):
                    self._truncate_log(connection, answer)
        finally:
            connection.close()

    def _write_together(self, connection: Connection, batch: list[Work]) -> None:
        """Run every function, sync once, and only then tell the callers; what one raises undoes that one alone."""
        try:
            connection.execute("BEGIN IMMEDIATE")
            done = self._run_all(connection, batch) or self._run_each(connection, batch)
            self.on_commit("before")
            connection.execute("COMMIT")
            self.on_commit("after")
        except BaseException as why:  # noqa: BLE001  # a full disk, a failed sync: nobody in the batch was stored
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            done = [(answer, None, why) for _, answer in batch]
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(_tell, done)

    def _run_all(self, connection: Connection, batch: list[Work]) -> list[Done] | None:
        """Run them as one; None, and nothing done, if one raised.

        Hardly ever does one, and a SAVEPOINT for each would keep the writer busy 7 % longer.
        """
        done = []
        for fn, answer in batch:
            done.append(outcome := _attempt(connection, fn, answer))
            if outcome[2] is not None:
                _insist_open(connection, outcome[2])
                connection.execute("ROLLBACK")
                connection.execute("BEGIN IMMEDIATE")
                return None
        return done

    def _run_each(self, connection: Connection, batch: list[Work]) -> list[Done]:
        """Run each in a SAVEPOINT of its own, which is undone where it raises."""
        done = []
        for fn, answer in batch:
            connection.execute("SAVEPOINT turn")
            done.append(outcome := _attempt(connection, fn, answer))
            if outcome[2] is not None:
                _insist_open(connection, outcome[2])
                connection.execute("ROLLBACK TO turn")
            connection.execute("RELEASE turn")
        return done

    def _truncate_log(self, connection: Connection, answer: asyncio.Future[Any]) -> None:
        done = _attempt(connection, truncate_log, answer)
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(_tell, [done])


def truncate_log(connection: Connection) -> bool:
    """Carry the write-ahead log over and empty it; False if somebody reads the store."""
    return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


@contextmanager
def alone(path: Path) -> Iterator[Connection]:
    """Open a store that no process uses, brought forward, for one transaction; its log is empty afterwards."""
    connection = _connect_writer(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
        truncate_log(connection)
    finally:
        connection.close()


def _insist_open(connection: Connection, error: BaseException) -> None:
    """Raise the error where SQLite itself has undone everything: the disk is full, or the like."""
    if not connection.in_transaction:
        raise error


def _attempt(connection: Connection, fn: Callable[[Connection], Any], answer: asyncio.Future[Any]) -> Done:
    try:
        return answer, fn(connection), None
    except Exception as why:  # noqa: BLE001  # handed to whoever waits
        return answer, None, why


def _tell(done: list[Done]) -> None:
    """Let everybody in the loop know at once."""
    for answer, result, error in done:
        if answer.done():  # cancelled
            continue
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)


def _connect_writer(path: Path) -> Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS)
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
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS,
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
    connection.create_function("digest_of", 7, digest_of, deterministic=True)  # SQL has no digests; a step chains lines
    for number, script in steps[at:]:
        try:
            # executescript commits an open transaction first, so the script must carry its own BEGIN.
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
