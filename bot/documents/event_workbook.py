"""The workbook of an event: its lists, who was what at every slot, answers against attendance, and what was refused."""

from collections.abc import Sequence
from dataclasses import replace

from openpyxl import Workbook

from bot.documents.attendance_list import (
    LEVELS,
    hours,
    list_lines,
    relations,
    short_slot,
    slot_title,
)
from bot.documents.event_answers import put_answers, put_refused
from bot.documents.event_head import EventHead, about, put_head
from bot.documents.sheet import Column, Value, add_sheet, new_sheet, put_table, to_bytes
from storage.attendance import Attendance
from storage.refusals import Refusal
from storage.slots import Slot

_SIGNED_BY_HAND = 26.0  # points, room for a signature


def write_event(
    head: EventHead, found: Attendance, refused: Sequence[Refusal], locked: Sequence[str], zone: str
) -> bytes:
    """Write the .xlsx file; `locked` names who was locked out for a while, times are shown in `zone`."""
    workbook, first = new_sheet("Ringkasan")
    _put_summary(workbook, head, found)
    assert workbook.worksheets == [first]
    for slot in range(len(found.slots)):
        _put_list(workbook, head, found, slot, zone)
    _put_matrix(workbook, head, found)
    put_answers(workbook, head, found)
    put_refused(workbook, head, found, refused, locked, zone)
    _put_legend(workbook, head, found)
    return to_bytes(workbook)


def list_sheet_name(found: Attendance, slot: int) -> str:
    """Name the sheet of a slot's daftar hadir: "Hadir 1 Min 12-11 pagi"."""
    return f"Hadir {slot + 1} {short_slot(found.slots[slot])}".replace("/", "-")[:31]


def _put_summary(workbook: Workbook, head: EventHead, found: Attendance) -> None:
    sheet = workbook.worksheets[0]
    statuses = [one.status for one in found.statuses]
    columns = [
        Column("Kecamatan", 24),
        Column("Hari dan sesi", 20),
        Column("Diharapkan", 12, middle=True),
        *(Column(status, 7, middle=True) for status in statuses),
        Column("Belum ada kabar", 10, middle=True),
        Column("Di luar undangan", 10, middle=True),
        Column("Dihitung hadir", 10, middle=True),
    ]
    represented = sum(one.answer == "delegated" for one in found.people)
    lines = [
        *about(head),
        ("Diharapkan", f"{found.expected()} orang, {represented} diwakili"),
        (
            "Memenuhi syarat",
            f"{len(found.eligible)} orang (hadir {found.needed} dari {len(found.slots)} sesi)",
        ),
    ]
    at = put_head(sheet, f"Rekap kehadiran, keadaan {head.as_of}", lines, columns)
    rows = [
        _summary_row(found, slot, district, statuses)
        for district in (None, *found.districts)
        for slot in range(len(found.slots))
    ]
    put_table(sheet, at, columns, rows, portrait=True)


def _summary_row(found: Attendance, slot: int, district: str | None, statuses: Sequence[str]) -> list[Value]:
    people = [one for one in found.people if district is None or one.district == district]
    counting = {one.status for one in found.statuses if one.counts}
    return [
        "Semua kecamatan" if district is None else district or "Tanpa kecamatan",
        short_slot(found.slots[slot]),
        found.expected(district),
        *(found.count(slot, status, district) for status in statuses),
        sum(one.expected and not one.marks[slot].status for one in people),
        sum(not one.expected and bool(one.marks[slot].status) for one in people),
        sum(one.marks[slot].status in counting for one in people),
    ]


def _put_list(workbook: Workbook, head: EventHead, found: Attendance, slot: int, zone: str) -> None:
    sheet = add_sheet(workbook, list_sheet_name(found, slot))
    columns = [
        Column("No", 5, middle=True),
        Column("Nama", 30),
        Column("Jabatan", 20),
        Column("Kecamatan", 18),
        Column("No. HP", 15, middle=True),
        Column("Jam", 7, middle=True),
        Column("Bukti", 17),
        Column("Status", 7, middle=True),
        Column("Keterangan", 26),
        Column("Tanda tangan", 22),
    ]
    window = found.slots[slot]
    lines = [
        ("Perihal", head.subject),
        ("Hari", slot_title(window)),
        ("Absen", hours(window, zone)),
        ("Tempat", head.place),
    ]
    at = put_head(sheet, "Daftar hadir", lines, columns)
    rows: list[list[Value]] = [
        [
            number,
            line.name,
            line.title,
            line.district,
            line.phone,
            line.time,
            line.evidence,
            line.status,
            line.remark,
            None,
        ]
        for number, line in enumerate(list_lines(found, slot, zone), 1)
    ]
    put_table(sheet, at, columns, rows, least=_SIGNED_BY_HAND)


def _put_matrix(workbook: Workbook, head: EventHead, found: Attendance) -> None:
    sheet = add_sheet(workbook, "Matriks")
    columns = [
        Column("No", 5, middle=True),
        Column("Nama", 30),
        Column("Kecamatan", 18),
        *(Column(_two_lines(window), 11, middle=True) for window in found.slots),
        Column("Jumlah hadir", 9, middle=True),
        Column("Memenuhi syarat", 11, middle=True),
        Column("Keterangan", 30),
    ]
    lines = [*about(head), ("Syarat", f"hadir {found.needed} dari {len(found.slots)} sesi")]
    at = put_head(sheet, f"Kehadiran per orang, keadaan {head.as_of}", lines, columns)
    rows: list[list[Value]] = [
        [
            number,
            one.name,
            one.district,
            *(mark.status for mark in one.marks),
            one.present,
            "ya" if one.eligible else "tidak",
            ", ".join(relations(one)),
        ]
        for number, one in enumerate(found.people, 1)
    ]
    put_table(sheet, at, columns, rows)


def _two_lines(window: Slot) -> str:
    return f"{short_slot(replace(window, session=''))}\n{window.session}".rstrip()


def _put_legend(workbook: Workbook, head: EventHead, found: Attendance) -> None:
    sheet = add_sheet(workbook, "Keterangan")
    columns = [Column("Tanda", 12, middle=True), Column("Artinya", 34), Column("Dihitung hadir", 18, middle=True)]
    at = put_head(sheet, "Keterangan", [("Perihal", head.subject)], columns)
    rows: list[list[Value]] = [[one.status, one.title, "ya" if one.counts else "tidak"] for one in found.statuses]
    rows += [[level, f"bukti: {words}", "ya" if level in found.levels else "tidak"] for level, words in LEVELS.items()]
    put_table(sheet, at, columns, rows, portrait=True)
