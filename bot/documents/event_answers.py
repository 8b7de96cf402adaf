"""Two sheets of an event's workbook: what was answered against who came, and the check-ins that were refused."""

from collections.abc import Sequence

from openpyxl import Workbook

from bot.clock import from_utc_text
from bot.dates import local, show_short_day
from bot.documents.attendance_list import relations, short_slot
from bot.documents.event_head import EventHead, about, put_head
from bot.documents.sheet import Column, Value, add_sheet, put_table
from storage.attendance import Attendance, Attendee
from storage.refusals import Refusal

_CAUSES = {"I": "izin", "S": "sakit", "DL": "dinas luar"}
_ANSWERS = {
    "yes": "Hadir",
    "no": "Tidak hadir",
    "delegated": "Diwakili",
    "waiting": "Daftar tunggu",
    None: "Belum menjawab",
}
_REFUSED = {
    "wrong": "kode salah",
    "early": "absen belum dibuka",
    "late": "absen sudah ditutup",
    "stale": "kode sudah tidak berlaku",
    "locked": "terkunci, terlalu banyak kode salah",
    "uninvited": "tidak diundang",
    "cancelled": "kegiatan dibatalkan",
    "undone": "absennya dibatalkan panitia",
}
_NONE = "–"


def put_answers(workbook: Workbook, head: EventHead, found: Attendance) -> None:
    """Add the sheet "Jawaban"."""
    sheet = add_sheet(workbook, "Jawaban")
    columns = [
        Column("No", 5, middle=True),
        Column("Nama", 30),
        Column("Jabatan", 20),
        Column("Kecamatan", 18),
        Column("Jawaban", 16),
        Column("Alasan", 28),
        Column("Jumlah hadir", 9, middle=True),
        Column("Kesimpulan", 30),
        Column("Keterangan", 26),
    ]
    said = [_conclusion(found, one) for one in found.people]
    counted = [f"{conclusion} {said.count(conclusion)}" for conclusion in dict.fromkeys(sorted(said))]
    lines = [*about(head), ("Jumlah", " · ".join(counted))]
    at = put_head(sheet, f"Jawaban dan kehadiran, keadaan {head.as_of}", lines, columns)
    rows: list[list[Value]] = [
        [
            number,
            one.name,
            one.title,
            one.district,
            _ANSWERS[one.answer] if one.invited else _NONE,
            ": ".join(filter(None, (_CAUSES.get(one.cause or "", ""), one.reason))),
            one.present,
            conclusion,
            ", ".join(relations(one)),
        ]
        for number, (one, conclusion) in enumerate(zip(found.people, said, strict=True), 1)
    ]
    put_table(sheet, at, columns, rows)


def _conclusion(found: Attendance, one: Attendee) -> str:
    """Hold what was answered against who came; before the last slot has closed, nobody has failed to come."""
    answered = {
        "yes": "menjawab hadir",
        "no": "menjawab tidak hadir",
        "delegated": "diwakili",
        "waiting": "daftar tunggu",
        None: "tidak menjawab" if one.invited else "tanpa undangan",
    }[one.answer]
    if one.came:
        return f"{answered}, datang"
    return f"{answered}, tidak datang" if found.over else f"{answered}, belum datang"


def put_refused(
    workbook: Workbook,
    head: EventHead,
    found: Attendance,
    refused: Sequence[Refusal],
    locked: Sequence[str],
    zone: str,
) -> None:
    """Add the sheet "Ditolak"; `locked` names who was locked out for a while, times are shown in `zone`."""
    sheet = add_sheet(workbook, "Ditolak")
    columns = [
        Column("No", 5, middle=True),
        Column("Hari", 14),
        Column("Jam", 10, middle=True),
        Column("Nama", 30),
        Column("Kecamatan", 18),
        Column("Sesi", 18),
        Column("Alasan", 34),
    ]
    lines = [*about(head), ("Ditolak", f"{len(refused)} kali"), ("Terkunci", ", ".join(locked) or "tidak ada")]
    at = put_head(sheet, "Absen yang ditolak", lines, columns)
    names = {window.id: short_slot(window) for window in found.slots}
    rows: list[list[Value]] = []
    for number, one in enumerate(refused, 1):
        when = local(from_utc_text(one.at), zone)
        slot = names.get(one.slot_id, _NONE) if one.slot_id is not None else _NONE
        reason = _REFUSED.get(one.reason, one.reason)
        rows.append([number, show_short_day(when), f"{when:%H.%M.%S}", one.name, one.district, slot, reason])
    put_table(sheet, at, columns, rows)
