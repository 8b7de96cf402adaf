"""A reminder goes out once, in time or not at all, and whatever was planned, moved or cancelled in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import dates
from bot.clock import StoppedClock, from_utc_text, utc_text
from bot.message import Capabilities, Message
from bot.posting import Poster
from bot.reminder_hours import Hours
from bot.reminders import Reminders
from handlers.reminding.compose import compose
from storage import (
    chats,
    events,
    groups,
    invitations,
    lessons,
    office_days,
    outbox,
    people,
    places,
    plans,
    reach,
    reminders,
)
from storage.database import Connection, Database
from storage.events import Audience
from tests.worlds import empty_store

START = datetime(2023, 11, 6, 2, 0, tzinfo=UTC)  # Monday, 09.00 WIB
SEED = {"modules": [{"key": "gizi", "name": "Kesehatan dan Gizi", "rank": 3, "lessons": ["Pentingnya Gizi"]}]}


class Office:
    """Siti's office: a clock, a store, and the reminders that a process keeps."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = StoppedClock(START)
        self.poster = Poster({"simulator": Capabilities(4096, 1024, 24, 0, 40, 0, idempotent=True)})
        self.restart()

    def restart(self) -> None:
        """Start a new process on the same store."""
        self.reminders = Reminders(self.database, self.poster, self.clock, compose, "Asia/Jakarta")

    async def plan(self, day: str, at: str, zone: str = "Asia/Jakarta") -> int:
        """Plan a meeting on the clocks of a zone, now."""
        moment, now = _moment(day, at, zone), utc_text(self.clock.now())
        return await self.database.write(
            lambda db: plans.plan_meeting(
                db,
                ref=f"{moment}{now}",
                group_id=1,
                person_id=1,
                lesson_id=1,
                topic="",
                day=day,
                starts_at=moment,
                ends_at=_end(moment),
                zone=zone,
                place="",
                now=now,
            )
        )

    async def move(self, meeting_id: int, day: str, at: str) -> None:
        """Move a meeting, as the schedule does."""
        zone, now = "Asia/Jakarta", utc_text(self.clock.now())

        def move(db: Connection) -> None:
            starts = _moment(day, at, zone)
            plans.move_meeting(db, meeting_id, day, starts, _end(starts), zone, now)
            outbox.stop(db, f"meeting:{meeting_id}", now)

        await self.database.write(move)

    async def at(self, day: str, at: str) -> list[str]:
        """Let the clock come to this moment (WIB) and tick; return the states of what that made."""
        self.clock.move(
            dates.to_utc(date.fromisoformat(day), time.fromisoformat(at), "Asia/Jakarta") - self.clock.now()
        )
        return await self.tick()

    async def tick(self) -> list[str]:
        """Tick once; return what became of the reminders that this settled, in order."""
        before = dict(await self.settled())
        await self.reminders.post_due()
        return [state for id_, state in await self.settled() if id_ not in before]

    async def settled(self) -> list[tuple[int, str]]:
        """Return (id, state) of every reminder that does not wait."""
        sql = "SELECT id, state FROM reminders WHERE state <> 'waiting' ORDER BY person_id, due_at DESC, id"
        return await self.database.read(lambda db: [tuple(row) for row in db.execute(sql)])

    async def rows(self) -> list[tuple[str, str, str]]:
        """Return (state, when it expires, text) of every reminder, in order."""

        def read(db: Connection) -> list[tuple[str, str, str]]:
            found = db.execute("SELECT state, expires_at, body FROM outbox WHERE kind = 'reminder' ORDER BY id")
            return [(row[0], row[1], Message.from_json(row[2]).text.plain) for row in found]

        return await self.database.read(read)


def _moment(day: str, at: str, zone: str) -> str:
    return utc_text(dates.to_utc(date.fromisoformat(day), time.fromisoformat(at), zone))


