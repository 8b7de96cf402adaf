"""The workbook of all that is kept about one person: a sheet for what he or she is, and one for each kind of thing."""

from collections.abc import Sequence

from bot.clock import from_utc_text
from bot.dates import local
from bot.documents.sheet import Column, add_sheet, new_sheet, put_table, put_title, to_bytes
from storage.own_data import Cell, Part

NARROW, WIDE = 14.0, 60.0


def write_own_workbook(about: Sequence[tuple[str, str]], parts: Sequence[Part], zone: str) -> bytes:
    """Write it; times are the zone's."""
    workbook, sheet = new_sheet("Data diri")
    for letter, width in (("A", 9), ("B", 9), ("C", 60)):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    put_title(sheet, "Data diri di bot ini", about, 3, room=58)
    for part in parts:
        rows = [
            [_shown(cell, column in part.moments, zone) for column, cell in zip(part.columns, row, strict=True)]
            for row in part.rows
        ]
        columns = [Column(name, _width(name, [row[at] for row in rows])) for at, name in enumerate(part.columns)]
        below = add_sheet(workbook, part.title)
        put_table(below, 1, columns, rows)
    return to_bytes(workbook)


def _shown(cell: Cell, is_moment: bool, zone: str) -> Cell:
    if is_moment and isinstance(cell, str) and cell:
        return f"{local(from_utc_text(cell), zone):%d/%m/%Y %H.%M}"
    return cell


def _width(name: str, cells: Sequence[Cell]) -> float:
    longest = max(len(name), *(len(str(cell)) for cell in cells if cell is not None), 0)
    return min(WIDE, max(NARROW, longest + 4.0))
