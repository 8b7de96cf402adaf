"""The check-in board: what it says in each state, how often it reads, and the page in a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from bot.board import board_of
from bot.clock import StoppedClock
from bot.demo.run import run_demo
from bot.documents.board_picture import HEIGHT, WIDTH, draw_board
from bot.web.board import board_routes
from bot.web.server import make_app
from storage import boards, check_ins, events, invitations
from storage.check_in_rules import Rules, set_rules
from storage.database import Connection, Database
from storage.events import Audience
from storage.slots import add_slot
from tests.browser import CHROMIUM, NONE_HERE, open_page
from tests.worlds import OFFICE, build_world, empty_store

BEFORE = datetime(2023, 11, 12, 0, 30, tzinfo=UTC)  # 07.30 WIB, half an hour before the slot opens
SUBJECT = "Bimtek <b>ORSOS</b>"


@dataclass
class Office:
    """One event of today with everybody invited, and the web side that shows its board."""

    clock: StoppedClock
    database: Database
    web: Any
    token: str = ""

    async def look(self, token: str = "") -> Mapping[str, Any]:
        """Ask as the page does."""
        async with self.web.get(f"/layar/{token or self.token}/keadaan") as answer:
            assert answer.status == 200
            told: Mapping[str, Any] = await answer.json()
            return told


@asynccontextmanager
async def an_office(folder: Path) -> AsyncIterator[Office]:
    clock = StoppedClock(BEFORE)
    database = await Database.open(empty_store(folder / "pkh.sqlite3"))
    routes = board_routes(database, clock, OFFICE, lambda payload: f"https://t.me/a_bot?start={payload}")

    async def health() -> Mapping[str, object]:
        return {"ok": True}

    def begin(db: Connection) -> str:
        build_world(db, lambda who: f"simulator:{who}", BEFORE)
        me, now = people_named(db)["Rahmawati Nasution"], "2023-11-01T00:00:00.000+00:00"
        made = events.add_event(
            db,
            ref="one",
            subject=SUBJECT,
            place="Aula",
            first_day="2023-11-12",
            last_day="2023-11-13",
            starts="09:00",
            ends="12:00",
            starts_at="2023-11-12T02:00:00.000+00:00",
            zone="Asia/Jakarta",
            attachment=None,
            audience=Audience(("facilitator", "tksk")),
            made_by=me,
            now=now,
        )
        opens, closes = "2023-11-12T01:00:00.000+00:00", "2023-11-12T05:00:00.000+00:00"
        add_slot(db, made.id, day="2023-11-12", opens_at=opens, closes_at=closes, code="K7M2P")
        for name in ("Siti Aminah", "Budi Sembiring", "Tono Surbakti"):
            invitations.admit(db, made.id, people_named(db)[name])
        return boards.renew_board(db, made.id, now)

    try:
        token = await database.write(begin)
        async with TestClient(TestServer(make_app(routes, health=health))) as web:
            yield Office(clock, database, web, token)
    finally:
        await database.close()


def people_named(db: Connection) -> dict[str, int]:
    return {str(name): int(number) for number, name in db.execute("SELECT id, name FROM persons")}


def check_in(db: Connection, name: str) -> None:
    at = "2023-11-12T01:10:00.000+00:00"
    check_ins.record(db, 1, people_named(db)[name], at, at)


async def test_the_board_follows_the_slot_by_the_servers_clock(tmp_path: Path) -> None:
    """No code before the slot opens and none after it has closed; a day without a slot says so; then the link ends."""
    async with an_office(tmp_path) as office:
        seen = []
        for minutes in (0, 30, 210, 30, 24 * 60, 24 * 60):
            office.clock.move(timedelta(minutes=minutes))
            told = await office.look()
            seen.append((told["state"], told.get("code")))
        assert seen == [
            ("early", ""),
            ("open", "K7M2P"),
            ("open", "K7M2P"),
            ("closed", ""),
            ("none", ""),
            ("gone", None),
        ]


async def test_a_rotating_code_changes_with_its_words_every_thirty_seconds(tmp_path: Path) -> None:
    """The page is told until when the code holds, and has another one then; the picture in the chat has the same."""
    async with an_office(tmp_path) as office:
        await office.database.write(set_rules, 1, Rules(rotating=True))
        office.clock.move(timedelta(minutes=30, seconds=20))
        first = await office.look()
        office.clock.move(timedelta(seconds=9))
        same = await office.look()
        office.clock.move(timedelta(seconds=1))
        other = await office.look()
        assert (same["code"], same["words"], same["until"]) == (first["code"], first["words"], first["until"])
        assert other["code"] != first["code"]
        assert other["words"] != first["words"]
        assert len(first["code"]) == 6
        assert len(first["words"]) == 2
        assert first["until"] - first["now"] == 10_000
        board = await office.database.read(board_of, 1, office.clock.now())
        assert board is not None
        assert board.shown is not None
        assert board.shown.code == other["code"]


async def test_a_slot_that_waits_for_the_committee_shows_no_code(tmp_path: Path) -> None:
    """It is not open at its hour, and says who will open it."""
    async with an_office(tmp_path) as office:
        await office.database.write(lambda db: db.execute("UPDATE slots SET waits = 1"))
        office.clock.move(timedelta(hours=1))
        told = await office.look()
        assert (told["state"], told["code"]) == ("waits", "")


async def test_the_picture_for_the_chat_is_drawn_in_every_state(tmp_path: Path) -> None:
    """The same board gives the same picture, another minute another one; a long name and no code fit as well."""
    async with an_office(tmp_path) as office:
        await office.database.write(lambda db: db.execute("UPDATE events SET subject = ?", ("Bimtek " * 28,)))
        drawn = []
        for minutes in (0, 60, 0, 300):
            office.clock.move(timedelta(minutes=minutes))
            board = await office.database.read(board_of, 1, office.clock.now())
            assert board is not None
            drawn.append(draw_board(board, lambda payload: "", office.clock.now()))
        assert drawn[1] == drawn[2]
        assert len(set(drawn)) == 3
        assert all(Image.open(BytesIO(one)).size == (WIDTH, HEIGHT) for one in drawn)


async def test_a_cancelled_event_shows_no_code(tmp_path: Path) -> None:
    """Whoever stands before the screen learns it there."""
    async with an_office(tmp_path) as office:
        await office.database.write(events.cancel_event, 1)
        office.clock.move(timedelta(hours=1))
        told = await office.look()
        assert (told["state"], told["code"]) == ("cancelled", "")


async def test_a_link_that_was_renewed_withdrawn_or_made_up_shows_nothing(tmp_path: Path) -> None:
    """Only the newest link opens the board, and none once it is withdrawn."""
    async with an_office(tmp_path) as office:
        assert (await office.look())["state"] == "early"
        newer = await office.database.write(boards.renew_board, 1, "2023-11-12T00:30:00.000+00:00")
        office.clock.move(timedelta(seconds=1))
        assert (await office.look())["state"] == "gone"
        assert (await office.look(newer))["state"] == "early"
        assert await office.database.write(boards.withdraw_board, 1)
        office.clock.move(timedelta(seconds=1))
        for token in (newer, "0" * 32, "x", "%27"):
            assert await office.look(token) == {"state": "gone", "office": OFFICE}


async def test_it_counts_people_and_names_none(tmp_path: Path) -> None:
    """Present of invited per kecamatan; the page is for everybody's eyes."""
    async with an_office(tmp_path) as office:
        office.clock.move(timedelta(hours=1))
        await office.database.write(check_in, "Siti Aminah")
        told = await office.look()
        assert told["districts"] == [["Binjai", 0, 1], ["Stabat", 1, 2]]
        assert not [name for name in await office.database.read(people_named) if name in str(told)]