def _end(starts_at: str) -> str:
    return utc_text(from_utc_text(starts_at) + timedelta(hours=2))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Office]:
    """Open an office in which Siti is registered and has a group of eighteen."""
    database = await Database.open(empty_store(folder / "office.sqlite3"))

    def settle(db: Connection) -> None:
        now = utc_text(START - timedelta(days=30))
        places.load_places(db, {"districts": [{"name": "Stabat", "desa": ["Kwala Bingai"]}]})
        lessons.load_lessons(db, SEED)
        siti = people.add_person(
            db, name="Siti Aminah", phone=None, role="facilitator", district_id=1, village_id=1, now=now
        )
        chats.hear(db, "simulator:siti", "simulator", "Siti", now)
        people.link_chat(db, "simulator:siti", siti, now)
        groups.add_group(db, ref="g", person_id=siti, village_id=1, name="Melati", members=18, now=now)
        reminders.set_searched(db, utc_text(START))

    await database.write(settle)
    yield Office(database)
    await database.close()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Siti is registered and has a group of eighteen."""
    async with opened(tmp_path) as office:
        yield office


async def test_each_reminder_goes_once(office: Office) -> None:
    """Three days and a day before, in the morning, and two hours before; another tick or process sends nothing more."""
    await office.plan("2023-11-10", "14:00")
    assert await office.at("2023-11-07", "06:59") == []
    assert await office.at("2023-11-07", "07:00") == ["posted"]
    assert await office.at("2023-11-09", "06:59") == []
    assert await office.at("2023-11-09", "07:00") == ["posted"]
    assert await office.tick() == []
    office.restart()
    assert await office.tick() == []
    assert await office.at("2023-11-10", "11:59") == []
    assert await office.at("2023-11-10", "12:00") == ["posted"]
    assert await office.at("2023-11-10", "15:59") == []
    _, (_, expires, text), *_ = await office.rows()
    assert expires == "2023-11-10T07:00:00.000+00:00"
    assert text == (
        "⏰ P2K2 Kelompok Melati (18 anggota), Jumat, 10 November 2023 pukul 14.00 WIB.\n"
        "Modul Kesehatan dan Gizi, sesi 1: Pentingnya Gizi"
    )


async def test_what_was_posted_is_due_no_more(office: Office) -> None:
    """The search itself leaves out what has a row: a tick costs nothing when there is nothing to do."""
    await office.plan("2023-11-08", "14:00")
    await office.at("2023-11-07", "14:00")
    found = await office.database.read(office.reminders._asked, office.clock.now())
    assert not await office.database.read(reminders.any_fallen_due, *found)


async def test_what_moves_is_reminded_of_at_its_new_time(office: Office) -> None:
    """The old time is forgotten, with what waited to be sent about it."""
    meeting = await office.plan("2023-11-09", "14:00")
    assert await office.at("2023-11-08", "14:00") == ["posted"]
    await office.move(meeting, "2023-11-11", "10:00")
    assert await office.at("2023-11-09", "12:00") == []
    assert await office.at("2023-11-10", "10:00") == ["posted"]
    assert [state for state, _, _ in await office.rows()] == ["cancelled", "queued"]


async def test_what_moves_away_and_back_is_reminded_of_as_before(office: Office) -> None:
    """A change of mind before anything was due costs no reminder; after it, nothing is said twice."""
    meeting = await office.plan("2023-11-09", "14:00")
    await office.move(meeting, "2023-11-10", "14:00")
    await office.move(meeting, "2023-11-09", "14:00")
    assert await office.at("2023-11-08", "14:00") == ["posted"]
    await office.move(meeting, "2023-11-10", "14:00")
    await office.move(meeting, "2023-11-09", "14:00")
    assert await office.tick() == []
    assert await office.at("2023-11-09", "12:00") == ["posted"]


async def test_what_is_cancelled_or_held_is_not_reminded_of(office: Office) -> None:
    """Nobody is called to a meeting that is off."""
    meeting = await office.plan("2023-11-09", "14:00")
    await office.database.write(plans.cancel_meeting, meeting)
    assert await office.at("2023-11-08", "14:00") == []
    assert await office.at("2023-11-09", "13:00") == []


async def test_after_a_day_without_power_only_what_still_helps_goes(office: Office) -> None:
    """Of two that are due the later goes; what has begun is recorded as not sent; what is long past is left."""
    await office.plan("2023-11-09", "14:00")
    assert await office.at("2023-11-09", "13:00") == ["posted", "missed"]
    assert await office.at("2023-11-09", "18:00") == ["posted"]  # how it was
    await office.plan("2023-11-15", "14:00")
    assert await office.at("2023-11-16", "09:00") == ["posted", *["missed"] * 4, "posted"]
    assert await office.tick() == []
    await office.plan("2023-11-20", "14:00")
    assert await office.at("2023-12-20", "09:00") == []


async def test_what_is_planned_too_late_has_no_such_reminder(office: Office) -> None:
    """Planned three hours before: the day before is not reminded of any more, two hours before is."""
    await office.plan("2023-11-06", "12:00")
    assert await office.at("2023-11-06", "09:30") == []
    assert await office.at("2023-11-06", "10:00") == ["posted"]
    await office.plan("2023-11-06", "11:00")
    assert await office.tick() == []


@pytest.mark.parametrize(
    ("day", "at", "zone", "said"),
    [
        ("2023-11-09", "14:00", "Asia/Makassar", "Kamis, 9 November 2023 pukul 14.00 WITA"),
        ("2023-11-09", "08:00", "Asia/Jayapura", "Kamis, 9 November 2023 pukul 08.00 WIT"),
        ("2023-11-09", "00:30", "Asia/Jakarta", "Kamis, 9 November 2023 pukul 00.30 WIB"),
    ],
)
async def test_the_meeting_s_own_clock_is_shown(office: Office, day: str, at: str, zone: str, said: str) -> None:
    """In eastern zones and around midnight, day and time are those of the place where people meet."""
    await office.plan(day, at, zone)
    due = dates.to_utc(date.fromisoformat(day) - timedelta(days=1), time(7), zone)
    office.clock.move(due - timedelta(seconds=1) - office.clock.now())
    assert await office.tick() == []
    office.clock.move(timedelta(seconds=2))
    assert await office.tick() == ["posted"]
    assert said in (await office.rows())[0][2]


async def test_who_cannot_be_reached_is_reminded_once_that_changes(office: Office) -> None:
    """A reminder is not used up while nobody could read it; nobody who has left is reminded."""
    await office.plan("2023-11-09", "14:00")
    await office.database.write(chats.set_reachable, "simulator:siti", False)
    assert await office.at("2023-11-08", "15:00") == []
    await office.database.write(chats.set_reachable, "simulator:siti", True)
    assert await office.tick() == ["posted"]
    await office.database.write(people.set_active, 1, False)
    assert await office.at("2023-11-09", "13:00") == []


async def test_a_card_of_several_leaves_without_what_is_settled_by_then(office: Office) -> None:
    """It waits to be sent; one thing is cancelled: it goes anew without it, and not at all when nothing is left."""
    first = await office.plan("2023-11-10", "14:00")
    second = await office.plan("2023-11-10", "16:00")
    assert await office.at("2023-11-07", "07:00") == ["posted"] * 2

    async def cancel(meeting: int) -> None:
        await office.database.write(plans.cancel_meeting, meeting)
        await office.database.write(outbox.stop, f"meeting:{meeting}", utc_text(office.clock.now()))
        office.clock.move(timedelta(seconds=15))
        await office.tick()

    await cancel(first)
    (_, _, both), (_, _, one) = await office.rows()
    assert [state for state, _, _ in await office.rows()] == ["cancelled", "queued"]
    assert ("14.00" in both, "16.00" in both, "14.00" in one, "16.00" in one) == (True, True, False, True)
    assert one.startswith("⏰ P2K2 Kelompok Melati")
    await cancel(second)
    assert [state for state, _, _ in await office.rows()] == ["cancelled", "cancelled"]
    await office.tick()
    assert len(await office.rows()) == 2


async def test_the_office_s_own_holidays_are_left_alone(office: Office) -> None:
    """What was not logged is asked for after them; and on a national one on which the office works."""
    await office.database.write(lambda db: office_days.set_day(db, "2023-11-10", "Hari jadi", off=True))
    await office.plan("2023-11-09", "14:00")
    await office.at("2023-11-09", "17:00")
    assert await office.at("2023-11-10", "07:00") == []
    assert await office.at("2023-11-11", "07:00") == ["posted"]
    await office.database.write(lambda db: office_days.set_day(db, "2023-12-25", "Natal", off=False))
    await office.plan("2023-12-24", "14:00")
    await office.at("2023-12-24", "17:00")
    assert "posted" in await office.at("2023-12-25", "07:00")


async def test_own_quiet_hours_hold_for_every_card(office: Office) -> None:
    """The card of the day comes at their end, and so does what would have come in them; the office's hold as well."""
    await office.database.write(people.set_quiet_hours, 1, (time(19), time(8, 30)))
    await office.plan("2023-11-09", "17:30")
    assert await office.at("2023-11-08", "08:29") == []
    assert await office.at("2023-11-08", "08:30") == ["posted"]
    assert await office.at("2023-11-09", "15:30") == ["posted"]
    assert await office.at("2023-11-09", "19:30") == []  # it has ended: how was it
    assert await office.at("2023-11-10", "08:29") == []
    assert "posted" in await office.at("2023-11-10", "08:30")


