"""What has happened before the demo opens: the Bimtek of November 2023 was announced, and half of the people answered.

It is not put into the tables but told to the bot, message by message, as it would have come from 177 phones: so every
phone shows its own past, and the demo starts with everything in the state that people's doing leads to.
"""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.app import App
from bot.channels.simulator import NAME, Simulator
from bot.clock import MovableClock, utc_text
from bot.demo import months
from bot.demo.bimtek import FIRST_DAY, UNREGISTERED, Guest, guests
from bot.demo.people import DemoPerson, people, supervisors
from storage import chats, desk, events, places
from storage import people as roster
from storage.database import Connection
from storage.seeds import load_seeds

BEGINS = date(2023, 11, 6), time(9, 0)
OPENS = FIRST_DAY, time(6, 50)

HELD_UNTIL = time(9, 2)  # the announcement has left

OPERATOR = ("Rahmawati Nasution", "+6281100000001")
INVITATION = (
    "Undangan Bimtek Peningkatan Kapasitas ORSOS, Minggu s/d Selasa 12-14 November 2023 pukul 08.00 WIB "
    "di Hotel Le Polonia, Jl. Jenderal Sudirman No. 14-18 Medan"
)
SETTINGS = "\n".join(
    (
        "Absen per sesi: pagi dan siang",
        "Kode absen: berganti tiap 30 detik",
        f"Kecuali: {', '.join(one.name for one in supervisors())}",
    )
)
ANNOUNCING = ("/buat", INVITATION, "Semua petugas", SETTINGS, "Kirim sekarang", "KIRIM 174")
RULES = ("Bukti yang dihitung: 1, 2, 4, 5\nSyarat hadir: 5", "Simpan")  # a code that was forwarded proves nothing
HOURS = {7: 10, 8: 13, 9: 17, 10: 20}  # day of November: when people answer on it
SHOWN = (0, 1, 2, 151)  # Siti Aminah, two more facilitators, a TKSK; the committee member comes before them
ON_COMMITTEE = 7


def phones_on_page() -> frozenset[str]:
    """Return the numbers of those whose phones the visitor has."""
    return frozenset(people()[place].phone for place in (ON_COMMITTEE, *SHOWN))


async def tell(app: App, clock: MovableClock, zone: str) -> None:
    """Bring a fresh demo to the morning of the first day."""
    channel = app.channels[NAME]
    assert isinstance(channel, Simulator)
    told = Story(app, channel, clock, zone)
    await app.database.write(_settle_in, utc_text(clock.now()))
    for words in ANNOUNCING:
        await told.say([(OPERATOR[1], words)])
    await told.wait_until(BEGINS[0], HELD_UNTIL)
    await told.rest()
    await told.tap(OPERATOR[1], "aturanabsen", 1)
    for words in RULES:
        await told.say([(OPERATOR[1], words)])
    await app.database.write(_choose_committee)
    for day, hour in HOURS.items():
        await told.wake(date(2023, 11, day), time(8, 0))
        await told.wait_until(date(2023, 11, day), time(hour, 5))
        await told.answers([one for one in guests() if one.answers_on == date(2023, 11, day)])
    for hour in (8, 12, 18):
        await told.wake(date(2023, 11, 11), time(hour, 0))
    await told.wait_until(*OPENS)


class Story:
    """Tells the bot what people do, and lets it come to rest in between."""

    def __init__(self, app: App, channel: Simulator, clock: MovableClock, zone: str) -> None:
        self._app = app
        self._channel = channel
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._told = 0

    async def answers(self, those: list[Guest]) -> None:
        """Let guests answer; who does not come says why, or who comes instead, and that one agrees."""
        await self.say((one.person.phone, one.answer) for one in those)
        more = [(one.person.phone, one.substitute.name if one.substitute else one.cause) for one in those]
        await self.say((phone, words) for phone, words in more if words)
        await self.say((one.substitute.phone, "Ya, saya hadir") for one in those if one.substitute)

    async def say(self, said: Iterable[tuple[str, str]]) -> None:
        """Let people, named by their numbers, type something at about the same time."""
        for number, words in said:
            await self._send(number, {"kind": "text", "text": words})
        await self.rest()

    async def tap(self, number: str, action: str, event: int) -> None:
        """Let somebody press a button about an event."""
        await self._send(number, {"kind": "tap", "token": f"!{action}.{event}"})
        await self.rest()

    async def rest(self) -> None:
        """Let everything that is under way come to its end."""
        await self._app.lanes.join()
        await self._app.courier.work_off()

    async def wake(self, day: date, at: time) -> None:
        """Let the bot do what is due at this moment."""
        await self.wait_until(day, at)
        await self._app.tick()
        await self.rest()

    async def wait_until(self, day: date, at: time) -> None:
        """Move the clock forward."""
        self._clock.move(datetime.combine(day, at, self._zone) - self._clock.now())

    async def _send(self, number: str, event: dict[str, str]) -> None:
        self._told += 1
        await self._channel.receive(f"{NAME}:{_address(number)}", "", {"event_id": f"story-{self._told}", **event})


def _settle_in(db: Connection, now: str) -> None:
    """Fill the office: places, lessons, everybody on the roster, and the phones of those who have registered."""
    load_seeds(db)
    where = {district.name: district.id for district in places.districts(db)}
    operator = roster.add_person(
        db, name=OPERATOR[0], phone=OPERATOR[1], role="operator", district_id=None, village_id=None, now=now
    )
    _give_phone(db, operator, OPERATOR[1], now)
    ids: list[int] = []
    for place, one in enumerate(people()):
        ids.append(_add(db, one, where[one.district], now))
        if place not in UNREGISTERED:
            _give_phone(db, ids[-1], one.phone, now)
    for one in supervisors():
        _give_phone(db, _add(db, one, where[one.district], now), one.phone, now)
    desk.put_on_page(db, _address(OPERATOR[1]), OPERATOR[0])
    for place in (ON_COMMITTEE, *SHOWN):
        desk.put_on_page(db, _address(people()[place].phone), people()[place].name)
    facilitators = [(id_, one) for id_, one in zip(ids, people(), strict=True) if one.role == "facilitator"]
    months.fill_months(db, facilitators, shown=[ids[place] for place in SHOWN[:2]])


def _add(db: Connection, one: DemoPerson, district_id: int, now: str) -> int:
    villages = places.village_named(db, one.village, district_id) if one.village else []
    village_id = villages[0].id if villages else None
    return roster.add_person(
        db, name=one.name, phone=one.phone, role=one.role, district_id=district_id, village_id=village_id, now=now
    )


def _give_phone(db: Connection, person_id: int, number: str, now: str) -> None:
    chat = f"{NAME}:{_address(number)}"
    chats.hear(db, chat, NAME, "", now)
    roster.link_chat(db, chat, person_id, now)


def _address(number: str) -> str:
    return number.removeprefix("+")


def _choose_committee(db: Connection) -> None:
    """Put one of the facilitators on the committee of the only event."""
    member = roster.person_with_phone(db, people()[ON_COMMITTEE].phone)
    assert member is not None
    events.set_committee(db, 1, member.id, True)
