"""Power lost at any byte: what the log holds is a prefix of the turns, whole ones; and no answer before its sync (T4).

`python -m tests.prove T4` prints the figures. No power is cut: the write-ahead log is cut short or scrambled, as a disk
leaves it that had written only part of what was not yet synced; and strace watches what is synced before what is said.
"""

import re
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random

from bot.clock import utc_text
from bot.message import Message
from storage import chats, inbox, outbox
from storage.database import Connection, Database
from tests.proofs import ledger
from tests.proofs.people import START

SEED = 4
TURNS = 60
ACKED = "acknowledged "


def take_turn(db: Connection, number: int) -> None:
    """Store a letter, take it and post its answer, as one turn does."""
    now, chat = utc_text(START), f"telegram:{number % 7}"
    letter = inbox.store(db, "telegram", str(number), chat, "{}", now)
    assert letter is not None
    chats.hear(db, chat, "telegram", "Siti", now)
    inbox.take(db, [letter.id])
    body = Message.of(f"Tercatat hadir, No. {number}." + "." * (number % 900)).to_json()
    outbox.post(db, chat=chat, body=body, kind="reply", lane=0, now=now, person_id=None, dedupe=f"turn:{number}")


async def power_loss(folder: Path, cuts: int) -> str:
    """Cut or scramble the log so often; return the figures."""
    dice = Random(SEED)
    store = await Database.open(folder / "pkh.sqlite3")
    log = folder / "pkh.sqlite3-wal"
    synced: list[int] = []  # how long the log was when each turn was acknowledged
    for number in range(TURNS):
        await store.write(take_turn, number)
        synced.append(log.stat().st_size)
    left = folder / "left"
    left.mkdir()
    for path in folder.glob("pkh.sqlite3*"):
        shutil.copy(path, left)
    await store.close()
    whole, shorter, inconsistent = (left / "pkh.sqlite3-wal").read_bytes(), 0, []
    for number in range(cuts):
        at = dice.randrange(32, len(whole))
        kept = whole[:at]
        if number % 2:  # what was not synced may be anything
            kept += dice.randbytes(min(len(whole) - at, 20_000))
        cut = folder / f"cut{number}"
        cut.mkdir()
        shutil.copy(left / "pkh.sqlite3", cut)
        (cut / "pkh.sqlite3-wal").write_bytes(kept)
        again = await Database.open(cut / "pkh.sqlite3")
        taken, answered, numbers = await again.read(_what_is_there)
        await again.close()
        with closing(ledger.connect(cut)) as db:
            broken = list(ledger.what_is_broken(db))
        sure = sum(size <= at for size in synced)
        if broken or taken != answered or numbers != list(range(taken)) or taken < sure:
            inconsistent.append((at, taken, answered, sure, broken))
        shorter += taken < TURNS
        shutil.rmtree(cut)
    assert inconsistent == []
    return (
        f"{cuts} logs cut or scrambled at a random byte: {shorter} shorter than they were, each a prefix of whole "
        f"turns with everything synced before the cut in it; inconsistent: 0"
    )


def _what_is_there(db: Connection) -> tuple[int, int, list[int]]:
    taken = db.execute("SELECT count(*) FROM inbox WHERE state = 'done'").fetchone()[0]
    rows = db.execute("SELECT dedupe FROM outbox ORDER BY id").fetchall()
    return taken, len(rows), [int(row[0].partition(":")[2]) for row in rows]


def trace(folder: Path, turns: int) -> str:
    """Watch the system calls of so many turns: each is synced between its last write and its acknowledgement.

    Where nothing may be watched, a container say, that is what the line says.
    """
    if shutil.which("strace") is None:
        return "not watched: strace is not installed"
    told = folder / "trace"
    calls = "fdatasync,fsync,pwrite64,write,openat"
    watched = ["strace", "-f", "-y", "-s", "40", "-e", f"trace={calls}", "-o", told]
    done = subprocess.run(
        [*watched, sys.executable, "-m", "tests.proofs.test_power", folder, f"{turns}"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        return "not watched: this machine lets no process watch another"
    assert done.returncode == 0, done.stderr[-500:]
    acknowledged = unsynced = early = syncs = 0
    for line in told.read_text(errors="replace").splitlines():
        if re.search(r"pwrite64\(\d+<[^>]*-wal>", line):
            unsynced += 1
        elif re.search(r"f(?:data)?sync\(\d+<[^>]*-wal>", line):
            syncs += 1
            unsynced = 0
        elif f'"{ACKED}' in line:
            acknowledged += 1
            early += unsynced > 0
    assert (acknowledged, early) == (turns, 0)
    assert syncs >= turns
    return f"strace of {turns} turns: {syncs} syncs of the log, answers given before their sync: {early}"


async def _be_traced(folder: Path, turns: int) -> None:
    store = await Database.open(folder / "pkh.sqlite3")
    for number in range(turns):
        await store.write(take_turn, number)
        sys.stdout.write(f"{ACKED}{number}\n")
        sys.stdout.flush()
    await store.close()


async def test_ten_cuts_of_the_power(tmp_path: Path) -> None:
    """Ten: enough to notice at every run of the suite."""
    assert "inconsistent: 0" in await power_loss(tmp_path, 10)


if __name__ == "__main__":
    import asyncio

    asyncio.run(_be_traced(Path(sys.argv[1]), int(sys.argv[2])))
