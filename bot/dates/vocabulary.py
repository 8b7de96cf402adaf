"""The words in which Indonesians write days, and the cutting of a text into such words, one letter for each."""

import re
import unicodedata
from dataclasses import dataclass

from babel.dates import get_day_names, get_month_names

DAYS = tuple(get_day_names("wide", locale="id")[number] for number in range(7))
SHORT_DAYS = tuple(get_day_names("abbreviated", locale="id")[number] for number in range(7))
MONTHS = tuple(get_month_names("wide", locale="id")[number] for number in range(1, 13))
SHORT_MONTHS = tuple(get_month_names("abbreviated", locale="id")[number] for number in range(1, 13))
NUMERALS = (
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip

MOST_READ = 200
"""An answer longer than this many characters is no date."""

MOST_SEARCHED = 4096
"""Characters of a line that are searched: Telegram's limit of one message."""


MOST_BRACKETS = 20
"""Pairs of brackets that go with what stood in them: whoever types thousands means nothing by them."""


class NotADate(Exception):
    """No day can be read from the text; the exception's text says so to the person, with an example."""


class NotATime(Exception):
    """No time can be read from the text; the exception's text says so to the person, with an example."""


def _words() -> dict[str, tuple[str, int]]:
    """Map each known word to its kind, one letter, and its value."""
    kinds = {
        "i": "ini",
        "p": "pada pd mulai dari sejak",
        "g": "tanggal tgl tg tggl tgal tnggl",
        "a": "hari hr hri",
        "t": "yang yg akan",
        "l": "lalu",
        "d": "depan dpn datang dtg mendatang",
        "q": "lagi lg",
        "k": "kemarin kemaren kmarin kmaren kmrn kmren kemrin kemarn",
        "b": "besok besuk bsok bsk esok",
        "u": "lusa",
        "o": "dulu dl",
        "j": "tadi td",
        "r": "sekarang skrg skrng skr",
        "B": "bulan bln",
        "T": "tahun thn th",
        "e": "pekan",
        "w": "dan serta",
        "s": "sd sampai hingga sampe",
        "P": "pagi siang sore petang",
        "v": "malam mlm",
        "K": "ke pertama kedua ketiga keempat kelima terakhir sekali",
        "O": "orang org anggota kpm kk peserta",
        "G": "no nomor nmr rt rw blok sesi modul pasal hal pasar pajak setiap tiap per jl jalan desa dusun kelompok",
        "z": "ya pak bu ibu bapak saja aja sj kak bang mas dong deh lah nanti untuk utk buat di",
        "H0": "senin senen snin sennin",
        "H1": "selasa slasa selsa",
        "H2": "rabu rebo",
        "H3": "kamis kemis kmis",
        "H4": "jumat jum'at jumaat jumt jummat",
        "H5": "sabtu saptu sbtu",
        "H6": "ahad",
        "m6": "minggu mingu mggu minngu",
        "h0": "sen sn",
        "h1": "sel sls",
        "h2": "rab rbu",
        "h3": "kam kms",
        "h4": "jum jmt",
        "h5": "sab sbt",
        "h6": "min mgg mgu ahd",
        "S1": "sehari",
        "S7": "seminggu sepekan",
    }
    found = {word: (key[0], int(key[1:] or 0)) for key, words in kinds.items() for word in words.split()}
    found |= {word: ("n", number) for number, word in enumerate(NUMERALS) if number}
    slips = (
        "jnuari january|peb pebruari febuari pebuari february|mrt march|aprl|may|june|july|"
        "agt ags agst august|sept spt|oct october oktb|nop nopember nov|dec december dsmbr"
    )
    for number, (month, others) in enumerate(zip(MONTHS, slips.split("|"), strict=True), 1):
        starts = [month[:length].lower() for length in range(3, len(month) + 1)]
        found |= dict.fromkeys((*starts, *others.split()), ("M", number))
    return found


WORDS = _words()

_PIECE = re.compile(
    r"(?P<until>s\s{0,3}[./]\s{0,3}d\b\.?|(?:sampai|s[./]?d)\s{1,3}dengan\b|s\.?d\.(?=\s))"
    r"|(?P<number>[0-9]+)|(?P<word>[a-z]+(?:'[a-z]+)*)|(?P<other>[^\s\"'\[\]])"
)
_TIGHT = {"/": "/", ".": ".", "-": "-"}
_LOOSE = {"/": "|", ".": "", "-": "-", ",": ",", ";": "X", ":": ":", "(": "(", ")": ")", "&": "w"}
_ONE_FOR_ONE = (
    {ord(mark): " " for mark in "*_~"} | {ord(dash): "-" for dash in "‐‑‒–—―−"} | {ord(quote): "'" for quote in "‘’`´ʼ"}
)


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut into words: one letter of `kinds` for each, with its value and where it stands in the text.

    Beside the letters of the table above: N a number of one or two digits, Y a year, M a month, `-` a dash, `/` and `.`
    between two characters without space, `|` a loose slash, X what is none of our words.
    """

    kinds: str
    values: tuple[int, ...]
    places: tuple[tuple[int, int], ...]

    def without(self, unwanted: str) -> "Words":
        """Return the words whose kind is not in `unwanted`."""
        kept = [index for index, kind in enumerate(self.kinds) if kind not in unwanted]
        return Words(
            "".join(self.kinds[index] for index in kept),
            tuple(self.values[index] for index in kept),
            tuple(self.places[index] for index in kept),
        )


def fold(text: str) -> str:
    """Lower the case, drop marks for bold, unify dashes, quotes and letters; every character keeps its place."""
    plain = text.translate(_ONE_FOR_ONE)
    return plain.lower() if plain.isascii() else "".join(map(_fold_one, plain))


def _fold_one(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    if len(plain) != 1 or unicodedata.category(plain) in ("Cf", "Mn"):
        return " "
    return plain


def cut(text: str) -> Words:
    """Cut the text into words. A number that is glued to letters (3s, p2k2) is none, unless they are a month's."""
    folded = fold(text)
    pieces = list(_PIECE.finditer(folded))
    kinds: list[str] = []
    values: list[int] = []
    places: list[tuple[int, int]] = []
    for index, piece in enumerate(pieces):
        before = pieces[index - 1] if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        kind, value = _kind(piece, before, after, kinds[-1] if kinds else "")
        if kind:
            kinds.append(kind)
            values.append(value)
            places.append(piece.span())
    return Words("".join(kinds), tuple(values), tuple(places))


def _kind(
    piece: re.Match[str], before: re.Match[str] | None, after: re.Match[str] | None, last: str
) -> tuple[str, int]:
    text = piece[0]
    glued = [near for near, touches in ((before, _touch(before, piece)), (after, _touch(piece, after))) if touches]
    if piece["until"]:
        return "s", 0
    if piece["number"]:
        if any(near and near["word"] and WORDS.get(near["word"], "X")[0] not in "Mg" for near in glued):
            return "X", 0
        return _number(text)
    if piece["word"]:
        kind, value = WORDS.get(text) or _misspelt(text, last)
        return ("X", 0) if kind not in "Mg" and any(near and near["number"] for near in glued) else (kind, value)
    tight = len(glued) == 2 and (text != "." or all(near and near["number"] for near in glued))
    return (_TIGHT if tight and text in _TIGHT else _LOOSE).get(text, "X"), 0


def _touch(first: re.Match[str] | None, second: re.Match[str] | None) -> bool:
    return first is not None and second is not None and first.end() == second.start()


def _number(digits: str) -> tuple[str, int]:
    if len(digits) <= 2:
        return "N", int(digits)
    if len(digits) == 4 and digits[:2] in ("19", "20", "21"):
        return "Y", int(digits)
    return "X", 0


def _misspelt(word: str, last: str) -> tuple[str, int]:
    """Take a word after a number as a month if one slip of the finger makes it one."""
    if last in ("N", "B") and 5 <= len(word) <= 10:
        found = [number for number, month in enumerate(MONTHS, 1) if _one_slip(word, month.lower())]
        if len(found) == 1:
            return "M", found[0]
    return "X", 0


def _one_slip(typed: str, meant: str) -> bool:
    """Tell whether a letter too many, too few or wrong, or two letters swapped, make up the difference."""
    if typed[0] != meant[0]:
        return False
    shorter = min(len(typed), len(meant))
    start = next((at for at in range(shorter) if typed[at] != meant[at]), shorter)
    end = next((at for at in range(shorter - start) if typed[-1 - at] != meant[-1 - at]), shorter - start)
    was, should = typed[start : len(typed) - end], meant[start : len(meant) - end]
    return (len(was) <= 1 and len(should) <= 1) or (len(was) == 2 and was == should[::-1])


def remove(line: str, start: int, end: int) -> str:
    """Return the line without that part: white space collapsed, no punctuation left over at the seam."""
    before, after = " ".join(line[:start].split()), " ".join(line[end:].split())
    for _ in range(MOST_BRACKETS):
        if not (before and after and before[-1] + after[0] in ("()", "[]", "**", "__", '""')):
            break
        before, after = before[:-1].rstrip(), after[1:].lstrip()
    if not before or before[-1] in ",;:-":
        after = after.lstrip(",;- ")
    if not after or after == ".":
        before = before.rstrip(",;:- ")
    return before + after if after[:1] in tuple(".,;:)") else f"{before} {after}".strip()
