"""A facilitator's documents: the Word report, hostile templates, the recap cell by cell, bundles, and the card."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date

import openpyxl
import pytest
from docx import Document
from PIL import Image

from bot.documents.meeting_report import DEFAULT_TEMPLATE, Pictures, default_template, write_report
from bot.documents.meetings_workbook import MeetingsHead
from bot.documents.packing import members_of, pack
from bot.documents.recap_workbook import Signatures, write_recap
from bot.documents.report_fields import NotATemplate
from bot.documents.scaled_photo import scale_photo
from bot.documents.sent_template import check_template
from bot.documents.year_picture import YearRow, draw_year
from examples.make_report_template import example
from handlers.reporting.bundle import into_parts, write_bundles
from handlers.reporting.file_names import all_different, names_of, photo_name, report_name
from handlers.reporting.my_recap import standing, write_card
from handlers.reporting.periods import Period, read_period
from handlers.reporting.recap_files import recap_months
from handlers.reporting.report_text import ekinerja_text, epkh_text
from handlers.reporting.report_words import fields_of
from handlers.reporting.written_report import ReportPaper
from handlers.reporting.year_recap import square_of
from storage.database import Connection
from storage.facilitator_month import absent_running, my_groups
from storage.letterhead import Letterhead
from storage.records import Record, records_between
from tests.report_world import NOW, group, meeting, office, one_record

TODAY = date(2023, 11, 20)
OFFICE = "Dinas Sosial Kabupaten Langkat"
HEAD = Letterhead(lines="DINAS SOSIAL", town="Stabat", title="Kepala Dinas", name="Rosmawati, M.Si.", nip="1970")


def photo(wide: int, high: int) -> bytes:
    """Return a photo of this size."""
    out = io.BytesIO()
    Image.new("RGB", (wide, high), "#1F5C3F").save(out, "JPEG")
    return out.getvalue()


def words_of(document: bytes) -> str:
    """Return all words of a Word file, its tables too."""
    word = Document(io.BytesIO(document))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in word.paragraphs), *cells])


def written(one: Record, *photos: bytes, template: bytes | None = None) -> bytes:
    """Return the record's report."""
    fields = fields_of(one, HEAD, OFFICE, TODAY)
    return write_report(template or default_template(), fields, Pictures(None, photos))


def template(*texts: str) -> bytes:
    """Return a Word file of these paragraphs."""
    word, out = Document(), io.BytesIO()
    for text in texts:
        word.add_paragraph(text)
    word.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """Return the archive with its parts changed."""
    parts = dict(members_of(content))
    change(parts)
    return pack(parts.items())


def test_the_template_that_is_shipped_is_the_one_that_is_made() -> None:
    """Nobody has to trust a binary file."""
    assert DEFAULT_TEMPLATE.read_bytes() == example()


def test_a_report_has_the_headings_and_what_was_recorded() -> None:
    """Headings A to E, the counts, the absent by number; no mark of the template is left."""
    words = words_of(written(one_record(obstacles="hujan deras", group="Melati & <b>{{ nip }}</b>")))
    for said in (
        *("A. Pendahuluan", "B. Kegiatan yang Dilaksanakan", "C. Hasil", "D. Kesimpulan dan Saran", "E. Penutup"),
        "18 KPM: hadir 15, sakit 1, izin 1, alpa 1",
        "nomor 3 (sakit), 7 (izin) dan 12 (tanpa keterangan) pada daftar hadir.",
        "Hujan deras.",
        "Melati & <b>{{ nip }}</b>",
        "Stabat, 20 November 2023",
        "Rosmawati, M.Si.",
    ):
        assert said in words
    assert "{%" not in words
    assert "Dokumentasi" not in words


def test_a_meeting_that_was_not_held_says_why_and_claims_nothing() -> None:
    """Neither attendance nor a conclusion of success."""
    one = one_record(state="not_held", why_not="banjir", sick=0, excused=0, absent=0, absences={})
    words = words_of(written(one))
    assert "tetapi tidak terlaksana. Alasan: Banjir." in words
    assert "belum disampaikan" in words
    assert "hadir 0" not in words
    assert "telah dilaksanakan" not in words
    assert "Tidak terlaksana: banjir" in epkh_text(one)
    assert ekinerja_text(one).endswith("tidak terlaksana. Alasan: Banjir.")


