"""Made-up people who talk to the bot through the fake Bot API: they look at what it shows them, and do something."""

import asyncio
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Self

from aiohttp import web

from bot.clock import utc_text
from bot.demo import people as demo
from storage import chats, events, invitations, people, places
from storage.database import Connection, Database
from storage.events import Audience
from storage.seeds import load_seeds
from storage.slots import add_slot
from tests.fakes.bot_api import Accepted, FakeBotApi
from tests.fakes.telegram_faults import Fault, Weather
from tests.fakes.telegram_phones import JPEG

OPERATOR = 990_001
START = datetime(2023, 11, 12, 0, 30, tzinfo=UTC)  # Sunday, 07.30 WIB: the first day of the Bimtek is open
CODE = "K7M2P"

COMMANDS = (
    "/start",
    "menu",
    "bantuan",
    "/kelompok",
    "/p2k2",
    "/jadwal",
    "/kegiatan",
    "/profil",
    "rekap",
    "/hadir",
    "p2k2",
)
IMPATIENCE = 0.15  # how often somebody does something before the last thing was answered
NONSENSE = (
    "halo pak",
    "<b>tes</b> & co",
    "🙏🙏",
    "batal",
    "/kembali",
    "ok",
    "1",
    "9999999999",
    "lanjutkan",
    "*_`[",
    "?",
)
ANSWERS = (  # what a question without buttons asks for, and what people answer
    (re.compile("nama", re.IGNORECASE), ("Melati", "Mawar 2", "Anggrek", "Kenanga <1>")),
    (re.compile("berapa anggota", re.IGNORECASE), ("18", "20", "dua puluh")),
    (re.compile("tidak hadir", re.IGNORECASE), ("3s 7i 12", "semua hadir", "sakit 3")),
    (re.compile("kapan|tanggal|hari apa", re.IGNORECASE), ("kemarin", "hari ini", "11/11")),
    (re.compile("pukul|jam", re.IGNORECASE), ("06.00", "jam 7 pagi")),
    (re.compile("kode", re.IGNORECASE), (CODE, CODE.lower())),
)
ONE_LINES = ("p2k2 melati 2.2 kemarin jam 2 siang 3s 7i", "p2k2 mawar 1.1 hari ini 07.00 semua hadir")
YES = (
    "Ya",
    "Simpan",
    "Hadir",
    "Semua hadir",
    "Selesai",
    "Lewati",
    "Lanjutkan",
    "Tambah kelompok",
    "Catat P2K2",
    "Kemarin",
)
LEAVES = ("Batal", "Bukan saya", "Kembali", "Tutup", "Perbaikan data")


class Storm(Weather):
    """Weather whose floods ask for different waits."""

    def roll(self) -> Fault | None:
        fault = super().roll()
        if fault is not None and fault.kind == "flood":
            return Fault("flood", retry_after=self.dice.choice((1, 3, 10, 30)))
        return fault


