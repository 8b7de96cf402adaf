"""Proves the promises: runs T1 to T9 and T12, and prints their figures as a table. `python -m tests.prove --help`.

Each proof is a process of its own, two at a time; what goes wrong is printed, and the exit status is 1.
"""

import argparse
import asyncio
import inspect
import logging
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Proof:
    """One line of the table: `part(folder, size)` returns its figures, each size in CI and at night."""

    name: str
    shows: str
    part: Callable[[], Callable[..., Any]]
    ci: tuple[int, ...]
    nightly: tuple[int, ...]


def _from(module: str, name: str) -> Callable[[], Callable[..., Any]]:
    def load() -> Callable[..., Any]:
        found = __import__(f"tests.proofs.{module}", fromlist=[name])
        part: Callable[..., Any] = getattr(found, name)
        return part

    return load


PROOFS = (
    Proof("T1", "kill -9 at random under load", _from("test_kill", "kill"), (200, 60), (2_000, 60)),
    Proof("T2", "a model of an office's life", _from("test_model", "model"), (100, 30), (2_000, 60)),
    Proof("T3", "a crash at every write", _from("test_crash_matrix", "crash_matrix"), (12,), (1_000,)),
    Proof("T4", "power lost at a random byte", _from("test_power", "power_loss"), (100,), (1_000,)),
    Proof("T4", "synced before it is said", _from("test_power", "trace"), (20,), (200,)),
    Proof("T5", "a bad network, Telegram", _from("test_network", "bad_network"), (2_000,), (35_000,)),
    Proof("T5", "a bad network, WhatsApp", _from("test_network", "bad_graph"), (500,), (5_000,)),
    Proof("T6", "everything delivered four times", _from("test_redelivery", "redelivery"), (1_000,), (20_000,)),
    Proof("T6", "each role at each command and button", _from("test_redelivery", "rights"), (), ()),
    Proof("T7", "broken updates, Telegram", _from("test_fuzz", "fuzz"), (10_000,), (200_000,)),
    Proof("T7", "broken webhooks, WhatsApp", _from("test_forgery", "broken_webhooks"), (2_000,), (50_000,)),
    Proof("T8", "time", _from("test_clock", "clock_cases"), (300,), (10_000,)),
    Proof("T9", "a broadcast, stopped", _from("test_broadcast", "broadcast"), (5_000,), (35_000,)),
    Proof("T12", "a soak", _from("test_soak", "soak"), (2, 6, 170), (24, 24, 2_000)),
)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("proofs", nargs="*", metavar="T", help="T1 … T9, T12; all of them without any")
    parser.add_argument("--nightly", action="store_true", help="the larger sizes: hours, not minutes")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="proofs at a time (2)")
    parser.add_argument("--coverage", action="store_true", help="instead: measure what the tests cover of what counts")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    unknown = set(chosen.proofs) - {one.name for one in PROOFS}
    if unknown:
        parser.error(f"there is no proof {', '.join(sorted(unknown))}; there are T1 to T9 and T12")
    if chosen.one is not None:
        _run_one(PROOFS[chosen.one], nightly=chosen.nightly)
    elif chosen.coverage:
        from tests.proofs.covered import measure

        sys.exit(measure())
    else:
        wanted = [at for at, one in enumerate(PROOFS) if not chosen.proofs or one.name in chosen.proofs]
        sys.exit(asyncio.run(_run_all(wanted, nightly=chosen.nightly, jobs=chosen.jobs)))


def _run_one(proof: Proof, *, nightly: bool) -> None:
    """Run a proof in this process, in memory where there is room, and print its figures."""
    logging.disable(logging.CRITICAL)  # what the bot logs while it is tormented is not what is looked at
    memory = Path("/dev/shm")
    where = memory if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None
    with tempfile.TemporaryDirectory(prefix="prove-", dir=where) as folder:
        # Figures on memory would say nothing about a power cut; these are about what is written, and in which order.
        answer = proof.part()(Path(folder), *(proof.nightly if nightly else proof.ci), **_always(proof))
        figures = asyncio.run(answer) if inspect.iscoroutine(answer) else answer
    _print(f"FIGURES {figures}")


def _always(proof: Proof) -> dict[str, bool]:
    return {"actions": True} if "button" in proof.shows else {}


async def _run_all(wanted: list[int], *, nightly: bool, jobs: int) -> int:
    began, room, done = time.monotonic(), asyncio.Semaphore(jobs), 0

    async def run(at: int) -> tuple[int, str, float]:
        nonlocal done
        async with room:
            since = time.monotonic()
            command = [sys.executable, "-m", "tests.prove", "--one", str(at), *(["--nightly"] if nightly else [])]
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
            )
            out, err = await process.communicate()
            seconds = time.monotonic() - since
            done += 1
            said = out.decode().rpartition("FIGURES ")[2].strip()
            status = int(process.returncode or 0) or int(not said)
            ended = "FAILED" if status else "ok"
            said = said if not status else (err.decode().strip() or "nothing was said")[-3000:]
            _tell(f"{done}/{len(wanted)} {PROOFS[at].name} {PROOFS[at].shows}: {ended}, {seconds:.0f} s")
            if status:
                _tell(said)  # the others may take hours yet
            return status, said, seconds

    longest_first = sorted(wanted, key=lambda at: PROOFS[at].name not in ("T1", "T2", "T3", "T12"))
    results = dict(zip(longest_first, await asyncio.gather(*map(run, longest_first)), strict=True))
    _print(f"\n{_machine()}, {'nightly' if nightly else 'CI'} size, {(time.monotonic() - began) / 60:.1f} minutes\n")
    _print("| test | shows | figures | s | holds |\n|---|---|---|---|---|")
    for at in wanted:
        status, said, seconds = results[at]
        cell = said.replace("|", "/").replace("\n", " ") if not status else "see below"
        _print(
            f"| {PROOFS[at].name} | {PROOFS[at].shows} | {cell} | {seconds:.0f} | {'yes' if not status else '**no**'} |"
        )
    broken = [at for at in wanted if results[at][0]]
    for at in broken:
        _print(f"\n{PROOFS[at].name} {PROOFS[at].shows} FAILED:\n{results[at][1]}")
    return int(bool(broken))


def _machine() -> str:
    load = f", load {os.getloadavg()[0]:.0f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}{load}"
    )


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
