"""A conservation model: whatever is said, repeated, reordered, refused, killed or set back, the books balance (T2).

`python -m tests.prove T2` prints the figures.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from bot.clock import utc_text
from bot.message import Message
from storage import outbox
from storage.database import Connection
from tests.proofs import ledger
from tests.proofs.house import FarSide, House, furnish, stopped_clock
from tests.proofs.people import Crowd, Somebody, found_office, roster
from tests.talk import MOMENTS

SKIES = ({}, {"flood": 0.3}, {"server_error": 0.3}, {"accept_reset": 0.3}, {"garbled": 0.3}, {"markup": 0.2})
MANY = 6
BROADCAST = "broadcast:1"


@dataclass
class Count:
    """What all the lives of a model came to."""

    lives: int = 0
    steps: int = 0
    deaths: int = 0
    updates: int = 0
    messages: int = 0
    uncertain: int = 0

    def __str__(self) -> str:
        return (
            f"{self.lives} lives, {self.steps} steps, {self.deaths} deaths; {self.updates} updates, "
            f"{self.messages} messages, {self.uncertain} of them uncertain; books unbalanced: 0"
        )


@dataclass
class Life:
    """One office in one of the model's runs."""

    template: Path
    everybody: list[Somebody]
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))

    async def begin(self) -> None:
        """Open the office."""
        clock = stopped_clock()
        self.far = FarSide(clock)
        self.far.__enter__()
        self.house = House(furnish(self.template, self.folder / "house"), self.far, clock)
        self.crowd = Crowd(self.far, self.everybody, Random(3))
        self.said: list[dict[str, object]] = []
        self.frozen = 0
        await self.house.boot()

    async def bring(self, order: Random | None = None) -> None:
        """Hand over what people did, in some order, and let it be answered."""
        batch, self.far.pending = list(self.far.pending.values()), {}
        if order:
            order.shuffle(batch)
        self.said += batch
        if batch:
            await self.house.hand_over(batch)
        await self.house.settle()

    async def repeat(self, which: int, times: int) -> None:
        """Bring something again that was brought before."""
        if self.said:
            await self.house.hand_over([self.said[which % len(self.said)]] * times)
        await self.house.settle()

    async def die_while(self, at: tuple[int, str]) -> None:
        """Die at a write; what was not confirmed comes again."""
        before = dict(self.far.pending)
        if await self.house.dying_at(*at, self.bring()):
            self.far.pending = before
            await self.bring()

    async def announce(self) -> None:
        """Write to everybody who is registered, once; the list is frozen with it."""

        def post(db: Connection) -> int:
            now = self.house.clock.now()
            to = [row[0] for row in db.execute("SELECT person_id FROM chats WHERE person_id IS NOT NULL ORDER BY 1")]
            return sum(
                self.house.app.poster.notify(
                    db, one, Message.of(f"Siaran untuk {one}"), now, kind="broadcast", object=BROADCAST, lane=2
                )
                for one in to
            )

        self.frozen += await self.house.app.database.write(post)
        await self.house.settle()

    async def withdraw(self) -> None:
        """Stop the broadcast."""
        await self.house.app.database.write(outbox.stop, BROADCAST, utc_text(self.house.clock.now()))

    async def jump(self, seconds: int) -> None:
        """Let the clock jump, forward or back."""
        self.house.clock.move(timedelta(seconds=seconds))
        await self.house.app.tick()
        await self.house.settle()

    async def restart(self) -> None:
        """Stop in good order, and start again."""
        await self.house.stop()
        with self.house.db() as db:
            assert not db.execute("SELECT id FROM outbox WHERE state = 'started'").fetchall()
        await self.house.boot()

    def balanced(self) -> None:
        """Hold what must hold at every moment."""
        with self.house.db() as db:
            assert list(ledger.what_is_lost(db, self.far)) == []
            states = dict(
                db.execute("SELECT state, count(*) FROM outbox WHERE object = ? GROUP BY state", (BROADCAST,))
            )
            assert sum(states.values()) == self.frozen
            assert not db.execute("SELECT id FROM outbox WHERE copies > 1").fetchall()

    async def end(self, count: Count) -> None:
        """Let everything come to rest, and balance the books to the last line."""
        try:
            self.far.storm({}, 0)
            await self.bring()
            await self.house.go_on(timedelta(days=4))  # a clock set back may have left rows for hours that come again
            with self.house.db() as db:
                assert ledger.what_is_wrong(db, self.far) == []
                assert _out_of_order(db) == []
                count.messages += len(self.far.ledger)
                count.uncertain += ledger.uncertain(db)
                count.updates += len({str(one["update_id"]) for one in self.said})
                count.deaths += self.house.deaths
                count.lives += 1
        finally:
            await self.house.stop()
            self.far.__exit__()
            shutil.rmtree(self.folder)


