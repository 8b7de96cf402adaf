"""`python -m tests.bench`: storms, broadcasts, dialogs, and the bot at rest, measured; each part is a command."""

import asyncio
import os
import platform
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.running import run_until_stopped
from tests.bench import backups, dialogs, idle, inside, meetings, national, pace
from tests.bench.arena import BOT_CORE, EVERY, SERVER_CORE, Ran, process, server
from tests.bench.contestants import AIOGRAM, OURS, PTB, Middle, broadcast, parts, storm, waits
from tests.bench.server import FREE, TOKEN

SLOW, AT_ONCE = 0.05, 0.0
Delay = Annotated[float, typer.Option(help="Seconds the server takes to answer; both 0 and 0.05 if not given.")]
Rounds = Annotated[int, typer.Option(min=1, help="Rounds; the figures are medians.")]
People = Annotated[int, typer.Option(min=1, help="How many people.")]

cli = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
out = Console(highlight=False)


@cli.command("ceiling")
def measure_ceiling(rounds: Rounds = 3, calls: int = 40_000) -> None:
    """Measure what the server itself can answer: it must never be what limits a bot."""
    rates = []
    with progress() as bar:
        for _ in bar.track(range(rounds), description="the server's ceiling"):
            with (
                server() as api,
                process(
                    "tests.bench.ceiling",
                    *(api.url.rpartition(":")[2], TOKEN, str(calls)),
                    core=BOT_CORE,
                    stdout=subprocess.PIPE,
                ) as caller,
            ):
                assert caller.stdout is not None
                rates.append(int(caller.stdout.readline()))
    out.print(f"{machine()}\nthe server answers {median(rates):.0f} calls a second")


@cli.command("storm")
def measure_storm(
    people: People = 5000,
    slow: Annotated[int, typer.Option(help="How many of them face the slow bot, python-telegram-bot.")] = 1000,
    rounds: Rounds = 5,
    delay: Delay = -1.0,
    alone: Annotated[bool, typer.Option(help="Without the bare bots.")] = False,
) -> None:
    """Let people check in at the same moment, beside bare echo bots that store nothing."""
    for seconds in (AT_ONCE, SLOW) if delay < 0 else (delay,):
        counts = {OURS: people} if alone else {PTB: slow, AIOGRAM: people, OURS: people}
        runs: dict[str, list[Ran]] = {who: [] for who in counts}
        with progress() as bar:
            for _ in bar.track(range(rounds), description=f"storm, server {1000 * seconds:.0f} ms"):
                for who, count in counts.items():
                    runs[who].append(storm(who, count, seconds))
        show_storm(runs, counts, f"{people} check-ins at once, server takes {1000 * seconds:.0f} ms, {rounds} rounds")


def show_storm(runs: dict[str, list[Ran]], counts: dict[str, int], title: str) -> None:
    """Print the medians, and the median of the ratios within a round."""
    heads = ("bot", "people", "answers/s", "median s", "last s", "CPU ms", "server ms", "peak MiB", "x it", "x CPU")
    table = table_of(title, *heads)
    for who, ran in runs.items():
        figures = Middle.of(ran)
        ratio = median(ours.rate / theirs.rate for ours, theirs in zip(runs[OURS], ran, strict=True))
        cheaper = median(theirs.cpu_each / ours.cpu_each for ours, theirs in zip(runs[OURS], ran, strict=True))
        table.add_row(
            who,
            str(counts[who]),
            f"{figures.rate:.0f}",
            f"{figures.middle:.2f}",
            f"{figures.last:.2f}",
            f"{figures.cpu_each:.2f}",
            f"{figures.server_each:.3f}",
            f"{figures.peak:.0f}",
            f"{ratio:.2f}",
            f"{cheaper:.2f}",
        )
    out.print(table)
    out.print(
        "x it: our answers a second in a round, by that bot's in the same round; x CPU: its CPU for one, by ours."
    )


