"""Announcing: reading letters, the typed phrase before many recipients, and who is told when."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import utc_text
from bot.posting import Poster
from bot.settling import Settling
from handlers.announcing.letter import Letter, read_letter
from handlers.checking_in.event_qr import qr_png
from handlers.events.event_card import send_open
from storage import chats, desk, people
from storage.database import Connection
from tests.phones import SimulatedPhones
from tests.talk import Talk, talking

MONDAY = date(2023, 11, 6)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rapat koordinasi", Letter("Rapat koordinasi")),
        (
            "Undangan Bimtek Peningkatan Kapasitas ORSOS, Minggu s/d Selasa 12-14 November 2023 pukul 08.00 WIB "
            "di Hotel Le Polonia, Jl. Jenderal Sudirman No. 14-18 Medan",
            Letter(
                "Bimtek Peningkatan Kapasitas ORSOS",
                "2023-11-12",
                "2023-11-14",
                "08:00",
                "",
                "Hotel Le Polonia, Jl. Jenderal Sudirman No. 14-18 Medan",
            ),
        ),
        (
            "Rapat evaluasi di Aula Dinas Sosial, Jumat 10 November jam 9 s.d. 12.00",
            Letter("Rapat evaluasi", "2023-11-10", "2023-11-10", "09:00", "12:00", "Aula Dinas Sosial"),
        ),
        (
            "Rapat P2K2 besok jam 2 siang bertempat di Kantor Camat Stabat.",
            Letter("Rapat P2K2", "2023-11-07", "2023-11-07", "14:00", "", "Kantor Camat Stabat"),
        ),
        (
            "Bimtek P2K2 Senin depan 08.00-16.00 WIB di aula",
            Letter("Bimtek P2K2", "2023-11-13", "2023-11-13", "08:00", "16:00", "aula"),
        ),
    ],
)
def test_a_subject_in_one_line_is_read(text: str, expected: Letter) -> None:
    """What stands in a line is read as the operator means it."""
    assert read_letter(text, MONDAY) == expected


def test_what_is_no_day_and_no_time_is_asked_with_its_reason() -> None:
    """An impossible day and an ambiguous hour are neither guessed nor taken for a part of the subject."""
    found = read_letter("Rapat 31 februari", MONDAY)
    assert (found.subject, found.first, found.no_day[:21]) == ("Rapat", "", "Tanggal itu tidak ada")
    found = read_letter("Rapat besok jam 3 di aula", MONDAY)
    assert (found.subject, found.starts, found.place) == ("Rapat", "", "aula")
    assert found.no_time.startswith("Pukul 03.00 atau 15.00?")


def test_labels_within_a_line_are_read_as_on_lines_of_their_own() -> None:
    """What is pasted as one paragraph keeps its fields, and the place ends where the next label begins."""
    text = (
        "Rapat TKSK, Rabu 15 November 2023 pukul 09.00 s.d. 15.30 WIB di Aula Dinas, Jl. Sudirman No. 1, Stabat. "
        "Nomor: 400.9/123. Pakaian: PDH. Narahubung: Bu Rahma 0811-0000-0001"
    )
    found = read_letter(text, MONDAY)
    assert (found.subject, found.ends, found.place) == ("Rapat TKSK", "15:30", "Aula Dinas, Jl. Sudirman No. 1, Stabat")
    details = found.details
    assert (details.number, details.dress, details.contact) == ("400.9/123", "PDH", "Bu Rahma 0811-0000-0001")


def test_a_letter_without_a_subject_line_has_none() -> None:
    """Of a letter no line is taken for the subject unless it says so."""
    text = "Yth. Bapak/Ibu\nDengan hormat\nHari: Minggu, 12 November 2023\nTempat: Aula"
    found = read_letter(text, MONDAY)
    assert (found.subject, found.first, found.place) == ("", "2023-11-12", "Aula")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever is pasted, reading ends with what is clear: days in order, an end after its start."""
    found = read_letter(text, MONDAY)
    assert found.first <= found.last
    assert not found.ends or found.starts < found.ends
    assert "\n" not in found.subject + found.place


def test_the_picture_of_a_code_is_always_the_same() -> None:
    """The same code gives the same bytes, so that a replayed turn keeps no second file."""
    assert qr_png("HADIR K7M2P") == qr_png("HADIR K7M2P")
    assert qr_png("HADIR K7M2P").startswith(b"\x89PNG")


