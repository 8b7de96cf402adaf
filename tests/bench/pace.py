"""A broadcast at Telegram's pace, in simulated time: how much of the rate it uses, and how long others wait."""

import tempfile
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import App, Plan, build
from bot.channels.channel import Accepted, Channel, Keep, Open, Outcome, Sending, Store, Throttled
from bot.channels.telegram import Telegram
from bot.clock import Clock, StoppedClock, utc_text
from bot.pacer import Limits
from storage import outbox
from tests.bench.crowd import BROADCAST, build_store
from tests.bench.server import FREE, TOKEN

SECOND = timedelta(seconds=1)


class Strict(Telegram):
    """A Telegram that refuses whoever is too fast, in simulated time."""

    clock: Clock
    refusals = 0

    def __init__(self, *given: object, clock: Clock, **more: object) -> None:
        super().__init__(*given, clock=clock, **more)  # type: ignore[arg-type]  # handed through
        self.clock = clock
        self.sent: list[tuple[datetime, str, str]] = []
        self._last: dict[str, datetime] = {}
        self._second: deque[datetime] = deque()

    async def send(self, sending: Sending) -> Outcome:
        now = self.clock.now()
        while self._second and now - self._second[0] >= SECOND:
            self._second.popleft()
        if len(self._second) >= FREE or now - self._last.get(sending.address, now - SECOND) < SECOND:
            self.refusals += 1
            return Throttled(5)
        self._second.append(now)
        self._last[sending.address] = now
        self.sent.append((now, sending.address, sending.message.text.plain))
        return Accepted(str(sending.id))


@dataclass(frozen=True)
class Paced:
    """What came of it; waits are in simulated seconds."""

    messages: int
    seconds: float
    share: float  # of the pacer's rate
    refusals: int
    replies: int
    middle: float
    p99: float


async def paced(people: int, said: Callable[[int, int], None]) -> Paced:
    """Send to so many people at 25 a second, while every second one of them asks for the menu."""
    channels: list[Strict] = []

    def make(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        channels.append(Strict(TOKEN, store=store, keep=keep, open=open, clock=clock))
        return {"telegram": channels[0]}

    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        await build_store(folder / "pkh.sqlite3", people, broadcast=people)
        clock = StoppedClock(datetime.now(UTC))
        plan = Plan(folder, "Dinas Sosial", "Asia/Jakarta", make, "bench", pace={"telegram": Limits()})
        async with build(plan, clock) as app:
            await app.database.write(outbox.release, BROADCAST, utc_text(clock.now()))
            asked = await _work_off(app, clock, channels[0], people, said)
    sent = channels[0].sent
    broadcast = [at for at, _, words in sent if words.startswith("Pertemuan koordinasi")]
    waits = sorted((at - asked[who]).total_seconds() for at, who, words in sent if not words.startswith("Pertemuan"))
    took = (broadcast[-1] - broadcast[0]).total_seconds()
    return Paced(
        len(broadcast),
        took,
        (len(broadcast) - 1) / took / Limits().overall,
        channels[0].refusals,
        len(waits),
        waits[len(waits) // 2],
        waits[int(len(waits) * 0.99)],
    )


async def _work_off(
    app: App, clock: StoppedClock, channel: Strict, people: int, said: Callable[[int, int], None]
) -> dict[str, datetime]:
    """Go from moment to moment until everything is sent; return when whom asked."""
    asked: dict[str, datetime] = {}
    question = clock.now() + SECOND / 3
    while True:
        later = await app.courier.work_off()
        if later is None or len(channel.sent) >= people + len(asked):
            return asked
        clock.move(min(later, question) - clock.now())
        if clock.now() >= question:
            who = people - len(asked) * 7 % people
            if str(who) not in asked:
                asked[str(who)] = clock.now()
                await channel.receive([_menu(who, len(asked), clock.now())])
                await app.lanes.join()
            question += SECOND
            said(len(channel.sent), people)


def _menu(person: int, number: int, now: datetime) -> dict[str, object]:
    who = {"id": person, "first_name": f"Orang {person}"}
    message = {"message_id": number, "date": int(now.timestamp()), "text": "menu"}
    return {
        "update_id": number,
        "message": {**message, "from": {**who, "is_bot": False}, "chat": {**who, "type": "private"}},
    }
