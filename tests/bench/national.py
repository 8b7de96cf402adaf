"""A store of national size beside a small one: what grows with the years must not slow a check-in."""

import asyncio
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import utc_text
from storage.database import Connection, Database
from storage.seeds import load_seeds
from tests.bench.arena import NotAnswered, Ran, contest
from tests.bench.crowd import CODE, add_open_event, add_people, fold_up

PAST_EVENTS = 30
CHATTER = 20  # letters and messages of each person that are still kept

Part = Callable[[Connection, int, datetime], None]


def add_past_events(db: Connection, people: int, now: datetime) -> None:
    """Add events of the past, at each of which everybody was checked in."""
    for number in range(PAST_EVENTS):
        moment = now - timedelta(days=100 * (number + 1))
        day, stamp = moment.date().isoformat(), utc_text(moment)
        event = db.execute(
            """
            INSERT INTO events (ref, subject, place, first_day, last_day, starts, starts_at, zone, audience, made_by,
                                made_at, state)
            SELECT :ref, subject, place, :day, :day, starts, :stamp, zone, audience, made_by, :stamp, state
            FROM events WHERE ref = 'bench' RETURNING id
            """,
            {"ref": f"past{number}", "day": day, "stamp": stamp},
        ).fetchone()[0]
        slot = db.execute(
            "INSERT INTO slots (event_id, day, opens_at, closes_at, code) VALUES (?, ?, ?, ?, ?) RETURNING id",
            (event, day, stamp, utc_text(moment + timedelta(hours=9)), f"LAMA{number}"),
        ).fetchone()[0]
        persons = "SELECT id FROM persons WHERE role = 'facilitator'"
        db.execute(f"INSERT INTO invitations (event_id, person_id) SELECT ?, id FROM ({persons})", (event,))
        db.execute(
            f"""
            INSERT INTO check_ins (slot_id, person_id, number, at, stored_at)
            SELECT ?, id, id, ?, ? FROM ({persons})
            """,
            (slot, stamp, stamp),
        )


def add_chatter(db: Connection, people: int, now: datetime) -> None:
    """Add letters that were answered, and the answers."""
    stamp = utc_text(now - timedelta(days=30))
    for number in range(CHATTER):
        db.execute(
            """
            INSERT INTO inbox (channel, event_id, chat, raw, received_at, state)
            SELECT 'telegram', 'past' || :number || '.' || address, chat, :raw, :stamp, 'done' FROM chats
            """,
            {"number": number, "raw": "x" * 300, "stamp": stamp},
        )
        db.execute(
            """
            INSERT INTO outbox (chat, person_id, kind, lane, body, uncertain_do, state, not_before, expires_at, owner,
                                started_at, external_id, made_at, done_at, attempts)
            SELECT chat, person_id, 'reply', 0, :body, 'drop', 'sent', :stamp, :stamp, 'past', :stamp,
                   'p' || :number, :stamp, :stamp, 1 FROM chats
            """,
            {"number": number, "body": '{"text":[["Terima kasih."]]}', "stamp": stamp},
        )


PARTS: tuple[Part, ...] = (add_past_events, add_chatter)
"""What a national store has beyond its people and today's event, each part by a function of its own."""


async def build_national(path: Path, people: int, said: Callable[[str], None], parts: tuple[Part, ...] = PARTS) -> None:
    """Make the store, part by part."""
    now = datetime.now(UTC)
    database = await Database.open(path)
    await database.write(load_seeds)
    await database.write(add_people, people, now)
    await database.write(add_open_event, now)
    for part in parts:
        said(f"building: {part.__name__}")
        await database.write(part, people, now)
    await database.close()
    fold_up(path)


def compare(people: int, storming: int, rounds: int, said: Callable[[str], None]) -> tuple[list[Ran], list[Ran], float]:
    """Let the same number of people check in on a small store and on the national one, in turns; return its MiB too."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        stores = {"small": Path(name) / "small.sqlite3", "national": Path(name) / "national.sqlite3"}
        asyncio.run(build_national(stores["small"], storming, said, ()))
        asyncio.run(build_national(stores["national"], people, said))
        runs: dict[str, list[Ran]] = {"small": [], "national": []}
        for number in range(rounds):
            for which, store in stores.items():
                said(f"round {number + 1} of {rounds}, {which}")
                runs[which].append(_storm_on(store, storming))
        return runs["small"], runs["national"], stores["national"].stat().st_size / 2**20


def _storm_on(store: Path, people: int) -> Ran:
    folder = store.with_suffix("")
    folder.mkdir()
    try:
        shutil.copy(store, folder / "pkh.sqlite3")
        text = f"/hadir {CODE}"
        arguments = (str(folder), "open")
        ran = contest(
            "tests.bench.ours", *arguments, people=people, text=text, delay=0.0, wanted=people, log=folder / "log"
        )
        told = sum(bool(re.search(r"Tercatat hadir, No\. \d+", said)) for _, _, said in ran.ledger)
        with closing(sqlite3.connect(folder / "pkh.sqlite3")) as db:
            sql = "SELECT count(*) FROM check_ins WHERE slot_id = (SELECT min(id) FROM slots)"
            stored = db.execute(sql).fetchone()[0]
        if not told == stored == people:
            raise NotAnswered(f"{told} receipts, {stored} check-ins")
        return ran
    finally:
        shutil.rmtree(folder)