def _out_of_order(db: Connection) -> list[tuple[int, int]]:
    """Find two answers to one chat of which the later posted was accepted earlier; a second copy is not an order."""
    rows = db.execute(
        """
        SELECT chat, id, CAST(external_id AS INTEGER) FROM outbox
        WHERE lane = 0 AND state = 'sent' AND copies = 0 AND edits IS NULL AND external_id IS NOT NULL ORDER BY chat, id
        """
    ).fetchall()
    return [
        (first[1], second[1])
        for first, second in itertools.pairwise(rows)
        if first[0] == second[0] and first[2] > second[2]
    ]


class Model(RuleBasedStateMachine):
    """What may happen to an office, in any order."""

    template: Path
    everybody: list[Somebody]
    count: Count

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.life = Life(self.template, self.everybody)
        self.do(self.life.begin())

    def do(self, what: Awaitable[None]) -> None:
        async def wait() -> None:
            async with asyncio.timeout(300):
                await what

        self.runner.run(wait())
        self.count.steps += 1

    @initialize()
    def everybody_comes(self) -> None:
        """Most are registered when the story begins."""
        for _ in range(3):
            for one in self.everybody:
                self.life.crowd.act(one)
            self.do(self.life.bring())

    @rule(who=st.lists(st.integers(0, MANY - 1), min_size=1, max_size=6), order=st.none() | st.integers(0, 99))
    def people_do_things(self, who: list[int], order: int | None) -> None:
        for one in who:
            self.life.crowd.act(self.everybody[one])
        self.do(self.life.bring(None if order is None else Random(order)))
        self.life.balanced()

    @rule(which=st.integers(0, 999), times=st.integers(1, 3))
    def something_comes_again(self, which: int, times: int) -> None:
        self.do(self.life.repeat(which, times))
        self.life.balanced()

    @rule(who=st.integers(0, MANY - 1), at=st.sampled_from(MOMENTS))
    def it_dies(self, who: int, at: tuple[int, str]) -> None:
        self.life.crowd.act(self.everybody[who])
        self.life.crowd.act(self.everybody[who - 1])
        self.do(self.life.die_while(at))
        self.life.balanced()

    @rule()
    def it_is_restarted(self) -> None:
        self.do(self.life.restart())
        self.life.balanced()

    @rule(seconds=st.sampled_from([1, 40, 70, 700, 4_000, -1, -7_200]))
    def the_clock_jumps(self, seconds: int) -> None:
        self.do(self.life.jump(seconds))
        self.life.balanced()

    @rule(sky=st.integers(0, len(SKIES) - 1), seed=st.integers(0, 9))
    def the_weather_changes(self, sky: int, seed: int) -> None:
        self.life.far.storm(SKIES[sky], seed)

    @rule(who=st.integers(0, MANY - 1), back=st.booleans())
    def somebody_blocks_the_bot(self, who: int, back: bool) -> None:
        (self.life.far.unblock if back else self.life.far.block)(self.everybody[who].user)
        self.do(self.life.bring())
        self.life.balanced()

    @rule()
    def the_office_broadcasts(self) -> None:
        self.do(self.life.announce())
        self.life.balanced()

    @rule()
    def the_office_stops_it(self) -> None:
        self.do(self.life.withdraw())
        self.life.balanced()

    def teardown(self) -> None:
        try:
            self.do(self.life.end(self.count))
        finally:
            self.runner.close()


def model(folder: Path, runs: int, steps: int) -> str:
    """Run the model; return the figures. Fails with the shortest story that breaks a book."""
    everybody = roster(MANY)
    (folder / "template").mkdir()
    asyncio.run(found_office(folder / "template", everybody, event=True))
    count = Count()
    machine = type("OurModel", (Model,), {"template": folder / "template", "everybody": everybody, "count": count})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # hypothesis has no types for it
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize="PROVE_SEED" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return str(count)


def test_a_few_lives_keep_the_books(tmp_path: Path) -> None:
    """Three short lives: enough to notice a broken defence at every run of the suite."""
    model(tmp_path, 3, 12)
