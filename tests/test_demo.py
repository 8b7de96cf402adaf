"""The demo: the story it starts in, and a field worker's morning in it, clicked in a real browser."""

import asyncio
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import build
from bot.clock import StoppedClock
from bot.demo import story
from bot.demo.desk import make_desk
from bot.demo.run import HINTS, ZONE, plan_demo, run_demo
from storage.database import Connection
from tests.browser import CHROMIUM, NONE_HERE, open_page


def count(db: Connection, sql: str) -> int:
    """Return a single number."""
    return int(db.execute(sql).fetchone()[0])


async def test_the_story_leads_to_the_morning_of_the_bimtek(tmp_path: Path) -> None:
    """Announced to all 174, half answered, everybody reminded who was not away, and day one about to open."""
    clock = StoppedClock(datetime.combine(*story.BEGINS, ZoneInfo(ZONE)))
    async with build(plan_demo(tmp_path), clock) as app:
        await story.tell(app, clock, ZONE)
        read = app.database.read
        assert f"{clock.now().astimezone(ZoneInfo(ZONE)):%F %H:%M}" == "2023-11-12 06:50"
        assert await read(count, "SELECT count(*) FROM districts") == 23
        assert await read(count, "SELECT count(*) FROM villages") == 277
        assert await read(count, "SELECT count(*) FROM lessons") == 29
        assert await read(count, "SELECT count(*) FROM persons WHERE role = 'facilitator'") == 151
        assert await read(count, "SELECT count(*) FROM persons WHERE role = 'tksk'") == 23
        assert await read(count, "SELECT count(*) FROM invitations") == 174
        answered = await read(count, "SELECT count(*) FROM invitations WHERE answer IS NOT NULL")
        assert 80 <= answered <= 94
        away = await read(count, "SELECT count(*) FROM invitations WHERE answer = 'no'")
        assert await read(count, "SELECT count(*) FROM outbox WHERE kind = 'reminder' AND state = 'sent'") == 168 - away
        assert await read(count, "SELECT count(*) FROM outbox WHERE state NOT IN ('sent')") == 0
        assert await read(count, "SELECT count(*) FROM inbox WHERE state <> 'done'") == 0
        desk = make_desk(app, clock, app.channels["simulator"], HINTS)  # type: ignore[arg-type]
        titles = [phone.role for phone in await desk.phones()]
        assert sorted(titles) == ["", "Operator Dinsos", *["Pendamping PKH"] * 3, "TKSK"]


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
    code = re.search(r": (\w{5}) \(tulis di papan\)", await (await hear(office, "tulis di papan")).inner_text())
    assert code is not None
    await say(siti, code[1].lower())
    await hear(siti, "Absen dibuka pukul 07.00 WIB")
    await page.get_by_role("button", name="+10 menit").click()
    await say(siti, code[1].lower())
    await hear(siti, "Tercatat hadir, No. 0001")
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
    await hear(siti, "P2K2 Kelompok Melati")
