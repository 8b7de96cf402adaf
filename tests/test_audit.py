"""The audit: every line is chained to the one before it, and whatever is done to the file is found and told."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.audit_reading import look_through
from bot.clock import utc_text
from storage import audit, office
from storage.database import PRAGMAS, Connection, migrate, migrations
from tests.phones import SimulatedPhones
from tests.talk import ZONE, Talk, talking

NOW = datetime(2023, 11, 6, 2, 0, tzinfo=UTC)


def store(path: Path, lines: int) -> Connection:
    """Make a store with so many lines in its audit."""
    db = sqlite3.connect(path, isolation_level=None)
    migrate(db)
    db.row_factory = sqlite3.Row
    for number in range(lines):
        office.note(db, utc_text(NOW + timedelta(minutes=number)), None, "export", "all", f"{number}")
    return db


def without_guard(db: Connection) -> None:
    """Take the triggers away, as somebody who has the file can."""
    db.execute("DROP TRIGGER audit_keeps_its_past")
    db.execute("DROP TRIGGER audit_loses_nothing")


EDITED = "UPDATE audit SET detail = 'nothing' WHERE id = 4"
REMOVED = "DELETE FROM audit WHERE id = 4"
RENUMBERED = "UPDATE audit SET id = id + 1000 WHERE id = 4"
INSERTED = """
    UPDATE audit SET id = id + 1000 WHERE id > 4;
    INSERT INTO audit (id, at, action, object, detail, digest) SELECT 5, at, action, object, 'new', digest FROM audit
    WHERE id = 4;
    UPDATE audit SET id = id - 999 WHERE id > 1000;
"""
SWAPPED = """
    CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE id IN (4, 5);
    DELETE FROM audit WHERE id IN (4, 5);
    INSERT INTO audit SELECT 9 - id, at, person_id, action, object, detail, digest FROM kept;
"""
BACKDATED = "UPDATE audit SET at = '2022-01-01T00:00:00.000+00:00' WHERE id = 4"


@pytest.mark.parametrize(
    ("crime", "at"),
    [
        (EDITED, (4,)),
        (BACKDATED, (4,)),
        (REMOVED, (5,)),
        (RENUMBERED, (5, 1004)),
        (INSERTED, (5, 6, 7, 8, 9, 10, 11)),
        (SWAPPED, (4, 5, 6)),
    ],
    ids=["edited", "backdated", "removed", "renumbered", "inserted", "swapped"],
)
def test_whatever_is_done_to_a_line_is_found_where_it_was_done(tmp_path: Path, crime: str, at: tuple[int, ...]) -> None:
    """Somebody with the file drops the triggers and changes the past: the next look names the place."""
    with closing(store(tmp_path / "pkh.sqlite3", 10)) as db:
        assert audit.check_all(db).broken == ()
        without_guard(db)
        db.executescript(crime)
        assert audit.check_all(db).broken == at
        # What comes after is chained on: the damage stays visible, and does not spread.
        office.note(db, utc_text(NOW), None, "export", "all")
        assert audit.check_all(db).broken == at


def test_the_program_itself_can_neither_change_nor_remove_a_line(tmp_path: Path) -> None:
    """The triggers say no before the chain has to."""
    with closing(store(tmp_path / "pkh.sqlite3", 2)) as db:
        for crime in ("UPDATE audit SET detail = ''", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(crime)


def test_a_chain_that_is_written_anew_is_whole_and_yet_betrayed_by_a_head_kept_elsewhere(tmp_path: Path) -> None:
    """Who has the file can chain other lines; the head in a phone, a backup or the last look tells."""
    with closing(store(tmp_path / "pkh.sqlite3", 10)) as db:
        kept = audit.head(db)
        assert kept is not None
        audit.keep_check(db, utc_text(NOW), audit.check_all(db))
        without_guard(db)
        db.execute("DELETE FROM audit WHERE id > 5")
        for number in range(5):
            office.note(db, utc_text(NOW), None, "export", "all", f"forged {number}")
        assert audit.check_all(db).broken == ()
        assert not audit.holds(db, kept.shown)
    said = look_through(tmp_path, [kept.shown], ZONE)
    assert [one.ok for one in said] == [True, False, False]
    assert kept.shown in said[1].says
    assert kept.shown in said[2].says


@pytest.mark.parametrize("kept", ["", "10", "10-", "10-ab", "x-0123456789abcdef", "99-0123456789abcdef"])
def test_a_head_that_is_none_is_not_held(tmp_path: Path, kept: str) -> None:
    """Too few digits prove nothing."""
    with closing(store(tmp_path / "pkh.sqlite3", 10)) as db:
        assert not audit.holds(db, kept)


def test_a_store_from_before_the_chain_is_chained_once_with_all_its_lines(tmp_path: Path) -> None:
    """Gaps in the numbers stay; the same lines give the same chain on every machine."""
    before = next(number for number, script in migrations() if "digest_of" in script) - 1
    heads = []
    for copy in ("a", "b"):
        with closing(sqlite3.connect(tmp_path / copy, isolation_level=None)) as db:
            db.execute(f"PRAGMA foreign_keys = {PRAGMAS['foreign_keys']}")
            for number, script in migrations()[:before]:
                db.executescript(f"{script}\nPRAGMA user_version = {number};")
            db.execute("INSERT INTO persons (id, name, role, made_at) VALUES (7, 'Rahma', 'operator', '2023')")
            for id_ in (1, 2, 5):
                db.execute(
                    "INSERT INTO audit (id, at, person_id, action, object) VALUES (?, '2023', 7, 'move', '')", (id_,)
                )
            migrate(db)
            office.note(db, utc_text(NOW), 7, "export", "all")
            found = audit.check_all(db)
            assert (found.count, found.broken, found.whole_since) == (4, (), "2023")
            assert [row[0] for row in db.execute("SELECT id FROM audit ORDER BY id")] == [1, 2, 5, 6]
            heads.append(audit.head(db))
    assert heads[0] == heads[1]


def test_the_chain_is_looked_through_in_parts_as_at_once(tmp_path: Path) -> None:
    """However small the parts, what is found is the same."""
    with closing(store(tmp_path / "pkh.sqlite3", 10)) as db:
        without_guard(db)
        db.executescript(EDITED)
        found = audit.Checked()
        while not found.finished:
            found = audit.check_on(db, found, 3)
        assert (found.count, found.broken) == (10, (4,))
        assert found.last == audit.head(db)


async def heard(talk: Talk, *lines: str) -> list[str]:
    """Play the lines; return what Rahma's phone showed."""
    said: list[str] = []
    mine = False
    for line in await talk.play(lines):
        mine = line.startswith("Rahma<") or (mine and line.startswith("  "))
        said += [line] if mine else []
    return said


