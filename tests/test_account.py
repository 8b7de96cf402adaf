"""Accounting for an event: one small event with every kind of case, against an expectation that is written out here."""

import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from bot.clock import utc_text
from bot.documents.attendance_list import list_lines
from bot.documents.attendance_paper import ListHead, write_list
from bot.documents.attendance_pictures import Arrivals, draw_arrivals, draw_districts
from bot.documents.certificate_paper import Certificate, write_certificates
from bot.documents.event_head import EventHead
from bot.documents.event_workbook import write_event
from bot.documents.paper import Proof, Stationery
from bot.documents.paper_picture import is_picture
from handlers.accounting.certificate_numbers import number_all, show_number
from handlers.accounting.event_recap import locked_names
from handlers.accounting.printed import changes, checksum, print_certificate, print_list, read_checksum
from storage import events, sheets, statuses
from storage.attendance import attendance
from storage.database import Connection
from storage.events import Event
from storage.letterhead import Letterhead
from storage.refusals import refusals
from tests.phones import SimulatedPhones
from tests.talk import talking
from tests.workbook_tables import fields_of, tables_of
from tests.worlds import migrated

ZONE = "Asia/Jakarta"
OVER = "2023-11-13T06:00:00.000+00:00"
HEAD = EventHead("Bimtek ORSOS", "Minggu s.d. Senin", "Hotel Le Polonia", "Senin pukul 13.00 WIB")
PAPER = Stationery("Dinas Sosial Kabupaten Langkat", Letterhead(name="Dra. Rosmawati", nip="19700101 199503 1 001"))

# id, name, role, kecamatan
PEOPLE = """
 1 | Rahma  | operator    |
 2 | Siti   | facilitator | Stabat
 3 | Tono   | tksk        | Stabat
 4 | Yanti  | facilitator | Stabat
 5 | Budi   | facilitator | Binjai
 6 | Rina   | facilitator | Binjai
 7 | Hasan  | facilitator | Binjai
 8 | Dewi   | facilitator | Babalan
 9 | Gita   | coordinator |
10 | Umar   | coordinator |
11 | Lina   | facilitator | Stabat
12 | Joko   | tksk        | Stabat
13 | Kiki   | facilitator | Stabat
"""
# person, answer, cause, reason, delegate, instead of. Kiki stands for Joko and has no invitation of her own yet.
INVITATIONS = """
 2 | yes       |   |        |    |
 3 | delegated |   |        | 4  |
 4 | yes       |   |        |    | 3
 5 | no        | S | demam  |    |
 6 | no        | I | takziah|    |
 7 |           |   |        |    |
 8 | yes       |   |        |    |
10 | waiting   |   |        |    |
11 | yes       |   |        |    |
12 | delegated |   |        | 13 |
"""
# slot, person, local time, level, state, reason. D does not count at this event.
CHECK_INS = """
1 | 2  | 07:52:00 | B | kept   |
1 | 4  | 08:15:00 | A | kept   |
1 | 6  | 08:14:59 | B | kept   |
1 | 7  | 07:30:00 | B | asked  |
1 | 8  | 07:40:00 | D | kept   |
1 | 11 | 07:30:00 | B | kept   |
1 | 13 | 07:05:00 | C | kept   |
2 | 2  | 13:05:00 | B | kept   |
2 | 4  | 13:00:00 | B | kept   |
2 | 7  | 13:00:00 | B | undone | salah orang
2 | 8  | 13:30:00 | B | kept   |
2 | 9  | 13:10:00 | A | kept   |
3 | 2  | 07:15:00 | B | kept   |
3 | 8  | 08:00:00 | E | kept   | HP tertinggal
3 | 11 | 07:20:00 | B | kept   |
3 | 12 | 07:10:00 | B | kept   |
"""
LEVELS = "ABCE"


def cells(table: str) -> Iterator[list[str | None]]:
    """Split a table written above into cells; None for an empty one."""
    for line in table.strip().splitlines():
        yield [cell.strip() or None for cell in line.split("|")]


