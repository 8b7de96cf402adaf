"""WhatsApp through its real HTTP path, against a strict fake: what is stored before it is answered, how sends end."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from bot.channels.channel import (
    Accepted,
    Arrived,
    Busy,
    Channel,
    FetchFailed,
    NeverLeft,
    Outcome,
    Refused,
    Sending,
    Throttled,
    TokenRefused,
    Undeliverable,
    Unknown,
    Unreadable,
    WindowClosed,
)
from bot.channels.layout import plan
from bot.channels.whatsapp import TokenInvalid, Unreachable, WhatsApp
from bot.clock import StoppedClock, utc_text
from bot.message import Attachment, Choice, Message, Venue
from bot.text import Text, bold
from bot.web.server import make_app, serve
from bot.web.whatsapp import LARGEST, PATH, whatsapp_routes
from tests.fakes.graph_api import BUSINESS_ID, NUMBER, NUMBER_ID, SECRET, TOKEN, VERIFY, FakeGraphApi, sign
from tests.fakes.whatsapp_phones import JPEG, Account

NOW = datetime(2023, 11, 12, 1, tzinfo=UTC)
HELLO = Message(Text.of("Halo"))
ANSWERS = (Choice("!rsvp.1.yes", "Hadir"), Choice("!rsvp.1.no", "Tidak hadir"))
PDF = b"%PDF-1.7 a letter"


@dataclass
class World:
    """A bot's WhatsApp and the other side; `inbox` is what was stored, `broken` makes the store fail that often."""

    api: FakeGraphApi
    clock: StoppedClock
    inbox: list[Arrived] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    broken: int = 0
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def whatsapp(self, *, token: str = TOKEN, url: str = "", **times: Any) -> WhatsApp:
        where = url or self.api.url
        one = WhatsApp(
            *(token, NUMBER_ID, SECRET, VERIFY, where),
            store=self.store,
            keep=self.keep,
            open=self.open,
            clock=self.clock,
            **times,
        )
        self.stack.push_async_callback(one.close)

        async def health() -> dict[str, object]:
            return {"ok": True}

        port = await self.stack.enter_async_context(serve(make_app(whatsapp_routes(one), health=health)))
        self.api.hook = f"http://127.0.0.1:{port}{PATH}"
        return one

    async def store(self, arrived: list[Arrived]) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("disk full")
        self.inbox += arrived

    async def keep(self, content: bytes, type: str) -> str:
        digest = f"{len(self.kept):064}"
        self.kept[digest] = content
        return digest

    async def open(self, digest: str) -> bytes:
        return self.kept[digest]

    def sending(self, message: Message = HELLO, to: str = "6281200000011", **more: Any) -> Sending:
        return Sending(7, to, message, spoke_at=utc_text(self.clock.now()), **more)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock = StoppedClock(NOW)
    async with FakeGraphApi(now=lambda: clock.now().timestamp()) as api:
        world = World(api, clock)
        async with world.stack:
            yield world


def siti(world: World) -> Account:
    account = world.api.account("6281200000011", "ID.siti1")
    world.api.say(account, "to open the window")
    return account


async def test_meta_is_answered_only_with_our_word(world: World) -> None:
    """The challenge comes back to who knows the word; anybody else gets nothing."""
    await world.whatsapp()
    query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "4711"}
    async with aiohttp.ClientSession() as session:
        async with session.get(world.api.hook, params=query) as response:
            assert (response.status, await response.text()) == (200, "4711")
        for wrong in ({"hub.verify_token": "x"}, {"hub.verify_token": "é"}, {"hub.mode": "x"}):
            async with session.get(world.api.hook, params=query | wrong) as response:
                assert (response.status, await response.read()) == (403, b"")


