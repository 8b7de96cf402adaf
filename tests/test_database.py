"""The store: strict to open, one writer, whole functions or nothing, and answers only after the sync."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from storage import database
from storage.database import Closed, Connection, Database, NotOurDatabase, PragmaRefused


def add(db: Connection, name: str) -> None:
    """Put one district in."""
    db.execute("INSERT INTO districts (name) VALUES (?)", (name,))


def add_then_fail(db: Connection, name: str) -> None:
    """Put one district in, and regret it."""
    add(db, name)
    raise LookupError(name)


def names(db: Connection) -> list[str]:
    """Return all districts."""
    return [row[0] for row in db.execute("SELECT name FROM districts ORDER BY id")]


async def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    """A write that came back is on the disk."""
    path = tmp_path / "store"
    first = await Database.open(path)
    await first.write(add, "Stabat")
    await first.close()
    second = await Database.open(path)
    assert await second.read(names) == ["Stabat"]
    await second.close()


async def test_a_function_that_raises_leaves_nothing_and_disturbs_nobody(tmp_path: Path) -> None:
    """Functions share a transaction, never a fate."""
    store = await Database.open(tmp_path / "store")
    outcomes = await asyncio.gather(
        store.write(add, "Stabat"),
        store.write(add_then_fail, "Binjai"),
        store.write(add, "Babalan"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), LookupError, type(None)]
    assert await store.read(names) == ["Stabat", "Babalan"]
    await store.close()


async def test_waiting_writes_share_one_sync(tmp_path: Path) -> None:
    """Two hundred writers at once cost a handful of syncs, and each hears back."""
    store = await Database.open(tmp_path / "store")
    syncs: list[str] = []
    store.on_commit = syncs.append
    await asyncio.gather(*(store.write(add, f"District {n}") for n in range(200)))
    assert len(await store.read(names)) == 200
    assert syncs.count("after") < 200
    await store.close()


async def test_nobody_hears_back_before_the_sync(tmp_path: Path) -> None:
    """At the moment before the sync, no caller has been told that its write is done."""
    store = await Database.open(tmp_path / "store")
    told: list[str] = []
    seen: list[list[str]] = []
    store.on_commit = lambda moment: seen.append(list(told)) if moment == "before" else None

    async def write_and_tell(name: str) -> None:
        await store.write(add, name)
        told.append(name)

    await write_and_tell("Stabat")
    await write_and_tell("Binjai")
    assert seen == [[], ["Stabat"]]
    await store.close()


async def test_a_failed_sync_is_told_to_everyone_in_it(tmp_path: Path) -> None:
    """When the disk refuses, every writer of the batch hears so, and nothing is kept."""
    store = await Database.open(tmp_path / "store")

    def disk_is_full(moment: str) -> None:
        if moment == "before":
            raise sqlite3.OperationalError("database or disk is full")

    store.on_commit = disk_is_full
    outcomes = await asyncio.gather(*(store.write(add, f"{n}") for n in range(5)), return_exceptions=True)
    assert all(isinstance(outcome, sqlite3.OperationalError) for outcome in outcomes)
    store.on_commit = lambda moment: None
    assert await store.read(names) == []
    await store.write(add, "Stabat")
    assert await store.read(names) == ["Stabat"]
    await store.close()


async def test_a_cancelled_reader_gives_its_connection_back(tmp_path: Path) -> None:
    """However many readers are cancelled, the next one is served."""
    store = await Database.open(tmp_path / "store", readers=1)
    for _ in range(5):
        task = asyncio.ensure_future(store.read(names))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await store.read(names) == []
    await store.close()


async def test_readers_cannot_write(tmp_path: Path) -> None:
    """A dialog that tries to change something while it runs is refused by the store itself."""
    store = await Database.open(tmp_path / "store")
    with pytest.raises(sqlite3.OperationalError):
        await store.read(add, "Stabat")
    await store.close()


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    """A write after the end is refused, not forgotten."""
    store = await Database.open(tmp_path / "store")
    await store.close()
    with pytest.raises(Closed):
        await store.write(add, "Stabat")


async def test_somebody_elses_file_is_not_touched(tmp_path: Path) -> None:
    """A file with other tables, or with no database in it, is refused and stays as it is."""
    other = tmp_path / "other"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    text = tmp_path / "text"
    text.write_text("nothing of the kind" * 100)
    for path in (other, text):
        before = path.read_bytes()
        with pytest.raises(NotOurDatabase):
            await Database.open(path)
        assert path.read_bytes() == before


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """An old program does not write into a new office's file."""
    path = tmp_path / "store"
    await (await Database.open(path)).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(NotOurDatabase, match="9999"):
        await Database.open(path)


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step and the number that says it ran are stored together or not at all."""
    path = tmp_path / "store"
    await (await Database.open(path)).close()
    known = database.migrations()
    broken = [*known, (len(known) + 1, "CREATE TABLE extra (x) STRICT; INSERT INTO nowhere VALUES (1);")]
    monkeypatch.setattr(database, "migrations", lambda: broken)
    with pytest.raises(sqlite3.OperationalError):
        await Database.open(path)
    monkeypatch.undo()
    store = await Database.open(path)
    version = await store.read(lambda db: db.execute("PRAGMA user_version").fetchone()[0])
    extra = await store.read(
        lambda db: db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'extra'").fetchone()[0]
    )
    assert (version, extra) == (len(known), 0)
    await store.close()


async def test_a_pragma_that_is_not_taken_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The promises rest on the pragmas; a store that does not take them is not opened."""
    monkeypatch.setitem(database.PRAGMAS, "synchronous", 7)
    with pytest.raises(PragmaRefused, match="synchronous"):
        await Database.open(tmp_path / "store")


async def test_every_table_is_strict(tmp_path: Path) -> None:
    """A number in a text column is a bug, and the store says so."""
    store = await Database.open(tmp_path / "store")
    sql = """
        SELECT name FROM pragma_table_list
        WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'
    """
    assert await store.read(lambda db: db.execute(sql).fetchall()) == []
    await store.close()