@pytest.fixture
def db() -> Iterator[Connection]:
    """Return a store that holds the small event."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.deserialize(migrated())
    fill(connection)
    yield connection
    connection.close()


def fill(db: Connection) -> None:
    """Write the event as the bot's other parts would have."""
    at = "2023-11-06T02:00:00.000+00:00"
    for name in ("Babalan", "Binjai", "Stabat"):
        db.execute("INSERT INTO districts (name) VALUES (?)", (name,))
    for id_, name, role, district in cells(PEOPLE):
        db.execute(
            "INSERT INTO persons (id, name, phone, role, district_id, made_at) VALUES (?, ?, ?, ?, "
            "(SELECT id FROM districts WHERE name = ?), ?)",
            (id_, name, f"+62812000000{int(id_ or 0):02}", role, district, at),
        )
    event = events.add_event(
        db,
        ref="r",
        subject="Bimtek ORSOS",
        place="Hotel Le Polonia",
        first_day="2023-11-12",
        last_day="2023-11-13",
        starts="08:00",
        ends=None,
        starts_at="2023-11-12T01:00:00.000+00:00",
        zone=ZONE,
        attachment=None,
        audience=events.Audience(("facilitator",)),
        made_by=1,
        now=at,
    )
    for id_, day, session, opens, late, closes in (
        (1, "2023-11-12", "pagi", "07:00:00", "08:15:00", "12:00:00"),
        (2, "2023-11-12", "siang", "13:00:00", "13:30:00", "17:00:00"),
        (3, "2023-11-13", "", "07:00:00", None, "12:00:00"),
    ):
        db.execute(
            "INSERT INTO slots (id, event_id, day, session, opens_at, late_from, closes_at, code) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id_,
                event.id,
                day,
                session,
                utc(day, opens),
                utc(day, late) if late else None,
                utc(day, closes),
                f"A{id_}",
            ),
        )
    for person, answer, cause, reason, delegate, instead_of in cells(INVITATIONS):
        db.execute(
            "INSERT INTO invitations (event_id, person_id, answer, cause, reason, answered_at, delegate_id, instead_of)"
            " VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
            (person, answer, cause, reason, at if answer else None, delegate, instead_of),
        )
    for number, (slot, person, time, level, state, reason) in enumerate(cells(CHECK_INS), 1):
        day = "2023-11-13" if slot == "3" else "2023-11-12"
        db.execute(
            "INSERT INTO check_ins (slot_id, person_id, number, at, stored_at, level, state, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (slot, person, number, utc(day, time or ""), at, level, state, reason or ""),
        )
    db.execute("UPDATE check_ins SET left_at = ? WHERE slot_id = 3 AND person_id = 2", (utc("2023-11-13", "11:45:00"),))
    db.execute("UPDATE check_ins SET distance = 'far' WHERE slot_id = 3 AND person_id = 11")
    db.execute("UPDATE check_ins SET distance = 'near' WHERE slot_id = 3 AND person_id = 12")
    db.execute("INSERT INTO check_in_rules (event_id, levels, needed) VALUES (1, ?, 2)", (LEVELS,))
    db.execute("UPDATE statuses SET counts = 1 WHERE status = 'DL'")
    for slot, person, status, reason in ((2, 6, "DL", "rapat provinsi"), (2, 11, "I", "acara keluarga")):
        db.execute(
            "INSERT INTO excuses (slot_id, person_id, status, reason, noted_at) VALUES (?, ?, ?, ?, ?)",
            (slot, person, status, reason, at),
        )
    tries = [(7, f"07:2{minute}:00", "wrong", None) for minute in range(5)]
    tries += [(7, "07:26:00", "locked", 1), (9, "12:30:00", "uninvited", 2), (2, "06:55:00", "early", 1)]
    tries += [(1, "07:30:00", "wrong", None)]  # an operator's: nobody of this event
    for person, time, reason, slot_id in tries:
        db.execute(
            "INSERT INTO tries (person_id, at, reason, slot_id) VALUES (?, ?, ?, ?)",
            (person, utc("2023-11-12", time), reason, slot_id),
        )
    db.execute(
        "INSERT INTO tries (person_id, at, reason) VALUES (2, ?, 'wrong')", (utc("2023-11-20", "08:00:00"),)
    )  # another week


def utc(day: str, time: str) -> str:
    """Write a local day and time as the store keeps it."""
    return utc_text(datetime.fromisoformat(f"{day}T{time}+07:00"))


def workbook(db: Connection, now: str = OVER) -> bytes:
    """Write the event's workbook as of a moment."""
    found = attendance(db, 1, now)
    refused = refusals(db, 1, utc("2023-11-12", "00:00:00"), utc("2023-11-14", "00:00:00"))
    return write_event(HEAD, found, refused, locked_names(refused), ZONE)


def the_event(db: Connection) -> Event:
    event = events.event(db, 1)
    assert event is not None
    return event


PKH, TKSK, KOORD = "Pendamping PKH", "TKSK", "Koordinator Kabupaten"