@cli.command("broadcast")
def measure_broadcast(
    people: People = 5000,
    rounds: Rounds = 5,
    delay: Delay = SLOW,
    paced: Annotated[
        bool, typer.Option(help="At Telegram's pace, in real time, not as fast as it goes, while others check in.")
    ] = False,
) -> None:
    """Send a text to everybody, every row's states on the disk."""
    with progress() as bar:
        runs = [broadcast(people, delay, paced=paced) for _ in bar.track(range(rounds), description="broadcast")]
    table = table_of(
        f"a broadcast to {people}, server takes {1000 * delay:.0f} ms, {rounds} rounds",
        *("messages/s", "last s", "CPU ms", "peak MiB", "most in a second"),
    )
    figures = Middle.of(runs)
    most = max(most_in_a_second([at for at, _, _ in run.ledger]) for run in runs)
    rate, last = (median(one) for one in zip(*(rate_of(run) for run in runs), strict=True))
    table.add_row(f"{rate:.2f}", f"{last:.2f}", f"{figures.cpu_each:.2f}", f"{figures.peak:.0f}", str(most))
    out.print(table)
    if paced:
        show_replies(runs)


def rate_of(run: Ran) -> tuple[float, float]:
    """Return how many of a broadcast's messages were accepted a second, and when the last was."""
    sent = parts(run)[0]
    return len(sent) / sent[-1][0], sent[-1][0]


def show_replies(runs: list[Ran]) -> None:
    """Print how long those waited who checked in meanwhile; exit 1 if the server had to refuse anything."""
    refused, found = sum(run.refused for run in runs), sorted(wait for run in runs for wait in waits(run))
    out.print(
        f"meanwhile {len(found)} others checked in, one every {EVERY} s, and each had one receipt; from the moment the "
        f"letter could be read until the server accepted the receipt: median {median(found):.3f} s, "
        f"p99 {found[int(len(found) * 0.99)]:.3f} s, worst {found[-1]:.3f} s\n"
        f"429 (the server refuses what is more than {FREE} within a second): {refused}; CPU and most in a second count "
        "receipts, too"
    )
    if refused:
        raise typer.Exit(1)


@cli.command("pace")
def measure_pace(people: People = 35_000) -> None:
    """Send to everybody at Telegram's pace in simulated time, while others ask for the menu."""
    with progress() as bar:
        task = bar.add_task("paced broadcast", total=people)
        ran = asyncio.run(pace.paced(people, lambda done, of: bar.update(task, completed=done, total=of)))
    table = table_of(
        f"a broadcast to {people} at 25/s, simulated time",
        *("seconds", "share of the rate", "429s", "replies meanwhile", "median wait s", "p99 wait s"),
    )
    table.add_row(
        f"{ran.seconds:.0f}",
        f"{100 * ran.share:.2f} %",
        str(ran.refusals),
        str(ran.replies),
        f"{ran.middle:.2f}",
        f"{ran.p99:.2f}",
    )
    out.print(table)


@cli.command("dialog")
def measure_dialog(rounds: Rounds = 5, people: People = 40) -> None:
    """Measure what a turn costs at the tenth question of a dialog, and at the sixtieth."""
    with progress() as bar:
        runs = [asyncio.run(dialogs.turns(people)) for _ in bar.track(range(rounds), description="dialogs")]
    table = table_of(f"a turn of a dialog, ms of CPU, {rounds} rounds", "1st question", "10th", "60th")
    table.add_row(*(f"{median(run[number - 1] for run in runs):.2f}" for number in (1, 10, 60)))
    out.print(table)


@cli.command("inside")
def measure_inside(rounds: Rounds = 5, people: People = 2000) -> None:
    """Let people check in inside one process, without the network: what each of its threads takes."""
    spent: list[inside.Spent] = []

    async def storm() -> None:
        spent.append(await inside.storm(people))

    with progress() as bar:
        for _ in bar.track(range(rounds), description="inside"):
            run_until_stopped(storm())
    table = table_of(f"{people} check-ins, ms of CPU each, {rounds} rounds", "whole", "loop", "writer", "readers")
    parts = ("whole", "loop", "writer", "readers")
    table.add_row(*(f"{median(getattr(one, part) for one in spent):.3f}" for part in parts))
    out.print(table)


@cli.command("idle")
def measure_idle(
    rounds: Rounds = 5, week: Annotated[bool, typer.Option(help="Let a simulated week go by, too.")] = True
) -> None:
    """Measure the start, and the memory at rest; then whether a simulated week makes it more."""
    with progress() as bar:
        starts = [idle.start() for _ in bar.track(range(rounds), description="starts")]
    table = table_of(f"at rest, {rounds} rounds", "first poll after s", "CPU s", "memory MiB")
    table.add_row(
        f"{median(one.first_poll for one in starts):.2f}",
        f"{median(one.cpu for one in starts):.2f}",
        f"{median(one.memory for one in starts):.0f}",
    )
    out.print(table)
    if week:
        with progress() as bar:
            task = bar.add_task("a week", total=7)
            days = asyncio.run(idle.week(lambda day, of: bar.update(task, completed=day)))
        out.print(f"memory at the end of each day of a simulated week, MiB: {', '.join(f'{day:.1f}' for day in days)}")


