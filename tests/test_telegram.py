"""Telegram through its real HTTP path, against a strict fake: what is stored before it is confirmed, how sends end."""

import asyncio
import base64
import json
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.channels.channel import (
    Accepted,
    Arrived,
    Channel,
    FetchFailed,
    MarkupRefused,
    Moved,
    NeverLeft,
    Outcome,
    Refused,
    Sending,
    Stopped,
    Throttled,
    TokenRefused,
    Unknown,
)
from bot.channels.telegram import AnotherPoller, Telegram, TokenInvalid, Unreachable
from bot.clock import StoppedClock
from bot.message import Attachment, Choice, Message, Venue
from bot.text import Text, bold
from tests.fakes.bot_api import TOKEN, FakeBotApi
from tests.fakes.telegram_phones import JPEG

NOW = datetime(2023, 11, 12, 1, tzinfo=UTC)
SITI, BUDI = 81234, 81235
HELLO = Message(Text.of("Halo"))
HADIR = Message(Text.of("Mohon konfirmasi."), (Choice("!rsvp.1.yes", "Hadir"), Choice("!rsvp.1.no", "Tidak hadir")))


@dataclass
class World:
    """A bot's Telegram and the other side; `inbox` is what was stored, `broken` makes the store fail that often."""

    api: FakeBotApi
    inbox: list[Arrived] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    broken: int = 0
    pauses: list[float] = field(default_factory=list)
    stored: asyncio.Event = field(default_factory=asyncio.Event)
    running: list[Telegram] = field(default_factory=list)

    def telegram(self, url: str = "", token: str = TOKEN, **times: Any) -> Telegram:
        one = Telegram(
            token,
            url or self.api.url,
            store=self.store,
            keep=self.keep,
            open=self.open,
            clock=StoppedClock(NOW),
            pause=self.pause,
            **{"answer_within": 5.0, "poll_seconds": 1, **times},
        )
        self.running.append(one)
        return one

    async def store(self, letters: list[Arrived]) -> None:
        if self.broken:
            self.broken -= 1
            raise OSError("disk full")
        known = {letter.event_id for letter in self.inbox}
        self.inbox += [letter for letter in letters if letter.event_id not in known]
        self.stored.set()

    async def keep(self, content: bytes, type_: str) -> str:
        digest = f"{type_}:{len(content)}"
        self.kept[digest] = content
        return digest

    async def open(self, digest: str) -> bytes:
        return self.kept[digest]

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def received(self, count: int) -> list[Arrived]:
        async with asyncio.timeout(60):
            while len(self.inbox) < count:
                self.stored.clear()
                await self.stored.wait()
        return self.inbox


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with FakeBotApi() as api:
        here = World(api)
        yield here
        for telegram in here.running:
            await telegram.close()


