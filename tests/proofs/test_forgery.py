"""Forgeries by the thousand, none of which has an effect (T13); broken webhooks of WhatsApp, which stop nobody (T7).

`python -m tests.prove T7` prints the figures of the latter.
"""

import copy
import hmac
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.app import App, Plan, build
from bot.clock import StoppedClock, utc_text
from bot.pacer import Limits
from bot.web.server import make_app, serve
from bot.web.whatsapp import PATH, whatsapp_routes
from storage import chats, people
from storage.database import Connection
from tests.fakes.graph_api import FakeGraphApi, sign
from tests.proofs.house import FarSide, House, stopped_clock
from tests.proofs.people import NONSENSE, START, found_office, roster
from tests.proofs.test_fuzz import FORGED, JUNK, WORDS, _places
from tests.proofs.test_network import Number
from tests.proofs.test_redelivery import changed_tables
from tests.worlds import OFFICE

SEED = 13
ANONYMOUS_ADMIN = 1_087_968_824  # Telegram's own account for admins who hide in a group
KNOWN_REASONS = (
    "malformed message",
    "no webhook of WhatsApp's",
    "text that is no text",
    "a message from nobody",
    "no time",
    "a location off the globe",
)


@asynccontextmanager
async def whatsapp_office(folder: Path) -> AsyncIterator[tuple[App, Number, FakeGraphApi]]:
    """Give a bot on WhatsApp whose webhook is open."""
    clock: StoppedClock = stopped_clock()
    await found_office(folder, roster(6), event=True)
    async with FakeGraphApi() as api:
        number = Number(api)
        pace = {"whatsapp": Limits.open()}
        plan = Plan(folder, OFFICE, "Asia/Jakarta", number.make, "boot", pace=pace, rng=Random(SEED))
        async with build(plan, clock) as app:
            assert number.channel is not None

            async def health() -> Mapping[str, object]:
                return {"ok": True}

            async with serve(make_app(whatsapp_routes(number.channel), health=health)) as port:
                api.hook = f"http://127.0.0.1:{port}{PATH}"
                yield app, number, api
            await app.lanes.close()
            await app.courier.stop()
            await number.channel.close()


async def broken_webhooks(folder: Path, count: int) -> str:
    """Bring so many mutated, well signed webhooks; return the figures."""
    dice = Random(SEED)
    async with whatsapp_office(folder) as (app, number, api):
        strangers = [api.account(bsuid=f"ID.s{one}", name=f"Orang {one}") for one in range(6)]
        before = await app.database.read(_office_tables)
        answered = Counter[int]()
        for _ in range(count):
            who = dice.choice(strangers)
            event = dice.choice(
                (
                    lambda who=who: api.say(who, dice.choice((*NONSENSE, "menu", "p2k2", "/start"))),
                    lambda who=who: api.tap(who, "wamid.X", dice.choice(FORGED), "Ya"),
                    lambda who=who: api.send_location(who, 3.5, 98.6),
                    lambda who=who: api.share_contact(who, "6281399990000", asked=False),
                )
            )()
            body = json.loads(api.payload([event]))
            for _ in range(dice.choice((1, 1, 1, 2, 3))):
                holder, key = dice.choice(list(_places(body)))
                if dice.random() < 0.1:
                    del holder[key]
                elif isinstance(holder[key], str) and dice.random() < 0.5:
                    holder[key] = dice.choice(WORDS)
                else:
                    holder[key] = copy.deepcopy(dice.choice(JUNK))
                if not body:
                    break
            raw = json.dumps(body).encode() if dice.random() > 0.01 else dice.randbytes(40)
            answered[await api.post(raw)] += 1
            await app.lanes.join()
        await app.courier.work_off()
        states, reasons = await app.database.read(_inbox)
        assert await app.database.read(_office_tables) == before
        sane = api.account(bsuid="ID.sane", name="Siti")
        assert await api.deliver(api.say(sane, "halo")) == 200
        await app.lanes.join()
        await app.courier.work_off()
        assert [one for one in api.chat(sane) if "Selamat datang" in one.shown.text]
    assert set(answered) == {200}
    assert "new" not in states
    assert [why for why in reasons if not why.startswith(KNOWN_REASONS)] == []
    assert number.channel is not None
    parked = f"parked for {len(reasons)} reasons that are known"
    return f"{count} mutated webhooks: inbox {states}, {parked}; the next person served"


