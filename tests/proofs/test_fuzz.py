"""Mutated updates by the thousand: nothing stops the bot, what it sets aside has its reason, and nobody gets a right.

`pytest -n 0 -m proof -s tests/proofs/test_fuzz.py` prints the figures.
"""

import asyncio
import copy
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.app import App, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.clock import Clock, MovableClock, utc_text
from storage import people
from storage.database import Connection
from tests.fakes.bot_api import TOKEN
from tests.proofs.held import holding
from tests.proofs.people import CODE, COMMANDS, NONSENSE, ONE_LINES, START, Somebody, Town, found_office, roster
from tests.talk import plan_for
from tests.yardstick import Yardstick

SEED = 1411
LONGEST_HOLD = 0.1  # seconds of CPU of the stated machine
OFFICES = ("persons", "roles", "districts", "villages", "events", "slots", "committee", "invites", "modules", "lessons")
OWN = (
    "quiet_from",
    "quiet_to",
    "main_channel",
    "limited",
)  # of persons: everybody sets these alone
FORGED = (
    "!setujui.1", "!tolak.1", "!rsvp.1.yes", "!rsvp.2.no", "!rsvp.99999999999999999999.yes", "!rsvp.-1.to-no",
    "!p2k2.m1", "!kelompok.1", "!materi", "!petugas", "!sistem", "!buat", "!buat.x", "!nobody", "!", "!.", "?",
    "?d1.1.yes", "?d1.1.#9", "?d1..", "?d1.1.e99", "!hadir." + CODE, "!nonaktifkan.2", "!jadwal.batal.1", "!start",
    "x" * 64, "\x00", "🙏" * 16,
)  # fmt: skip
KINDS = ("edited_message", "channel_post", "inline_query", "poll", "message_reaction", "chat_join_request", "purchased")
KNOWN_REASONS = (
    "malformed update",
    "no update_id",
    "an id that is no number",
    "text that is no text",
    "no date",
    "a location off the globe",
    "a file without an id",
)


def nested(depth: int) -> Any:
    """Return lists in lists."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 2, 2**31, -(2**31), 2**63 - 1, 2**63, -(2**63), 10**400, 1.5, -0.0, 1e308, float("nan"),
    float("inf"), "", " ", "0", "-1", "a" * 65_536, "🙏" * 2_000, "\u202eabc\u2066", "<b>&_*[`</b><a href='x'>",
    "&lt;&#0;", "\x00", "\ud800", "\udfff\ud800", "a\u0300" * 500, "\n" * 5_000, "/start u_" + "A" * 60,
    "/start h_" + CODE, "12/11 " * 10_000, "+62 8" * 13_000, "jam 8 pagi " * 6_000, "9" * 65_536, "1," * 32_000,
    "p2k2 " + "3s 7i " * 10_000, "p2k2 melati 2.2 " + "kemarin " * 8_000, "besok lusa " * 6_000, "<b>" * 20_000,
    "1" + " " * 60_000 + "x", "-" + " " * 60_000 + "x", "a: b\n" + " ." * 30_000, "hadir 1" + " " * 60_000 + "x",
    "pagi" + " " * 60_000 + "x 7-10", "20.00" + " " * 60_000 + "x", "sakit" + " " * 60_000 + "x", "kec " * 16_000,
    "\u0301\u0323" * 30_000, "Rapat" + ", pada di" * 440, "Rapat" + " . a" * 990, "Rapat, tempat" + " " * 3_900 + "x",
    "untuk " + "siti" * 16_000, "anggota " + "7" * 5_000 + " keluar", "Tempat: a\n" + "b\n" * 30_000,
    [], {}, [[]], [None], {"a": {"b": []}}, {"id": 1000}, [{}] * 100,
    nested(200), "supergroup", "private", "channel",
)  # fmt: skip
WORDS = tuple(junk for junk in JUNK if isinstance(junk, str))


@dataclass
class Fuzz:
    """Makes updates of real ones: each a phone's own payload, then mutated."""

    town: Town
    senders: list[Somebody]
    rng: Random
    vouched: set[int] = field(default_factory=set)

    def batch(self, most: int) -> list[Any]:
        """Return up to `most` mutated updates, as one poll brings them."""
        self.town.pending.clear()
        for _ in range(self.rng.randint(1, most)):
            self._do(self.rng.choice(self.senders))
        updates: list[Any] = [self._mutate(copy.deepcopy(update)) for update in self.town.pending.values()]
        if self.rng.random() < 0.2:
            updates += copy.deepcopy(self.rng.choices(updates, k=3))  # delivered twice
        self.vouched |= {chat for update in updates if (chat := _vouched(update)) is not None}
        return updates[:most]

    def _do(self, one: Somebody) -> None:
        """Let somebody do something that a phone can do."""
        town, dice = self.town, self.rng
        tokens = [data for seen in town.heard.values() for shown in seen[-8:] for _, data in shown.buttons]
        match dice.randrange(10):
            case 0 | 1 | 2:
                town.say(
                    one.user,
                    dice.choice((*COMMANDS, *NONSENSE, *ONE_LINES, CODE, "/setujui 1", "/buat", "Ya")),
                    one.name,
                )
            case 3 | 4:
                # Anybody's buttons, also those of others, and of nobody.
                data = dice.choice(tokens) if tokens and dice.random() < 0.7 else dice.choice(FORGED)
                town.tap(one.user, dice.randrange(1, 5_000), data, one.name)
            case 5:
                dice.choice((town.send_photo, town.send_album))(one.user)
            case 6:
                town.send_document(
                    one.user, b"%PDF", dice.choice(("surat.pdf", "../../x", "a" * 300)), "application/pdf"
                )
            case 7:
                # The own number is on no roster, and the roster's numbers are somebody else's.
                own = dice.random() < 0.5
                town.share_contact(
                    one.user, f"62813{one.user:08}" if own else dice.choice(self.senders).phone[1:], own=own
                )
            case 8:
                town.send_location(
                    one.user, dice.uniform(-90, 90), dice.uniform(-180, 180), forwarded=dice.random() < 0.5
                )
            case _:
                dice.choice((town.block, town.unblock))(one.user)
                town.blocked.clear()

    def _mutate(self, update: dict[str, Any]) -> Any:
        for _ in range(self.rng.choice((0, 1, 1, 1, 2, 3))):
            holder, key = self.rng.choice(list(_places(update)))
            match self.rng.randrange(12):
                case 0:
                    del holder[key]
                case 1:
                    holder[key] = self.rng.choice(self.senders).user  # another one's id, or nonsense
                case 2 if isinstance(holder, dict):
                    holder[self.rng.choice(("sender_chat", "forward_origin", "via_bot", "media_group_id", "x"))] = (
                        holder[key]
                    )
                case 3:
                    update[self.rng.choice(KINDS)] = update.pop("message", None)
                case 4 | 5 | 6 | 7 if isinstance(holder[key], str):
                    holder[key] = self.rng.choice(WORDS)  # what can be parsed gets further
                case _:
                    holder[key] = copy.deepcopy(self.rng.choice(JUNK))
            if not update:
                break
        return update if self.rng.random() > 0.005 else self.rng.choice(JUNK)


