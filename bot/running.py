"""Running the office's bot: one process, its web side, its door, its watchdog, and an orderly stop."""

import asyncio
import gc
import logging
import os
import secrets
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import timedelta
from types import FrameType

from bot.app import App, Plan, build, channels_of
from bot.channels import whatsapp
from bot.channels.telegram import AnotherPoller, Telegram, TokenInvalid, Unreachable
from bot.channels.whatsapp import WhatsApp
from bot.clock import Clock, MovableClock, from_utc_text
from bot.deep_links import DeepLinks
from bot.door import open_door
from bot.settings import Settings, keeping_of
from bot.single import only_one
from bot.version import program_version
from bot.watchdog import DEAF_AFTER, PollingDead, watch
from bot.web.board import board_routes
from bot.web.server import make_app, serve
from bot.web.whatsapp import whatsapp_routes
from storage.health import health
from storage.seeds import load_seeds

log = logging.getLogger(__name__)

NO_CHANNEL = (
    "no channel: set TELEGRAM_TOKEN (a token from @BotFather) or WHATSAPP_TOKEN in .env, or try: python -m bot demo"
)
ASK_AGAIN_AFTER = timedelta(seconds=30)
GARBAGE_LOOKED_FOR = (10_000, 20, 20)  # after so many new objects, and every so many looks at older and at all of them
STOP_SECONDS = 28.0  # supervisors kill after 30
FATAL: dict[type[Exception], str] = {
    TokenInvalid: "Telegram refuses TELEGRAM_TOKEN: copy it from @BotFather again",
    AnotherPoller: "another program receives with this TELEGRAM_TOKEN: stop it, then start again",
    PollingDead: "Telegram can be reached, but polling brought nothing for two minutes: start again",
}

Started = Callable[[App, int], None]
"""Is told when everything runs, and on which port the web side is."""


class CannotRun(Exception):
    """The bot cannot run, or had to stop; the text is one line for whoever started it."""


async def run_office(settings: Settings, started: Started = lambda app, port: None) -> None:
    """Run until cancelled. Raises CannotRun, AnotherProcess, NotOurDatabase or PragmaRefused."""
    make_channels = channels_of(settings)
    if make_channels is None:
        raise CannotRun(NO_CHANNEL)
    clock = MovableClock()
    links = DeepLinks()
    ports: list[int] = []  # where the web side answers, once it does

    def address(path: str) -> str:
        own = f"http://{settings.web_host}:{ports[0] if ports else settings.web_port}"
        return (settings.public_url or own).rstrip("/") + path

    plan = Plan(
        settings.data_dir,
        settings.office_name,
        settings.office_zone,
        make_channels,
        secrets.token_hex(8),
        link=links.link,
        address=address,
        keeping=keeping_of(settings),
    )
    async with AsyncExitStack() as stack:
        stack.enter_context(only_one(settings.data_dir))
        app = await stack.enter_async_context(build(plan, clock))
        for channel in app.channels.values():
            if isinstance(channel, Telegram | WhatsApp):
                stack.push_async_callback(channel.close)
        await app.database.write(load_seeds)
        await stack.enter_async_context(open_door(settings.data_dir, app.database))
        routes = board_routes(app.database, clock, settings.office_name, links.link, links.links)
        for channel in app.channels.values():
            routes += whatsapp_routes(channel) if isinstance(channel, WhatsApp) else []
        web = make_app(routes, health=_health_of(app, clock))
        try:
            port = await stack.enter_async_context(serve(web, settings.web_host, settings.web_port))
        except OSError as why:
            where = f"{settings.web_host}:{settings.web_port}"
            raise CannotRun(f"WEB_HOST:WEB_PORT {where} cannot be used: {why.strerror}") from None
        ports.append(port)
        started(app, port)
        await _run_parts(app, clock, links.names)


async def _run_parts(app: App, clock: Clock, names: dict[str, str]) -> None:
    try:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(app.run(), name="app")
            for channel in app.channels.values():
                if isinstance(channel, Telegram):
                    parts.create_task(watch(channel, clock), name=f"watchdog of {channel.name}")
                if isinstance(channel, Telegram | WhatsApp):
                    parts.create_task(_learn_name(channel, clock, names), name=f"name on {channel.name}")
    except BaseExceptionGroup as group:
        for kind, words in FATAL.items():
            if group.subgroup(kind):
                raise CannotRun(words) from None
        raise


async def _learn_name(channel: Telegram | WhatsApp, clock: Clock, names: dict[str, str]) -> None:
    """Ask what the bot is called, which its deep links need, until the channel can be reached."""
    while channel.name not in names:
        try:
            names[channel.name] = await channel.me()
        except whatsapp.TokenInvalid as why:
            # The other channel goes on; what is to leave by this one pauses at the first refusal, and health says so.
            log.error("%s; run: python -m bot check", why)
            return
        except (Unreachable, whatsapp.Unreachable):
            await clock.wait(asyncio.Event(), clock.now() + ASK_AGAIN_AFTER)


def run_until_stopped(work: Awaitable[None]) -> None:
    """Run `work` on a fast loop until it ends, or until SIGTERM or Ctrl+C lets it finish what is on its way."""

    async def guarded() -> None:
        task = asyncio.ensure_future(work)
        with _stopping(task):
            try:
                await task
            except asyncio.CancelledError:
                if not task.cancelled():
                    raise

    try:
        import uvloop

        factory: Callable[[], asyncio.AbstractEventLoop] | None = uvloop.new_event_loop
    except ImportError:  # Windows
        factory = None
    # What was imported lives as long as the process: to look through it for garbage took a fifth of a busy bot's time.
    gc.freeze()
    gc.set_threshold(*GARBAGE_LOOKED_FOR)
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(guarded())


@contextmanager
def _stopping(task: asyncio.Future[None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not task.done():
            task.cancel()
            # A disk that no longer answers must not keep the process for ever; what was acknowledged is stored anyway.
            loop.call_later(STOP_SECONDS, os._exit, 1)

    def stop_soon(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)

    signals = (signal.SIGTERM, signal.SIGINT)
    before = {one: signal.signal(one, stop_soon) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _health_of(app: App, clock: Clock) -> Callable[[], Awaitable[Mapping[str, object]]]:
    boot = clock.now()

    async def answer() -> Mapping[str, object]:
        """Say counts and ages, never names: whoever reaches the port may read it."""
        now = clock.now()
        seen = await app.database.read(health)
        polls = [channel.last_poll for channel in app.channels.values() if isinstance(channel, Telegram)]
        saved = seen.backup.saved
        deaf = any(now - (poll or boot) >= DEAF_AFTER for poll in polls)
        return {
            "ok": not seen.paused and not deaf,
            "version": program_version(),
            "uptime_seconds": int((now - boot).total_seconds()),
            "last_poll_seconds": [int((now - poll).total_seconds()) if poll else None for poll in polls],
            "inbox_new": seen.letters_new,
            "inbox_parked": sum(seen.letters_parked.values()),
            "outbox": seen.outbox,
            "paused": list(seen.paused),
            "last_backup_seconds": int((now - from_utc_text(saved.at)).total_seconds()) if saved else None,
            "schema": seen.schema,
        }

    return answer
