"""The P2K2 meetings of one facilitator, one by one, as a sheet of the recap."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from bot.documents.sheet import Column, Value, put, put_table, put_title


@dataclass(frozen=True, slots=True)
class MeetingsHead:
    """Whose meetings: the name, the role as people read it, and the district."""

    name: str
    title: str
    district: str


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """One meeting; `day` and `time` are local and in words ("Minggu, 12 November 2023", "14.00 WIB").

    `module` and `lesson` name what was taught, `lesson` with its number ("Sesi 2: …"); `absent` counts alpa.
    `why_not` is '' of a meeting that was held.
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
    why_not: str = ""


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
    Column("Tidak terlaksana", 24),
)


def put_meetings(sheet: Worksheet, person: MeetingsHead, period: str, rows: Sequence[MeetingRow]) -> None:
    """Put the meetings of a period ("November 2023") on a sheet, in the order given."""
    at = put_title(
        sheet,
        f"Pertemuan P2K2 {period}",
        [(person.title, person.name), ("Kecamatan", person.district), ("Jumlah", _total(rows))],
        len(_COLUMNS),
    )
    end = put_table(sheet, at, _COLUMNS, [_cells(number, row) for number, row in enumerate(rows, 1)])
    if not rows:
        put(sheet, end - 1, 2, "Belum ada pertemuan pada masa ini.")


def _total(rows: Sequence[MeetingRow]) -> str:
    missed = sum(bool(row.why_not) for row in rows)
    held = [row for row in rows if not row.why_not]
    members, present = sum(row.members for row in held), sum(row.present for row in held)
    share = f" ({present * 100 // members}%)" if members else ""
    groups = len({(row.group, row.village) for row in held})
    not_held = f", {missed} tidak terlaksana" if missed else ""
    return f"{len(held)} pertemuan, {groups} kelompok, hadir {present} dari {members}{share}{not_held}"


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
        row.why_not,
    ]
