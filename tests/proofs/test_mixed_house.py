"""The Langkat Bimtek with a mixed house: half on Telegram, a third on WhatsApp, some on both, some on none.

Everybody registers by talking; the windows have closed when the Bimtek is announced, and close again before its place
is changed. Some numbers have left WhatsApp, some phones are off, some people block the bot on Telegram. Whoever can be
told is told each thing exactly once, on the right channel, and both fakes' ledgers are what the outbox says.
`pytest -n 0 -m proof -s tests/proofs/test_mixed_house.py` prints the figures.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.app import App, Plan, build
from bot.channels.channel import Arrived, Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.clock import Clock, StoppedClock
from bot.pacer import Limits
from bot.templates import templates
from bot.web.server import make_app, serve
from bot.web.whatsapp import PATH, whatsapp_routes
from tests.fakes import bot_api
from tests.fakes.graph_api import BUSINESS_ID, NUMBER_ID, SECRET, TOKEN, VERIFY, FakeGraphApi
from tests.fakes.whatsapp_phones import Account
from tests.proofs.people import OPERATOR, Somebody, found_office, roster
from tests.proofs.test_bimtek import LETTER, MONDAY

SUBJECT, HALL = "Bimtek Peningkatan Kapasitas ORSOS", "Aula Melati, Hotel Le Polonia, Medan"
TELEGRAM, BOTH_WHATSAPP, BOTH_TELEGRAM, BOTH_LAST, NONE, WHATSAPP = (
    *("telegram only", "both, WhatsApp first", "both, Telegram first", "both, the last one", "none", "whatsapp only"),
)


def house_of(place: int) -> str:
    """Say where somebody is: of twelve, six on Telegram, four on WhatsApp, one on both, one on none."""
    kinds = (*([TELEGRAM] * 6), *([WHATSAPP] * 4), "both", NONE)
    kind = kinds[place % 12]
    return (BOTH_WHATSAPP, BOTH_TELEGRAM, BOTH_LAST)[place // 12 % 3] if kind == "both" else kind


@dataclass
class House:
    """The people, their phones, and the bot; its clock moves when told."""

    app: App
    clock: StoppedClock
    telegram: bot_api.FakeBotApi
    graph: FakeGraphApi
    stored: set[str]
    news: asyncio.Event
    everybody: list[Somebody] = field(default_factory=roster)

    def account(self, one: Somebody) -> Account:
        return self.graph.accounts[one.phone.removeprefix("+")]

    def kind(self, one: Somebody) -> str:
        return house_of(one.user - 1000)

    def people(self, *kinds: str) -> list[Somebody]:
        return [one for one in self.everybody if self.kind(one) in kinds]

    async def settle(self) -> None:
        await self.app.lanes.join()
        await self.app.courier.work_off()

    async def says(self, user: int, name: str, *words: str) -> str:
        """Let somebody type on Telegram; return the last answer."""
        for one in words:
            await self.comes(self.telegram.say(user, one, name))
        return next(one.text for one in reversed(self.telegram.ledger) if one.chat == user)

    async def comes(self, update: int) -> None:
        """Wait until the bot has stored an update, then let it answer."""
        while str(update) not in self.stored:
            self.news.clear()
            await self.news.wait()
        await self.settle()

    async def writes(self, one: Somebody, *words: str) -> str:
        """Let somebody type on WhatsApp; return the last answer."""
        for word in words:
            assert await self.graph.deliver(self.graph.say(self.account(one), word)) == 200
            await self.settle()
        return self.graph.chat(self.account(one))[-1].shown.text

    async def goes_on(self, **duration: float) -> None:
        """Let time pass, receipts come, and the bot look at its clock."""
        self.clock.move(timedelta(**duration))
        for _ in range(2):
            await self.app.tick()
            await self.settle()
            assert await self.graph.deliver_statuses() == 200
        await self.settle()

    async def register(self) -> None:
        """Let everybody register where he or she is; who has both, on Telegram first."""
        for one in self.people(TELEGRAM, BOTH_TELEGRAM, BOTH_WHATSAPP, BOTH_LAST):
            await self.says(one.user, one.name, "/start")
            await self.comes(self.telegram.share_contact(one.user, one.phone.removeprefix("+"), name=one.name))
            assert "yang bisa dilakukan" in (await self.says(one.user, one.name, "ya")).lower()
        self.clock.move(timedelta(minutes=5))
        for one in self.people(WHATSAPP, BOTH_TELEGRAM, BOTH_WHATSAPP, BOTH_LAST):
            self.graph.account(one.phone.removeprefix("+"), f"ID.n{one.user}", one.name)
            said = await self.writes(one, "halo", "ya")
            assert ("kini terhubung" in said) == (self.kind(one) != WHATSAPP)
        for kind, channel in ((BOTH_WHATSAPP, "WhatsApp"), (BOTH_TELEGRAM, "Telegram")):
            for one in self.people(kind):
                assert channel in await self.writes(one, "/profil", "Kanal utama", channel)

    async def announce(self) -> str:
        """Let the operator paste the letter, and confirm; return the reach that was shown."""
        shown = await self.says(OPERATOR, "Rahma", LETTER, "Semua petugas")
        asked = await self.says(OPERATOR, "Rahma", "Kirim sekarang")
        sure = re.search(r"Ketik (KIRIM \d+)", asked)
        assert sure, asked
        await self.says(OPERATOR, "Rahma", sure[1])
        return next(line for line in shown.splitlines() if line.startswith("Akan dikirim"))

    async def change_hall(self) -> None:
        """Let the operator correct the place."""
        await self.comes(self.telegram.tap(OPERATOR, 1, "!ralat.1", name="Rahma"))
        asked = await self.says(OPERATOR, "Rahma", f"Tempat: {HALL}", "Kirim ralat")
        if sure := re.search(r"Ketik (KIRIM \d+)", asked):
            asked = await self.says(OPERATOR, "Rahma", sure[1])
        assert "diberi tahu" in asked, asked

    def told(self, words: str) -> Counter[tuple[str, str]]:
        """Count what each phone got that says so unasked, by (number, channel); what failed later was not got."""
        failed = {one["id"] for one in self.graph.told if one["status"] == "failed"}
        by_user = {one.user: one.phone for one in self.everybody}
        found = Counter(
            (by_user[one.chat], "telegram")
            for one in self.telegram.ledger
            if one.chat in by_user and words in one.text and not one.method.startswith("edit")
        )
        for one in self.graph.ledger:
            got = one.arrives and one.id not in failed and one.shown.template
            if got and words in one.shown.text:
                found[f"+{self.graph.accounts[one.to].phone}", "whatsapp"] += 1
        return found

    async def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return await self.app.database.read(lambda db: [tuple(row) for row in db.execute(sql)])


class Graph(FakeGraphApi):
    """The fake, which remembers every status that it brought."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []

    async def deliver_statuses(self) -> int:
        self.told += self.statuses
        return await super().deliver_statuses()


