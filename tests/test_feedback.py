"""Feedback without a name leads back to nobody; it is asked for once, at the end of a day, of those who were there."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import openpyxl
import pytest

from bot import dates
from bot.clock import StoppedClock, utc_text
from bot.documents.feedback_workbook import FeedbackHead, QuestionRow, RatingRow, SuggestionRow, write_feedback
from bot.message import Capabilities
from bot.posting import Poster
from bot.reminders import Reminders
from handlers.reminding.compose import compose
from storage import chats, check_ins, events, feedback, people
from storage.database import Connection, Database
from storage.events import Audience, Event
from storage.slots import add_slot
from tests.phones import SimulatedPhones
from tests.talk import Talk, talking
from tests.test_transcripts import everything
from tests.worlds import empty_store

ANNOUNCED = [
    "Rahma> /buat Rapat pendamping, Jumat 10 November 2023 jam 09.00 s.d. 12.00 di Aula Dinas Sosial",
    "Rahma> tksk",
    "Rahma> kirim sekarang",
    "@ 2023-11-10 08:50",
]


async def whole_store(talk: Talk) -> dict[str, str]:
    """Return all that the store holds, each table as one text."""
    assert talk.app is not None
    return {table: str(rows) for table, rows in (await talk.app.database.read(everything)).items()}


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """Tono is at the rapat, and sees the card that asks what it is like."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await talk.play(ANNOUNCED)
        assert talk.app is not None
        code = await talk.app.database.read(lambda db: db.execute("SELECT code FROM slots").fetchone()[0])
        await talk.play([f"Tono> {code}", "Tono> /kegiatan", "Tono> [Saran dan masukan]"])
        yield talk


async def test_words_without_a_name_stand_in_one_place_alone(talk: Talk) -> None:
    """Not in the inbox, the outbox, the dialog or the audit; the one place knows neither person nor time."""
    await talk.play(["Tono> [Tulis saran]", "Tono> Panitianya lambat sekali"])
    store = await whole_store(talk)
    assert [table for table, rows in store.items() if "lambat sekali" in rows] == ["anonymous_suggestions"]
    assert store["anonymous_suggestions"] == (
        "[{'day': '2023-11-10', 'event_id': 1, 'times': 1, 'words': 'Panitianya lambat sekali'}]"
    )


async def test_words_that_were_not_sent_are_forgotten_as_well(talk: Talk) -> None:
    """Too long, then called off: whoever wrote without a name believes that nobody will know."""
    await talk.play(["Tono> [Tulis saran]", f"Tono> {'Panitianya lambat sekali. ' * 50}", "Tono> /batal"])
    assert not [table for table, rows in (await whole_store(talk)).items() if "lambat sekali" in rows]


async def test_words_that_were_left_lying_are_forgotten_with_their_dialog(talk: Talk) -> None:
    """After a fortnight the dialog closes by itself."""
    await talk.play(["Tono> [Tulis saran]", f"Tono> {'Panitianya lambat sekali. ' * 50}", "@ +15 hari"])
    assert "ditutup karena 14 hari" in talk.log[-1]
    assert not [table for table, rows in (await whole_store(talk)).items() if "lambat sekali" in rows]


async def test_words_with_a_name_are_known_to_be_somebodys(talk: Talk) -> None:
    """Who gives the name is found with it."""
    await talk.play(["Tono> [Tulis saran]", "Tono> [Dengan nama]", "Tono> Panitianya ramah"])
    store = await whole_store(talk)
    assert [table for table, rows in store.items() if "ramah" in rows] == ["suggestions"]
    assert "'person_id': 4" in store["suggestions"]


@pytest.mark.parametrize("taps", [["[Kurang]"], ["[Kurang]", "/kegiatan", "[Saran dan masukan]"]])
async def test_a_tap_without_a_name_is_not_kept(talk: Talk, taps: list[str]) -> None:
    """The button itself says which rating it was."""
    await talk.play([f"Tono> {tap}" for tap in taps])
    store = await whole_store(talk)
    assert "!nilai.1.2023-11-10.1" not in store["inbox"]
    assert store["ratings"] == "[]"
    assert store["anonymous_ratings"] == "[{'day': '2023-11-10', 'event_id': 1, 'rating': 1, 'times': 1}]"


