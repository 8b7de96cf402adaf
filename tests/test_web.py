"""The web server and the simulator's page, against a small desk in memory."""

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from bot.channels.channel import Arrived, Sending
from bot.channels.simulator import Bubble, Posted, Simulator, history
from bot.clock import StoppedClock, utc_text
from bot.media import NoSuchFile
from bot.message import Choice, Message
from bot.text import bold, code, lines, link
from bot.web.server import LOOPBACK, make_app, refuse, serve
from bot.web.simulator import Desk, Outbox, OutboxRow, PersonRow, Phone, routes
from tests.browser import CHROMIUM, NONE_HERE, open_page

START = datetime(2023, 11, 12, 0, 52, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
HINTS = (
    "Di HP Ibu Siti, ketik /start lalu bagikan nomornya.",
    "Di HP operator, ketik /buat dan tempel isi surat undangan Bimtek.",
    "Jawab undangan di HP pendamping: Hadir atau Tidak hadir.",
    "Majukan jam ke hari kegiatan, lalu kirim kode yang tampil di layar.",
    "Setelah P2K2, ketik /p2k2 dan lampirkan Foto contoh.",
)


class Office:
    """A desk without engine: it keeps what phones say, and says what a test wants."""

    def __init__(self) -> None:
        self.clock = StoppedClock(START)
        self.simulator = Simulator(store=self.store, keep=self.keep, open=self.open, clock=self.clock)
        self.arrived: dict[str, Arrived] = {}
        self.posted: dict[str, list[Posted]] = {}
        self.files: dict[str, bytes] = {}
        self.rows: list[OutboxRow] = []
        self.listed = [
            Phone("operator", "Rina Sembiring", "Operator Dinsos", "+6281200000001"),
            Phone("panitia", "Andi Lubis", "Panitia · TKSK Hinai", "+6281200000002"),
            Phone("siti", "Siti Aminah", "Pendamping PKH · Stabat", "+6281200000003"),
            Phone("budi", "Budi Ginting", "Pendamping PKH · Babalan", "+6281200000004"),
            Phone("dewi", "Dewi Lestari Br Tarigan", "Pendamping PKH · Hinai", "+6281200000005"),
            Phone("joko", "Joko Susilo", "TKSK · Secanggang", "+6281200000006"),
        ]
        self.roster = [
            PersonRow(7, "Nurul Hidayah", "+6281200000007", "Pendamping PKH", "Tanjung Pura"),
            PersonRow(8, "Eko Prasetyo", "+6281200000008", "TKSK", "Besitang"),
        ]

    @property
    def desk(self) -> Desk:
        return Desk(
            simulator=self.simulator,
            phones=self.phones,
            add=self.add,
            history=self.history,
            people=self.people,
            outbox=self.outbox,
            move=self.clock.move,
            now=self.clock.now,
            zone="Asia/Jakarta",
            hints=HINTS,
        )

    def app(self, **options: Any) -> web.Application:
        return make_app(routes(self.desk), health=_healthy, closing=[self.simulator.hang_up], **options)

    async def store(self, events: list[Arrived]) -> None:
        for event in events:
            self.arrived.setdefault(event.event_id, event)

    async def keep(self, content: bytes, type: str) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.files[digest] = content
        return digest

    async def open(self, digest: str) -> bytes:
        if digest not in self.files:
            raise NoSuchFile(digest)
        return self.files[digest]

    async def phones(self) -> list[Phone]:
        return self.listed

    async def add(self, name: str, person_id: int | None) -> Phone | None:
        if person_id is None:
            self.listed.append(Phone(f"baru{len(self.listed)}", name))
            return self.listed[-1]
        for person in self.roster:
            if person.id == person_id:
                self.listed.append(Phone(f"p{person.id}", person.name, person.role, person.number))
                return self.listed[-1]
        return None

    async def history(self, chat: str) -> list[Bubble]:
        raws = [one.raw for one in self.arrived.values() if one.chat == chat]
        return history(raws, self.posted.get(chat, ()))

    async def people(self, query: str) -> list[PersonRow]:
        return [one for one in self.roster if query.casefold() in f"{one.name} {one.district}".casefold()]

    async def outbox(self) -> Outbox:
        counts: dict[str, int] = {}
        for row in self.rows:
            counts[row.state] = counts.get(row.state, 0) + 1
        return Outbox(counts, self.rows[::-1][:20])

    async def tell(self, address: str, message: Message, state: str = "sent", edits: int | None = None) -> int:
        """Say something to a phone, as the courier would."""
        number, at = len(self.rows) + 1, utc_text(self.clock.now())
        error = "Forbidden" if state == "failed" else ""
        self.rows.append(OutboxRow(number, address, "reply", state, error, at, at if state == "sent" else ""))
        accepted = str(edits or number) if state == "sent" else None
        row = Posted(number, message.to_json(), state, at, accepted, edits)
        self.posted.setdefault(f"simulator:{address}", []).append(row)
        if state == "sent":
            await self.simulator.send(Sending(number, address, message, str(edits or "")))
        return number

    def said(self) -> list[Any]:
        """What arrived so far, as the engine reads it."""
        return [self.simulator.parse(one.raw) for one in self.arrived.values()]


async def _healthy() -> Mapping[str, object]:
    return {"ok": True}


@asynccontextmanager
async def opened(app: web.Application) -> AsyncIterator["TestClient[web.Request, web.Application]"]:
    """Serve the application and give a client for it."""
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_what_is_typed_on_a_phone_is_stored_and_stands_in_its_history() -> None:
    """One post, one event, one bubble."""
    office = Office()
    async with opened(office.app()) as client:
        answer = await client.post("/phones/siti/say", json={"kind": "text", "event_id": "e1", "text": "/start"})
        assert answer.status == 200
        shown = (await (await client.get("/phones/siti/history")).json())["bubbles"]
        assert (await answer.json())["bubbles"] == shown
    assert [(one["id"], one["from"], one["spans"]) for one in shown] == [("e1", "person", [["/start"]])]
    assert office.said()[0].name == "Siti Aminah"


async def test_the_same_tap_posted_twice_counts_once() -> None:
    """A post that is retried carries the id of the first try."""
    office = Office()
    tap = {"kind": "tap", "event_id": "e1", "token": "!rsvp.7.yes", "card": "1", "text": "Hadir"}
    async with opened(office.app()) as client:
        for _ in range(2):
            assert (await client.post("/phones/siti/say", json=tap)).status == 200
    assert [said.token for said in office.said()] == ["!rsvp.7.yes"]


async def test_several_photos_are_one_album_of_single_events() -> None:
    """As on real channels: each photo is an event, the album's id is common, the caption is the first one's."""
    office = Office()
    form = aiohttp.FormData({"kind": "photo", "event_id": "up1", "text": "P2K2 Melati"}, quote_fields=False)
    for number in range(3):
        form.add_field("file", PNG + bytes([number]), filename=f"foto/{number}.png", content_type="image/png")
    async with opened(office.app()) as client:
        answer = await client.post("/phones/siti/file", data=form)
        bubbles = (await answer.json())["bubbles"]
        photo = await client.get(f"/media/{bubbles[0]['file']['digest']}")
        assert (photo.status, photo.content_type) == (200, "image/png")
        assert await photo.read() == PNG + b"\x00"
    said = office.said()
    assert [(one.event_id, one.album, one.text) for one in said] == [
        ("up1.0", "up1", "P2K2 Melati"),
        ("up1.1", "up1", ""),
        ("up1.2", "up1", ""),
    ]
    assert [one.files[0].name for one in said] == ["0.png", "1.png", "2.png"]
    assert len({one.files[0].digest for one in said}) == 3


async def test_a_document_is_handed_out_as_a_download_whatever_it_claims_to_be() -> None:
    """A page that somebody uploaded never runs inside ours."""
    office = Office()
    form = aiohttp.FormData({"kind": "document", "event_id": "up1"}, quote_fields=False)
    form.add_field("file", b"<script>alert(1)</script>", filename="../surat.html", content_type="text/html")
    async with opened(office.app()) as client:
        (bubble,) = (await (await client.post("/phones/siti/file", data=form)).json())["bubbles"]
        got = await client.get(f"/media/{bubble['file']['digest']}")
        assert (got.content_type, got.headers["Content-Disposition"]) == ("application/octet-stream", "attachment")
    assert bubble["file"]["name"] == "surat.html"


@pytest.mark.parametrize(
    ("words", "files", "status"),
    [
        ({"kind": "photo", "event_id": "u"}, [b"not a photo"], 415),
        ({"kind": "photo", "event_id": "u"}, [], 400),
        ({"kind": "photo", "event_id": "u"}, [PNG] * 11, 400),
        ({"kind": "document", "event_id": "u"}, [PNG, PNG], 400),
        ({"kind": "photo"}, [PNG], 400),
        ({"kind": "event", "event_id": "u"}, [PNG], 400),
    ],
)
async def test_an_upload_that_makes_no_sense_is_refused_and_nothing_is_kept(
    words: dict[str, str], files: list[bytes], status: int
) -> None:
    """The refusal is one line of JSON, in words for the person at the page."""
    office = Office()
    form = aiohttp.FormData(words, default_to_multipart=True)
    for content in files:
        form.add_field("file", content, filename="a.png", content_type="image/png")
    async with opened(office.app()) as client:
        answer = await client.post("/phones/siti/file", data=form)
        assert answer.status == status
        assert (await answer.json())["error"]
    assert not office.arrived
    assert not office.files


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/phones/siti/say", {"kind": "text", "event_id": "e"}, 400),
        ("/phones/siti/say", {"kind": "photo", "event_id": "e", "files": [["a" * 64, "", "", 1]]}, 400),
        ("/phones/siti/say", {"kind": "event", "event_id": "e", "text": "blocked"}, 400),
        ("/phones/siti/say", {"kind": [], "event_id": "e"}, 400),
        ("/phones/siti/say", ["text"], 400),
        ("/phones/nobody/say", {"kind": "text", "event_id": "e", "text": "halo"}, 404),
        ("/phones", {"name": "  "}, 400),
        ("/phones", {"name": "x" * 61}, 400),
        ("/phones", {"person": True}, 400),
        ("/phones", {"person": 999}, 404),
        ("/clock", {"minutes": 11}, 400),
        ("/clock", {"minutes": [10]}, 400),
    ],
)
async def test_posts_that_make_no_sense_are_refused(path: str, body: object, status: int) -> None:
    """Nothing reaches the inbox."""
    office = Office()
    async with opened(office.app()) as client:
        answer = await client.post(path, json=body)
        assert answer.status == status
        assert (await answer.json())["error"]
    assert not office.arrived