@asynccontextmanager
async def mixed_house(folder: Path) -> AsyncIterator[House]:
    """Give a running bot on both channels, and the roster of Langkat."""
    await found_office(folder, roster(), event=False)
    clock = StoppedClock(MONDAY)
    stored: set[str] = set()
    news = asyncio.Event()
    made: dict[str, Channel] = {}
    telegram = bot_api.FakeBotApi(now=lambda: clock.now().timestamp())
    await telegram.start()
    async with Graph() as graph:
        graph.now = lambda: clock.now().timestamp()

        def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
            async def store_and_tell(arrived: list[Arrived]) -> None:
                await store(arrived)
                stored.update(one.event_id for one in arrived)
                news.set()

            parts: dict[str, Any] = {"keep": keep, "open": open, "clock": clock}
            made["telegram"] = Telegram(bot_api.TOKEN, telegram.url, store=store_and_tell, **parts)
            keys = (TOKEN, NUMBER_ID, SECRET, VERIFY, graph.url)
            made["whatsapp"] = WhatsApp(*keys, store=store, **parts)
            return made

        pace = {name: Limits.open() for name in ("telegram", "whatsapp")}
        plan = Plan(folder, "Dinas Sosial Kabupaten Langkat", "Asia/Jakarta", make, "boot1", pace, rng=Random(7))

        async def health() -> Mapping[str, object]:
            return {"ok": True}

        async with build(plan, clock) as app:
            phone, mobile = made["telegram"], made["whatsapp"]
            assert isinstance(phone, Telegram)
            assert isinstance(mobile, WhatsApp)
            async with serve(make_app(whatsapp_routes(mobile), health=health)) as port:
                graph.hook = f"http://127.0.0.1:{port}{PATH}"
                await app.recover()
                polling = asyncio.create_task(phone.run())
                for one in templates().every:
                    await mobile.hand_in(BUSINESS_ID, one)
                    graph.approve_all()
                    assert await graph.review(one.name, "APPROVED") == 200
                yield House(app, clock, telegram, graph, stored, news)
                await app.lanes.join()
                polling.cancel()
                with suppress(asyncio.CancelledError):
                    await polling
                await phone.close()
                await mobile.close()
    await telegram.stop()