async def test_more_than_fifty_recipients_need_the_typed_phrase(tmp_path: Path) -> None:
    """Neither the button nor the phrase alone sends; going back shows the card again; the phrase names the reach."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await talk.app.database.write(add_people, 55)
        await say(talk, "/buat Apel pagi, Jumat 10 November 2023 jam 07.00 di halaman kantor")
        assert "Akan dikirim ke 60 orang: 4 lewat simulator, 56 belum terdaftar." in await say(talk, "semua petugas")
        assert "Mohon pilih" in await say(talk, "KIRIM 60")
        assert await say(talk, "Kirim sekarang") == "Lebih dari 50 penerima. Ketik KIRIM 60 untuk memastikan."
        assert "Ketik KIRIM 60" in await say(talk, "ya")
        assert "Ketik KIRIM 60" in await say(talk, "kirim 61")
        assert "Akan dikirim ke 60 orang" in await say(talk, "kembali")
        assert "Mohon pilih" in await say(talk, "kirim 60")
        await say(talk, "kirim sekarang")
        assert await count(talk, "events") == 0
        await talk.app.database.write(add_people, 1, first=100)
        # The reach that was shown no longer holds: the phrase for it sends nothing.
        assert "Akan dikirim ke 61 orang" in await say(talk, "kirim 60")
        assert await count(talk, "events") == 0
        await say(talk, "kirim sekarang")
        assert "Dikirim dalam 60 detik ke 61 orang" in await say(talk, "Kirim 61")
        assert await count(talk, "invitations") == 61


async def test_what_is_held_is_on_no_phone(tmp_path: Path) -> None:
    """The demo's page shows a phone what has come to it, not what will leave in a minute."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await say(talk, "/buat Rapat TKSK, besok jam 09.00 di Aula")
        await say(talk, "tksk")
        await say(talk, "kirim sekarang")
        assert await talk.app.database.read(desk.posted_to, "simulator:tono") == []
        await talk.play(["@ +1 menit"])
        assert len(await talk.app.database.read(desk.posted_to, "simulator:tono")) == 1


async def test_who_registers_later_gets_the_card_once(tmp_path: Path) -> None:
    """Somebody announced while not registered, and somebody who joined the roster since, get what is still to come."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await say(talk, "/buat Rapat TKSK, besok jam 09.00 di Aula")
        await say(talk, "tksk")
        await say(talk, "kirim sekarang")
        await talk.app.database.write(add_people, 1)
        await say(talk, "/buat Apel pagi, Jumat 10 November 2023 jam 07.00 di halaman kantor")
        await say(talk, "pendamping pkh")
        await say(talk, "kirim sekarang")
        await talk.app.database.write(add_people, 1, first=7)
        poster, now = talk.app.poster, talk.clock.now()
        old, new = await talk.app.database.read(_ids, "Petugas 0"), await talk.app.database.read(_ids, "Petugas 7")
        assert await talk.app.database.write(_register, poster, old, now) == 1
        assert await talk.app.database.write(_register, poster, old, now) == 0
        assert await talk.app.database.write(_register, poster, new, now) == 1
        after = now + timedelta(days=5)
        await talk.app.database.write(add_people, 1, first=8)
        late = await talk.app.database.read(_ids, "Petugas 8")
        assert await talk.app.database.write(_register, poster, late, after) == 0
        assert await count(talk, "invitations WHERE event_id = 2") == 5


def add_people(db: Connection, many: int, first: int = 0, *, chats_too: bool = False) -> None:
    """Put people on the roster, with or without a phone in which they have registered."""
    for number in range(first, first + many):
        id_ = people.add_person(
            db,
            name=f"Petugas {number}",
            phone=None,
            role="facilitator",
            district_id=None,
            village_id=None,
            now=utc_text(datetime.fromisoformat("2023-11-06T02:00:00+00:00")),
        )
        if chats_too:
            chats.hear(db, f"simulator:petugas{number}", "simulator", "Petugas", "2023-11-06T02:00:00.000+00:00")
            people.link_chat(db, f"simulator:petugas{number}", id_, "2023-11-06T02:00:00.000+00:00")


def _ids(db: Connection, name: str) -> int:
    return int(db.execute("SELECT id FROM persons WHERE name = ?", (name,)).fetchone()[0])


def _register(db: Connection, poster: Poster, person_id: int, now: datetime) -> int:
    chat = f"simulator:{person_id}"
    chats.hear(db, chat, "simulator", "Petugas", utc_text(now))
    people.link_chat(db, chat, person_id, utc_text(now))
    person = people.person(db, person_id)
    assert person is not None
    return send_open(Settling(db, chat, person, "d1", now, now, now.date(), "Asia/Jakarta", None, poster), person)


async def say(talk: Talk, words: str) -> str:
    """Let Rahma say something; return what she heard."""
    heard = await talk.play([f"Rahma> {words}"])
    mine = [number for number, line in enumerate(heard) if line.startswith("Rahma<")]
    end = next((n for n in range(mine[0] + 1, len(heard)) if not heard[n].startswith("  ")), len(heard))
    return "\n".join(heard[mine[0] : end]).removeprefix("Rahma< ")


async def count(talk: Talk, what: str) -> int:
    """Count the rows of a table, or of a part of it."""
    assert talk.app is not None
    return await talk.app.database.read(lambda db: int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0]))
