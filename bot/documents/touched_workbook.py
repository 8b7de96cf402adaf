"""Whose data was touched in a span of time, as an Excel file: a line for each person, and one for each deed."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.sheet import Column, Value, add_sheet, new_sheet, put_table, put_title, to_bytes

_NONE = "–"  # the dash that offices print for "nothing"

HOW_READ = (
    ("Tepat", "Tindakan atas satu orang (kartu, absen manual, pemindahan, dan sebagainya) menyebut orang itu sendiri."),
    (
        "Cakupan",
        "Tindakan atas kegiatan, kecamatan, atau semua petugas menyentuh orang yang ada di dalamnya: dibaca menurut "
        "keadaan sekarang, ditambah yang sudah pindah dari kecamatan itu sesudahnya, tanpa yang baru terdaftar "
        "sesudahnya. Jadi namanya lebih mungkin berlebih daripada kurang; kekecualiannya di bawah ini.",
    ),
    (
        "Undangan",
        "Cakupan sebuah kegiatan: undangan, wakil, panitia, dan yang tercatat hadir. Undangan yang ditarik sebelum "
        "kegiatan dimulai tidak lagi termasuk.",
    ),
    (
        "Di luar catatan",
        "Nama yang muncul sebagai pilihan saat operator mengetik pencarian tidak dicatat satu per satu; yang dicatat "
        "tindakan yang dipilih. Siapa pun yang memegang berkas database dapat membacanya tanpa lewat bot.",
    ),
    (
        "Kewajiban",
        "UU 27/2022 pasal 46: kegagalan pelindungan data diberitahukan tertulis kepada pemilik data dan lembaga paling "
        "lambat 3 x 24 jam: data apa yang terungkap, kapan dan bagaimana, serta upaya penanganannya.",
    ),
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody whose data was touched; what was done with it and through which deeds, in words."""

    name: str
    title: str
    district: str
    phone: str
    does: str
    deeds: str
    count: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class DeedRow:
    """A line of the audit: its number, when, who, what, what it did with data, its scope, how many people."""

    number: int
    at: str
    who: str
    deed: str
    does: str
    scope: str
    people: int


def write_touched(head: Sequence[tuple[str, str]], people: Sequence[PersonRow], deeds: Sequence[DeedRow]) -> bytes:
    """Write the .xlsx file; `head` is the span, whose deeds, and as of when."""
    workbook, first = new_sheet("Orang")
    columns = [
        Column("No", 6, middle=True),
        Column("Nama", 28),
        Column("Jabatan", 22),
        Column("Kecamatan", 18),
        Column("Nomor HP", 18),
        Column("Datanya", 18),
        Column("Lewat tindakan", 48),
        Column("Jumlah", 8, middle=True),
        Column("Pertama", 18, middle=True),
        Column("Terakhir", 18, middle=True),
    ]
    rows: list[list[Value]] = [
        [number, *_whose(one), one.does, one.deeds, one.count, one.first, one.last]
        for number, one in enumerate(people, 1)
    ]
    put_table(first, put_title(first, "Orang yang Datanya Tersentuh", head, len(columns)), columns, rows)
    second = add_sheet(workbook, "Tindakan")
    columns = [
        Column("No. catatan", 9, middle=True),
        Column("Waktu", 18, middle=True),
        Column("Oleh", 28),
        Column("Tindakan", 36),
        Column("Datanya", 12, middle=True),
        Column("Cakupan", 40),
        Column("Orang", 8, middle=True),
    ]
    rows = [[one.number, one.at, one.who, one.deed, one.does, one.scope or _NONE, one.people] for one in deeds]
    put_table(second, put_title(second, "Tindakan atas Data Orang", head, len(columns)), columns, rows)
    third = add_sheet(workbook, "Cara membaca")
    columns = [Column("No", 5, middle=True), Column("Hal", 18), Column("Penjelasan", 100)]
    rows = [[number, what, words] for number, (what, words) in enumerate(HOW_READ, 1)]
    put_table(third, put_title(third, "Cara Membaca Daftar Ini", head, len(columns)), columns, rows)
    return to_bytes(workbook)


def _whose(one: PersonRow) -> list[Value]:
    return [one.name, one.title, one.district or _NONE, one.phone or _NONE]
