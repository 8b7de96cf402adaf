"""Who was absent, as people type it after a meeting: member numbers with a letter for the reason."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.labels import fold
from bot.questions import NotUnderstood
from storage.meetings import Reason

Absences = Mapping[int, Reason]

EXAMPLE = "Contoh: 3s 7i 12 (s sakit, i izin, tanpa huruf alpa), atau semua hadir."
WORDS: dict[Reason, str] = {"sick": "sakit", "excused": "izin", "absent": "alpa"}

_REASON_WORDS: dict[str, Reason] = {
    **dict.fromkeys(("s", "skt", "sakit"), "sick"),
    **dict.fromkeys(("i", "izn", "izin", "ijin"), "excused"),
    **dict.fromkeys(("a", "alpa", "alfa", "alpha"), "absent"),
}
_FILLERS = {"no", "nomor", "nomer", "nmr", "dan", "serta", "yang", "yg", "ada", "absen", "karena", "anggota"}
_ABSENT = re.compile(r"\b(?:tidak|tdk|tak|gak|ga|nggak|belum)\s+(?:hadir|datang)\b|\btanpa\s+(?:keterangan|kabar)\b")
_NOBODY = {
    "semua hadir", "hadir semua", "semuanya hadir", "hadir semuanya", "hadir lengkap", "lengkap", "nihil",
    "semua datang", "tidak ada", "tidak ada yang absen", "tidak ada yang tidak hadir", "tidak ada absen",
    "tidak ada yang alpa", "tdk ada", "tidak ada yg absen",
}  # fmt: skip
_NOBODY_IN_A_LINE = re.compile(
    r"\b(?:tidak ada (?:yang )?(?:absen|alpa|tidak hadir)|semua(?:nya)? (?:hadir|lengkap)"
    r"|hadir (?:semua(?:nya)?|lengkap)|(?<!belum )(?<!tidak )lengkap|nihil)\b"
)
_PIECE = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_")
_PART = re.compile(rf"(?:(?<![0-9])[0-9]{{1,3}}(?![0-9])|{'|'.join(_REASON_WORDS)}|[,;()&+:=])+[.,;:]*+")
_SEPARATORS = set(",;.&+():=")


def read_absences(text: str, members: int | Collection[int]) -> dict[int, Reason]:
    """Read "3s 7i 12", "sakit 3 dan 5, izin 7" or "semua hadir", of so many members or of these numbers.

    Raises NotUnderstood.
    """
    numbers = range(1, members + 1) if isinstance(members, int) else members
    if fold(text) in _NOBODY:
        return {}
    found = _read_numbers(text)
    absences: dict[int, Reason] = {}
    for number, reason in found:
        if number not in numbers:
            raise NotUnderstood(f"Nomor {number} tidak ada, anggota kelompok ini {len(numbers)}. {EXAMPLE}")
        if (before := absences.setdefault(number, reason)) != reason:
            raise NotUnderstood(f"Nomor {number} disebut dua kali, {WORDS[before]} dan {WORDS[reason]}. {EXAMPLE}")
    return absences


def find_nobody(line: str) -> tuple[bool, str]:
    """Find "semua hadir" in a longer line; return whether it was there and the line without it."""
    found = _NOBODY_IN_A_LINE.search(line.casefold())
    return (True, f"{line[: found.start()]} {line[found.end() :]}") if found else (False, line)


def show_absent(absences: Absences) -> str:
    """Write "sakit no. 3 dan 5, izin no. 7"; "" when nobody was absent."""
    said = []
    for reason, word in WORDS.items():
        numbers = [str(number) for number in sorted(absences) if absences[number] == reason]
        if numbers:
            said.append(f"{word} no. {' dan '.join(filter(None, (', '.join(numbers[:-1]), numbers[-1])))}")
    return ", ".join(said)


def _read_numbers(text: str) -> list[tuple[int, Reason]]:
    """Return each number with its reason, in order. Raises NotUnderstood for what may mean two things."""
    pieces = _pieces(text)
    if not any(isinstance(piece, int) for piece in pieces):
        raise NotUnderstood(f"Mohon ketik nomor yang tidak hadir. {EXAMPLE}")
    if not isinstance(pieces[0], int):
        return _after_reasons(pieces)
    found: list[tuple[int, Reason]] = []
    bare = 0
    for place, piece in enumerate(pieces):
        following = pieces[place + 1] if place + 1 < len(pieces) else None
        if not isinstance(piece, int):
            if not isinstance(pieces[place - 1], int):
                raise NotUnderstood(f"Tiap nomor satu alasan saja. {EXAMPLE}")
            continue
        if following is None or isinstance(following, int):
            bare += 1
            found.append((piece, "absent"))
            continue
        # "3 dan 5 sakit" may mean both or the second alone; "12 3s" cannot: the letter clings to its number.
        if bare and not following.clings:
            raise NotUnderstood(f"Mohon beri tiap nomor hurufnya, misalnya 3s 5s 7i. {EXAMPLE}")
        found.append((piece, following.reason))
    return found


def _after_reasons(pieces: list["int | _Word"]) -> list[tuple[int, Reason]]:
    """Read numbers that stand after their reason: "sakit 3 5, izin 7"."""
    found: list[tuple[int, Reason]] = []
    reason: Reason = "absent"
    for place, piece in enumerate(pieces):
        if isinstance(piece, int):
            found.append((piece, reason))
            continue
        last = place + 1 == len(pieces)
        # "sakit 3, 7i": the letter belongs to the 7, and what the 3 has is no longer sure.
        if last or not isinstance(pieces[place + 1], int) or (piece.clings and isinstance(pieces[place - 1], int)):
            raise NotUnderstood(f"Mohon tulis alasannya di satu sisi saja. {EXAMPLE}")
        reason = piece.reason
    return found


@dataclass(frozen=True, slots=True)
class _Word:
    """A reason; `clings` when no space parts it from the number before."""

    reason: Reason
    clings: bool


def _pieces(text: str) -> list[int | _Word]:
    """Cut the text into numbers and reasons. Raises NotUnderstood for anything else."""
    plain = _ABSENT.sub(lambda found: " alpa " if found[0].startswith("tanpa") else " absen ", text.casefold())
    pieces: list[int | _Word] = []
    for found in _PIECE.finditer(plain):
        piece, start, end = found[0], found.start(), found.end()
        before, after = plain[max(0, start - 1) : start], plain[end : end + 1]
        if piece.isdecimal() and piece.isascii():
            pieces.append(int(piece[:6]))
        elif piece in _REASON_WORDS:
            pieces.append(_Word(_REASON_WORDS[piece], before.isdecimal()))
        elif piece not in _FILLERS and (
            piece not in _SEPARATORS or (piece in ".:" and before.isdecimal() and after.isdecimal())
        ):
            wrong = (
                "Yang diketik nomor yang tidak hadir saja." if piece == "hadir" else f"“{piece[:20]}” tidak terbaca."
            )
            raise NotUnderstood(f"{wrong} {EXAMPLE}")
    return pieces


def is_about_absence(piece: str) -> bool:
    """Say whether a word of a longer line can be part of absences: numbers, reasons, and what stands between them."""
    folded = piece.casefold()
    return bool(_PART.fullmatch(folded)) or folded.strip(".:,;") in ("no", "nomor", "nmr", "absen")
