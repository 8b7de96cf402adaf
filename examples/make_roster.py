"""Writes roster-langkat.xlsx, the roster of made-up people to try `import` with; the same bytes each time."""

from pathlib import Path

from bot.demo.people import people
from bot.documents.sheet import Column, new_sheet, put_table, put_title, to_bytes

_COLUMNS = (
    Column("No", 5, middle=True),
    Column("Nama", 30),
    Column("No HP", 18),
    Column("Peran", 20),
    Column("Kecamatan", 20),
    Column("Desa", 32),
)


def example() -> bytes:
    """Return the file's content."""
    workbook, sheet = new_sheet("Petugas")
    lines = [("Kabupaten", "Langkat"), ("Catatan", "Contoh: nama dan nomor HP di sini karangan")]
    at = put_title(sheet, "Daftar Pendamping PKH dan TKSK", lines, len(_COLUMNS))
    rows: list[list[str | int | None]] = [
        [number, person.name, "0" + person.phone.removeprefix("+62"), person.title, person.district, person.village]
        for number, person in enumerate(people(), 1)
    ]
    put_table(sheet, at, _COLUMNS, rows)
    return to_bytes(workbook)


if __name__ == "__main__":
    Path(__file__).with_name("roster-langkat.xlsx").write_bytes(example())
