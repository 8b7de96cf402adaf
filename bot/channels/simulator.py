"""The simulator: phones on a web page, as a channel that needs no account, no token and no internet."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from bot.channels.channel import Accepted, Arrived, Keep, Open, Outcome, Sending, Store, Unreadable
from bot.clock import Clock, utc_text
from bot.message import Attachment, Capabilities, Choice, Contact, Kind, Location, Media, Message, Said
from bot.text import Text

NAME = "simulator"
LONGEST_TEXT = 4096
FEED_BACKLOG = 2000
KINDS = ("text", "tap", "photo", "document", "contact", "location", "other")
HIDDEN_STATES = ("held", "cancelled", "expired", "stopped")

Event = dict[str, Any]
"""What a page posts, or what it is told."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as a phone shows it.

    `id` is the outbox id of what the bot said first, or the event id of what the person said. `at` is UTC ISO text;
    `state` is the outbox state; `tapped` marks the word of a button, which real phones do not show as a message.
    """

    id: str
    sender: Literal["bot", "person"]
    text: Text
    at: str
    choices: tuple[Choice, ...] = ()
    file: Attachment | None = None
    ask: Literal["", "contact", "location"] = ""
    edited: bool = False
    state: str = "sent"
    tapped: bool = False

    def to_json(self) -> Event:
        """Write the bubble as the page reads it."""
        file = self.file and {"digest": self.file.digest, "name": self.file.name, "kind": self.file.kind}
        return {
            "id": self.id,
            "from": self.sender,
            "spans": self.text.to_json(),
            "at": self.at,
            "choices": [{"id": choice.id, "label": choice.label} for choice in self.choices],
            "file": file,
            "ask": self.ask,
            "edited": self.edited,
            "state": self.state,
            "tapped": self.tapped,
        }


@dataclass(frozen=True, slots=True)
class Posted:
    """An outbox row of a simulated chat, as far as a phone's history needs it; `at` is when it went, or was made."""

    id: int
    body: str
    state: str
    at: str
    external_id: str | None = None
    edits: int | None = None


class Simulator:
    """Phones on a web page. Keeps nothing: what a phone shows is rebuilt from inbox and outbox by `history`."""

    name: str = NAME
    capabilities: Capabilities = Capabilities(
        text=LONGEST_TEXT,
        caption=1024,
        buttons=24,
        list_rows=0,
        button_label=40,
        list_label=0,
        edits=True,
        idempotent=True,
        menu=True,
        per_row=2,
    )

    def __init__(self, *, store: Store, keep: Keep, open: Open, clock: Clock) -> None:
        self.keep = keep
        self.open = open
        self._store = store
        self._clock = clock
        self._listeners: set[asyncio.Queue[Event | None]] = set()

    def parse(self, raw: str) -> Said:
        """Read what a page posted. Raises Unreadable."""
        return read_event(raw)

    async def fetch(self, said: Said) -> Said:
        """Return `said` as it is: its files were stored when they were uploaded."""
        return said

    async def send(self, sending: Sending) -> Outcome:
        """Show the message on every open page; a phone that is off sees it in its history."""
        # Sent twice, the bubble has the same id, and the page shows it once: that is what `idempotent` promises.
        shown = sending.edit_of or str(sending.id)
        bubble = replace(
            _said_by_bot(shown, sending.message, utc_text(self._clock.now())), edited=bool(sending.edit_of)
        )
        chat = f"{NAME}:{sending.address}"
        self.push({"type": "message", "chat": chat, "edit_of": sending.edit_of, **bubble.to_json()})
        return Accepted(shown)

    async def run(self) -> None:
        """Wait until cancelled: what arrives comes in through `receive`."""
        await asyncio.Event().wait()

    async def receive(self, chat: str, name: str, *events: Event, typed_at: datetime | None = None) -> list[Bubble]:
        """Store what a phone sent, all or nothing, and return how the phone shows it.

        Each event names its own `event_id`: the same id again is a redelivery. `typed_at` is for a phone that was
        off meanwhile. Raises Unreadable, with nothing stored.
        """
        at = utc_text(typed_at or self._clock.now())
        raws = [json.dumps({**event, "chat": chat, "name": name, "at": at}) for event in events]
        bubbles = [_said_by_person(raw) for raw in raws]
        await self._store([Arrived(NAME, one.id, chat, raw) for one, raw in zip(bubbles, raws, strict=True)])
        for bubble in bubbles:
            self.push({"type": "said", "chat": chat, **bubble.to_json()})
        return bubbles

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Event | None]]:
        """Hear everything that is pushed; None means: hang up."""
        heard: asyncio.Queue[Event | None] = asyncio.Queue(FEED_BACKLOG + 1)
        self._listeners.add(heard)
        try:
            yield heard
        finally:
            self._listeners.discard(heard)

    def push(self, event: Event) -> None:
        """Tell every open page."""
        for heard in list(self._listeners):
            if heard.qsize() >= FEED_BACKLOG:  # a page that stopped reading: it reconnects and reloads
                self._listeners.discard(heard)
                heard.put_nowait(None)
            else:
                heard.put_nowait(event)

    def hang_up(self) -> None:
        """End every feed, so that the server can close."""
        for heard in list(self._listeners):
            self._listeners.discard(heard)
            heard.put_nowait(None)