async def until(true: Callable[[], object]) -> None:
    """Let the other tasks run until something holds."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  # the fake is watched, it has no event for everything
            await asyncio.sleep(0.001)


async def while_running(telegram: Telegram, story: Callable[[], Awaitable[None]]) -> None:
    """Receive for as long as the story lasts."""
    running = asyncio.create_task(telegram.run())
    try:
        await story()
    finally:
        running.cancel()
        await asyncio.wait([running])


def to(user: int, message: Message, **more: Any) -> Sending:
    return Sending(1, str(user), message, **more)


def test_it_is_a_channel() -> None:
    """What the courier and the lanes are given is all there."""
    one: Channel = Telegram(TOKEN, store=_no, keep=_no, open=_no, clock=StoppedClock(NOW))
    assert one.name == "telegram"


async def _no(*_: Any) -> Any:
    raise AssertionError


# Receiving


async def test_updates_are_stored_and_confirmed_after_it(world: World) -> None:
    """Two people write; both messages are stored, and the next poll confirms them."""
    telegram = world.telegram()

    async def story() -> None:
        world.api.say(SITI, "halo")
        world.api.say(BUDI, "halo juga")
        await world.received(2)
        assert [letter.chat for letter in world.inbox] == [f"telegram:{SITI}", f"telegram:{BUDI}"]
        await until(lambda: len(world.api.confirmed) == 2)

    await while_running(telegram, story)
    texts = [said.text for letter in world.inbox if (said := telegram.parse(letter.raw))]
    assert texts == ["halo", "halo juga"]
    assert telegram.last_poll == NOW


async def test_what_could_not_be_stored_is_not_confirmed(world: World) -> None:
    """With a full disk the same update comes again until it is stored; until then Telegram keeps it."""
    world.broken = 3
    world.api.say(SITI, "halo")
    seen_at_failure: list[int] = []

    async def pause(seconds: float) -> None:
        seen_at_failure.append(len(world.api.confirmed))
        await asyncio.sleep(0)

    telegram = world.telegram()
    telegram._pause = pause

    async def story() -> None:
        await world.received(1)
        await until(lambda: world.api.confirmed)

    await while_running(telegram, story)
    assert seen_at_failure == [0, 0, 0]
    assert len(world.inbox) == 1


async def test_a_kill_before_the_next_poll_loses_nothing(world: World) -> None:
    """A process that dies right after storing gets the same update again, and knows it by its id."""
    world.api.say(SITI, "halo")
    first = asyncio.create_task(world.telegram().run())
    await world.received(1)
    first.cancel()
    await asyncio.wait([first])

    async def story() -> None:
        await until(lambda: world.api.confirmed)

    await while_running(world.telegram(), story)
    assert len(world.inbox) == 1


async def test_a_pressed_button_is_answered_once_it_is_stored(world: World) -> None:
    """The progress bar on the phone stops."""
    telegram = world.telegram()
    await telegram.send(to(SITI, HADIR))

    async def story() -> None:
        world.api.press(SITI, "Hadir")
        await until(lambda: world.api.answered)
        assert len(world.inbox) == 1

    await while_running(telegram, story)
    said = telegram.parse(world.inbox[0].raw)
    assert said is not None
    assert (said.token, said.at) == ("!rsvp.1.yes", NOW)


async def test_a_press_that_is_too_old_to_answer_harms_nothing(world: World) -> None:
    """The refusal of the answer stops neither the poll nor the press itself."""
    telegram = world.telegram()

    async def story() -> None:
        world.api.tap(SITI, 1, "!rsvp.1.yes")
        world.api.open_taps.clear()
        await until(lambda: "answerCallbackQuery" in world.api.calls)
        world.api.say(SITI, "halo")
        await world.received(2)

    await while_running(telegram, story)
    assert world.api.answered == []


async def test_strange_updates_do_not_stop_the_poll(world: World) -> None:
    """Things without a number or a shape are stored like the rest, and what follows still arrives."""
    telegram = world.telegram()

    async def story() -> None:
        world.api.push({"message": "halo"})
        world.api.push({"update_id": "x"}, numbered=False)
        world.api.say(SITI, "halo")
        await world.received(3)
        await until(lambda: len(world.api.confirmed) == 3)

    await while_running(telegram, story)
    assert [letter.chat for letter in world.inbox] == ["", "", f"telegram:{SITI}"]


@pytest.mark.parametrize("kind", ["server_error", "garbled", "nothing", "reset", "accept_reset", "firewall", "flood"])
async def test_a_bad_network_is_waited_out(world: World, kind: str) -> None:
    """Whatever happens to a poll, the next one brings what was sent meanwhile."""
    world.api.fault_next("getUpdates", kind)
    world.api.fault_next("deleteWebhook", kind)
    telegram = world.telegram()

    async def story() -> None:
        world.api.say(SITI, "halo")
        await world.received(1)

    await while_running(telegram, story)
    assert len(world.pauses) == 2


async def test_ids_that_start_anew_are_received(world: World) -> None:
    """After a quiet week Telegram counts from a random number, which may be lower."""
    telegram = world.telegram(poll_seconds=0)

    async def story() -> None:
        world.api.say(SITI, "halo")
        await until(lambda: world.api.confirmed)
        polls = world.api.calls.count("getUpdates")
        await until(lambda: world.api.calls.count("getUpdates") > polls + 2)
        world.api.pending[5] = {"update_id": 5, "message": {}}
        world.api._expiry[5] = world.api.now() + 60
        world.api.wake()
        await world.received(2)

    await while_running(telegram, story)
    assert world.inbox[-1].event_id == "5"


@pytest.mark.parametrize(
    ("kind", "error"), [("unauthorized", TokenInvalid), ("not_found", TokenInvalid), ("conflict", AnotherPoller)]
)
async def test_what_cannot_be_waited_out_ends_the_poll(world: World, kind: str, error: type[Exception]) -> None:
    """A wrong token and a second poller are said plainly, not retried."""
    world.api.fault_next("getUpdates", kind)
    with pytest.raises(error):
        await world.telegram().run()
    assert world.pauses == []


async def test_two_pollers_do_not_share(world: World) -> None:
    """The second copy of the bot ends the first one's poll."""
    first = asyncio.create_task(world.telegram().run())
    await until(lambda: "getUpdates" in world.api.calls)
    second = asyncio.create_task(world.telegram().run())
    with pytest.raises(AnotherPoller):
        await asyncio.wait_for(first, 60)
    second.cancel()
    await asyncio.wait([second])


