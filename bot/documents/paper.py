"""Paper of the office: A4 with its letterhead, its signature block, and at the foot what proves the sheet.

Importing this costs a third of a second and twenty megabytes, so it is imported where something is printed.
"""

import importlib.util
import io
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

import segno
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from storage.letterhead import Letterhead

FAMILY, _SECOND = "office", "second"
# Drawn like the letters of every office, and with more alphabets than the fonts that a PDF reader brings.
_FONTS = {"": "STIXGeneral.ttf", "B": "STIXGeneralBol.ttf", "I": "STIXGeneralItalic.ttf"}
_LAST_RESORT = "DejaVuSans.ttf"
_MADE_AT = datetime(2000, 1, 1, tzinfo=UTC)  # instead of the clock's time: the same content gives the same bytes
_QR, _HEAD, _LOGO = 15.0, 30.0, 22.0  # millimetres: sides of the QR code and a logo, height of a picture of all
_INK = (31, 58, 45)

# It warns of letters that no font has, and names them: names of people do not belong in a log.
logging.getLogger("fpdf").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Stationery:
    """What the office prints on: its name, its letterhead, and its pictures: instead of the lines, or beside them."""

    office: str
    head: Letterhead
    picture: bytes | None = None
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What stands at the foot: the checksum, and what the QR code says."""

    checksum: str
    content: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document under way; `stationery` and `proof` stand on every page of it."""

    pdf: FPDF
    stationery: Stationery

    def write(
        self, text: str, size: float, *, style: str = "", align: Align = Align.C, height: float = 0, width: float = 0
    ) -> None:
        """Write a paragraph and go to the line below; sizes are in points, `height` and `width` in millimetres."""
        self.cover(text)
        self.pdf.set_font(FAMILY, style, size)
        self.pdf.multi_cell(
            width or self.pdf.epw,
            height or size * 0.45,
            text,
            align=align,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def cover(self, text: str) -> None:
        """Have a second font at hand for letters that the first has not; few names need it, and it costs much."""
        if _SECOND not in self.pdf.fonts and not _letters().issuperset(map(ord, text)):
            self.pdf.add_font(_SECOND, "", _folder() / _LAST_RESORT)
            self.pdf.set_fallback_fonts([_SECOND], exact_match=False)

    def to_bytes(self) -> bytes:
        """Return the file."""
        return bytes(self.pdf.output())


def new_paper(stationery: Stationery, proof: Proof | None = None, *, landscape: bool = False) -> Paper:
    """Open a document whose every page ends with its number, and with checksum and QR code where it has a proof."""
    pdf = _Footed(proof, "landscape" if landscape else "portrait")
    pdf.set_creation_date(_MADE_AT)
    pdf.set_creator("pkh-bot")
    for style, name in _FONTS.items():
        pdf.add_font(FAMILY, style, _folder() / name)
    pdf.set_margins(12, 10, 12)
    pdf.set_auto_page_break(auto=True, margin=_QR + 12 if proof else 16)
    pdf.add_page()
    return Paper(pdf, stationery)


def next_page(paper: Paper, proof: Proof) -> None:
    """End this page and begin one whose foot says something else."""
    assert isinstance(paper.pdf, _Footed)
    paper.pdf.add_page()  # draws the foot of the page before
    paper.pdf.proof = proof


def put_letterhead(paper: Paper) -> None:
    """Put the office's picture or lines above everything, with the double rule of official letters."""
    pdf, stationery = paper.pdf, paper.stationery
    if stationery.picture is not None:
        pdf.image(
            io.BytesIO(stationery.picture), x=pdf.l_margin, y=pdf.t_margin, w=pdf.epw, h=_HEAD, keep_aspect_ratio=True
        )
        pdf.set_y(pdf.t_margin + _HEAD + 2)
    else:
        if stationery.logo is not None:
            pdf.image(
                io.BytesIO(stationery.logo), x=pdf.l_margin, y=pdf.t_margin, w=_LOGO, h=_LOGO, keep_aspect_ratio=True
            )
            pdf.set_left_margin(pdf.l_margin + _LOGO)  # the lines are centred in what is left
        lines = stationery.head.lines.splitlines() or [stationery.office]
        for number, line in enumerate(lines):
            big = number < 2
            paper.write(line.upper() if big and len(lines) < 2 else line, 15 if big else 10, style="B" if big else "")
        if stationery.logo is not None:
            pdf.set_left_margin(pdf.l_margin - _LOGO)
            pdf.set_y(max(pdf.get_y(), pdf.t_margin + _LOGO))
        pdf.ln(1.5)
    pdf.set_draw_color(0)
    for thick, below in ((0.8, 0.0), (0.2, 1.0)):
        pdf.set_line_width(thick)
        pdf.line(pdf.l_margin, pdf.get_y() + below, pdf.w - pdf.r_margin, pdf.get_y() + below)
    pdf.set_y(pdf.get_y() + 5)


def put_signature(paper: Paper, dated: str) -> None:
    """Put where, when and who signs at the right; the block is never torn by a page's end."""
    pdf, head = paper.pdf, paper.stationery.head
    width, x = 78.0, pdf.w - pdf.r_margin - 78.0
    if pdf.get_y() + 42 > pdf.page_break_trigger:
        pdf.add_page()
    lines = [(", ".join(filter(None, (head.town, dated))), "", 0.0), (f"{head.title}," if head.title else "", "", 18.0)]
    lines += [(head.name or "." * 40, "B", 0.0), (head.rank, "", 0.0), (f"NIP {head.nip}" if head.nip else "", "", 0.0)]
    for text, style, gap in lines:
        if text:
            pdf.set_x(x)
            paper.write(text, 11, style=style, align=Align.L, width=width)
        pdf.ln(gap)


class _Footed(FPDF):
    """Draws the foot of each page when the page is full."""

    def __init__(self, proof: Proof | None, orientation: str) -> None:
        super().__init__(orientation=orientation, unit="mm", format="A4")
        self.proof = proof

    def footer(self) -> None:
        """Put the QR code at the left, what it is for beside it, and the page's number at the right."""
        top = self.h - _QR - 9
        self.set_font(FAMILY, "", 8)
        self.set_text_color(90)
        if self.proof is not None:
            self.image(_qr(self.proof.content), x=self.l_margin, y=top, w=_QR)
            self.set_xy(self.l_margin + _QR + 2, top + 4)
            self.cell(120, 4, f"Kode lembar {self.proof.checksum}", new_x=XPos.LEFT, new_y=YPos.NEXT)
            self.cell(120, 4, f"Untuk memeriksanya kirim ke bot: PERIKSA {self.proof.checksum}")
        if self.auto_page_break:  # a sheet that is one page by its nature needs no number
            self.set_xy(self.w - self.r_margin - 50, top + 8)
            self.cell(50, 4, f"Halaman {self.page_no()} dari {{nb}}", align=Align.R)
        self.set_text_color(0)


@lru_cache(maxsize=1)  # for the next page, which mostly has the same
def _qr(content: str) -> bytes:
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="png", scale=6, border=1)
    return out.getvalue()


@cache
def _letters() -> frozenset[int]:
    """Return what all faces of the first font can write."""
    from fontTools.ttLib import TTFont

    found = []
    for name in _FONTS.values():
        with TTFont(_folder() / name) as font:
            found.append(frozenset(font.getBestCmap()))
    return frozenset.intersection(*found) | {ord("\n")}


@cache
def _folder() -> Path:
    """Find the fonts that matplotlib brings, without importing it: no system need have any."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
