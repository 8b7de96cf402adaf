"""Files that come and go: the roster as the office sends it, hostile files, and the sheets that leave the office."""

import asyncio
import importlib.util
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from bot.demo.people import people
from bot.documents.event_head import EventHead
from bot.documents.event_workbook import write_event
from bot.documents.meetings_workbook import MeetingRow, MeetingsHead
from bot.documents.recap_workbook import RecapMonth, Signatures, write_recap
from bot.documents.roster_rows import mobile_number, read_rows
from bot.documents.roster_table import MAX_BYTES, read_tables
from bot.documents.roster_workbook import NotARoster, Places, Roster, read_roster
from storage import places
from storage.attendance import Attendance, Attendee, Evidence, Mark
from storage.refusals import Refusal
from storage.slots import Slot
from storage.statuses import Status
from tests.workbook_tables import table_of
from tests.worlds import migrated

EXAMPLES = Path(__file__).parents[1] / "examples"
SHEET = "xl/worksheets/sheet1.xml"
HEADER = ("Nama", "No HP", "Peran", "Kecamatan", "Desa")
SITI = ("Siti Aminah", "081200000001", "Pendamping PKH", "Stabat", "Kwala Bingai")
BUDI = ("Budi Sitepu", "081200000002", "TKSK", "Babalan", "")


@cache
def langkat() -> Places:
    """Return the districts and villages as the store gives them."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.deserialize(migrated())
    places.load_places(db, json.loads(places.SEED.read_text(encoding="utf-8")))
    found = places.all_places(db)
    db.close()
    return found


def xlsx(*rows: Sequence[object]) -> bytes:
    """Return a workbook of one sheet with these rows."""
    workbook = openpyxl.Workbook()
    assert isinstance(workbook.active, Worksheet)
    for row in rows:
        workbook.active.append(list(row))
    return saved(workbook)


def saved(workbook: openpyxl.Workbook) -> bytes:
    """Return the workbook as a file's content."""
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return the workbook with these parts added or put in place of its own."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


