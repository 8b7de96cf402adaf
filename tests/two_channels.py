"""An office on WhatsApp, with windows and receipts, and, unless it is off, the simulator, which has no limits."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import App, Plan
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.simulator import Simulator
from bot.channels.whatsapp import WhatsApp
from bot.clock import Clock
from bot.message import Message
from bot.pacer import Limits
from bot.templates import templates
from bot.web.server import make_app, serve
from bot.web.whatsapp import PATH, whatsapp_routes
from storage.database import Connection
from storage.templates import Review, note
from tests.fakes.graph_api import BUSINESS_ID, NUMBER_ID, SECRET, TOKEN, VERIFY, Accepted, FakeGraphApi
from tests.fakes.whatsapp_phones import Account, Event
from tests.phones import without_mark
from tests.talk import Talk, plan_for, talking
from tests.worlds import phone_of

SITI = Account("6281200000011", "ID.siti1", "Siti")
ON_SIMULATOR = "simulator:6281200000011"


class Both:
    """Both channels, or WhatsApp alone; everybody's first chat is on the simulator."""

    def __init__(self, api: FakeGraphApi, *, alone: bool = False, limits: Limits | None = None) -> None:
        self.api = api
        self.alone = alone
        self.limits = limits
        self.whatsapp: WhatsApp | None = None
        self.simulator: Simulator | None = None

    def chat(self, who: str) -> str:
        return f"simulator:{phone_of(who).removeprefix('+')}"

    def plan(self, folder: Path, boot: int) -> Plan:
        plan = plan_for(folder, boot, self._make, ["whatsapp", "simulator"])
        return plan if self.limits is None else replace(plan, pace={"whatsapp": self.limits})

    def attach(self, app: App) -> None: ...

    def write(self, who: str, said: str, number: int) -> Any: ...

    async def deliver(self, event: Any) -> None: ...

    def heard(self) -> list[Any]:
        return []

    def _make(self, store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        self.api.now = lambda: clock.now().timestamp()
        keys = (TOKEN, NUMBER_ID, SECRET, VERIFY, self.api.url)
        self.whatsapp = WhatsApp(*keys, store=store, keep=keep, open=open, clock=clock, answer_within=0.2)
        if self.alone:
            return {"whatsapp": self.whatsapp}
        self.simulator = Simulator(store=store, keep=keep, open=open, clock=clock)
        return {"whatsapp": self.whatsapp, "simulator": self.simulator}


@dataclass
class TwoChannels:
    """A running bot, WhatsApp's side, and what is read on either."""

    api: FakeGraphApi
    talk: Talk
    phones: Both
    said: int = 0

    @property
    def app(self) -> App:
        assert self.talk.app is not None
        return self.talk.app

    async def hears(self, *events: Event, statuses: bool = False) -> None:
        """Bring what happened on WhatsApp."""
        told, self.api.statuses = (self.api.statuses, []) if statuses else ([], self.api.statuses)
        assert await self.api.deliver(*events, statuses=told) == 200
        await self.talk.settle()

    async def says(self, who: Account, *words: str) -> str:
        """Let somebody say things on WhatsApp; return the last thing he or she reads."""
        for one in words:
            await self.hears(self.api.say(who, one))
        return self.reads(who)[-1]

    async def types(self, who: str, *words: str) -> str:
        """Let somebody say things on the simulator; return the last answer."""
        assert self.phones.simulator is not None
        for one in words:
            self.said += 1
            event = {"event_id": f"s{self.said}", "kind": "text", "text": one}
            await self.phones.simulator.receive(self.phones.chat(who), who, event)
            await self.talk.settle()
        return (await self.on_simulator(who))[-1]

    def reads(self, who: Account) -> list[str]:
        return [without_mark(one.shown.text) for one in self.api.chat(who)]

    def last(self, who: Account = SITI) -> Accepted:
        return self.api.chat(who)[-1]

    async def on_simulator(self, who: str = "Siti") -> list[str]:
        sql = "SELECT body FROM outbox WHERE chat = ? AND state = 'sent' ORDER BY id"
        chat = self.phones.chat(who)
        bodies = await self.app.database.read(lambda db: [row[0] for row in db.execute(sql, (chat,))])
        return [Message.from_json(body).text.plain for body in bodies]

    async def notify(self, message: Message | str, object: str, kind: str = "note", **more: Any) -> int:
        """Tell Siti something."""

        def post(db: Connection) -> int:
            (person,) = db.execute("SELECT id FROM persons WHERE name = 'Siti Aminah'").fetchone()
            said, now = Message.of(message), self.talk.clock.now()
            return self.app.poster.notify(db, person, said, now, kind=kind, object=object, **more)

        posted = await self.app.database.write(post)
        await self.talk.settle()
        return posted

    async def approve(self) -> None:
        """Hand every template in, and let it be approved; the bot hears of it by the webhook."""
        assert self.phones.whatsapp is not None
        for one in templates().every:
            await self.phones.whatsapp.hand_in(BUSINESS_ID, one)
        self.api.approve_all()
        for one in templates().every:
            assert await self.api.review(one.name, "APPROVED") == 200

    async def forget_templates(self) -> None:
        stale = [Review(one.name, "PAUSED", "2999-01-01T00:00:00.000+00:00") for one in templates().every]
        await self.app.database.write(lambda db: [note(db, one) for one in stale])

    async def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return await self.app.database.read(lambda db: [tuple(row) for row in db.execute(sql)])

    async def tick(self, **time: float) -> None:
        """Let time pass, and the bot look at its clock."""
        self.talk.clock.move(timedelta(**time))
        await self.app.tick()
        await self.talk.settle()


@asynccontextmanager
async def two_channels(
    folder: Path, *, alone: bool = False, limits: Limits | None = None
) -> AsyncIterator[TwoChannels]:
    """Give the office; WhatsApp knows Siti's number, and with `alone` the simulator is off."""
    async with FakeGraphApi() as api:
        phones = Both(api, alone=alone, limits=limits)
        async with talking(folder, phones) as talk:
            assert phones.whatsapp is not None
            api.accounts |= {SITI.phone: SITI, SITI.bsuid: SITI}

            async def health() -> dict[str, object]:
                return {"ok": True}

            async with serve(make_app(whatsapp_routes(phones.whatsapp), health=health)) as port:
                api.hook = f"http://127.0.0.1:{port}{PATH}"
                yield TwoChannels(api, talk, phones)
                await phones.whatsapp.close()
