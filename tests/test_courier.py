"""The courier: each row of the outcome table, order, pace, crashes, stops, against a far side that keeps a ledger."""

import asyncio
import itertools
import logging
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.channel import (
    Accepted,
    Busy,
    Channel,
    MarkupRefused,
    Moved,
    NeverLeft,
    Outcome,
    Refused,
    Sending,
    Stopped,
    Throttled,
    TokenRefused,
    Undeliverable,
    Unknown,
    WindowClosed,
)
from bot.clock import StoppedClock, utc_text
from bot.courier import Courier
from bot.message import Capabilities, Message, Said
from bot.pacer import Limits, Pacer
from storage import chats, delivery, outbox
from storage.database import Connection, Database
from tests.worlds import empty_store

NOON = datetime(2023, 11, 12, 5, 0, tzinfo=UTC)
SETTLED = {"sent", "failed", "stopped", "uncertain", "expired", "cancelled"}
REPLY, NOTICE, BROADCAST = 0, 1, 2


@dataclass(frozen=True)
class Answer:
    """How the far side treats one call: what we get to know, and whether the message arrived all the same."""

    outcome: Outcome | Exception
    arrives: bool = False
    hangs: bool = False


TAKEN = Answer(Accepted(), arrives=True)
LOST_REPLY = Answer(Unknown("TimedOut"), arrives=True)
LOST = Answer(Unknown("TimedOut"))


@dataclass(frozen=True)
class Call:
    sending: Sending
    at: datetime
    arrived: bool

    @property
    def text(self) -> str:
        return self.sending.message.text.plain


class Phones:
    """The far side of a channel: it answers as it is told, and writes down every call and what arrived."""

    def __init__(self, clock: StoppedClock, name: str = "telegram", *, idempotent: bool = False) -> None:
        self.name = name
        self.capabilities = Capabilities(4096, 1024, 24, 0, 40, 0, edits=True, idempotent=idempotent)
        self.clock = clock
        self.answers: dict[str, list[Answer]] = {}
        self.answer: Callable[[Sending], Answer] = lambda sending: TAKEN
        self.calls: list[Call] = []
        self.gate = asyncio.Event()
        self.hanging = asyncio.Event()
        self.called = asyncio.Event()

    def will(self, text: str, *answers: Answer | Outcome) -> None:
        """Answer the calls about this text so, one after the other; then take them."""
        self.answers[text] = [one if isinstance(one, Answer) else Answer(one) for one in answers]

    @property
    def ledger(self) -> list[Call]:
        return [call for call in self.calls if call.arrived]

    @property
    def texts(self) -> list[str]:
        return [call.text for call in self.ledger]

    async def send(self, sending: Sending) -> Outcome:
        planned = self.answers.get(sending.message.text.plain)
        answer = planned.pop(0) if planned else self.answer(sending)
        self.calls.append(Call(sending, self.clock.now(), answer.arrives))
        self.called.set()
        if answer.hangs:
            self.hanging.set()
            await self.gate.wait()
        await asyncio.sleep(0)
        if isinstance(answer.outcome, Exception):
            raise answer.outcome
        if answer.outcome == Accepted():
            return Accepted(sending.edit_of or f"m{len(self.calls)}")
        return answer.outcome

    def parse(self, raw: str) -> Said | None:
        return None

    async def fetch(self, said: Said) -> Said:
        return said

    async def run(self) -> None:
        await asyncio.Event().wait()


