"""What a channel is to the rest: it parses what arrived, fetches its files, and makes one call per outgoing message."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.message import Capabilities, Message, Said
from storage.receipts import Receipt
from storage.templates import Review


class Unreadable(Exception):
    """The raw event cannot be understood; its text says why, for the office's log, never for the sender."""


class FetchFailed(Exception):
    """A file could not be fetched now; the turn is tried again."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A template that was approved beforehand, and the text that fills it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sending:
    """One outbox row on its way: `edit_of` is the channel's id of the message that it replaces, if any."""

    id: int
    address: str
    message: Message
    edit_of: str = ""
    again: bool = False  # a second copy after an uncertain attempt: it says so
    plain: bool = False  # the markup was refused once
    spoke_at: str | None = None  # when the person last wrote
    template: Filled | None = None  # what goes instead where the channel takes nothing else now


# How an attempt ended. The table that these come from, and what the courier does with each, is in courier.py.


@dataclass(frozen=True, slots=True)
class Accepted:
    """The channel took it; the id is '' when its answer could not be read."""

    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Throttled:
    """Refused for now: leave this chat, or with `everyone` the whole channel, alone for `seconds`."""

    seconds: float
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Busy:
    """Refused for now, and nothing about this message or chat: try again later."""

    error: str


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """The person has not written for too long; `told` is false where we did not even ask."""

    told: bool = False


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """Refused for good; when it happens again and again, the chat is out of reach."""

    error: str


@dataclass(frozen=True, slots=True)
class MarkupRefused:
    """Refused because of its entities: worth one try as plain text."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Refused: the chat lives at another address now."""

    address: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Refused for good."""

    error: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Refused for good, and so will everything else be to this person: blocked, deactivated."""

    error: str


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """Our own credentials are wrong: nothing about this message."""

    error: str


@dataclass(frozen=True, slots=True)
class NeverLeft:
    """No byte left us: safe to try again."""

    error: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been accepted, or not."""

    error: str


Outcome = (
    Accepted
    | Throttled
    | Busy
    | WindowClosed
    | Undeliverable
    | MarkupRefused
    | Moved
    | Refused
    | Stopped
    | TokenRefused
    | NeverLeft
    | Unknown
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One raw event to be stored: its own id, the chat (its lane; '' if unknown), and the bytes as JSON text.

    `names` are all chats that the account may be known by, the surest first; `renamed` those that it has become, where
    the channel says so. A `receipt`, or the `review` of a template, is all that there is to the event: it is kept where
    it belongs, not in the inbox.
    """

    channel: str
    event_id: str
    chat: str
    raw: str
    names: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    receipt: Receipt | None = None
    review: Review | None = None


Store = Callable[[list[Arrived]], Awaitable[None]]
"""Puts the events on the disk, in the inbox, and wakes their lanes."""

Keep = Callable[[bytes, str], Awaitable[str]]
"""Stores a file's bytes of a type in the media folder and returns the digest; '' for a picture that cannot open."""

Open = Callable[[str], Awaitable[bytes]]
"""Reads the bytes of a stored file by its digest."""


class Channel(Protocol):
    """A way to people."""

    name: str
    capabilities: Capabilities

    def parse(self, raw: str) -> Said | None:
        """Read a stored event; None if it asks nothing of us. Raises Unreadable."""
        ...

    async def fetch(self, said: Said) -> Said:
        """Return `said` with its files stored and their digests filled in. Raises FetchFailed."""
        ...

    async def send(self, sending: Sending) -> Outcome:
        """Make one call. Never raises for what the network or the other side did."""
        ...

    async def run(self) -> None:
        """Receive until cancelled: every event goes to the store before it is acknowledged."""
        ...