async def test_many_boards_cost_one_read_a_second(tmp_path: Path) -> None:
    """Within a second everybody is told what the first one read; a second later it is read again."""
    async with an_office(tmp_path) as office:
        office.clock.move(timedelta(hours=1))
        first = await office.look()
        await office.database.write(check_in, "Siti Aminah")
        office.clock.move(timedelta(milliseconds=900))
        told = await asyncio.gather(*[office.look() for _ in range(50)])
        assert all(one["districts"] == first["districts"] for one in told)
        office.clock.move(timedelta(milliseconds=100))
        assert (await office.look())["districts"] == [["Binjai", 0, 1], ["Stabat", 1, 2]]


async def test_the_picture_is_there_only_while_the_code_holds(tmp_path: Path) -> None:
    """A QR code before the doors open would be a code given away."""
    async with an_office(tmp_path) as office:
        path = f"/layar/{office.token}/qr.svg"
        async with office.web.get(path) as answer:
            assert answer.status == 404
        office.clock.move(timedelta(hours=1))
        async with office.web.get(path) as answer:
            assert (answer.status, answer.content_type) == (200, "image/svg+xml")
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.skipif(CHROMIUM is None, reason=NONE_HERE)
async def test_the_page_counts_who_comes_and_closes_in_a_real_browser() -> None:
    """The code comes with the hour, the count with a check-in, the end by itself; a server that is gone is said."""
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    demo = asyncio.create_task(run_demo("127.0.0.1", 0, None, address.set_result))
    await asyncio.wait([demo, address], return_when=asyncio.FIRST_COMPLETED)
    try:
        assert await open_page(await address, _watch, viewport={"width": 1920, "height": 1080}) == []
    finally:
        demo.cancel()
        await asyncio.gather(demo, return_exceptions=True)


async def _watch(page: Any) -> None:
    await page.locator("body.online").wait_for()
    office = page.locator("[data-phone]", has_text="Rahmawati Nasution")
    siti = page.locator("[data-phone]", has_text="Siti Aminah").first
    await office.locator("[name=text]").fill("/kegiatan")
    await office.locator("[data-send]").click()
    for label in ("Papan", "Layar"):
        await office.get_by_role("button", name=label, exact=True).last.click()
    said = office.locator("[data-bubble]", has_text="/layar/").last
    link = re.search(r"http\S+/layar/[0-9a-f]{32}", await said.inner_text())
    assert link is not None
    board, complaints = await page.context.new_page(), list[str]()
    board.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    await board.goto(link[0])
    await board.locator("[data-state=early]").wait_for()
    assert "07.00 WIB" in await board.locator("#lead").inner_text()
    await page.get_by_role("button", name="+10 menit").click()
    await board.locator("[data-state=open]").wait_for()
    await siti.locator("[name=text]").fill(await board.locator("#code").inner_text())
    await siti.locator("[data-send]").click()
    await board.locator("#here", has_text=re.compile("^1$")).wait_for()
    assert await board.locator("#districts li").count() == 23
    assert await board.evaluate("document.querySelector('#qr').naturalWidth") > 0
    for _ in range(12):
        await page.get_by_role("button", name="+1 jam").click()
    await board.locator("[data-state=closed]").wait_for()
    assert not await board.locator("#qr").is_visible()
    assert complaints == []
    await board.route("**/keadaan", lambda asked: asked.abort())
    await board.locator("body.lost #lost", has_text="Sambungan ke server terputus").wait_for()
    await board.unroute("**/keadaan")
    await board.locator("body:not(.lost)").wait_for()
