"""Unpacking a file that somebody sent into plain rows of cells, after checking that this is safe."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator

MAX_BYTES = 5_000_000
MAX_UNPACKED = 30_000_000
MAX_RATIO = 100
MAX_MEMBERS = 200
MAX_ROWS = 5_000
# Formatted but empty rows under the table are common, so a sheet may hold more <row> elements than people.
MAX_ROW_ELEMENTS = 20_000
MAX_COLUMNS = 40

Table = list[tuple[object, ...]]

_ROW = re.compile(rb"<(?:\w+:)?row[\s>/]")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)

TOO_BIG = "File terlalu besar: paling banyak 5 MB. Hapus gambar dan lembar lain, lalu kirim lagi."
TOO_MANY = "Isi file lebih dari 5.000 baris. Sisakan daftar petugas saja, lalu kirim lagi."
TOO_HEAVY = "Isi file tidak wajar besarnya. Salin daftar petugas ke file Excel baru, lalu kirim file baru itu."
NOT_EXCEL = (
    "File ini bukan Excel (.xlsx) atau CSV. Simpan daftar petugas sebagai Excel Workbook (.xlsx), lalu kirim lagi."
)
OLD_EXCEL = (
    "File ini Excel lama (.xls) atau berkata sandi. Simpan sebagai Excel Workbook (.xlsx) tanpa kata sandi, "
    "lalu kirim lagi."
)
MACROS = "File ini berisi makro. Simpan sebagai Excel Workbook (.xlsx) tanpa makro, lalu kirim lagi."
DAMAGED = "File Excel ini rusak atau tidak lengkap. Buka di Excel, simpan ulang sebagai .xlsx, lalu kirim lagi."
EMPTY = "File ini kosong. Kirim file Excel (.xlsx) atau CSV yang berisi daftar petugas."
UNREADABLE_TEXT = "Huruf di file CSV ini tidak terbaca. Simpan sebagai Excel Workbook (.xlsx), lalu kirim lagi."


class NotARoster(Exception):
    """The file cannot be read as a roster; the text says why and what to do, for the person who sent it."""


def read_tables(content: bytes, name: str) -> list[Table]:
    """Return the tables that the file may mean: its visible sheets, or the text split at each usual separator.

    Raises NotARoster. Blocks for seconds on a hostile file: call it in a child process, with limits.
    """
    if not content.strip():
        raise NotARoster(EMPTY)
    if len(content) > MAX_BYTES:
        raise NotARoster(TOO_BIG)
    if content.startswith(b"PK"):
        return _sheets(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotARoster(OLD_EXCEL)
    if name.casefold().endswith((".csv", ".txt", ".tsv")):
        return [_split(_decoded(content), separator) for separator in ",;\t"]
    raise NotARoster(NOT_EXCEL)


def _sheets(content: bytes) -> list[Table]:
    import openpyxl  # heavy: imported where it is used

    # Without defusedxml one cell of a few hundred bytes unfolds to a million characters.
    if not openpyxl.DEFUSEDXML:
        raise RuntimeError("openpyxl runs without defusedxml")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive, len(content))
            _check_parts(archive)
        workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        return [
            _rows(sheet.iter_rows(max_row=MAX_ROW_ELEMENTS, max_col=MAX_COLUMNS, values_only=True)) for sheet in visible
        ]
    except (NotARoster, MemoryError):
        raise
    except Exception as why:  # a damaged workbook fails in openpyxl in any way: KeyError, ValueError, ParseError…
        raise NotARoster(DAMAGED) from why


def _check_directory(archive: zipfile.ZipFile, size: int) -> None:
    """Judge by the directory alone, which costs nothing; zipfile never unpacks more than it declares."""
    members = archive.infolist()
    names = {member.filename for member in members}
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise NotARoster(TOO_HEAVY)
    if any(member.flag_bits & 0x1 for member in members):
        raise NotARoster(OLD_EXCEL)
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise NotARoster(MACROS)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise NotARoster(NOT_EXCEL)


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Count rows and look for declarations before any XML parser runs: a million rows cost openpyxl half a minute."""
    size = unpacked = 0
    for member in archive.infolist():
        part = archive.read(member)
        size, unpacked = size + member.compress_size, unpacked + len(part)
        if member.filename.startswith("xl/worksheets/") and len(_ROW.findall(part)) > MAX_ROW_ELEMENTS:
            raise NotARoster(TOO_MANY)
        if member.filename.endswith((".xml", ".rels")) and _DECLARATION.search(part):
            raise NotARoster(TOO_HEAVY)
    if unpacked > MAX_RATIO * max(size, 10_000):
        raise NotARoster(TOO_HEAVY)


def _rows(cells: Iterable[Iterable[object]]) -> Table:
    """Take rows, blank ones too, so that the index stays Excel's row number less one."""
    table: Table = []
    filled = 0
    for row in cells:
        table.append(tuple(row))
        filled += any(cell not in (None, "") for cell in table[-1])
        if filled > MAX_ROWS + 20:  # a letterhead and a header row stand above the people
            raise NotARoster(TOO_MANY)
    return table


def _decoded(content: bytes) -> str:
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotARoster(UNREADABLE_TEXT)


def _split(text: str, separator: str) -> Table:
    try:
        return _rows(_records(text, separator))
    except csv.Error as why:
        raise NotARoster(UNREADABLE_TEXT) from why


def _records(text: str, separator: str) -> Iterator[list[str]]:
    yield from (row[:MAX_COLUMNS] for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator))