@dataclass
class Office:
    """A store, a stopped clock, the phones, and the courier of the current boot."""

    database: Database
    clock: StoppedClock
    channels: Mapping[str, Phones]
    limits: Limits
    workers: int = 8
    boots: "itertools.count[int]" = field(default_factory=itertools.count)
    courier: Courier = field(init=False)

    @property
    def phones(self) -> Phones:
        return self.channels["telegram"]

    async def boot(self) -> None:
        """Start a new process on what is stored."""
        channels: Mapping[str, Channel] = self.channels
        self.courier = Courier(
            self.database,
            channels,
            self.clock,
            {name: Pacer(self.limits) for name in channels},
            boot_id=f"boot {next(self.boots)}",
            workers=self.workers,
            rng=random.Random(7),
        )
        await self.courier.recover()

    async def die(self) -> None:
        """End the process as kill -9 would: what is on its way never hears back."""
        flying = self.flying()
        for task in flying:
            task.cancel()
        await asyncio.gather(*flying, return_exceptions=True)

    def flying(self) -> list["asyncio.Task[None]"]:
        """Return what the courier is doing: rows that are started, calls that are out, outcomes that are written."""
        return list(self.courier._tasks)

    async def post(self, *texts: str, to: str = "telegram:11", lane: int = NOTICE, **more: object) -> list[int]:
        stamp = utc_text(self.clock.now())

        def write(db: Connection) -> list[int]:
            if chats.chat_of(db, to) is None:
                chats.hear(db, to, to.partition(":")[0], "Siti", stamp)
            said = [(text, Message.of(text).to_json()) for text in texts]
            rows = [
                outbox.post(db, chat=to, body=body, kind="notice", lane=lane, now=stamp, **more)  # type: ignore[arg-type]
                for _, body in said
            ]
            return [row for row in rows if row is not None]

        return await self.database.write(write)

    async def broadcast(self, people: int) -> None:
        """Post one row to each of so many people, about broadcast:1."""
        stamp = utc_text(self.clock.now())

        def write(db: Connection) -> None:
            for one in range(people):
                chats.hear(db, f"telegram:9{one}", "telegram", "", stamp)
                body = Message.of(f"siaran {one}").to_json()
                outbox.post(
                    db, chat=f"telegram:9{one}", body=body, kind="b", lane=BROADCAST, now=stamp, object="broadcast:1"
                )

        await self.database.write(write)

    async def go_on(self, span: timedelta = timedelta(days=3)) -> None:
        """Let time pass from one look to the next until nothing waits any more, or the span is over."""
        end = self.clock.now() + span
        while (look := await self.courier.work_off()) is not None and look <= end:
            assert look > self.clock.now(), "a look that leads nowhere"
            self.clock.move(look - self.clock.now())

    async def states(self) -> list[str]:
        return await self.database.read(
            lambda db: [row[0] for row in db.execute("SELECT state FROM outbox ORDER BY id")]
        )

    async def row(self, id: int) -> sqlite3.Row:
        def read(db: Connection) -> sqlite3.Row:
            row: sqlite3.Row = db.execute("SELECT * FROM outbox WHERE id = ?", (id,)).fetchone()
            return row

        return await self.database.read(read)


@asynccontextmanager
async def opened(path: Path, limits: Limits, *names: str) -> AsyncIterator[Office]:
    clock = StoppedClock(NOON)
    database = await Database.open(empty_store(path / "pkh.sqlite3"), readers=1)
    try:
        channels = {name: Phones(clock, name, idempotent=name == "simulator") for name in ("telegram", *names)}
        office = Office(database, clock, channels, limits)
        await office.boot()
        yield office
        await office.die()
    finally:
        await database.close()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(tmp_path, Limits.open(), "simulator", "whatsapp") as office:
        yield office


