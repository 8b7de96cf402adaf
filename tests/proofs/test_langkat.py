"""The Langkat Bimtek played whole, from the letter to the workbook, which must say what really happened, cell by cell.

174 guests, three days of two sessions, codes that change every 30 seconds; nine send somebody else, four phones are
without a signal, two codes are forwarded to people at home, six people are not in the bot, the hall changes twice.
What is expected is worked out here from what the guests did (bot/demo/bimtek.py), not from what the bot stored.
`pytest -n 0 -m proof -s tests/proofs/test_langkat.py` prints how many cells that were.
"""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.app import App, build
from bot.channels.simulator import NAME, Simulator
from bot.clock import StoppedClock
from bot.demo import story
from bot.demo.bimtek import FIRST_DAY, LATE_AFTER, UNREGISTERED, Arrival, Guest, guests
from bot.demo.people import DemoPerson, people
from bot.demo.replay import Replay
from bot.demo.run import ZONE, plan_demo
from bot.message import Message
from storage.database import Connection
from tests.workbook_tables import Table, tables_of

LOCAL = ZoneInfo(ZONE)
OPERATOR = story.OPERATOR[1]
COMMITTEE = people()[story.ON_COMMITTEE].phone
HALLS = ("Aula Melati Lantai 2, Hotel Le Polonia, Medan", "Ballroom Cempaka, Hotel Le Polonia, Medan")
NO_SIGNAL, NOT_IN_THE_BOT = "HP tanpa sinyal", "belum terdaftar di bot"
GUESSER, EARLY_BIRD, STRUCK = 25, 26, 24  # places among the guests
STRUCK_AT = 4  # the morning of the third day: somebody else had sent the code
DAYS = ("Min 12/11", "Sen 13/11", "Sel 14/11")
SESSIONS = ("pagi", "siang")
MORNING, AFTERNOON = time(7), time(13)


