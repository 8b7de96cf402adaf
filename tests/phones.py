"""The simulator's phones for the harness: what a person does becomes an event, what is pushed is what was heard."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bot.app import App, Plan
from bot.channels.channel import Arrived, Channel, Keep, Open, Store
from bot.channels.simulator import Simulator
from bot.clock import Clock, utc_text
from bot.sweeping import NAME as ENGINE
from bot.text import Text
from tests.talk import Heard, plan_for
from tests.worlds import phone_of

FILES = Path(__file__).parent / "files"


class SimulatedPhones:
    """Phones of the simulator. What they show outlives the bot's process, as on a real phone."""

    def __init__(self) -> None:
        self._app: App | None = None
        self._channel: Simulator | None = None
        self._queue: asyncio.Queue[Any] | None = None
        self._listening: Any = None
        self._shown: list[Heard] = []

    def chat(self, who: str) -> str:
        return f"simulator:{who.lower()}"

    def plan(self, folder: Path, boot: int) -> Plan:
        return plan_for(folder, boot, self._make, ["simulator"])

    def _make(self, store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        self.heard()
        self._channel = Simulator(store=store, keep=keep, open=open, clock=clock)
        self._listening = self._channel.listen()
        self._queue = self._listening.__enter__()
        return {"simulator": self._channel}

    def attach(self, app: App) -> None:
        self._app = app

    def write(self, who: str, said: str, number: int) -> tuple[str, list[dict[str, Any]]]:
        events = [self._event(who, said, f"{number}.{part}") for part in range(parts_of(said))]
        return who, events

    def _event(self, who: str, said: str, event_id: str) -> dict[str, Any]:
        event: dict[str, Any] = {"event_id": event_id}
        if tapped := re.fullmatch(r"\[(.+?)\]( lama)?", said):
            token, card, label = find_button(self.heard(), who, tapped[1], oldest=bool(tapped[2]))
            return event | {"kind": "tap", "token": token, "card": card, "text": label}
        if said == "(kontak sendiri)":
            return event | {"kind": "contact", "contact": [phone_of(who), who, True]}
        if said == "(kontak lain)":
            return event | {"kind": "contact", "contact": ["+6281299990000", "Orang Lain", False]}
        if said == "(lokasi)":
            return event | {"kind": "location", "location": [3.5796, 98.6748, False]}
        if said == "(stiker)":
            return event | {"kind": "other"}
        if said in REACHED:
            return event | {"kind": "event", "text": REACHED[said]}
        if found := attached(said):
            album = event_id.partition(".")[0] if found[0] == "album" else ""
            attach = found[2], int(event_id.partition(".")[2])
            text = "" if attach[1] else caption_of(said)
            return event | {"kind": found[1], "attach": attach, "album": album, "text": text}
        return event | {"kind": "text", "text": said.replace("\\n", "\n")}

    async def deliver(self, event: tuple[str, list[dict[str, Any]]]) -> None:
        who, events = event
        assert self._app is not None
        assert self._channel is not None
        ready = []
        for one in events:
            if one["kind"] == "event":  # the page has no such button: it comes from within, as on other channels
                note = one | {"token": "", "chat": self.chat(who), "at": utc_text(self._app.clock.now())}
                await self._app.lanes.store([Arrived(ENGINE, one["event_id"], self.chat(who), json.dumps(note))])
                return
            one = dict(one)
            if attach := one.pop("attach", None):
                name, type_, content = file_named(*attach)
                digest = await self._app.media.receive(content, type_)
                one["files"] = [[digest, name, type_, len(content)]]
            ready.append(one)
        await self._channel.receive(self.chat(who), who, *ready)

    def heard(self) -> list[Heard]:
        while self._queue is not None and not self._queue.empty():
            event = self._queue.get_nowait()
            if event and event["type"] == "message":
                self._show(event)
        return self._shown

    def _show(self, event: dict[str, Any]) -> None:
        labels, asked = [choice["label"] for choice in event["choices"]], ASKED.get(event["ask"], ())
        one = Heard(
            event["chat"].partition(":")[2].capitalize(),
            event["id"],
            Text.from_json(event["spans"]).plain,
            (*asked, *labels),
            (*("" for _ in asked), *(choice["id"] for choice in event["choices"])),
            event["file"]["name"] if event["file"] else "",
            edited=event["edited"],
        )
        # A page shows a message once however often it is sent: by its id.
        before = [shown for shown in self._shown if shown.id == one.id]
        if not before or (one.edited and before[-1] != one):
            self._shown.append(one)


REACHED = {"(blokir)": "blocked", "(buka blokir)": "unblocked"}
ASKED = {"contact": ("Bagikan nomor saya",), "location": ("Bagikan lokasi",)}


def parts_of(said: str) -> int:
    """Return how many messages a phone sends for this."""
    album = re.match(r"\(album (\d+)\)", said)
    return int(album[1]) if album else 1


def attached(said: str) -> tuple[str, str, str] | None:
    """Read `(foto)`, `(album 3)` and `(dokumen a.xlsx)`, with or without a caption, as (what, kind, file name)."""
    if re.fullmatch(r"\(foto\)(?: .+)?", said):
        return "foto", "photo", "foto.jpg"
    if re.fullmatch(r"\(foto rusak\)(?: .+)?", said):
        return "foto", "photo", "rusak.jpg"
    if re.fullmatch(r"\(album \d+\)(?: .+)?", said):
        return "album", "photo", "foto.jpg"
    if document := re.fullmatch(r"\(dokumen (\S+)\)(?: .+)?", said):
        return "dokumen", "document", document[1]
    return None


def caption_of(said: str) -> str:
    """Return what is written under a document."""
    return said.partition(") ")[2]


def file_named(name: str, part: int) -> tuple[str, str, bytes]:
    """Return (name, type, bytes) of a test's file; each photo of an album differs."""
    if name == "foto.jpg":
        out = BytesIO()
        Image.new("RGB", (8, 8), (40 * part, 120, 200)).save(out, "JPEG")
        return name, "image/jpeg", out.getvalue()
    if name == "rusak.jpg":
        return name, "image/jpeg", b"\xff\xd8 no picture"
    types = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
    return name, types.get(name.rpartition(".")[2], "application/pdf"), (FILES / name).read_bytes()


def find_button(heard: Sequence[Heard], who: str, label: str, *, oldest: bool) -> tuple[str, str, str]:
    """Return (token, card, label) of a button as it now stands on the phone, the newest or the oldest of that label."""
    cards: dict[str, Heard] = {}
    for one in heard:
        if one.who == who:
            cards.pop(one.id, None) if not oldest else None
            cards[one.id] = one
    found = [
        (token, one.id, shown)
        for one in cards.values()
        for shown, token in zip(one.labels, one.tokens, strict=False)
        if shown.removeprefix("✅ ") == label
    ]
    assert found, f"{who} sees no button [{label}]"
    return found[0] if oldest else found[-1]


def without_mark(text: str) -> str:
    """Return what is read without the row's number, which ends a notice wherever a second copy may follow."""
    return re.sub(r"\n?_?#\d+_?$", "", text)