def _places(value: Any, depth: int = 12) -> Iterator[tuple[Any, Any]]:
    """Walk over every (container, key) below a value, so deep."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from _places(inner, depth - 1) if depth else ()


def _vouched(update: Any) -> int | None:
    """Return the chat in which Telegram vouches for a number, mutated or not: whoever does that is who he says."""
    try:
        message = update["message"]
        return int(message["chat"]["id"]) if message["contact"]["user_id"] == message["from"]["id"] else None
    except (LookupError, TypeError, ValueError, OverflowError):
        return None


def is_the_bot(whose: str) -> bool:
    """Tell the bot's callbacks from those of the fake and of the fuzzer, which share its loop."""
    return "/tests/" not in whose and "aiohttp/web" not in whose and not whose.startswith("RequestHandler")


@asynccontextmanager
async def office(folder: Path, town: Town, everybody: list[Somebody]) -> AsyncIterator[tuple[App, Telegram]]:
    """Give a bot that works, but does not poll; time runs fast in it."""
    made: list[Telegram] = []
    clock = MovableClock(START)

    def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        made.append(Telegram(TOKEN, town.url, store=store, keep=keep, open=open, clock=clock, answer_within=5.0))
        return {"telegram": made[0]}

    async def hurry() -> None:
        while True:
            await asyncio.sleep(0.02)
            clock.move(timedelta(seconds=1))

    def register(db: Connection) -> None:
        for one in everybody:
            listed = people.person_with_phone(db, one.phone)
            assert listed is not None
            db.execute(
                "INSERT INTO chats (chat, channel, address, name) VALUES (?, 'telegram', ?, ?)",
                (f"telegram:{one.user}", str(one.user), one.name),
            )
            people.link_chat(db, f"telegram:{one.user}", listed.id, utc_text(START))

    plan = plan_for(folder, 1, make, ["telegram"])
    async with build(replace(plan, album_quiet=timedelta(milliseconds=100)), clock) as app:
        await app.database.write(register)
        tasks = [asyncio.create_task(app.courier.run()), asyncio.create_task(hurry())]
        try:
            yield app, made[0]
        finally:
            await app.lanes.close()
            await app.courier.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await made[0].close()