def _office_tables(db: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return changed_tables(
        db, ("inbox", "outbox", "chats", "dialogs", "aliases", "reminding", "lanes", "receipts", "media")
    )


def _inbox(db: Connection) -> tuple[dict[str, int], dict[str, int]]:
    states = dict(db.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall())
    return states, dict(db.execute("SELECT reason, count(*) FROM inbox WHERE state = 'parked' GROUP BY 1").fetchall())


async def forged_webhooks(folder: Path, count: int) -> int:
    """Post so many webhooks that Meta did not sign; return how many had any effect."""
    dice = Random(SEED)
    async with whatsapp_office(folder) as (app, _, api):
        who = api.account(bsuid="ID.mallory", name="Mallory")
        for number in range(count):
            body = api.payload([api.say(who, f"hadir {number}")])
            right = sign(body)
            forged = (
                "sha256=" + secrets.token_hex(32),
                "sha256=" + "é" * 64,
                right[:-1],
                right.upper(),
                right[:-1] + ("0" if right[-1] != "0" else "1"),
                sign(body + b" "),
                sign(body, "another secret"),
                "sha1=" + right[7:],
            )
            assert await api.post(body, dice.choice(forged)) == 403
        return int(await app.database.read(lambda db: db.execute("SELECT count(*) FROM inbox").fetchone()[0]))


async def forged_updates(folder: Path, count: int) -> dict[str, int]:
    """Let people and strangers forge buttons, contacts, invites and group admins; return the effects of each kind."""
    dice, clock, everybody = Random(SEED), stopped_clock(), roster(6)
    await found_office(folder, everybody, event=True)
    effects: dict[str, int] = {}
    with FarSide(clock) as far:
        house = House(folder, far, clock)
        await house.boot()
        await house.app.database.write(_let_in, everybody[0].user, everybody[0].phone)
        insider, stranger = everybody[0].user, 66_000

        # What an invited person's own card may carry is no forgery: a true code, an answer.
        others = [one for one in FORGED if not one.startswith(("!hadir.", "!rsvp.1.", "!rsvp.2."))]

        def button(number: int) -> None:
            token = (
                dice.choice(others)
                if number % 2
                else f"!{dice.choice(('setujui', 'siaran-henti', 'hapusabsen'))}.{number}"
            )
            far.tap(dice.choice((insider, stranger)), number + 1, token)

        def contact(number: int) -> None:
            one = dice.choice(everybody[1:])
            origin = {"forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": 1}}
            far.share_contact(stranger, one.phone[1:], own=bool(number % 2), **(origin if number % 2 else {}))

        def invite(number: int) -> None:
            guess = secrets.token_hex(16) if number % 2 else "-".join(secrets.token_hex(2).upper() for _ in range(3))
            far.say(stranger + number % 50, f"/start u_{guess}" if number % 2 else guess)

        def admin(number: int) -> None:
            far.say(ANONYMOUS_ADMIN, dice.choice(("/siaran", "/buat", "/petugas", "/sistem")), "Group")
            update = far.pending[max(far.pending)]["message"]
            update["chat"] = {"id": -100_500 - number % 3, "type": "supergroup", "title": "Kantor"}
            update["sender_chat"] = update["chat"]

        for kind, forge in (("buttons", button), ("contacts", contact), ("invites", invite), ("group admins", admin)):
            before = await house.app.database.read(_effects)
            for number in range(count):
                forge(number)
                if len(far.pending) >= 50:
                    await house.hear()
            await house.hear()
            after = await house.app.database.read(_effects)
            effects[kind] = sum(before[name] != after[name] for name in before)
        await house.stop()
    return effects


def _let_in(db: Connection, user: int, phone: str) -> None:
    one = people.person_with_phone(db, phone)
    assert one is not None
    chats.hear(db, f"telegram:{user}", "telegram", one.name, utc_text(START))
    people.link_chat(db, f"telegram:{user}", one.id, utc_text(START))


def _effects(db: Connection) -> dict[str, Any]:
    linked = db.execute("SELECT chat, person_id FROM chats WHERE person_id IS NOT NULL ORDER BY 1").fetchall()
    return changed_tables(db) | {"linked": [tuple(row) for row in linked]}


async def test_forged_webhooks_have_no_effect(tmp_path: Path) -> None:
    """Missing, short, of another body, of another secret, not even ASCII: all are refused alike."""
    assert await forged_webhooks(tmp_path, 60) == 0


async def test_forged_updates_have_no_effect(tmp_path: Path) -> None:
    """Nobody becomes anybody, and nothing is written."""
    assert set((await forged_updates(tmp_path, 60)).values()) == {0}


async def test_two_hundred_broken_webhooks(tmp_path: Path) -> None:
    """Two hundred: enough to notice at every run of the suite."""
    assert "the next person served" in await broken_webhooks(tmp_path, 200)


async def test_signatures_are_compared_in_constant_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By hmac's own comparison, also for one that is wrong from its first byte on."""
    compared: list[bytes] = []
    real = hmac.compare_digest

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(one)
        return real(one, other)

    async with whatsapp_office(tmp_path) as (_, number, _api):
        assert number.channel is not None
        monkeypatch.setattr(hmac, "compare_digest", compare)
        assert not number.channel.is_signed(b"{}", "x" * 71)
        assert not number.channel.is_verify_token("é")
    assert len(compared) == 2


@pytest.mark.proof
async def test_a_thousand_forgeries_of_each_kind_have_no_effect(tmp_path: Path) -> None:
    """A thousand each; what one forged webhook costs, its sender's share included, is printed."""
    for folder in ("webhooks", "updates"):
        (tmp_path / folder).mkdir()
    began = time.process_time()
    assert await forged_webhooks(tmp_path / "webhooks", 1_000) == 0
    worked = time.process_time() - began
    print(f"\n1,000 forged webhooks: {worked:.2f} ms each, start and sender included")  # noqa: T201
    assert set((await forged_updates(tmp_path / "updates", 1_000)).values()) == {0}
