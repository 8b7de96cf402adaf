"""The empty office: whoever opens the first invite is shown what comes first."""

from pathlib import Path

from tests.phones import SimulatedPhones
from tests.small_office import said
from tests.talk import talking

INVITED = "Wina> /start u_feedfacefeedfacefeedfacefeedface"


async def test_the_first_operator_is_led_to_the_roster(tmp_path: Path) -> None:
    """Nobody else is there yet; a menu would have led to eight empty lists."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await talk.app.database.write(lambda db: db.execute("UPDATE persons SET state = 'inactive'").rowcount)
        assert (await said(talk, INVITED, "Wina> Wina Harahap"))[-1] == (
            "Wina< Baik, Bapak/Ibu Wina. Sekarang terdaftar sebagai Operator Dinsos. "
            "Kantor ini belum punya petugas lain: mulai dengan daftarnya.  [Impor daftar]"
        )
        (answer,) = await said(talk, "Wina> [Impor daftar]")
        assert answer.startswith("Wina< Kirim daftar petugas sebagai berkas Excel")