@cli.command("national")
def measure_national(people: People = 35_000, storming: int = 2000, rounds: Rounds = 3) -> None:
    """Check in on a store of national size, and on a small one, in turns."""
    with progress() as bar:
        task = bar.add_task("national size", total=None)
        small, large, size = national.compare(people, storming, rounds, lambda what: bar.update(task, description=what))
    table = table_of(
        f"{storming} check-ins at once, {rounds} rounds", "store", "MiB", "answers/s", "CPU ms", "peak MiB"
    )
    for name, runs, mib in ((f"{storming} people", small, 0.0), (f"{people} people, ten years", large, size)):
        figures = Middle.of(runs)
        table.add_row(
            name, f"{mib:.0f}" if mib else "", f"{figures.rate:.0f}", f"{figures.cpu_each:.2f}", f"{figures.peak:.0f}"
        )
    out.print(table)


@cli.command("meetings")
def measure_meetings(people: People = 35_000, groups: int = 400_000, held: int = 5_000_000) -> None:
    """Log, remind and recap P2K2 on a store of national size, and on a small one."""
    sizes = meetings.Size(200, 2_400, 30_000), meetings.Size(people, groups, held)
    with progress() as bar:
        task = bar.add_task("P2K2 of the nation", total=None)
        found = meetings.compare(*sizes, lambda what: bar.update(task, description=what))
    heads = ("MiB", "bytes each", "log ms", "its CPU", "tick", "morning", "card", "workbook", "picture")
    table = table_of("P2K2, ms; a line and its yes; the recaps of 23 kecamatan", "meetings", *heads)
    for size, one in zip(sizes, found, strict=True):
        spans = (one.turn, one.turn_cpu, one.tick, one.morning, one.card, one.workbook, one.picture)
        table.add_row(
            str(size.meetings), f"{one.mib:.0f}", f"{one.each:.0f}", *(f"{1000 * each:.1f}" for each in spans)
        )
    out.print(table)


@cli.command("backup")
def measure_backup(
    people: People = 2_000, photos: Annotated[int, typer.Option(help="Of 150 kB each.")] = 4_000
) -> None:
    """Make the night's backup beside a running bot, restore it, and see what the loop and its writes felt of it."""
    with progress() as bar:
        task = bar.add_task("backup", total=None)
        ran = backups.measure(people, photos, lambda what: bar.update(task, description=what))
    table = table_of(
        f"the backup of a store of {people} people and {photos} photos",
        *("database MiB", "photos MiB", "archive MiB", "made and tried s", "its CPU s", "restored s"),
    )
    spans = (ran.store, ran.photos, ran.archive, ran.trial, ran.cpu, ran.restored)
    table.add_row(*(f"{one:.0f}" for one in spans[:3]), *(f"{one:.1f}" for one in spans[3:]))
    out.print(table)
    for when, felt in (("before", ran.before), ("meanwhile", ran.meanwhile)):
        told = ("/".join(f"{one:.1f}" for one in part) for part in (felt.loop, felt.write))
        out.print(f"{when}: the loop is late by, a small write takes, ms (median/99 %/worst): {', '.join(told)}")


def table_of(title: str, *columns: str) -> Table:
    """Begin a table under the machine and the day."""
    table = Table(title=f"{title}\n{machine()}", title_justify="left", title_style="")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number or len(columns) < 4 else "left")
    return table


def progress() -> Progress:
    """Show on stderr how far it is."""
    return Progress(console=Console(stderr=True), transient=True)


def most_in_a_second(times: list[float]) -> int:
    """Return the most that was accepted within any second."""
    first = most = 0
    for number, at in enumerate(times):
        while at - times[first] >= 1.0:
            first += 1
        most = max(most, number - first + 1)
    return most


def machine() -> str:
    """Say what was measured on, and when."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%d %B %Y, %H.%M} UTC; {os.cpu_count()} x {model}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}; server on core {SERVER_CORE}, bot on core {BOT_CORE}; load {load:.1f}"
    )


if __name__ == "__main__":
    sys.exit(cli())
