"""Making an invite: a token for the link, a code to type, and the name of the bot that the link leads to."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.channel import Arrived
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.clock import MovableClock, utc_text
from bot.door import at_the_store
from bot.settings import Settings, whatsapp_account

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L: people read the code to each other
LIVES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is shown once; only digests of it are kept. `title` is the role as people read it."""

    title: str
    token: str
    code: str
    until: datetime


async def invite(settings: Settings, role: str) -> Invitation:
    """Keep a new invite. Raises Refused for a role that there is not, and NobodyAnswers."""
    token = secrets.token_hex(16)
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    now = MovableClock().now()
    async with at_the_store(settings.data_dir) as do:
        until = now + LIVES
        title = await do("invite", role=role, token=token, code=code, expires_at=utc_text(until), now=utc_text(now))
    return Invitation(title, token, code, until)


async def ask_bot_name(settings: Settings) -> str:
    """Ask Telegram for the bot's username. Raises TokenInvalid or Unreachable."""
    assert settings.telegram_token is not None, "the caller has looked"
    token = settings.telegram_token.get_secret_value()

    asking = Telegram(
        token,
        settings.telegram_api_url,
        store=_store,
        keep=_keep,
        open=_read,
        clock=MovableClock(),
        answer_within=10.0,
    )
    try:
        return await asking.me()
    finally:
        await asking.close()


@asynccontextmanager
async def asking_whatsapp(settings: Settings) -> AsyncIterator[WhatsApp]:
    """Give a WhatsApp that can be asked about itself."""
    account = whatsapp_account(settings)
    asking = WhatsApp(*account, store=_store, keep=_keep, open=_read, clock=MovableClock(), answer_within=10.0)
    try:
        yield asking
    finally:
        await asking.close()


async def ask_number(settings: Settings) -> str:
    """Ask WhatsApp for our number, digits alone. Raises whatsapp.TokenInvalid or whatsapp.Unreachable."""
    async with asking_whatsapp(settings) as asking:
        return await asking.me()


# Who only asks never receives: nothing arrives, and nothing is kept.


async def _store(arrived: list[Arrived]) -> None:
    raise NotImplementedError


async def _keep(content: bytes, type: str) -> str:
    raise NotImplementedError


async def _read(digest: str) -> bytes:
    raise NotImplementedError
