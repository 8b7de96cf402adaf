"""A long life in bad weather: it is killed every five minutes and loses nothing, left alone it does not grow (T12).

The bot is a process that is really killed, in time that races. What it takes of memory and handles is looked at over
a life without kills: of one that ends after five minutes it says nothing.

`python -m tests.prove T12` prints the figures.
"""

import asyncio
import json
import re
import statistics
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from sqlite3 import Connection

import pytest

from bot.app import CALLS_AT_ONCE
from bot.clock import utc_text
from storage import invitations
from storage.broadcasts import states
from storage.database import Database
from tests.fakes.telegram_faults import Weather
from tests.proofs import ledger
from tests.proofs.people import CODE, OPERATOR, START, Crowd, Town, found_office, roster
from tests.proofs.racing import Race
from tests.proofs.rest import answering, come_to_rest
from tests.proofs.test_network import STORM
from tests.proofs.victim import Victim
from tests.yardstick import Yardstick

SEED = 12
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KILLED_EVERY = 5 * MINUTE
KILLED_SPEED, ALONE_SPEED = 250.0, 400.0
TALKERS = 60
BROADCASTS = 3
MAKE_SURE = re.compile(r"Ketik (.+?) untuk memastikan")
SENT_TO = re.compile(r"(?:Dikirim dalam 60 detik|Akan dikirim .+?) ke ([\d.]+) orang")  # at night: in the morning
FIRST = 10_000  # the id of the first of those who check in
MOST_HANDLES = 3  # more than before anything was sent, once it has rested
RESTS = 35.0  # real seconds: idle connections are kept for 15, and looked at every 15
LARGEST_LOG = 64.0  # MiB
MOST_MEMORY = 180.0  # MiB, with the libraries that people who are not of the office make it load
LONGEST_HOLD = 0.05  # seconds of CPU of the stated machine, of 99 in 100 callbacks


class RacingTown(Town):
    """The fake Bot API, whose time runs as everybody's until it is told to race."""

    def __init__(self) -> None:
        self.race: Race | None = None
        super().__init__()

    def time(self) -> datetime:
        return self.race.now() if self.race else super().time()

    def start_race(self, speed: float) -> Race:
        """Let time run so many times as fast from now on."""
        self.race = Race.from_now(self.time(), speed)
        return self.race

    def end_race(self) -> None:
        """Let time run on from here as it does."""
        now, self.race = self.time(), None
        self.set_time(now)

    async def until(self, moment: datetime) -> None:
        """Return when it is that late in the race."""
        assert self.race is not None
        await asyncio.sleep(max(0.0, (moment - self.time()).total_seconds()) / self.race.speed)

    async def go_dark(self, span: timedelta) -> None:
        """Let go of the port for so long: whoever calls is refused the connection."""
        port = int(self.url.rpartition(":")[2])
        back = self.time() + span
        await self.stop()
        await self.until(back)
        self._stopped = asyncio.Event()
        await self.start(port)