async def heard(feed: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """Read a feed's events."""
    async for line in feed.content:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


async def test_the_feed_tells_of_messages_the_clock_and_the_outbox() -> None:
    """A page hears what the bot says the moment it is sent, and the outbox's counts after it."""
    office = Office()
    async with opened(office.app()) as client, client.get("/feed") as feed:
        events = heard(feed)
        clock, phones, outbox = await anext(events), await anext(events), await anext(events)
        assert (phones["type"], len(phones["phones"])) == ("phones", 6)
        assert (clock["type"], clock["now"], outbox["counts"]) == ("clock", "2023-11-12T00:52:00.000+00:00", {})
        number = await office.tell("siti", Message.of("Selamat datang."))
        told, outbox = await anext(events), await anext(events)
        assert (told["type"], told["chat"], told["id"]) == ("message", "simulator:siti", str(number))
        assert (outbox["type"], outbox["counts"], outbox["rows"][0]["person"]) == ("outbox", {"sent": 1}, "siti")
        await client.post("/phones/siti/say", json={"kind": "text", "event_id": "e1", "text": "halo"})
        assert (await anext(events))["type"] == "said"
        moved = await client.post("/clock", json={"minutes": 1440})
        assert (await moved.json())["now"] == (await anext(events))["now"] == "2023-11-13T00:52:00.000+00:00"
        await events.aclose()  # type: ignore[attr-defined]  # an async generator behind its iterator's type


async def test_an_open_feed_does_not_keep_the_server_from_closing() -> None:
    """Closing hangs up on the pages at once instead of waiting for them."""
    office = Office()
    async with aiohttp.ClientSession() as session, asyncio.timeout(3):
        async with serve(office.app()) as port:
            feed = await session.get(f"http://127.0.0.1:{port}/feed")
            await feed.content.readline()
        rest = await feed.content.read()
        assert b"outbox" in rest


async def test_a_phone_is_added_for_a_stranger_and_for_somebody_on_the_roster() -> None:
    """The one has a name alone, the other the number that the roster knows."""
    office = Office()
    async with opened(office.app()) as client:
        found = (await (await client.get("/people?q=tanjung")).json())["people"]
        assert [one["name"] for one in found] == ["Nurul Hidayah"]
        known = await (await client.post("/phones", json={"person": found[0]["id"]})).json()
        stranger = await (await client.post("/phones", json={"name": " Tono "})).json()
        listed = (await (await client.get("/phones")).json())["phones"]
    assert (known["number"], known["chat"]) == ("+6281200000007", "simulator:p7")
    assert (stranger["name"], stranger["role"]) == ("Tono", "")
    assert [one["name"] for one in listed][-2:] == ["Nurul Hidayah", "Tono"]


async def test_every_answer_carries_the_safe_headers_even_errors_and_feeds() -> None:
    """No page of ours can be framed, sniffed, or made to load anything from elsewhere."""
    async with opened(Office().app()) as client:
        for path in ("/", "/static/simulator.js", "/static/icon.svg", "/health", "/nowhere", "/feed"):
            async with client.get(path) as answer:
                assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
                assert "unsafe" not in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Referrer-Policy"] == "no-referrer"
                assert answer.headers["X-Frame-Options"] == "DENY"


async def test_the_page_and_its_parts_are_served_fresh() -> None:
    """A new release is seen at the next reload."""
    async with opened(Office().app()) as client:
        for path, kind in (("/", "text/html"), ("/static/simulator.css", "text/css")):
            answer = await client.get(path)
            assert (answer.status, answer.content_type) == (200, kind)
            assert answer.headers["Cache-Control"] == "no-cache"
        about = await (await client.get("/desk")).json()
        assert (about["hints"], about["zone"]) == (list(HINTS), "Asia/Jakarta")


@pytest.mark.parametrize(
    "path", ["/nowhere", "/static/server.py", "/static/..%2fserver.py", "/media/xyz", "/media/" + "a" * 64]
)
async def test_what_is_not_there_is_one_line_of_json(path: str) -> None:
    """No page of the framework's own, no path, no trace."""
    async with opened(Office().app()) as client:
        answer = await client.get(path)
        assert (answer.status, await answer.json()) == (404, {"error": "Tidak ditemukan."})


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
    ],
)
async def test_another_sites_page_cannot_speak_for_a_phone(headers: dict[str, str]) -> None:
    """Neither by a plain form nor by a name that resolves to this machine."""
    office = Office()
    async with opened(office.app(hosts=LOOPBACK)) as client:
        words = {"kind": "text", "event_id": "e1", "text": "halo"}
        answer = await client.post("/phones/siti/say", json=words, headers=headers)
        assert answer.status == 403
        form = await client.post("/phones/siti/say", data=words)
        assert form.status == 415
    assert not office.arrived


