"""The simulator's page: phones that talk to the bot, the demo clock, and what stands in the outbox."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import resources

from aiohttp import web

from bot.channels.channel import Unreadable
from bot.channels.simulator import NAME, Bubble, Event, Simulator
from bot.clock import utc_text
from bot.media import NoSuchFile
from bot.web.server import Form, read_form, read_json, refuse

LOOK_SECONDS = 1.0  # nobody tells us when a row's state or a person's role changes, so we look
SILENT_LOOKS = 15
MOST_PHOTOS = 10  # as in an album of Telegram's
STEPS = (10, 60, 1440)
STATIC = {
    "index.html": "text/html",
    "simulator.css": "text/css",
    "simulator.js": "text/javascript",
}
FIELDS = {  # what a page may say; files come by `/file` alone, which has seen their bytes
    "text": ("text",),
    "tap": ("token", "card", "text"),
    "contact": ("contact",),
    "location": ("location",),
}
IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1c5d7a"/>'
    '<path d="M8 9h16v11H15l-5 4v-4H8z" fill="#fff"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone on the page; `number` is the E.164 number that it can share as its own ('' if it has none yet)."""

    address: str
    name: str
    role: str = ""
    number: str = ""

    @property
    def chat(self) -> str:
        """The chat's key."""
        return f"{NAME}:{self.address}"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody on the roster, to be given a phone."""

    id: int
    name: str
    number: str
    role: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One outgoing message, for the strip below the phones; times are UTC ISO text."""

    id: int
    person: str
    kind: str
    state: str
    error: str
    made_at: str
    done_at: str


