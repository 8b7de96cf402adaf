"""What people thought of an event and what they asked, as an Excel file of three sheets."""

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook

from bot.documents.sheet import Column, Value, new_sheet, put, put_table, put_title, to_bytes

_NONE = "–"  # the dash that offices print for "nothing"


@dataclass(frozen=True, slots=True)
class FeedbackHead:
    """What stands above each table, in words: the subject, when, where, and as of which moment."""

    subject: str
    when: str
    place: str
    as_of: str


@dataclass(frozen=True, slots=True)
class RatingRow:
    """The ratings of a day ("Minggu, 12 November 2023"): `counts` of each, worst first; `average` None for none."""

    day: str
    present: int
    counts: tuple[int, ...]
    named: int
    average: float | None


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """A text of a day; `name`, `district` and `rating` are '' where no name was given, `times` counts equal texts."""

    day: str
    name: str
    district: str
    rating: str
    words: str
    times: int


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question and its answer; times in words, '' while there is no answer."""

    asked_at: str
    asker: str
    district: str
    words: str
    answer: str
    answered_by: str
    answered_at: str
    for_all: bool


def write_feedback(
    event: FeedbackHead,
    scale: Sequence[str],
    ratings: Sequence[RatingRow],
    suggestions: Sequence[SuggestionRow],
    questions: Sequence[QuestionRow],
) -> bytes:
    """Write the .xlsx file; `scale` names the ratings, worst first."""
    workbook, first = new_sheet("Penilaian per hari")
    days = [
        Column("No", 5, middle=True),
        Column("Hari", 28),
        Column("Tercatat hadir", 11, middle=True),
        Column("Menilai", 10, middle=True),
        *(Column(word, 12, middle=True) for word in scale),
        Column(f"Rata-rata\n(1 s.d. {len(scale)})", 12, middle=True),
        Column("Tanpa nama", 10, middle=True),
        Column("Dengan nama", 10, middle=True),
    ]
    at = put_title(first, "Penilaian per Hari", _head(event), len(days))
    put_table(first, at, days, [_rating_cells(number, row) for number, row in enumerate(ratings, 1)])
    told = [
        Column("No", 5, middle=True),
        Column("Hari", 28),
        Column("Dari", 26),
        Column("Kecamatan", 18),
        Column("Penilaian", 12, middle=True),
        Column("Saran dan masukan", 70),
        Column("Jumlah sama", 9, middle=True),
    ]
    rows = [_suggestion_cells(number, row) for number, row in enumerate(suggestions, 1)]
    _add_sheet(workbook, "Saran", "Saran dan Masukan", event, told, rows, "Belum ada saran.")
    asked = [
        Column("No", 5, middle=True),
        Column("Ditanyakan", 24),
        Column("Penanya", 24),
        Column("Kecamatan", 18),
        Column("Pertanyaan", 45),
        Column("Jawaban", 45),
        Column("Dijawab oleh", 22),
        Column("Dijawab", 24),
        Column("Untuk", 14, middle=True),
    ]
    rows = [_question_cells(number, row) for number, row in enumerate(questions, 1)]
    _add_sheet(workbook, "Tanya jawab", "Tanya Jawab", event, asked, rows, "Belum ada pertanyaan.")
    return to_bytes(workbook)


def _add_sheet(
    workbook: Workbook,
    name: str,
    title: str,
    event: FeedbackHead,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Value]],
    none: str,
) -> None:
    sheet = workbook.create_sheet(name)
    at = put_title(sheet, title, _head(event), len(columns))
    end = put_table(sheet, at, columns, rows)
    if not rows:
        put(sheet, end - 1, 2, none)


def _head(event: FeedbackHead) -> list[tuple[str, str]]:
    return [("Perihal", event.subject), ("Waktu", event.when), ("Tempat", event.place), ("Keadaan", event.as_of)]


def _rating_cells(number: int, row: RatingRow) -> list[Value]:
    total = sum(row.counts)
    average = _NONE if row.average is None else round(row.average, 2)
    return [number, row.day, row.present, total, *row.counts, average, total - row.named, row.named]


def _suggestion_cells(number: int, row: SuggestionRow) -> list[Value]:
    return [number, row.day, row.name or "tanpa nama", row.district or _NONE, row.rating or _NONE, row.words, row.times]


def _question_cells(number: int, row: QuestionRow) -> list[Value]:
    whom = ("semua" if row.for_all else "penanya") if row.answer else "belum dijawab"
    return [
        number,
        row.asked_at,
        row.asker,
        row.district or _NONE,
        row.words,
        row.answer or _NONE,
        row.answered_by or _NONE,
        row.answered_at or _NONE,
        whom,
    ]