def test_the_workbook_is_what_was_worked_out_by_hand(db: Connection) -> None:
    """Every sheet, cell by cell, against tables that were derived on paper from the rows above."""
    tables = tables_of(workbook(db))
    assert list(tables) == [
        "Ringkasan", "Hadir 1 Min 12-11 pagi", "Hadir 2 Min 12-11 siang", "Hadir 3 Sen 13-11", "Matriks", "Jawaban",
        "Ditolak", "Keterangan",
    ]  # fmt: skip
    assert tables["Ringkasan"] == [
        ("Kecamatan", "Hari dan sesi", "Diharapkan", "H", "T", "I", "S", "DL", "TK", "Belum ada kabar",
         "Di luar undangan", "Dihitung hadir"),
        ("Semua kecamatan", "Min 12/11 pagi", 8, 4, 1, 0, 1, 0, 2, 0, 0, 5),
        ("Semua kecamatan", "Min 12/11 siang", 8, 3, 1, 1, 1, 1, 2, 0, 1, 5),
        ("Semua kecamatan", "Sen 13/11", 8, 4, 0, 1, 1, 0, 3, 0, 1, 4),
        ("Babalan", "Min 12/11 pagi", 1, 0, 0, 0, 0, 0, 1, 0, 0, 0),
        ("Babalan", "Min 12/11 siang", 1, 0, 1, 0, 0, 0, 0, 0, 0, 1),
        ("Babalan", "Sen 13/11", 1, 1, 0, 0, 0, 0, 0, 0, 0, 1),
        ("Binjai", "Min 12/11 pagi", 3, 1, 0, 0, 1, 0, 1, 0, 0, 1),
        ("Binjai", "Min 12/11 siang", 3, 0, 0, 0, 1, 1, 1, 0, 0, 1),
        ("Binjai", "Sen 13/11", 3, 0, 0, 1, 1, 0, 1, 0, 0, 0),
        ("Stabat", "Min 12/11 pagi", 4, 3, 1, 0, 0, 0, 0, 0, 0, 4),
        ("Stabat", "Min 12/11 siang", 4, 2, 0, 1, 0, 0, 1, 0, 0, 2),
        ("Stabat", "Sen 13/11", 4, 3, 0, 0, 0, 0, 2, 0, 1, 3),
        ("Tanpa kecamatan", "Min 12/11 pagi", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        ("Tanpa kecamatan", "Min 12/11 siang", 0, 1, 0, 0, 0, 0, 0, 0, 1, 1),
        ("Tanpa kecamatan", "Sen 13/11", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ]  # fmt: skip
    list_head = ("No", "Nama", "Jabatan", "Kecamatan", "No. HP", "Jam", "Bukti", "Status", "Keterangan", "Tanda tangan")
    assert tables["Hadir 1 Min 12-11 pagi"] == [
        list_head,
        (1, "Dewi", PKH, "Babalan", "081200000008", "07.40", "dibantu teman", "TK", "bukti ini tidak dihitung", None),
        (2, "Budi", PKH, "Binjai", "081200000005", None, None, "S", "demam", None),
        (3, "Hasan", PKH, "Binjai", "081200000007", None, None, "TK", None, None),
        (4, "Rina", PKH, "Binjai", "081200000006", "08.14", "kode langsung", "H", None, None),
        (5, "Joko", TKSK, "Stabat", "081200000012", None, None, None, "diwakili oleh Kiki", None),
        (6, "Kiki", PKH, "Stabat", "081200000013", "07.05", "kode tertunda", "H", "mewakili Joko", None),
        (7, "Lina", PKH, "Stabat", "081200000011", "07.30", "kode langsung", "H", None, None),
        (8, "Siti", PKH, "Stabat", "081200000002", "07.52", "kode langsung", "H", None, None),
        (9, "Tono", TKSK, "Stabat", "081200000003", None, None, None, "diwakili oleh Yanti", None),
        (10, "Yanti", PKH, "Stabat", "081200000004", "08.15", "dipindai panitia", "T", "mewakili Tono", None),
    ]
    assert tables["Hadir 2 Min 12-11 siang"] == [
        list_head,
        (1, "Dewi", PKH, "Babalan", "081200000008", "13.30", "kode langsung", "T", None, None),
        (2, "Budi", PKH, "Binjai", "081200000005", None, None, "S", "demam", None),
        (3, "Hasan", PKH, "Binjai", "081200000007", None, None, "TK", None, None),
        (4, "Rina", PKH, "Binjai", "081200000006", None, None, "DL", "rapat provinsi", None),
        (5, "Joko", TKSK, "Stabat", "081200000012", None, None, None, "diwakili oleh Kiki", None),
        (6, "Kiki", PKH, "Stabat", "081200000013", None, None, "TK", "mewakili Joko", None),
        (7, "Lina", PKH, "Stabat", "081200000011", None, None, "I", "acara keluarga", None),
        (8, "Siti", PKH, "Stabat", "081200000002", "13.05", "kode langsung", "H", None, None),
        (9, "Tono", TKSK, "Stabat", "081200000003", None, None, None, "diwakili oleh Yanti", None),
        (10, "Yanti", PKH, "Stabat", "081200000004", "13.00", "kode langsung", "H", "mewakili Tono", None),
        (11, "Gita", KOORD, None, "081200000009", "13.10", "dipindai panitia", "H", "tanpa undangan", None),
    ]
    assert tables["Hadir 3 Sen 13-11"] == [
        list_head,
        (1, "Dewi", PKH, "Babalan", "081200000008", "08.00", "dicatat panitia", "H", "HP tertinggal", None),
        (2, "Budi", PKH, "Binjai", "081200000005", None, None, "S", "demam", None),
        (3, "Hasan", PKH, "Binjai", "081200000007", None, None, "TK", None, None),
        (4, "Rina", PKH, "Binjai", "081200000006", None, None, "I", "takziah", None),
        (5, "Joko", TKSK, "Stabat", "081200000012", "07.10", "kode langsung", "H", "diwakili oleh Kiki", None),
        (6, "Kiki", PKH, "Stabat", "081200000013", None, None, "TK", "mewakili Joko", None),
        (7, "Lina", PKH, "Stabat", "081200000011", "07.20", "kode langsung", "H", "lokasi jauh", None),
        (8, "Siti", PKH, "Stabat", "081200000002", "07.15", "kode langsung", "H", "keluar 11.45", None),
        (9, "Tono", TKSK, "Stabat", "081200000003", None, None, None, "diwakili oleh Yanti", None),
        (10, "Yanti", PKH, "Stabat", "081200000004", None, None, "TK", "mewakili Tono", None),
    ]
    assert tables["Matriks"] == [
        ("No", "Nama", "Kecamatan", "Min 12/11\npagi", "Min 12/11\nsiang", "Sen 13/11", "Jumlah hadir",
         "Memenuhi syarat", "Keterangan"),
        (1, "Dewi", "Babalan", "TK", "T", "H", 2, "ya", None),
        (2, "Budi", "Binjai", "S", "S", "S", 0, "tidak", None),
        (3, "Hasan", "Binjai", "TK", "TK", "TK", 0, "tidak", None),
        (4, "Rina", "Binjai", "H", "DL", "I", 2, "ya", None),
        (5, "Joko", "Stabat", None, None, "H", 1, "tidak", "diwakili oleh Kiki"),
        (6, "Kiki", "Stabat", "H", "TK", "TK", 1, "tidak", "mewakili Joko"),
        (7, "Lina", "Stabat", "H", "I", "H", 2, "ya", None),
        (8, "Siti", "Stabat", "H", "H", "H", 3, "ya", None),
        (9, "Tono", "Stabat", None, None, None, 0, "tidak", "diwakili oleh Yanti"),
        (10, "Yanti", "Stabat", "T", "H", "TK", 2, "ya", "mewakili Tono"),
        (11, "Gita", None, None, "H", None, 1, "tidak", "tanpa undangan"),
        (12, "Umar", None, None, None, None, 0, "tidak", "daftar tunggu"),
    ]  # fmt: skip
    assert tables["Jawaban"] == [
        ("No", "Nama", "Jabatan", "Kecamatan", "Jawaban", "Alasan", "Jumlah hadir", "Kesimpulan", "Keterangan"),
        (1, "Dewi", PKH, "Babalan", "Hadir", None, 2, "menjawab hadir, datang", None),
        (2, "Budi", PKH, "Binjai", "Tidak hadir", "sakit: demam", 0, "menjawab tidak hadir, tidak datang", None),
        (3, "Hasan", PKH, "Binjai", "Belum menjawab", None, 0, "tidak menjawab, tidak datang", None),
        (4, "Rina", PKH, "Binjai", "Tidak hadir", "izin: takziah", 2, "menjawab tidak hadir, datang", None),
        (5, "Joko", TKSK, "Stabat", "Diwakili", None, 1, "diwakili, datang", "diwakili oleh Kiki"),
        (6, "Kiki", PKH, "Stabat", "Belum menjawab", None, 1, "tidak menjawab, datang", "mewakili Joko"),
        (7, "Lina", PKH, "Stabat", "Hadir", None, 2, "menjawab hadir, datang", None),
        (8, "Siti", PKH, "Stabat", "Hadir", None, 3, "menjawab hadir, datang", None),
        (9, "Tono", TKSK, "Stabat", "Diwakili", None, 0, "diwakili, tidak datang", "diwakili oleh Yanti"),
        (10, "Yanti", PKH, "Stabat", "Hadir", None, 2, "menjawab hadir, datang", "mewakili Tono"),
        (11, "Gita", KOORD, None, "–", None, 1, "tanpa undangan, datang", "tanpa undangan"),
        (12, "Umar", KOORD, None, "Daftar tunggu", None, 0, "daftar tunggu, tidak datang", "daftar tunggu"),
    ]
    assert tables["Ditolak"] == [
        ("No", "Hari", "Jam", "Nama", "Kecamatan", "Sesi", "Alasan"),
        (1, "Min 12 Nov", "06.55.00", "Siti", "Stabat", "Min 12/11 pagi", "absen belum dibuka"),
        (2, "Min 12 Nov", "07.20.00", "Hasan", "Binjai", "–", "kode salah"),
        (3, "Min 12 Nov", "07.21.00", "Hasan", "Binjai", "–", "kode salah"),
        (4, "Min 12 Nov", "07.22.00", "Hasan", "Binjai", "–", "kode salah"),
        (5, "Min 12 Nov", "07.23.00", "Hasan", "Binjai", "–", "kode salah"),
        (6, "Min 12 Nov", "07.24.00", "Hasan", "Binjai", "–", "kode salah"),
        (7, "Min 12 Nov", "07.26.00", "Hasan", "Binjai", "Min 12/11 pagi", "terkunci, terlalu banyak kode salah"),
        (8, "Min 12 Nov", "12.30.00", "Gita", None, "Min 12/11 siang", "tidak diundang"),
    ]
    assert tables["Keterangan"] == [
        ("Tanda", "Artinya", "Dihitung hadir"),
        ("H", "Hadir", "ya"),
        ("T", "Terlambat", "ya"),
        ("I", "Izin", "tidak"),
        ("S", "Sakit", "tidak"),
        ("DL", "Dinas luar", "ya"),
        ("TK", "Tanpa keterangan", "tidak"),
        ("A", "bukti: dipindai panitia", "ya"),
        ("B", "bukti: kode langsung", "ya"),
        ("C", "bukti: kode tertunda", "ya"),
        ("D", "bukti: dibantu teman", "tidak"),
        ("E", "bukti: dicatat panitia", "ya"),
    ]


def test_what_stands_above_the_tables(db: Connection) -> None:
    """The totals of the event, who was locked out, and the rule for money and certificates."""
    content = workbook(db)
    above = fields_of(content, "Ringkasan")
    assert above["Diharapkan"] == "8 orang, 2 diwakili"
    assert above["Memenuhi syarat"] == "5 orang (hadir 2 dari 3 sesi)"
    assert fields_of(content, "Ditolak")["Terkunci"] == "Hasan"
    assert fields_of(content, "Matriks")["Syarat"] == "hadir 2 dari 3 sesi"


def test_nobody_is_absent_before_the_slot_has_closed(db: Connection) -> None:
    """While a slot is open silence says nothing; what was excused is known already."""
    found = attendance(db, 1, utc("2023-11-13", "11:59:59"))
    last = {one.name: one.marks[2].status for one in found.people}
    assert {name for name, status in last.items() if status == "TK"} == set()
    assert (last["Budi"], last["Rina"], last["Hasan"], last["Siti"]) == ("S", "I", "", "H")
    assert not found.over
    conclusions = {row[1]: row[7] for row in tables_of(workbook(db, utc("2023-11-13", "11:59:59")))["Jawaban"]}
    assert conclusions["Hasan"] == "tidak menjawab, belum datang"


def test_a_cancelled_event_has_no_absentees(db: Connection) -> None:
    """Who stays away from an event that is off has done nothing wrong."""
    events.cancel_event(db, 1)
    assert "TK" not in {mark.status for one in attendance(db, 1, OVER).people for mark in one.marks}


def test_a_session_that_was_never_opened_is_held_against_nobody(db: Connection) -> None:
    """Its time passes without anybody absent, and without it being asked for."""
    db.execute("UPDATE slots SET waits = 1 WHERE id = 3")
    db.execute("UPDATE check_in_rules SET needed = NULL")
    found = attendance(db, 1, OVER)
    assert (found.over, found.needed) == (True, 2)
    assert "TK" not in {one.marks[2].status for one in found.people}
    assert [one.name for one in found.eligible] == ["Dewi", "Rina", "Lina", "Siti", "Yanti"]


def test_without_rules_every_level_counts_and_every_slot_is_needed(db: Connection) -> None:
    """The defaults: all evidence, present at all of them."""
    db.execute("DELETE FROM check_in_rules")
    found = attendance(db, 1, OVER)
    assert (found.levels, found.needed) == ("ABCDE", 3)
    assert [one.name for one in found.eligible] == ["Dewi", "Siti"]
    assert statuses.set_counts(db, "T", False)
    assert not statuses.set_counts(db, "T", False)
    assert [one.name for one in attendance(db, 1, OVER).eligible] == ["Siti"]


def test_a_workbook_prints_on_a4_and_holds_no_formula(db: Connection) -> None:
    """The header on every page, as wide as the paper; what people typed stays text."""
    db.execute("UPDATE persons SET name = '=HYPERLINK(1)' WHERE id = 2")
    db.execute("UPDATE check_ins SET reason = '@SUM(A1)' WHERE person_id = 8")
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook(db))).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (9, 1, 0)
        assert sheet.print_title_rows is not None
        assert [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    assert workbook(db) == workbook(db)


# --- what is printed --------------------------------------------------------------------------------------------------


def test_a_printed_list_says_what_has_changed_since(db: Connection) -> None:
    """Nothing at first; then who was added and removed, what somebody is now, and what the letter says now."""
    before = print_list(the_event(db), attendance(db, 1, OVER), 0, ZONE)
    assert list(changes(before, print_list(the_event(db), attendance(db, 1, OVER), 0, ZONE))) == []
    db.execute("DELETE FROM check_ins WHERE slot_id = 1 AND person_id = 2")
    db.execute(
        "INSERT INTO check_ins (slot_id, person_id, number, at, stored_at, level) VALUES (1, 9, 99, :at, :at, 'A')",
        {"at": utc("2023-11-12", "07:45:00")},
    )
    db.execute("UPDATE check_ins SET at = ? WHERE slot_id = 1 AND person_id = 11", (utc("2023-11-12", "08:20:00"),))
    db.execute("DELETE FROM invitations WHERE person_id = 7")
    db.execute("UPDATE events SET place = 'Aula Dinas'")
    db.execute("UPDATE persons SET name = 'Budi Sembiring' WHERE id = 5")
    db.execute("UPDATE invitations SET reason = 'opname' WHERE person_id = 5")
    after = print_list(the_event(db), attendance(db, 1, OVER), 0, ZONE)
    assert list(changes(before, after)) == [
        "Tempat: Hotel Le Polonia menjadi Aula Dinas",
        "Ditambahkan: Gita",
        "Dihapus: Hasan",
        "Budi: nama Budi menjadi Budi Sembiring",
        "Lina: H pukul 07.30 (kode langsung) menjadi T pukul 08.20 (kode langsung)",
        "Siti: H pukul 07.52 (kode langsung) menjadi TK",
    ]
    assert checksum(db, before) != checksum(db, after)


def test_a_checksum_is_read_as_people_type_it(db: Connection) -> None:
    """In any case, with spaces, with the words around it; what has not its form is none."""
    mark = checksum(db, "{}")
    assert len(mark) == 8
    assert mark == checksum(db, "{}")
    for typed in (mark, mark.lower(), f"{mark[:4]} {mark[4:]}", f"periksa {mark}", f"Kode lembar: {mark}"):
        assert read_checksum(typed) == mark
    assert [read_checksum(typed) for typed in ("", "K7M2P", "K7M2PXQ0", "K7M2PXQ44")] == [None] * 4


def test_paper_is_the_same_for_the_same_data(db: Connection) -> None:
    """Equal bytes at every writing; another checksum gives another file."""
    found = attendance(db, 1, OVER)
    head = ListHead("Bimtek", "", "Minggu", "pukul 07.00 s.d. 12.00 WIB", "Medan", "12 November 2023", "Hadir 4.")
    proof = Proof("K7M2PXQ4", "PERIKSA K7M2PXQ4")
    lines = list_lines(found, 0, ZONE)
    assert write_list(head, lines, PAPER, proof) == write_list(head, lines, PAPER, proof)
    assert write_list(head, lines, PAPER, proof) != write_list(head, lines, PAPER, Proof("K7M2PXQ5", "x"))
    one = Certificate("Siti Łódź 研修 ✓", "TKSK", "", "", "Bimtek", "Minggu", "Medan", "12 November 2023")
    many = [(one, proof)] * 3
    assert write_certificates(many, PAPER) == write_certificates(many, PAPER)
    assert write_certificates(many, PAPER).count(b"/Type /Page\n") == 3


def test_a_letterhead_may_be_a_picture(db: Connection) -> None:
    """A PNG or JPG of a sane size and shape; anything else is refused before it is printed."""

    def picture(kind: str, size: tuple[int, int]) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", size, "white").save(out, kind)
        return out.getvalue()

    wide = picture("PNG", (1600, 300))
    assert is_picture(wide)
    assert is_picture(picture("JPEG", (1600, 300)))
    for wrong in (b"", b"%PDF-1.7", wide[:500], picture("GIF", (1600, 300)), picture("PNG", (100, 900))):
        assert not is_picture(wrong)
    one = Certificate("Siti", "TKSK", "Stabat", "", "Bimtek", "Minggu", "Medan", "12 November 2023")
    with_picture = Stationery("Dinas", Letterhead(image="x"), wide)
    assert b"/Subtype /Image" in write_certificates([(one, Proof("K7M2PXQ4", "x"))], with_picture)


def test_a_certificate_keeps_its_number(db: Connection) -> None:
    """Who is eligible later follows; nobody's number moves, and a name that was corrected keeps its number too."""
    found = attendance(db, 1, OVER)
    numbers = number_all(found.eligible, {})
    assert {one.name: numbers[one.id] for one in found.eligible} == {
        "Dewi": 1, "Rina": 2, "Lina": 3, "Siti": 4, "Yanti": 5
    }  # fmt: skip
    sheets.keep_number(db, 1, 2, 4)
    sheets.keep_number(db, 1, 2, 9)
    later = number_all(found.eligible, sheets.numbers_of(db, 1))
    assert (later[2], later[8], later[6]) == (4, 5, 6)
    assert (show_number("#/SERT", 4), show_number("", 4)) == ("004/SERT", "")


def test_a_certificate_that_was_given_stays_known(db: Connection) -> None:
    """A name is corrected and the certificate printed anew: the first is still found, and what has changed is said."""
    siti = next(one for one in attendance(db, 1, OVER).people if one.name == "Siti")
    printed = print_certificate(the_event(db), siti, "004/SERT")
    sheets.keep_sheet(db, checksum(db, printed), 1, printed, 1, OVER, person_id=2)
    db.execute("UPDATE persons SET name = 'Siti Aminah' WHERE id = 2")
    siti = next(one for one in attendance(db, 1, OVER).people if one.id == 2)
    anew = print_certificate(the_event(db), siti, "004/SERT")
    sheets.keep_sheet(db, checksum(db, anew), 1, anew, 1, OVER, person_id=2)
    first = sheets.sheet(db, checksum(db, printed))
    assert first is not None
    assert list(changes(first.printed, anew)) == ["Nama: Siti menjadi Siti Aminah"]


def test_pictures_are_as_wide_as_a_phone(db: Connection) -> None:
    """PNG, about a thousand pixels across, the same bytes for the same arrivals, whatever was typed as the subject."""
    opens, late, until = (datetime(2023, 11, 12, hour) for hour in (7, 8, 12))  # noqa: DTZ001  # local, as drawn
    one = Arrivals("Rapat $x^2_{ \\frac\nMin 12/11", [late], opens, late, until, 3)
    drawn = [draw_arrivals(one), draw_districts("Rapat", [("Stabat", 2, 3), ("Binjai", 0, 0), ("Babalan", 2, 1)])]
    for picture in drawn:
        with Image.open(io.BytesIO(picture)) as image:
            assert image.format == "PNG"
            assert image.width == 1080
    assert draw_arrivals(one) == drawn[0]


def test_when_one_is_late_stands_in_the_picture_or_not_at_all() -> None:
    """Before anybody can be late, the picture is that of a slot in which nobody is: the mark would hang beside it."""
    opens, until, late = (datetime(2023, 11, 12, *at) for at in ((7,), (8,), (8, 15)))  # noqa: DTZ001
    early = Arrivals("Rapat", [], opens, late, until, 3)
    assert draw_arrivals(early) == draw_arrivals(replace(early, late_from=None))
    assert draw_arrivals(replace(early, late_from=until)) == draw_arrivals(replace(early, late_from=None))
    assert draw_arrivals(replace(early, until=late.replace(hour=9))) != draw_arrivals(early)


# --- certificates to many ---------------------------------------------------------------------------------------------


def many_came(db: Connection, at: str) -> None:
    """Give the office 53 more facilitators with a phone, who were all at an event that is over."""
    event = events.add_event(
        db, ref="many", subject="Rakor", place="Aula", first_day="2023-11-05", last_day="2023-11-05", starts="08:00",
        ends=None, starts_at=utc("2023-11-05", "08:00:00"), zone=ZONE, attachment=None,
        audience=events.Audience(("facilitator",)), made_by=1, now=at,
    )  # fmt: skip
    opens, closes = utc("2023-11-05", "07:00:00"), utc("2023-11-05", "12:00:00")
    db.execute(
        "INSERT INTO slots (event_id, day, opens_at, closes_at, code) VALUES (?, '2023-11-05', ?, ?, 'K7M2P')",
        (event.id, opens, closes),
    )
    for number in range(1, 54):
        row = db.execute(
            "INSERT INTO persons (name, role, made_at) VALUES (?, 'facilitator', ?) RETURNING id",
            (f"Peserta {number:02}", at),
        ).fetchone()
        chat = f"simulator:p{number}"
        if number > 1:  # the first has no phone
            db.execute(
                "INSERT INTO chats (chat, channel, address, person_id) VALUES (?, 'simulator', ?, ?)",
                (chat, f"p{number}", row[0]),
            )
        db.execute("INSERT INTO invitations (event_id, person_id) VALUES (?, ?)", (event.id, row[0]))
        db.execute(
            "INSERT INTO check_ins (slot_id, person_id, number, at, stored_at) VALUES (1, ?, ?, ?, ?)",
            (row[0], number, opens, opens),
        )


async def test_above_fifty_the_number_is_typed_and_each_gets_one(tmp_path: Path) -> None:
    """A wrong number sends nothing; each file is another, nobody gets two, and who has no phone is named."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await talk.app.database.write(many_came, utc("2023-11-01", "08:00:00"))
        shown = await talk.play(["Rahma> /rekap", "Rahma> [Sertifikat]", "Rahma> lewati", "Rahma> [Kirim sertifikat]"])
        assert "  53 orang memenuhi syarat (hadir 1 dari 1 sesi)." in shown
        assert "  Tidak terjangkau di bot: 1 orang, lewat Cetak semua." in shown
        asked = await talk.play(["Rahma> kirim sertifikat", "Rahma> kirim 53"])
        assert asked[-1] == "Rahma< Lebih dari 50 penerima. Ketik KIRIM 52 untuk memastikan."
        sent = await talk.play(["Rahma> kirim 52"])
        assert sent[1:5] == [
            "Rahma< ✅ Sertifikat dikirim ke 52 orang.",
            "  Tidak terjangkau 1 orang, sertifikatnya ada di Cetak semua:",
            "  Tanpa kecamatan (1)",
            "  - Peserta 01 (Pendamping PKH)",
        ]
        assert sum(line.startswith("P") and "Yth." in line for line in sent) == 52

        def posted(db: Connection) -> list[str]:
            return [json.loads(row[0])["file"][0] for row in db.execute(
                "SELECT body FROM outbox WHERE kind = 'certificate'")]  # fmt: skip

        digests = await talk.app.database.read(posted)
        assert len(set(digests)) == len(digests) == 52
        again = await talk.play(["Rahma> [Kirim sertifikat] lama"])
        assert again[-1].startswith("Rahma< Tidak ada sertifikat yang menunggu dikirim.")
        await talk.app.database.write(_lose_one, "Peserta 02")
        resent = await talk.play(
            ["Rahma> /rekap", "Rahma> [Sertifikat]", "Rahma> [Kirim sertifikat]", "Rahma> kirim sertifikat"]
        )
        assert "Rahma< ✅ Sertifikat dikirim ke 1 orang." in resent
        assert [line for line in resent if line.startswith("P")] == ["P2< Yth. Bapak/Ibu Peserta 02"]
        everybody = await talk.play(["Rahma> [Cetak semua]"])
        assert "53 sertifikat" in everybody[-1]
        one = await talk.app.database.read(_certificate_of, "Peserta 02")
        assert "  ✅ Masih sama dengan data." in await talk.play([f"Rahma> /periksa {one}"])
        await talk.app.database.write(_forget_one_who_came, "Peserta 02")
        assert (await talk.play([f"Rahma> /start c_{one}"]))[-2:] == [
            "  ⚠️ Data sudah berubah sejak dicetak (1):",
            "  - Sekarang hadir 0 dari 1 sesi, belum memenuhi syarat 1.",
        ]


def _lose_one(db: Connection, name: str) -> None:
    db.execute(
        "UPDATE outbox SET state = 'failed' WHERE kind = 'certificate' "
        "AND person_id = (SELECT id FROM persons WHERE name = ?)",
        (name,),
    )


def _certificate_of(db: Connection, name: str) -> str:
    sql = "SELECT checksum FROM sheets JOIN persons p ON p.id = person_id WHERE p.name = ?"
    return str(db.execute(sql, (name,)).fetchone()[0])


def _forget_one_who_came(db: Connection, name: str) -> None:
    db.execute(
        "UPDATE check_ins SET state = 'undone' WHERE person_id = (SELECT id FROM persons WHERE name = ?)", (name,)
    )