@pytest.mark.parametrize(
    ("own", "office", "quiet", "daily"),
    [
        (("20:00", "07:00"), ("21:00", "06:00"), ("20:00", "07:00"), "07:00"),
        (("20:00", "08:00"), ("21:00", "06:00"), ("20:00", "08:00"), "08:00"),
        (("20:00", "06:00"), ("00:30", "06:30"), ("20:00", "06:30"), "07:00"),  # the office's were lengthened since
        (("23:00", "05:00"), ("12:00", "12:00"), ("23:00", "05:00"), "07:00"),  # the office has none
    ],
)
def test_own_and_the_office_s_quiet_hours_are_one(
    own: tuple[str, str], office: tuple[str, str], quiet: tuple[str, str], daily: str
) -> None:
    """Nobody is disturbed in either of them, nor at a card of the day that would come in one's own."""
    at = time.fromisoformat
    hours = Hours(quiet_from=at(office[0]), quiet_to=at(office[1])).widened(*map(at, own))
    assert (hours.quiet_from, hours.quiet_to, hours.daily) == (at(quiet[0]), at(quiet[1]), at(daily))


async def test_an_event_is_reminded_of_with_its_question_until_it_is_answered(office: Office) -> None:
    """Who has not answered is asked once more; who said yes is told; who said no is left alone."""
    await office.database.write(_announce)
    assert await office.at("2023-11-09", "07:00") == ["posted"]  # the silent alone
    assert await office.at("2023-11-11", "06:59") == []
    assert await office.at("2023-11-11", "07:00") == ["posted"] * 2
    asked, told = [text for _, _, text in await office.rows()]
    assert asked.startswith("⏰ Bimtek ORSOS\nMinggu s.d. Selasa, 12 s.d. 14 November 2023")
    assert asked.endswith("Mohon hadir, dan konfirmasi kehadirannya.")
    assert told.endswith("Mohon hadir.")


