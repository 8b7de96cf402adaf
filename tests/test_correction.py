"""Corrections: slots follow the event wherever it is moved, and two operators do not overwrite each other."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import utc_text
from storage import announcements, check_ins, events, sheets
from storage.database import Connection
from storage.slots import slots_of
from tests.phones import SimulatedPhones
from tests.talk import Talk, talking
from tests.test_announce import add_people, count, say

SLOTS = "SELECT s.day || ' ' || substr(opens_at, 9, 5) || ' ' || substr(closes_at, 9, 5) FROM slots s ORDER BY day"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """An event of three days for one person, which has been sent."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await say(talk, "/buat Bimtek TKSK, 12-14 November 2023 jam 08.00 s.d. 16.00 di Aula")
        await say(talk, "tksk")
        await say(talk, "kirim sekarang")
        await talk.play(["@ +1 menit"])
        yield talk


async def correct(talk: Talk, *words: str) -> str:
    """Open the correction, say what is to be changed, and send it; return what the operator reads last."""
    await say(talk, "/kegiatan 1")
    await say(talk, "[Undangan]")
    await say(talk, "[Ralat]")
    for one in words:
        await say(talk, one)
    return await say(talk, "kirim ralat")


async def slots(talk: Talk) -> list[str]:
    """Return day, opening and closing of each slot, the times in UTC with their day."""
    assert talk.app is not None
    return await talk.app.database.read(lambda db: [str(row[0]) for row in db.execute(SLOTS)])


async def test_slots_follow_to_days_that_overlap_the_old_ones(talk: Talk) -> None:
    """One day later and one day earlier: no slot is put where another one still stands, and each keeps its code."""
    assert talk.app is not None
    codes = await talk.app.database.read(lambda db: db.execute("SELECT code FROM slots ORDER BY day").fetchall())
    await correct(talk, "Hari: 13-15 November")
    assert [one[:10] for one in await slots(talk)] == ["2023-11-13", "2023-11-14", "2023-11-15"]
    await correct(talk, "Hari: 11-13 November")
    assert [one[:10] for one in await slots(talk)] == ["2023-11-11", "2023-11-12", "2023-11-13"]
    after = await talk.app.database.read(lambda db: db.execute("SELECT code FROM slots ORDER BY day").fetchall())
    assert after == codes


async def test_a_day_that_somebody_was_at_stays_and_gets_no_second_slot(talk: Talk) -> None:
    """A check-in holds its slot where it is; the day that would have come there is struck instead."""
    assert talk.app is not None
    await talk.app.database.write(_came_on_the_last_day)
    assert "diralat" in await correct(talk, "Hari: 13-14 November")
    assert [one[:10] for one in await slots(talk)] == ["2023-11-13", "2023-11-14"]


def _came_on_the_last_day(db: Connection) -> None:
    (person_id,) = db.execute("SELECT person_id FROM invitations").fetchone()
    at = "2023-11-06T03:00:00.000+00:00"
    check_ins.record(db, slots_of(db, 1)[-1].id, person_id, at, at, level="E")


async def test_days_are_struck_and_added(talk: Talk) -> None:
    """A shorter event loses its last slots, a longer one gets slots like its last, and hours move with both."""
    await correct(talk, "Hari: 12 November", "Jam mulai: 10.00")
    assert await slots(talk) == ["2023-11-12 12T02 12T09"]
    await correct(talk, "Hari: 12-13 November", "Jam selesai: 17.00")
    assert await slots(talk) == ["2023-11-12 12T02 12T10", "2023-11-13 13T02 13T10"]
    assert await count(talk, "(SELECT DISTINCT code FROM slots)") == 2