async def test_what_is_not_signed_has_no_effect_and_learns_nothing(world: World) -> None:
    """A thousand unsigned, wrongly signed or changed webhooks: all refused alike, nothing stored, nothing sent."""
    await world.whatsapp()
    body = world.api.payload([world.api.say(siti(world), "halo")])
    forged = [
        *[
            "",
            "sha256=",
            "x" * 71,
            "sha256=" + "0" * 64,
            "é" * 71,
            sign(body, "another secret, as long as it is"),
            "sha1=ab",
        ],
        *[sign(body + b" "), sign(body).upper(), sign(body)[:-1], sign(body).removeprefix("sha256=")],
    ]
    answers = set()
    async with aiohttp.ClientSession() as session:
        for number in range(1000):
            signature = forged[number % len(forged)].encode().decode("latin-1")
            headers = {"X-Hub-Signature-256": signature} if signature else {}
            async with session.post(world.api.hook, data=body, headers=headers) as response:
                answers.add((response.status, await response.read()))
        async with session.post(
            world.api.hook, data=BytesIO(b"x" * (LARGEST + 1)), headers={"X-Hub-Signature-256": "sha256=" + "0" * 64}
        ) as response:
            answers.add((response.status, await response.read()))
    assert answers == {(403, b"")}
    assert (world.inbox, world.api.marked) == ([], [])
    assert await world.api.post(body) == 200
    assert len(world.inbox) == 1


def test_without_its_secrets_the_channel_does_not_start() -> None:
    """Nobody runs a webhook that believes everybody."""

    async def nothing(*_: Any) -> Any: ...

    for secret, verify in (("", VERIFY), (SECRET, "")):
        with pytest.raises(ValueError, match="secret"):
            WhatsApp(
                TOKEN, NUMBER_ID, secret, verify, store=nothing, keep=nothing, open=nothing, clock=StoppedClock(NOW)
            )


async def test_nothing_is_answered_before_it_is_stored(world: World) -> None:
    """While the store does not take it, Meta hears no 200 and comes again."""
    await world.whatsapp()
    event = world.api.say(siti(world), "halo")
    world.broken = 2
    assert [await world.api.deliver(event) for _ in range(3)] == [500, 500, 200]
    assert [one.event_id for one in world.inbox] == [event["message"]["id"]]


async def test_a_batch_is_stored_whole(world: World) -> None:
    """A thousand messages and statuses in one webhook, over several entries, are a thousand events."""
    whatsapp = await world.whatsapp()
    account = siti(world)
    events = [world.api.say(account, f"nomor {number}") for number in range(600)]
    world.api.ledger.clear()
    await whatsapp.send(world.sending())
    statuses = [{**world.api.statuses[0], "id": f"wamid.X{number}"} for number in range(400)]
    parts = [
        json.loads(world.api.payload(events[:300], statuses[:100])),
        json.loads(world.api.payload([], statuses[100:])),
    ]
    more = json.loads(world.api.payload(events[300:]))
    parts[0]["entry"][0]["changes"] += more["entry"][0]["changes"]
    parts[0]["entry"] += parts[1]["entry"]
    assert await world.api.post(json.dumps(parts[0]).encode()) == 200
    assert len({one.event_id for one in world.inbox}) == 1000
    said = [whatsapp.parse(one.raw) for one in world.inbox if one.receipt is None]
    assert {one.text for one in said if one} == {f"nomor {number}" for number in range(600)}


async def test_it_is_read_and_typing_at_once(world: World) -> None:
    """Each message gets its mark as soon as it is stored."""
    whatsapp = await world.whatsapp()
    event = world.api.say(siti(world), "halo")
    await world.api.deliver(event)
    await whatsapp.close()
    assert world.api.marked == [event["message"]["id"]]


@pytest.mark.parametrize(
    ("phone", "bsuid", "names"),
    [
        ("6281200000011", "", ("whatsapp:6281200000011",)),
        ("", "ID.siti1", ("whatsapp:ID.siti1",)),
        ("6281200000011", "ID.siti1", ("whatsapp:ID.siti1", "whatsapp:6281200000011")),
    ],
)
async def test_accounts_have_one_name_or_two(world: World, phone: str, bsuid: str, names: tuple[str, ...]) -> None:
    """The account's own id goes before the number; the number is told where it is known."""
    whatsapp = await world.whatsapp()
    await world.api.deliver(world.api.say(world.api.account(phone, bsuid), "halo"))
    (one,) = world.inbox
    said = whatsapp.parse(one.raw)
    assert said is not None
    assert (one.chat, one.names, said.chat) == (names[0], names, names[0])
    assert said.phone == (f"+{phone}" if phone else "")


