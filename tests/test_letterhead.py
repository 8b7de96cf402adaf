"""The office's Word template: its letterhead and who signs are found, and what is no template is refused clearly."""

import io
import zipfile
from pathlib import Path

import pytest

from bot.documents.word_letterhead import LARGEST_PART, NotATemplate, read_word_letterhead

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FILES = Path(__file__).parent / "files"


def document(*paragraphs: str, **others: str) -> bytes:
    """Pack a Word file of these paragraphs; `others` are further parts, by name."""
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    parts = {"document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in (parts | {key.replace("_", "."): value for key, value in others.items()}).items():
            packed.writestr(f"word/{name}", content)
    return out.getvalue()


def test_a_template_brings_letterhead_logo_and_signature() -> None:
    """A file as Word saves it, with the letterhead in its header."""
    found = read_word_letterhead((FILES / "kop.docx").read_bytes())
    assert found.lines[:2] == ("PEMERINTAH KABUPATEN LANGKAT", "DINAS SOSIAL")
    assert found.picture is not None
    assert (found.town, found.title) == ("Stabat", "Kepala Dinas Sosial Kabupaten Langkat")
    assert (found.name, found.rank) == ("H. Ahmad Fauzi, S.Sos.", "Pembina Utama Muda")
    assert found.nip == "19680303 199203 1 002"


def test_a_letterhead_may_stand_in_the_letter_itself() -> None:
    """What stands above the first words of the letter is the letterhead; a signature without a rank has none."""
    found = read_word_letterhead(
        document(
            "PEMERINTAH KABUPATEN LANGKAT", "DINAS SOSIAL", "Nomor: 400.9/", "Stabat, 3 November 2023",
            "Kepala Dinas,", "Dra. Rosmawati", "NIP 123",
        )
    )  # fmt: skip
    assert found.lines == ("PEMERINTAH KABUPATEN LANGKAT", "DINAS SOSIAL")
    assert (found.town, found.title, found.name, found.rank, found.nip) == (
        *("Stabat", "Kepala Dinas", "Dra. Rosmawati", "", ""),
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7 not a Word file", "tidak bisa dibaca"),
        (document("KOP")[:-40], "tidak bisa dibaca"),
        (document("KOP", vbaProject_bin="macro"), "berisi makro"),
        (document("Nomor: 1", "Dengan hormat"), "tidak ada kop surat"),
        (document("KOP", header1_xml=" " * (LARGEST_PART + 1)), "terlalu besar"),
        (document("KOP", header1_xml='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "tidak bisa dibaca"),
        (document("KOP", header1_xml="<a>" * 5000), "tidak bisa dibaca"),
    ],
)
def test_what_is_no_template_is_refused_with_the_next_step(content: bytes, why: str) -> None:
    """A renamed PDF, half a file, macros, no letterhead, a bomb, entities, and a part that is no XML."""
    with pytest.raises(NotATemplate, match=why):
        read_word_letterhead(content)