def test_other_material_is_named_by_its_title() -> None:
    """No module, no number."""
    one = one_record(lesson_id=None, module="", module_rank=0, number=0, lesson="", topic="Cuci tangan")
    words = words_of(written(one))
    assert "Materi Tambahan: Cuci tangan" in words
    assert "materi tambahan “Cuci tangan”" in words
    assert "Modul" not in words
    assert "Sesi 0" not in words


def test_photos_stand_two_in_a_row_at_most_ten_and_upright() -> None:
    """Eleven were sent, one is no picture; a phone's photo lies on its side by EXIF alone."""
    exif = Image.Exif()
    exif[0x112] = 6
    out = io.BytesIO()
    Image.new("RGB", (400, 200)).save(out, "JPEG", exif=exif)
    sideways = scale_photo(out.getvalue(), 100)
    assert sideways is not None
    assert (sideways.width, sideways.height) == (50, 100)
    document = written(
        one_record(), *[photo(1600, 1200)] * 4, b"no picture", *[photo(1200 + n, 1600) for n in range(6)]
    )
    word = Document(io.BytesIO(document))
    assert len(word.inline_shapes) == 9  # of the first ten
    assert len(word.tables[-1].rows) == 5
    assert max(shape.width.cm for shape in word.inline_shapes) <= 7.61
    assert max(shape.height.cm for shape in word.inline_shapes) <= 6.41


def test_the_same_record_gives_the_same_bytes() -> None:
    """A turn that is run again comes to the same file."""
    assert written(one_record(), photo(300, 200)) == written(one_record(), photo(300, 200))


def test_an_offices_template_may_show_choose_and_repeat_photos() -> None:
    """What the shipped one does, another may do."""
    own = template(
        "{% if hadir < 10 %}sedikit{% else %}{{ kelompok }}{% endif %}", "{% for b in foto %}{{ b.kiri }}{% endfor %}"
    )
    assert "Melati" in words_of(written(one_record(), photo(300, 200), template=own))