async def test_contacts_are_own_only_when_whatsapp_says_so(world: World) -> None:
    """An answer to our request is, and a card with the sender's number; any other card is somebody else's."""
    whatsapp = await world.whatsapp()
    unnamed, named = world.api.account(bsuid="ID.siti1"), world.api.account("6281200000011")
    for event in (
        world.api.share_contact(unnamed, "6281200000011"),
        world.api.share_contact(unnamed, "6281200000011", asked=False),
        world.api.share_contact(named, "6281200000011", asked=False),
        world.api.share_contact(named, "6281299990000", asked=False),
    ):
        await world.api.deliver(event)
    said = [whatsapp.parse(one.raw) for one in world.inbox]
    contacts = [one.contact for one in said if one and one.contact]
    assert [one.own for one in contacts] == [True, False, True, False]
    assert contacts[0].phone == "+6281200000011"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b"null", b"[" * 5000, b'{"entry":5}',
        b'{"entry":[{"changes":[{"value":{"messages":[5]}}]}]}',
        b'{"entry":[{"changes":[{"value":{"messages":[{"id":"a","type":"text","from":"62811234567"}]}}]}]}',
        b'{"entry":[{"changes":[{"value":{"messages":[{"id":"a","type":"text"}]}}]}]}',
        b'{"entry":[{"changes":[{"value":{"statuses":[{"id":5}]}}]}]}', b"\xff\xfe",
        b'{"entry":[{"changes":[{"value":{"contacts":[{"wa_id":[]}],"messages":[{"id":"a","from":"62811234567"}]}}]}]}',
        b'{"entry":[{"changes":[{"value":{"messages":[{"id":"\\ud800","from":"62811234567"}]}}]}]}',
        b'{"entry":[{"changes":[{"value":{"statuses":[{"id":"\\ud800","status":"sent","timestamp":"1700000000"}]}}]}]}',
        b'{"entry":[{"changes":[{"field":"account_update","value":{"event":"X"}}]}]}',
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_kept_and_answered(world: World, body: bytes) -> None:
    """Signed nonsense is stored, answered with 200, and parsed to nothing or parked: never an endless retry."""
    whatsapp = await world.whatsapp()
    assert await world.api.post(body) == 200
    for one in world.inbox:
        with suppress(Unreadable):
            assert whatsapp.parse(one.raw) is None


async def test_another_numbers_webhook_is_not_ours(world: World) -> None:
    """One app may hear several numbers; what was said to the others is not for this bot."""
    await world.whatsapp()
    body = world.api.payload([world.api.say(siti(world), "halo")]).replace(NUMBER_ID.encode(), b"999")
    assert await world.api.post(body) == 200
    assert world.inbox == []


async def test_files_come_in_while_their_address_lives(world: World) -> None:
    """The address is asked for anew at every try; a file that is gone keeps no digest."""
    whatsapp = await world.whatsapp()
    await world.api.deliver(world.api.send_photo(siti(world), JPEG, "foto"))
    said = whatsapp.parse(world.inbox[0].raw)
    assert said is not None
    world.clock.move(timedelta(minutes=30))
    fetched = await whatsapp.fetch(said)
    assert world.kept[fetched.files[0].digest] == JPEG
    assert (fetched.text, fetched.album) == ("foto", "photos")
    world.api.files.clear()
    assert (await whatsapp.fetch(said)).files[0].digest == ""
    broken = await world.whatsapp(url="http://127.0.0.1:9")
    with pytest.raises(FetchFailed):
        await broken.fetch(said)


async def sent(world: World, message: Message) -> list[Any]:
    """Send a message, laid out; return what the phone shows."""
    whatsapp: Channel = await world.whatsapp()
    siti(world)
    for part in plan(message, whatsapp.capabilities):
        assert isinstance(await whatsapp.send(world.sending(part)), Accepted), part
    return [one.shown for one in world.api.ledger]