# Sending


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ({"kind": "garbled"}, Accepted("")),
        ({"kind": "flood", "retry_after": 7}, Throttled(7.0)),
        ({"kind": "flood"}, Throttled(5.0)),
        ({"kind": "markup"}, MarkupRefused()),
        ({"kind": "migrated", "migrate_to": -1009}, Moved("-1009")),
        ({"kind": "bad_request", "description": "Bad Request: chat not found"}, Refused("chat not found")),
        ({"kind": "bad_request", "description": "Bad Request: Siti says no"}, Refused("BadRequest")),
        ({"kind": "ok_false", "description": "Bad Request: message is too long"}, Refused("message is too long")),
        ({"kind": "blocked"}, Stopped("bot was blocked by the user")),
        ({"kind": "deactivated"}, Stopped("user is deactivated")),
        ({"kind": "unauthorized"}, TokenRefused("InvalidToken")),
        ({"kind": "not_found"}, TokenRefused("InvalidToken")),
        ({"kind": "server_error", "status": 500}, Unknown("NetworkError")),
        ({"kind": "server_error", "status": 502}, Unknown("NetworkError")),
        ({"kind": "server_error", "status": 413}, Refused("BadRequest")),
        ({"kind": "firewall"}, Unknown("NetworkError")),
        ({"kind": "nothing"}, Unknown("NetworkError")),
        ({"kind": "reset"}, Unknown("NetworkError")),
        ({"kind": "accept_reset"}, Unknown("NetworkError")),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
async def test_every_row_of_the_outcome_table(world: World, fault: dict[str, Any], outcome: Outcome) -> None:
    """Each answer, and each lack of one, means what the table says; nothing is tried a second time in here."""
    world.api.fault_next("sendMessage", **fault)
    assert await world.telegram().send(to(SITI, HELLO)) == outcome
    assert world.api.calls == ["sendMessage"]
    assert len(world.api.ledger) == (fault["kind"] in ("garbled", "accept_reset"))


async def test_accepted_with_its_id(world: World) -> None:
    """200 with a message_id is accepted: neither delivered nor read."""
    outcome = await world.telegram().send(to(SITI, HELLO))
    assert outcome == Accepted(str(world.api.ledger[0].message_id))


async def test_an_answer_that_does_not_come_leaves_it_unknown(world: World) -> None:
    """Telegram took it and hangs: after the time for an answer, nobody knows."""
    world.api.fault_next("sendMessage", "hang")
    assert await world.telegram(answer_within=0.05).send(to(SITI, HELLO)) == Unknown("TimedOut")
    assert len(world.api.ledger) == 1