async def test_our_own_page_may_speak() -> None:
    """The browser says where the post comes from, and it is here."""
    async with opened(Office().app(hosts=LOOPBACK)) as client:
        own = {"Origin": f"http://127.0.0.1:{client.port}", "Sec-Fetch-Site": "same-origin"}
        words = {"kind": "text", "event_id": "e1", "text": "halo"}
        assert (await client.post("/phones/siti/say", json=words, headers=own)).status == 200


async def test_too_much_is_refused_announced_or_not() -> None:
    """A body that hides its size is stopped while it is read."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield bytes(100)

    office = Office()
    async with opened(office.app(largest=1000)) as client:
        json_type = {"Content-Type": "application/json"}
        for body in (bytes(1001), endless()):
            answer = await client.post("/phones/siti/say", data=body, headers=json_type)
            assert (answer.status, "20 MB" in (await answer.json())["error"]) == (413, True)


async def test_what_breaks_inside_stays_inside(caplog: pytest.LogCaptureFixture) -> None:
    """The person reads one polite line; the log has the trace."""

    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError("secret detail")

    async def refused(request: web.Request) -> web.Response:
        raise refuse(400, "Mohon isi nama.")

    made = make_app([web.get("/broken", broken), web.get("/refused", refused)], health=_healthy)
    async with opened(made) as client:
        answer = await client.get("/broken")
        assert (answer.status, "secret" in await answer.text()) == (500, False)
        assert await (await client.get("/refused")).json() == {"error": "Mohon isi nama."}
        wrong = await client.post("/refused")
        assert (wrong.status, wrong.headers["Allow"]) == (405, "GET,HEAD")
    assert [record.levelno for record in caplog.records if record.name == "bot.web.server"] == [logging.ERROR]


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
async def test_health_says_how_the_program_is(ok: bool, status: int) -> None:
    """What watches the program needs no more than the status."""

    async def health() -> Mapping[str, object]:
        return {"ok": ok}

    async with opened(make_app([], health=health)) as client:
        answer = await client.get("/health")
        assert (answer.status, await answer.json()) == (status, {"ok": ok})


async def in_a_browser(office: Office, story: Callable[[Any], Awaitable[None]], **context: Any) -> list[str]:
    """Open the page in Chromium and play the story; return what the page's console complains of."""
    async with serve(office.app(hosts=LOOPBACK)) as port:
        return await open_page(f"http://127.0.0.1:{port}/", story, **context)