async def test_five_hundred_broken_updates(tmp_path: Path) -> None:
    """Five hundred: enough to notice at every run of the suite."""
    await fuzz(tmp_path, 500)


@pytest.mark.proof
async def test_ten_thousand_broken_updates(tmp_path: Path) -> None:
    """Ten thousand mutated updates through the real receiver, parser, turns and courier."""
    print(f"\n{await fuzz(tmp_path, 10_000)}")  # noqa: T201  # the figures are the proof's result


async def fuzz(folder: Path, count: int) -> str:
    """Send so many broken updates; return the figures."""
    everybody = roster(12)
    *registered, last = everybody
    strangers = [
        Somebody(5_000 + n, name, f"+6281399{n:06}", "") for n, name in enumerate(("Ali", "<b>Budi", "[x](y)", "🙏"))
    ]
    await found_office(folder, everybody, event=True)
    began = time.monotonic()
    async with Town() as town, office(folder, town, registered) as (app, telegram):
        maker = Fuzz(town, registered + strangers, Random(SEED))
        before = await app.database.read(_office_tables)
        received, stick = 0, Yardstick()
        with holding(is_the_bot) as held:
            while received < count:
                stick.look()
                updates = maker.batch(100)
                await asyncio.create_task(telegram.receive(updates))  # a task of its own: it is the bot's
                received += len(updates)
                async with asyncio.timeout(600):
                    await app.lanes.join()
        seconds = time.monotonic() - began
        await _sane_person_is_served(town, telegram, last)
        await app.lanes.join()
        await _until(lambda: not app.courier._flying)
        states, reasons, failed = await app.database.read(_what_became)
        assert await app.database.read(_office_tables) == before
        assert (
            await app.database.read(_others_records, {one.user for one in registered} | maker.vouched | {last.user})
            == []
        )
        whose, longest = held.worst()
        figures = (
            f"{received} mutated updates in {seconds:.1f} s: inbox {states}; parked {reasons}; "
            f"{len(town.ledger)} answers accepted; refused calls {dict(town.refusals)}; failed rows {failed}; "
            f"the loop was held for {1000 * longest:.0f} ms of CPU at most ({Path(whose).name}; {stick.says()})"
        )
    assert "new" not in states
    assert [reason for reason in reasons if not reason.startswith(KNOWN_REASONS)] == []
    assert not [why for why in town.refusals if "parse" in why or "empty" in why or "too long" in why]
    assert failed == {}
    assert longest < LONGEST_HOLD * stick.slower(), figures
    return figures


async def _sane_person_is_served(town: Town, telegram: Telegram, one: Somebody) -> None:
    """Somebody who has seen nothing of all this registers and checks in."""
    town.pending.clear()

    async def answered(words: str) -> None:
        updates, town.pending = list(town.pending.values()), {}
        await telegram.receive(updates)
        await _until(lambda: any(words in shown.text for shown in town.heard[one.user]))

    town.say(one.user, "/start", one.name)
    await answered("Selamat datang")
    town.share_contact(one.user, one.phone[1:], name=one.name)
    await answered("Benar?")
    town.press(one.user, "Ya")
    await answered("Baik, Bapak/Ibu")


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not true():  # noqa: ASYNC110  # the fake is watched, it has no event for everything
            await asyncio.sleep(0.01)


def _office_tables(db: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return what only the office may change."""
    return {table: [_but_own(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")] for table in OFFICES}


def _but_own(row: sqlite3.Row) -> tuple[Any, ...]:
    return tuple(row[column] for column in row.keys() if column not in OWN)  # noqa: SIM118  # a Row has no items


def _others_records(db: Connection, users: set[int]) -> list[tuple[Any, ...]]:
    """Return the chats that were linked without a proof, and the requests that were decided."""
    linked = db.execute("SELECT address FROM chats WHERE person_id IS NOT NULL AND last_in_at IS NOT NULL").fetchall()
    decided = db.execute("SELECT * FROM applications WHERE state <> 'waiting'").fetchall()
    mine = {str(user) for user in users} | {"990001"}
    return [tuple(row) for row in linked if row[0] not in mine] + [tuple(row) for row in decided]


def _what_became(db: Connection) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    states = Counter(dict(db.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall()))
    reasons = dict(db.execute("SELECT reason, count(*) FROM inbox WHERE state = 'parked' GROUP BY reason").fetchall())
    failed = dict(db.execute("SELECT error, count(*) FROM outbox WHERE state = 'failed' GROUP BY error").fetchall())
    return dict(states), reasons, failed
