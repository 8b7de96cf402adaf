"""The watchdog: it ends the process when Telegram answers but polling brings nothing, for a supervisor to restart."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Protocol

from bot.channels.telegram import Unreachable
from bot.clock import Clock

log = logging.getLogger(__name__)

DEAF_AFTER = timedelta(seconds=120)
LOOKS_EVERY = timedelta(seconds=30)


class PollingDead(Exception):
    """Telegram can be reached, and yet no poll has come back for DEAF_AFTER."""


class Polls(Protocol):
    """What the watchdog looks at."""

    last_poll: datetime | None

    async def me(self) -> str:
        """Return the bot's name. Raises Unreachable."""
        ...


async def watch(channel: Polls, clock: Clock) -> None:
    """Look every half a minute until cancelled. Raises PollingDead.

    While Telegram itself cannot be reached a new process would hear no more than this one: an office without internet
    keeps its bot.
    """
    since = clock.now()
    never = asyncio.Event()
    while True:
        due = clock.now() + LOOKS_EVERY
        while clock.now() < due:
            await clock.wait(never, due)
        heard = max(since, channel.last_poll or since)
        if clock.now() - heard < DEAF_AFTER:
            continue
        try:
            await channel.me()
        except Unreachable as why:
            log.warning("telegram cannot be reached error=%s", type(why).__name__)
            continue
        # The line may have come back just now: the poll gets the time of one more look.
        if clock.now() - max(since, channel.last_poll or since) >= DEAF_AFTER + LOOKS_EVERY:
            raise PollingDead