def harm(talk: Talk, *crimes: str) -> None:
    """Change the file by another connection, behind the bot's back."""
    with closing(sqlite3.connect(talk.folder / "pkh.sqlite3", isolation_level=None)) as db:
        db.execute("DROP TRIGGER IF EXISTS audit_keeps_its_past")
        db.execute("DROP TRIGGER IF EXISTS audit_loses_nothing")
        for crime in crimes:
            db.execute(crime)


async def test_operators_hear_in_the_night_that_the_chain_is_broken_and_where(tmp_path: Path) -> None:
    """Once, however often it is looked at; the system page keeps saying so."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await talk.play(["Rahma> petugas siti", "Rahma> petugas budi", "@ +1 menit"])
        harm(talk, "UPDATE audit SET object = 'person:6' WHERE id = 1")
        assert await heard(talk, "@ +1 jam") == []
        told = await heard(talk, "@ +1 hari")
        assert told[0].endswith("Catatan tindakan tidak utuh")
        assert told[1].startswith("  Putus di baris no. 1:")
        assert await heard(talk, "@ +1 hari") == []
        page = "\n".join(await heard(talk, "Rahma> /sistem"))
        assert "⚠️ Catatan tindakan tidak utuh di baris no. 1" in page


async def test_a_bot_that_starts_looks_at_once_and_misses_lines_that_were_cut_off(tmp_path: Path) -> None:
    """Without its last lines the chain is whole: the last look's head tells."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await talk.play(["Rahma> petugas siti", "Rahma> petugas budi", "@ +1 menit"])
        await talk.stop()
        harm(talk, "DELETE FROM audit WHERE id = 2")
        await talk.start()
        told = await heard(talk, "@ +1 menit")
        assert told[1].startswith("  Putus di baris no. 2:")
        # Whoever looks again, after more was done, still sees it.
        await talk.play(["Rahma> petugas siti", "@ +1 hari"])
        assert "tidak utuh di baris no. 2" in "\n".join(await heard(talk, "Rahma> /sistem"))


async def test_the_last_week_s_head_comes_to_the_operators_on_monday_morning_once(tmp_path: Path) -> None:
    """It is the head as it was at midnight; a week in which nothing was done has none."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await talk.play(["Rahma> petugas siti"])
        assert talk.app is not None
        kept = await talk.app.database.read(audit.head)
        assert kept is not None
        assert await heard(talk, "@ 2023-11-12 23:59", "@ 2023-11-13 07:59") == []
        await talk.play(["Rahma> petugas budi"])
        told = await heard(talk, "@ 2023-11-13 08:01", "@ 2023-11-13 09:00", "@ 2023-11-14 08:00")
        assert told[0] == f"Rahma< Kepala catatan tindakan minggu lalu: {kept.shown}"
        assert len(told) == 2
        await talk.stop()
        await talk.start()
        assert await heard(talk, "@ 2023-11-14 09:00") == []
        assert len(await heard(talk, "@ 2023-11-20 08:01")) == 2
        assert await heard(talk, "@ 2023-11-27 08:01") == []
