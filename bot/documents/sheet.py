"""One look for the sheets that leave the office, and one way to write a cell, so that none can hold a formula."""

import io
import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from bot.documents.packing import members_of, pack

Value = str | float | None

_INK, _PALE = "1F3A2D", "5B6B62"
_FONT = "Calibri"
_LINE = 15.0  # points, one line of the font at its size of 11
_THIN = Border(*(Side("thin", color="B9C4BD"),) * 4)
_HEAD = PatternFill("solid", fgColor="1F5C3F")
_BAND = PatternFill("solid", fgColor="F1F6F3")
_MAX_CELL = 32_767  # characters, Excel's limit
# Saved with this instead of the clock's time, the same content gives the same bytes.
_SAVED_AT = b"2000-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters, and whether its cells stand in the middle."""

    heading: str
    width: float
    middle: bool = False


def new_sheet(title: str) -> tuple[Workbook, Worksheet]:
    """Make a workbook with one sheet; characters that Excel forbids in a sheet's name are dropped."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _sheet_name(title)
    workbook.properties.creator = "pkh-bot"
    return workbook, sheet


def add_sheet(workbook: Workbook, title: str) -> Worksheet:
    """Add a sheet behind the others; its name must differ from theirs."""
    sheet = workbook.create_sheet(_sheet_name(title))
    assert isinstance(sheet, Worksheet)
    return sheet


def put(sheet: Worksheet, row: int, column: int, value: Value) -> Cell:
    """Write a number, or a text that stays a text whatever it begins with."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = _printable(value)[:_MAX_CELL]
        cell.data_type = "s"  # openpyxl makes a formula of anything that begins with "="
        if value[:1] in ("=", "+", "-", "@"):
            cell.quotePrefix = True  # keeps it a text when somebody edits the cell
    else:
        cell.value = value
    cell.alignment = Alignment(vertical="center")
    cell.font = Font(name=_FONT, size=11)
    return cell


def put_title(sheet: Worksheet, title: str, lines: Sequence[tuple[str, str]], width: int, room: float = 0) -> int:
    """Write the title and "label: value" lines over `width` columns; return the next free row.

    A value wraps where `room`, the characters that stand in the columns from the third on, is told and too little.
    """
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    put(sheet, 1, 1, title).font = Font(name=_FONT, bold=True, size=15, color=_INK)
    sheet.row_dimensions[1].height = 24
    for row, (label, value) in enumerate(lines, 2):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=width)
        put(sheet, row, 1, label).font = Font(name=_FONT, color=_PALE)
        cell = put(sheet, row, 3, value)
        cell.font = Font(name=_FONT, bold=True, color=_INK)
        if room:
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            sheet.row_dimensions[row].height = _LINE * _lines(Column("", room), value)
    return len(lines) + 3


def put_table(
    sheet: Worksheet,
    at: int,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value]],
    *,
    least: float = 0,
    portrait: bool = False,
) -> int:
    """Write the header at row `at` and the rows below, framed, filtered and frozen; return the next free row.

    `least` is the height of a row in points, where something is to be written by hand.
    """
    for number, column in enumerate(columns, 1):
        cell = put(sheet, at, number, column.heading)
        cell.font, cell.fill, cell.border = Font(name=_FONT, bold=True, color="FFFFFF"), _HEAD, _THIN
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.row_dimensions[at].height = 34
    for below, values in enumerate(rows, 1):
        # Said here because LibreOffice, and Excel's phone app, do not grow a row for text that wraps.
        sheet.row_dimensions[at + below].height = max(least, 3 + _LINE * max(map(_lines, columns, values)))
        for number, (column, value) in enumerate(zip(columns, values, strict=True), 1):
            cell = put(sheet, at + below, number, value)
            cell.border = _THIN
            cell.alignment = Alignment(
                horizontal="center" if column.middle else "left",
                vertical="center",
                wrap_text=not column.middle,
                indent=0 if column.middle else 1,
            )
            if below % 2 == 0:
                cell.fill = _BAND
    sheet.freeze_panes = f"A{at + 1}"
    sheet.auto_filter.ref = f"A{at}:{get_column_letter(len(columns))}{at + len(rows)}"
    _set_up_print(sheet, at, portrait)
    return at + len(rows) + 2


def to_bytes(workbook: Workbook) -> bytes:
    """Save the workbook so that equal content gives equal bytes."""
    saved = io.BytesIO()
    workbook.save(saved)
    parts = members_of(saved.getvalue())
    return pack((name, _undated(part) if name == "docProps/core.xml" else part) for name, part in parts)


def _undated(part: bytes) -> bytes:
    return re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + _SAVED_AT, part)


def _lines(column: Column, value: Value) -> int:
    """Estimate how many lines the value takes in its column."""
    room = max(1, int(column.width) - 2)
    wrapped = [textwrap.wrap(line, room) for line in str(value or "").splitlines()]
    return min(20, max(1, sum(max(1, len(line)) for line in wrapped)))


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31]


def _set_up_print(sheet: Worksheet, header: int, portrait: bool) -> None:
    sheet.page_setup.orientation = "portrait" if portrait else "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header}:{header}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.75, 0.3
    sheet.oddFooter = HeaderFooterItem(right=_HeaderFooterPart("Halaman &P dari &N"))
    sheet.sheet_view.showGridLines = False


def _printable(text: str) -> str:
    """Drop what XML cannot hold and what only misleads the reader, such as right-to-left overrides."""
    kept = (letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    return "".join(kept)
