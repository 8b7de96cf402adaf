"""The attendance of an event as an Excel file: every invited person, not only those who came."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.sheet import Column, Value, new_sheet, put_table, put_title, to_bytes

_ANSWERS = {"yes": "Hadir", "no": "Tidak hadir", "delegated": "Diwakili", "waiting": "Daftar tunggu", None: "belum"}
_NONE = "–"  # the dash that offices print for "nothing"


@dataclass(frozen=True, slots=True)
class AttendanceHead:
    """What stands above the table, in words: the subject, when with the zone, where, and as of which moment."""

    subject: str
    when: str
    place: str
    as_of: str


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One invited person; `answer` is as it is stored, `times` has per day the local "07.52", or None."""

    name: str
    title: str
    district: str
    answer: str | None
    times: tuple[str | None, ...]
    reason: str = ""


def write_attendance(event: AttendanceHead, days: Sequence[str], rows: Sequence[AttendanceRow]) -> bytes:
    """Write the .xlsx file; `days` are the columns' headings ("Minggu 12/11"), one for each time of a row."""
    workbook, sheet = new_sheet("Daftar hadir")
    columns = [
        Column("No", 5, middle=True),
        Column("Nama", 30),
        Column("Peran", 20),
        Column("Kecamatan", 20),
        Column("Jawaban", 14, middle=True),
        *(Column(f"Jam hadir\n{day}", 15, middle=True) for day in days),
        Column("Jumlah hari", 9, middle=True),
        Column("Keterangan", 30),
    ]
    lines = [("Perihal", event.subject), ("Waktu", event.when), ("Tempat", event.place), *_summary(days, rows)]
    at = put_title(sheet, f"Daftar Hadir, keadaan {event.as_of}", lines, len(columns))
    put_table(sheet, at, columns, [_cells(number, row) for number, row in enumerate(rows, 1)])
    return to_bytes(workbook)


def _summary(days: Sequence[str], rows: Sequence[AttendanceRow]) -> list[tuple[str, str]]:
    """Say it in few lines: they stay on the screen with the header while the people scroll."""
    answers = [row.answer for row in rows]
    yes, no, none = answers.count("yes"), answers.count("no"), answers.count(None)
    came = [f"{day}: {sum(row.times[at] is not None for row in rows)}" for at, day in enumerate(days)]
    return [
        ("Diundang", f"{len(rows)} orang (menjawab hadir {yes}, tidak hadir {no}, belum {none})"),
        ("Hadir", " · ".join(came)),
        ("Tidak hadir", f"{sum(not any(row.times) for row in rows)} orang tidak tercatat di hari mana pun"),
    ]


def _cells(number: int, row: AttendanceRow) -> list[Value]:
    times = [time or _NONE for time in row.times]
    present = sum(time is not None for time in row.times)
    return [number, row.name, row.title, row.district, _ANSWERS[row.answer], *times, present, row.reason]
