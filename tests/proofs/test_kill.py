"""kill -9 at random instants under load: what was acknowledged is there, once, and every message is accounted for.

`pytest -n 0 -m proof -s tests/proofs/test_kill.py` prints the figures.
"""

import asyncio
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, count, takewhile
from pathlib import Path
from random import Random
from sqlite3 import Connection

import pytest

from bot.app import CALLS_AT_ONCE
from bot.clock import utc_text
from bot.message import Message
from storage import outbox
from storage.database import Database
from tests.proofs import ledger
from tests.proofs.people import START, Crowd, Town, found_office, roster
from tests.proofs.rest import answering, come_to_rest
from tests.proofs.test_network import settle_people
from tests.proofs.victim import Victim

WEATHER = {"flood": 0.01, "server_error": 0.01, "accept_reset": 0.01, "garbled": 0.01, "hang": 0.003, "nothing": 0.005}
SEED = 20231112
MOST_JUMP = 50  # seconds; over several lives this passes the minute after which a second copy goes


@dataclass
class Toll:
    """What it took."""

    kills: int = 0
    stops: int = 0

    def figures(self, town: Town, db: Connection, seconds: float) -> str:
        """Say it in one line."""

        def ask(sql: str) -> int:
            return int(db.execute(sql).fetchone()[0])

        edits = sum(one.method.startswith("edit") for one in town.ledger)
        return (
            f"{self.kills} kills and {self.stops} orderly stops in {seconds:.0f} s: {town.sent} updates sent, "
            f"{len(town.confirmed)} confirmed, {ask('SELECT count(*) FROM inbox')} stored; "
            f"{ask('SELECT count(*) FROM outbox')} messages posted, {len(town.ledger) - edits} accepted, "
            f"{edits} edits; "
            f"{ledger.uncertain(db)} uncertain, {ledger.uncertain(db, 'Died')} of them by a kill; "
            f"{ask('SELECT count(*) FROM chats WHERE person_id IS NOT NULL')} registered, "
            f"{ask('SELECT count(*) FROM check_ins')} check-ins, {ask('SELECT count(*) FROM groups')} groups, "
            f"{ask('SELECT count(*) FROM meetings')} meetings; parked "
            f"{dict(db.execute('SELECT reason, count(*) FROM inbox WHERE reason IS NOT NULL GROUP BY reason'))}"
        )


async def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    """Five kills: enough to notice a broken defence at every run of the suite."""
    await kill(tmp_path, kills=5, crowd=12)


async def test_what_waits_out_a_back_off_is_waited_for(tmp_path: Path) -> None:
    """The books are balanced when the bot has come to rest: not earlier, be the machine ever so busy.

    On such a machine, kills left messages by the hundred; the proof gave up on them, and called the books unbalanced.
    """

    def leave(db: Connection) -> None:
        now = utc_text(START)
        settle_people(db, 300, "telegram")
        for one in range(1, 301):
            later = utc_text(START + timedelta(minutes=11 * (one % 3)))
            body = Message.of("Kabar").to_json()
            outbox.post(db, chat=f"telegram:{one}", body=body, kind="reminder", lane=1, now=now, not_before=later)

    database = await Database.open(tmp_path / "pkh.sqlite3")
    await database.write(leave)
    await database.close()
    async with Town() as town, Victim(tmp_path, town.url) as victim:
        with closing(ledger.connect(tmp_path)) as db:
            await come_to_rest(town, victim, db)
            assert ledger.what_is_wrong(db, town) == []
            assert len(town.ledger) == 300


@pytest.mark.proof
async def test_two_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    """Two hundred kills under load."""
    print(f"\n{await kill(tmp_path, kills=200, crowd=60)}")  # noqa: T201  # the figures are the proof's result


@pytest.mark.proof
async def test_fifty_orderly_stops_leave_nothing_in_doubt(tmp_path: Path) -> None:
    """Fifty stops under load, each within 30 seconds and without a row that is in doubt by it (T15)."""
    print(f"\n{await stop(tmp_path, stops=50, crowd=30)}")  # noqa: T201


async def stop(folder: Path, stops: int, crowd: int) -> str:
    """Stop the bot so often under load, in good order; return the figures."""
    dice, everybody, longest = Random(SEED), roster(crowd), 0.0
    await found_office(folder, everybody, event=True)
    async with Town() as town, Victim(folder, town.url) as victim:
        with closing(ledger.connect(folder)) as db:
            living = asyncio.create_task(Crowd(town, everybody, Random(SEED)).live())
            for _ in range(stops):
                polls = town._polls
                await victim.boot(town.time())
                await answering(town, polls)
                await asyncio.sleep(dice.uniform(0.02, 0.6))  # the instant is what is random here
                began = time.monotonic()
                await victim.stop()
                longest = max(longest, time.monotonic() - began)
                assert not db.execute("SELECT id FROM outbox WHERE state = 'started'").fetchall()
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
            await come_to_rest(town, victim, db)
            assert (wrong := ledger.what_is_wrong(db, town)) == [], wrong
            doubted = ledger.uncertain(db)
    assert longest <= 30
    assert doubted == 0
    return f"{stops} stops under load: the longest took {longest:.1f} s, {doubted} rows in doubt"


async def kill(folder: Path, kills: int, crowd: int) -> str:
    """Kill the bot so often under load, and reconcile; return the figures."""
    began = time.monotonic()
    toll, dice = Toll(), Random(SEED)
    everybody = roster(crowd)
    await found_office(folder, everybody, event=True)
    async with Town() as town, Victim(folder, town.url) as victim:
        with closing(ledger.connect(folder)) as db:
            living = asyncio.create_task(Crowd(town, everybody, Random(SEED)).live())
            for cycle in takewhile(lambda _: toll.kills < kills, count(1)):
                town.weather(WEATHER if cycle % 4 == 0 else {}, seed=cycle)
                polls = town._polls
                await victim.boot(town.time())
                if cycle % 10 == 0:
                    await answering(town, polls)
                await asyncio.sleep(dice.uniform(0.02, 0.6))  # the instant is what is random here
                if cycle % 10 == 0:
                    await victim.stop()
                    toll.stops += 1
                    assert not db.execute("SELECT id FROM outbox WHERE state = 'started'").fetchall()
                else:
                    await victim.kill()
                    toll.kills += 1
                if cycle % 20 == 0:
                    assert not list(chain(ledger.what_is_lost(db, town), ledger.what_is_broken(db)))
                town.set_time(town.time() + timedelta(seconds=dice.randint(0, MOST_JUMP)))
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
            town.weather({})
            await come_to_rest(town, victim, db)
            assert (wrong := ledger.what_is_wrong(db, town)) == [], wrong
            assert ledger.uncertain(db, "Died") <= CALLS_AT_ONCE * toll.kills
            return toll.figures(town, db, time.monotonic() - began)
