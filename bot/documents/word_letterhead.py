"""The letterhead and the signature block of the office's own Word template: read from the file, for what is printed."""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from defusedxml import DefusedXmlException, ElementTree

from bot.documents.paper_picture import is_picture

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_LINES, LONGEST_LINE = 6, 100
NARROWEST = 0.5  # of a crest; a letterhead is wide
LARGEST_PART = 5_000_000  # bytes once unpacked: a letter's text has some ten thousand
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = (
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says once more what stands beside it
)
_LETTER_BEGINS = re.compile(r"(?:nomor|surat|daftar|kepada|yth|perihal|hal|lampiran|sifat)\b|.*\{\{|.*\b20\d\d\b", re.I)
_RANK = re.compile(r"(?:pembina|penata|pengatur|juru)\b", re.IGNORECASE)
_DATED = re.compile(r"([A-Z][A-Za-z .]*?)\s*,\s*(?=.*(?:\d|\.\.|…|__|\{\{|tanggal))\S.*")


class NotATemplate(Exception):
    """Nothing can be taken from the file; the text says why, and what to send instead."""


@dataclass(frozen=True, slots=True)
class WordLetterhead:
    """What was found: the letterhead's lines, its picture if it has one, and the parts of the signature block."""

    lines: tuple[str, ...]
    picture: bytes | None = None
    town: str = ""
    title: str = ""
    name: str = ""
    rank: str = ""
    nip: str = ""


def read_word_letterhead(content: bytes) -> WordLetterhead:
    """Read a .docx. Raises NotATemplate."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = set(packed.namelist())
            if "word/document.xml" not in names:
                raise NotATemplate("Berkas itu bukan Word (.docx). Simpan templatnya sebagai .docx, lalu kirim lagi.")
            if any(name.endswith("vbaProject.bin") for name in names):
                raise NotATemplate("Berkas itu berisi makro. Simpan sebagai .docx tanpa makro, lalu kirim lagi.")
            body = _lines(packed, "word/document.xml")
            headers = sorted(name for name in names if re.fullmatch(r"word/header\d*\.xml", name))
            found = next((lines for name in headers if (lines := _lines(packed, name))), [])
            pictures = [_picture(packed, name) for name in (*headers, "word/document.xml")]
    except (zipfile.BadZipFile, ElementTree.ParseError, DefusedXmlException, RuntimeError, NotImplementedError) as why:
        raise NotATemplate("Berkas Word itu tidak bisa dibaca. Simpan ulang sebagai .docx, lalu kirim lagi.") from why
    picture = next(filter(None, pictures), None)
    lines = [line[:LONGEST_LINE] for line in found or _before_the_letter(body)][:MOST_LINES]
    if not lines and picture is None:
        raise NotATemplate("Di berkas Word itu tidak ada kop surat. Kirim templat yang ada kopnya, atau gambar kopnya.")
    return WordLetterhead(tuple(lines), picture, **_signature(body))


def _lines(packed: zipfile.ZipFile, name: str) -> list[str]:
    """Return the lines of a part that say something, text boxes included."""
    told: list[str] = []
    for paragraph in _paragraphs(ElementTree.fromstring(_unpacked(packed, name))):
        told += [" ".join(line.split()) for line in paragraph.split("\n")]
    return [line for line in told if line]


def _paragraphs(element: Any) -> list[str]:
    """Return the text of each paragraph; one within another, of a text box, stands before it."""
    inner: list[str] = []
    text = ""
    for child in element:
        if child.tag == _FALLBACK:
            continue
        if child.tag == f"{_W}t":
            text += child.text or ""
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            text += "\n"
        elif child.tag == f"{_W}tab":
            text += " "
        elif child.tag == f"{_W}p":
            inner += _paragraphs(child)
        else:
            *before, own = _paragraphs(child) or [""]
            inner += before
            text += own
    return [*inner, text]


def _unpacked(packed: zipfile.ZipFile, name: str) -> bytes:
    """Return a part, unless it is larger than any letter: what it says of its size need not be true."""
    with packed.open(name) as part:
        content = part.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise NotATemplate("Berkas Word itu terlalu besar. Kirim templat yang berisi kop dan tanda tangan saja.")
    return content


def _picture(packed: zipfile.ZipFile, name: str) -> bytes | None:
    """Return the first picture that a part shows and that can be printed."""
    folder, _, file = name.rpartition("/")
    links = f"{folder}/_rels/{file}.rels"
    if links not in packed.namelist():
        return None
    for link in ElementTree.fromstring(_unpacked(packed, links)):
        target = f"{folder}/{link.get('Target', '')}"
        if link.get("Type", "").endswith("/image") and target in packed.namelist():
            content = _unpacked(packed, target)
            if is_picture(content, NARROWEST):
                return content
    return None


def _before_the_letter(body: list[str]) -> list[str]:
    """Return the lines above a letter's first words, where the letterhead is no header of its own."""
    lines: list[str] = []
    for line in body:
        if _LETTER_BEGINS.match(line) or len(lines) > MOST_LINES:
            break
        lines.append(line)
    return lines if len(lines) <= MOST_LINES else []


def _signature(body: list[str]) -> dict[str, str]:
    """Return who signs: what stands above the last NIP of the letter."""
    last = next((at for at in range(len(body) - 1, -1, -1) if body[at].upper().startswith("NIP")), None)
    if last is None:
        return {}
    digits = re.sub(r"\D", "", body[last])
    nip = f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}" if len(digits) == 18 else ""
    above = body[max(0, last - 6) : last]
    rank = above.pop() if above and _RANK.match(above[-1]) else ""
    name = above.pop() if above else ""
    title: list[str] = []
    while above and not (dated := _DATED.match(above[-1])) and len(title) < 2:
        title.insert(0, above.pop().rstrip(",:"))
    town = dated[1] if above and (dated := _DATED.match(above[-1])) else ""
    return {"town": town, "title": " ".join(title), "name": name, "rank": rank, "nip": nip}
