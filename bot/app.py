"""The one place that builds things: it puts store, channels, turns and courier together, and runs them."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.audit_watch import AuditWatch
from bot.backup import Keeping
from bot.board_pictures import BoardPictures
from bot.channels.channel import Arrived, Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.clock import Clock
from bot.courier import Courier
from bot.decisions import Decisions
from bot.erasing import Erasing
from bot.ladder import Ladder
from bot.lanes import ALBUM_QUIET, Inlet, Lanes
from bot.live_cards import LiveCards
from bot.media import Media
from bot.memory import Memory
from bot.menus import Menus
from bot.newly_listed import NewlyListed
from bot.nightly import Nightly
from bot.pacer import Limits, Pacer
from bot.posting import Poster
from bot.reminders import Reminders
from bot.retention import Retention
from bot.routes import Routes
from bot.settings import Settings, whatsapp_account
from bot.sweeping import NAME as ENGINE
from bot.sweeping import Sweep
from bot.turns import Turns
from handlers import (
    ERASURE_SAYINGS,
    build_routes,
    compose_board,
    compose_broken,
    compose_head,
    compose_late_backup,
    compose_live,
    compose_reminder,
    compose_unreached,
    let_in_listed,
)
from storage.channels_on import set_channels
from storage.database import Database

TICK_SECONDS = 15
CALLS_AT_ONCE = 128  # for each channel
PACE = {WhatsApp.name: Limits.whatsapp()}

MakeChannels = Callable[[Store, Keep, Open, Clock], Mapping[str, Channel]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an office's bot is built from.

    `pace` is per channel; one that is not named has its own limits, or Telegram's. `link` turns a deep link's payload
    into an address, '' where there is none; `address` does so with a path of the web side. Without `keeping` nobody
    expects backups.
    """

    folder: Path
    office: str
    zone: str
    make_channels: MakeChannels
    boot_id: str
    pace: Mapping[str, Limits] = field(default_factory=dict)
    link: Callable[[str], str] = lambda payload: ""
    address: Callable[[str], str] = lambda path: f"http://127.0.0.1:8080{path}"
    make_routes: Callable[[str, Callable[[str], str], Callable[[str], str]], Routes] = build_routes
    workers: int = CALLS_AT_ONCE
    album_quiet: timedelta = ALBUM_QUIET
    rng: random.Random = field(default_factory=random.Random)
    keeping: Keeping | None = None


@dataclass(frozen=True, slots=True)
class App:
    """The parts of a running bot."""

    plan: Plan
    clock: Clock
    database: Database
    media: Media
    channels: Mapping[str, Channel]
    poster: Poster
    lanes: Lanes
    courier: Courier
    reminders: Reminders
    ladder: Ladder
    live_cards: LiveCards
    board_pictures: BoardPictures
    sweep: Sweep
    newly_listed: NewlyListed
    erasing: Erasing
    retention: Retention
    menus: Menus
    audit_watch: AuditWatch
    memory: Memory
    nightly: Nightly | None

    async def tick(self) -> None:
        """Let in who is listed, post what is due, close and erase what waited, watch audit and memory, and back up."""
        await self.newly_listed.look()
        await self.reminders.post_due()
        await self.ladder.climb()
        await self.live_cards.rewrite_due()
        await self.board_pictures.refresh()
        await self.media.put_away()
        await self.erasing.work_off()
        await self.retention.blank_old()
        if expired := await self.sweep.find_expired():
            await self.lanes.store(expired)
        await self.audit_watch.look()
        await self.memory.look()
        if self.nightly is not None:
            await self.nightly.turn()
        self.courier.wake()
        self.menus.wake()

    async def recover(self) -> None:
        """Take up what the last process left: messages half sent, and letters not answered."""
        await self.erasing.recover()
        await self.database.write(set_channels, {name: _traits(one) for name, one in self.channels.items()})
        await self.courier.recover()
        await self.lanes.recover()
        if self.nightly is not None:
            await self.nightly.recover()

    async def run(self) -> None:
        """Receive, answer, remind and send until cancelled, or until one of the parts is broken."""
        await self.recover()
        scheduler = AsyncIOScheduler(timezone=UTC)
        # One job, and the tables are the truth: nothing is lost when a tick is late or missed.
        scheduler.add_job(
            self.tick, "interval", seconds=TICK_SECONDS, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        scheduler.start()
        try:
            await self.tick()
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self.courier.run(), name="courier")
                parts.create_task(self.menus.run(), name="menus")
                for channel in self.channels.values():
                    parts.create_task(channel.run(), name=channel.name)
        finally:
            scheduler.shutdown(wait=False)
            await self.lanes.close()
            await self.courier.stop()
            if self.nightly is not None:
                await self.nightly.stop()


