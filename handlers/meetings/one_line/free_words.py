"""What a line says in words of its own: obstacles, what follows, why it was not held, where, and for whom."""

import re
from dataclasses import dataclass

from handlers.meetings.one_line.cutting import CUT, cut_span, whole_words, words_between

_NO_PLAN = (
    r"(?:di)?batal(?:kan)?|ditunda|tertunda"
    r"|(?:tidak|tdk|gak|ga|nggak|tak)\s+(?:jadi|terlaksana|dilaksanakan|terselenggara)"
)
_LABELS = {
    "obstacles": r"kendala(?:nya)?|hambatan(?:nya)?|masalah(?:nya)?",
    "follow_up": r"tindak\s?lanjut(?:nya)?|rtl|tl",
    "why_not": _NO_PLAN,
}
_ANY = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _LABELS.items()) + r")(?!\w)\s*[:=-]?\s*",
    re.IGNORECASE,
)
_BECAUSE = re.compile(
    r"^[\s,:;.-]*(?:(?:karena|krn|karna|sebab|akibat|gara-gara|gara2|alasan)\b\s*:?\s*)?", re.IGNORECASE
)
_STOP = (
    r"hadir|hdr|semua\w*|smua|lengkap|nihil|absen|sakit|skt|izin|izn|ijin|alpa|alfa|tidak|tdk|yg|yang|no|nomor|untuk|utk|"
    rf"s|i|a|kelompok\s+(?={CUT})|wib|pak$"
)
_PLACE = re.compile(
    r"(?<!\w)(?:(?:ber)?tempat(?:nya)?\s*:?\s*(?:di\b\s*)?|lokasi(?:nya)?\s*:?\s*(?:di\b\s*)?|di\s+)"
    rf"(?P<words>[^\W\d_][^{CUT},;.\d]*?)\s*(?=[{CUT},;.\d]|$|(?<!\w)(?:{_STOP})(?!\w))",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"(?<!\w)(?:untuk|utk|u/|a\.n\.?|an\.|atas\s+nama)\s*(?:(?:bu|ibu|pak|bapak|bpk|kak|sdri?|sdr)\b\.?\s*)?"
    rf"(?P<words>[^\W\d_]+(?:\s+[^\W\d_]+){{0,2}}?)\s*(?=[{CUT},;:.\d]|$|(?<!\w)(?:{_STOP}|di)(?!\w))",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Parts:
    """A line in its parts: `head`, and what stands behind each label."""

    head: str
    free: dict[str, str]


def split(line: str) -> Parts:
    """Split a line at its labels."""
    labels = list(_ANY.finditer(line))
    free: dict[str, str] = {}
    for at, found in enumerate(labels):
        end = labels[at + 1].start() if at + 1 < len(labels) else len(line)
        name = found.lastgroup or ""
        free[name] = " ".join(filter(None, (free.get(name, ""), line[found.end() : end].strip())))
    head = line[: labels[0].start()] if labels else line
    return Parts(f"{head} {CUT}" if labels else head, free)


def reason_of(text: str) -> str:
    """Return a reason without the word for because."""
    return tidy(_BECAUSE.sub("", text, count=1))


def tidy(text: str) -> str:
    """Return free words without what surrounds them."""
    return " ".join(text.replace(CUT, " ").split()).strip(" ,;:.-")


def find_place(line: str, villages: frozenset[str]) -> tuple[str, str]:
    """Find where it was; a village alone is no place."""
    found = _PLACE.search(line)
    if found is None:
        return "", line
    words = re.sub(r"\s+(?:pak|bu|dan)$", "", tidy(found["words"]), flags=re.IGNORECASE)
    bare = re.sub(r"^(?:desa|kelurahan|kel|ds)\.?\s+", "", words.casefold())
    rest = cut_span(line, *found.span())
    return ("" if bare in villages or not words_between(words) else words), rest


def find_for_whom(line: str) -> tuple[str, str]:
    """Find the colleague for whom it is written."""
    found = _FOR.search(line)
    return (tidy(found["words"]), cut_span(line, *found.span())) if found else ("", line)


COURTESY = whole_words(
    r"(?:mohon\s+)?(?:izin|ijin)\s+(?:me)?lapor(?:kan)?|(?:selamat|slmt|met)\s+(?:pagi|siang|sore|malam)"
    r"|terima\s*kasih|makasih|trims|mksh"
)
