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


async def test_a_store_from_before_the_sessions_keeps_everything(tmp_path: Path) -> None:
    """Slots, check-ins, refused tries and answers of schema 6 are all there, with defaults for what was not known."""
    path = tmp_path / "store"
    old = sqlite3.connect(path, isolation_level=None)
    old.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    for number, script in database.migrations()[:6]:
        old.executescript(f"{script}\nPRAGMA user_version = {number};")
    old.executescript("""
        INSERT INTO persons (id, name, role, made_at) VALUES (1, 'Rahma', 'operator', 'x'), (2, 'Siti', 'tksk', 'x');
        INSERT INTO events (id, ref, subject, place, first_day, last_day, starts, starts_at, zone, audience, made_by,
                            made_at)
        VALUES (7, 'd7', 'Bimtek', 'Aula', '2023-11-12', '2023-11-13', '08:00', 'x', 'Asia/Jakarta', '{}', 1, 'x');
        INSERT INTO invitations VALUES (7, 2, 'no', 'sakit', '2023-11-08');
        INSERT INTO slots VALUES (3, 7, '2023-11-12', '07', '18', 'K7M2P'), (4, 7, '2023-11-13', '07', '18', 'W4X9Z');
        INSERT INTO check_ins VALUES (3, 2, 42, '0752', '0753');
        INSERT INTO tries VALUES (9, 2, '0700', 'wrong', NULL), (10, 2, '0701', 'early', 4);
    """)
    old.close()
    store = await Database.open(path)

    def everything(db: Connection) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        for sql in (
            "SELECT id, event_id, day, session, opens_at, late_from, closes_at, code, waits FROM slots ORDER BY id",
            "SELECT slot_id, person_id, number, at, stored_at, level, state, by_person, left_at FROM check_ins",
            "SELECT slot_id, person_id, number FROM present",
            "SELECT id, person_id, at, reason, slot_id FROM tries ORDER BY id",
            "SELECT event_id, person_id, answer, reason, answered_at FROM invitations",
            "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'old!_%' ESCAPE '!' OR name LIKE 'new!_%' ESCAPE '!'",
            "SELECT count(*) FROM pragma_foreign_key_check",
        ):
            rows += map(tuple, db.execute(sql))
        return rows

    assert await store.read(everything) == [
        (3, 7, "2023-11-12", "", "07", None, "18", "K7M2P", 0),
        (4, 7, "2023-11-13", "", "07", None, "18", "W4X9Z", 0),
        (3, 2, 42, "0752", "0753", "B", "kept", None, None),
        (3, 2, 42),
        (9, 2, "0700", "wrong", None),
        (10, 2, "0701", "early", 4),
        (7, 2, "no", "sakit", "2023-11-08"),
        (0,),
        (0,),
    ]
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
