"""Whether a Word file that somebody sent can serve as the template of the reports: judged before it is ever filled."""

import io
import re
import zipfile
import zlib

from bot.documents.meeting_report import Pictures, write_report
from bot.documents.report_fields import NotATemplate, ReportFields

MOST_BYTES = 5_000_000
_MOST_UNPACKED = 30_000_000
_MOST_TEXT = 3_000_000  # of one XML part: the parsers hold a multiple of it in memory
_MOST_MEMBERS = 400

_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# A tag ends at its own ">", not at one within quotes, and at the latest where the next begins: each is read once.
_RELATIONSHIP = re.compile(rb"<Relationship\b(?:[^<>\"']++|\"[^<\"]*+\"|'[^<']*+')*+>", re.IGNORECASE)
_OUTSIDE = re.compile(rb"TargetMode\s*+=\s*+[\"']External[\"']", re.IGNORECASE)
_FOREIGN = re.compile(r"vbaproject|vbadata|/activex/|/embeddings/|oleobject", re.IGNORECASE)

TOO_BIG = "Berkas itu terlalu besar: paling banyak 5 MB. Perkecil gambarnya, lalu kirim lagi."
NOT_WORD = "Berkas itu bukan Word (.docx). Simpan templatnya sebagai Dokumen Word (.docx), lalu kirim lagi."
OLD_WORD = "Berkas itu Word lama (.doc) atau berkata sandi. Simpan sebagai .docx tanpa kata sandi, lalu kirim lagi."
MACROS = "Berkas itu berisi makro atau objek tersisip. Simpan sebagai .docx biasa tanpa itu, lalu kirim lagi."
HEAVY = "Isi berkas itu tidak wajar besarnya. Salin templatnya ke dokumen Word baru, lalu kirim yang baru itu."
OUTSIDE = "Berkas itu mengambil isi dari tempat lain. Tempel gambarnya langsung di dokumen, lalu kirim lagi."


def check_template(content: bytes, sample: ReportFields, photos: tuple[bytes, ...]) -> None:
    """Judge the file and fill it on trial. Raises NotATemplate."""
    _check_archive(content)
    write_report(content, sample, Pictures(None, photos))


def _check_archive(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise NotATemplate(TOO_BIG)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotATemplate(OLD_WORD)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive)
            for member in archive.infolist():
                check_part(member.filename, archive.read(member))
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError, zlib.error) as why:
        raise NotATemplate(NOT_WORD) from why


def _check_directory(archive: zipfile.ZipFile) -> None:
    """Judge by the directory alone, which costs nothing; zipfile never unpacks more than it declares."""
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
        raise NotATemplate(HEAVY)
    if any(member.flag_bits & 0x1 for member in members):
        raise NotATemplate(OLD_WORD)
    if any(_FOREIGN.search(name) for name in names):
        raise NotATemplate(MACROS)
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise NotATemplate(NOT_WORD)
    if any(one.file_size > _MOST_TEXT for one in members if one.filename.endswith((".xml", ".rels"))):
        raise NotATemplate(HEAVY)


def check_part(name: str, part: bytes) -> None:
    """Refuse what a report must not carry, or fetch. Raises NotATemplate."""
    if not name.endswith((".xml", ".rels")):
        return
    if _DECLARATION.search(part) or part.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotATemplate(HEAVY)
    if name == "[Content_Types].xml" and b"macroEnabled" in part:
        raise NotATemplate(MACROS)
    # A link that a reader may follow is fine; what Word fetches by itself when the report is opened is not.
    if any(_OUTSIDE.search(one) and b"/hyperlink" not in one for one in _RELATIONSHIP.findall(part)):
        raise NotATemplate(OUTSIDE)
