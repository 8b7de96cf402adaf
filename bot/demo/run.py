"""The demo: the whole bot on a page of simulated phones, in the middle of a story, with a clock that can be moved."""

import asyncio
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import App, Plan, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.simulator import NAME, Simulator
from bot.clock import Clock, MovableClock, from_utc_text
from bot.demo import story
from bot.demo.desk import make_desk
from bot.demo.replay import Replay
from bot.pacer import Limits
from bot.web.board import board_routes
from bot.web.server import LOOPBACK, make_app, serve
from bot.web.simulator import routes
from storage import desk

Started = Callable[[str], None]
"""Is told the page's address when everything runs."""

SECOND = timedelta(seconds=1)

OFFICE = "Dinas Sosial Kabupaten Langkat"
ZONE = "Asia/Jakarta"

HINTS = (
    "Di HP operator: Kegiatan, Papan, Layar. Buka tautannya: itulah proyektor di depan ruangan.",
    "Tekan +10 menit sampai lewat pukul 07.00: peserta berdatangan. Kirim kode di layar dari HP Siti Aminah.",
    "Tekan +1 hari beberapa kali, lalu di HP operator: Kegiatan, Rekap. Daftar hadir, cetak, sertifikat.",
    "Di HP Siti ketik: p2k2 melati 2.2 kemarin jam 2 siang 3s 7i 12, lalu Simpan.",
    "HP terakhir belum terdaftar: ketik halo, lalu Bagikan nomor saya.",
)
TRY_FIRST = (
    "The page shows six phones of Dinas Sosial Kabupaten Langkat on Sunday, 12 November 2023, just before the first "
    "day of a three-day Bimtek. On the operator's phone choose Kegiatan, Papan, Layar and open the link: that is the "
    "projector. Move the clock past 07.00 and the others arrive by themselves; type the code on Siti Aminah's phone. "
    "Days later, Kegiatan and Rekap give the workbook, the lists to sign and the certificates."
)


async def run_demo(host: str, port: int, keep: Path | None, started: Started = lambda address: None) -> None:
    """Serve the demo until cancelled; `keep` is a folder in which it goes on next time, None throws it away."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pkh-demo-")))
        clock = MovableClock(datetime.combine(*story.BEGINS, ZoneInfo(ZONE)))
        addresses: list[str] = []  # of the page, once it is served

        def address(path: str) -> str:
            return addresses[0].rstrip("/") + path if addresses else path

        def tell(served: str) -> None:
            addresses.append(served)
            started(served)

        async with build(plan_demo(folder, address), clock) as app:
            if latest := await app.database.read(desk.latest_moment):
                clock.move(from_utc_text(latest) - clock.now())
            else:
                await story.tell(app, clock, ZONE)
            await _serve(app, clock, host, port, tell)


def plan_demo(folder: Path, address: Callable[[str], str] = lambda path: path) -> Plan:
    """Return the plan of the demo's bot: the simulator alone, without limits."""

    def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        return {NAME: Simulator(store=store, keep=keep, open=open, clock=clock)}

    return Plan(
        folder,
        OFFICE,
        ZONE,
        make,
        boot_id=secrets.token_hex(8),
        pace={NAME: Limits.open()},
        address=address,
    )


async def _serve(app: App, clock: MovableClock, host: str, port: int, started: Started) -> None:
    channel = app.channels[NAME]
    assert isinstance(channel, Simulator)

    async def health() -> Mapping[str, object]:
        return {"ok": True}

    page = make_app(
        [
            *board_routes(app.database, clock, app.plan.office, app.plan.link),
            *routes(make_desk(app, clock, channel, HINTS)),
        ],
        health=health,
        closing=[channel.hang_up],
        hosts=LOOPBACK if host in LOOPBACK else (),
    )
    async with serve(page, host, port) as bound, asyncio.TaskGroup() as parts:
        parts.create_task(app.run(), name="app")
        parts.create_task(_tick_when_moved(app, clock), name="ticks")
        parts.create_task(_follow(Replay(app, channel, clock, story.phones_on_page()), clock), name="guests")
        started(f"http://{host}:{bound}/")


async def _follow(replay: Replay, clock: MovableClock) -> None:
    """Let the guests do what is due, every second and whenever somebody has moved the clock."""
    while True:
        await replay.catch_up()
        await clock.wait(asyncio.Event(), clock.now() + SECOND)


async def _tick_when_moved(app: App, clock: MovableClock) -> None:
    """Look for reminders as soon as somebody has moved the clock, not only at the next tick."""
    while True:
        await clock.wait(asyncio.Event(), None)
        await app.tick()
