"""Reading the office's workbooks back: each sheet's table as rows of cells, header first."""

import io

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

Table = list[tuple[object, ...]]


def table_of(sheet: Worksheet) -> Table:
    """Return the filtered table of a sheet."""
    assert sheet.auto_filter.ref is not None
    columns, first, wide, last = range_boundaries(sheet.auto_filter.ref)
    return list(sheet.iter_rows(first, last, columns, wide, values_only=True))


def tables_of(content: bytes) -> dict[str, Table]:
    """Return the table of every sheet by its name, in order."""
    sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    return {sheet.title: table_of(sheet) for sheet in sheets}


def fields_of(content: bytes, name: str) -> dict[object, object]:
    """Return what stands above a sheet's table: "Perihal" and the like, by label."""
    sheet = openpyxl.load_workbook(io.BytesIO(content))[name]
    return {row[0]: row[2] for row in sheet.iter_rows(min_row=2, max_row=9, values_only=True) if row[0]}
