"""The simulator as a channel: what phones post is stored and read back, and what the bot says reaches every page."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.channel import Accepted, Arrived, Channel, Sending, Unreadable
from bot.channels.simulator import Posted, Simulator, history, read_event
from bot.clock import StoppedClock, utc_text
from bot.message import Attachment, Choice, Contact, Location, Media, Message
from bot.text import Text, bold

START = datetime(2023, 11, 12, 0, 52, tzinfo=UTC)
DIGEST = "ab" * 32


class Shelf:
    """An inbox and a media folder in memory."""

    def __init__(self) -> None:
        self.arrived: dict[str, Arrived] = {}
        self.files: dict[str, bytes] = {}
        self.clock = StoppedClock(START)
        self.simulator = Simulator(store=self.store, keep=self.keep, open=self.open, clock=self.clock)

    async def store(self, events: list[Arrived]) -> None:
        for event in events:
            self.arrived.setdefault(event.event_id, event)

    async def keep(self, content: bytes, type: str) -> str:
        self.files[DIGEST] = content
        return DIGEST

    async def open(self, digest: str) -> bytes:
        return self.files[digest]


async def test_what_a_phone_says_is_stored_and_reads_back_with_the_demo_time() -> None:
    """The message's own time is the demo clock's, and a phone's name and address come along."""
    shelf = Shelf()
    channel: Channel = shelf.simulator
    await shelf.simulator.receive("simulator:siti", "Siti", {"kind": "text", "event_id": "e1", "text": "k7m2px"})
    said = channel.parse(shelf.arrived["e1"].raw)
    assert said is not None
    assert (said.channel, said.chat, said.kind, said.text) == ("simulator", "simulator:siti", "text", "k7m2px")
    assert (said.at, said.name) == (START, "Siti")
    assert await channel.fetch(said) is said


async def test_a_retried_tap_is_a_redelivery() -> None:
    """The page chooses the event id once per tap, so the store meets the same id twice."""
    shelf = Shelf()
    tap = {"kind": "tap", "event_id": "e1", "token": "!rsvp.7.yes", "card": "41", "text": "Hadir"}
    await shelf.simulator.receive("simulator:siti", "Siti", tap)
    shelf.clock.move(timedelta(minutes=1))
    await shelf.simulator.receive("simulator:siti", "Siti", tap)
    assert len(shelf.arrived) == 1
    said = shelf.simulator.parse(shelf.arrived["e1"].raw)
    assert (said.token, said.card, said.text, said.at) == ("!rsvp.7.yes", "41", "", START)


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        (
            {"kind": "photo", "files": [[DIGEST, "p2k2.jpg", "image/jpeg", 9]], "album": "a1"},
            "files",
            (Media(DIGEST, "p2k2.jpg", "image/jpeg", 9, DIGEST),),
        ),
        (
            {"kind": "document", "files": [[DIGEST, "daftar.xlsx", "", 9]]},
            "files",
            (Media(DIGEST, "daftar.xlsx", "", 9, DIGEST),),
        ),
        (
            {"kind": "contact", "contact": ["+6281200000001", "Siti", True]},
            "contact",
            Contact("+6281200000001", "Siti", own=True),
        ),
        (
            {"kind": "contact", "contact": ["+6281200000002", "Budi", False]},
            "contact",
            Contact("+6281200000002", "Budi"),
        ),
        ({"kind": "location", "location": [3.5796, 98.6748, False]}, "location", Location(3.5796, 98.6748)),
        (
            {"kind": "location", "location": [3.7333, 98.45, True]},
            "location",
            Location(3.7333, 98.45, forwarded=True),
        ),
    ],
)
async def test_files_contacts_and_places_read_back(event: dict[str, Any], field: str, value: object) -> None:
    """What is sent and not typed arrives whole."""
    shelf = Shelf()
    await shelf.simulator.receive("simulator:siti", "Siti", {**event, "event_id": "e1"})
    assert getattr(shelf.simulator.parse(shelf.arrived["e1"].raw), field) == value


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"kind": "text", "text": "halo"},
        {"kind": "text", "event_id": "", "text": "halo"},
        {"kind": "text", "event_id": "e1", "text": "   "},
        {"kind": "text", "event_id": "e1", "text": "x" * 4097},
        {"kind": "text", "event_id": "e1", "text": "\ud800"},
        {"kind": "text", "event_id": 7, "text": "halo"},
        {"kind": ["text"], "event_id": "e1", "text": "halo"},
        {"kind": "dance", "event_id": "e1"},
        {"kind": "tap", "event_id": "e1"},
        {"kind": "photo", "event_id": "e1", "files": []},
        {"kind": "photo", "event_id": "e1", "files": [[DIGEST]]},
        {"kind": "contact", "event_id": "e1", "contact": "+62812"},
        {"kind": "location", "event_id": "e1", "location": [float("nan"), 98.0, False]},
        {"kind": "location", "event_id": "e1", "location": [91, 98.0, False]},
        {"kind": "event", "event_id": "e1", "text": "blocked"},
    ],
)
async def test_what_cannot_be_read_is_refused_before_anything_is_stored(event: dict[str, Any]) -> None:
    """A malformed post leaves no trace, not even of the good event beside it."""
    shelf = Shelf()
    good = {"kind": "text", "event_id": "good", "text": "halo"}
    with pytest.raises(Unreadable):
        await shelf.simulator.receive("simulator:siti", "Siti", good, event)
    assert shelf.arrived == {}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_fields = st.sampled_from(
    ["chat", "event_id", "at", "kind", "text", "token", "card", "files", "contact", "location", "album", "name"]
)


