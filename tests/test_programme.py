"""The rules around an event's files and questions: how many, for whom, and that a large audience is made sure of."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import event_files, media, people
from storage.database import Connection
from tests.phones import SimulatedPhones
from tests.talk import Talk, talking

TYPE = "application/pdf"


def add_many(db: Connection) -> None:
    """Put fifty more TKSK on the roster, without a chat."""
    now = "2023-11-01T00:00:00.000+00:00"
    for number in range(50):
        people.add_person(
            db, name=f"Petugas {number}", phone=None, role="tksk", district_id=1, village_id=None, now=now
        )


def add_files(db: Connection, number: int) -> None:
    """Give the event as many files."""
    now = "2023-11-06T02:00:00.000+00:00"
    for one in range(number):
        media.note(db, f"{one:064}", TYPE, 1, now)
        event_files.add_file(
            db,
            event_id=1,
            title=f"Materi {one}",
            digest=f"{one:064}",
            name="a.pdf",
            kind="document",
            for_whom="invited",
            added_by=1,
            now=now,
        )


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """A rapat is announced to 51 people; Tono alone has a chat."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await talk.app.database.write(add_many)
        await talk.play(
            [
                "Rahma> /buat Rapat pendamping, Jumat 10 November 2023 jam 09.00 s.d. 12.00 di Aula Dinas Sosial",
                "Rahma> tksk",
                "Rahma> kirim sekarang",
                "Rahma> kirim 51",
                "@ +1 menit",
                "Rahma> /kegiatan",
                "Rahma> [Acara dan masukan]",
            ]
        )
        yield talk


async def heard(talk: Talk, *lines: str) -> list[str]:
    """Say the lines; return the first line of each message that came."""
    return [line for line in await talk.play(lines) if "< " in line or "~ " in line]


async def test_more_than_fifty_are_told_of_a_file_only_by_a_typed_yes(talk: Talk) -> None:
    """A wrong tap must not write to everybody."""
    await talk.play(
        ["Rahma> [Tambah berkas]", "Rahma> (foto)", "Rahma> [Foto]", "Rahma> [Semua undangan]", "Rahma> [Simpan]"]
    )
    assert await heard(talk, "Rahma> [Beri tahu semua]", "Rahma> [Beri tahu]", "Rahma> ya", "Rahma> kirim 51") == [
        "Rahma< Rapat pendamping",
        "Rahma~ Rapat pendamping",
        "Rahma< Lebih dari 50 penerima. Ketik KIRIM 51 untuk memastikan.",
        "Rahma< 1 orang diberi tahu tentang Foto.",
        "Tono< Rapat pendamping",
    ]


async def test_more_than_fifty_read_an_answer_only_by_a_typed_yes(talk: Talk) -> None:
    """So it is where the answer was first given to one alone, and is announced to all after that."""
    await talk.play(["Tono> /kegiatan", "Tono> [Tanya Dinas]", "Tono> Apakah ada makan siang?", "Rahma> [Jawab]"])
    assert await heard(
        talk, "Rahma> Ada", "Rahma> [Umumkan ke semua]", "Rahma> [Umumkan ke semua]", "Rahma> batal"
    ) == [
        "Rahma< Jawaban: Ada",
        "Rahma< Tanya jawab · Rapat pendamping",
        "Rahma~ Tanya jawab · Rapat pendamping",
        "Rahma< Dibatalkan, tidak ada yang disimpan. Ketik menu untuk pilihan lain.",
    ]
    await talk.play(["Rahma> [Jawab]", "Rahma> Ada", "Rahma> [Jawab ke penanya]", "Rahma> [Umumkan ke semua]"])
    assert await heard(talk, "Rahma> [Umumkan ke semua]", "Rahma> KIRIM 51") == [
        "Rahma~ Tanya jawab · Rapat pendamping",
        "Rahma< Tidak ada orang lain yang bisa dihubungi lewat bot.",
    ]


async def test_twenty_files_are_the_most(talk: Talk) -> None:
    """The twentieth is taken, the next is not, and all twenty can be asked for."""
    assert talk.app is not None
    await talk.app.database.write(add_files, 19)
    await talk.play(
        ["Rahma> [Tambah berkas]", "Rahma> (foto)", "Rahma> [Foto]", "Rahma> [Semua undangan]", "Rahma> [Simpan]"]
    )
    assert await heard(talk, "Rahma> [Tambah berkas]") == [
        "Rahma< Sudah ada 20 berkas, itu yang paling banyak. Hapus satu dulu."
    ]
    await talk.play(["Tono> /kegiatan", "Tono> [Materi dan rundown]", "Tono> [Materi 18]"])
    assert talk.log[-2:] == ["Tono< Materi 18", "  Rapat pendamping  (berkas a.pdf)"]


@pytest.mark.parametrize("button", ["[Lihat berkas]", "[Hapus berkas]", "[Tambah berkas]", "[Rekap masukan]"])
async def test_a_button_of_the_desk_grants_nothing(talk: Talk, button: str) -> None:
    """Who is on the committee no more taps what still stands in the chat."""
    assert talk.app is not None
    await talk.app.database.write(add_files, 1)
    await talk.app.database.write(lambda db: db.execute("INSERT INTO committee VALUES (1, 5)"))
    await talk.play(["@ 2023-11-10 09:00", "Yanti> /kegiatan", "Yanti> [Acara dan masukan]"])
    await talk.app.database.write(lambda db: db.execute("DELETE FROM committee"))
    refused = {
        "[Lihat berkas]": "Belum ada berkas untuk Bapak/Ibu. Kalau ada yang baru, tombolnya muncul di /kegiatan.",
    }.get(button, "Itu hanya untuk operator Dinas dan panitia kegiatan ini. Lihat /kegiatan.")
    assert await heard(talk, f"Yanti> {button}") == [f"Yanti< {refused}"]
