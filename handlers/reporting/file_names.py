"""What files are called: a name that says which meeting it is, on every system, and no two alike."""

import re
import unicodedata
from collections.abc import Sequence

from handlers.reporting.report_words import group_of
from storage.records import Record

_MOST = 60  # letters of a group's name: Windows stops at 260 for the whole path


def names_of(records: Sequence[Record]) -> dict[int, str]:
    """Return how each meeting's files begin: "2023-11-11 Melati", with the village where two are called so."""
    groups: dict[str, set[int]] = {}
    for one in records:
        groups.setdefault(_safe(group_of(one)).casefold(), set()).add(one.group_id)
    names: dict[int, str] = {}
    for one in records:
        group = _safe(group_of(one))
        several = len(groups[group.casefold()]) > 1
        names[one.id] = f"{one.day} {group}{f' {_safe(one.village)}' if several else ''}"
    return names


def report_name(one: Record, begins: str) -> str:
    """Write "2023-11-11 Melati 2.2 Laporan P2K2.docx"."""
    what = f"{one.module_rank}.{one.number}" if one.lesson_id is not None else "Materi Tambahan"
    return f"{begins} {what if one.held else f'{what} tidak terlaksana'} Laporan P2K2.docx"


def photo_name(begins: str, number: int) -> str:
    """Write "2023-11-11 Melati foto 1.jpg"."""
    return f"{begins} foto {number}.jpg"


def all_different(names: Sequence[str]) -> list[str]:
    """Number what would otherwise overwrite another: "… (2).docx"; upper and lower case count as the same."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        times = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        stem, _, ending = name.rpartition(".")
        found.append(name if times == 1 else f"{stem} ({times}).{ending}")
    return found


def _safe(text: str) -> str:
    """Keep what every system takes in a file's name; nothing of it leads to another folder."""
    kept = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    return " ".join(re.sub(r'[\\/:*?"<>|]', " ", kept).split())[:_MOST].strip(" .") or "Kelompok"
