"""Answers: what is read of a refusal, who is chased, who gets a seat that becomes free, and who shares which room."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channels.layout import plan
from bot.channels.telegram import Telegram
from bot.clock import StoppedClock, utc_text
from bot.message import Capabilities, Said
from bot.posting import Poster
from bot.reminders import Reminders
from handlers.answers.answer_card import show_answer
from handlers.answers.desk_answers import count_answers
from handlers.answers.refusal import read_reason, read_refusal
from handlers.events.event_card import card
from handlers.reminding.compose import compose
from storage import chats, events, invitations, lead_times, outbox, people, reach, reminders, rooms, seats, stand_ins
from storage.database import Connection, Database
from storage.events import Audience, Event
from storage.invitations import Answers, Invitation
from storage.seats import Seats
from tests.worlds import empty_store

START = datetime(2023, 11, 6, 2, 0, tzinfo=UTC)  # Monday, 09.00 WIB
STARTS = datetime(2023, 11, 12, 1, 0, tzinfo=UTC)  # Sunday, 08.00 WIB
PEOPLE = ("Siti", "Budi", "Tono", "Yanti", "Dewi")
SITI, BUDI, TONO, YANTI, DEWI = range(1, 6)
EVENT = Event(
    1,
    "Bimtek",
    "Hotel",
    "2023-11-12",
    "2023-11-14",
    "08:00",
    None,
    "Asia/Jakarta",
    "announced",
    1,
    "2023-11-12T01:00:00.000+00:00",
    None,
)


@pytest.mark.parametrize(
    ("typed", "cause", "reason"),
    [
        ("tidak hadir", None, None),
        ("Tidak hadir.", None, None),
        ("tdk hadir, sakit", "S", None),
        ("saya tidak bisa hadir karena sedang sakit demam", "S", "demam"),
        ("tidak hadir, anak sakit", None, "anak sakit"),
        ("gak bisa datang krn izin mengantar ibu", "I", "mengantar ibu"),
        ("tidak dapat hadir: ijin", "I", None),
        ("tidak hadir (dinas luar ke Medan)", "DL", "ke Medan"),
        ("tidak hadir DL", "DL", None),
        ("tidak hadir, sakitnya kambuh", None, "sakitnya kambuh"),
    ],
)
def test_a_refusal_is_read_with_its_reason(typed: str, cause: str | None, reason: str | None) -> None:
    """What the attendance list knows is kept as its mark, the rest in the person's words."""
    wanted = read_refusal(_typed(typed))
    assert wanted is not None
    assert wanted.name == "alasan"
    assert read_reason(wanted.arg.removeprefix("0.")) == (cause, reason)


@pytest.mark.parametrize(
    "typed", ["hadir", "tidak", "7 tidak hadir", "yang tidak hadir", "tidak hadirkan", "tidak hadir 3s 7i"]
)
def test_nothing_else_is_taken_for_a_refusal(typed: str) -> None:
    """A list of who was absent from a meeting is none."""
    assert read_refusal(_typed(typed)) is None


def _typed(text: str) -> Said:
    return Said("simulator", "simulator:siti", "1", START, "text", text=text)


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (Invitation(1, 2, "yes"), "Hadir ✅"),
        (Invitation(1, 2, "yes", represented="Siti"), "Hadir ✅, mewakili Siti"),
        (Invitation(1, 2, "no", cause="DL", reason="ke Medan"), "Tidak hadir (dinas luar: ke Medan)"),
        (Invitation(1, 2, "no", reason="anak sakit"), "Tidak hadir (anak sakit)"),
        (Invitation(1, 2, "delegated", delegate="Budi"), "Diwakili Budi (menunggu jawabannya)"),
        (Invitation(1, 2, "delegated", delegate="Budi", delegate_answer="yes"), "Diwakili Budi"),
        (Invitation(1, 2, "waiting", queue=3), "Tempat penuh, daftar tunggu nomor 3"),
    ],
)
def test_each_answer_is_said_in_a_few_words(kept: Invitation, shown: str) -> None:
    """The same words stand on the card, in the list and in the office's."""
    assert show_answer(kept) == shown


def test_the_counts_name_only_what_there_is() -> None:
    """Stand-ins and the waiting list are counted where there are any."""
    assert count_answers(Answers(121, 4, 39)) == ["hadir 121", "tidak 4", "belum menjawab 39"]
    assert count_answers(Answers(1, 0, 2, 3, 4)) == [
        *("hadir 1", "tidak 0", "diwakili 3", "daftar tunggu 4", "belum menjawab 2")
    ]
    assert Answers(1, 2, 3, 4, 5).invited == 15