async def test_a_tap_that_comes_too_late_is_not_kept_either(talk: Talk) -> None:
    """It changes nothing, and says nothing of who would have chosen what."""
    await talk.play(["@ +8 hari", "Tono> [Kurang]"])
    assert talk.log[-1] == "Tono< Saran dan masukan untuk Jumat, 10 November 2023 sudah ditutup. Terima kasih."
    store = await whole_store(talk)
    assert "!nilai" not in store["inbox"]
    assert store["anonymous_ratings"] == "[]"


class Week:
    """An event of two days with Ani, who comes, and Eka, who does not; the clocks of its place, and the ticks."""

    def __init__(self, database: Database, zone: str) -> None:
        self.database = database
        self.zone = zone
        self.clock = StoppedClock(datetime(2023, 11, 1, tzinfo=UTC))
        poster = Poster({"simulator": Capabilities(4096, 1024, 24, 0, 40, 0)})
        self.reminders = Reminders(database, poster, self.clock, compose, "Asia/Jakarta")

    async def at(self, day: str, at: str) -> list[tuple[str, str]]:
        """Let the clock come to this moment there and tick; return (name, state) of each card that made."""
        self.clock.move(dates.to_utc(date.fromisoformat(day), time.fromisoformat(at), self.zone) - self.clock.now())

        def asked(db: Connection) -> list[tuple[str, str]]:
            rows = db.execute(
                """
                SELECT p.name, o.state FROM outbox o JOIN persons p ON p.id = o.person_id
                WHERE o.object LIKE 'feedback:%' ORDER BY o.id
                """
            )
            return [(row[0], row[1]) for row in rows]

        before = len(await self.database.read(asked))
        await self.reminders.post_due()
        return (await self.database.read(asked))[before:]


@pytest.fixture(params=["Asia/Jakarta", "Asia/Jayapura"])
async def week(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Week]:
    """Ani checked in to the first day."""
    database = await Database.open(empty_store(tmp_path / "office.sqlite3"))
    week = Week(database, request.param)
    await database.write(_hold_event, week.zone)
    yield week
    await database.close()


def _hold_event(db: Connection, zone: str) -> None:
    now = "2023-11-01T00:00:00.000+00:00"
    for name in ("Ani", "Eka"):
        person = people.add_person(db, name=name, phone=None, role="tksk", district_id=None, village_id=None, now=now)
        chats.hear(db, f"simulator:{name}", "simulator", name, now)
        people.link_chat(db, f"simulator:{name}", person, now)
    event = _event(db, zone)
    for day, code in (("2023-11-10", "AAAAA"), ("2023-11-11", "BBBBB")):
        opens, closes = (utc_text(dates.to_utc(date.fromisoformat(day), time(hour), zone)) for hour in (8, 16))
        add_slot(db, event.id, day=day, opens_at=opens, closes_at=closes, code=code)
    check_ins.record(db, 1, 1, now, now)


def _event(db: Connection, zone: str) -> Event:
    return events.add_event(
        db,
        ref="e",
        subject="Bimtek",
        place="Aula",
        first_day="2023-11-10",
        last_day="2023-11-11",
        starts="08:00",
        ends=None,
        starts_at=utc_text(dates.to_utc(date(2023, 11, 10), time(8), zone)),
        zone=zone,
        attachment=None,
        audience=Audience(("tksk",)),
        made_by=1,
        now="2023-11-01T00:00:00.000+00:00",
    )


async def test_who_was_there_is_asked_when_the_day_closes(week: Week) -> None:
    """Once, whatever comes; and nobody who was not there."""
    assert await week.at("2023-11-10", "15:59") == []
    assert await week.at("2023-11-10", "16:00") == [("Ani", "queued")]
    assert await week.at("2023-11-10", "16:01") == []
    assert await week.at("2023-11-11", "16:00") == []


