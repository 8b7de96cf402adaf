"""The P2K2 recap of a month, a triwulan or a year as it is handed in: months, subtotals, signatures, details."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from bot.documents.meetings_workbook import MeetingRow, MeetingsHead, put_meetings
from bot.documents.sheet import Column, Value, add_sheet, new_sheet, put, put_table, put_title, to_bytes

_COLUMNS = (
    Column("No", 6, middle=True),
    Column("Bulan/Tahun", 24),
    Column("Triwulan", 12, middle=True),
    Column("Jumlah Pertemuan", 13, middle=True),
    Column("Jumlah KPM", 13, middle=True),
    Column("Modul dan Sesi", 60),
)
_SUBTOTAL = PatternFill("solid", fgColor="DCE7E0")


@dataclass(frozen=True, slots=True)
class RecapMonth:
    """One month: its triwulan ("IV"), the meetings held, the KPM who came to them, and what was taught."""

    name: str
    year: int
    triwulan: str
    meetings: int
    members: int
    lessons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Who signs: at the left the office, '' where it named nobody, at the right the facilitator."""

    dated: str
    title: str
    name: str
    rank: str
    nip: str


def write_recap(
    person: MeetingsHead,
    period: str,
    months: Sequence[RecapMonth],
    signed: Signatures,
    meetings: Sequence[MeetingRow],
) -> bytes:
    """Write the .xlsx file: the sheet "Rekap", and the meetings one by one in "Rincian"."""
    workbook, sheet = new_sheet("Rekap")
    lines = [(person.title, person.name), ("Kecamatan", person.district), ("Periode", period)]
    at = put_title(sheet, "Rekapitulasi Pertemuan P2K2", lines, len(_COLUMNS))
    rows, totals = _rows(months)
    end = put_table(sheet, at, _COLUMNS, rows, portrait=True)
    sheet.auto_filter.ref = None  # sorting would tear months from their subtotals
    for number in totals:
        _mark(sheet, at + number)
    note = "Jumlah KPM: anggota yang hadir, dijumlahkan dari semua pertemuan. Rincian tiap pertemuan di lembar Rincian."
    put(sheet, end - 1, 1, note).font = Font(name="Calibri", size=9, italic=True, color="5B6B62")
    _put_signatures(sheet, end + 1, person, signed)
    put_meetings(add_sheet(workbook, "Rincian"), person, period, meetings)
    return to_bytes(workbook)


def _rows(months: Sequence[RecapMonth]) -> tuple[list[list[Value]], list[int]]:
    """Return the table's rows, and which of them (from 1) are subtotals or the total."""
    rows: list[list[Value]] = []
    totals: list[int] = []
    for number, one in enumerate(months, 1):
        lessons = "\n".join(one.lessons) or "–"
        rows.append([number, one.name, one.triwulan, one.meetings, one.members, lessons])
        following = months[number : number + 1]
        if not following or (following[0].year, following[0].triwulan) != (one.year, one.triwulan):
            part = [each for each in months if (each.year, each.triwulan) == (one.year, one.triwulan)]
            rows.append([None, f"Subtotal Triwulan {one.triwulan}", one.triwulan, *_sums(part), None])
            totals.append(len(rows))
    if len(totals) > 1:
        rows.append([None, "Jumlah", None, *_sums(months), None])
        totals.append(len(rows))
    return rows, totals


def _sums(months: Sequence[RecapMonth]) -> tuple[int, int]:
    return sum(one.meetings for one in months), sum(one.members for one in months)


def _mark(sheet: Worksheet, row: int) -> None:
    for column in range(1, len(_COLUMNS) + 1):
        cell = sheet.cell(row, column)
        cell.fill, cell.font = _SUBTOTAL, Font(name="Calibri", size=11, bold=True)


def _put_signatures(sheet: Worksheet, at: int, person: MeetingsHead, signed: Signatures) -> None:
    left = ["Mengetahui,", signed.title, "", "", "", signed.name, signed.rank, signed.nip and f"NIP {signed.nip}"]
    right = [signed.dated, person.title, "", "", "", person.name, "NIP " + "." * 30, ""]
    for below, (office, own) in enumerate(zip(left if signed.name else [""] * 8, right, strict=True)):
        for column, last, text in ((1, 4, office), (6, 6, own)):
            if not text:
                continue
            cell = put(sheet, at + below, column, text)
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            cell.font = Font(name="Calibri", size=11, bold=below == 5)
            if last > column:
                sheet.merge_cells(start_row=at + below, end_row=at + below, start_column=column, end_column=last)
            if len(text) > 44:
                sheet.row_dimensions[at + below].height = 30