def test_a_card_has_few_buttons_whose_tokens_fit() -> None:
    """Five at most, also where ids are long; each token is within the channel's 64 bytes."""
    event = replace(EVENT, id=999_999_999)
    for kept in (
        None,
        Invitation(event.id, 2, instead_of=999_999_999, represented="Siti"),
        Invitation(event.id, 2, "no"),
        Invitation(event.id, 2, "yes", shares_rooms=True),
    ):
        (message,) = plan(card(event, "Siti", "Asia/Jakarta", kept), Telegram.capabilities)
        assert 2 <= len(message.choices) <= 5
        assert all(len(one.id.encode()) <= 64 for one in message.choices)


class Office:
    """An event to which five people are invited, all with a chat."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = StoppedClock(START)
        poster = Poster({"simulator": Capabilities(4096, 1024, 24, 0, 40, 0)})
        self.reminders = Reminders(database, poster, self.clock, compose, "Asia/Jakarta")

    async def at(self, before: timedelta) -> list[tuple[str, int, str]]:
        """Let the clock come to so long before the start and tick; return (kind, person, state) of what that made."""
        self.clock.move(STARTS - before - self.clock.now())
        known = len(await self.rows())
        await self.reminders.post_due()
        return (await self.rows())[known:]

    async def rows(self) -> list[tuple[str, int, str]]:
        """Return (kind, person, state) of everything that was posted."""
        sql = "SELECT kind, person_id, state FROM outbox ORDER BY id"
        return await self.database.read(lambda db: [tuple(row) for row in db.execute(sql)])

    async def answer(self, person_id: int, given: str) -> None:
        """Keep an answer, as a tap does, and let a chase that waits go no more."""
        now = utc_text(self.clock.now())

        def keep(db: Connection) -> None:
            invitations.answer(db, 1, person_id, given, now)
            outbox.stop_for(db, person_id, "chase", "event:1", now)

        await self.database.write(keep)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Announce an event to five people."""
    database = await Database.open(empty_store(tmp_path / "office.sqlite3"))

    def settle(db: Connection) -> None:
        now = utc_text(START)
        reminders.set_searched(db, now)
        for name in PEOPLE:
            person_id = people.add_person(
                db, name=name, phone=None, role="facilitator", district_id=None, village_id=None, now=now
            )
            chats.hear(db, f"simulator:{name}", "simulator", name, now)
            people.link_chat(db, f"simulator:{name}", person_id, now)
        audience = Audience(("facilitator",))
        events.add_event(
            db,
            ref="e",
            subject="Bimtek",
            place="Hotel",
            first_day="2023-11-12",
            last_day="2023-11-12",
            starts="08:00",
            ends=None,
            starts_at=utc_text(STARTS),
            zone="Asia/Jakarta",
            attachment=None,
            audience=audience,
            made_by=SITI,
            now=now,
        )
        reach.freeze(db, 1, audience)

    await database.write(settle)
    yield Office(database)
    await database.close()


async def test_only_the_silent_are_chased(office: Office) -> None:
    """On the morning three days and two days before; whoever has answered, in whatever way, is left alone."""
    await office.database.write(lead_times.set_lead, "answer-day", 2, None, utc_text(START))
    for person_id, given in ((SITI, "yes"), (BUDI, "no"), (TONO, "waiting")):
        await office.answer(person_id, given)
    assert await office.at(timedelta(days=3, hours=1, seconds=1)) == []
    assert await office.at(timedelta(days=3, hours=1)) == [("chase", YANTI, "queued"), ("chase", DEWI, "queued")]
    await office.answer(YANTI, "no")
    assert ("chase", YANTI, "cancelled") in await office.rows()
    assert ("chase", DEWI, "queued") in await office.rows()
    assert await office.at(timedelta(days=2, hours=1)) == [("chase", DEWI, "queued")]
    assert await office.at(timedelta(days=2)) == []


async def test_a_reminder_of_the_event_makes_a_chase_superfluous(office: Office) -> None:
    """After days without power the one card asks and reminds; who waits for a seat is reminded of nothing."""
    await office.answer(SITI, "yes")
    await office.answer(TONO, "waiting")
    made = await office.at(timedelta(hours=12))
    assert {person for kind, person, state in made if kind == "reminder" and state == "queued"} == {
        *(SITI, BUDI, YANTI, DEWI)
    }
    assert {kind for kind, _, _ in made} == {"reminder"}
    missed = "SELECT person_id FROM reminders WHERE sort = 'answer' AND state = 'missed'"
    assert await office.database.read(lambda db: {row[0] for row in db.execute(missed)}) == {BUDI, YANTI, DEWI}