async def test_one_turn_is_one_message(world: World) -> None:
    """Three choices are buttons, four a list, a picture is their header, a letter has its caption."""
    world.kept |= {"p" * 64: JPEG, "l" * 64: PDF}
    picture, letter = Attachment("p" * 64, "papan.jpg", "photo"), Attachment("l" * 64, "surat.pdf")
    for message, kind in (
        (HELLO, "text"),
        (Message(bold("Rapat"), ANSWERS), "button"),
        (Message(Text.of("Siapa?"), tuple(Choice(f"!x.{n}", f"Orang {n}") for n in range(9))), "list"),
        (Message(Text.of("Papan"), ANSWERS, picture), "button"),
        (Message(Text.of("Undangan"), (), letter), "document"),
        (Message(Text.of("Undangan"), ANSWERS, letter), "button"),
        (Message(Text.of("Foto"), (), picture), "image"),
        (Message(Text.of("Mulai"), ask="contact"), "request_contact_info"),
        (Message(Text.of("Di mana?"), ask="location"), "location_request_message"),
        (Message(Text.of("📍 Aula"), venue=Venue("Aula", "Stabat", 3.7, 98.4)), "location"),
    ):
        world.api.ledger.clear()
        assert [shown.kind for shown in await sent(world, message)] == [kind], message


async def test_long_texts_are_cut_only_as_much_as_needed(world: World) -> None:
    """A text without choices has 4,096 letters; with choices, its last 1,024 at most carry them."""
    long = "Satu kalimat yang panjang.\n" * 140
    shown = await sent(world, Message(Text.of(long), ANSWERS))
    assert [(len(one.text) > 1024, len(one.buttons)) for one in shown] == [(True, 0), (False, 2)]
    assert "\n".join(one.text for one in shown) == long.strip()


ENDINGS: list[tuple[str, tuple[Any, ...], type[Outcome]]] = [
    ("no balance", ("code", 131042), TokenRefused),
    ("token expired", ("code", 190, 401), TokenRefused),
    ("permission", ("code", 10, 403), TokenRefused),
    ("permission 200", ("code", 200, 403), TokenRefused),
    ("locked", ("code", 131031), TokenRefused),
    ("policy", ("code", 368), TokenRefused),
    ("country", ("code", 130497), TokenRefused),
    ("window", ("code", 131047), WindowClosed),
    ("undeliverable", ("code", 131026), Undeliverable),
    ("pair", ("code", 131056), Throttled),
    ("number", ("code", 130429, 429), Throttled),
    ("spam", ("code", 131048), Throttled),
    ("misclassified", ("code", 131064), Throttled),
    ("app", ("code", 4), Throttled),
    ("account", ("code", 80007), Throttled),
    ("registration", ("code", 133016), Throttled),
    ("unknown", ("code", 131000, 500), Busy),
    ("unavailable", ("code", 131016, 503), Busy),
    ("maintenance", ("code", 131057), Busy),
    ("held back", ("code", 131049), Refused),
    ("opted out", ("code", 131050), Refused),
    ("experiment", ("code", 130472), Refused),
    ("type", ("code", 131051), Refused),
    ("download", ("code", 131052), Refused),
    ("test list", ("code", 131030), Refused),
    ("template count", ("code", 132000), Refused),
    ("template missing", ("code", 132001), Refused),
    ("template paused", ("code", 132015), Refused),
    ("template disabled", ("code", 132016), Refused),
    ("needs the phone", ("code", 131062), Refused),
    ("parameter", ("code", 100), Refused),
    ("on-premises", ("code", 470), Refused),
    ("not known", ("code", 999_999), Refused),
    ("not known, broken", ("code", 999_999, 500), Unknown),
    ("proxy", ("html", 0, 502), Unknown),
    ("nothing", ("nothing",), Unknown),
    ("reset after", ("reset",), Unknown),
]


@pytest.mark.parametrize(("fault", "ends"), [one[1:] for one in ENDINGS], ids=[one[0] for one in ENDINGS])
async def test_how_an_attempt_ends(world: World, fault: tuple[Any, ...], ends: type[Outcome]) -> None:
    """Every code of the table, and every silence, at once."""
    whatsapp = await world.whatsapp()
    siti(world)
    world.api.fault_next(*fault)
    assert type(await whatsapp.send(world.sending())) is ends


async def test_accepted_and_then_silent_is_not_known(world: World) -> None:
    """WhatsApp took it and said nothing: it may have arrived, and nothing claims otherwise."""
    whatsapp = await world.whatsapp(answer_within=0.1)
    siti(world)
    world.api.fault_next("hang")
    assert type(await whatsapp.send(world.sending())) is Unknown
    assert [one.callback for one in world.api.ledger] == ["7"]