def newest(db: Connection) -> int:
    """Return the number of the newest broadcast."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM broadcasts").fetchone()[0])


@dataclass
class Day:
    """What happens at the office meanwhile: people check in over so many hours, others talk, and it broadcasts."""

    town: RacingTown
    span: timedelta
    who: range
    rng: Random
    frozen: dict[int, int] = field(default_factory=dict)  # by the broadcast's id

    async def live(self, crowd: Crowd) -> None:
        """Let everybody check in at some minute of the span, some twice, and others do what they like."""
        began, minutes = self.town.time(), int(self.span / MINUTE)
        due = sorted((self.rng.random() * minutes, one) for one in self.who)
        for minute in range(minutes):
            while due and due[0][0] <= minute + 1:
                _, one = due.pop(0)
                for _ in range(self.rng.choice((1, 1, 1, 2))):
                    self.town.say(one, self.rng.choice((CODE, CODE.lower(), f"hadir {CODE}")), f"Orang {one}")
            for _ in range(3):
                crowd.act(crowd.rng.choice(crowd.everybody))
            await self.town.until(began + (minute + 1) * MINUTE)

    async def broadcast(self, db: Connection) -> None:
        """Order the next one, between two storms: the operator waits for each answer."""
        weather, self.town._weather = self.town._weather, Weather()
        before, heard = newest(db), len(self.town.heard[OPERATOR])
        await self._say("/batal")
        for words in ("/siaran", "Siaran: mohon kirim <laporan> & foto.", "petugas", "semua petugas"):
            await self._say(words)
        # Whoever registers meanwhile changes the summary, and it is shown once more; a late message may come between.
        async with asyncio.timeout(900):
            while newest(db) == before:
                # What was asked before the summary was shown again is no question any more.
                asked = MAKE_SURE.search(self.town.heard[OPERATOR][-1].text)
                await self._say(asked[1] if asked else "kirim sekarang")
            while not (told := SENT_TO.findall(self._heard(heard))):
                await self.town.hear(OPERATOR, 1.0)
        self.frozen[newest(db)] = int(told[-1].replace(".", ""))
        self.town._weather = weather

    def _heard(self, since: int) -> str:
        return "\n".join(one.text for one in self.town.heard[OPERATOR][since:])

    async def _say(self, words: str) -> None:
        before = len(self.town.heard[OPERATOR])
        self.town.say(OPERATOR, words, "Rahma")
        async with asyncio.timeout(300):
            while len(self.town.heard[OPERATOR]) == before:
                await self.town.hear(OPERATOR, 1.0)


@dataclass(frozen=True)
class Look:
    """What the process took at one moment of its life; `memory` and `log` in MiB."""

    hour: float
    memory: float
    handles: int
    log: float


@pytest.mark.proof
async def test_three_kills_in_a_race_lose_nothing(tmp_path: Path) -> None:
    """Three: enough to see that the proof itself still goes."""
    people = range(FIRST, FIRST + 60)
    await _found(tmp_path, people)
    async with RacingTown() as town, Victim(tmp_path, town.url) as victim:
        with closing(ledger.connect(tmp_path)) as db:
            assert "books unbalanced: 0" in await _be_killed(town, victim, db, 3, people)


async def soak(folder: Path, hours: int, alone: int, count: int) -> str:
    """Soak the bot so many hours with kills, and then so many without, with so many people each; return the figures."""
    first, others = range(FIRST, FIRST + count), range(FIRST + count, FIRST + 2 * count)
    await _found(folder, range(FIRST, FIRST + 2 * count))
    async with RacingTown() as town, Victim(folder, town.url) as victim:
        with closing(ledger.connect(folder)) as db:
            killed = await _be_killed(town, victim, db, int(hours * HOUR / KILLED_EVERY), first)
            return f"{killed}; then {await _be_left_alone(town, victim, db, alone, others)}"


async def _be_killed(town: RacingTown, victim: Victim, db: Connection, kills: int, people: range) -> str:
    """Kill it every five minutes, and in the midst of it take the network away, an hour of 24; balance the books."""
    span = kills * KILLED_EVERY
    day = Day(town, span, people, Random(SEED))
    ordering = {kills * (2 * n + 1) // (2 * BROADCASTS) for n in range(BROADCASTS)} if kills > 24 else {kills // 2}
    race = town.start_race(KILLED_SPEED)
    town.storm(STORM, SEED)
    living = asyncio.create_task(day.live(Crowd(town, roster(TALKERS), Random(SEED))))
    dark: asyncio.Future[None] = asyncio.ensure_future(asyncio.sleep(0))
    for number in range(kills):
        if number == kills * 2 // 3:
            dark = asyncio.ensure_future(town.go_dark(span / 24))
        polls, born = town._polls, town.time()
        await victim.boot(race)
        if dark.done():
            await answering(town, polls)
            if number in ordering:
                await day.broadcast(db)
        await town.until(born + KILLED_EVERY)
        await victim.kill()
        if number % 24 == 0:
            assert not list(chain(ledger.what_is_lost(db, town), ledger.what_is_broken(db)))
    passed = (town.time() - race.start) / HOUR
    await asyncio.gather(dark, living)
    await _rest(town, victim, db)
    assert ledger.uncertain(db, "Died") <= CALLS_AT_ONCE * kills
    return f"{passed:.1f} h simulated with {kills} kills: {_figures(town, db, day)}"


async def _be_left_alone(town: RacingTown, victim: Victim, db: Connection, hours: int, people: range) -> str:
    """Let one process live so many hours, and look at it every ten minutes; balance the books."""
    day = Day(town, hours * HOUR, people, Random(SEED + 1))
    race = town.start_race(ALONE_SPEED)
    town.storm(STORM, SEED + 1)
    looks: list[Look] = []
    stick = Yardstick()
    polls = town._polls
    process = await victim.boot(race)
    await answering(town, polls)
    first = _look(process, victim.folder, 0.0)
    living = asyncio.create_task(day.live(Crowd(town, roster(TALKERS), Random(SEED + 1))))
    ordering = asyncio.create_task(_order(day, db, race.start, hours))
    for number in range(hours * 6):
        await town.until(race.start + (number + 1) * 10 * MINUTE)
        looks.append(_look(process, victim.folder, (town.time() - race.start) / HOUR))
        stick.look()
    await asyncio.gather(living, ordering)
    town.weather({})
    await asyncio.sleep(RESTS)
    rested = _look(process, victim.folder, (town.time() - race.start) / HOUR)
    await victim.stop()
    held = json.loads((victim.folder / "held.json").read_text(encoding="utf-8"))
    await _rest(town, victim, db)
    settled = looks[len(looks) // 3 :]
    growth = statistics.linear_regression([one.hour for one in settled], [one.memory for one in settled]).slope
    largest = max(one.log for one in looks)
    figures = (
        f"{looks[-1].hour:.1f} h of one life: {settled[0].memory:.1f} MiB after a third of it, "
        f"{settled[-1].memory:.1f} in the end, {growth:+.2f} an hour; {first.handles} handles at first, at most "
        f"{max(one.handles for one in looks)}, {rested.handles} after a rest; the log at most {largest:.1f} MiB; the "
        f"loop held for {1000 * held['p99']:.0f} ms of CPU at most by 99 in 100 callbacks, for "
        f"{1000 * held['longest']:.0f} by one ({stick.says()}); {_figures(town, db, day)}"
    )
    # Not held to a slope: each library for documents takes its megabytes once, at the hour when it is first needed.
    assert max(one.memory for one in looks) < MOST_MEMORY, figures
    assert rested.handles <= first.handles + MOST_HANDLES, figures
    assert largest < LARGEST_LOG, figures
    assert held["p99"] < LONGEST_HOLD * stick.slower(), figures
    return figures


async def _order(day: Day, db: Connection, start: datetime, hours: int) -> None:
    """Order the broadcasts, spread over these hours."""
    for number in range(BROADCASTS):
        await day.town.until(start + (number + 0.2) * hours * HOUR / BROADCASTS)
        await day.broadcast(db)


async def _rest(town: RacingTown, victim: Victim, db: Connection) -> None:
    town.end_race()
    town.weather({})
    await come_to_rest(town, victim, db)
    assert (wrong := ledger.what_is_wrong(db, town)) == [], wrong


def _look(process: int, folder: Path, hour: float) -> Look:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    memory = int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024
    log = folder / "pkh.sqlite3-wal"
    return Look(hour, memory, len(list(Path(f"/proc/{process}/fd").iterdir())), log.stat().st_size / 2**20)


def _figures(town: RacingTown, db: Connection, day: Day) -> str:
    """Say what happened, and check that all who checked in are in, and every broadcast adds up."""
    first, last = day.who[0], day.who[-1]
    sql = "SELECT count(*) FROM check_ins WHERE person_id BETWEEN ? AND ?"
    checked_in = int(db.execute(sql, (first, last)).fetchone()[0])
    assert checked_in == len(day.who)
    sent = Counter[str]()
    for number, frozen in day.frozen.items():
        became = states(db, number)
        assert sum(became.values()) == frozen, (number, frozen, became)
        sent.update(became)
    edits = sum(one.method.startswith("edit") for one in town.ledger)
    return (
        f"{checked_in} check-ins, {len(day.frozen)} broadcasts {dict(sent)}, {len(town.ledger) - edits} messages and "
        f"{edits} edits accepted by now, {ledger.uncertain(db)} in doubt, {ledger.uncertain(db, 'Died')} by a kill; "
        f"books unbalanced: 0"
    )


async def _found(folder: Path, people: range) -> None:
    """Found the office, with an event on which so many people who have a chat may check in for days."""
    await found_office(folder, roster(TALKERS), event=True)
    database = await Database.open(folder / "pkh.sqlite3")
    await database.write(_furnish, people)
    await database.close()


def _furnish(db: Connection, people: range) -> None:
    now = utc_text(START)
    db.executemany(
        "INSERT INTO persons (id, name, role, made_at) VALUES (?, ?, 'facilitator', ?)",
        [(one, f"Orang {one}", now) for one in people],
    )
    db.executemany(
        "INSERT INTO chats (chat, channel, address, person_id) VALUES (?, 'telegram', ?, ?)",
        [(f"telegram:{one}", str(one), one) for one in people],
    )
    for one in people:
        invitations.invite(db, 1, one)
    # It goes on for as long as the soak does.
    later = utc_text(START + timedelta(days=6))
    db.execute("UPDATE slots SET closes_at = ?, planned_until = ?", (later, later))