@pytest.mark.skipif(CHROMIUM is None, reason=NONE_HERE)
async def test_a_person_uses_the_page() -> None:
    """Type, tap a button twice, see the card edited, share the number, send a photo, move the clock, add a phone."""
    office = Office()
    welcome = lines([bold("Selamat datang."), "Ketik ", code("<b>menu</b>"), link("Petunjuk", "javascript:alert(1)")])
    asked = Message(welcome, (Choice("!go.1", "Hadir"), Choice("!go.2", "Tidak hadir")), ask="contact")

    async def story(page: Any) -> None:
        siti = page.locator('[data-phone="siti"]')
        await page.locator("body.online").wait_for()
        await siti.locator("[name=text]").fill("/start")
        await siti.locator("[data-send]").click()
        await siti.locator(".bubble.person.sent", has_text="/start").wait_for()
        card = await office.tell("siti", asked)
        bubble = siti.locator(f'[data-bubble="{card}"]')
        await bubble.locator("code", has_text="<b>menu</b>").wait_for()
        assert await bubble.locator("a").count() == 0
        button = bubble.locator('[data-choice="!go.1"]')
        await button.click()
        await siti.locator(".bubble.tapped.sent", has_text="Hadir").wait_for()
        await button.and_(page.locator(".used")).click()
        await siti.locator(".bubble.tapped.sent").nth(1).wait_for()
        await bubble.locator("[data-ask=contact]").click()
        await siti.locator(".bubble.person.sent", has_text="+6281200000003").wait_for()
        await office.tell("siti", Message.of("Jawaban Ibu: Hadir ✅"), edits=card)
        await bubble.get_by_text("Jawaban Ibu").wait_for()
        assert await bubble.locator("button").count() == 0
        await siti.locator("[data-attach]").click()
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await siti.locator(".bubble.person.sent img").wait_for()
        await page.locator('[data-minutes="1440"]').click()
        await page.locator("[data-clock]", has_text="Senin, 13 November 2023").wait_for()
        await page.locator("[data-counts]", has_text="terkirim 2").wait_for()
        await page.locator("[data-open=add]").click()
        await page.locator("[data-stranger] [name=name]").fill("Tono")
        await page.locator("[data-stranger] .primary").click()
        await page.locator(".phone.stranger", has_text="Tono").wait_for()
        await page.reload()
        await bubble.get_by_text("Jawaban Ibu").wait_for()
        await siti.locator(".bubble.person img").wait_for()

    assert await in_a_browser(office, story, viewport={"width": 1400, "height": 900}, locale="id-ID") == []
    kinds = [said.kind for said in office.said()]
    assert kinds == ["text", "tap", "tap", "contact", "photo"]
    said = office.said()
    assert (said[1].token, said[1].card, said[3].contact.own) == ("!go.1", "1", True)
    assert said[4].files[0].type == "image/jpeg"


