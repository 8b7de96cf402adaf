"""P2K2 of a month as an Excel file for who oversees it: kecamatan, facilitators, and every group over the year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.documents.sheet import Column, Value, add_sheet, new_sheet, put_table, put_title, to_bytes


@dataclass(frozen=True, slots=True)
class Counted:
    """What a kecamatan's or a facilitator's groups have: `groups` owe a report, and the others say what became of it.

    `target` is how many meetings are owed, `done` how many were held.
    """

    district: str
    person: str
    groups: int
    sent: int
    draft: int
    not_held: int
    none: int
    target: int
    done: int


@dataclass(frozen=True, slots=True)
class GroupYear:
    """A group, and what each month ('2023-11') came to, in words."""

    district: str
    person: str
    group: str
    village: str
    months: Mapping[str, str]


_COUNTS = (
    Column("Kelompok", 10, middle=True),
    Column("Terkirim", 10, middle=True),
    Column("Draft", 8, middle=True),
    Column("Tidak terlaksana", 12, middle=True),
    Column("Belum dibuat", 10, middle=True),
    Column("Target pertemuan", 11, middle=True),
    Column("Terlaksana", 11, middle=True),
    Column("Capaian", 9, middle=True),
)


def write_month(
    month: str,
    where: str,
    months: Sequence[tuple[str, str]],
    districts: Sequence[Counted],
    facilitators: Sequence[Counted],
    groups: Sequence[GroupYear],
) -> bytes:
    """Write the .xlsx file of a month ("November 2023"); `months` are the year's (key, short name) to show."""
    workbook, sheet = new_sheet("Kecamatan")
    columns: tuple[Column, ...] = (Column("No", 5, middle=True), Column("Kecamatan", 24), *_COUNTS)
    at = put_title(sheet, f"Rekap P2K2 {month}", [("Wilayah", where)], len(columns))
    rows = [[number, one.district, *_numbers(one)] for number, one in enumerate(districts, 1)]
    # Upright: a kabupaten of some thirty kecamatan and its sum fit on one page.
    put_table(sheet, at, columns, [*rows, ["", "Jumlah", *_numbers(_sum(districts))]], portrait=True)

    sheet = add_sheet(workbook, "Pendamping")
    columns = (Column("No", 5, middle=True), Column("Kecamatan", 20), Column("Pendamping", 28), *_COUNTS)
    at = put_title(sheet, f"Rekap P2K2 per pendamping, {month}", [("Wilayah", where)], len(columns))
    put_table(
        sheet,
        at,
        columns,
        [[number, one.district, one.person, *_numbers(one)] for number, one in enumerate(facilitators, 1)],
    )

    sheet = add_sheet(workbook, "Kelompok x bulan")
    columns = (
        Column("No", 5, middle=True),
        Column("Kecamatan", 18),
        Column("Pendamping", 24),
        Column("Kelompok", 18),
        Column("Desa/Kelurahan", 18),
        *(Column(name, 12, middle=True) for _, name in months),
    )
    at = put_title(sheet, f"Kelompok dan bulan, {month[-4:]}", [("Wilayah", where)], len(columns))
    put_table(
        sheet,
        at,
        columns,
        [
            [number, one.district, one.person, one.group, one.village, *(one.months.get(key, "") for key, _ in months)]
            for number, one in enumerate(groups, 1)
        ],
    )
    return to_bytes(workbook)


def _numbers(one: Counted) -> list[Value]:
    share = f"{one.done * 100 // one.target}%" if one.target else ""
    return [one.groups, one.sent, one.draft, one.not_held, one.none, one.target, one.done, share]


def _sum(parts: Sequence[Counted]) -> Counted:
    names = ("groups", "sent", "draft", "not_held", "none", "target", "done")
    return Counted("", "", *(sum(getattr(one, name) for one in parts) for name in names))