@asynccontextmanager
async def build(plan: Plan, clock: Clock) -> AsyncIterator[App]:
    """Open the store and put everything together; nothing runs yet."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    database = await Database.open(plan.folder / "pkh.sqlite3")
    try:
        yield assemble(plan, clock, database)
    finally:
        await database.close()


def assemble(plan: Plan, clock: Clock, database: Database) -> App:
    """Put the parts together around an open store."""
    media = Media(plan.folder / "media", database, clock)

    async def store(arrived: list[Arrived]) -> None:
        await lanes.store(arrived)  # the channels come first, the lanes that they fill after them

    channels = plan.make_channels(store, media.receive, media.open, clock)
    poster = Poster({name: channel.capabilities for name, channel in channels.items()})
    pacers = {name: Pacer(plan.pace.get(name) or PACE.get(name, Limits())) for name in channels}
    courier = Courier(database, channels, clock, pacers, boot_id=plan.boot_id, workers=plan.workers, rng=plan.rng)
    routes = plan.make_routes(plan.office, plan.link, plan.address)
    decisions = Decisions(database, routes, clock, plan.zone, media)
    turns = Turns(database, decisions, poster, clock, plan.zone, courier.wake)
    sweep = Sweep(database, clock)
    listed = NewlyListed(database, poster, clock, plan.zone, let_in_listed)
    inlets: dict[str, Inlet] = {**channels, ENGINE: sweep}
    lanes = Lanes(database, inlets, turns, clock, album_quiet=plan.album_quiet)
    reminders = Reminders(database, poster, clock, compose_reminder, plan.zone)
    ladder = Ladder(database, poster, clock, compose_unreached, plan.zone)
    live = LiveCards(database, poster, clock, compose_live)
    boards = BoardPictures(database, poster, media, clock, plan.link, compose_board)
    lists = plan.folder, (plan.keeping or Keeping()).folder_of(plan.folder)
    erasing = Erasing(database, poster, media, clock, plan.zone, lists, ERASURE_SAYINGS)
    retention = Retention(database, clock)
    menus = Menus(database, channels, routes, clock)
    watch = AuditWatch(database, poster, clock, compose_broken, compose_head, plan.zone)
    nightly = (
        Nightly(plan.folder, plan.keeping, database, poster, clock, compose_late_backup, plan.zone)
        if plan.keeping is not None
        else None
    )
    return App(
        *(plan, clock, database, media, channels, poster, lanes, courier, reminders, ladder, live, boards, sweep),
        *(listed, erasing, retention, menus, watch, Memory(), nightly),
    )


def _traits(channel: Channel) -> tuple[int | None, bool]:
    """Return a channel's window in seconds, and whether it sends receipts."""
    can = channel.capabilities
    return (int(can.window.total_seconds()) if can.window else None), can.receipts


def channels_of(settings: Settings) -> MakeChannels | None:
    """Return how to build the channels that have a token; None when no channel has one."""
    if settings.telegram_token is None and settings.whatsapp_token is None:
        return None

    def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        made: dict[str, Channel] = {}
        if settings.telegram_token is not None:
            token, url = settings.telegram_token.get_secret_value(), settings.telegram_api_url
            made[Telegram.name] = Telegram(token, url, store=store, keep=keep, open=open, clock=clock)
        if settings.whatsapp_token is not None:
            made[WhatsApp.name] = WhatsApp(*whatsapp_account(settings), store=store, keep=keep, open=open, clock=clock)
        return made

    return make