@dataclass
class Bimtek:
    """The days as people go through them; the clock stands still between what they do."""

    app: App
    channel: Simulator
    clock: StoppedClock
    replay: Replay
    said: int = 0

    async def until(self, day: int, hour: int, minute: int = 0) -> None:
        """Let time pass, minute by minute, and the bot do what is due every quarter of an hour."""
        end = datetime.combine(FIRST_DAY + timedelta(days=day), time(hour, minute), LOCAL)
        while self.clock.now() < end:
            step = min(end, self.clock.now() + timedelta(minutes=1))
            self.clock.move(step - self.clock.now())
            await self.replay.catch_up()
            await self.app.lanes.join()
            if self.clock.now().minute % 15 == 0:
                await self.app.tick()
            await self.app.courier.work_off()

    async def say(self, phone: str, *words: str) -> str:
        """Let somebody type one thing after the other; return the last answer."""
        for one in words:
            await self._send(phone, {"kind": "text", "text": one})
        return await self.app.database.read(last_words, phone)

    async def tap(self, phone: str, action: str) -> str:
        """Let somebody press a button about the Bimtek; return the answer."""
        await self._send(phone, {"kind": "tap", "token": f"!{action}.1"})
        return await self.app.database.read(last_words, phone)

    async def _send(self, phone: str, event: dict[str, str]) -> None:
        self.said += 1
        chat = f"{NAME}:{phone.removeprefix('+')}"
        await self.channel.receive(chat, "", {"event_id": f"langkat-{self.said}", **event})
        await self.app.lanes.join()
        await self.app.courier.work_off()

    async def enter(self, person: DemoPerson, reason: str) -> None:
        """Let the committee enter somebody by hand, at the session that is open."""
        asked = await self.tap(COMMITTEE, "catat")
        if "Absen yang mana" in asked:
            await self.say(COMMITTEE, "1")
        if "Yang mana" in await self.say(COMMITTEE, person.name):
            await self.say(COMMITTEE, f"{person.name} · {person.district}")
        assert "tercatat hadir" in await self.say(COMMITTEE, "hadir", reason)

    async def strike(self, person: DemoPerson) -> None:
        """Let the committee strike a check-in."""
        await self.tap(COMMITTEE, "hapusabsen")
        await self.say(COMMITTEE, "1", person.name)
        assert "dibatalkan" in await self.say(COMMITTEE, "titip absen")

    async def change_hall(self, hall: str) -> int:
        """Let the operator correct the place; return how many people were told."""
        await self.tap(OPERATOR, "ralat")
        asked = await self.say(OPERATOR, f"Tempat: {hall}", "Kirim ralat")
        sure = re.search(r"Ketik (KIRIM \d+)", asked)
        assert sure
        told = re.search(r"(\d+) orang diberi tahu", await self.say(OPERATOR, sure[1]))
        assert told
        return int(told[1])

    async def go_through(self) -> None:
        """Live the three days."""
        everybody = guests()
        by_hand = [(place, one) for place, one in enumerate(everybody) if place in UNREGISTERED]
        await self.until(0, 6, 55)
        assert "Absen sesi pagi dibuka pukul 07.00 WIB" in await self.say(everybody[EARLY_BIRD].person.phone, "a2b3c4")
        for session in range(6):
            day, opens = divmod(session, 2)
            moments = sorted({one.arrivals[session].at for _, one in by_hand if one.arrivals[session]})  # type: ignore[union-attr]
            if session == 0:
                await self.until(0, 7, 1)
                assert "Sisa 4 kali" in await self.say(everybody[GUESSER].person.phone, "a2b3c4")
                assert "Sisa 3 kali" in await self.say(everybody[GUESSER].person.phone, "a2b3c5")
            for moment in moments:
                await self.until(day, moment.hour, moment.minute)
                for _, one in by_hand:
                    if (there := one.arrivals[session]) and there.at == moment:
                        await self.enter(one.person, NOT_IN_THE_BOT)
            if session == 2:
                await self.until(1, 9)
                for one in everybody:
                    if (there := one.arrivals[2]) and there.sent:
                        await self.enter(one.person, NO_SIGNAL)
            if session == STRUCK_AT:
                await self.until(2, 9, 30)
                await self.strike(everybody[STRUCK].person)
            await self.until(day, 15 if opens else 10, 30)
            if opens and day < 2:
                await self.until(day, 20)
                assert await self.change_hall(HALLS[day]) >= 168


def last_words(db: Connection, phone: str) -> str:
    """Return what the bot said last to this phone."""
    sql = "SELECT body FROM outbox WHERE chat = ? AND kind = 'reply' ORDER BY id DESC LIMIT 1"
    return Message.from_json(db.execute(sql, (f"{NAME}:{phone.removeprefix('+')}",)).fetchone()[0]).text.plain


@asynccontextmanager
async def langkat(folder: Path) -> AsyncIterator[Bimtek]:
    """Give the morning of the first day, with everything told to the bot that led to it."""
    clock = StoppedClock(datetime.combine(*story.BEGINS, LOCAL))
    async with build(plan_demo(folder), clock) as app:
        await story.tell(app, clock, ZONE)
        channel = app.channels[NAME]
        assert isinstance(channel, Simulator)
        yield Bimtek(app, channel, clock, Replay(app, channel, clock, on_page=()))


