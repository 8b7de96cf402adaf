"""The harness: reads a transcript, plays it against the whole bot, and writes down what people heard.

    # a comment                          @ 2023-11-12 06:50      the clock is set (local time)
    Siti> /p2k2                          @ +2 jam                … or moved: jam, hari, menit, detik
    Siti> [Melati · Kwala Bingai]        = SELECT count(*) FROM meetings
    Siti> [Hadir] lama                     1
    Siti> (foto) (album 3) (kontak sendiri) (kontak lain) (lokasi) (stiker) (dokumen a.xlsx) (dokumen a.xlsx) caption
    Siti> (blokir) (buka blokir)
    Siti> (kode)   Siti> hadir (kode -20 menit)   Siti> (kata)      what the board shows, or showed
    Rahma> (pindai Siti)                                          the link behind Siti's own QR code
    Siti< Kelompok mana?  [Melati · Kwala Bingai] [Mawar · Kwala Bingai]
    Siti~ (what a card was changed into)

`TALK_UPDATE=1 pytest tests/test_transcripts.py` writes what was heard into the transcripts: read the difference.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.app import App, Plan, build
from bot.clock import StoppedClock, utc_text
from bot.pacer import Limits
from bot.slot_codes import shown_code
from storage.badges import badge_of
from storage.check_in_rules import rules_of
from storage.database import Connection
from storage.slots import slot, slot_secret
from tests.worlds import OFFICE, PEOPLE, build_world, empty_store

ZONE = "Asia/Jakarta"
UNITS = {
    "detik": timedelta(seconds=1),
    "menit": timedelta(minutes=1),
    "jam": timedelta(hours=1),
    "hari": timedelta(days=1),
}


@dataclass(frozen=True)
class Heard:
    """One message a phone showed, or one change of a message."""

    who: str
    id: str
    text: str
    labels: tuple[str, ...]
    tokens: tuple[str, ...]
    file: str = ""
    edited: bool = False

    def lines(self) -> list[str]:
        """Write it as the transcript has it."""
        tail = " ".join(([f"(berkas {self.file})"] if self.file else []) + [f"[{label}]" for label in self.labels])
        first, *rest = f"{self.text}  {tail}".rstrip().split("\n")
        return [f"{self.who}{'~' if self.edited else '<'} {first}".rstrip(), *(f"  {line}".rstrip() for line in rest)]


class Phones(Protocol):
    """The people's side of a channel, which outlives a restart of the bot."""

    def chat(self, who: str) -> str:
        """Return the chat key of this person's phone."""
        ...

    def plan(self, folder: Path, boot: int) -> Plan: ...

    def attach(self, app: App) -> None:
        """Connect the phones to a bot that was just started."""
        ...

    def write(self, who: str, said: str, number: int) -> Any:
        """Prepare what a person does; the same thing can be delivered again."""
        ...

    async def deliver(self, event: Any) -> None:
        """Bring it to the bot's inbox."""
        ...

    def heard(self) -> list[Heard]:
        """Return everything the phones ever showed, in order."""
        ...


# What a message writes: the letter, the turn, the row that starts, the row that has ended.
MOMENTS = [(write, moment) for write in (1, 2, 3, 4) for moment in ("before", "after")]


class Crash(BaseException):
    """The process dies here."""


class CrashAt:
    """Dies at the n-th time the store writes, before or after it is on the disk; the dead do nothing more."""

    def __init__(self, number: int, moment: str) -> None:
        self.left = number
        self.moment = moment
        self.dead = False
        self.died = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self, moment: str) -> None:
        if moment == "before" and not self.dead:
            self.left -= 1
        if self.dead or (self.left <= 0 and moment == self.moment):
            self.dead = True
            self._loop.call_soon_threadsafe(self.died.set)  # the store writes on a thread of its own
            raise Crash


