"""Who was absent, as a line tells it: by number, by count, or that nobody was."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.questions import NotUnderstood
from handlers.meetings.absences import Absences, find_nobody, is_about_absence, read_absences
from handlers.meetings.one_line.cutting import CUT, whole_words, words_between
from storage.meetings import Reason

ANYBODY = 99
_PLAIN = (
    (whole_words(r"hdr|hadr"), "hadir"),
    (whole_words(r"smua|smw|semuany?a?|smuanya"), "semua"),
    (whole_words(r"tdk|gak|ga|nggak|tak|gk"), "tidak"),
    (whole_words(r"(?:yg|yang)\s+(?=tidak|absen|sakit|izin|alpa)"), ""),
    (whole_words(r"sama|sm|\+"), "dan"),
    (whole_words(r"datang"), "hadir"),
    (re.compile(r"(?<=\d)\s*(?:dan|&)\s*(?=\d)", re.IGNORECASE), " & "),
    (whole_words(r"full|komplit|lngkap|lengkp"), "lengkap"),
)
_EXCEPT = whole_words(r"(?:semua\s+hadir|hadir\s+semua|hadir|lengkap)[\s,]*(?:kecuali|kcuali|kec\.?|selain|minus)")
_REASON = r"(sakit|skt|izin|izn|ijin|alpa|alfa|alpha|tidak\s+hadir|absen|tanpa\s+keterangan|tanpa\s+kabar)"
_HEADS = r"(?:orang|org|kpm|anggota|ibu-ibu|ibu2|peserta)"
_COUNTED = whole_words(rf"(\d{{1,2}})\s*{_HEADS}\s*{_REASON}|{_REASON}\s*:?\s*(\d{{1,2}})\s*{_HEADS}")
_PRESENT = whole_words(
    rf"(?<!tidak\s)hadir\s*:?\s*(\d{{1,2}})\s*(?:{_HEADS})?(?:\s*(?:dari|/)\s*(\d{{1,2}})\s*(?:{_HEADS})?)?"
    rf"|(\d{{1,2}})\s*{_HEADS}\s+(?:yang\s+)?hadir"
)
_ONE_BARE = re.compile(r"\W*(tidak\s+hadir\s*:?\s*(\d{1,2}))\W*", re.IGNORECASE)
_SHARED = re.compile(
    r"(?<![\w,&])(?<!sakit\s)(?<!skt\s)(?<!izin\s)(?<!ijin\s)(?<!alpa\s)(?<!absen\s)(?<!\d\s)"
    r"(\d{1,2}(?:\s*,\s*\d{1,2})*\s+&\s+\d{1,2})\s+(sakit|skt|izin|izn|ijin|alpa)\b(?!\s*:?\s*\d)",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(r"\b(?:tidak\s+hadir|belum\s+hadir)\b(?=[\s:]*(?:no|nomor|nmr)?[\s.:]*\d)", re.IGNORECASE)
_LOOSE = whole_words(r"\d{1,2}\s+(?:sakit|izin|alpa)")
_CONTRARY = whole_words(
    r"kecuali|selain|tapi|tetapi|bukan|tidak|belum|absen|sakit|izin|alpa|skt|izn|ijin|kurang|\d+[sia]"
)
_REASONS: dict[str, Reason] = {"s": "sick", "i": "excused"}
_FILLERS = (
    "p2k2 fds kelompok kel klp desa kelurahan di pada hari materi dan wib yang yg kpm pertemuan lapor laporan sdh "
    "sudah pak bu bapak ibu bpk kak makasih terima kasih terimakasih trims mksh tks thx assalamualaikum "
    "assalamu'alaikum ass wr wb mohon mhn jam dgn dengan peserta anggota ya catat"
)
FILLERS = frozenset(_FILLERS.split())


@dataclass(frozen=True, slots=True)
class Came:
    """What a line says of who came: `absences` by number, or `counts` where only how many is told; what was left."""

    absences: Absences | None = None
    counts: Mapping[Reason, int] | None = None
    left: str = ""
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def read_who_came(line: str, members: int | None, *, unclear: bool) -> Came:
    """Read what is left of a line; `unclear` when numbers in it may be something else than members."""
    for spelling, plain in _PLAIN:
        line = spelling.sub(plain, line)
    line = _EXCEPT.sub("absen", line)
    told, line = _heads(line)
    line = _SHARED.sub(_share, line)
    present, line = _present(line)
    came = _numbers(line, members or ANYBODY, unclear=unclear)
    if told:
        if came.absences or any(character.isdecimal() for character in came.left):
            came.problems.append("Sebagian jumlah, sebagian nomor: mohon ketik nomornya saja, misalnya 3s 7i 12.")
            return Came(left=came.left, problems=came.problems)
        came = Came(None, told, came.left, came.problems, came.remarks)
    return _agree(came, present, members) if present is not None else came


def _heads(line: str) -> tuple[dict[Reason, int], str]:
    """Read "2 orang sakit, 1 orang izin": how many, not who."""
    counts: dict[Reason, int] = {}

    def take(found: re.Match[str]) -> str:
        word = (found[2] or found[3]).casefold()
        reason = _REASONS.get(word[0], "absent")
        counts[reason] = counts.get(reason, 0) + int(found[1] or found[4])
        return CUT

    line = _COUNTED.sub(take, line)
    if counts:  # "3 orang sakit, 2 izin": the second counts heads too
        line = whole_words(rf"(\d{{1,2}})\s*()()()?{_REASON}").sub(
            lambda found: _add(counts, found[5], int(found[1])), line
        )
    return counts, line


def _add(counts: dict[Reason, int], word: str, many: int) -> str:
    reason = _REASONS.get(word[0].casefold(), "absent")
    counts[reason] = counts.get(reason, 0) + many
    return CUT


def _present(line: str) -> tuple[tuple[int, int | None] | None, str]:
    """Read "hadir 15 dari 18": the number of those who came, and of how many."""
    found = _PRESENT.search(line)
    if found is None:
        return None, line
    rest = f"{line[: found.start()]} {CUT} {line[found.end() :]}"
    return (int(found[1] or found[3]), int(found[2]) if found[2] else None), rest


def _agree(came: Came, present: tuple[int, int | None], members: int | None) -> Came:
    """Hold the number of those who came against who was absent; where they differ nothing is taken."""
    came_in, whole = present
    problems = came.problems
    if whole is not None and members is not None and whole != members:
        problems.append(f"Diketik dari {whole}, padahal anggota kelompok ini {members}. Siapa yang tidak hadir?")
        return Came(left=came.left, problems=problems)
    total = members or whole
    if total is None:
        problems.append(f"Hadir {came_in}: siapa yang tidak hadir?")
        return Came(left=came.left, problems=problems)
    known = came.absences is not None or came.counts is not None
    absent = len(came.absences or ()) + sum((came.counts or {}).values())
    if came_in > total or (known and absent != total - came_in):
        problems.append(f"Diketik hadir {came_in} dari {total}, tidak cocok. Siapa yang tidak hadir?")
        return Came(left=came.left, problems=problems)
    if known:
        return came
    if any(character.isdecimal() for character in came.left):
        return came
    if came_in == total:
        return Came({}, None, came.left, problems, came.remarks)
    return Came(None, {"absent": total - came_in}, came.left, problems, came.remarks)


def _numbers(line: str, members: int, *, unclear: bool) -> Came:
    """Read member numbers; strange words around are handed back, unless a bare number is next to them."""
    if bare := _ONE_BARE.fullmatch(line.replace(CUT, " ")):
        return Came(left="", problems=[f"“{bare[1]}”: nomor {bare[2]}, atau {bare[2]} orang?"])
    nobody, rest = find_nobody(_NOT_THERE.sub("absen", line))
    pieces = [piece for piece in rest.replace(CUT, f" {CUT} ").split() if _counts(piece)]
    while pieces and pieces[0] == CUT:
        del pieces[0]
    left = _without_fillers(pieces)
    if nobody:
        left = left.removeprefix("absen").strip()
        # "Semua hadir tapi 3 terlambat" says something else: it is told, and asked.
        if _CONTRARY.search(left):
            return Came(left=f"semua hadir {left}")
        return Came({}, left=left)
    first, last = _middle(pieces)
    middle, around = pieces[first:last], _without_fillers(pieces[:first] + pieces[last:])
    middle = [piece for piece in middle if piece != CUT]
    numbered = any(character.isdecimal() for character in "".join(middle))
    before = first > 0 and pieces[first - 1] != CUT
    behind = last < len(pieces) and pieces[last] != CUT
    doubtful = numbered and ((before and _is_bare(middle[0])) or (behind and _is_bare(middle[-1])))
    # A time or a day that cannot be read has left its numbers in the line: they are nobody's.
    if unclear or doubtful or not numbered or not all(map(is_about_absence, middle)):
        return Came(left=left)
    said = " ".join(middle)
    try:
        absences = read_absences(said, members)
    except NotUnderstood as why:
        return Came(left=around, problems=[str(why)])
    remarks = []
    if _LOOSE.search(said) and not re.search(r"\b(?:no|nomor|nmr)\b|[(]", said, re.IGNORECASE):
        example = ", ".join(found[0].replace(" ", " orang ", 1) for found in _LOOSE.finditer(said))
        remarks.append(f"Angkanya dibaca nomor anggota. Bila maksudnya jumlah, ketik: {example}.")
    return Came(absences, None, around, [], remarks)


def _share(found: re.Match[str]) -> str:
    """Give each number of "3 & 7 sakit" the reason that stands once."""
    return " ".join(f"{number}{found[2]}" for number in re.findall(r"\d+", found[1]))


def _counts(piece: str) -> bool:
    return piece == CUT or (bool(piece.strip(",.;:")) and piece.casefold().strip(",.;:") not in FILLERS - {"dan"})


def _without_fillers(pieces: Sequence[str]) -> str:
    """Return the strange words; where there are none, nothing."""
    strange = [piece for piece in pieces if piece != CUT and piece.casefold().strip(",.;:") not in FILLERS]
    return words_between(" ".join(pieces)) if strange else ""


def _middle(pieces: Sequence[str]) -> tuple[int, int]:
    """Return from where to where the pieces can be about absence: what stands before and behind them cannot."""

    def belongs(piece: str) -> bool:
        return piece != CUT and is_about_absence(piece)

    first, last = 0, len(pieces)
    while first < last and not belongs(pieces[first]):
        first += 1
    while last > first and not belongs(pieces[last - 1]):
        last -= 1
    return first, last


def _is_bare(piece: str) -> bool:
    return piece.strip(",.;:").isdecimal()