@pytest.mark.proof
@pytest.mark.skipif(CHROMIUM is None, reason=NONE_HERE)
async def test_a_narrow_page_sends_again_under_the_same_id_and_shrinks_an_album() -> None:
    """What did arrive the first time counts once; photos from the computer go as one album, none above 1600 pixels."""
    office = Office()
    tries: list[Any] = []

    async def lose_the_first_answer(route: Any) -> None:
        tries.append(json.loads(route.request.post_data)["event_id"])
        if len(tries) == 1:
            await route.fetch()
            await route.fulfill(status=500, json={"error": "Coba lagi."})
        else:
            await route.continue_()

    async def story(page: Any) -> None:
        await page.route("**/say", lose_the_first_answer)
        await page.locator("body.online").wait_for()
        siti = page.locator('[data-phone="siti"]')
        await page.locator("[data-tabs] button", has_text="Siti").click()
        await siti.locator("[name=text]").fill("k7m2px")
        await siti.locator("[name=text]").press("Enter")
        await siti.locator(".again").click()
        await siti.locator(".bubble.person.sent", has_text="k7m2px").wait_for()
        assert await siti.locator(".bubble.person").count() == 1
        await siti.locator("[data-attach]").click()
        async with page.expect_file_chooser() as chooser:
            await siti.locator("[data-do=photos]").click()
        await (await chooser.value).set_files([photo("a.png", 2400, 1200), photo("b.png", 40, 30)])
        await siti.locator(".bubble.person.sent img").nth(1).wait_for()
        await siti.locator("[data-attach]").click()
        await siti.locator("[data-do=location]").click()
        await page.get_by_label("Stabat, Langkat").check()
        await page.locator("#location .primary").click()
        await siti.locator(".bubble.person.sent", has_text="3.73330, 98.45000").wait_for()

    complaints = await in_a_browser(office, story, viewport={"width": 390, "height": 800})
    assert ["500" in one for one in complaints] == [True]  # the answer that was lost on purpose
    assert len(tries) == 3
    assert tries[0] == tries[1]
    code_said, first, second, place = office.said()
    assert (code_said.text, place.kind) == ("k7m2px", "location")
    assert first.album == second.album != ""
    sizes = [Image.open(BytesIO(office.files[one.files[0].digest])).size for one in (first, second)]
    assert sizes == [(1600, 800), (40, 30)]


def photo(name: str, width: int, height: int) -> dict[str, Any]:
    """Make a picture as a file chooser takes it."""
    picture = BytesIO()
    Image.new("RGB", (width, height), "teal").save(picture, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": picture.getvalue()}