async def test_nothing_left_without_a_connection(world: World) -> None:
    """A refused connection, an unknown host and a closed channel: no byte left us."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert isinstance(await world.telegram(f"http://127.0.0.1:{port}").send(to(SITI, HELLO)), NeverLeft)
    assert isinstance(await world.telegram("http://nowhere.invalid").send(to(SITI, HELLO)), NeverLeft)
    closed = world.telegram()
    await closed.close()
    assert isinstance(await closed.send(to(SITI, HELLO)), NeverLeft)


async def test_no_free_connection_in_time_means_nothing_left(world: World) -> None:
    """All connections hang; the one that waited for a free one has sent nothing."""
    telegram = world.telegram(connect_within=0.05, answer_within=0.3)
    telegram._sending._wire._room = asyncio.Semaphore(1)
    world.api.fault_next("sendMessage", "hang")
    hanging = asyncio.create_task(telegram.send(to(SITI, HELLO)))
    await until(lambda: world.api.ledger)
    assert isinstance(await telegram.send(to(BUDI, HELLO)), NeverLeft)
    assert await hanging == Unknown("TimedOut")


async def test_words_and_buttons_as_they_are_seen(world: World) -> None:
    """Styles arrive as entities, what was typed as itself, and short buttons share a row."""
    message = replace(HADIR, text=bold("Bimtek") + " <b>& co")
    await world.telegram().send(to(SITI, message))
    (seen,) = world.api.chat(SITI)
    assert (seen.text, [entity.type for entity in seen.entities]) == ("Bimtek <b>& co", ["bold"])
    assert seen.buttons == (("Hadir", "!rsvp.1.yes"), ("Tidak hadir", "!rsvp.1.no"))
    assert seen.rows == (2,)


async def test_long_buttons_and_page_turners_have_rows_of_their_own(world: World) -> None:
    """A narrow phone cuts long labels that share a row."""
    choices = (
        *(Choice(f"?d1.2.{place}", f"Melati · Kwala Bingai {place}") for place in range(2)),
        *(Choice(f"?d1.2.{place}", f"Mawar {place}") for place in range(2, 4)),
        Choice("?d1.2.#0", "◂ Sebelumnya"),
        Choice("?d1.2.#2", "Lainnya ▸"),
    )
    await world.telegram().send(to(SITI, Message(Text.of("Kelompok mana?"), choices)))
    assert world.api.chat(SITI)[0].rows == (1, 1, 2, 2)


async def test_numbers_get_no_buttons(world: World) -> None:
    """Choices that are laid out as numbers stand in the text alone."""
    await world.telegram().send(to(SITI, replace(HADIR, form="numbers")))
    assert world.api.chat(SITI)[0].buttons == ()


@pytest.mark.parametrize(("ask", "label"), [("contact", "Bagikan nomor saya"), ("location", "Bagikan lokasi")])
async def test_asking_the_phone(world: World, ask: Any, label: str) -> None:
    """The button that shares stands in place of the keyboard, with the choices as words below it."""
    message = Message(Text.of("Mohon bagikan."), (Choice("?d1.1.skip", "Lewati"),), ask=ask)
    await world.telegram().send(to(SITI, message))
    (seen,) = world.api.chat(SITI)
    assert (seen.keyboard, seen.buttons) == ((label, "Lewati"), ())


async def test_a_second_copy_says_so_and_plain_has_no_markup(world: World) -> None:
    """After an uncertain attempt, and after the markup was refused."""
    telegram = world.telegram()
    await telegram.send(to(SITI, Message(bold("a < b")), again=True))
    await telegram.send(to(SITI, Message(bold("a < b")), plain=True))
    again, plain = world.api.chat(SITI)
    assert (again.text, len(again.entities)) == ("(kirim ulang) a < b", 1)
    assert (plain.text, plain.entities) == ("a < b", ())


async def test_a_full_message_is_not_made_too_long_by_its_mark(world: World) -> None:
    """Better an unmarked second copy than none."""
    full = Message(Text.of("a" * 4096))
    assert isinstance(await world.telegram().send(to(SITI, full, again=True)), Accepted)


async def test_files(world: World) -> None:
    """A photo and a letter leave with their captions, each in one call."""
    telegram = world.telegram()
    world.kept = {"p": JPEG, "d": b"%PDF"}
    await telegram.send(to(SITI, replace(HADIR, file=Attachment("p", "foto.jpg", "photo"))))
    await telegram.send(to(SITI, Message(Text(), file=Attachment("d", 'surat \n"undangan" é.pdf'))))
    photo, letter = world.api.chat(SITI)
    assert (photo.method, photo.text, photo.file_size, len(photo.buttons)) == (
        "sendPhoto",
        "Mohon konfirmasi.",
        len(JPEG),
        2,
    )
    assert (letter.method, letter.text, letter.file_name) == ("sendDocument", "", 'surat "undangan" é.pdf')
    assert world.api.calls == ["sendPhoto", "sendDocument"]


async def test_a_photo_too_large_for_one_goes_as_a_document(world: World) -> None:
    """sendPhoto takes 10 MB, sendDocument 50."""
    world.kept = {"p": b"x" * (10 * 1024 * 1024 + 1)}
    await world.telegram().send(to(SITI, Message(Text(), file=Attachment("p", "foto.jpg", "photo"))))
    assert world.api.chat(SITI)[0].method == "sendDocument"


async def test_a_place_is_a_venue(world: World) -> None:
    """A place leaves in one call as a point on the map; one that is nowhere is refused, not retried."""
    telegram = world.telegram()
    hotel = Venue("Hotel Le Polonia", "Jl. Jenderal Sudirman No. 14-18\nMedan", 3.5796, 98.6748)
    await telegram.send(to(SITI, Message(Text.of("📍 Hotel Le Polonia"), venue=hotel)))
    (shown,) = world.api.chat(SITI)
    assert (shown.method, shown.text) == (
        "sendVenue",
        "📍 Hotel Le Polonia\nJl. Jenderal Sudirman No. 14-18 Medan",
    )
    nowhere = Message(Text.of("?"), venue=replace(hotel, latitude=91.0))
    assert isinstance(await telegram.send(to(SITI, nowhere)), Refused)
    assert world.api.calls == ["sendVenue", "sendVenue"]


async def test_what_cannot_be_composed_is_refused(world: World) -> None:
    """A file that is gone and an address that is none cost no call, and no exception."""
    telegram = world.telegram()
    gone = Message(Text.of("x"), file=Attachment("gone", "surat.pdf"))
    assert await telegram.send(to(SITI, gone)) == Refused("cannot be composed: KeyError")
    assert await telegram.send(Sending(1, "siti", HELLO)) == Refused("cannot be composed: ValueError")
    assert world.api.calls == []


async def test_edits(world: World) -> None:
    """A card changes in place, with or without a file; the same change twice is as good as once."""
    telegram = world.telegram()
    world.kept = {"p": JPEG}
    with_file = replace(HADIR, file=Attachment("p", "foto.jpg", "photo"))
    changed = Message(Text.of("Jawaban Ibu: Hadir ✅"))
    for card, after in ((HADIR, changed), (with_file, replace(changed, file=with_file.file))):
        sent = await telegram.send(to(SITI, card))
        assert isinstance(sent, Accepted)
        for _ in range(2):
            assert await telegram.send(to(SITI, after, edit_of=sent.external_id)) == sent
    assert [(seen.text, seen.buttons) for seen in world.api.chat(SITI)] == [("Jawaban Ibu: Hadir ✅", ())] * 2
    assert await telegram.send(to(SITI, changed, edit_of="99999")) == Refused("message to edit not found")


async def test_what_asks_is_sent_anew(world: World) -> None:
    """No edit can put a keyboard in place."""
    telegram = world.telegram()
    await telegram.send(to(SITI, HELLO))
    await telegram.send(to(SITI, Message(Text.of("Di mana?"), ask="location"), edit_of="1"))
    assert [seen.method for seen in world.api.ledger] == ["sendMessage", "sendMessage"]


async def test_what_the_real_server_would_refuse(world: World) -> None:
    """The fake is strict: text too long, none at all, and buttons with too much in them."""
    telegram = world.telegram()
    assert await telegram.send(to(SITI, Message(Text.of("a" * 4097)))) == Refused("message is too long")
    assert await telegram.send(to(SITI, Message(Text.of(" ")))) == Refused("message text is empty")
    heavy = Message(Text.of("x"), (Choice("!" + "a" * 64, "Ya"),))
    assert await telegram.send(to(SITI, heavy)) == Refused("button_data_invalid")


# Files, menu, name


async def test_files_are_fetched(world: World) -> None:
    """A photo and a document are stored, their digests filled in."""
    telegram = world.telegram()
    world.api.send_photo(SITI, b"a photo")
    world.api.send_document(SITI, b"a letter")
    await telegram.receive(list(world.api.pending.values()))
    for letter, content in zip(world.inbox, (b"a photo", b"a letter"), strict=True):
        said = telegram.parse(letter.raw)
        assert said is not None
        (file,) = (await telegram.fetch(said)).files
        assert world.kept[file.digest] == content


async def test_files_that_cannot_be_fetched(world: World) -> None:
    """A broken download is tried again later; a file too large, or refused, is left without a digest."""
    telegram = world.telegram()
    world.api.send_document(SITI, b"a letter")
    await telegram.receive(list(world.api.pending.values()))
    said = telegram.parse(world.inbox[0].raw)
    assert said is not None
    for method in ("getFile", "download", "download"):  # aiohttp itself repeats a GET once
        world.api.fault_next(method, "reset")
    for _ in range(2):
        with pytest.raises(FetchFailed):
            await telegram.fetch(said)
    huge = replace(said, files=(replace(said.files[0], size=20 * 1024 * 1024 + 1),))
    gone = replace(said, files=(replace(said.files[0], source="gone"),))
    for refused in (huge, gone):
        assert (await telegram.fetch(refused)).files[0].digest == ""


async def test_name_and_menu(world: World) -> None:
    """Deep links need the bot's name, and each chat gets the menu of its role; a menu that fails is no disaster."""
    telegram = world.telegram()
    assert await telegram.me() == "pkh_bot"
    await telegram.show_menu(str(SITI), [("menu", "Yang bisa dilakukan")])
    assert world.api.menus == {SITI: [{"command": "menu", "description": "Yang bisa dilakukan"}]}
    world.api.fault_next("setMyCommands", "flood")
    await telegram.show_menu(str(SITI), [])
    world.api.fault_next("getMe", "reset")
    with pytest.raises(Unreachable):
        await telegram.me()
    with pytest.raises(TokenInvalid):
        await world.telegram(token="123456:wrong").me()