def _announce(db: Connection) -> None:
    """Invite Siti, Budi who comes, and Tono who does not."""
    now = utc_text(START)
    for name in ("Budi", "Tono"):
        person = people.add_person(
            db, name=name, phone=None, role="facilitator", district_id=1, village_id=None, now=now
        )
        chats.hear(db, f"simulator:{name}", "simulator", name, now)
        people.link_chat(db, f"simulator:{name}", person, now)
    event = events.add_event(
        db,
        ref="e",
        subject="Bimtek ORSOS",
        place="Hotel Le Polonia, Medan",
        first_day="2023-11-12",
        last_day="2023-11-14",
        starts="08:00",
        ends=None,
        starts_at=_moment("2023-11-12", "08:00", "Asia/Jakarta"),
        zone="Asia/Jakarta",
        attachment=None,
        audience=Audience(("facilitator",)),
        made_by=1,
        now=now,
    )
    reach.freeze(db, event.id, Audience(("facilitator",)))
    invitations.answer(db, event.id, 2, "yes", now)
    invitations.answer(db, event.id, 3, "no", now)


async def test_a_clock_that_is_set_forward_by_mistake_sends_nothing_early(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """It rests, and is warned of; put right within minutes, all goes at its time; left so, it goes after that."""
    await office.plan("2023-11-09", "14:00")
    await office.tick()
    office.clock.be_set(timedelta(days=2))
    assert await office.tick() == []
    office.clock.move(timedelta(minutes=9))
    assert await office.tick() == []
    assert "the clock jumped seconds=172800" in caplog.text
    office.clock.be_set(-timedelta(days=2))
    assert await office.tick() == []
    assert await office.at("2023-11-08", "06:59") == []
    assert await office.at("2023-11-08", "07:00") == ["posted"]
    office.clock.be_set(timedelta(hours=5))
    assert await office.tick() == []
    office.clock.move(timedelta(minutes=10))
    assert await office.at("2023-11-09", "12:00") == ["posted"]


async def test_a_clock_that_is_set_back_sends_nothing_twice(office: Office) -> None:
    """Neither what was sent by it, nor by the next process; what is planned meanwhile has its reminders."""
    await office.plan("2023-11-09", "14:00")
    assert await office.at("2023-11-08", "07:00") == ["posted"]
    office.clock.be_set(-timedelta(hours=20))
    assert await office.tick() == []
    assert (await office.database.read(reminders.search)).jumped_by == -72_000
    await office.plan("2023-11-09", "10:00")
    office.restart()
    assert await office.at("2023-11-08", "06:59") == []
    assert await office.at("2023-11-08", "07:00") == []  # the card of that day has been sent: it waits
    assert await office.at("2023-11-09", "07:00") == ["posted"]
    assert await office.at("2023-11-09", "08:00") == ["posted"]  # two hours before
    assert await office.at("2023-11-09", "12:00") == ["posted", "posted"]  # two hours before, and how the other was


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    starts=st.datetimes(datetime(2024, 1, 1, 0, 0), datetime(2040, 12, 31, 23, 59)),  # noqa: DTZ001  # local
    zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
    ticks=st.lists(st.integers(1, 30 * 60), min_size=1, max_size=40),
)
@example(starts=datetime(2028, 3, 1, 0, 30), zone="Asia/Jayapura", ticks=[60] * 40)  # noqa: DTZ001
@example(starts=datetime(2024, 2, 29, 23, 59), zone="Asia/Makassar", ticks=[15] * 40)  # noqa: DTZ001
@example(starts=datetime(2030, 12, 31, 0, 0), zone="Asia/Jakarta", ticks=[600] * 40)  # noqa: DTZ001
async def test_never_early_never_twice_never_forgotten(
    office: Office, starts: datetime, zone: str, ticks: list[int]
) -> None:
    """Whenever it begins, wherever, and however the ticks fall: each rule once, not before its time, none left out."""
    begins = dates.to_utc(starts.date(), starts.time(), zone)
    before = begins - timedelta(days=5)
    office.clock.be_set(before - office.clock.now())
    office.restart()
    await office.database.write(_forget, utc_text(before))
    meeting = await office.plan(starts.date().isoformat(), starts.time().isoformat("minutes"), zone)
    morning = {n: dates.to_utc(starts.date() - timedelta(days=n), time(7), zone) for n in (1, 3)}
    due = {"meeting-days": morning[3], "meeting-day": morning[1], "meeting-hours": begins - timedelta(hours=2)}
    settled: dict[str, datetime] = {}
    late = begins + timedelta(days=12)
    steps = [timedelta(minutes=minutes) for minutes in ticks]
    while steps or office.clock.now() < late:
        office.clock.move(steps.pop(0) if steps else timedelta(days=1))
        await office.reminders.post_due()
        for rule, state in await office.database.read(_states_of, meeting):
            if state != "waiting" and rule not in settled:
                settled[rule] = office.clock.now()
                assert state == "missed" or rule not in due or office.clock.now() < begins
    assert set(settled) == set(due) | {"meeting-ended", "meeting-overdue"}
    assert all(settled[rule] >= due[rule] for rule in due)
    cards = "SELECT count(*), count(DISTINCT dedupe) FROM outbox WHERE object = ?"
    made, distinct = await office.database.read(lambda db: tuple(db.execute(cards, (f"meeting:{meeting}",)).fetchone()))
    assert made == distinct <= len(settled)


