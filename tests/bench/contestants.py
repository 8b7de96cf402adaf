"""Who takes part in the contests, and what each contest is."""

import asyncio
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

from tests.bench.arena import NotAnswered, Ran, contest
from tests.bench.crowd import BROADCAST, CODE, WORDS, build_store

OURS, PTB, AIOGRAM = "pkh-bot", "python-telegram-bot", "aiogram"
ECHO = {PTB: "tests.bench.echo_ptb", AIOGRAM: "tests.bench.echo_aiogram"}
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
    text = f"/hadir {CODE}"
    if who != OURS:
        ran = contest(ECHO[who], people=people, text=text, delay=delay, wanted=people)
        _must(sorted({chat for _, chat, _ in ran.ledger}) == list(range(1, people + 1)), who, "answered somebody twice")
        return ran
    with _store(people) as folder:
        arguments = (str(folder), "open")
        ran = contest(
            "tests.bench.ours", *arguments, people=people, text=text, delay=delay, wanted=people, log=folder / "log"
        )
        _check_receipts(folder, ran, people)
        return ran


def broadcast(people: int, delay: float, pace: str = "open") -> Ran:
    """Let a text go to so many people, whose rows wait in the store."""
    with _store(people, broadcast=True) as folder:
        ran = contest(
            "tests.bench.ours",
            *(str(folder), pace),
            people=0,
            text="-",
            delay=delay,
            wanted=people,
            log=folder / "log",
            begin=signal.SIGUSR1,
        )
        _must(sorted(chat for _, chat, _ in ran.ledger) == list(range(1, people + 1)), OURS, "somebody twice")
        _must(all(said == WORDS for _, _, said in ran.ledger), OURS, "other words")
        with closing(sqlite3.connect(folder / "pkh.sqlite3")) as db:
            sql = "SELECT state, count(*), count(started_at), count(external_id) FROM outbox WHERE object = ?"
            _must(db.execute(sql, (BROADCAST,)).fetchall() == [("sent", people, people, people)], OURS, "states")
        return ran


def _check_receipts(folder: Path, ran: Ran, people: int) -> None:
    """Hold what people were told against what is stored: one check-in and one receipt for each."""
    found = [RECEIPT.search(said) for _, _, said in ran.ledger]
    receipts = {int(one[2]): int(one[1]) for one in found if one}
    with closing(sqlite3.connect(folder / "pkh.sqlite3")) as db:
        stored = dict(db.execute("SELECT person_id, number FROM check_ins WHERE state = 'kept'"))
        letters = db.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall()
        rows = db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall()
    _must(len(found) == len(receipts) == people, OURS, f"{len(found)} answers, {len(receipts)} receipts")
    _must(stored == receipts and sorted(stored.values()) == list(range(1, people + 1)), OURS, "other numbers")
    _must(letters == [("done", people)] and rows == [("sent", people)], OURS, f"{letters} {rows}")


def _must(holds: bool, who: str, says: str) -> None:
    if not holds:
        raise NotAnswered(f"{who}: {says}")


@contextmanager
def _store(people: int, *, broadcast: bool = False) -> Iterator[Path]:
    """Lend a fresh folder with a store for so many people."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        asyncio.run(build_store(folder / "pkh.sqlite3", people, broadcast=broadcast))
        yield folder
        shutil.rmtree(folder / "media", ignore_errors=True)