async def test_where_nobody_listens_nothing_left(world: World) -> None:
    """No connection, no doubt."""
    whatsapp = await world.whatsapp(url="http://127.0.0.1:9")
    assert type(await whatsapp.send(world.sending())) is NeverLeft
    with pytest.raises(Unreachable):
        await whatsapp.me()


async def test_a_pair_that_goes_too_fast_waits_longer_each_time(world: World) -> None:
    """4, 16, 64 s for this person alone; all is forgiven once one gets through."""
    whatsapp = await world.whatsapp()
    siti(world)
    for seconds in (4.0, 16.0, 64.0):
        world.api.fault_next("code", 131056)
        assert await whatsapp.send(world.sending()) == Throttled(seconds)
    await whatsapp.send(world.sending())
    world.api.fault_next("code", 131056)
    assert await whatsapp.send(world.sending()) == Throttled(4.0)
    world.api.fault_next("code", 130429, 429)
    assert await whatsapp.send(world.sending()) == Throttled(5.0, everyone=True)


async def test_the_window_is_looked_at_before_a_call(world: World) -> None:
    """After 23 hours and 50 minutes nothing is even asked; the person's next word opens it again."""
    whatsapp = await world.whatsapp()
    account = siti(world)
    early = world.sending()
    world.clock.move(timedelta(hours=23, minutes=49))
    assert isinstance(await whatsapp.send(early), Accepted)
    world.clock.move(timedelta(minutes=1))
    assert await whatsapp.send(early) == WindowClosed()
    assert await whatsapp.send(Sending(7, account.address, HELLO)) == WindowClosed()
    assert len(world.api.ledger) == 1
    world.clock.move(timedelta(minutes=11))
    # Our note of it was too young: WhatsApp's own clock decides.
    assert await whatsapp.send(world.sending()) == WindowClosed(told=True)
    world.api.say(account, "halo")
    assert isinstance(await whatsapp.send(world.sending()), Accepted)


async def test_a_letter_is_uploaded_once_and_once_more_when_it_is_gone(world: World) -> None:
    """A broadcast uploads one file; what WhatsApp has lost is uploaded again, once."""
    world.kept["l" * 64] = PDF
    whatsapp = await world.whatsapp()
    siti(world)
    letter = Message(Text.of("Undangan"), (), Attachment("l" * 64, "surat.pdf"))
    for _ in range(3):
        assert isinstance(await whatsapp.send(world.sending(letter)), Accepted)
    assert world.api.calls.count("media") == 1
    world.api.forget_uploads()
    assert isinstance(await whatsapp.send(world.sending(letter)), Accepted)
    assert world.api.calls.count("media") == 2
    assert [one.file for one in world.api.ledger] == [PDF] * 4
    world.api.fault_next("code", 131053)
    world.api.fault_next("code", 131053)
    assert type(await whatsapp.send(world.sending(letter))) is Refused


async def test_it_knows_its_number_and_a_wrong_token(world: World) -> None:
    """For wa.me links, and for the check."""
    whatsapp = await world.whatsapp()
    assert await whatsapp.me() == NUMBER
    assert await whatsapp.webhook(BUSINESS_ID)
    world.api.subscribed = False
    assert not await whatsapp.webhook(BUSINESS_ID)
    wrong = await world.whatsapp(token="another")
    with pytest.raises(TokenInvalid):
        await wrong.me()
    assert type(await wrong.send(world.sending())) is TokenRefused


async def test_no_secret_is_in_any_error(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Neither token nor number nor text stands in what is logged, or in the class of an error."""
    caplog.set_level("DEBUG")
    whatsapp = await world.whatsapp(answer_within=0.1)
    siti(world)
    ends = []
    for fault in (("html", 0, 502), ("nothing",), ("code", 999_999), ("hang",)):
        world.api.fault_next(*fault)
        ends.append(str(await whatsapp.send(world.sending(Message(Text.of("rahasia"))))))
    told = "\n".join([*ends, *(record.getMessage() for record in caplog.records if record.name.startswith("bot"))])
    for secret in (TOKEN, SECRET, VERIFY, "6281200000011", "rahasia"):
        assert secret not in told