def csv(*rows: Sequence[str], separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Return the rows as a CSV file."""
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


def read(content: bytes, name: str = "petugas.xlsx") -> Roster:
    """Read as the child process does, without the child."""
    return read_rows(read_tables(content, name), langkat())


def problem(*row: object) -> str:
    """Return what is said about the one row of a file, which must be left out."""
    roster = read(xlsx(HEADER, row))
    assert roster.rows == ()
    assert [found.row for found in roster.problems] == [2]
    return roster.problems[0].text


# --- a roster that can be read ---------------------------------------------------------------------------------------


async def test_the_example_is_a_roster_without_problems() -> None:
    """The committed example holds the 151 facilitators and 23 TKSK of the demo, and import takes every one."""
    roster = await read_roster((EXAMPLES / "roster-langkat.xlsx").read_bytes(), "roster-langkat.xlsx", langkat())
    assert roster.problems == ()
    assert [row.role for row in roster.rows] == ["facilitator"] * 151 + ["tksk"] * 23
    assert [(row.name, row.phone, row.district) for row in roster.rows] == [
        (person.name, person.phone, person.district) for person in people()
    ]
    assert (roster.rows[0].row, roster.rows[0].name, roster.rows[0].district) == (6, "Siti Aminah", "Stabat")


def test_the_demo_people_are_a_whole_office() -> None:
    """174 different people with valid made-up numbers, in every district, and one TKSK in each."""
    everybody = people()
    assert everybody == people()
    assert len({person.name for person in everybody}) == len({person.phone for person in everybody}) == 174
    assert all(mobile_number(person.phone) == person.phone for person in everybody)
    districts = {district.name for district in langkat()}
    assert [person.role for person in everybody].count("facilitator") == 151
    assert {person.district for person in everybody if person.role == "facilitator"} == districts
    assert {person.district for person in everybody if person.role == "tksk"} == districts
    first = everybody[0]
    assert (first.name, first.title, first.district, first.village) == (
        "Siti Aminah", "Pendamping PKH", "Stabat", "Kwala Bingai"
    )  # fmt: skip


def test_the_example_is_what_the_script_makes() -> None:
    """The script writes the same cells, and the same bytes at every run."""
    script = _example_script()
    made = script.example()
    assert made == script.example()
    committed = openpyxl.load_workbook(EXAMPLES / "roster-langkat.xlsx").worksheets[0]
    assert list(openpyxl.load_workbook(io.BytesIO(made)).worksheets[0].values) == list(committed.values)


def _example_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_roster", EXAMPLES / "make_roster.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_columns_may_stand_in_any_order_under_a_letterhead() -> None:
    """The header row is found by its words, whatever their order, case and usual other names; Excel's numbers stay."""
    roster = read(
        xlsx(
            ["PEMERINTAH KABUPATEN LANGKAT"],
            [],
            ["NO.", "KECAMATAN", "Nomor  HP/WA", "Nama Lengkap", "JABATAN", "Desa / Kelurahan"],
            [1, "Kec. Stabat", "+62 812-0000-0001", " Siti   Aminah ", "Pendamping Sosial PKH", "Kel. Kuala Bingai"],
            [],
            [2, "babalan", 81200000002, "Budi Sitepu", "tksk", None],
            [3, None, 8.1200000003e10, "Rina", "Koordinator Kabupaten", None],
        )
    )
    assert roster.problems == ()
    siti, budi, rina = roster.rows
    assert (siti.row, siti.name, siti.phone, siti.role, siti.district) == (
        4, "Siti Aminah", "+6281200000001", "facilitator", "Stabat"
    )  # fmt: skip
    assert siti.village_id is not None
    assert (budi.row, budi.phone, budi.role, budi.village_id) == (6, "+6281200000002", "tksk", None)
    assert (rina.role, rina.district_id, rina.district) == ("coordinator", None, "")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_with_any_usual_separator_and_encoding(separator: str, encoding: str) -> None:
    """Excel in Indonesian writes semicolons and cp1252, Google Sheets commas and UTF-8."""
    content = csv(HEADER, ("Zoë Aminah", *SITI[1:]), BUDI, separator=separator, encoding=encoding)
    roster = read(content, "Petugas.CSV")
    assert roster.problems == ()
    assert [row.name for row in roster.rows] == ["Zoë Aminah", "Budi Sitepu"]
    assert [row.row for row in roster.rows] == [2, 3]


@pytest.mark.parametrize(
    "written",
    [
        "081200000001", "0812-0000-0001", "+62 812 0000 0001", "6281200000001", "81200000001", "(0812) 0000.0001",
        "'081200000001", "HP 0812 0000 0001", "006281200000001", 81200000001, 81200000001.0,
        "8.1200000001E+10", "0812\u00a00000\u200b0001", "+62 0812 0000 0001",
    ],
)  # fmt: skip
def test_a_mobile_number_is_read_however_it_is_written(written: object) -> None:
    """People, phones and Excel write one number in many ways."""
    assert mobile_number(written) == "+6281200000001"


@pytest.mark.parametrize(
    "written",
    [
        None, "", "tidak ada", "0812", "061 4567890", "8.12E+10", "081200000001 / 081300000001", "+60123456789",
        True, 0.5, "081200000001234567", "#N/A", "=081200000001+A1",
    ],
)  # fmt: skip
def test_what_is_not_one_mobile_number_is_none(written: object) -> None:
    """A landline gets no chat, two numbers are two people, and 8.12E+10 has lost its digits."""
    assert mobile_number(written) is None


def test_names_are_cleaned() -> None:
    """One line, no control or direction characters, nothing that a sheet would calculate, at most 100 characters."""
    names = ["=HYPERLINK(1)", "@Siti\u202e", " +-=Siti\n\tAminah\u200b", "S" * 300, "O'Neil -x", "Ｓｉｔｉ"]
    rows = [(name, f"0812000001{at:02}", *SITI[2:]) for at, name in enumerate(names)]
    assert [row.name for row in read_rows([[HEADER, *rows]], langkat()).rows] == [
        "HYPERLINK(1)", "Siti", "Siti Aminah", "S" * 100, "O'Neil -x", "Ｓｉｔｉ"
    ]  # fmt: skip


# --- rows with a problem ---------------------------------------------------------------------------------------------


def test_each_wrong_cell_is_said_in_one_line() -> None:
    """The row is named as Excel shows it, and the line says what is wrong and what would be right."""
    assert problem(None, *SITI[1:]) == "nama kosong."
    assert problem("???", *SITI[1:]) == 'nama "???" tidak terbaca.'
    assert problem("Siti", None, *SITI[2:]) == "No HP kosong."
    assert problem("Siti", "0812", *SITI[2:]) == (
        'No HP "0812" bukan satu nomor ponsel; contoh yang benar 081234567890.'
    )
    assert "terpotong oleh Excel" in problem("Siti", "8,12E+10", *SITI[2:])
    assert problem(*SITI[:2], "Camat", *SITI[3:]) == (
        'peran "Camat" tidak dikenal; isi Pendamping PKH, TKSK, Koordinator Kecamatan, Koordinator Kabupaten, '
        "atau Operator."
    )
    assert problem(*SITI[:3], None, None) == "kecamatan kosong; isi di setiap baris."
    assert problem(*SITI[:3], "Stabatt", None) == 'kecamatan "Stabatt" tidak dikenal; mungkin Stabat.'
    assert problem(*SITI[:3], "Xyz", None) == 'kecamatan "Xyz" tidak dikenal.'
    assert problem(*SITI[:4], "Kwala Bingay") == (
        'desa "Kwala Bingay" tidak ada di Kecamatan Stabat; mungkin Kwala Bingai.'
    )
    assert problem(*SITI[:4], "Teluk Meku") == 'desa "Teluk Meku" tidak ada di Kecamatan Stabat; adanya di Babalan.'
    assert problem(None, "x", "y", "z", None).count(";") >= 3


def test_a_phone_may_stand_only_once() -> None:
    """Of two rows with one number the second is left out, and the line names the first."""
    roster = read(xlsx(HEADER, SITI, BUDI, ("Rohani", "+62 812 0000 0001", *SITI[2:])))
    assert [row.name for row in roster.rows] == ["Siti Aminah", "Budi Sitepu"]
    assert [(found.row, found.text) for found in roster.problems] == [(4, "No HP sama dengan baris 2 (Siti Aminah).")]


def test_of_several_villages_the_first_counts() -> None:
    """A facilitator has about two villages; the roster holds one."""
    roster = read(xlsx(HEADER, (*SITI[:4], "Banyumas, Mangga"), (*BUDI[:4], "-")))
    assert roster.problems == ()
    assert [village.name for village in langkat()[_district("Stabat")] if village.id == roster.rows[0].village_id] == [
        "Banyumas"
    ]


def _district(name: str) -> places.District:
    return next(district for district in langkat() if district.name == name)


# --- files that are no roster ----------------------------------------------------------------------------------------


def _laughs(part: str) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    laugh = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{entities}]><x>&l9;</x>'
    return with_parts(xlsx(HEADER, SITI), {part: laugh.encode()})


