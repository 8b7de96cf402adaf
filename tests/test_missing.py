"""Who has not come, or not answered: of many the office reads how many of each kecamatan, and the names of one."""

from pathlib import Path

from storage import events, people, places
from storage.database import Connection
from tests.phones import SimulatedPhones
from tests.talk import Talk, talking
from tests.test_announce import say

NOW = "2023-11-06T02:00:00.000+00:00"


def add_crowd(db: Connection, many: int, district: str) -> None:
    """Put people of one kecamatan on the roster, '' for none."""
    where = places.district_named(db, district) if district else None
    for number in range(many):
        name = f"{district or 'Dinas'} {number:02}"
        district_id = where.id if where else None
        people.add_person(
            db, name=name, phone=None, role="facilitator", district_id=district_id, village_id=None, now=NOW
        )


async def announce(talk: Talk, **crowd: int) -> None:
    """Announce a meeting to the world's three facilitators and a crowd, by kecamatan; its day has come."""
    assert talk.app is not None
    for district, many in crowd.items():
        await talk.app.database.write(add_crowd, many, "" if district == "nowhere" else district)
    await say(talk, "/buat Apel pagi, Jumat 10 November 2023 jam 07.00 di halaman kantor")
    await say(talk, "pendamping pkh")
    await say(talk, "Kirim sekarang")
    await say(talk, f"kirim {3 + sum(crowd.values())}")
    await talk.play(["@ +1 menit", "@ 2023-11-10 07:00"])


async def test_of_many_the_operator_reads_counts_and_opens_a_kecamatan(tmp_path: Path) -> None:
    """A tap, the name or the number of a kecamatan shows its names; a button of one that is complete says so."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await announce(talk, Babalan=30, Stabat=19, nowhere=2)
        await say(talk, "/kegiatan")
        await say(talk, "Absen")
        listed = (
            "Apel pagi\n  Belum hadir Jumat, 10 November 2023: 54 dari 54\n"
            "  Nama-namanya per kecamatan: pilih, atau ketik kecamatannya.  "
            "[Babalan (31)] [Binjai (1)] [Stabat (20)] [Tanpa kecamatan (2)]"
        )
        assert await say(talk, "belum hadir") == listed
        title, *names = (await say(talk, "stabat")).splitlines()[1:]
        assert title == "  Belum hadir Jumat, 10 November 2023: 54 dari 54"
        assert names[0] == "  Kecamatan Stabat (20)"
        assert (names[-1], len(names)) == ("  - Stabat 18 (Pendamping PKH)", 21)
        assert "- Dinas 01 (Pendamping PKH)" in await say(talk, "tanpa kecamatan")
        await talk.play(["Budi> (kode)"])
        assert await say(talk, "[Binjai (1)] lama") == (
            "Apel pagi\n  Belum hadir Jumat, 10 November 2023: 53 dari 54\n  Di kecamatan itu tidak ada lagi."
        )
        await say(talk, "/kegiatan")
        await say(talk, "jawaban")
        assert "[Babalan (31)]" in await say(talk, "belum menjawab")


async def test_up_to_forty_are_named_at_once(tmp_path: Path) -> None:
    """Forty names are still read on a phone; one more, and there are counts."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await announce(talk, Stabat=37)
        await say(talk, "/kegiatan")
        await say(talk, "Absen")
        assert "- Stabat 36 (Pendamping PKH)" in await say(talk, "belum hadir")


async def test_the_committee_reads_counts(tmp_path: Path) -> None:
    """How many of each kecamatan, without a button for their names."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await announce(talk, Babalan=30, Stabat=19)
        await say(talk, "/kegiatan")
        await say(talk, "Absen")
        await say(talk, "panitia")
        await say(talk, "Tono")
        heard = await talk.play(["Tono> /kegiatan", "Tono> absen", "Tono> belum hadir"])
        assert heard[-3:] == ["  Kecamatan Babalan: 31", "  Kecamatan Binjai: 1", "  Kecamatan Stabat: 20"]


async def test_a_button_gives_no_names_to_who_is_no_operator_any_more(tmp_path: Path) -> None:
    """The button of a kecamatan grants nothing: who sits on the committee only finds people by name."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await announce(talk, Babalan=30, Stabat=19)
        assert talk.app is not None
        await say(talk, "/kegiatan")
        await say(talk, "Absen")
        await say(talk, "belum hadir")
        await talk.app.database.write(_join_the_committee, "Rahmawati Nasution")
        assert (await say(talk, "[Stabat (20)]")).startswith("Daftar nama hanya untuk operator Dinas.")


def _join_the_committee(db: Connection, name: str) -> None:
    (person_id,) = db.execute("SELECT id FROM persons WHERE name = ?", (name,)).fetchone()
    people.set_role(db, person_id, "tksk")
    events.set_committee(db, 1, person_id, True)