async def test_who_was_just_chased_by_the_office_is_not_chased_again(office: Office) -> None:
    """Chased by hand an hour before, by the clock the same people are left alone."""
    office.clock.move(STARTS - timedelta(days=3, hours=2) - office.clock.now())
    now = utc_text(office.clock.now())
    key = {"chat": "simulator:Siti", "body": "{}", "kind": "chase", "person_id": SITI, "object": "event:1"}
    await office.database.write(
        lambda db: outbox.post(db, **key, lane=2, now=now, dedupe=f"chase:event:1:{SITI}:d1")  # type: ignore[arg-type]
    )
    made = await office.at(timedelta(days=3, hours=1))
    assert [person for _, person, _ in made] == [BUDI, TONO, YANTI, DEWI]
    assert await office.database.read(reminders.chased_since, 1, now) == 5


async def test_seats_are_for_who_comes_and_for_who_sends_somebody(office: Office) -> None:
    """A stand-in takes the seat of whom he stands in for; of those who wait the first is first."""
    now = utc_text(START)

    def story(db: Connection) -> list[object]:
        told: list[object] = [seats.is_full(db, 1)]  # as many as come
        seats.set_seats(db, 1, Seats(2))
        invitations.answer(db, 1, SITI, "yes", now)
        told.append(seats.is_full(db, 1))
        stand_ins.ask(db, 1, TONO, BUDI)
        invitations.answer(db, 1, BUDI, "delegated", now, delegate_id=TONO)
        told.append(seats.is_full(db, 1))
        invitations.answer(db, 1, TONO, "yes", now)
        told.append(seats.is_full(db, 1))
        invitations.answer(db, 1, DEWI, "waiting", now)
        invitations.answer(db, 1, YANTI, "waiting", utc_text(START - timedelta(seconds=1)))
        told.append([_kept(db, YANTI).queue, _kept(db, DEWI).queue, seats.first_waiting(db, 1)])
        people.set_active(db, YANTI, False)
        told.append(seats.first_waiting(db, 1))
        return told

    assert await office.database.write(story) == [False, False, True, True, [1, 2, YANTI], DEWI]


async def test_a_stand_in_who_is_let_go_is_what_he_was_before(office: Office) -> None:
    """Who was invited anyway stays so; who was invited for that alone is not invited any more."""

    def story(db: Connection) -> list[object]:
        guest = people.add_person(
            db, name="Rudi", phone=None, role="tksk", district_id=None, village_id=None, now=utc_text(START)
        )
        stand_ins.ask(db, 1, guest, SITI)
        stand_ins.ask(db, 1, BUDI, TONO)
        before = [_kept(db, BUDI).own, _kept(db, guest).own, _kept(db, guest).represented]
        stand_ins.release(db, 1, guest)
        stand_ins.release(db, 1, BUDI)
        return [*before, invitations.invitation(db, 1, guest), _kept(db, BUDI).represented]

    assert await office.database.write(story) == [True, False, "Siti", None, None]


async def test_nobody_stands_in_for_two(office: Office) -> None:
    """The store itself refuses it, whatever a handler does."""
    now = utc_text(START)
    await office.database.write(invitations.answer, 1, SITI, "yes", now)
    sql = "UPDATE invitations SET answer = 'delegated', answered_at = ?, delegate_id = ? WHERE person_id = ?"
    await office.database.write(lambda db: db.execute(sql, (now, BUDI, SITI)) and None)
    with pytest.raises(Exception, match="UNIQUE"):
        await office.database.write(lambda db: db.execute(sql, (now, BUDI, TONO)) and None)
    with pytest.raises(Exception, match="CHECK"):
        await office.database.write(lambda db: db.execute(sql, (now, DEWI, DEWI)) and None)


async def test_rooms_are_numbered_from_the_lowest_that_is_free(office: Office) -> None:
    """A room that was left is given again; a wish is settled by a room."""

    def story(db: Connection) -> list[object]:
        rooms.wish(db, 1, SITI, BUDI)
        told: list[object] = [rooms.wishes_for(db, 1, BUDI), rooms.pair(db, 1, SITI, BUDI)]
        told += [rooms.wishes_for(db, 1, BUDI), rooms.pair(db, 1, TONO, YANTI)]
        told += [rooms.mate_of(db, 1, YANTI), rooms.part(db, 1, SITI), rooms.mate_of(db, 1, BUDI)]
        told += [rooms.part(db, 1, SITI), rooms.pair(db, 1, DEWI, SITI)]
        return told

    assert await office.database.write(story) == [[SITI], 1, [], 2, TONO, BUDI, None, None, 1]


def _kept(db: Connection, person_id: int) -> Invitation:
    kept = invitations.invitation(db, 1, person_id)
    assert kept is not None
    return kept
