"""P2K2 in one file for the whole country: 35,000 facilitators, 400,000 groups, five million meetings."""

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import build
from bot.channels.simulator import NAME, Simulator
from bot.clock import StoppedClock, utc_text
from bot.demo.run import ZONE, plan_demo
from bot.message import Message
from bot.reminder_hours import read_hours
from bot.reminder_windows import as_json, windows
from storage import month_standing, reminders
from storage.database import Connection, Database
from storage.lead_times import lead_times
from storage.seeds import load_seeds

NOW = datetime(2023, 11, 20, 9, 0, 10, tzinfo=ZoneInfo(ZONE))
A_KABUPATEN = 23  # kecamatan, as Langkat has
IN_A_DISTRICT, VILLAGES = 6, 12  # facilitators and desa of a kecamatan
LOGS, WARM = 60, 20  # how many log; the first ones are not measured
Said = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much a store holds."""

    people: int
    groups: int
    meetings: int


@dataclass(frozen=True)
class Figures:
    """What was measured on a store; `each` is bytes of the file for one meeting, seconds otherwise."""

    each: float
    mib: float
    turn: float
    turn_cpu: float
    tick: float
    morning: float
    card: float
    workbook: float
    picture: float


def build_meetings(path: Path, size: Size, said: Said) -> float:
    """Make the store; return by how many bytes a meeting with its absences makes the file grow."""
    asyncio.run(begin(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -1000000")
        db.execute("BEGIN")
        said("people and groups")
        add_groups(db, size)
        db.execute("COMMIT")
        before = path.stat().st_size
        # An index that grows by rows in another order writes each of its pages many times: they are made afterwards.
        later = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'meetings' AND type = 'index' AND sql <> ''"
        indexes = db.execute(later).fetchall()
        db.execute("BEGIN")
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        said("meetings")
        add_meetings(db, size)
        for name, sql in indexes:
            said(name)
            db.execute(sql)
        db.execute("COMMIT")
        said("statistics")
        db.execute("PRAGMA analysis_limit = 400")
        db.execute("ANALYZE")
    return (path.stat().st_size - before) / size.meetings


async def begin(path: Path) -> None:
    """Make an empty store."""
    database = await Database.open(path)
    await database.write(load_seeds)
    await database.close()


def add_groups(db: Connection, size: Size) -> None:
    """Add kecamatan and desa, facilitators with a phone, and their groups."""
    districts = max(A_KABUPATEN, size.people // IN_A_DISTRICT)
    made = "2022-06-01T02:00:00.000+00:00"
    key = {"districts": districts, "villages": VILLAGES, "people": size.people, "groups": size.groups, "made": made}
    upto = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
    db.execute("DELETE FROM villages")
    db.execute("DELETE FROM districts")
    for sql in (
        upto.format(":districts") + "INSERT INTO districts (id, name) SELECT i, 'Kecamatan ' || i FROM n",
        upto.format(":districts * :villages")
        + "INSERT INTO villages (id, district_id, name) SELECT i, (i - 1) / :villages + 1, 'Desa ' || i FROM n",
        upto.format(":people")
        + """
        INSERT INTO persons (id, name, phone, role, district_id, made_at)
        SELECT i, 'Orang ' || i, '+62811' || printf('%07d', i), 'facilitator', (i - 1) % :districts + 1, :made FROM n
        """,
        f"""
        INSERT INTO chats (chat, channel, address, person_id, menu_role, last_in_at)
        SELECT '{NAME}:' || id, '{NAME}', id, id, 'facilitator', made_at FROM persons
        """,
        upto.format(":groups")
        + """
        INSERT INTO groups (id, ref, person_id, village_id, name, members, numbers, made_at)
        SELECT i, 'g' || i, (i - 1) % :people + 1, ((i - 1) % :people % :districts) * :villages + i % :villages + 1,
               'Melati ' || ((i - 1) / :people + 1), 18, 18, :made FROM n
        """,
    ):
        db.execute(sql, {name: value for name, value in key.items() if f":{name}" in sql})


def add_meetings(db: Connection, size: Size) -> None:
    """Add what every group held, a month apart, and what it has planned for the month to come; two were away each time.

    The groups meet on every day of the month, between eight and three.
    """
    each = size.meetings // size.groups
    db.execute(
        """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :each - 1),
        t AS (
            SELECT g.id, g.person_id, n.i,
                   date('2023-11-20', (g.id % 28 - 28 - (:each - 2 - n.i) * 28) || ' days') AS day,
                   printf('T%02d:%02d:00.000+00:00', 1 + g.id % 7, g.id % 4 * 15) AS at,
                   printf('T%02d:%02d:00.000+00:00', 3 + g.id % 7, g.id % 4 * 15) AS until
            FROM n CROSS JOIN groups g
        )
        INSERT INTO meetings (ref, group_id, person_id, lesson_id, day, starts_at, ends_at, zone, state, members, sick,
                              absent, place, made_at, logged_at, logged_by, sent_at)
        SELECT 'm' || id || '.' || i, id, person_id, 1 + i % 29, day, day || at, day || until, 'Asia/Jakarta',
               iif(i < :each - 1, 'held', 'planned'), iif(i < :each - 1, 18, NULL), i < :each - 1, i < :each - 1,
               'Rumah Ketua Kelompok', '2022-06-01T02:00:00.000+00:00', iif(i < :each - 1, day || until, NULL),
               iif(i < :each - 1, person_id, NULL), iif(i < :each - 1, day || until, NULL)
        FROM t
        """,
        {"each": each},
    )
    db.execute("INSERT INTO absences SELECT id, 3, 'sick' FROM meetings WHERE state = 'held'")
    db.execute("INSERT INTO absences SELECT id, 4 + id % 14, 'absent' FROM meetings WHERE state = 'held'")


async def measure(path: Path, each: float) -> Figures:
    """Let people log in one line on the store, and read what the clock and the office read of it."""
    walls, works = await log_lines(path.parent)
    with closing(sqlite3.connect(path)) as db:
        kabupaten = range(1, A_KABUPATEN + 1)
        now = utc_text(NOW)

        def card() -> None:
            for district in kabupaten:
                assert month_standing.standing(db, "2023-11", now, district)

        def workbook() -> None:
            card()
            for district in kabupaten:
                assert month_standing.year_statuses(db, "2023-11", now, district)

        return Figures(
            each,
            path.stat().st_size / 2**20,
            statistics.median(walls),
            statistics.median(works),
            quickest(lambda: search(db, NOW - timedelta(seconds=20), NOW)),
            quickest(lambda: search(db, NOW.replace(hour=6), NOW.replace(hour=8))),
            quickest(card),
            quickest(workbook),
            quickest(lambda: [month_standing.shares(db, 2023, now, district) for district in kabupaten]),
        )


async def log_lines(folder: Path) -> tuple[list[float], list[float]]:
    """Let facilitators log in one line, one after the other; return seconds, and seconds of work, for each."""
    clock = StoppedClock(NOW)
    walls, works = [], []
    async with build(plan_demo(folder), clock) as app:
        channel = app.channels[NAME]
        assert isinstance(channel, Simulator)
        for person in range(1, LOGS + 1):
            started, worked = time.perf_counter(), time.process_time()
            for number, text in enumerate(("p2k2 melati 1 2.1 kemarin 10.00 3s 7i", "simpan")):
                event = {"event_id": f"{person}.{number}", "kind": "text", "text": text}
                await channel.receive(f"{NAME}:{person}", "", event)
                await app.lanes.join()
            if person > WARM:
                walls.append(time.perf_counter() - started)
                works.append(time.process_time() - worked)
            await app.courier.work_off()
        last = await app.database.read(lambda db: db.execute("SELECT body FROM outbox ORDER BY id DESC").fetchone()[0])
        assert "16 dari 18 hadir" in Message.from_json(last).text.plain
    return walls, works


def search(db: Connection, after: datetime, until: datetime) -> None:
    """Look for what fell due in between, as the reminders do."""
    found = windows(lead_times(db), read_hours(db), after, until, ZONE)
    db.execute(
        f"SELECT count(*) FROM ({reminders._FALLEN_DUE})",
        {"windows": as_json(found), "now": utc_text(until), "since": utc_text(until - timedelta(days=2))},
    ).fetchone()


def quickest(do: Callable[[], object], tries: int = 5) -> float:
    """Return the median of a few tries: the first of them warms up."""
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        do()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def compare(small: Size, large: Size, said: Said) -> tuple[Figures, Figures]:
    """Measure a small store and a national one, each built anew and thrown away."""
    found = []
    for size in (small, large):
        with tempfile.TemporaryDirectory(prefix="bench") as name:
            path = Path(name) / "pkh.sqlite3"
            each = build_meetings(path, size, said)
            said(f"measuring {size.meetings} meetings")
            found.append(asyncio.run(measure(path, each)))
    return found[0], found[1]