class Town(FakeBotApi):
    """The fake Bot API in a moved time, which keeps the messages of each chat at hand."""

    def __init__(self) -> None:
        super().__init__(now=lambda: self.time().timestamp())
        self.shift = timedelta()
        self.set_time(START)
        self.heard: defaultdict[int, list[Accepted]] = defaultdict(list)
        self.sent = 0
        self.refusals: Counter[str] = Counter()
        self._news: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    def time(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def set_time(self, moment: datetime) -> None:
        self.shift = moment - datetime.now(UTC)

    def storm(self, chances: Mapping[str, float], seed: int) -> None:
        """Let every send go wrong with these chances."""
        self._weather = Storm(chances, Random(seed))

    def push(self, update: dict[str, object], **more: object) -> int:
        self.sent += 1
        return super().push(update, **more)  # type: ignore[arg-type]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        answer = await super()._serve(request)
        if isinstance(answer, web.Response) and answer.status == 400 and answer.text:
            self.refusals[json.loads(answer.text)["description"]] += 1
        return answer

    def _accept(self, accepted: Accepted) -> None:
        super()._accept(accepted)
        self.heard[accepted.chat].append(accepted)
        self._news[accepted.chat].set()

    async def hear(self, user: int, seconds: float) -> None:
        """Return when something new stands in the chat, or after so long."""
        self._news[user].clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news[user].wait()


@dataclass
class Somebody:
    """A person on the roster with a phone."""

    user: int
    name: str
    phone: str
    role: str


def roster(count: int = 174) -> list[Somebody]:
    """Return the first so many people of the demo."""
    return [Somebody(1000 + n, one.name, one.phone, one.role) for n, one in enumerate(demo.people()[:count])]


async def found_office(folder: Path, everybody: Sequence[Somebody], *, event: bool) -> None:
    """Make the store: the places, the lessons, the roster, a registered operator, and an event that has begun."""
    database = await Database.open(folder / "pkh.sqlite3")
    await database.write(_found, everybody, event)
    await database.close()


def _found(db: Connection, everybody: Sequence[Somebody], event: bool) -> None:
    now = utc_text(START)
    db.execute("UPDATE office SET secret = 'so that codes are the same in every run'")
    load_seeds(db)
    rahma = people.add_person(
        db,
        name="Rahmawati Nasution",
        phone="+6281200009999",
        role="operator",
        district_id=None,
        village_id=None,
        now=now,
    )
    chats.hear(db, f"telegram:{OPERATOR}", "telegram", "Rahma", now)
    people.link_chat(db, f"telegram:{OPERATOR}", rahma, now)
    where = {one.phone: one for one in demo.people()}
    for one in everybody:
        district = places.district_named(db, where[one.phone].district)
        assert district is not None
        people.add_person(
            db, name=one.name, phone=one.phone, role=one.role, district_id=district.id, village_id=None, now=now
        )
    if event:
        bimtek = events.add_event(
            db,
            ref="bimtek",
            subject="Bimtek <Peningkatan> & Kapasitas *ORSOS*",
            place="Hotel Le Polonia, Medan",
            first_day="2023-11-12",
            last_day="2023-11-12",
            starts="08:00",
            ends=None,
            starts_at=utc_text(START + timedelta(minutes=30)),
            zone="Asia/Jakarta",
            attachment=None,
            audience=Audience(("facilitator", "tksk")),
            made_by=rahma,
            now=now,
        )
        closes = utc_text(START + timedelta(hours=14))
        add_slot(db, bimtek.id, day="2023-11-12", opens_at=now, closes_at=closes, code=CODE)
        for person in people.people_in_roles(db, "facilitator", "tksk"):
            assert invitations.admit(db, bimtek.id, person.id)


@dataclass
class Crowd:
    """People who do one thing after the other, by seeded dice, never waiting long for an answer."""

    town: Town
    everybody: list[Somebody]
    rng: Random
    acts: int = 0
    answered: dict[int, int] = field(default_factory=dict)

    async def live(self) -> None:
        """Do things until cancelled."""
        while True:
            for _ in range(self.rng.randint(1, 7)):
                self.act(self.rng.choice(self.everybody))
            await asyncio.sleep(self.rng.random() * 0.02)

    def act(self, one: Somebody) -> None:
        """Let somebody do one thing."""
        self.acts += 1
        say = self.town.say
        seen, dice = self.town.heard[one.user][-8:], self.rng.random()
        count = len(self.town.heard[one.user])
        if self.answered.get(one.user) == count and self.rng.random() > IMPATIENCE:
            return
        self.answered[one.user] = count
        if not seen:
            say(one.user, "/start", one.name)
        elif seen[-1].keyboard and dice < 0.7:
            self._react(one, seen[-1], times=1)
        elif dice < 0.06:
            say(one.user, self.rng.choice(NONSENSE), one.name)
        elif dice < 0.10:
            say(one.user, self.rng.choice((CODE, CODE.lower(), f"/hadir {CODE}", "K7M2Q")), one.name)
        elif dice < 0.13:
            self.town.send_album(
                one.user, [JPEG + bytes([self.rng.randrange(99)]) for _ in range(self.rng.randint(1, 4))]
            )
        elif dice < 0.14:
            self.town.send_location(one.user)
        elif dice < 0.20:
            say(one.user, self.rng.choice((*COMMANDS, *ONE_LINES)), one.name)
        elif dice < 0.24:
            self._tap(one, self.rng.choice(seen), times=1)  # a card left behind
        else:
            self._react(one, seen[-1], times=2 if dice < 0.32 else 1)

    def _react(self, one: Somebody, shown: Accepted, times: int) -> None:
        if shown.keyboard:
            for _ in range(times):
                self.town.share_contact(
                    one.user, one.phone.removeprefix("+"), own=self.rng.random() < 0.9, name=one.name
                )
        elif shown.buttons and self.rng.random() < 0.8:
            self._tap(one, shown, times)
        elif shown.buttons:
            label = self.rng.choice(shown.buttons)[0]
            self.town.say(one.user, self.rng.choice((label, label.lower(), "1", "2")), one.name)
        else:
            asked = next((answers for question, answers in ANSWERS if question.search(shown.text)), COMMANDS)
            self.town.say(one.user, self.rng.choice(asked), one.name)

    def _tap(self, one: Somebody, shown: Accepted, times: int) -> None:
        """Press a button, mostly one that leads on."""
        likely = [data for label, data in shown.buttons if label in YES]
        others = [data for label, data in shown.buttons if label not in LEAVES] or [data for _, data in shown.buttons]
        if others:
            data = self.rng.choice(likely if likely and self.rng.random() < 0.7 else others)
            for _ in range(times):
                self.town.tap(one.user, shown.message_id, data, one.name)
