"""A meeting's RHK 2 report as Word, from the office's template or from the one that comes with the program.

Importing docxtpl costs a quarter of a second, so it is imported where a report is written.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.documents.packing import members_of, pack
from bot.documents.report_fields import NotATemplate, PlainFields, ReportFields, context_of
from bot.documents.scaled_photo import scale_photo

DEFAULT_TEMPLATE = Path(__file__).parent / "templates" / "laporan-rhk2.docx"
MOST_PHOTOS = 10
_LONGEST = 1000  # pixels: sharp on half of an A4 page, a tenth of what a phone takes
_WIDE, _HIGH = 7.6, 6.4  # centimetres that a photo may take
_HEAD_WIDE, _HEAD_HIGH = 16.0, 3.0


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is placed in a report: the letterhead's picture, None where it is in words, and the photos as they came."""

    letterhead: bytes | None = None
    photos: Sequence[bytes] = ()


def default_template() -> bytes:
    """Return the template that comes with the program."""
    return DEFAULT_TEMPLATE.read_bytes()


def write_report(template: bytes, fields: ReportFields, pictures: Pictures) -> bytes:
    """Write the .docx file; the same content gives the same bytes. Raises NotATemplate."""
    from docx.opc.exceptions import PackageNotFoundError
    from docxtpl import DocxTemplate

    guard = PlainFields()
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.init_docx()
        context = context_of(fields) | _placed(document, pictures)
        document.render(context, guard, autoescape=True)
        out = io.BytesIO()
        document.save(out)
    except NotATemplate:
        raise
    except (PackageNotFoundError, MemoryError) as why:
        raise NotATemplate(_DAMAGED) from why
    except Exception as why:  # what Word did not write fails in python-docx and lxml in any way
        raise NotATemplate(_DAMAGED) from why
    if guard.unknown:
        raise NotATemplate(unknown_fields(guard.unknown))
    if not guard.asked:
        raise NotATemplate(_BARE)
    return pack(members_of(out.getvalue()))


_DAMAGED = "Templat itu tidak bisa diisi. Buka di Word, simpan ulang sebagai .docx, lalu kirim lagi."

_BARE = "Di berkas itu tidak ada isian seperti {{ kelompok }}. Unduh templat bawaan, ubah, lalu kirim lagi."


def unknown_fields(names: set[str]) -> str:
    """Name the fields that nobody can fill."""
    return f"Isian ini tidak dikenal: {', '.join(sorted(names))}. Isian yang tersedia ada di templat bawaan."


def _placed(document: Any, pictures: Pictures) -> dict[str, Any]:
    from docx.shared import Cm
    from docxtpl import InlineImage
    from PIL import Image

    def place(content: bytes, ratio: float, wide: float, high: float) -> Any:
        return InlineImage(document, io.BytesIO(content), width=Cm(min(wide, high * ratio)))

    scaled = [scale_photo(one, _LONGEST) for one in pictures.photos[:MOST_PHOTOS]]
    shown = [place(one.content, one.width / one.height, _WIDE, _HIGH) for one in scaled if one is not None]
    rows = [{"kiri": shown[at], "kanan": (shown[at + 1 :] or [""])[0]} for at in range(0, len(shown), 2)]
    head: Any = ""
    if pictures.letterhead:  # as it came: scaling would lose what is transparent in it
        with Image.open(io.BytesIO(pictures.letterhead)) as image:
            head = place(pictures.letterhead, image.width / image.height, _HEAD_WIDE, _HEAD_HIGH)
    return {"foto": rows, "kop_gambar": head}
