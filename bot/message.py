"""The two shapes that cross a channel's edge: what a person said, and what the bot says."""

import json
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.text import Text

_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # dumps would make it anew each time

Form = Literal["buttons", "list", "numbers"]
Kind = Literal["text", "tap", "photo", "document", "contact", "location", "other", "event"]


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came in: `source` is the channel's id for it, `digest` its SHA-256 once it was fetched."""

    source: str
    name: str = ""
    type: str = ""
    size: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared contact; `own` is true only where the channel vouches that the sender shared his or her own."""

    phone: str
    name: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A point a phone sent: a claim, not a proof. Degrees, WGS 84."""

    latitude: float
    longitude: float
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that arrived from a chat; `at` is the message's own time, not when we saw it."""

    channel: str
    chat: str
    event_id: str
    at: datetime
    kind: Kind
    text: str = ""
    token: str = ""
    card: str = ""
    phone: str = ""  # the sender's number, where the channel vouches for it without being asked
    files: tuple[Media, ...] = ()
    contact: Contact | None = None
    location: Location | None = None
    album: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to tap; `id` travels in the button (ASCII, with its prefix at most 64 bytes)."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file that the bot sends; `digest` names it in the media folder."""

    digest: str
    name: str
    kind: Literal["photo", "document"] = "document"


@dataclass(frozen=True, slots=True)
class Venue:
    """A place on the map; degrees, WGS 84. The text of its message says the same in words, for who sees no map."""

    title: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Message:
    """One thing the bot says. `form` and `page` are decided by `channels.layout.plan`, never by a handler."""

    text: Text
    choices: tuple[Choice, ...] = ()
    file: Attachment | None = None
    ask: Literal["", "contact", "location"] = ""
    form: Form = "buttons"
    page: int = 0
    venue: Venue | None = None

    @classmethod
    def of(cls, said: "str | Text | Message", *choices: Choice) -> "Message":
        """Take a Message as it is, and anything else as its text; these choices, if there are any, stand under it."""
        if isinstance(said, Message):
            return replace(said, choices=choices) if choices else said
        return cls(Text.of(said), choices)

    def to_json(self) -> str:
        """Write the message as the outbox keeps it."""
        body: dict[str, Any] = {"text": self.text.to_json()}
        if self.choices:
            body["choices"] = [[choice.id, choice.label] for choice in self.choices]
        if self.file:
            body["file"] = [self.file.digest, self.file.name, self.file.kind]
        if self.venue:
            body["venue"] = list(astuple(self.venue))
        for name, value, unset in (("ask", self.ask, ""), ("form", self.form, "buttons"), ("page", self.page, 0)):
            if value != unset:
                body[name] = value
        return _written(body)

    @classmethod
    def from_json(cls, stored: str) -> "Message":
        """Read what `to_json` wrote."""
        body = json.loads(stored)
        return cls(
            text=Text.from_json(body["text"]),
            choices=tuple(Choice(*pair) for pair in body.get("choices", ())),
            file=Attachment(*body["file"]) if "file" in body else None,
            ask=body.get("ask", ""),
            form=body.get("form", "buttons"),
            page=body.get("page", 0),
            venue=Venue(*body["venue"]) if "venue" in body else None,
        )


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show; the figures are the platform's documented limits.

    `body` is how long a text may be that has choices or asks for something, 0: as long as any. `window` is for how long
    after the person's last message the bot may write, None: always.
    """

    text: int
    caption: int
    buttons: int
    list_rows: int
    button_label: int
    list_label: int
    edits: bool = False
    idempotent: bool = False  # sending the same outbox id twice shows it once
    menu: bool = False
    venues: bool = False  # shows a place on a map of its own
    mixed: bool = True  # choices may stand beside a place on the map, or what is asked of the phone
    receipts: bool = False  # tells later what became of a message, by its outbox id
    body: int = 0
    window: timedelta | None = None
    per_row: int = field(default=2)