@pytest.mark.proof
async def test_the_workbook_of_the_langkat_bimtek_is_what_happened(tmp_path: Path) -> None:
    """Every sheet, every cell; and everybody got every correction once."""
    async with langkat(tmp_path) as bimtek:
        await bimtek.go_through()
        await bimtek.tap(OPERATOR, "daftar")
        body = Message.from_json(await bimtek.app.database.read(last_file))
        assert body.file
        tables = tables_of(await bimtek.app.media.open(body.file.digest))
        corrections = await bimtek.app.database.read(corrections_of)
        left = await bimtek.app.database.read(left_over)
    town = [Attendee(*one) for one in attendees()]
    for session in range(6):
        assert tables[sheet_name(session)] == expected_list(town, session)
    assert tables["Matriks"] == expected_matrix(town)
    assert tables["Jawaban"] == expected_answers(town)
    assert tables["Ringkasan"] == expected_summary(town)
    assert tables["Ditolak"] == expected_refusals()
    assert corrections == [(2, 177, 177), (3, 177, 177)]
    assert left == (0, 0)
    cells = sum(len(row) for table in tables.values() for row in table)
    print(f"\n{len(town)} people, 6 sessions, {len(tables)} sheets: {cells} cells as expected")  # noqa: T201  # the figure


def last_file(db: Connection) -> str:
    """Return the last message that brought a file."""
    sql = "SELECT body FROM outbox WHERE json_extract(body, '$.file') IS NOT NULL ORDER BY id DESC LIMIT 1"
    return str(db.execute(sql).fetchone()[0])


def corrections_of(db: Connection) -> list[tuple[int, int, int]]:
    """Count for each edition the corrections that were sent, and the people who got one."""
    sql = """
        SELECT substr(dedupe, -1) + 0, count(*), count(DISTINCT person_id) FROM outbox
        WHERE kind = 'correction' AND state = 'sent' GROUP BY 1 ORDER BY 1
    """
    return [tuple(row) for row in db.execute(sql)]


def left_over(db: Connection) -> tuple[int, int]:
    """Count the letters not answered, and the messages that neither left nor were withdrawn."""
    letters = db.execute("SELECT count(*) FROM inbox WHERE state <> 'done'").fetchone()[0]
    rows = db.execute("SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'cancelled', 'expired')").fetchone()[0]
    return letters, rows


# What is expected, from what people did.


@dataclass(frozen=True)
class Attendee:
    """A line of the office's lists: a guest, or who came instead."""

    person: DemoPerson
    guest: Guest
    place: int
    stands_in: bool

    @property
    def represented(self) -> bool:
        return self.guest.substitute is not None and not self.stands_in

    @property
    def note(self) -> str | None:
        if self.stands_in:
            return f"mewakili {self.guest.person.name}"
        return f"diwakili oleh {self.guest.substitute.name}" if self.guest.substitute else None

    def mark(self, session: int) -> tuple[str | None, str | None, str | None, str | None]:
        """Return time, evidence, status and remark at a session."""
        there = None if self.represented else self.guest.arrivals[session]
        if there is None or (self.place == STRUCK and session == STRUCK_AT):
            return None, None, None if self.represented else self.absence, self.note
        at = f"{there.at:%H.%M}"
        if there.sent and session == 2:
            return at, "dicatat panitia", "H", NO_SIGNAL
        if there.sent:
            return at, "kode tertunda", self.absence, "bukti ini tidak dihitung"
        status = "T" if is_late(there, session) else "H"
        if there.by_hand:
            return at, "dicatat panitia", status, NOT_IN_THE_BOT
        return at, "kode langsung", status, self.note

    @property
    def absence(self) -> str:
        return {"": "TK", "Sakit": "S", "Izin": "I", "Dinas luar": "DL"}[self.guest.cause]

    @property
    def statuses(self) -> list[str | None]:
        return [self.mark(session)[2] for session in range(6)]

    @property
    def present(self) -> int:
        return sum(status in ("H", "T") for status in self.statuses)


def is_late(there: Arrival, session: int) -> bool:
    opens = (MORNING, AFTERNOON)[session % 2]
    limit = datetime.combine(FIRST_DAY, opens) + LATE_AFTER[session % 2]
    return datetime.combine(FIRST_DAY, there.at) >= limit