# The fake in a process of its own


async def test_the_fake_is_worked_from_another_process(world: World, tmp_path: Path) -> None:
    """Phones are worked over HTTP, and the ledger's file holds what was accepted and what was confirmed."""
    world.api._ledger_file = tmp_path / "ledger.jsonl"
    control = f"{world.api.url}/_control"
    async with aiohttp.ClientSession() as session:
        await session.post(f"{control}/say", json={"user_id": SITI, "text": "halo"})
        content = base64.b64encode(b"a letter").decode()
        await session.post(f"{control}/send_document", json={"user_id": SITI, "content": content})
        telegram = world.telegram()

        async def story() -> None:
            await world.received(2)
            await until(lambda: len(world.api.confirmed) == 2)
            await telegram.send(to(SITI, HADIR))
            pressed = await session.post(f"{control}/press", json={"user_id": SITI, "label": "Hadir"})
            assert pressed.status == 200
            await world.received(3)

        await while_running(telegram, story)
        state = await (await session.post(f"{control}/state", json={})).json()
        assert (await session.post(f"{control}/stop", json={})).status == 404
    lines = [json.loads(line) for line in world.api._ledger_file.read_text().splitlines()]
    assert [line["confirmed"] for line in lines if "confirmed" in line] == world.api.confirmed
    assert [line["accepted"]["text"] for line in lines if "accepted" in line] == ["Mohon konfirmasi."]
    assert state["ledger"] == 1


