"""The blank daftar hadir of a group on paper: A4, its member numbers, and room to write names and to sign or thumb."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from bot.documents.paper import FAMILY, Paper, Stationery, new_paper, put_letterhead

_WIDTHS = (10, 50, 36, 28, 16, 23, 23)  # millimetres
_HEADINGS = ("No", "Nama Lengkap Pengurus", "NIK / No. KK", "Alamat", "Status")
_SIGNED = "Tanda tangan / cap jempol"
_ROW, _HEAD = 8.2, 5.0  # millimetres: room for a thumb, and the height of one heading line
_SIGNATURES = 40.0  # millimetres


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What stands above the list; what is '' becomes a line to be filled in by hand."""

    group: str
    village: str
    district: str
    day: str
    hours: str
    place: str
    module: str
    lesson: str
    facilitator: str


def write_group_sheet(head: SheetHead, numbers: Sequence[int], stationery: Stationery) -> bytes:
    """Write the .pdf file; the same content gives the same bytes."""
    paper = new_paper(stationery)
    put_letterhead(paper)
    paper.write("DAFTAR HADIR PERTEMUAN KELOMPOK (P2K2)", 13, style="B")
    paper.pdf.ln(2)
    for label, value in (
        ("Kelompok", head.group),
        ("Desa/Kelurahan", head.village),
        ("Kecamatan", head.district),
        ("Hari/tanggal", head.day),
        ("Pukul", head.hours),
        ("Tempat", head.place),
        ("Modul", head.module),
        ("Sesi", head.lesson),
    ):
        _put_field(paper, label, value)
    paper.pdf.ln(2)
    _put_headings(paper.pdf)
    for number in numbers:
        if paper.pdf.get_y() + _ROW > paper.pdf.page_break_trigger:
            paper.pdf.add_page()
            _put_headings(paper.pdf)
        _put_row(paper.pdf, number)
    _put_signatures(paper, head.facilitator)
    return paper.to_bytes()


def _put_field(paper: Paper, label: str, value: str) -> None:
    pdf = paper.pdf
    pdf.set_font(FAMILY, "", 11)
    pdf.cell(30, 5.6, label)
    pdf.cell(4, 5.6, ":")
    if value:
        paper.write(value, 11, align=Align.L, height=5.6, width=pdf.w - pdf.r_margin - pdf.get_x())
        return
    pdf.set_line_width(0.15)
    pdf.set_dash_pattern(dash=0.4, gap=0.8)
    pdf.line(pdf.get_x() + 1, pdf.get_y() + 4.8, pdf.w - pdf.r_margin - 30, pdf.get_y() + 4.8)
    pdf.set_dash_pattern()
    pdf.ln(5.6)


def _put_headings(pdf: FPDF) -> None:
    pdf.set_font(FAMILY, "B", 9)
    pdf.set_draw_color(90)
    pdf.set_line_width(0.2)
    pdf.set_fill_color(225, 235, 229)
    for width, text in zip(_WIDTHS, _HEADINGS, strict=False):
        pdf.cell(width, 2 * _HEAD, text, border=1, align=Align.C, fill=True)
    x, y = pdf.get_x(), pdf.get_y()
    pdf.cell(sum(_WIDTHS[-2:]), _HEAD, _SIGNED, border=1, align=Align.C, fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.set_xy(x, y + _HEAD)
    pdf.cell(_WIDTHS[-2], _HEAD, "Ganjil", border=1, align=Align.C, fill=True)
    pdf.cell(_WIDTHS[-1], _HEAD, "Genap", border=1, align=Align.C, fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _put_row(pdf: FPDF, number: int) -> None:
    """Draw a row; the number stands again in the column where it is to be signed, as the official form has it."""
    pdf.set_font(FAMILY, "", 10)
    pdf.cell(_WIDTHS[0], _ROW, str(number), border=1, align=Align.C)
    for width in _WIDTHS[1:5]:
        pdf.cell(width, _ROW, "", border=1)
    pdf.set_font(FAMILY, "", 8)
    odd = number % 2 == 1
    pdf.cell(_WIDTHS[5], _ROW, f"{number}." if odd else "", border=1, align=Align.L)
    pdf.cell(
        _WIDTHS[6], _ROW, "" if odd else f"{number}.", border=1, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT
    )


def _put_signatures(paper: Paper, facilitator: str) -> None:
    """Put the two who sign side by side; the block is never torn by a page's end."""
    pdf = paper.pdf
    if pdf.get_y() + _SIGNATURES > pdf.page_break_trigger:
        pdf.add_page()
    pdf.ln(5)
    half = pdf.epw / 2
    top = pdf.get_y()
    for x, titles, name in (
        (pdf.l_margin, ("Mengetahui,", "Ketua Kelompok"), "." * 45),
        (pdf.l_margin + half, ("", "Pendamping Sosial PKH"), facilitator),
    ):
        pdf.set_xy(x, top)
        for title in titles:
            pdf.set_x(x)
            paper.write(title, 11, width=half, height=5)
        pdf.set_xy(x, top + 30)
        paper.write(name, 11, style="B" if name == facilitator else "", width=half, height=5)
