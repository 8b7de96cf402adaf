"""Who takes part in the contests, and what each contest is."""

import asyncio
import random
import re
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bot.pacer import Limits
from tests.bench.arena import EVERY, Ledger, NotAnswered, Ran, contest
from tests.bench.crowd import BROADCAST, CODE, WORDS, build_store
from tests.bench.server import FREE

OURS, PTB, AIOGRAM = "pkh-bot", "python-telegram-bot", "aiogram"
ECHO = {PTB: "tests.bench.echo_ptb", AIOGRAM: "tests.bench.echo_aiogram"}
CHECK_IN = f"/hadir {CODE}"
RECEIPT = re.compile(r"Tercatat hadir, No\. (\d+)\. Orang (\d+),")


@dataclass(frozen=True)
class Middle:
    """The medians of several runs."""

    rate: float
    last: float
    middle: float
    cpu_each: float
    server_each: float
    peak: float

    @classmethod
    def of(cls, runs: list[Ran]) -> "Middle":
        """Return each figure's median."""
        return cls(
            median(run.rate for run in runs),
            median(run.seconds for run in runs),
            median(run.middle for run in runs),
            median(run.cpu_each for run in runs),
            median(1000 * run.server_cpu / run.answered for run in runs),
            median(run.peak for run in runs),
        )


def storm(who: str, people: int, delay: float) -> Ran:
    """Let so many people check in at the same moment; the echo bots echo the same words."""
    if who != OURS:
        ran = contest(ECHO[who], people=people, text=CHECK_IN, delay=delay, wanted=people)
        _must(sorted({chat for _, chat, _ in ran.ledger}) == list(range(1, people + 1)), who, "answered somebody twice")
        return ran
    with _store(people) as folder:
        arguments = (str(folder), "open")
        ran = contest(
            "tests.bench.ours", *arguments, people=people, text=CHECK_IN, delay=delay, wanted=people, log=folder / "log"
        )
        _check_receipts(folder, ran.ledger, set(range(1, people + 1)))
        return ran


def broadcast(people: int, delay: float, *, paced: bool = False) -> Ran:
    """Let a text go to so many people, whose rows wait in the store.

    Paced, it goes to a Telegram that refuses who is too fast, and one person after the other checks in meanwhile.
    """
    asking = _who_asks(people) if paced else []
    with _store(max([people, *asking]), broadcast=people) as folder:
        ran = contest(
            "tests.bench.ours",
            *(str(folder), "telegram" if paced else "open"),
            people=0,
            text=CHECK_IN,
            delay=delay,
            wanted=people + len(asking),
            log=folder / "log",
            begin=signal.SIGUSR1,
            asking=asking,
            free=FREE if paced else 0,
        )
        sent, replies = parts(ran)
        _must(sorted(chat for _, chat, _ in sent) == list(range(1, people + 1)), OURS, "somebody twice")
        _check_receipts(folder, replies, set(asking))
        with closing(sqlite3.connect(folder / "pkh.sqlite3")) as db:
            sql = "SELECT state, count(*), count(started_at), count(external_id) FROM outbox WHERE object = ?"
            _must(db.execute(sql, (BROADCAST,)).fetchall() == [("sent", people, people, people)], OURS, "states")
        return ran


def _who_asks(people: int) -> list[int]:
    """Choose who writes while the broadcast runs, by chance; half of them are none of its recipients."""
    half = int(people / Limits().overall / EVERY / 2)
    chance = random.Random(people)
    asking = chance.sample(range(1, people + 1), half) + list(range(people + 1, people + half + 1))
    return chance.sample(asking, len(asking))


def parts(ran: Ran) -> tuple[Ledger, Ledger]:
    """Tell a broadcast's messages from what others were answered meanwhile."""
    return [one for one in ran.ledger if one[2] == WORDS], [one for one in ran.ledger if one[2] != WORDS]


def waits(ran: Ran) -> list[float]:
    """Return how long each who wrote meanwhile waited until the server had the answer, the shortest first."""
    asked = {who: at for at, who in ran.asked}
    return sorted(at - asked[chat] for at, chat, _ in parts(ran)[1])


def _check_receipts(folder: Path, ledger: Ledger, people: set[int]) -> None:
    """Hold what people were told against what is stored: one check-in and one receipt for each."""
    found = [(chat, RECEIPT.search(said)) for _, chat, said in ledger]
    receipts = {chat: int(one[1]) for chat, one in found if one and int(one[2]) == chat}
    with closing(sqlite3.connect(folder / "pkh.sqlite3")) as db:
        stored = dict(db.execute("SELECT person_id, number FROM check_ins WHERE state = 'kept'"))
        letters = db.execute("SELECT count(*), total(state = 'done') FROM inbox").fetchone()
        sql = "SELECT count(*), total(state = 'sent') FROM outbox WHERE object <> ?"
        rows = db.execute(sql, (BROADCAST,)).fetchone()
    _must(receipts.keys() == people and len(found) == len(people), OURS, f"{len(found)} answers, {len(receipts)} right")
    _must(stored == receipts and sorted(stored.values()) == list(range(1, len(people) + 1)), OURS, "other numbers")
    _must(letters == rows == (len(people), len(people)), OURS, f"{letters} {rows}")


def _must(holds: bool, who: str, says: str) -> None:
    if not holds:
        raise NotAnswered(f"{who}: {says}")


@contextmanager
def _store(people: int, *, broadcast: int = 0) -> Iterator[Path]:
    """Lend a fresh folder with a store for so many people."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        asyncio.run(build_store(folder / "pkh.sqlite3", people, broadcast=broadcast))
        yield folder
        shutil.rmtree(folder / "media", ignore_errors=True)
