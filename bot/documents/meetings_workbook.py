"""The P2K2 meetings of one facilitator in one month as an Excel file."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.sheet import Column, Value, new_sheet, put, put_table, put_title, to_bytes


@dataclass(frozen=True, slots=True)
class MeetingsHead:
    """Whose meetings: the name, the role as people read it, and the district."""

    name: str
    title: str
    district: str


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting held; `day` and `time` are local and in words ("Minggu, 12 November 2023", "14.00 WIB").

    `module` and `lesson` name what was taught, `lesson` with its number ("Sesi 2: …"); `absent` counts alpa.
    """

    day: str
    time: str
    group: str
    village: str
    module: str
    lesson: str
    members: int
    present: int
    sick: int
    excused: int
    absent: int
    obstacles: str
    follow_up: str
    photos: int


_COLUMNS = (
    Column("No", 5, middle=True),
    Column("Tanggal", 17),
    Column("Pukul", 12, middle=True),
    Column("Kelompok", 16),
    Column("Desa/Kelurahan", 18),
    Column("Modul", 22),
    Column("Sesi", 30),
    Column("Anggota", 9, middle=True),
    Column("Hadir", 7, middle=True),
    Column("Sakit", 7, middle=True),
    Column("Izin", 7, middle=True),
    Column("Alpa", 7, middle=True),
    Column("Kendala", 24),
    Column("Tindak lanjut", 24),
    Column("Foto", 6, middle=True),
)


def write_meetings(person: MeetingsHead, month: str, rows: Sequence[MeetingRow]) -> bytes:
    """Write the .xlsx file of a month ("November 2023"), in the order given."""
    workbook, sheet = new_sheet(f"P2K2 {month}")
    at = put_title(
        sheet,
        f"Pertemuan P2K2 Bulan {month}",
        [(person.title, person.name), ("Kecamatan", person.district), ("Jumlah", _total(rows))],
        len(_COLUMNS),
    )
    end = put_table(sheet, at, _COLUMNS, [_cells(number, row) for number, row in enumerate(rows, 1)])
    if not rows:
        put(sheet, end - 1, 2, "Belum ada pertemuan di bulan ini.")
    return to_bytes(workbook)


def _total(rows: Sequence[MeetingRow]) -> str:
    members, present = sum(row.members for row in rows), sum(row.present for row in rows)
    share = f" ({present * 100 // members}%)" if members else ""
    groups = len({(row.group, row.village) for row in rows})
    return f"{len(rows)} pertemuan, {groups} kelompok, hadir {present} dari {members}{share}"


def _cells(number: int, row: MeetingRow) -> list[Value]:
    return [
        number,
        row.day,
        row.time,
        row.group,
        row.village,
        row.module,
        row.lesson,
        row.members,
        row.present,
        row.sick,
        row.excused,
        row.absent,
        row.obstacles,
        row.follow_up,
        row.photos,
    ]
