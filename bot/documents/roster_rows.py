"""Reading a table as a roster: find its header row, and turn each row below into a person or a plain-spoken problem."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeVar

import phonenumbers

from bot.documents.roster_table import MAX_ROWS, TOO_MANY, NotARoster, Table
from storage.places import District, Village, folded_words, named
from storage.roster import RosterRow

Places = Mapping[District, Sequence[Village]]
Place = TypeVar("Place", District, Village)

MAX_NAME = 100
HEADER_WITHIN = 20  # rows: a letterhead may stand above the table

_COLUMNS = {
    "name": "nama namalengkap namapetugas namapendamping namatksk namasdm namapendampingpkh",
    "phone": "hp nohp nomorhp nohape wa nowa nomorwa whatsapp nowhatsapp nomorwhatsapp telp notelp telepon notelepon "
    "nomortelepon nomortelp handphone nohandphone nomorhandphone nohpwa nomorhpwa nohpaktif nomorhpaktif ponsel",
    "role": "peran jabatan tugas posisi sebagai perantugas jabatantugas",
    "district": "kecamatan kec namakecamatan wilayahkecamatan kecamatantugas",
    "village": "desa kelurahan desakelurahan desakel kelurahandesa keldesa namadesa wilayahdampingan desadampingan",
}
_HEADERS = {word: column for column, words in _COLUMNS.items() for word in words.split()}
_HEADING = {"name": "Nama", "phone": "No HP", "role": "Peran", "district": "Kecamatan"}

_ROLE_NAMES = {
    "facilitator": "pendamping, pendamping pkh, pendamping sosial, pendamping sosial pkh, fasilitator, sdm pkh",
    "tksk": "tksk, tenaga kesejahteraan sosial kecamatan, pendamping tksk",
    "supervisor": "koordinator kecamatan, korcam, koorcam, supervisor, supervisor pkh, pekerja sosial supervisor",
    "operator": "operator, operator dinsos, operator dinas, operator dinas sosial, operator pkh",
    "coordinator": "koordinator kabupaten, korkab, ketua tim, ketua tim kabupaten, katim, katim kab, katimkab",
}
_ROLES = {name: role for role, names in _ROLE_NAMES.items() for name in names.split(", ")}
_OFFICE_ROLES = ("operator", "coordinator")  # they work for the whole kabupaten
_KNOWN_ROLES = "Pendamping PKH, TKSK, Koordinator Kecamatan, Koordinator Kabupaten, atau Operator"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was left out; `row` is its number as Excel shows it, `text` one line without that number."""

    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Roster:
    """The good rows, and one problem for each of the others."""

    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    """A cell that cannot be taken as it stands."""


def read_rows(tables: Sequence[Table], places: Places) -> Roster:
    """Read the first table that has a header row; raises NotARoster if none has."""
    table, at, columns = _find_header(tables)
    rows: list[RosterRow] = []
    problems: list[Problem] = []
    holders: dict[str, tuple[int, str]] = {}
    filled = 0
    for number, cells in enumerate(table[at + 1 :], at + 2):
        values = {column: cells[index] if index < len(cells) else None for column, index in columns.items()}
        if not any(_text(value) for value in values.values()):
            continue
        filled += 1
        if filled > MAX_ROWS:
            raise NotARoster(TOO_MANY)
        row = _read_row(number, values, places, holders)
        if isinstance(row, RosterRow):
            rows.append(row)
        else:
            problems.append(row)
    if not filled:
        raise NotARoster("Di bawah baris judul belum ada petugas. Isi daftarnya, lalu kirim lagi.")
    return Roster(tuple(rows), tuple(problems))


def mobile_number(value: object) -> str | None:
    """Read an Indonesian mobile number as people and Excel write it, as E.164; None if it is not one."""
    written = _text(value).lstrip("'")
    scientific = re.fullmatch(r"([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})", written)
    if scientific and len(scientific[2]) >= int(scientific[3]):
        written = scientific[1] + scientific[2]
    if re.search(r"[A-Za-z/;&]", re.sub(r"^(?:no|hp|wa|tel|telp)[.: ]+", "", written, flags=re.IGNORECASE)):
        return None
    digits = re.sub(r"[^0-9+]", "", written)
    try:
        number = phonenumbers.parse(re.sub(r"^00?62", "+62", digits), "ID")
    except phonenumbers.NumberParseException:
        return None
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if number.country_code != 62 or not mobile:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_name(value: object) -> str:
    """Return the name in one line, without control characters or anything in front that a sheet would calculate."""
    return _text(value).lstrip("=+-@' ")[:MAX_NAME].rstrip()