async def test_sessions_follow_the_start_and_the_office_reads_how(tmp_path: Path) -> None:
    """The morning goes with the start, the afternoon stays where it was, and the answer says when people check in."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await say(talk, "/buat Bimtek TKSK, 12-13 November 2023 jam 08.00 s.d. 16.00 di Aula")
        await say(talk, "tksk")
        await say(talk, "Absen per sesi: pagi dan siang")
        await say(talk, "kirim sekarang")
        await talk.play(["@ +1 menit"])
        assert "Absen sekarang: pagi 08.00-11.00, siang 13.00-15.00." in await correct(talk, "Jam mulai: 09.00")
        assert sorted(await slots(talk)) == [
            *("2023-11-12 12T01 12T04", "2023-11-12 12T06 12T08"),
            *("2023-11-13 13T01 13T04", "2023-11-13 13T06 13T08"),
        ]
        assert "Absen" not in await correct(talk, "Tempat: Pendopo")


async def test_a_try_at_a_slot_that_is_struck_is_kept(talk: Talk) -> None:
    """Who came too early for a day that is no more leaves a trace without it."""
    assert talk.app is not None
    last = await talk.app.database.read(
        lambda db: str(db.execute("SELECT code FROM slots ORDER BY day DESC LIMIT 1").fetchone()[0])
    )
    await talk.play([f"Tono> {last}"])
    await talk.app.database.write(_print_list)
    await correct(talk, "Hari: 12-13 November")
    assert await count(talk, "slots") == 2
    assert await count(talk, "tries WHERE reason = 'early' AND slot_id IS NULL") == 1


def _print_list(db: Connection) -> None:
    """Print the blank list of the last day, as the office does in the morning."""
    last = int(db.execute("SELECT id FROM slots ORDER BY day DESC LIMIT 1").fetchone()[0])
    sheets.keep_sheet(db, "AB2CD3EF", 1, "{}", 1, "2023-11-06T02:00:00.000+00:00", slot_id=last)


async def test_what_somebody_else_corrected_meanwhile_is_not_overwritten(talk: Talk) -> None:
    """The summary was read before the other correction: it is shown anew, and nothing is sent."""
    assert talk.app is not None
    await say(talk, "/kegiatan 1")
    await say(talk, "[Undangan]")
    await say(talk, "[Ralat]")
    await say(talk, "Tempat: Kantor Camat")
    await talk.app.database.write(lambda db: db.execute("UPDATE events SET place = 'Pendopo', edition = 2"))
    assert "Tempat: Pendopo → Kantor Camat" in await say(talk, "kirim ralat")
    assert await count(talk, "outbox WHERE kind = 'correction'") == 0
    assert "diralat. 1 orang diberi tahu" in await say(talk, "kirim ralat")
    assert await count(talk, "outbox WHERE kind = 'correction'") == 1


async def test_a_start_that_is_over_is_refused(talk: Talk) -> None:
    """An event that has not begun cannot be moved into the past."""
    await talk.play(["@ 2023-11-11 12:00"])
    assert "sudah lewat" in await correct(talk, "Hari: 11 November")
    assert [one[:10] for one in await slots(talk)] == ["2023-11-12", "2023-11-13", "2023-11-14"]


async def test_many_who_had_the_wrong_words_need_the_typed_phrase(tmp_path: Path) -> None:
    """As with the announcement itself, more than fifty are told only after the phrase."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await talk.app.database.write(add_people, 55, chats_too=True)
        await say(talk, "/buat Apel pagi, Jumat 10 November 2023 jam 07.00 di halaman kantor")
        await say(talk, "semua petugas")
        await say(talk, "kirim sekarang")
        await say(talk, "kirim 60")
        await talk.play(["@ +1 menit"])
        asked = await correct(talk, "Tempat: Alun-alun")
        assert asked == "Lebih dari 50 penerima. Ketik KIRIM 59 untuk memastikan."
        assert "59 orang diberi tahu" in await say(talk, "kirim 59")
        assert await count(talk, "outbox WHERE kind = 'corrected' AND state = 'sent'") == 59


async def test_what_was_decided_on_an_older_edition_is_not_written(talk: Talk) -> None:
    """Of two operators who correct the same words at the same moment, the second has to look again."""
    assert talk.app is not None
    database, now = talk.app.database, utc_text(talk.clock.now())
    before = await database.read(events.event, 1)
    assert before is not None
    assert await database.write(announcements.correct, before, replace(before, place="Kantor Camat"), now)
    assert not await database.write(announcements.correct, before, replace(before, place="Balai desa"), now)
    after = await database.read(events.event, 1)
    assert after is not None
    assert (after.place, after.edition) == ("Kantor Camat", before.edition + 1)
