"""A broadcast from the operator's phone: blocked people, a crash in the middle, answers meanwhile, a stop (T9).

`python -m tests.prove T9` prints the figures.
"""

import re
from bisect import bisect_left, bisect_right
from datetime import timedelta
from pathlib import Path

from bot.clock import utc_text
from bot.pacer import Limits
from storage import chats, people
from storage.broadcasts import states
from storage.database import Connection
from storage.seeds import load_seeds
from tests.fakes.bot_api import Accepted
from tests.proofs import ledger
from tests.proofs.house import WORKERS, FarSide, House, stopped_clock
from tests.proofs.people import OPERATOR, START
from tests.proofs.test_network import settle_people

BLOCKED_EACH, UNREGISTERED = 80, 40
OBJECT = "broadcast:1"


def found(db: Connection, count: int) -> None:
    """Settle so many people with a chat, some without one, and an operator."""
    now = utc_text(START)
    load_seeds(db)
    settle_people(db, count, "telegram")
    for one in range(UNREGISTERED):
        people.add_person(
            db, name=f"Tanpa {one}", phone=None, role="facilitator", district_id=None, village_id=None, now=now
        )
    rahma = people.add_person(db, name="Rahma", phone=None, role="operator", district_id=None, village_id=None, now=now)
    chats.hear(db, f"telegram:{OPERATOR}", "telegram", "Rahma", now)
    people.link_chat(db, f"telegram:{OPERATOR}", rahma, now)


class Desk:
    """The operator's phone, and those of everybody else."""

    def __init__(self, house: House) -> None:
        self.house, self.far = house, house.far

    async def says(self, *words: str) -> str:
        """Say things one after the other; return the last answer."""
        for one in words:
            self.far.say(OPERATOR, one, "Rahma")
            await self.answered()
        return self.far.heard[OPERATOR][-1].text

    async def presses(self, label: str) -> None:
        """Press the newest button of this name; the answer may wait for the pacer."""
        self.far.press(OPERATOR, label)
        await self.house.hear()

    async def answered(self) -> None:
        """Let what was said be answered; the pacer keeps a second between two answers."""
        before = len(self.far.heard[OPERATOR])
        await self.house.hear()
        while len(self.far.heard[OPERATOR]) == before:
            await self.passes()

    async def passes(self) -> None:
        """Let time come to when something may leave."""
        look = await self.house.app.courier.work_off()
        assert look is not None
        self.house.clock.move(look - self.house.clock.now())
        await self.house.app.courier.work_off()


async def broadcast(folder: Path, count: int) -> str:
    """Send one to so many people, and stop it when four fifths have it; return the figures."""
    clock = stopped_clock()
    with FarSide(clock) as far:
        house = House(folder, far, clock, limits=Limits())
        await house.boot()
        await house.app.database.write(found, count)
        far.blocked |= set(range(BLOCKED_EACH, count + 1, BLOCKED_EACH))
        desk = Desk(house)
        frozen, kept = await _order(desk, count)
        told: list[float] = []
        crashed = edited = False
        uncertain = 0
        while (left := _broadcast_left(far)) < count * 4 // 5:
            if not crashed and left >= count // 3:
                crashed = await house.dying_at(5, "after", _some_steps(desk))
                with house.db() as db:
                    uncertain = ledger.uncertain(db, "Died")
            if not edited and left >= count // 2:
                edited = True
                await desk.presses("Lihat keadaan")
            if left * 10 // count > len(told):
                told.append(await _asks_meanwhile(desk, 7 + len(told)))
            await desk.passes()
        # The crowd moves on while the operator's finger is on its way: the stop is judged from when it was heard.
        far.press(OPERATOR, "Berhenti")
        heard_at, before = clock.now(), _broadcast_left(far)
        await house.hear()
        after_stop = _broadcast_left(far) - before
        await house.go_on(timedelta(hours=1))
        leaves = [at for at, one in far.moments if _is_copy(one) and at > heard_at]
        await house.stop()
        with house.db() as db:
            wrong = ledger.what_is_wrong(db, far)
            became = states(db, 1)
        edits = sum(one.method == "editMessageText" for one in far.ledger)
    assert wrong == [], wrong
    assert sum(became.values()) == frozen == count + UNREGISTERED
    assert kept == frozen
    assert crashed
    assert uncertain <= WORKERS
    assert after_stop <= WORKERS
    assert max(leaves, default=heard_at) - heard_at <= timedelta(seconds=1)
    assert max(told) <= 2.0
    assert edits >= 1
    # Both copies of what was in doubt bear the broadcast's own short reference, so that a reader knows them as one.
    assert all(one.text.endswith("· S1") for one in far.ledger if _is_copy(one))
    fastest, closest = _pace(far)
    assert fastest <= Limits().overall + Limits().extra
    assert closest >= 1.1
    return (
        f"frozen at {frozen} people, in the end {became} = {sum(became.values())}; one crash in the middle left "
        f"{uncertain} in doubt; answers to others within {max(told):.1f} s; at most {fastest} messages in any second, "
        f"{closest:.1f} s between two to one person; after the stop {after_stop} more left, none later than 1 s"
    )


async def _order(desk: Desk, count: int) -> tuple[int, int]:
    """Order the broadcast as an operator does; return how many people the card and the store speak of."""
    await desk.says("/siaran", "Siaran bagi semua: mohon kirim laporan <bulanan> & foto.", "petugas", "semua petugas")
    asked = await desk.says("kirim sekarang")
    phrase = re.search(r"Ketik (.+?) untuk memastikan", asked)
    assert phrase, asked
    card = await desk.says(phrase[1])
    told = re.search(r"ke ([\d.]+) orang", card)
    assert told, card
    desk.house.clock.move(timedelta(seconds=61))
    with desk.house.db() as db:
        kept = int(db.execute("SELECT count(*) FROM recipients WHERE broadcast_id = 1").fetchone()[0])
    return int(told[1].replace(".", "")), kept


async def _some_steps(desk: Desk) -> None:
    for _ in range(10):
        await desk.passes()


async def _asks_meanwhile(desk: Desk, who: int) -> float:
    """Let somebody ask for the menu in the midst of it; return after how many seconds the answer was out."""
    far, asked = desk.far, desk.house.clock.now()
    far.say(who, "/menu", f"Orang {who}")
    await desk.house.hear()
    while not any("yang bisa dilakukan" in one.text for one in far.heard[who]):
        await desk.passes()
    return (desk.house.clock.now() - asked).total_seconds()


def _broadcast_left(far: FarSide) -> int:
    return sum(map(_is_copy, far.ledger))


def _is_copy(one: Accepted) -> bool:
    return "laporan <bulanan>" in one.text and one.chat != OPERATOR


def _pace(far: FarSide) -> tuple[int, float]:
    """Return how many messages the busiest second held, and the shortest time between two to one chat."""
    at = [moment.timestamp() for moment, _ in far.moments]
    fastest = max(bisect_right(at, moment) - bisect_left(at, moment - 0.999) for moment in at)
    last: dict[int, float] = {}
    closest = float("inf")
    for moment, one in far.moments:
        if one.chat in last:
            closest = min(closest, moment.timestamp() - last[one.chat])
        last[one.chat] = moment.timestamp()
    return fastest, round(closest, 3)


async def test_a_broadcast_to_five_hundred_is_accounted_for(tmp_path: Path) -> None:
    """Five hundred: enough to notice at every run of the suite."""
    assert "frozen at 540" in await broadcast(tmp_path, 500)