def _lies_about_its_size() -> bytes:
    content = bytearray(with_parts(xlsx(HEADER, SITI), {"xl/media/a.bin": bytes(50_000_000)}))
    at = content.rindex(b"xl/media/a.bin") - 46
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


def _rows(count: int) -> bytes:
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>Siti {0}</t></is></c></row>'
    body = "".join(row.format(n) for n in range(2, count + 2))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{body}</sheetData></worksheet>"
    )
    return with_parts(xlsx(HEADER), {SHEET: sheet.encode()})


def _plain_zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("surat.txt", "Yth. Bapak/Ibu")
    return file.getvalue()


def _encrypted() -> bytes:
    content = bytearray(xlsx(HEADER, SITI))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


HOSTILE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "a.xlsx", "kosong"),
    "blank": (lambda: b" \r\n \r\n", "a.csv", "kosong"),
    "too big": (lambda: b"x" * (MAX_BYTES + 1), "a.csv", "terlalu besar"),
    "not a zip": (lambda: b"Nama,No HP\n", "a.xlsx", "bukan Excel"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n", "a.png", "bukan Excel"),
    "a zip that is no workbook": (_plain_zip, "a.xlsx", "bukan Excel"),
    "a zip cut short": (lambda: xlsx(HEADER, SITI)[:3000], "a.xlsx", "rusak"),
    "a workbook without its sheet": (lambda: with_parts(xlsx(HEADER), {SHEET: b"<worksheet"}), "a.xlsx", "rusak"),
    "old Excel or a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "kata sandi"),
    "an encrypted member": (_encrypted, "a.xlsx", "kata sandi"),
    "macros renamed": (lambda: with_parts(xlsx(HEADER, SITI), {"xl/vbaProject.bin": b"x"}), "a.xlsx", "makro"),
    "a bomb that lies": (_lies_about_its_size, "a.xlsx", "rusak"),
    "1,000 members": (lambda: with_parts(xlsx(HEADER), {f"x{n}": b"" for n in range(1000)}), "a.xlsx", "tidak wajar"),
    "a bomb of 40 MB": (lambda: with_parts(xlsx(HEADER), {"xl/x.bin": bytes(40_000_000)}), "a.xlsx", "tidak wajar"),
    "a bomb of 20 MB": (lambda: with_parts(xlsx(HEADER), {"xl/x.bin": bytes(20_000_000)}), "a.xlsx", "tidak wajar"),
    "laughs in the sheet": (lambda: _laughs(SHEET), "a.xlsx", "tidak wajar"),
    "laughs in the strings": (lambda: _laughs("xl/sharedStrings.xml"), "a.xlsx", "tidak wajar"),
    "laughs in the workbook": (lambda: _laughs("xl/workbook.xml"), "a.xlsx", "tidak wajar"),
    "100,000 rows": (lambda: _rows(100_000), "a.xlsx", "5.000 baris"),
    "5,100 rows": (lambda: _rows(5_100), "a.xlsx", "5.000 baris"),
    "100,000 rows of CSV": (lambda: csv(HEADER, *[("Siti", "0812", "", "", "")] * 100_000), "a.csv", "5.000 baris"),
    "5,001 people": (lambda: csv(HEADER, *[("Siti", "0812", "", "", "")] * 5_001), "a.csv", "5.000 baris"),
    "broken encoding": (lambda: csv(HEADER, SITI) + b"\xff\x81\x8d", "a.csv", "tidak terbaca"),
    "binary named CSV": (lambda: b"Nama,No HP\x00\x01\x02", "a.csv", "tidak terbaca"),
    "one endless cell": (lambda: b'"' + b"x" * 1_000_000, "a.csv", "tidak terbaca"),
    "no header": (lambda: xlsx(SITI, BUDI), "a.xlsx", "Baris judul"),
    "only a header": (lambda: xlsx(HEADER), "a.xlsx", "belum ada petugas"),
    "an empty sheet": (lambda: xlsx(), "a.xlsx", "Baris judul"),
    "a column missing": (lambda: xlsx(["Nama", "No HP", "Desa"]), "a.xlsx", "Kolom Peran dan Kecamatan"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_each_bad_file_gets_one_clear_line(name: str) -> None:
    """The office reads what is wrong and what to do next, and nothing of it was taken."""
    make, called, said = HOSTILE[name]
    with pytest.raises(NotARoster, match=said) as refused:
        read(make(), called)
    text = str(refused.value)
    assert "\n" not in text
    assert len(text) < 160
    assert text.endswith(".")


def test_a_hidden_entity_stops_at_the_parser_too() -> None:
    """A declaration in UTF-16 passes the search for it; defusedxml does not unfold it."""
    laugh = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'.encode("utf-16")
    with pytest.raises(NotARoster, match="rusak"):
        read(with_parts(xlsx(HEADER, SITI), {SHEET: laugh}))


def test_a_far_row_costs_nothing() -> None:
    """A row that claims to be number 1,048,576 does not make a million empty ones."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(NotARoster, match="Baris judul"):
        read(with_parts(xlsx(HEADER, SITI), {SHEET: sheet.encode()}))


async def test_others_are_served_while_a_bomb_is_refused() -> None:
    """The file is read in another process: the loop turns all the while, and two files do not disturb each other."""
    turns = 0

    async def serve_others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.005)
            turns += 1

    others = asyncio.create_task(serve_others())
    bomb, good = await asyncio.gather(
        read_roster(_rows(100_000), "petugas.xlsx", langkat()),
        read_roster(csv(HEADER, SITI, ("", *BUDI[1:])), "petugas.csv", langkat()),
        return_exceptions=True,
    )
    others.cancel()
    assert isinstance(bomb, NotARoster)
    assert "5.000 baris" in str(bomb)
    assert isinstance(good, Roster)
    assert (good.rows[0].name, good.problems[0].row) == ("Siti Aminah", 3)
    assert turns > 10


@pytest.mark.proof
async def test_a_heavy_file_is_ended_at_its_limit() -> None:
    """Four million cells pass every count and size; the child runs into its limit, and the sender is told."""
    rows = "".join(f"<row>{''.join(f'<c><v>{n * m % 9973}</v></c>' for m in range(290))}</row>" for n in range(4_990))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{rows}</sheetData></worksheet>"
    )
    content = with_parts(xlsx(HEADER), {SHEET: sheet.encode()})
    assert len(content) < MAX_BYTES
    with pytest.raises(NotARoster):
        await read_roster(content, "petugas.xlsx", langkat())


async def test_a_reader_that_is_given_up_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the wall time the child is ended and the sender is told; so it is when the bot stops meanwhile."""
    monkeypatch.setattr("bot.documents.roster_workbook.WALL", 0.01)
    with pytest.raises(NotARoster, match="tidak wajar"):
        await read_roster(xlsx(HEADER, SITI), "petugas.xlsx", langkat())


async def test_the_child_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hostile file could take over knows no token, and defusedxml cannot be switched off from outside."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:secret")
    monkeypatch.setenv("OPENPYXL_DEFUSEDXML", "False")
    seen: dict[str, Any] = {}
    real = asyncio.create_subprocess_exec

    async def spy(*args: Any, **kwargs: Any) -> asyncio.subprocess.Process:
        seen.update(kwargs["env"])
        return await real(*args, **kwargs)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", spy)
    roster = await read_roster(xlsx(HEADER, SITI), "petugas.xlsx", langkat())
    assert len(roster.rows) == 1
    assert "TELEGRAM_TOKEN" not in seen
    assert "OPENPYXL_DEFUSEDXML" not in seen


# --- sheets that leave the office ------------------------------------------------------------------------------------

WICKED = (
    '=HYPERLINK("http://x","Siti")',
    "+62812",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "Siti\x07\u202e",
    "S" * 40_000,
)


def _attendance(*names: str) -> bytes:
    seen = Evidence("2023-11-12T00:52:00.000+00:00", 1, "B", counts=True, left_at=None, distance=None, reason="")
    opens, closes = "2023-11-12T00:00:00.000+00:00", "2023-11-12T05:00:00.000+00:00"
    slot = Slot(1, 1, "2023-11-12", "pagi", opens, None, closes, "K7M2P", waits=False)
    people = tuple(
        Attendee(
            number, name, "TKSK", name, "+62812", True, "no", "S", name, "", name, (Mark("H", seen, name),), 1, True
        )
        for number, name in enumerate(names)
    )
    found = Attendance(1, closes, (slot,), people, (Status("H", "Hadir", True),), "ABCDE", 1)
    refused = [Refusal("2023-11-12T00:52:00.000+00:00", 1, name, name, "wrong", None) for name in names]
    return write_event(EventHead(names[0], names[0], names[0], "Senin"), found, refused, names, "Asia/Jakarta")


def _sheet(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def _meeting(**changed: Any) -> MeetingRow:
    values: dict[str, Any] = {
        "day": "Sabtu, 11 November 2023",
        "time": "14.00 WIB",
        "group": "Melati",
        "village": "Kwala Bingai",
        "module": "Pengelolaan Keuangan dan Perencanaan Usaha",
        "lesson": "Sesi 2: Cermat Meminjam dan Menabung",
        "members": 18,
        "present": 15,
        "sick": 1,
        "excused": 1,
        "absent": 1,
        "obstacles": "",
        "follow_up": "",
        "photos": 3,
    }
    return MeetingRow(**(values | changed))


def _recap(person: MeetingsHead, period: str, rows: Sequence[MeetingRow]) -> bytes:
    months = [RecapMonth(period, 2023, "IV", len(rows), sum(row.present for row in rows), [row.group for row in rows])]
    return write_recap(person, period, months, Signatures("", "", person.name, "", ""), rows)


def test_no_exported_cell_is_a_formula() -> None:
    """What people typed stays text whatever it begins with, and is cut where Excel's limit is."""
    person = MeetingsHead(WICKED[0], "=1", "=2")
    meetings = _recap(person, "November 2023", [_meeting(group=name, obstacles=name) for name in WICKED])
    attendance = openpyxl.load_workbook(io.BytesIO(_attendance(*WICKED))).worksheets
    for sheet in (*attendance, *openpyxl.load_workbook(io.BytesIO(meetings)).worksheets):
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
        assert any(cell.value == WICKED[0] and cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_a_month_of_meetings_is_onetable_of() -> None:
    """Every meeting with its numbers, and the month's total above."""
    head = MeetingsHead("Siti Aminah", "Pendamping PKH", "Stabat")
    rows = [_meeting(), _meeting(group="Mawar", obstacles="Hujan\nderas", photos=0)]
    sheet = openpyxl.load_workbook(io.BytesIO(_recap(head, "November 2023", rows)))["Rincian"]
    table = table_of(sheet)
    assert table[0][1:5] == ("Tanggal", "Pukul", "Kelompok", "Desa/Kelurahan")
    assert table[1][7:12] == (18, 15, 1, 1, 1)
    assert table[2][12] == "Hujan\nderas"
    assert sheet["C4"].value == "2 pertemuan, 2 kelompok, hadir 30 dari 36 (83%)"


def test_a_month_without_meetings_says_so() -> None:
    """An empty table would look like a fault."""
    sheet = openpyxl.load_workbook(
        io.BytesIO(_recap(MeetingsHead("Siti Aminah", "Pendamping PKH", "Stabat"), "Mei 2024", []))
    )["Rincian"]
    said = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert "Belum ada pertemuan pada masa ini." in said
    assert "0 pertemuan, 0 kelompok, hadir 0 dari 0" in said


def test_equal_content_gives_equal_bytes() -> None:
    """No clock is read when a file is written, so a file can be compared and kept by its digest."""
    head = MeetingsHead("Siti Aminah", "Pendamping PKH", "Stabat")
    assert _recap(head, "Mei 2024", [_meeting()]) == _recap(head, "Mei 2024", [_meeting()])