# The token


FAULTS = (
    "unauthorized",
    "not_found",
    "server_error",
    "firewall",
    "garbled",
    "reset",
    "nothing",
    "bad_request",
    "flood",
)


async def test_the_token_is_never_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever fails, neither a log nor an exception with all that hangs on it carries the token or a message."""
    caplog.set_level(logging.DEBUG)
    token = "987654:AAH-the_secret_half"
    world.api.token = token
    telegram = world.telegram(token=token)
    told = [repr(telegram), str(telegram)]
    for kind in FAULTS:
        for method in ("sendMessage", "getMe", "setMyCommands", "getFile", "getUpdates"):
            world.api.fault_next(method, kind)
        told.append(repr(await telegram.send(to(SITI, Message(Text.of("kata rahasia"))))))
        await telegram.show_menu(str(SITI), [])
        for attempt in (telegram.me(), telegram._bot.get_file("x"), telegram._poll(None)):
            try:
                await attempt
            except Exception as why:  # noqa: BLE001  # each of them must be harmless to print
                told.append("".join(traceback.format_exception(why)))
                while why is not None:
                    told.append(repr(why) + str(why))
                    why = why.__cause__ or why.__context__  # type: ignore[assignment]
    told.append(repr(await world.telegram("http://nowhere.invalid", token=token).send(to(SITI, HELLO))))
    for text in (*told, caplog.text):
        assert "the_secret_half" not in text
    assert "kata rahasia" not in caplog.text
    assert len(told) > 40


async def test_a_storm_of_faults_is_accounted_for(world: World) -> None:
    """Under seeded bad weather every send has an outcome, and the ledger holds at least the accepted ones."""
    world.api.weather({"flood": 0.05, "server_error": 0.05, "accept_reset": 0.05, "reset": 0.05, "nothing": 0.02}, 7)
    telegram = world.telegram()
    outcomes = await asyncio.gather(*(telegram.send(to(SITI + n, HELLO)) for n in range(300)))
    kinds = {type(outcome) for outcome in outcomes}
    assert kinds == {Accepted, Throttled, Unknown}
    accepted = {outcome.external_id for outcome in outcomes if isinstance(outcome, Accepted)}
    ledger = {str(line.message_id) for line in world.api.ledger}
    assert accepted < ledger
    unknown = sum(isinstance(outcome, Unknown) for outcome in outcomes)
    assert len(ledger - accepted) <= unknown