@pytest.mark.proof
async def test_everybody_is_told_once_on_the_right_channel(tmp_path: Path) -> None:
    """The announcement and the change: with numbers that left, phones that are off, people who block the bot."""
    began = time.monotonic()
    async with mixed_house(tmp_path) as house:
        await house.register()
        await house.goes_on(hours=26)
        gone, blocked = house.people(BOTH_WHATSAPP)[:2], house.people(BOTH_TELEGRAM)[:2]
        off, lost = house.people(BOTH_LAST)[:2], house.people(WHATSAPP)[:3]
        for one in off:
            house.graph.blocked |= {house.account(one).bsuid, house.account(one).phone}
        house.telegram.blocked |= {one.user for one in blocked}
        house.graph.fail_for = {house.account(one).bsuid: 131026 for one in (*gone, *lost)}
        reach = await house.announce()
        await house.goes_on(minutes=2)
        for one in house.people(WHATSAPP)[10:40]:
            card = house.graph.chat(house.account(one))[-1]
            label, payload = card.shown.buttons[0]
            await house.graph.deliver(house.graph.press(house.account(one), card.id, payload, label))
            await house.settle()
            assert "Jawaban: Hadir ✅" in await house.writes(one, "Hadir")
        await house.goes_on(hours=6, minutes=1)
        first = house.told(SUBJECT)
        assert first == right_channels(house, gone, blocked, off, lost)
        answers = await house.ask("SELECT count(*) FROM invitations WHERE answer = 'yes'")
        assert answers == [(30,)]
        await house.goes_on(hours=18, minutes=30)  # the windows are closed again, and nobody was reminded yet
        await house.change_hall()
        await house.goes_on(minutes=2)
        await house.goes_on(hours=6, minutes=1)
        assert house.told(HALL.partition(",")[0]) == right_channels(house, gone, blocked, off, lost)
        await agree(house)
        counted = Counter(channel for _, channel in first)
        here = [len(house.people(TELEGRAM, BOTH_TELEGRAM)), len(house.people(WHATSAPP, BOTH_WHATSAPP, BOTH_LAST))]
        away = len(house.people(NONE))
        assert reach == (
            f"Akan dikirim ke 174 orang: {here[0]} lewat Telegram, {here[1]} lewat WhatsApp, {away} belum terdaftar."
        )
        print(  # noqa: T201  # the figures are the proof's result
            f"\n174 people, 2 announcements in {time.monotonic() - began:.1f} s: first heard by {dict(counted)}, "
            f"{len(lost)} on no channel, {away} not registered; {len(house.telegram.ledger)} lines of "
            f"Telegram's ledger and {len(house.graph.ledger)} of WhatsApp's are the outbox"
        )


def right_channels(
    house: House, gone: list[Somebody], blocked: list[Somebody], off: list[Somebody], lost: list[Somebody]
) -> Counter[tuple[str, str]]:
    """Work out from the house where everybody is to be told, once."""
    right = Counter[tuple[str, str]]()
    for one in house.everybody:
        kind = house.kind(one)
        channel = "telegram" if kind in (TELEGRAM, BOTH_TELEGRAM) else "whatsapp"
        if one in (*gone, *off):
            channel = "telegram"
        if one in blocked:
            channel = "whatsapp"
        if kind != NONE and one not in lost:
            right[one.phone, channel] = 1
    return right


async def agree(house: House) -> None:
    """Check that each ledger is what the outbox says was taken, row by row, and that nothing is left."""
    taken = await house.ask("SELECT chat, external_id FROM outbox WHERE external_id IS NOT NULL AND edits IS NULL")
    assert len(taken) == len(set(taken))
    posted = [f"telegram:{one.chat} {one.message_id}" for one in house.telegram.ledger if one.method[:4] != "edit"]
    posted += [f"whatsapp:{house.graph.accounts[one.to].bsuid} {one.id}" for one in house.graph.ledger]
    assert sorted(posted) == sorted(f"{chat} {number}" for chat, number in taken)
    assert await house.ask("SELECT id, state FROM outbox WHERE state IN ('queued', 'started', 'uncertain')") == []
    passed = await house.ask("SELECT count(*) FROM outbox WHERE laddered = 'passed'")
    copies = await house.ask("SELECT count(*) FROM outbox WHERE instr(dedupe, '>')")
    assert passed == copies
