"""The daftar hadir of one slot on paper: A4, to be signed, with the letterhead above and the signature block below."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf.enums import Align, TableBordersLayout, VAlign
from fpdf.fonts import FontFace

from bot.documents.attendance_list import Line
from bot.documents.paper import FAMILY, Paper, Proof, Stationery, new_paper, put_letterhead, put_signature

_WIDTHS = (8, 41, 26, 23, 22, 10, 31, 25)  # millimetres
_HEADINGS = ("No", "Nama", "Jabatan", "Kecamatan", "No. HP", "Jam", "Status, bukti", "Tanda tangan")
_ROW = 8.5  # millimetres: room for a signature


@dataclass(frozen=True, slots=True)
class ListHead:
    """What stands above the list, in words; `number` is '' for a letter without one, `dated` when it is signed."""

    subject: str
    number: str
    day: str
    hours: str
    place: str
    dated: str
    counts: str


def write_list(head: ListHead, lines: Sequence[Line], stationery: Stationery, proof: Proof) -> bytes:
    """Write the .pdf file; the same content gives the same bytes."""
    paper = new_paper(stationery, proof)
    put_letterhead(paper)
    paper.write("DAFTAR HADIR", 14, style="B")
    paper.pdf.ln(2)
    for label, value in (
        ("Perihal", head.subject),
        ("Nomor surat", head.number),
        ("Hari/tanggal", head.day),
        ("Waktu absen", head.hours),
        ("Tempat", head.place),
    ):
        if value:
            _put_field(paper, label, value)
    paper.pdf.ln(3)
    _put_table(paper, lines)
    paper.pdf.ln(3)
    paper.write(head.counts, 10, align=Align.L)
    paper.pdf.ln(5)
    put_signature(paper, head.dated)
    return paper.to_bytes()


def _put_field(paper: Paper, label: str, value: str) -> None:
    pdf = paper.pdf
    pdf.set_font(FAMILY, "", 11)
    pdf.cell(28, 5, label)
    pdf.cell(4, 5, ":")
    paper.write(value, 11, align=Align.L, height=5, width=pdf.w - pdf.r_margin - pdf.get_x())


def _put_table(paper: Paper, lines: Sequence[Line]) -> None:
    pdf = paper.pdf
    paper.cover("".join(f"{line.name}{line.title}{line.district}{line.remark}" for line in lines))
    pdf.set_font(FAMILY, "", 9)
    pdf.set_draw_color(120)
    pdf.set_line_width(0.2)
    with pdf.table(
        col_widths=_WIDTHS,
        width=sum(_WIDTHS),
        align=Align.C,
        line_height=4,
        padding=(0.6, 1),
        min_row_height=_ROW,
        v_align=VAlign.M,
        text_align=(Align.C, Align.L, Align.L, Align.L, Align.C, Align.C, Align.L, Align.L),
        headings_style=FontFace(emphasis="BOLD", fill_color=(225, 235, 229)),
        borders_layout=TableBordersLayout.ALL,
    ) as table:
        table.row(_HEADINGS)
        for number, line in enumerate(lines, 1):
            proved = ", ".join(filter(None, (line.status, line.evidence, line.remark)))
            table.row(
                (str(number), line.name, line.title, line.district, line.phone, line.time, proved, ""),
            )
