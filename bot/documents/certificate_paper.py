"""A certificate: one A4 page on its side, with a name that fills it, and the signature block of the office."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF

from bot.documents.paper import (
    FAMILY,
    Paper,
    Proof,
    Stationery,
    new_paper,
    next_page,
    put_letterhead,
    put_signature,
)

_LARGEST, _SMALLEST = 34.0, 16.0  # points, of the name
_GREEN, _GOLD = (31, 92, 63), (176, 141, 60)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says, in words; `number` is '' where the office numbers none."""

    name: str
    title: str
    district: str
    number: str
    subject: str
    days: str
    place: str
    dated: str


def write_certificates(certificates: Sequence[tuple[Certificate, Proof]], stationery: Stationery) -> bytes:
    """Write the .pdf file, a page for each; the same content gives the same bytes.

    A file of one page takes a twentieth of a second, every further page a tenth of that.
    """
    paper = new_paper(stationery, certificates[0][1], landscape=True)
    paper.pdf.set_auto_page_break(auto=False)
    for number, (one, proof) in enumerate(certificates):
        if number:
            next_page(paper, proof)
        _put_certificate(paper, one)
    return paper.to_bytes()


def _put_certificate(paper: Paper, one: Certificate) -> None:
    pdf = paper.pdf
    for colour, thick, inset in ((_GREEN, 1.2, 5.0), (_GOLD, 0.4, 7.0)):
        pdf.set_draw_color(*colour)
        pdf.set_line_width(thick)
        pdf.rect(inset, inset, pdf.w - 2 * inset, pdf.h - 2 * inset)
    put_letterhead(paper)
    pdf.set_y(max(pdf.get_y(), 46))
    pdf.set_text_color(*_GREEN)
    paper.write("SERTIFIKAT", 32, style="B")
    pdf.set_text_color(0)
    if one.number:
        paper.write(f"Nomor {one.number}", 12)
    pdf.ln(3)
    paper.write("diberikan kepada", 13, style="I")
    pdf.ln(1)
    paper.write(one.name, _size_of(pdf, one.name, pdf.epw - 20), style="B")
    where = f"Kecamatan {one.district}" if one.district else ""
    paper.write(", ".join(filter(None, (one.title, where))), 13)
    pdf.ln(3)
    paper.write("sebagai peserta", 13, style="I")
    pdf.ln(1)
    paper.write(one.subject, 18 if len(one.subject) <= 90 else 14, style="B")
    pdf.ln(1)
    paper.write(f"{one.days}\n{one.place}", 12)
    pdf.set_y(min(max(pdf.get_y() + 4, 142), 152))
    put_signature(paper, one.dated)


def _size_of(pdf: FPDF, name: str, room: float) -> float:
    """Return the largest size in points at which the name stands on one line of `room` millimetres."""
    pdf.set_font(FAMILY, "B", _LARGEST)
    wide = pdf.get_string_width(name)
    return max(_SMALLEST, min(_LARGEST, _LARGEST * room / wide if wide else _LARGEST))
