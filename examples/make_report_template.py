"""Writes the Word template of the RHK 2 report that comes with the program; the same bytes each time."""

import io
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as Word
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from bot.documents.meeting_report import DEFAULT_TEMPLATE
from bot.documents.packing import members_of, pack

HEAD = (
    ("Kelompok", "{{ kelompok }}"),
    ("Desa/Kelurahan", "{{ desa }}"),
    ("Kecamatan", "{{ kecamatan }}"),
    ("Hari/Tanggal", "{{ hari_tanggal }}"),
    ("Pukul", "{{ pukul }}"),
    ("Tempat", "{{ tempat }}"),
    ("Materi", "{{ materi }}"),
    ("Peserta", "{{ peserta }}"),
    ("Pendamping", "{{ pendamping }}"),
)
CHAPTERS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "A. Pendahuluan",
        (
            ("1. Gambaran Umum", "gambaran_umum"),
            ("2. Maksud dan Tujuan", "maksud_tujuan"),
            ("3. Ruang Lingkup", "ruang_lingkup"),
            ("4. Dasar", "dasar"),
        ),
    ),
    ("B. Kegiatan yang Dilaksanakan", (("", "kegiatan"),)),
    (
        "C. Hasil yang Dicapai",
        (("1. Hasil", "hasil"), ("2. Kendala", "kendala"), ("3. Tindak Lanjut", "tindak_lanjut")),
    ),
    ("D. Kesimpulan dan Saran", (("1. Kesimpulan", "kesimpulan"), ("2. Saran", "saran"))),
    ("E. Penutup", (("", "penutup"),)),
)


def example() -> bytes:
    """Return the file's content."""
    word = Document()
    _set_up(word)
    _put_letterhead(word)
    _line(word, "{{ judul }}", bold=True, size=14, align=ALIGN.CENTER, after=10)
    _put_head(word)
    for chapter, parts in CHAPTERS:
        _line(word, chapter, bold=True, size=12, before=10, after=4, keep=True)
        for heading, field in parts:
            if heading:
                _line(word, heading, bold=True, before=2, after=2, keep=True)
            _line(word, f"{{{{ {field} }}}}", align=ALIGN.JUSTIFY, after=6)
    _put_signatures(word)
    _put_photos(word)
    return _packed(word)


def _set_up(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = Cm(2.5), Cm(2), Cm(2), Cm(2)
    style = word.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Arial")
    style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(0), 1.15
    properties = word.core_properties
    properties.author, properties.title, properties.comments = "pkh-bot", "Laporan P2K2", ""
    properties.created = properties.modified = datetime(2023, 1, 1, tzinfo=UTC)


def _put_letterhead(word: Word) -> None:
    _line(word, "{%p if kop_gambar %}")
    _line(word, "{{ kop_gambar }}", align=ALIGN.CENTER)
    _line(word, "{%p else %}")
    _line(word, "{{ kop }}", bold=True, size=13, align=ALIGN.CENTER)
    _line(word, "{%p endif %}")
    rule = _line(word, "", size=4, after=10)
    borders = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "thickThinSmallGap"), ("sz", "18"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    rule._p.get_or_add_pPr().append(borders)


def _put_head(word: Word) -> None:
    table = word.add_table(rows=0, cols=3)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for label, field in HEAD:
        cells = table.add_row().cells
        for cell, text in zip(cells, (label, ":", field), strict=True):
            _fill(cell, text)
    _widths(table, (3.8, 0.5, 12.2))


def _put_signatures(word: Word) -> None:
    _line(word, "", after=6, keep=True)
    table = word.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    _fill(left, "", "Mengetahui,", "Ketua Kelompok {{ kelompok }}", "", "", "", "………………………………")
    _fill(
        right,
        "{% if kota %}{{ kota }}, {% endif %}{{ tanggal_laporan }}",
        "{{ jabatan }}",
        "",
        "",
        "",
        "",
        "{{ pendamping }}",
        "NIP ………………………………",
    )
    _widths(table, (8.25, 8.25))
    _never_torn(table)
    _line(word, "{%p if penandatangan_nama %}")
    _line(word, "")
    signer = word.add_table(rows=1, cols=1)
    signer.alignment = WD_TABLE_ALIGNMENT.CENTER
    nip = "{% if penandatangan_nip %}NIP {{ penandatangan_nip }}{% endif %}"
    lines = ("{{ penandatangan_nama }}", "{{ penandatangan_pangkat }}", nip)
    _fill(signer.cell(0, 0), "Mengetahui,", "{{ penandatangan_jabatan }}", "", "", "", *lines, align=ALIGN.CENTER)
    _never_torn(signer)
    _line(word, "{%p endif %}")


def _put_photos(word: Word) -> None:
    _line(word, "{%p if foto %}")
    heading = _line(word, "Dokumentasi", bold=True, size=12, after=6, align=ALIGN.CENTER, keep=True)
    heading.paragraph_format.page_break_before = True
    _line(word, "Kelompok {{ kelompok }}, {{ hari_tanggal }}", align=ALIGN.CENTER, after=8, keep=True)
    table = word.add_table(rows=3, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for row, texts in zip(
        table.rows,
        (("{%tr for baris in foto %}", ""), ("{{ baris.kiri }}", "{{ baris.kanan }}"), ("{%tr endfor %}", "")),
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            _fill(cell, text, align=ALIGN.CENTER, after=6)
    _widths(table, (8.2, 8.2))
    _never_torn(table)
    _line(word, "{%p endif %}")


def _line(
    word: Word,
    text: str,
    *,
    bold: bool = False,
    size: float = 11,
    align: ALIGN = ALIGN.LEFT,
    before: float = 0,
    after: float = 0,
    keep: bool = False,
) -> Paragraph:
    paragraph = word.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)
    shape = paragraph.paragraph_format
    paragraph.alignment, shape.space_before, shape.space_after = align, Pt(before), Pt(after)
    shape.keep_with_next, shape.keep_together = keep or None, True
    return paragraph


def _fill(cell: _Cell, *texts: str, align: ALIGN = ALIGN.LEFT, after: float = 0) -> None:
    for number, text in enumerate(texts):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.add_run(text)
        paragraph.alignment, paragraph.paragraph_format.space_after = align, Pt(after)


def _widths(table: Table, widths: tuple[float, ...]) -> None:
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)


def _never_torn(table: Table) -> None:
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _packed(word: Word) -> bytes:
    out = io.BytesIO()
    word.save(out)
    return pack(members_of(out.getvalue()))


if __name__ == "__main__":
    DEFAULT_TEMPLATE.write_bytes(example())
