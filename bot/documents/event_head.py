"""What stands above every sheet of an event's workbook."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from bot.documents.sheet import Column, put_title


@dataclass(frozen=True, slots=True)
class EventHead:
    """What stands above every sheet, in words: the subject, when with the zone, where, and as of which moment."""

    subject: str
    when: str
    place: str
    as_of: str


def put_head(sheet: Worksheet, title: str, lines: Sequence[tuple[str, str]], columns: Sequence[Column]) -> int:
    """Write the title and "label: value" lines over the columns; return the next free row."""
    return put_title(sheet, title, lines, len(columns), sum(column.width for column in columns[2:]))


def about(head: EventHead) -> list[tuple[str, str]]:
    """Say what, when and where."""
    return [("Perihal", head.subject), ("Waktu", head.when), ("Tempat", head.place)]