@pytest.fixture
async def paced(tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(tmp_path, Limits()) as office:
        yield office


FOREVER = [NeverLeft("ConnectError")] * 200


@pytest.mark.parametrize(
    ("answers", "policy", "at_once", "in_the_end", "arrived"),
    [
        ([TAKEN], "resend", "sent", "sent", 1),
        ([Answer(Accepted(""), arrives=True)], "resend", "sent", "sent", 1),
        ([Throttled(30), TAKEN], "resend", "queued", "sent", 1),
        ([Throttled(float("nan")), Throttled(-1), Throttled(1e30), TAKEN], "resend", "queued", "sent", 1),
        ([MarkupRefused(), TAKEN], "resend", "sent", "sent", 1),
        ([MarkupRefused(), MarkupRefused()], "resend", "failed", "failed", 0),
        ([Moved("-100"), TAKEN], "resend", "sent", "sent", 1),
        ([Moved("-100"), Moved("-101")] * 10, "resend", "failed", "failed", 0),
        ([Refused("BadRequest")], "resend", "failed", "failed", 0),
        ([Stopped("Forbidden")], "resend", "stopped", "stopped", 0),
        ([Busy("unavailable"), Busy("unavailable"), TAKEN], "resend", "queued", "sent", 1),
        ([Undeliverable("undeliverable (131026)")], "resend", "failed", "failed", 0),
        ([WindowClosed(told=True)], "resend", "failed", "failed", 0),
        ([LOST_REPLY, WindowClosed()], "resend", "uncertain", "uncertain", 1),
        ([TokenRefused("InvalidToken")], "resend", "queued", "queued", 0),
        ([NeverLeft("ConnectError"), TAKEN], "resend", "queued", "sent", 1),
        (FOREVER, "resend", "queued", "failed", 0),
        ([LOST, TAKEN], "resend", "uncertain", "sent", 1),
        ([LOST_REPLY, TAKEN], "resend", "uncertain", "sent", 2),
        ([LOST_REPLY, LOST_REPLY, TAKEN], "resend", "uncertain", "uncertain", 2),
        ([LOST_REPLY, Throttled(9), NeverLeft("ConnectError"), LOST, TAKEN], "resend", "uncertain", "uncertain", 1),
        ([LOST_REPLY, Refused("BadRequest")], "resend", "uncertain", "uncertain", 1),
        ([LOST_REPLY, Stopped("Forbidden")], "resend", "uncertain", "uncertain", 1),
        ([LOST_REPLY, TAKEN], "drop", "uncertain", "uncertain", 1),
        ([Answer(ValueError("secret words"), arrives=True), TAKEN], "drop", "uncertain", "uncertain", 1),
        ([Answer(OSError("secret words")), TAKEN], "resend", "uncertain", "sent", 1),
    ],
)
async def test_the_outcome_table(
    office: Office,
    caplog: pytest.LogCaptureFixture,
    answers: Sequence[Answer | Outcome],
    policy: str,
    at_once: str,
    in_the_end: str,
    arrived: int,
) -> None:
    """Each way an attempt can end leads to its state, at once and in the end, and to no copy too many."""
    office.phones.will("halo", *answers)
    await office.post("halo", uncertain_do=policy)
    await office.courier.work_off()
    assert await office.states() == [at_once]
    await office.go_on()
    assert await office.states() == [in_the_end]
    assert len(office.phones.ledger) == arrived
    assert "secret" not in caplog.text
    assert "halo" not in caplog.text


class TestWhatIsSent:
    """What a channel is given with a row."""

    async def test_the_id_of_what_was_accepted_is_kept(self, office: Office) -> None:
        """The card can be found by it, and an edit is sent to it, then found by it too."""
        (card,) = await office.post("Hadir?", lane=REPLY)
        (edit,) = await office.post("Hadir ✅", lane=REPLY, edits=card)
        await office.go_on()
        assert [call.sending.edit_of for call in office.phones.calls] == ["", "m1"]
        assert await office.database.read(outbox.card_with, "telegram:11", "m1") == edit

    async def test_an_edit_of_a_lost_message_becomes_a_new_one(self, office: Office) -> None:
        """Somebody who deleted the card still gets the answer."""
        (card,) = await office.post("Hadir?")
        office.phones.will("Hadir ✅", Refused("message to edit not found"))
        (edit,) = await office.post("Hadir ✅", lane=REPLY, edits=card)
        await office.go_on()
        assert office.phones.texts == ["Hadir?", "Hadir ✅"]
        assert (await office.row(edit))["state"] == "sent"

    async def test_an_edit_in_doubt_is_simply_repeated(self, office: Office) -> None:
        """Twice the same edit is as good as once, whatever the policy of its kind."""
        (card,) = await office.post("Hadir?")
        office.phones.will("Hadir ✅", LOST_REPLY)
        await office.post("Hadir ✅", lane=REPLY, edits=card, uncertain_do="drop")
        await office.go_on()
        assert await office.states() == ["sent", "sent"]
        assert [call.sending.again for call in office.phones.calls] == [False, False, False]

    async def test_a_second_copy_says_so_and_comes_after_a_minute(self, office: Office) -> None:
        """It is marked, and not sent before 60 s have passed."""
        office.phones.will("halo", LOST_REPLY)
        await office.post("halo")
        await office.go_on()
        first, second = office.phones.calls
        assert (first.sending.again, second.sending.again) == (False, True)
        assert second.at - first.at == timedelta(seconds=60)

    async def test_refused_markup_goes_plain(self, office: Office) -> None:
        """The one more try is without markup."""
        office.phones.will("halo", MarkupRefused())
        await office.post("halo")
        await office.go_on()
        assert [call.sending.plain for call in office.phones.calls] == [False, True]

    async def test_a_channel_that_knows_a_row_again_gets_it_again(self, office: Office) -> None:
        """On the simulator nothing is ever uncertain: the same id shows once."""
        office.channels["simulator"].will("halo", LOST_REPLY)
        await office.post("halo", to="simulator:1", uncertain_do="drop")
        await office.go_on()
        assert await office.states() == ["sent"]
        assert not [call for call in office.channels["simulator"].calls if call.sending.again]

    async def test_a_body_that_cannot_be_read_never_leaves(self, office: Office) -> None:
        """It fails, and the rows after it go on."""
        await office.post("halo", "lagi")
        await office.database.write(lambda db: db.execute("UPDATE outbox SET body = '{' WHERE id = 1") and None)
        await office.go_on()
        assert await office.states() == ["failed", "sent"]


class TestTime:
    """When things go."""

    async def test_retries_spread_out_and_stop_when_the_message_is_of_no_use(self, office: Office) -> None:
        """After about 1, 5, 30, 120 and then every 600 s, until it expires."""
        office.phones.will("halo", *FOREVER)
        await office.post("halo", expires_at=utc_text(NOON + timedelta(hours=1)))
        await office.go_on()
        times = [call.at for call in office.phones.calls]
        gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
        for gap, told in zip(gaps, [1, 5, 30, 120] + [600] * len(gaps), strict=False):
            assert told * 0.8 - 0.002 <= gap <= told * 1.2
        assert await office.states() == ["expired"]
        assert office.clock.now() == NOON + timedelta(hours=1)

    async def test_when_the_network_is_back_all_go_at_once(self, office: Office) -> None:
        """The first call that gets through ends the back-off of the others."""
        office.phones.answer = lambda sending: Answer(NeverLeft("ConnectError"))
        for one in range(5):
            await office.post(f"kabar {one}", to=f"telegram:{one}")
        await office.go_on(timedelta(minutes=20))
        office.phones.answer = lambda sending: TAKEN
        await office.post("siapa saja", to="telegram:77")
        before = office.clock.now()
        await office.courier.work_off()
        assert sorted(office.phones.texts) == [*(f"kabar {one}" for one in range(5)), "siapa saja"]
        assert office.clock.now() == before

    async def test_a_throttle_is_honoured_and_survives_a_restart(self, office: Office) -> None:
        """Nothing goes to that chat before its time, not from a new process either; others are not held up."""
        office.phones.will("satu", Throttled(30))
        await office.post("satu")
        look = await office.courier.work_off()
        assert look is not None
        assert NOON + timedelta(seconds=30) <= look <= NOON + timedelta(seconds=31)
        await office.die()
        await office.boot()
        await office.post("dua", lane=REPLY)
        await office.post("lain", to="telegram:22")
        assert await office.courier.work_off() == look
        assert office.phones.texts == ["lain"]
        await office.go_on()
        assert office.phones.texts == ["lain", "dua", "satu"]
        assert all(call.at >= look for call in office.phones.ledger if call.sending.address == "11")

    async def test_a_storm_of_throttles_rests_the_channel(self, office: Office) -> None:
        """Three chats throttled within two seconds: nobody is written to until it is over, on that channel alone."""
        office.phones.answer = lambda sending: Answer(Throttled(20))
        for one in range(3):
            await office.post("halo", to=f"telegram:{one}")
        await office.courier.work_off()
        office.phones.answer = lambda sending: TAKEN
        await office.post("baru", to="telegram:99", lane=REPLY)
        await office.post("baru", to="whatsapp:99")
        await office.courier.work_off()
        assert (office.phones.texts, office.channels["whatsapp"].texts) == ([], ["baru"])
        await office.go_on()
        assert sorted(office.phones.texts) == ["baru", "halo", "halo", "halo"]

    async def test_a_refused_token_pauses_one_channel_until_the_next_start(
        self, office: Office, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The rows stay as they were, the log says so, and a new start tries again."""
        office.phones.will("halo", TokenRefused("InvalidToken"))
        await office.post("halo", "lagi")
        await office.post("lain", to="whatsapp:1")
        await office.go_on()
        assert await office.states() == ["queued", "queued", "sent"]
        assert [record.levelno for record in caplog.records] == [logging.ERROR]
        await office.boot()
        await office.go_on()
        assert office.phones.texts == ["halo", "lagi"]


class TestOrderAndPace:
    """Who goes before whom, and how fast."""

    async def test_two_messages_to_a_chat_leave_in_order(self, office: Office) -> None:
        """Whatever the first has to wait for, the second does not overtake it."""
        office.phones.will("satu", NeverLeft("ConnectError"), Throttled(5), MarkupRefused())
        await office.post("satu", "dua", "tiga")
        await office.go_on()
        assert office.phones.texts == ["satu", "dua", "tiga"]

    async def test_replies_go_before_a_broadcast(self, paced: Office) -> None:
        """While 500 people are written to, an answer leaves in the very second in which it is posted."""
        await paced.broadcast(500)
        for second in range(5):
            await paced.courier.work_off()
            await paced.post(f"jawaban {second}", to=f"telegram:{second}", lane=REPLY)
            await paced.courier.work_off()
            assert paced.phones.texts[-1] == f"jawaban {second}"
            paced.clock.move(timedelta(seconds=1))
        await paced.go_on()
        assert len(paced.phones.ledger) == 505

    async def test_a_broadcast_keeps_the_pace(self, paced: Office) -> None:
        """200 people take just under eight seconds, no second holds more than 28 calls, no moment more than 4."""
        await paced.broadcast(200)
        await paced.go_on()
        times = [call.at for call in paced.phones.ledger]
        assert len(times) == 200
        assert times[-1] - NOON == timedelta(seconds=7.84)
        assert max(Counter(times).values()) == 4
        assert max(sum(start <= at < start + timedelta(seconds=1) for at in times) for start in times) <= 28

    async def test_chats_that_rest_hold_up_nobody_behind_them(self, paced: Office) -> None:
        """More rows than a look reads wait for chats just written to; who is behind them is written to at once."""
        for number in range(20):
            await paced.post("satu", "dua", to=f"telegram:{number}", lane=REPLY)
        await paced.courier.work_off()
        assert paced.phones.texts == ["satu"] * 20
        await paced.post("tiga", to="telegram:99", lane=REPLY)
        await paced.courier.work_off()
        assert paced.phones.texts == [*["satu"] * 20, "tiga"]

    async def test_one_person_is_not_written_to_twice_in_a_second(self, paced: Office) -> None:
        """Several messages to one chat leave 1.1 s apart, from a restarted process too."""
        await paced.post("satu", "dua", lane=REPLY)
        await paced.courier.work_off()
        await paced.die()
        await paced.boot()
        await paced.go_on()
        first, second = paced.phones.ledger
        assert second.at - first.at == timedelta(seconds=1.1)

    async def test_calls_that_hang_leave_workers_for_replies(self, office: Office) -> None:
        """A broadcast of which every call hangs takes six of eight workers; an answer still leaves."""
        office.phones.answer = lambda sending: Answer(Accepted(), arrives=True, hangs=True)
        await office.broadcast(20)
        running = asyncio.create_task(office.courier.run())
        while len(office.phones.calls) < 6:
            office.phones.called.clear()
            await asyncio.wait_for(office.phones.called.wait(), 60)
        office.phones.will("jawaban", TAKEN)
        await office.post("jawaban", lane=REPLY)
        office.phones.called.clear()
        office.courier.wake()
        await asyncio.wait_for(office.phones.called.wait(), 60)
        assert [call.text for call in office.phones.calls][6:] == ["jawaban"]
        office.phones.gate.set()
        await office.courier.stop()
        await running


class TestCrashes:
    """What a process that died leaves behind."""

    async def test_what_was_on_its_way_is_uncertain(self, office: Office) -> None:
        """At the next start at once; the notice gets its marked second copy, the reply none."""
        for text in ("kabar", "jawaban"):
            office.phones.will(text, Answer(Accepted(), arrives=True, hangs=True))
        await office.post("kabar")
        await office.post("jawaban", to="telegram:22", lane=REPLY, uncertain_do="drop")
        await office.post("belum", to="telegram:33", not_before=utc_text(NOON + timedelta(seconds=5)))
        running = asyncio.create_task(office.courier.work_off())
        while len(office.phones.calls) < 2:
            office.phones.called.clear()
            await asyncio.wait_for(office.phones.called.wait(), 60)
        assert sorted(await office.states()) == ["queued", "started", "started"]
        running.cancel()
        await office.die()
        await office.boot()
        assert await office.states() == ["uncertain", "uncertain", "queued"]
        await office.go_on()
        assert await office.states() == ["sent", "uncertain", "sent"]
        assert Counter(office.phones.texts) == {"kabar": 2, "jawaban": 1, "belum": 1}

    async def test_started_is_on_the_disk_before_the_call(self, office: Office) -> None:
        """The far side, when it is called, finds the row marked."""
        seen: list[str] = []

        def look(sending: Sending) -> Answer:
            with sqlite3.connect(office.database.path) as other:
                seen.extend(row[0] for row in other.execute("SELECT state FROM outbox WHERE id = ?", (sending.id,)))
            other.close()
            return TAKEN

        office.phones.answer = look
        await office.post("halo")
        await office.courier.work_off()
        assert seen == ["started"]

    async def test_a_row_that_waits_for_the_pacer_is_not_started(self, paced: Office) -> None:
        """Of a long queue only what is on its way is marked, so that a crash leaves few rows in doubt."""
        await paced.broadcast(100)
        await paced.courier.work_off()
        assert Counter(await paced.states()) == {"sent": 4, "queued": 96}

    async def test_an_orderly_stop_leaves_nothing_in_doubt(self, office: Office) -> None:
        """What is on its way comes back and is recorded; nothing more is started."""
        office.phones.answer = lambda sending: Answer(Accepted(), arrives=True, hangs=True)
        await office.broadcast(50)
        running = asyncio.create_task(office.courier.run())
        await asyncio.wait_for(office.phones.called.wait(), 60)
        stopping = asyncio.create_task(office.courier.stop())
        await asyncio.sleep(0)
        office.phones.gate.set()
        await stopping
        await running
        states = Counter(await office.states())
        assert set(states) == {"sent", "queued"}
        assert states["sent"] == len(office.phones.ledger) <= 8

    async def test_a_store_that_cannot_start_a_row_sends_nothing(self, office: Office) -> None:
        """With a full disk no message leaves; when there is room again everything does."""
        await office.post("halo")
        office.database.on_commit = full_disk
        look = await office.courier.work_off()
        assert (look, office.phones.calls) == (NOON + timedelta(seconds=1), [])
        office.database.on_commit = lambda moment: None
        await office.go_on()
        assert office.phones.texts == ["halo"]

    async def test_an_outcome_waits_for_the_store(self, office: Office) -> None:
        """A message that was accepted while the disk was full is recorded later, and not sent again."""

        def fill(sending: Sending) -> Answer:
            office.database.on_commit = full_disk
            return TAKEN

        office.phones.answer = fill
        await office.post("halo")
        working = asyncio.create_task(office.courier.work_off())
        await asyncio.wait_for(office.phones.called.wait(), 60)
        for _ in range(3):
            await asyncio.wait([working], timeout=0.01)
            office.clock.move(timedelta(seconds=1))
        office.database.on_commit = lambda moment: None
        while not working.done():
            office.clock.move(timedelta(seconds=1))
            await asyncio.wait([working], timeout=0.01)
        assert await office.states() == ["sent"]
        assert office.phones.texts == ["halo"]

    async def test_an_outcome_that_cannot_be_written_takes_no_other_with_it(self, office: Office) -> None:
        """Of several that are written together only the one that breaks is left to the next start."""
        office.phones.will("rusak", Accepted("\ud800"))
        for number, text in enumerate(("satu", "rusak", "dua")):
            await office.post(text, to=f"telegram:{number}")
        await office.courier.work_off()
        assert await office.states() == ["sent", "started", "sent"]
        await office.boot()
        assert await office.states() == ["sent", "uncertain", "sent"]


def full_disk(moment: str) -> None:
    raise sqlite3.OperationalError("database or disk is full")


async def test_a_stopped_broadcast_halts_at_once(paced: Office) -> None:
    """In the middle of a broadcast: at most the workers' rows still leave, and the states add up."""
    await paced.broadcast(200)
    await paced.go_on(timedelta(seconds=3))
    left = len(paced.phones.ledger)
    assert await paced.database.write(outbox.stop, "broadcast:1", utc_text(paced.clock.now())) == 200 - left
    await paced.go_on()
    assert len(paced.phones.ledger) == left == 79
    assert await paced.database.read(outbox.states_of, "broadcast:1") == {"sent": 79, "cancelled": 121}


async def test_a_stop_while_calls_are_out_lets_only_those_through(office: Office) -> None:
    """The six calls that are out come back; not one more leaves."""
    office.phones.answer = lambda sending: Answer(Accepted(), arrives=True, hangs=True)
    await office.broadcast(50)
    working = asyncio.create_task(office.courier.work_off())
    while len(office.phones.calls) < 6:
        office.phones.called.clear()
        await asyncio.wait_for(office.phones.called.wait(), 60)
    await office.database.write(outbox.stop, "broadcast:1", utc_text(NOON))
    office.phones.gate.set()
    await working
    assert Counter(await office.states()) == {"sent": 6, "cancelled": 44}


async def test_the_courier_runs_by_itself(office: Office) -> None:
    """It sleeps until it is woken or a time has come, and ends when it is stopped."""
    running = asyncio.create_task(office.courier.run())
    await office.post("sekarang")
    await office.post("nanti", not_before=utc_text(NOON + timedelta(hours=1)))
    office.courier.wake()
    await asyncio.wait_for(office.phones.called.wait(), 60)
    office.phones.called.clear()
    office.clock.move(timedelta(hours=1))
    await asyncio.wait_for(office.phones.called.wait(), 60)
    await office.courier.stop()
    await running
    assert office.phones.texts == ["sekarang", "nanti"]
    assert await office.states() == ["sent", "sent"]


async def test_what_came_back_during_a_look_is_looked_at(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that is older than the outcome of the last call does not make the courier believe that nothing waits."""
    office.phones.will("halo", Answer(NeverLeft("ConnectError"), hangs=True))
    await office.post("halo")
    await office.post("hai", to="telegram:12")
    read = office.database.read

    async def read_slowly(*asked: Any) -> Any:
        found = await read(*asked)
        if office.phones.hanging.is_set():
            office.phones.gate.set()
            await asyncio.gather(*office.flying())
        return found

    monkeypatch.setattr(office.database, "read", read_slowly)
    again = await office.courier.work_off()
    assert again is not None
    assert again > NOON


KINDS_OF_ANSWER: list[Answer] = [
    TAKEN,
    TAKEN,
    TAKEN,
    LOST,
    LOST_REPLY,
    Answer(ValueError(), arrives=True),
    Answer(NeverLeft("ConnectError")),
    Answer(Throttled(7)),
    Answer(MarkupRefused()),
    Answer(Refused("BadRequest")),
    Answer(Stopped("Forbidden")),
    Answer(TAKEN.outcome, arrives=True, hangs=True),
    Answer(LOST.outcome, hangs=True),
]


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 2), st.sampled_from(["drop", "resend"])), max_size=14),
    luck=st.lists(st.sampled_from(KINDS_OF_ANSWER), max_size=25),
    stop_after=st.integers(0, 12),
)
def test_nothing_is_lost_and_nothing_is_sent_too_often(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, str]], luck: list[Answer], stop_after: int
) -> None:
    """Whatever the far side does and whenever the process dies: the states add up, and the ledger bears them out."""
    with tempfile.TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        asyncio.run(live_through(Path(folder), rows, list(luck), stop_after))


async def live_through(folder: Path, rows: list[tuple[int, int, str]], luck: list[Answer], stop_after: int) -> None:
    async with opened(folder, Limits()) as office:
        office.phones.answer = lambda sending: luck.pop() if luck else TAKEN
        for number, (chat, lane, policy) in enumerate(rows):
            about = "broadcast:1" if lane == BROADCAST else ""
            await office.post(f"{number}", to=f"telegram:{chat}", lane=lane, uncertain_do=policy, object=about)
        while (look := await work_or_die(office)) is not None:
            if len(office.phones.calls) >= stop_after:
                await office.database.write(outbox.stop, "broadcast:1", utc_text(office.clock.now()))
            office.clock.move(look - office.clock.now())
        await check_ledger(office, len(rows))


async def work_or_die(office: Office) -> datetime | None:
    """Work off what is due; a call that hangs is where the process dies and the next one starts."""
    while True:
        office.phones.hanging.clear()
        working = asyncio.create_task(office.courier.work_off())
        hung = asyncio.create_task(office.phones.hanging.wait())
        await asyncio.wait([working, hung], return_when=asyncio.FIRST_COMPLETED)
        hung.cancel()
        if working.done():
            return working.result()
        working.cancel()
        await office.die()
        await office.boot()


async def check_ledger(office: Office, posted: int) -> None:
    states = await office.states()
    assert len(states) == posted
    assert set(states) <= SETTLED
    copies = Counter(call.sending.id for call in office.phones.ledger)
    for row, state in enumerate(states, 1):
        stored = await office.row(row)
        assert copies[row] <= 1 + stored["copies"]
        assert state != "sent" or copies[row] >= 1
        assert state in ("sent", "uncertain") or copies[row] == 0, state
        assert stored["copies"] == 0 or stored["uncertain_do"] == "resend" or stored["withdrawn"]
    first_copies: dict[tuple[str, int], list[int]] = {}
    for call in office.phones.calls:
        stored = await office.row(call.sending.id)
        if not call.sending.again:
            first_copies.setdefault((stored["chat"], stored["lane"]), []).append(call.sending.id)
    assert all(ids == sorted(ids) for ids in first_copies.values())
    assert await office.database.read(delivery.next_due, utc_text(office.clock.now()), ["telegram"]) is None