def read_event(raw: str) -> Said:
    """Read a stored event of the simulator. Raises Unreadable, and nothing else."""
    try:
        return _read(json.loads(raw))
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as why:
        raise Unreadable(f"{type(why).__name__}: {str(why)[:200]}") from why


def history(raws: Iterable[str], posted: Iterable[Posted]) -> list[Bubble]:
    """Rebuild a phone's screen from its stored events and outbox rows, oldest first; edits take their card's place."""
    shown: dict[str, Bubble] = {}
    for raw in raws:
        try:
            bubble = _said_by_person(raw)
        except Unreadable:
            continue
        shown[bubble.id] = bubble
    for row in sorted(posted, key=lambda row: row.id):
        if row.state in HIDDEN_STATES or (row.edits is not None and row.external_id is None):
            continue
        bubble = replace(
            _said_by_bot(row.external_id or str(row.id), Message.from_json(row.body), row.at), state=row.state
        )
        before = shown.get(bubble.id)
        shown[bubble.id] = replace(bubble, at=before.at, edited=True) if before else bubble
    return sorted(shown.values(), key=lambda one: one.at)


def _read(body: Event) -> Said:
    contact, location = body.get("contact"), body.get("location")
    said = Said(
        channel=NAME,
        chat=_words(body["chat"], 200),
        event_id=_words(body["event_id"], 100),
        at=_moment(body["at"]),
        kind=_kind(body["kind"]),
        # A tap carries its label for the history alone: the engine goes by the token, as on any channel.
        text="" if body["kind"] == "tap" else _words(body.get("text", ""), LONGEST_TEXT),
        token=_words(body.get("token", ""), 100),
        card=_words(body.get("card", ""), 100),
        files=tuple(_file(*file) for file in body.get("files", ())),
        contact=None if contact is None else _contact(*contact),
        location=None if location is None else _location(*location),
        album=_words(body.get("album", ""), 100),
        name=_words(body.get("name", ""), 200),
    )
    _refuse_incomplete(said)
    return said


def _refuse_incomplete(said: Said) -> None:
    needed = {
        "text": said.text.strip(),
        "tap": said.token,
        "photo": said.files,
        "document": said.files,
        "contact": said.contact,
        "location": said.location,
    }
    if not said.event_id or not said.chat.startswith(f"{NAME}:") or not needed.get(said.kind, True):
        raise ValueError(f"incomplete {said.kind}")


def _words(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError(f"not a text of at most {most} characters")
    value.encode()  # a lone surrogate, which JSON can spell and no store can hold
    return value


def _kind(value: Any) -> Kind:
    if value not in KINDS:
        raise ValueError("an unknown kind")
    return value  # type: ignore[no-any-return]  # it is one of the kinds


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment


def _file(digest: Any, name: Any, type: Any, size: Any) -> Media:
    digest = _words(digest, 64)
    if not isinstance(size, int):  # without a digest it is a picture that did not open
        raise ValueError("not a file")
    return Media(source=digest, name=_words(name, 255), type=_words(type, 100), size=size, digest=digest)


def _contact(phone: Any, name: Any, own: Any) -> Contact:
    return Contact(_words(phone, 32), _words(name, 200), own is True)


def _location(latitude: Any, longitude: Any, forwarded: Any) -> Location:
    point = Location(float(latitude), float(longitude), forwarded is True)
    if not (-90 <= point.latitude <= 90 and -180 <= point.longitude <= 180):
        raise ValueError("no such place")
    return point


def _said_by_bot(id: str, message: Message, at: str) -> Bubble:
    return Bubble(id, "bot", message.text, at, message.choices, message.file, message.ask)


def _said_by_person(raw: str) -> Bubble:
    said = read_event(raw)
    words, file = said.text, None
    if said.kind == "tap":
        words = _words(json.loads(raw).get("text", ""), LONGEST_TEXT) or "…"
    elif said.contact:
        whose = "Nomor saya" if said.contact.own else f"Kontak {said.contact.name}".strip()
        words = f"👤 {whose}: {said.contact.phone}"
    elif said.location:
        words = f"📍 {said.location.latitude:.5f}, {said.location.longitude:.5f}"
    elif said.files and said.files[0].digest:
        file = Attachment(said.files[0].digest, said.files[0].name, "photo" if said.kind == "photo" else "document")
    return Bubble(said.event_id, "person", Text.of(words), utc_text(said.at), file=file, tapped=said.kind == "tap")
