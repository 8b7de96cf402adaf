"""A national crowd: 35,000 people check in within five minutes, and each gets a receipt, at the pace Telegram bears.

`pytest -n 0 -m proof -s tests/proofs/test_crowd.py` prints the figures. The codes change every 30 seconds. The engine
runs in real time: poll, store, turn, outbox, call. Only the pacer's waiting is simulated: the clock stands still, and
jumps to whenever the courier may go on.
"""

import asyncio
import re
import time
from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import Plan, build
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.clock import Clock, StoppedClock, utc_text
from bot.pacer import Limits
from bot.slot_codes import code_of, window_at
from storage import check_ins, events, reach
from storage.check_in_rules import Rules, set_rules
from storage.database import Connection
from storage.events import Audience
from storage.slots import add_slot, slot_secret, slots_of
from tests.fakes.bot_api import TOKEN, Accepted, FakeBotApi
from tests.worlds import OFFICE

PEOPLE = 35_000
WITHIN = timedelta(minutes=5)
SEVEN = datetime(2023, 11, 12, tzinfo=UTC)  # 07.00 WIB
CODE = "K7M2P"
RECEIPT = re.compile(r"Tercatat hadir, No\. (\d+)\. Orang (\d+),")


class Town(FakeBotApi):
    """The fake Bot API, which notes the simulated moment at which it accepted what."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(now=lambda: clock.now().timestamp())
        self.moments: list[float] = []

    def _accept(self, accepted: Accepted) -> None:
        super()._accept(accepted)
        self.moments.append(self.now())


def gather_crowd(db: Connection) -> int:
    """Put 35,000 people with a chat on the roster, and invite them to an event that is open; return its slot."""
    now, everybody = utc_text(SEVEN), range(1, PEOPLE + 1)
    db.executemany(
        "INSERT INTO persons (id, name, role, made_at) VALUES (?, ?, 'facilitator', ?)",
        [(one, f"Orang {one}", now) for one in everybody],
    )
    db.executemany(
        "INSERT INTO chats (chat, channel, address, person_id, menu_role) VALUES (?, 'telegram', ?, ?, 'facilitator')",
        [(f"telegram:{one}", str(one), one) for one in everybody],
    )
    event = events.add_event(
        db,
        ref="rakornas",
        subject="Rakornas",
        place="Jakarta",
        first_day="2023-11-12",
        last_day="2023-11-12",
        starts="07:00",
        ends=None,
        starts_at=now,
        zone="Asia/Jakarta",
        attachment=None,
        audience=Audience(("facilitator",)),
        made_by=1,
        now=now,
    )
    closes = utc_text(SEVEN + timedelta(hours=10))
    add_slot(db, event.id, day="2023-11-12", opens_at=now, closes_at=closes, code=CODE)
    set_rules(db, event.id, Rules(rotating=True))
    assert len(reach.freeze(db, event.id, Audience(("facilitator",)))) == PEOPLE
    return slots_of(db, event.id)[0].id


@pytest.mark.proof
async def test_thirty_five_thousand_people_check_in_within_five_minutes_and_all_get_their_receipt(
    tmp_path: Path,
) -> None:
    """One record and one receipt for each, never faster than 30 a second, and hardly ever slower."""
    clock = StoppedClock(SEVEN)
    async with Town(clock) as town:

        def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
            return {"telegram": Telegram(TOKEN, town.url, store=store, keep=keep, open=open, clock=clock)}

        plan = Plan(tmp_path, OFFICE, "Asia/Jakarta", make, boot_id="crowd", pace={"telegram": Limits()})
        async with build(plan, clock) as app:
            slot = await app.database.write(gather_crowd)
            secret = await app.database.read(slot_secret, slot)
            for one in range(1, PEOPLE + 1):
                sent = SEVEN + WITHIN * one / PEOPLE
                shown = code_of(secret, window_at(sent))
                town.say(one, shown.lower(), f"Orang {one}", date=int(sent.timestamp()))
            clock.move(WITHIN)
            began = time.monotonic()
            telegram = app.channels["telegram"]
            polling = asyncio.create_task(telegram.run())
            while town.pending:  # noqa: ASYNC110  # the fake is watched, it has no event for everything
                await asyncio.sleep(0.01)
            await app.lanes.join()
            answered = time.monotonic() - began
            while (later := await app.courier.work_off()) is not None and len(town.ledger) < PEOPLE:
                clock.move(later - clock.now())
            carried = time.monotonic() - began - answered
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
            assert isinstance(telegram, Telegram)
            await telegram.close()
            assert await app.database.read(check_ins.count, slot) == PEOPLE
            assert await app.database.read(letters_left) == 0
    receipts = [found for one in town.ledger if (found := RECEIPT.search(one.text))]
    assert len(town.ledger) == len(receipts) == PEOPLE
    assert sorted(int(one[1]) for one in receipts) == list(range(1, PEOPLE + 1))
    assert sorted(int(one[2]) for one in receipts) == list(range(1, PEOPLE + 1))
    limits, at = Limits(), town.moments
    most = max(number - bisect_left(at, moment - 0.999) + 1 for number, moment in enumerate(at))
    took = at[-1] - at[0]
    assert most <= limits.overall + limits.extra
    assert PEOPLE / took >= 0.99 * (limits.overall + limits.extra)
    print(  # noqa: T201  # the figures are the proof's result
        f"\n{PEOPLE} check-ins stored and answered in {answered:.0f} s ({PEOPLE / answered:.0f}/s), carried out in "
        f"{carried:.0f} s; paced over {took / 60:.1f} minutes, at most {most} in a second, {PEOPLE / took:.2f}/s"
    )


def letters_left(db: Connection) -> int:
    """Count what came and was not answered."""
    return int(db.execute("SELECT count(*) FROM inbox WHERE state <> 'done'").fetchone()[0])
