"""The whole Bimtek with 174 people, once in peace and once with kills in between: the same records at the end.

`pytest -n 0 -m proof -s tests/proofs/test_bimtek.py` prints the figures.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from sqlite3 import Connection
from typing import Any

import pytest

from bot.app import CALLS_AT_ONCE
from tests.fakes.bot_api import Accepted
from tests.proofs import ledger
from tests.proofs.people import OPERATOR, Somebody, Town, found_office, roster
from tests.proofs.rest import answering, come_to_rest
from tests.proofs.victim import Victim

LETTER = (
    "/buat Undangan Bimtek Peningkatan Kapasitas ORSOS, Minggu s/d Selasa 12-14 November 2023 pukul 08.00 WIB di Hotel "
    "Le Polonia, Jl. Jenderal Sudirman No. 14-18 Medan"
)
MONDAY = datetime(2023, 11, 6, 2, tzinfo=UTC)  # 09.00 WIB
FIRST_DAY = datetime(2023, 11, 12, 0, 5, tzinfo=UTC)  # 07.05 WIB, five minutes after the doors opened
DAYS = 3
AT_ONCE = 20  # people who talk at the same time
PATIENCE = 1.0  # seconds until somebody does again what was not answered
RECEIPT = re.compile(r"(?:Tercatat hadir|Sudah tercatat), No\. \d+")


@dataclass
class Bimtek:
    """The days of the Bimtek as the people go through them."""

    town: Town
    victim: Victim
    db: Connection
    everybody: list[Somebody]
    dice: Random | None  # whoever kills; None in peace
    kills: int = 0
    polls: int = 0
    calm: bool = True

    async def run(self) -> None:
        """Register, announce, answer, and check in on three days."""
        async with self.bot(MONDAY):
            await self.all(self.register)
        async with self.bot(MONDAY + timedelta(hours=1)):
            await self.announce()
        # Who has no card yet gets a second copy after a minute.
        await self.rest()
        async with self.bot(MONDAY + timedelta(hours=3)):
            await self.all(self.answer)
        for day in range(DAYS):
            # After the last has typed: nobody is believed to have been there in the future.
            async with self.bot(FIRST_DAY + timedelta(days=day, minutes=25)):
                await self.all(lambda one, day=day: self.check_in(one, day))  # type: ignore[misc]
        await self.rest()

    @asynccontextmanager
    async def bot(self, moment: datetime) -> AsyncIterator[None]:
        """Run the bot from this moment on, killing it now and then if there is a killer."""
        self.town.set_time(moment)
        await self._boot()
        self.calm = False
        killing = asyncio.create_task(self._kill_now_and_then())
        try:
            yield
        finally:
            self.calm = True  # not cancelled: an order to the helper must not be given up halfway
            await killing
            await answering(self.town, self.polls)
            await self.victim.stop()

    async def _kill_now_and_then(self) -> None:
        while self.dice is not None and not self.calm:
            # As long as it took to its first poll, or less: on a slow machine none would ever get anything done.
            began = time.monotonic()
            await answering(self.town, self.polls)
            await asyncio.sleep(self.dice.uniform(0.1, 1.0) * (time.monotonic() - began))
            await self._kill()

    async def _kill(self) -> None:
        await self.victim.kill()
        self.kills += 1
        await self._boot()

    async def _boot(self) -> None:
        self.polls = self.town._polls
        await self.victim.boot(self.town.time())

    async def rest(self) -> None:
        """Let the bot finish, some minutes later."""
        self.town.set_time(self.town.time() + timedelta(minutes=2))
        await come_to_rest(self.town, self.victim, self.db)

    async def all(self, does: Callable[[Somebody], Awaitable[None]]) -> None:
        """Let everybody do it, so many at once."""
        room = asyncio.Semaphore(AT_ONCE)

        async def one_of(one: Somebody) -> None:
            async with room:
                await does(one)

        async with asyncio.timeout(600):
            await asyncio.gather(*map(one_of, self.everybody))

    async def until(self, user: int, seen: Callable[[Accepted], Any], do: Callable[[Accepted | None], object]) -> None:
        """Do what the newest message asks for, until the message comes that was hoped for."""
        count = len(self.town.heard[user])
        while not any(seen(one) for one in self.town.heard[user][count:]):
            do(self.town.heard[user][-1] if self.town.heard[user] else None)
            await self.town.hear(user, PATIENCE)

    async def register(self, one: Somebody) -> None:
        """Share the own number and say yes."""

        def react(shown: Accepted | None) -> None:
            if shown and shown.keyboard:
                self.town.share_contact(one.user, one.phone.removeprefix("+"), name=one.name)
            elif shown and (yes := _button(shown, "Ya")):
                self.town.tap(one.user, shown.message_id, yes, one.name)
            else:
                self.town.say(one.user, "/start", one.name)

        # The menu, or, where that was lost and Ya is tapped again, what came of it: unless it asks once more.
        done = ("yang bisa dilakukan sekarang", "itu sudah dijawab tadi")

        def is_in(shown: Accepted) -> bool:
            return any(words in shown.text.lower() for words in done) and not _button(shown, "Ya")

        await self.until(one.user, is_in, react)

    async def announce(self) -> None:
        """Paste the letter, choose everybody, read the reach, confirm twice."""
        town, steps = self.town, ("Semua petugas", "Kirim sekarang")

        def react(shown: Accepted | None) -> None:
            token = next((token for step in steps if shown and (token := _button(shown, step))), "")
            if shown and (sure := re.search(r"Ketik (KIRIM \d+)", shown.text)):
                town.say(OPERATOR, sure[1], "Rahma")
            elif shown and token:
                town.tap(OPERATOR, shown.message_id, token, "Rahma")
            elif not self.db.execute("SELECT 1 FROM events").fetchone():  # a look at /kegiatan, whose words may change
                town.say(OPERATOR, LETTER, "Rahma")
            else:
                town.say(OPERATOR, "/kegiatan", "Rahma")

        await self.until(
            # Its hold, as the answer says it or as /kegiatan does.
            OPERATOR,
            lambda shown: "Batalkan" in _labels(shown),
            react,
        )

    async def answer(self, one: Somebody) -> None:
        """Tap Hadir or, one in seven, Tidak hadir."""
        label = "Tidak hadir" if one.user % 7 == 3 else "Hadir"
        card = next(shown for shown in reversed(self.town.heard[one.user]) if _button(shown, label))

        def react(shown: Accepted | None) -> None:
            self.town.tap(one.user, card.message_id, _button(card, label), one.name)

        await self.until(one.user, lambda shown: "Jawaban: " in shown.text or "Sudah dijawab" in shown.text, react)

    async def check_in(self, one: Somebody, day: int) -> None:
        """Send the code that stands on the board: bare, with the command, or by the link behind the QR code."""
        board = "SELECT code FROM slots ORDER BY day LIMIT 1 OFFSET ?"
        code = str(self.db.execute(board, (day,)).fetchone()[0])
        way = (code.lower(), f"/hadir {code}", f"/start h_{code}")[one.user % 3]
        # The same minute also when it is repeated: a phone that was offline sends what was typed then.
        typed_at = FIRST_DAY + timedelta(days=day, seconds=7 * (one.user % 200))

        def react(shown: Accepted | None) -> None:
            self.town.say(one.user, way, one.name, date=int(typed_at.timestamp()))

        await self.until(one.user, lambda shown: RECEIPT.search(shown.text), react)

    def records(self) -> dict[str, list[Any]]:
        """Return what the office has in the end, but for what depends on who came first."""

        def ask(sql: str) -> list[Any]:
            return [tuple(row) for row in self.db.execute(sql)]

        return {
            "registered": ask("SELECT c.address, p.phone FROM chats c JOIN persons p ON p.id = c.person_id ORDER BY 1"),
            "events": ask("SELECT subject, first_day, last_day, starts, state, audience FROM events"),
            "slots": ask("SELECT day, opens_at, closes_at FROM slots ORDER BY 1"),
            "answers": ask(
                "SELECT p.phone, i.answer FROM invitations i JOIN persons p ON p.id = i.person_id ORDER BY 1"
            ),
            "check-ins": ask(
                "SELECT s.day, p.phone, c.at FROM check_ins c JOIN slots s ON s.id = c.slot_id "
                "JOIN persons p ON p.id = c.person_id ORDER BY 1, 2"
            ),
            "tries": ask("SELECT * FROM tries"),
            "strangers": ask("SELECT * FROM applications"),
            "announced": ask("SELECT action, object, detail FROM audit WHERE action = 'announce'"),
            "cards": ask("SELECT count(*), count(DISTINCT person_id) FROM outbox WHERE kind = 'announcement'"),
        }


@pytest.mark.proof
async def test_the_bimtek_ends_with_the_same_records_with_kills_as_without(tmp_path: Path) -> None:
    """174 people register, answer and check in on three days; twenty kills and more change nothing of it."""
    in_peace = await _hold(tmp_path / "peace", None)
    assert await _hold(tmp_path / "war", Random(1411)) == in_peace
    assert {what: len(rows) for what, rows in in_peace.items()} == {
        "registered": 175,
        "events": 1,
        "slots": DAYS,
        "answers": 174,
        "check-ins": 174 * DAYS,
        "tries": 0,
        "strangers": 0,
        "announced": 1,
        "cards": 1,
    }


async def _hold(folder: Path, dice: Random | None) -> dict[str, list[Any]]:
    began = time.monotonic()
    folder.mkdir()
    everybody = roster()
    await found_office(folder, everybody, event=False)
    async with Town() as town, Victim(folder, town.url) as victim:
        with closing(ledger.connect(folder)) as db:
            bimtek = Bimtek(town, victim, db, everybody, dice)
            await bimtek.run()
            assert ledger.what_is_wrong(db, town) == []
            assert ledger.uncertain(db, "Died") <= CALLS_AT_ONCE * bimtek.kills
            assert bimtek.kills >= (20 if dice else 0)
            for (slot,) in db.execute("SELECT id FROM slots").fetchall():
                numbers = _column(db.execute("SELECT number FROM check_ins WHERE slot_id = ? ORDER BY 1", (slot,)))
                assert numbers == list(range(1, len(everybody) + 1))
            print(  # noqa: T201  # the figures are the proof's result
                f"\n{bimtek.kills} kills in {time.monotonic() - began:.0f} s: {town.sent} updates, {len(town.ledger)} "
                f"messages accepted, {ledger.uncertain(db)} uncertain, the same records"
            )
            return bimtek.records()


def _column(rows: Iterable[Any]) -> list[Any]:
    return [row[0] for row in rows]


def _button(shown: Accepted, label: str) -> str:
    return next((data for text, data in shown.buttons if text == label), "")


def _labels(shown: Accepted) -> list[str]:
    return [text for text, _ in shown.buttons]