def _forget(db: Connection, searched: str) -> None:
    db.execute("DELETE FROM reminders")
    db.execute("DELETE FROM meetings")
    db.execute("DELETE FROM outbox")
    reminders.set_searched(db, searched)


def _states_of(db: Connection, meeting_id: int) -> list[tuple[str, str]]:
    rows = db.execute("SELECT rule, state FROM reminders WHERE object_id = ? AND sort <> 'month'", (meeting_id,))
    return [(row[0], row[1]) for row in rows]


async def test_the_search_reads_by_index_alone(office: Office) -> None:
    """No meeting, event or slot is looked at but those of the windows; nor does SQLite make an index for itself."""
    found = await office.database.read(office.reminders._asked, START + timedelta(days=2))

    def plan(db: Connection) -> list[str]:
        key = dict(zip(("windows", "now", "since"), found, strict=True))
        return [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {reminders._FALLEN_DUE}", key)]

    steps = await office.database.read(plan)
    assert [step for step in steps if step.startswith("SCAN")] == [
        "SCAN json_each VIRTUAL TABLE INDEX 1:",
        *["SCAN w"] * 6,
        "SCAN p",
        "SCAN w",
        "SCAN p",
        "SCAN d",
        "SCAN d",
    ]
    assert not [step for step in steps if "AUTOMATIC" in step]
    used = {step.split("INDEX ")[1].split(" ")[0] for step in steps if "SEARCH" in step and "USING INDEX" in step}
    assert {"meetings_planned", "meetings_ending", "events_starting", "slots_by_time"} <= used
