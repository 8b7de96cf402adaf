"""A bad network: throttles, broken servers, lost answers and an hour without any: each row is accounted for (T5).

`python -m tests.prove T5` prints the figures.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from bot.app import App, Plan, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.whatsapp import WhatsApp
from bot.clock import Clock, utc_text
from bot.message import Message
from bot.pacer import Limits
from bot.web.server import make_app, serve
from bot.web.whatsapp import PATH, whatsapp_routes
from storage.database import Connection
from tests.fakes.graph_api import NUMBER_ID, SECRET, TOKEN, VERIFY, FakeGraphApi
from tests.proofs import ledger
from tests.proofs.house import FarSide, House, stopped_clock
from tests.proofs.people import START
from tests.worlds import OFFICE

SEED = 5
STORM = {"flood": 0.05, "server_error": 0.02, "hang": 0.01, "accept_reset": 0.005}
GRAPH_STORM = {
    ("code", 131056, 400): 0.05,
    ("html", 0, 502): 0.02,
    ("hang", 0, 0): 0.01,
    ("reset", 0, 0): 0.005,
    ("code", 131016, 503): 0.01,
}
SETTLED = {"sent", "failed", "stopped", "uncertain"}


def settle_people(db: Connection, count: int, channel: str) -> None:
    """Put so many people with a chat on the roster."""
    now = utc_text(START)
    everybody = range(1, count + 1)
    db.executemany(
        "INSERT INTO persons (id, name, role, made_at) VALUES (?, ?, 'facilitator', ?)",
        [(one, f"Orang {one}", now) for one in everybody],
    )
    db.executemany(
        "INSERT INTO chats (chat, channel, address, person_id, spoke_at) VALUES (?, ?, ?, ?, ?)",
        [(f"{channel}:{_address(one, channel)}", channel, _address(one, channel), one, now) for one in everybody],
    )


def _address(one: int, channel: str) -> str:
    return str(one) if channel == "telegram" else f"62812{one:08}"


def tell_everybody(db: Connection, app: App, count: int) -> int:
    """Post one notice to each; every fifth is an answer, which is not repeated when it is in doubt."""
    now = app.clock.now()
    return sum(
        app.poster.notify(
            db,
            one,
            Message.of(f"Kabar untuk {one}"),
            now,
            kind="reminder",
            object=f"meeting:{one}",
            expires_at=now + timedelta(days=1),
            uncertain_do="drop" if one % 5 == 0 else "resend",
        )
        for one in range(1, count + 1)
    )


async def bad_network(folder: Path, sends: int) -> str:
    """Send so many through the storm and the blackout; return the figures."""
    clock = stopped_clock()
    with FarSide(clock) as far:
        house = House(folder, far, clock, limits=Limits(), answer_within=0.3)
        await house.boot()
        await house.app.database.write(settle_people, sends, "telegram")
        assert await house.app.database.write(tell_everybody, house.app, sends) == sends
        far.storm(STORM, SEED)
        began = clock.now()
        while len(far.ledger) < sends // 2:
            look = await house.app.courier.work_off()
            assert look is not None
            clock.move(look - clock.now())
        far.go_dark()
        await house.go_on(timedelta(hours=1))
        far.come_back()
        await house.go_on(timedelta(hours=6))
        took = clock.now() - began
        await house.stop()
        with house.db() as db:
            wrong = ledger.what_is_wrong(db, far)
            states = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
            copies = db.execute("SELECT count(*) FROM outbox WHERE copies = 1").fetchone()[0]
            doubted = ledger.uncertain(db)
            repeated = db.execute("SELECT count(*) FROM outbox WHERE copies > 0 AND uncertain_do = 'drop'").fetchone()[
                0
            ]
    assert wrong == [], wrong
    assert far.too_early == []
    assert set(states) <= SETTLED
    assert sum(states.values()) == sends
    assert repeated == 0
    extra = len(far.ledger) - len({one.chat for one in far.ledger})
    assert extra <= copies
    return (
        f"{sends} rows through {_percent(STORM)} and 1 h without a network ({took.total_seconds() / 3600:.1f} h "
        f"simulated): {states}; answers {dict(sorted(far.statuses.items()))}; {doubted} in doubt, {copies} second "
        f"copies, {extra} people with two; sent before a throttle was over: 0; lost without a trace: 0"
    )


def _percent(chances: Mapping[str, float]) -> str:
    return ", ".join(f"{100 * chance:g} % {kind}" for kind, chance in chances.items())


class Number:
    """The bot on WhatsApp alone."""

    def __init__(self, api: FakeGraphApi) -> None:
        self.api = api
        self.channel: WhatsApp | None = None

    def make(self, store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        self.api.now = lambda: clock.now().timestamp()
        keys = (TOKEN, NUMBER_ID, SECRET, VERIFY, self.api.url)
        self.channel = WhatsApp(*keys, store=store, keep=keep, open=open, clock=clock, answer_within=0.3)
        return {"whatsapp": self.channel}


async def bad_graph(folder: Path, sends: int) -> str:
    """Send so many by WhatsApp through a storm of its own; its receipts settle what was in doubt."""
    clock = stopped_clock()
    dice = Random(SEED)
    async with FakeGraphApi() as api:
        number = Number(api)
        api.windows = False
        plan = Plan(folder, OFFICE, "Asia/Jakarta", number.make, "boot", pace={"whatsapp": Limits.open()}, rng=dice)
        async with build(plan, clock) as app:
            assert number.channel is not None
            number.channel.capabilities = replace(number.channel.capabilities, window=None)
            await app.database.write(settle_people, sends, "whatsapp")
            for one in range(1, sends + 1):
                api.account(phone=_address(one, "whatsapp"), bsuid=f"ID.n{one}", name=f"Orang {one}")

            async def health() -> Mapping[str, object]:
                return {"ok": True}

            async with serve(make_app(whatsapp_routes(number.channel), health=health)) as port:
                api.hook = f"http://127.0.0.1:{port}{PATH}"
                await app.database.write(tell_everybody, app, sends)
                api._faults.extend(_rolled(dice) for _ in range(sends))
                for _ in range(sends):  # each that is tried again has a time of its own
                    look = await app.courier.work_off()
                    assert await api.deliver_statuses() == 200
                    if look is None:
                        break
                    clock.move(min(look - clock.now(), timedelta(minutes=5)))
                states = await app.database.read(_states)
            await number.channel.close()
    doubled = [to for to, times in Counter(one.to for one in api.ledger).items() if times > 1]
    assert set(states) <= SETTLED
    assert sum(states.values()) == sends
    assert len({one.to for one in api.ledger}) >= states["sent"]
    assert doubled == []
    return f"WhatsApp: {sends} rows, {states}; what had arrived was settled by its receipt; second copies: 0"


def _rolled(dice: Random) -> tuple[str, int, int]:
    thrown = dice.random()
    for fault, chance in GRAPH_STORM.items():
        if thrown < chance:
            return fault
        thrown -= chance
    return ("", 0, 0)


def _states(db: Connection) -> dict[str, int]:
    return dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())


async def test_two_hundred_sends_through_a_bad_network(tmp_path: Path) -> None:
    """Two hundred: enough to notice at every run of the suite."""
    assert "lost without a trace: 0" in await bad_network(tmp_path, 200)


async def test_two_hundred_sends_through_a_bad_network_of_whatsapp(tmp_path: Path) -> None:
    """The same on the other channel, where receipts tell what became of the doubtful."""
    assert "second copies: 0" in await bad_graph(tmp_path, 200)
