"""The demo: the story it starts in, and a field worker's morning in it, clicked in a real browser."""

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import build
from bot.channels.simulator import Simulator
from bot.clock import MovableClock, StoppedClock, utc_text
from bot.demo import story
from bot.demo.bimtek import SUBSTITUTES, guests
from bot.demo.desk import make_desk
from bot.demo.replay import Replay, check_ins
from bot.demo.run import HINTS, ZONE, plan_demo, run_demo
from storage.database import Connection
from tests.browser import CHROMIUM, NONE_HERE, open_page


def count(db: Connection, sql: str) -> int:
    """Return a single number."""
    return int(db.execute(sql).fetchone()[0])


async def test_the_story_leads_to_the_morning_of_the_bimtek(tmp_path: Path) -> None:
    """Announced to all 174, half answered, everybody reminded who was not away, and day one about to open."""
    clock = MovableClock(datetime.combine(*story.BEGINS, ZoneInfo(ZONE)))
    async with build(plan_demo(tmp_path), clock) as app:
        await story.tell(app, clock, ZONE)
        read = app.database.read
        assert f"{clock.now().astimezone(ZoneInfo(ZONE)):%F %H:%M}" == "2023-11-12 06:50"
        assert await read(count, "SELECT count(*) FROM districts") == 23
        assert await read(count, "SELECT count(*) FROM villages") == 277
        assert await read(count, "SELECT count(*) FROM lessons WHERE active = 1") == 29
        assert await read(count, "SELECT count(*) FROM persons WHERE role = 'facilitator'") == 151
        assert await read(count, "SELECT count(*) FROM persons WHERE role = 'tksk'") == 23
        assert await read(count, "SELECT count(*) FROM invitations WHERE own = 1") == 174
        assert await read(count, "SELECT count(*) FROM slots") == 6
        assert (
            await read(count, "SELECT count(*) FROM invitations WHERE instead_of IS NOT NULL AND answer = 'yes'") == 9
        )
        answered = await read(count, "SELECT count(*) FROM invitations WHERE own = 1 AND answer IS NOT NULL")
        assert answered == sum(one.answer != "" for one in guests()) == 93
        away = await read(count, "SELECT count(*) FROM invitations WHERE answer IN ('no', 'delegated')")
        reminded = await read(count, "SELECT count(*) FROM reminders WHERE sort = 'event' AND state = 'posted'")
        assert reminded == 168 + SUBSTITUTES - away
        assert await read(count, "SELECT count(*) FROM reminders WHERE sort = 'ended' AND state = 'posted'") == 1
        assert await read(count, "SELECT count(*) FROM meetings WHERE state = 'held'") > 2500
        assert await read(count, "SELECT count(*) FROM meetings WHERE state = 'planned'") == 5
        assert await read(count, "SELECT count(*) FROM outbox WHERE state NOT IN ('sent')") == 0
        assert await read(count, "SELECT count(*) FROM inbox WHERE state <> 'done'") == 0
        desk = make_desk(app, clock, app.channels["simulator"], HINTS)  # type: ignore[arg-type]
        titles = [phone.role for phone in await desk.phones()]
        assert sorted(titles) == ["", "Operator Dinsos", *["Pendamping PKH"] * 3, "TKSK"]


async def test_the_others_arrive_by_themselves_as_the_clock_comes_to_it(tmp_path: Path) -> None:
    """An hour after the doors opened most are there, each at the time of his or her own; a visitor's phones wait."""
    clock = StoppedClock(datetime.combine(*story.BEGINS, ZoneInfo(ZONE)))
    async with build(plan_demo(tmp_path), clock) as app:
        await story.tell(app, clock, ZONE)
        channel = app.channels["simulator"]
        assert isinstance(channel, Simulator)
        clock.move(timedelta(minutes=70))
        for _ in range(2):  # the second is a demo that was kept and goes on: nobody comes twice
            replay = Replay(app, channel, clock, story.phones_on_page())
            await replay.catch_up()
            await app.lanes.join()
        early = [one for one in check_ins(ZONE) if one.sent <= clock.now() and one.phone not in story.phones_on_page()]
        assert len(early) > 80
        found = await app.database.read(
            lambda db: db.execute(
                "SELECT p.phone, k.at FROM check_ins k JOIN persons p ON p.id = k.person_id WHERE k.level = 'B'"
            ).fetchall()
        )
        assert sorted(map(tuple, found)) == sorted((one.phone, utc_text(one.seen)) for one in early)


@pytest.mark.skipif(CHROMIUM is None, reason=NONE_HERE)
async def test_a_facilitator_checks_in_and_logs_a_meeting_by_clicking() -> None:
    """The code from the operator's phone is taken once the doors are open; the meeting is asked, shown and saved."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    demo = asyncio.create_task(run_demo("127.0.0.1", 0, None, address.set_result))
    await asyncio.wait([demo, address], return_when=asyncio.FIRST_COMPLETED)
    try:
        assert await open_page(await address, _morning, viewport={"width": 1500, "height": 950}) == []
    finally:
        demo.cancel()
        await asyncio.gather(demo, return_exceptions=True)


async def _morning(page: Any) -> None:
    await page.locator("body.online").wait_for()
    office = page.locator("[data-phone]", has_text="Rahmawati Nasution")
    siti = page.locator("[data-phone]", has_text="Siti Aminah").first

    async def say(phone: Any, words: str) -> None:
        await phone.locator("[name=text]").fill(words)
        await phone.locator("[data-send]").click()

    async def hear(phone: Any, words: str) -> Any:
        bubble = phone.locator("[data-bubble]", has_text=words).last
        await bubble.wait_for()
        return bubble

    async def tap(phone: Any, label: str) -> None:
        await phone.get_by_role("button", name=label, exact=True).last.click()

    await say(office, "/kegiatan")
    for label in ("Papan", "Layar"):
        await hear(office, "Bimtek")
        await tap(office, label)
    shown = await (await hear(office, "/layar/")).inner_text()
    link = re.search(r"http\S+/layar/\w+", shown)
    assert link is not None
    board = await page.context.new_page()
    await board.goto(link[0])
    await board.locator("body[data-state=early]").wait_for()
    await page.get_by_role("button", name="+10 menit").click()
    await page.get_by_role("button", name="+10 menit").click()
    await board.locator("body[data-state=open]").wait_for()
    arrived = board.locator("#here", has_text=re.compile("[1-9]"))
    await arrived.wait_for()
    await say(siti, (await board.locator("#code").inner_text()).lower())
    await hear(siti, "Tercatat hadir, No.")
    await board.close()
    await say(siti, "menu")
    await hear(siti, "yang bisa dilakukan sekarang")
    await tap(siti, "Catat P2K2")
    for asked, answer in (
        ("Kelompok mana?", "Melati · Kwala Bingai"),
        ("Usul: Modul", "Ya"),
        ("Kapan?", "Kemarin"),
        ("Mulai pukul berapa?", "14.00"),
        ("Siapa yang tidak hadir", "Semua hadir"),
        ("Hadir 18 dari 18", "Simpan"),
    ):
        await hear(siti, asked)
        await tap(siti, answer)
    await hear(siti, "Tersimpan: 18 dari 18 hadir.")
    await page.get_by_role("button", name="+1 hari").click()
    await hear(siti, "⏰ P2K2 Kelompok Kenanga (20 anggota) selesai pukul 12.00 WIB. Bagaimana?")
    await hear(siti, "di Balai desa.")