@settings(max_examples=60)
@given(st.text() | _json.map(json.dumps) | st.dictionaries(_fields, _json).map(json.dumps))
def test_nothing_makes_the_parser_raise_anything_but_unreadable(raw: str) -> None:
    """Whatever stands in the inbox can be parked."""
    try:
        assert read_event(raw).event_id
    except Unreadable:
        return


@settings(max_examples=60)
@given(st.sampled_from(["at", "kind", "files", "contact", "location", "text", "event_id"]), _json)
def test_one_wrong_field_is_unreadable_or_harmless(field: str, value: object) -> None:
    """A good event with any one field replaced still raises nothing but Unreadable."""
    good = {"chat": "simulator:siti", "event_id": "e1", "at": utc_text(START), "kind": "text", "text": "halo"}
    try:
        said = read_event(json.dumps({**good, field: value}))
    except Unreadable:
        return
    assert said.chat == "simulator:siti"


async def test_a_message_reaches_every_page_and_shows_once_under_its_outbox_id() -> None:
    """Sent again after an uncertain attempt, it carries the same id, so a page shows one bubble."""
    shelf = Shelf()
    message = Message(Text.of("Hadir? ") + bold("Ya"), (Choice("!rsvp.7.yes", "Hadir"),), ask="contact")
    with shelf.simulator.listen() as one, shelf.simulator.listen() as other:
        assert await shelf.simulator.send(Sending(41, "siti", message)) == Accepted("41")
        assert await shelf.simulator.send(Sending(41, "siti", message, again=True)) == Accepted("41")
        first, second = one.get_nowait(), one.get_nowait()
        assert first is not None
        assert first == second == other.get_nowait()
    assert (first["type"], first["chat"], first["id"], first["ask"]) == ("message", "simulator:siti", "41", "contact")
    assert first["spans"] == [["Hadir? "], ["Ya", "bold"]]
    assert first["choices"] == [{"id": "!rsvp.7.yes", "label": "Hadir"}]


async def test_an_edit_takes_the_place_of_the_bubble_it_replaces() -> None:
    """Its answer names the replaced message, which is still the one that people tap."""
    shelf = Shelf()
    with shelf.simulator.listen() as page:
        edit = Sending(42, "siti", Message.of("Jawaban Ibu: Hadir ✅"), edit_of="41")
        assert await shelf.simulator.send(edit) == Accepted("41")
        told = page.get_nowait()
    assert told is not None
    assert (told["id"], told["edit_of"], told["edited"]) == ("41", "41", True)


async def test_a_phone_that_is_off_still_gets_its_message() -> None:
    """With no page open the message is accepted: the history shows it later."""
    assert await Shelf().simulator.send(Sending(41, "siti", Message.of("halo"))) == Accepted("41")


async def test_a_page_that_stopped_reading_is_hung_up_on() -> None:
    """A stuck page costs a bounded amount of memory, and the others hear on."""
    shelf = Shelf()
    with shelf.simulator.listen() as stuck, shelf.simulator.listen() as awake:
        for number in range(2100):
            shelf.simulator.push({"type": "clock", "number": number})
            awake.get_nowait()
        heard = [stuck.get_nowait() for _ in range(stuck.qsize())]
    assert len(heard) == 2001
    assert heard[-1] is None


async def test_running_waits_until_it_is_cancelled() -> None:
    """The simulator fetches nothing by itself."""
    running = asyncio.create_task(Shelf().simulator.run())
    await asyncio.sleep(0)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_history_is_rebuilt_from_inbox_and_outbox() -> None:
    """Edits stand where their card stood, what is cancelled never shows, and what nobody said is left out."""
    shelf = Shelf()
    at = [utc_text(START + timedelta(seconds=second)) for second in range(9)]
    card = Message.of("Mohon konfirmasi.", Choice("!rsvp.7.yes", "Hadir"))
    posted = [
        Posted(41, card.to_json(), "sent", at[0], "41"),
        Posted(43, Message.of("Jawaban Ibu: Hadir ✅").to_json(), "sent", at[3], "41", edits=41),
        Posted(44, Message.of("Diumumkan").to_json(), "cancelled", at[4]),
        Posted(45, Message.of("Menunggu").to_json(), "queued", at[5]),
        Posted(46, Message.of("Belum diganti").to_json(), "queued", at[6], edits=41),
    ]
    shelf.clock.move(timedelta(seconds=2))
    tap = {"kind": "tap", "event_id": "e1", "token": "!rsvp.7.yes", "card": "41", "text": "Hadir"}
    photo = {"kind": "photo", "event_id": "e2", "files": [[DIGEST, "p2k2.jpg", "image/jpeg", 9]], "text": "foto"}
    await shelf.simulator.receive("simulator:siti", "Siti", tap, photo)
    raws = [
        *(one.raw for one in shelf.arrived.values()),
        "{broken",
        json.dumps({"text": "expired", "token": "d1", "chat": "simulator:siti"}),
    ]
    shown = history(raws, posted)
    assert [(one.id, one.sender, one.text.plain, one.state) for one in shown] == [
        ("41", "bot", "Jawaban Ibu: Hadir ✅", "sent"),
        ("e1", "person", "Hadir", "sent"),
        ("e2", "person", "foto", "sent"),
        ("45", "bot", "Menunggu", "queued"),
    ]
    assert shown[0].edited
    assert shown[1].tapped
    assert shown[2].file == Attachment(DIGEST, "p2k2.jpg", "photo")