async def test_after_the_next_noon_nobody_is_asked_any_more(week: Week) -> None:
    """After a night without power it is recorded, not sent; the noon is that of the event's place."""
    assert await week.at("2023-11-11", "12:00") == []
    sql = "SELECT rule, state FROM reminders WHERE sort = 'feedback'"
    assert await week.database.read(lambda db: [tuple(row) for row in db.execute(sql)]) == [("2023-11-10", "missed")]


async def test_until_the_next_noon_one_is_asked(week: Week) -> None:
    """What was due in the night is still of use in the morning."""
    assert await week.at("2023-11-11", "11:59") == [("Ani", "queued")]


async def test_a_day_of_two_sessions_is_asked_about_after_the_second(week: Week) -> None:
    """The day closes with its last slot, whichever of them somebody came to."""

    def add_evening(db: Connection) -> None:
        opens, closes = (utc_text(dates.to_utc(date(2023, 11, 10), time(hour), week.zone)) for hour in (17, 20))
        db.execute(
            """
            INSERT INTO slots (event_id, day, session, opens_at, closes_at, code)
            VALUES (1, '2023-11-10', 'malam', ?, ?, 'CCCCC')
            """,
            (opens, closes),
        )
        check_ins.record(db, 3, 1, opens, opens)

    await week.database.write(add_evening)
    assert await week.at("2023-11-10", "16:00") == []
    assert await week.at("2023-11-10", "20:00") == [("Ani", "queued")]


@pytest.mark.parametrize("sql", [
    "UPDATE check_ins SET state = 'undone'",
    "UPDATE events SET state = 'cancelled'",
    "INSERT INTO feedback_given VALUES (1, '2023-11-10', 1, 1, 0)",
])  # fmt: skip
async def test_who_was_not_there_or_has_said_it_is_left_alone(week: Week, sql: str) -> None:
    """A check-in that was undone, an event called off, a rating given during the day."""
    await week.database.write(lambda db: db.execute(sql))
    assert await week.at("2023-11-10", "16:00") == []


async def test_the_same_words_are_counted_and_nobody_sees_who_was_first(week: Week) -> None:
    """Without a name there is no order of coming."""

    def write(db: Connection) -> None:
        for person, words in ((1, "Zaman"), (2, "Ambil"), (2, "Zaman")):
            feedback.suggest(db, 1, "2023-11-10", person, words, ref=f"{person}{words}", named=False)

    await week.database.write(write)
    kept = await week.database.read(feedback.suggestions, 1)
    assert [(one.words, one.times, one.name) for one in kept] == [("Ambil", 1, None), ("Zaman", 2, None)]


def test_the_recap_says_what_was_given_and_no_more() -> None:
    """A number stays a number, a text that looks like a formula a text, and no name an empty one."""
    head = FeedbackHead("Bimtek", "Jumat, 10 November 2023", "Aula", "Sabtu, 11 November 2023 pukul 08.00 WIB")
    content = write_feedback(
        head,
        ["Kurang", "Cukup", "Baik", "Sangat baik"],
        [RatingRow("Jumat", 9, (0, 1, 2, 3), 2, 20 / 6), RatingRow("Sabtu", 8, (0, 0, 0, 0), 0, None)],
        [SuggestionRow("Jumat", "", "", "", "=1+1", 2), SuggestionRow("Jumat", "Siti", "Stabat", "Baik", "Enak", 1)],
        [QuestionRow("Jumat", "Budi", "", "Kapan?", "", "", "", False)],
    )
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    tables = {sheet.title: [list(row) for row in sheet.iter_rows(min_row=8, values_only=True)] for sheet in workbook}
    assert tables == {
        "Penilaian per hari": [
            [1, "Jumat", 9, 6, 0, 1, 2, 3, 3.33, 4, 2],
            [2, "Sabtu", 8, 0, 0, 0, 0, 0, "–", 0, 0],
        ],
        "Saran": [[1, "Jumat", "tanpa nama", "–", "–", "=1+1", 2], [2, "Jumat", "Siti", "Stabat", "Baik", "Enak", 1]],
        "Tanya jawab": [[1, "Jumat", "Budi", "–", "Kapan?", "–", "–", "–", "belum dijawab"]],
    }
    assert workbook["Saran"]["F8"].data_type == "s"