def _find_header(tables: Sequence[Table]) -> tuple[Table, int, dict[str, int]]:
    lacking: tuple[int, list[str]] | None = None
    for table in tables:
        for at, cells in enumerate(table[:HEADER_WITHIN]):
            columns: dict[str, int] = {}
            for index, cell in enumerate(cells):
                column = _HEADERS.get(re.sub(r"[^a-z]", "", _text(cell).casefold()))
                if column:
                    columns.setdefault(column, index)
            missing = [heading for column, heading in _HEADING.items() if column not in columns]
            if not missing:
                return table, at, columns
            if len(columns) >= 2 and lacking is None:
                lacking = at + 1, missing
    if lacking:
        row, missing = lacking
        raise NotARoster(
            f"Kolom {_listed(missing)} tidak ada di baris judul (baris {row}). Tambahkan, lalu kirim lagi."
        )
    raise NotARoster(
        "Baris judul tidak ditemukan. Baris pertama harus berisi Nama, No HP, Peran, Kecamatan, dan boleh Desa."
    )


def _read_row(
    number: int, values: Mapping[str, object], places: Places, holders: dict[str, tuple[int, str]]
) -> RosterRow | Problem:
    wrong: list[str] = []
    name = clean_name(values["name"])
    if not any(letter.isalpha() for letter in name):
        wrong.append(f'nama "{_short(values["name"])}" tidak terbaca' if _text(values["name"]) else "nama kosong")
    phone = mobile_number(values["phone"])
    if phone is None:
        wrong.append(_phone_problem(values["phone"]))
    elif phone in holders:
        row, holder = holders[phone]
        wrong.append(f"No HP sama dengan baris {row} ({holder})")
    else:
        holders[phone] = number, name
    role = _ROLES.get(" ".join(re.findall(r"[a-z]+", _text(values["role"]).casefold())))
    if role is None:
        given = f'peran "{_short(values["role"])}" tidak dikenal' if _text(values["role"]) else "peran kosong"
        wrong.append(f"{given}; isi {_KNOWN_ROLES}")
    district: District | None = None
    village: Village | None = None
    try:
        if _text(values["district"]) or role not in _OFFICE_ROLES:
            district = _find_district(values["district"], places)
            village = _find_village(values.get("village"), district, places)
    except _Wrong as why:
        wrong.append(str(why))
    if wrong or phone is None or role is None:
        return Problem(number, "; ".join(wrong) + ".")
    return RosterRow(
        number,
        name,
        phone,
        role,
        district.id if district else None,
        district.name if district else "",
        village.id if village else None,
    )


def _phone_problem(value: object) -> str:
    written = _text(value)
    if not written:
        return "No HP kosong"
    if re.fullmatch(r"[0-9][.,][0-9]+[eE]\+?[0-9]+", written):
        return f'No HP "{_short(value)}" terpotong oleh Excel; ubah format kolomnya menjadi Teks dan ketik ulang'
    return f'No HP "{_short(value)}" bukan satu nomor ponsel; contoh yang benar 081234567890'


def _find_district(value: object, places: Places) -> District:
    text = _text(value)
    if not text:
        raise _Wrong("kecamatan kosong; isi di setiap baris")
    found = named(text, places)
    if len(found) == 1:
        return found[0]
    if found:
        raise _Wrong(f'kecamatan "{_short(value)}" bisa berarti {_listed([place.name for place in found], "atau")}')
    raise _Wrong(f'kecamatan "{_short(value)}" tidak dikenal{_guess(text, list(places))}')


def _find_village(value: object, district: District, places: Places) -> Village | None:
    """Find the village; of several in one cell, "Banyumas, Mangga", the first counts."""
    text = _text(value)
    if not re.search(r"[A-Za-z]", text):
        return None
    for part in (text, re.split(r"[,;/&]| dan ", text)[0]):
        found = named(part, places[district])
        if len(found) == 1:
            return found[0]
    elsewhere = sorted({village.district for others in places.values() for village in named(text, others)})
    hint = f"; adanya di {_listed(elsewhere, 'dan')}" if elsewhere else _guess(text, places[district])
    raise _Wrong(f'desa "{_short(value)}" tidak ada di Kecamatan {district.name}{hint}')


def _guess(text: str, candidates: Sequence[Place]) -> str:
    spelled = {"".join(folded_words(place.name)): place.name for place in candidates}
    near = get_close_matches("".join(folded_words(text))[:MAX_NAME], spelled, n=1)
    return f"; mungkin {spelled[near[0]]}" if near else ""


def _text(value: object) -> str:
    """Return a cell as one line of text; an error value such as #N/A counts as empty."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    plain = unicodedata.normalize("NFC", str(value)[:500])
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in plain
        if letter.isspace() or unicodedata.category(letter)[0] != "C"
    )
    line = " ".join(kept.split())
    return "" if re.fullmatch(r"#[A-Z/0]+[!?]?", line) else line


def _short(value: object) -> str:
    text = _text(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _listed(names: Sequence[str], last: str = "dan") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