@dataclass(frozen=True, slots=True)
class Outbox:
    """How many rows are in which state, and the newest 20."""

    counts: Mapping[str, int]
    rows: Sequence[OutboxRow] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the page reads and does; the application fills it from the store.

    `add` makes a phone for a stranger's name, or for the person with an id (None: no such person; asked for twice, the
    same phone). `hints` are the steps of "Coba ini dulu", one sentence each.
    """

    simulator: Simulator
    phones: Callable[[], Awaitable[Sequence[Phone]]]
    add: Callable[[str, int | None], Awaitable[Phone | None]]
    history: Callable[[str], Awaitable[Sequence[Bubble]]]
    people: Callable[[str], Awaitable[Sequence[PersonRow]]]
    outbox: Callable[[], Awaitable[Outbox]]
    move: Callable[[timedelta], None]
    now: Callable[[], datetime]
    zone: str
    hints: tuple[str, ...] = ()
    office: str = "Dinas Sosial Kabupaten Langkat"


def routes(desk: Desk) -> list[web.RouteDef]:
    """List the page's routes; give `desk.simulator.hang_up` to the server's `closing`."""
    page = _Page(desk)
    return [
        web.get("/", page.show),
        web.get("/static/{name}", page.show),
        web.get("/desk", page.describe),
        web.get("/people", page.find_people),
        web.get("/phones", page.list_phones),
        web.post("/phones", page.add_phone),
        web.get("/phones/{address}/history", page.show_history),
        web.post("/phones/{address}/say", page.say),
        web.post("/phones/{address}/file", page.upload),
        web.get("/media/{digest}", page.show_file),
        web.get("/feed", page.feed),
        web.post("/clock", page.move_clock),
        web.get("/outbox", page.show_outbox),
    ]


@dataclass(frozen=True, slots=True)
class _Page:
    desk: Desk

    async def show(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        fresh = {"Cache-Control": "no-cache"}
        if name == "icon.svg":
            return web.Response(text=ICON, content_type="image/svg+xml", headers=fresh)
        if name not in STATIC:
            raise refuse(404)
        text = resources.files("bot.web").joinpath("static", name).read_text("utf-8")
        return web.Response(text=text, content_type=STATIC[name], headers=fresh)

    async def describe(self, request: web.Request) -> web.Response:
        return web.json_response({"office": self.desk.office, "hints": self.desk.hints, **self._time()})

    async def find_people(self, request: web.Request) -> web.Response:
        found = await self.desk.people(request.query.get("q", "").strip()[:100])
        return web.json_response({"people": [asdict(person) for person in found]})

    async def list_phones(self, request: web.Request) -> web.Response:
        return web.json_response(await self._phones())

    async def add_phone(self, request: web.Request) -> web.Response:
        body = await read_json(request)
        name, person = body.get("name", ""), body.get("person")
        if person is None and not (isinstance(name, str) and 0 < len(name.strip()) <= 60):
            raise refuse(400, "Mohon isi nama, paling panjang 60 huruf.")
        if person is not None and (not isinstance(person, int) or isinstance(person, bool)):
            raise refuse(400)
        phone = await self.desk.add("" if person is not None else name.strip(), person)
        if phone is None:
            raise refuse(404, "Orang itu tidak ada di daftar petugas.")
        return web.json_response(_phone(phone))

    async def show_history(self, request: web.Request) -> web.Response:
        phone = await self._phone(request)
        return web.json_response({"bubbles": [one.to_json() for one in await self.desk.history(phone.chat)]})

    async def say(self, request: web.Request) -> web.Response:
        phone = await self._phone(request)
        body = await read_json(request)
        kind = body.get("kind")
        if not isinstance(kind, str) or kind not in FIELDS:
            raise refuse(400)
        event = {name: body[name] for name in ("kind", "event_id", *FIELDS[kind]) if name in body}
        return await self._receive(phone, event)

    async def upload(self, request: web.Request) -> web.Response:
        """Take one document, or photos: several are an album, each an event of its own, as on real channels."""
        phone = await self._phone(request)
        form = await read_form(request)
        kind = form.words.get("kind", "")
        most = {"photo": MOST_PHOTOS, "document": 1}.get(kind, 0)
        if not 1 <= len(form.files) <= most or not form.words.get("event_id"):
            raise refuse(400, f"Sekali kirim: satu dokumen, atau paling banyak {MOST_PHOTOS} foto.")
        if kind == "photo" and not all(image_type(file.content) for file in form.files):
            raise refuse(415, "Berkas itu bukan foto. Kirim sebagai dokumen, atau pilih JPEG atau PNG.")
        return await self._receive(phone, *[await self._file_event(form, number) for number in range(len(form.files))])

    async def _file_event(self, form: Form, number: int) -> Event:
        file, name, album = form.files[number], form.words["event_id"], len(form.files) > 1
        found = image_type(file.content) or file.type
        digest = await self.desk.simulator.keep(file.content, found)
        if not digest:
            raise refuse(415, "Foto itu tidak bisa dibuka, atau lebih dari 10 MB. Pilih foto lain.")
        return {
            "kind": form.words["kind"],
            "event_id": f"{name}.{number}" if album else name,
            "album": name if album else "",
            "text": form.words.get("text", "") if number == 0 else "",
            "files": [[digest, file.name, found, len(file.content)]],
        }

    async def show_file(self, request: web.Request) -> web.Response:
        digest = request.match_info["digest"]
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise refuse(404)
        try:
            content = await self.desk.simulator.open(digest)
        except NoSuchFile:
            raise refuse(404) from None
        # By its bytes, not by what its sender called it: only a picture is ever shown inside our own origin.
        image = image_type(content)
        headers = {
            "Cache-Control": "private, max-age=86400",
            "Content-Disposition": "inline" if image else "attachment",
        }
        return web.Response(body=content, content_type=image or "application/octet-stream", headers=headers)

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """Tell the page what happens, as Server-Sent Events, until either side goes; a page that returns reloads."""
        response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        response.content_type = "text/event-stream"
        with self.desk.simulator.listen() as heard:
            try:
                await response.prepare(request)
                await self._tell_all(response, heard)
            except ConnectionError:
                pass  # the page was closed
        return response

    async def _tell_all(self, response: web.StreamResponse, heard: asyncio.Queue[Event | None]) -> None:
        shown, silent = dict[str, str](), 0
        events: list[Event | None] = [{"type": "clock", **self._time()}]
        while None not in events:
            told = [_line(event) for event in events if event]
            for kind, look in (("phones", self._phones), ("outbox", self._outbox)):
                line = _line({"type": kind, **await look()})
                told += [line] if line != shown.get(kind) else []
                shown[kind] = line
            silent = 0 if told else silent + 1
            if silent >= SILENT_LOOKS:
                told, silent = [": still here\n\n"], 0
            if told:
                await response.write("".join(told).encode())
            events = await _next(heard)

    async def move_clock(self, request: web.Request) -> web.Response:
        minutes = (await read_json(request)).get("minutes")
        if minutes not in STEPS:
            raise refuse(400, "Jam demo hanya maju 10 menit, 1 jam atau 1 hari.")
        self.desk.move(timedelta(minutes=minutes))
        self.desk.simulator.push({"type": "clock", **self._time()})
        return web.json_response(self._time())

    async def show_outbox(self, request: web.Request) -> web.Response:
        return web.json_response(await self._outbox())

    async def _receive(self, phone: Phone, *events: Event) -> web.Response:
        try:
            bubbles = await self.desk.simulator.receive(phone.chat, phone.name, *events)
        except Unreadable:
            raise refuse(400) from None
        return web.json_response({"bubbles": [one.to_json() for one in bubbles]})

    async def _phone(self, request: web.Request) -> Phone:
        for phone in await self.desk.phones():
            if phone.address == request.match_info["address"]:
                return phone
        raise refuse(404, "HP itu tidak ada di meja ini.")

    async def _phones(self) -> Event:
        return {"phones": [_phone(phone) for phone in await self.desk.phones()]}

    async def _outbox(self) -> Event:
        return asdict(await self.desk.outbox())

    def _time(self) -> dict[str, str]:
        return {"now": utc_text(self.desk.now()), "zone": self.desk.zone}


def image_type(content: bytes) -> str | None:
    """Return the type of a picture that browsers show safely, by its first bytes."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((found for start, found in IMAGES.items() if content.startswith(start)), None)


async def _next(heard: asyncio.Queue[Event | None]) -> list[Event | None]:
    """Return what was heard since; nothing, if nothing was for a while."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            events = [await heard.get()]
    except TimeoutError:
        return []
    while not heard.empty():
        events.append(heard.get_nowait())
    return events


def _line(event: Event) -> str:
    return f"data: {json.dumps(event, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _phone(phone: Phone) -> dict[str, str]:
    return {**asdict(phone), "chat": phone.chat}
