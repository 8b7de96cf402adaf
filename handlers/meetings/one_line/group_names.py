"""Which groups a line names: exactly, by one of their words, or with a slip, which is then told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.dates.vocabulary import NUMERALS, WORDS
from handlers.meetings.one_line.cutting import CUT, cut_span, whole_words
from handlers.meetings.one_line.spelling import is_near, slips
from storage.groups import Group

_LABEL = r"(?:kelompok|kelompk|klompok|klmpok|kelp|kel|klp|klpk|kpk|grup)\b\.?\s*:?\s*"
_VILLAGE = r"(?:[\s,(]*(?:di\s+)?(?:desa|ds|kelurahan|kel|dusun)?\.?\s*{}\)?)"
_JOINT = re.compile(rf"\s*(?:,?\s*(?:dan|dn|sama|sm|serta|bareng|gabung)\s+|[+&/,]\s*)(?:{_LABEL})?", re.IGNORECASE)
_ELSEWHERE = whole_words(
    r"(?:di|tempat|bertempat|lokasi|posyandu|paud|tk|rumah|rmh|gang|gg|jl|jalan|simpang|mushola|masjid|balai|bu|ibu)\s*:?"
)
_OWN_WORDS = (
    "sakit skt izin izn ijin alpa alfa alpha absen hadir hdr semua smua lengkap nihil tidak tdk gak belum modul mod "
    "mdl sesi ses materi tentang kendala hambatan tindak lanjut batal tunda ditunda jadi karena krn untuk utk jam "
    "pukul pkl siang pagi sore malam wib orang org kpm kecuali selain nomor anggota kelompok desa rumah balai sehat"
)
_WORDS_OF_A_LINE = frozenset(_OWN_WORDS.split()) | frozenset(WORDS) | frozenset(NUMERALS)
_NOT_A_NUMBER = r"(?!(?<=\d)\s+(?:orang|org|kpm|anggota|(?:sakit|skt|izin|izn|ijin|alpa)\b(?!\s*:?\s*\d)))"
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


@dataclass(frozen=True, slots=True)
class Named:
    """A place of the line that names a group, or one of several."""

    start: int
    end: int
    found: tuple[Group, ...]
    typed: str
    exact: bool
    labelled: bool


def find_groups(line: str, groups: Sequence[Group], problems: list[str], remarks: list[str]) -> tuple[list[Group], str]:
    """Find the groups of a line, several where their names stand together; return them and the line without them."""
    named = _all_named(line, groups)
    chain = _chain(line, named)
    if not chain:
        return _unknown(line, problems)
    found: list[Group] = []
    rest = line
    whole = True
    for one in reversed(chain):
        group = _settle(one, line, problems, remarks)
        whole = whole and group is not None
        if group is not None:
            found.insert(0, group)
            rest = _cut_village(rest, one, group)
        rest = cut_span(rest, one.start, one.end)
    rest = re.sub(rf"{CUT}(?:\s*(?:[+&/,]|(?:dan|dn|sama|sm|serta|bareng|gabung)\b)\s*{CUT})+", CUT, rest, flags=re.I)
    for one in named:
        if one.exact and one not in chain and not _is_elsewhere(line, one) and found:
            others = " dan ".join(group.name for group in found)
            problems.append(f"“{one.typed}” juga nama kelompok. Bila bersama, ketik: {others} dan {one.typed}.")
            rest = whole_words(re.escape(one.typed)).sub(CUT, rest, count=1)
    # Of several that were named, one alone would be a report of something else.
    return (list(dict.fromkeys(found)) if whole else []), rest


def _all_named(line: str, groups: Sequence[Group]) -> list[Named]:
    """Return every place where a group may be named, from left to right, without overlaps."""
    named: list[Named] = []
    by_name: dict[str, list[Group]] = {}
    for group in groups:
        by_name.setdefault(group.name.casefold(), []).append(group)
    for name in sorted(by_name, key=lambda name: (-len(name), name)):
        for spelling in _spellings(name):
            for found in spelling.finditer(line):
                if not any(one.start < found.end("name") and found.start("name") < one.end for one in named):
                    place = found.span() if found["label"] else found.span("name")
                    one = Named(*place, tuple(by_name[name]), found["name"], True, bool(found["label"]))
                    first = not line[: one.start].replace(CUT, " ").replace("p2k2", " ").strip(" ,:/")
                    if one.labelled or first or name not in _WORDS_OF_A_LINE:
                        named.append(one)
    named += _slipped(line, by_name, named)
    return sorted(named, key=lambda one: one.start)


def _spellings(name: str) -> list[re.Pattern[str]]:
    """Return how a name is typed: its number glued, in words, or in Roman letters too."""
    words = name.split()
    ways = [r"\s+".join(map(re.escape, words))]
    if len(words) > 1 and words[-1].isdecimal():
        number, stem = int(words[-1]), r"\s+".join(map(re.escape, words[:-1]))
        others = [str(number), *NUMERALS[number : number + 1], *_ROMAN[number : number + 1]]
        ways = [rf"{stem}\s*{number}", *(rf"{stem}\s+{other}" for other in others[1:])]
    # "melati 2" is not named by "melati 2.2": that is Melati, and a lesson.
    return [
        re.compile(rf"(?<!\w)(?P<label>{_LABEL})?(?<!\w)(?P<name>{way})(?!\w|[.,:/-]\d){_NOT_A_NUMBER}", re.IGNORECASE)
        for way in ways
    ]


def _slipped(line: str, by_name: Mapping[str, list[Group]], exact: Sequence[Named]) -> list[Named]:
    """Return the places where a name stands with a slip, or one of its words stands for it."""
    words = list(re.finditer(r"[^\W\d_]{2,}(?:\d{1,2}\b)?|(?<![\d.,:/-])\d{1,2}(?![\d.,:/-]*\d)", line))
    named: list[Named] = []
    at = 0
    while at < len(words):
        best: tuple[int, int, tuple[Group, ...]] | None = None
        for length in (3, 2, 1):
            window = words[at : at + length]
            if len(window) < length or not _is_free(line, window, exact):
                continue
            typed = " ".join(word[0].casefold() for word in window)
            near = _near(typed, by_name)
            if near and (best is None or near[0] < best[0]):
                best = near[0], length, near[1]
        if best is None:
            at += 1
            continue
        start, end = words[at].start(), words[at + best[1] - 1].end()
        label = re.search(rf"(?<!\w){_LABEL}$", line[:start], re.IGNORECASE)
        named.append(Named(label.start() if label else start, end, best[2], line[start:end], False, bool(label)))
        at += best[1]
    return named


def _is_free(line: str, window: Sequence[re.Match[str]], exact: Sequence[Named]) -> bool:
    start, end = window[0].start(), window[-1].end()
    if any(one.start < end and start < one.end for one in exact) or CUT in line[start:end]:
        return False
    # A word that a line is made of is that word.
    return not any(word[0].casefold() in _WORDS_OF_A_LINE for word in window) and not window[0][0].isdecimal()


def _near(typed: str, by_name: Mapping[str, list[Group]]) -> tuple[int, tuple[Group, ...]] | None:
    """Return the groups whose name comes nearest, and how near; several when it cannot be told which."""
    found: dict[str, int] = {}
    for name in by_name:
        if is_near(typed, name):
            found[name] = slips(typed, name)
        elif is_near(typed.replace(" ", ""), name.replace(" ", "")) and " " in name:
            found[name] = slips(typed.replace(" ", ""), name.replace(" ", ""))
        elif len(name.split()) > 1:
            parts = [slips(typed, word) for word in name.split() if len(word) >= 5 and is_near(typed, word)]
            if parts:
                found[name] = 3 + min(parts)
    if not found:
        return None
    nearest = min(found.values())
    # Two slips away from one and one from another is still no certainty.
    close = [name for name, away in found.items() if away <= nearest + (nearest > 0)]
    return nearest, tuple(group for name in close for group in by_name[name])


def _chain(line: str, named: Sequence[Named]) -> list[Named]:
    """Choose the place that names the group, and those that are joined to it."""
    chains: list[list[Named]] = []
    for one in named:
        if chains and _joined(line, chains[-1][-1], one):
            chains[-1].append(one)
        else:
            chains.append([one])

    def rank(chain: list[Named]) -> tuple[bool, bool, bool]:
        return (
            any(one.labelled for one in chain),
            any(one.exact for one in chain),
            not _is_elsewhere(line, chain[0]),
        )

    best = max(chains, key=rank, default=[])
    return best if not best or any(rank(best)) else []


def _is_elsewhere(line: str, one: Named) -> bool:
    """Say whether the name stands behind a word like "posyandu": then it is a place."""
    before = line[: one.start].rstrip()
    return any(found.end() >= len(before) for found in _ELSEWHERE.finditer(before))


def _joined(line: str, first: Named, then: Named) -> bool:
    between = line[first.end : then.start]
    for group in first.found:
        between = re.sub(_VILLAGE.format(re.escape(group.village)), "", between, count=1, flags=re.IGNORECASE)
    if first.exact and then.exact and not between.strip():
        return True
    return bool(_JOINT.fullmatch(between)) or (then.labelled and between.strip(" ,") in ("", "dan", "&", "+"))


def _settle(one: Named, line: str, problems: list[str], remarks: list[str]) -> Group | None:
    """Take the one group that is meant, by the village if the name does not tell."""
    found = list(one.found)
    if len(found) > 1:
        after = line[one.end :]
        there = [group for group in found if re.match(_VILLAGE.format(re.escape(group.village)), after, re.IGNORECASE)]
        there = there or [group for group in found if whole_words(re.escape(group.village)).search(line)]
        found = there if len(there) == 1 else found
    names = list(dict.fromkeys(group.name for group in found))
    if len(found) > 1:
        if len(names) == 1:
            problems.append(f"Ada {len(found)} kelompok bernama {names[0]}, mohon pilih yang dimaksud.")
        else:
            problems.append(f"“{one.typed}”: Kelompok {' atau '.join(names)}?")
        return None
    if not one.exact:
        remarks.append(f"“{one.typed}” saya baca Kelompok {found[0].name}.")
    return found[0]


def _cut_village(line: str, one: Named, group: Group) -> str:
    """Take out the village that stands with the name, else anywhere."""
    village = _VILLAGE.format(re.escape(group.village)) + r"(?!\w)"
    found = re.compile(village, re.IGNORECASE).match(line, one.end) or whole_words(village).search(line, one.end)
    return cut_span(line, found.start(), found.end()) if found else line


def _unknown(line: str, problems: list[str]) -> tuple[list[Group], str]:
    found = re.search(rf"(?<!\w){_LABEL}(?P<name>[^\W\d_]{{2,}})", line, re.IGNORECASE)
    if found is None or found["name"].casefold() in _WORDS_OF_A_LINE:
        return [], line
    problems.append(f"Kelompok “{found['name']}” tidak ada di daftar Bapak/Ibu.")
    return [], cut_span(line, found.start(), found.end())