BOMB = b"<w:document>" + b" " * 40_000_000
OUTSIDE = (
    b'<Relationships><Relationship Type="x/attachedTemplate" Target="http://x/y.dotm" '
    b'TargetMode="External"/></Relationships>'
)
HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "bukan Word"),
    "text": (lambda: b"halo", "bukan Word"),
    "old": (lambda: b"\xd0\xcf\x11\xe0" + b"0" * 600, "Word lama"),
    "zip": (lambda: pack([("a.txt", b"a")]), "bukan Word"),
    "torn": (lambda: template("{{ kelompok }}")[:5000], "bukan Word"),
    "large": (lambda: b"PK" + b"0" * 6_000_000, "5 MB"),
    "macros": (lambda: changed(template("{{ kelompok }}"), lambda p: p.update({"word/vbaProject.bin": b"x"})), "makro"),
    "object": (
        lambda: changed(template("{{ kelompok }}"), lambda p: p.update({"word/embeddings/a.bin": b"x"})),
        "makro",
    ),
    "bomb": (
        lambda: changed(template("{{ kelompok }}"), lambda p: p.update({"word/document.xml": BOMB})),
        "tidak wajar",
    ),
    "entity": (
        lambda: changed(
            template("{{ kelompok }}"), lambda p: p.update({"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'})
        ),
        "tidak wajar",
    ),
    "outside": (
        lambda: changed(template("{{ kelompok }}"), lambda p: p.update({"word/_rels/settings.xml.rels": OUTSIDE})),
        "tempat lain",
    ),
    "broken xml": (
        lambda: changed(template("{{ kelompok }}"), lambda p: p.update({"word/document.xml": b"<a>"})),
        "tidak bisa diisi",
    ),
    "bare": (lambda: template("tanpa isian"), "tidak ada isian"),
    "unknown": (lambda: template("{{ nik }} {{ kelompok }} {{ nama_ibu }}"), "tidak dikenal: nama_ibu, nik."),
    "half": (lambda: template("{{ kelompok"), "tidak"),
    "call": (lambda: template("{{ kelompok.__class__.mro() }}"), "perintah"),
    "filter": (lambda: template("{{ kelompok|upper }}"), "perintah"),
    "attribute": (lambda: template("{{ kelompok.__class__ }}"), "tidak dikenal: __class__"),
    "range": (lambda: template("{% for a in range(999999999) %}x{% endfor %}"), "hanya foto"),
    "nested": (lambda: template("{% for a in foto %}{% for b in foto %}x{% endfor %}{% endfor %}"), "hanya foto"),
    "power": (lambda: template("{{ 9 ** 9 ** 9 ** 9 }}"), "perintah"),
    "include": (lambda: template("{% include 'x' %}"), "perintah"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_template_that_cannot_serve_is_refused_in_one_sentence(what: str) -> None:
    """Before it is ever used for a report."""
    make, why = HOSTILE[what]
    with pytest.raises(NotATemplate, match=re.escape(why)):
        check_template(make(), fields_of(one_record(), HEAD, OFFICE, TODAY), (photo(80, 60),))


def test_a_good_template_is_taken() -> None:
    """The shipped one, and it once Word has saved a link in it."""
    sample = fields_of(one_record(), HEAD, OFFICE, TODAY)
    check_template(default_template(), sample, (photo(80, 60),))


def year_of(db: Connection, siti: int) -> list[tuple[str, int, int]]:
    """Hold meetings from August to November; return (day, present, group) of each, told independently."""
    melati, mawar = group(db, siti, "Melati"), group(db, siti, "Mawar", 12)
    plan = [
        ("2023-08-05", melati, 5, {1: "sick"}, 18),
        ("2023-09-02", melati, 6, {}, 18),
        ("2023-09-30", mawar, 6, {2: "absent", 3: "absent"}, 12),
        ("2023-11-04", mawar, 6, {}, 12),
        ("2023-11-11", melati, 7, {5: "excused", 6: "sick", 9: "absent"}, 18),
    ]
    for day, group_id, lesson_id, absences, members in plan:
        meeting(db, siti, group_id, day, lesson_id=lesson_id, absences=absences, members=members)
    meeting(db, siti, mawar, "2023-10-07", state="not_held", why_not="Banjir", members=None, lesson_id=5)
    meeting(db, siti, mawar, "2023-11-12", lesson_id=8, sent_at=None)  # a colleague's, not confirmed yet
    return [(day, members - len(absences), group_id) for day, group_id, _, absences, members in plan]


def sheet_of(db: Connection, siti: int, key: str) -> list[tuple[object, ...]]:
    """Return the cells of the recap's table of a period, as Excel reads them back."""
    period = read_period(key)
    assert period is not None
    records = records_between(db, siti, period.first.isoformat(), period.last.isoformat())
    months = recap_months(period, [one for one in records if one.held], TODAY)
    content = write_recap(
        MeetingsHead("Siti Aminah", "Pendamping PKH", "Stabat"),
        period.name,
        months,
        Signatures("Stabat, 20 November 2023", "Kepala Dinas", "Rosmawati", "", ""),
        [],
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Rekap"]
    rows = [tuple(row) for row in sheet.iter_rows(max_col=6, values_only=True)]
    start = rows.index(("No", "Bulan/Tahun", "Triwulan", "Jumlah Pertemuan", "Jumlah KPM", "Modul dan Sesi"))
    table = [row for row in rows[start + 1 :] if row[2] or row[1] == "Jumlah"]
    assert any("Rosmawati" in row for row in rows)
    return table


@pytest.mark.parametrize(
    ("key", "first", "last"), [("2023-11", 11, 11), ("2023-T3", 7, 9), ("2023-T4", 10, 11), ("2023", 1, 11)]
)
def test_a_recap_equals_what_was_held_cell_by_cell(key: str, first: int, last: int) -> None:
    """Counted here from the plan alone, not by the program's words."""
    db, siti = office()
    held = year_of(db, siti)
    names = {8: "Agustus", 9: "September", 10: "Oktober", 11: "November", 7: "Juli"}
    names |= {1: "Januari", 2: "Februari", 3: "Maret", 4: "April", 5: "Mei", 6: "Juni"}
    expected: list[tuple[object, ...]] = []
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for number, month in enumerate(range(first, last + 1), 1):
        mine = [one for one in held if int(one[0][5:7]) == month]
        triwulan = ["I", "II", "III", "IV"][(month - 1) // 3]
        present = sum(one[1] for one in mine)
        expected.append((number, f"{names[month]} 2023", triwulan, len(mine), present))
        for total in (triwulan, "all"):
            totals[total][0] += len(mine)
            totals[total][1] += present
        if month % 3 == 0 or month == last:
            expected.append((None, f"Subtotal Triwulan {triwulan}", triwulan, *totals[triwulan]))
    if len(totals) > 2:
        expected.append((None, "Jumlah", None, *totals["all"]))
    table = sheet_of(db, siti, key)
    assert [row[:5] for row in table] == expected


def test_a_recap_names_what_was_taught() -> None:
    """By module and sesi, each once, with how many groups had it."""
    db, siti = office()
    year_of(db, siti)
    september = next(row for row in sheet_of(db, siti, "2023-T3") if row[1] == "September 2023")
    assert september[5] == (
        "Modul Pengelolaan Keuangan dan Perencanaan Usaha, Sesi 2: Cermat Meminjam dan Menabung (2 kelompok)"
    )


def test_files_are_named_so_that_none_overwrites_another() -> None:
    """Two groups of one name, two meetings of one day, and what no system takes in a name."""
    one, two = one_record(), one_record(id=2, group_id=2, village="Stabat Baru")
    slash = one_record(id=3, group_id=3, group="A/B: ../C", lesson_id=None, topic="x")
    not_held = one_record(id=4, group_id=4, group="Anggrek", state="not_held", why_not="x", sick=0, excused=0, absent=0)
    begins = names_of([one, two, slash, not_held])
    assert report_name(one, names_of([one])[1]) == "2023-11-11 Melati 2.2 Laporan P2K2.docx"
    assert begins[2] == "2023-11-11 Melati Stabat Baru"
    assert report_name(slash, begins[3]) == "2023-11-11 A B .. C Materi Tambahan Laporan P2K2.docx"
    assert report_name(not_held, begins[4]) == "2023-11-11 Anggrek 2.2 tidak terlaksana Laporan P2K2.docx"
    assert photo_name(begins[1], 1) == "2023-11-11 Melati Kwala Bingai foto 1.jpg"
    assert all_different(["a b.docx", "A b.docx", "a b.docx"]) == ["a b.docx", "A b (2).docx", "a b (3).docx"]


def test_a_bundle_is_split_between_meetings_and_never_within() -> None:
    """Each part within the limit, in order, nothing lost."""
    folders = [[(f"{n}.docx", b"x" * 400), (f"{n}.jpg", b"y" * 600)] for n in range(5)]
    parts = into_parts(folders, 4000)
    assert [[name for name, _ in part] for part in parts] == [
        ["0.docx", "0.jpg", "1.docx", "1.jpg"],
        ["2.docx", "2.jpg", "3.docx", "3.jpg"],
        ["4.docx", "4.jpg"],
    ]
    assert all(len(pack(part)) <= 4000 for part in parts)
    with zipfile.ZipFile(io.BytesIO(pack(parts[2]))) as archive:
        assert archive.namelist() == ["4.docx", "4.jpg"]


def test_absent_three_times_running_goes_by_number_over_held_meetings() -> None:
    """A meeting that was not held, and one of which only counts are known, change nothing; nor who has left."""
    db, siti = office()
    melati = group(db, siti, "Melati")
    meeting(db, siti, melati, "2023-06-03", absences={7: "sick"})
    meeting(db, siti, melati, "2023-07-01", absences={3: "absent", 4: "absent", 5: "sick"})
    meeting(db, siti, melati, "2023-08-05", absences={3: "sick", 4: "absent", 5: "sick"})
    meeting(db, siti, melati, "2023-09-02", state="not_held", why_not="Banjir", members=None)
    meeting(db, siti, melati, "2023-10-07", sick=4)
    assert absent_running(db, melati) == []
    meeting(db, siti, melati, "2023-11-04", absences={3: "excused", 4: "absent", 7: "sick"})
    db.execute("INSERT INTO memberships VALUES (?, 4, '', '2023-11-10')", (melati,))
    assert [(one.member, one.times) for one in absent_running(db, melati)] == [(3, 3)]
    meeting(db, siti, melati, "2023-11-11", lesson_id=7)
    assert absent_running(db, melati) == []


def card(db: Connection, siti: int, key: str) -> str:
    """Return the card of a month."""
    period = read_period(key)
    assert period is not None
    return write_card(standing(db, siti, period, TODAY, NOW), period, TODAY).plain


def test_the_card_tells_done_owed_and_what_waits() -> None:
    """A group that came later is not owed before; a draft and a returned one are named."""
    db, siti = office()
    melati, mawar = group(db, siti, "Melati"), group(db, siti, "Mawar")
    group(db, siti, "Anggrek")
    later = group(db, siti, "Zaitun")
    db.execute("UPDATE groups SET made_at = '2023-11-15T00:00:00.000+00:00' WHERE id = ?", (later,))
    meeting(db, siti, melati, "2023-11-04", sent_at="2023-11-21T00:00:00.000+00:00")
    meeting(db, siti, mawar, "2023-11-05", state="not_held", why_not="Banjir", members=None)
    meeting(db, siti, melati, "2023-10-05", returned_at=NOW)
    assert card(db, siti, "2023-11").splitlines() == [
        "Rekap P2K2 November 2023",
        "Sudah: 1 dari 4 kelompok, 1 pertemuan.",
        "Belum: Anggrek, Zaitun.",
        "Tidak terlaksana: Mawar.",
        "Menunggu: 1 draft yang masih bisa dilengkapi, 1 laporan dikembalikan untuk diperbaiki.",
    ]
    assert "Sudah: 1 dari 3 kelompok" in card(db, siti, "2023-10")


def test_a_group_that_was_handed_over_is_owed_from_that_day() -> None:
    """What happened before is the other's."""
    db, siti = office()
    melati = group(db, siti, "Melati")
    other = db.execute(
        "INSERT INTO persons (name, role, made_at) VALUES ('Budi', 'facilitator', ?) RETURNING id", (NOW,)
    )
    db.execute(
        "INSERT INTO handovers VALUES (1, ?, ?, ?, '2023-11-02', ?, ?)", (melati, other.fetchone()[0], siti, NOW, siti)
    )
    assert my_groups(db, siti)[0].since == "2023-11-02"
    october, november = read_period("2023-10"), read_period("2023-11")
    assert october is not None
    assert november is not None
    mine = my_groups(db, siti)[0]
    assert square_of(mine, october, None, TODAY)[0] == "free"
    assert square_of(mine, november, None, TODAY)[0] == "owed"


def test_the_picture_of_a_year_is_as_wide_as_a_phone_and_the_same_each_time() -> None:
    """Forty groups with long names still fit what Telegram takes."""
    rows = [YearRow(f"Kelompok Bunga Melati Putih Harum {n}", [("held", 1)] * 12) for n in range(40)]
    content = draw_year("P2K2 2023", "Siti Aminah", ["Jan"] * 12, rows)
    assert content == draw_year("P2K2 2023", "Siti Aminah", ["Jan"] * 12, rows)
    with Image.open(io.BytesIO(content)) as image:
        assert image.width == 1080
        assert image.width + image.height <= 10_000


@pytest.mark.parametrize("key", ["2023-13", "2023-00", "2023-T5", "abc", "23", "２０２３"])
def test_a_period_that_is_none_is_not_read(key: str) -> None:
    """Buttons may be made up."""
    assert read_period(key) is None


def test_periods_end_with_their_last_day() -> None:
    """Leap years and year's ends too."""
    found = [read_period(key) for key in ("2024-02", "2023-12", "2023-T4", "2023")]
    assert [one and (one.first.isoformat(), one.last.isoformat()) for one in found] == [
        ("2024-02-01", "2024-02-29"),
        ("2023-12-01", "2023-12-31"),
        ("2023-10-01", "2023-12-31"),
        ("2023-01-01", "2023-12-31"),
    ]
    assert isinstance(found[0], Period)


class Kept:
    """Files in memory, by a made-up digest."""

    def __init__(self, **files: bytes) -> None:
        self.files = files

    async def keep(self, content: bytes, type: str, /) -> str:
        self.files[f"kept{len(self.files)}"] = content
        return f"kept{len(self.files) - 1}"

    async def open(self, digest: str, /) -> bytes:
        return self.files[digest]


async def test_a_bundle_holds_each_report_its_photos_and_the_recap() -> None:
    """With names that say what they are; photos are scaled, and the same bundle is the same bytes."""
    files = Kept(a=photo(4000, 3000), b=photo(300, 400))
    records = [one_record(photos=("a", "b")), one_record(id=2, group_id=2, group="Mawar", day="2023-11-12")]
    paper = ReportPaper(OFFICE, default_template(), HEAD, None)
    parts = await write_bundles(files, paper, records, ("Rekap P2K2 November 2023.xlsx", b"recap"), TODAY)
    assert parts == await write_bundles(files, paper, records, ("Rekap P2K2 November 2023.xlsx", b"recap"), TODAY)
    members = dict(members_of(parts[0]))
    assert list(members) == [
        "Rekap P2K2 November 2023.xlsx",
        "2023-11-11 Melati 2.2 Laporan P2K2.docx",
        "2023-11-11 Melati foto 1.jpg",
        "2023-11-11 Melati foto 2.jpg",
        "2023-11-12 Mawar 2.2 Laporan P2K2.docx",
    ]
    with Image.open(io.BytesIO(members["2023-11-11 Melati foto 1.jpg"])) as image:
        assert image.size == (1600, 1200)
    assert len(Document(io.BytesIO(members["2023-11-11 Melati 2.2 Laporan P2K2.docx"])).inline_shapes) == 2