@dataclass
class Talk:
    """One conversation in one weather."""

    folder: Path
    phones: Phones
    weather: str
    clock: StoppedClock
    app: App | None = None
    boots: int = 0
    said: int = 0
    shown: int = 0
    storms: int = 0
    deaths: int = 0
    log: list[str] = field(default_factory=list)
    _running: Any = None

    async def start(self) -> None:
        """Start the bot on whatever the last one left."""
        self.boots += 1
        empty_store(self.folder / "pkh.sqlite3")
        self._running = build(self.phones.plan(self.folder, self.boots), self.clock)
        self.app = await self._running.__aenter__()
        self.phones.attach(self.app)
        await self.app.recover()
        await self.settle()

    async def stop(self) -> None:
        """Stop the bot."""
        assert self.app is not None
        await self.app.lanes.close()
        await self._running.__aexit__(None, None, None)
        self.app = None

    async def settle(self) -> None:
        """Let everything that is under way come to its end."""
        assert self.app is not None
        await self.app.lanes.join()
        await self.app.courier.work_off()

    async def play(self, lines: Sequence[str]) -> list[str]:
        """Play the person's side of a transcript; return all of it as it went."""
        self.log = []
        for line in lines:
            await self._play_line(line)
        return self.log

    async def _play_line(self, line: str) -> None:
        if line.startswith("@"):
            self.log.append(line)
            self.clock.move(_step(line[1:].strip(), self.clock.now()))
            await self._through(None)
        elif line.startswith("="):
            self.log.append(line)
            self.log += await self._query(line[1:].strip())
        elif spoken := re.match(r"([A-Z]\w*)> (.*)", line):
            self.log.append(line)
            self.said += 1
            event = self.phones.write(spoken[1], await self._looked_up(spoken[2]), self.said)
            await self._through(event)
            self._write_down(spoken[1])
            return
        elif not re.match(r"[A-Z]\w*[<~]|  |$", line):
            self.log.append(line)
        self._write_down("")

    async def _through(self, event: Any) -> None:
        """Bring one event, or a tick of the clock, through the weather."""
        if "restarts" in self.weather:
            await self.stop()
            await self.start()
        if self.weather == "crashes":
            await self._through_crash(event)
            return
        await self._do(event)
        if "twice" in self.weather:
            await self._do(event)

    async def _do(self, event: Any) -> None:
        assert self.app is not None
        if event is None:
            await self.app.tick()
        else:
            await self.phones.deliver(event)
        await self.settle()

    async def _through_crash(self, event: Any) -> None:
        """Die once on the way, at the next of the moments; then start again, and hear the same once more."""
        assert self.app is not None
        self.storms += 1
        crash = CrashAt(*MOMENTS[self.storms % len(MOMENTS)])
        self.app.database.on_commit = crash
        living = asyncio.create_task(self._do(event))
        dying = asyncio.create_task(crash.died.wait())
        await asyncio.wait([living, dying], return_when=asyncio.FIRST_COMPLETED)
        if crash.dead:
            self.deaths += 1
            await self._bury()
            await self.start()
            await self._do(event)
        else:
            dying.cancel()
            await living
            self.app.database.on_commit = lambda moment: None

    async def _bury(self) -> None:
        """Leave the dead process as it lies: nothing of it may run on."""
        asyncio.get_running_loop().set_exception_handler(_leave_the_dead_in_peace)
        assert self.app is not None
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.app.database.close()
        self.app = None

    def _write_down(self, speaker: str) -> None:
        heard = self.phones.heard()
        new, self.shown = heard[self.shown :], len(heard)
        for one in sorted(new, key=lambda one: (one.who != speaker, one.who)):
            self.log += one.lines()

    async def _looked_up(self, said: str) -> str:
        """Put what stands on the board, or in somebody's QR code, in place of the words for it."""
        assert self.app is not None
        for found in re.finditer(r"\((kode|kata)(?: ([-+]\d+) (\w+))?\)|\(pindai (\w+)\)", said):
            moment = self.clock.now() + (int(found[2]) * UNITS[found[3]] if found[2] else timedelta())
            seen = await self.app.database.read(_look, found[1] or found[4], moment)
            said = said.replace(found[0], seen)
        return said

    async def _query(self, sql: str) -> list[str]:
        assert self.app is not None

        def ask(db: Connection) -> list[str]:
            return [f"  {' | '.join('' if cell is None else str(cell) for cell in row)}" for row in db.execute(sql)]

        return await self.app.database.read(ask)


def _look(db: Connection, what: str, moment: datetime) -> str:
    """Read the code or the words of the slot that is open at a moment, else the next or last one; or a badge."""
    event_id, slot_id = db.execute(
        """
        SELECT event_id, id FROM slots
        ORDER BY closes_at > :at DESC, abs(unixepoch(opens_at) - unixepoch(:at)) LIMIT 1
        """,
        {"at": utc_text(moment)},
    ).fetchone()
    if what not in ("kode", "kata"):
        (person_id,) = db.execute("SELECT id FROM persons WHERE name = ?", (PEOPLE[what][0],)).fetchone()
        return f"/start s_{event_id}_{badge_of(db, event_id, person_id)}"
    found = slot(db, slot_id)
    assert found is not None
    shown = shown_code(found, slot_secret(db, slot_id), rules_of(db, event_id).rotating, moment)
    return shown.code if what == "kode" else " ".join(shown.words)


def _leave_the_dead_in_peace(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), Crash):
        loop.default_exception_handler(context)


def _step(words: str, now: datetime) -> timedelta:
    if moved := re.fullmatch(r"\+(\d+) (\w+)", words):
        return int(moved[1]) * UNITS[moved[2]]
    to = datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(ZONE))
    return to - now


@asynccontextmanager
async def talking(folder: Path, phones: Phones, weather: str = "plain", storms: int = 0) -> AsyncIterator[Talk]:
    """Give a conversation in a fresh world; `storms` shifts at which moment which message meets a crash."""
    clock = StoppedClock(datetime(2023, 11, 6, 9, 0, tzinfo=ZoneInfo(ZONE)))
    talk = Talk(folder, phones, weather, clock, storms=storms)
    await talk.start()
    assert talk.app is not None
    await talk.app.database.write(build_world, phones.chat, clock.now())
    try:
        yield talk
    finally:
        if talk.app is not None:
            await talk.stop()


def plan_for(folder: Path, boot: int, make_channels: Any, names: Sequence[str]) -> Plan:
    """Return the plan of a bot for a test: no limits, no waiting, and the same chances every time."""
    return Plan(
        folder,
        OFFICE,
        ZONE,
        make_channels,
        boot_id=f"boot{boot}",
        pace={name: Limits.open() for name in names},
        album_quiet=timedelta(0),
        rng=Random(7),
    )
