"""Waiting for the bot, a process of its own: until it polls, and until it has come to rest."""

import asyncio
import sqlite3
import time
from datetime import timedelta

from bot.clock import from_utc_text, utc_text
from storage import delivery
from tests.proofs import ledger
from tests.proofs.people import Town
from tests.proofs.victim import Victim

STANDS_STILL = 30  # seconds of a busy machine: longer than a file is tried to be fetched


async def answering(town: Town, polls: int) -> None:
    """Wait until the bot that was started after so many polls has begun to poll."""
    async with asyncio.timeout(300):
        while town._polls <= polls:  # noqa: ASYNC110  # the fake is watched, it has no event for everything
            await asyncio.sleep(0.01)


async def come_to_rest(town: Town, victim: Victim, db: sqlite3.Connection) -> None:
    """Let the bot do what is left, in lives between which time leaps to when something is due again.

    However busy the machine: a life ends when nothing can be done yet, and the lives when one of them changes nothing.
    """
    before = None
    while (left := (ledger.what_is_left(db), len(town.pending))) != before:
        before = left
        polls = town._polls
        await victim.boot(town.time())
        await answering(town, polls)
        await _do_all_that_can_be_done(town, db)
        await victim.stop()
        if not town.pending and ledger.at_rest(db):
            return
        due = delivery.next_due(db, utc_text(town.time()), ["telegram"])
        leap = from_utc_text(due) - town.time() if due else timedelta()
        town.set_time(town.time() + max(leap, timedelta(minutes=2)))


async def _do_all_that_can_be_done(town: Town, db: sqlite3.Connection) -> None:
    """Return when what is left waits for a time, or when a bot that could do something has stood still."""
    left, since = None, time.monotonic()
    while town.pending or ledger.can_go_on(db, town.time()):
        if (now := (ledger.what_is_left(db), len(town.pending))) != left:
            left, since = now, time.monotonic()
        if time.monotonic() - since > STANDS_STILL:
            return
        await asyncio.sleep(0.05)