def attendees() -> Iterator[tuple[DemoPerson, Guest, int, bool]]:
    """Return everybody on the lists, as the office sorts them: by kecamatan and name."""
    found = [(one.person, one, place, False) for place, one in enumerate(guests())]
    found += [(one.substitute, one, place, True) for place, one in enumerate(guests()) if one.substitute]
    yield from sorted(found, key=lambda one: (one[0].district, one[0].name, one[0].phone))


def slot_label(session: int) -> str:
    return f"{DAYS[session // 2]} {SESSIONS[session % 2]}"


def sheet_name(session: int) -> str:
    return f"Hadir {session + 1} {slot_label(session).replace('/', '-')}"


def expected_list(town: Sequence[Attendee], session: int) -> Table:
    head = ("No", "Nama", "Jabatan", "Kecamatan", "No. HP", "Jam", "Bukti", "Status", "Keterangan", "Tanda tangan")
    rows: Table = [head]
    for number, one in enumerate(town, 1):
        at, evidence, status, remark = one.mark(session)
        person = one.person
        number_typed = "0" + person.phone.removeprefix("+62")
        rows.append(
            (number, person.name, person.title, person.district, number_typed, at, evidence, status, remark, None)
        )
    return rows


def expected_matrix(town: Sequence[Attendee]) -> Table:
    labels = [slot_label(session).replace(" p", "\np").replace(" s", "\ns") for session in range(6)]
    rows: Table = [("No", "Nama", "Kecamatan", *labels, "Jumlah hadir", "Memenuhi syarat", "Keterangan")]
    for number, one in enumerate(town, 1):
        enough = "ya" if one.present >= 5 else "tidak"
        rows.append((number, one.person.name, one.person.district, *one.statuses, one.present, enough, one.note))
    return rows


def expected_answers(town: Sequence[Attendee]) -> Table:
    rows: Table = [
        ("No", "Nama", "Jabatan", "Kecamatan", "Jawaban", "Alasan", "Jumlah hadir", "Kesimpulan", "Keterangan")
    ]
    for number, one in enumerate(town, 1):
        answer = "Hadir" if one.stands_in else one.guest.answer or "Belum menjawab"
        said = {"Hadir": "menjawab hadir", "Tidak hadir": "menjawab tidak hadir", "Diwakili": "diwakili"}
        came = "datang" if one.present else "tidak datang"
        end = f"{said.get(answer, 'tidak menjawab')}, {came}"
        cause = one.guest.cause.lower() or None
        person = one.person
        rows.append((number, person.name, person.title, person.district, answer, cause, one.present, end, one.note))
    return rows


def expected_summary(town: Sequence[Attendee]) -> Table:
    rows: Table = [
        ("Kecamatan", "Hari dan sesi", "Diharapkan", "H", "T", "I", "S", "DL", "TK", "Belum ada kabar",
         "Di luar undangan", "Dihitung hadir")
    ]  # fmt: skip
    for district in (None, *dict.fromkeys(one.person.district for one in town)):
        those = [one for one in town if district in (None, one.person.district)]
        for session in range(6):
            marks = [one.statuses[session] for one in those]
            counted = [marks.count(status) for status in ("H", "T", "I", "S", "DL", "TK")]
            expected = sum(not one.represented for one in those)
            name = district or "Semua kecamatan"
            rows.append((name, slot_label(session), expected, *counted, 0, 0, counted[0] + counted[1]))
    return rows


def expected_refusals() -> Table:
    everybody = guests()
    guesser, early = everybody[GUESSER].person, everybody[EARLY_BIRD].person
    rows: Table = [("No", "Hari", "Jam", "Nama", "Kecamatan", "Sesi", "Alasan")]
    tries = [
        ("06.55.00", early, "Min 12/11 pagi", "absen belum dibuka"),
        ("07.01.00", guesser, "–", "kode salah"),
        ("07.01.00", guesser, "–", "kode salah"),
    ]
    for number, (at, person, slot, why) in enumerate(tries, 1):
        rows.append((number, "Min 12 Nov", at, person.name, person.district, slot, why))
    return rows
