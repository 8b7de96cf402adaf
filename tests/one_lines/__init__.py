"""Reads the tables of one-line reports, and measures how many of them are understood."""

import json
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

from handlers.meetings.one_line import Line, read_line
from storage.groups import Group
from storage.lessons import Lesson
from tests.worlds import LESSONS

FOLDER = Path(__file__).parent
TODAY = date(2023, 11, 13)
_VILLAGES = {"KB": "Kwala Bingai", "SB": "Stabat Baru", "KR": "Karang Rejo"}
_GROUPS = (
    *(("Melati", "KB", 18), ("Mawar", "KB", 20), ("Mawar", "SB", 15), ("Anggrek", "SB", 16), ("Kenanga", "KR", 22)),
    *(("Sehat", "KR", 14), ("Cempaka 1", "KB", 17), ("Cempaka 2", "KB", 19), ("Harapan Bunda", "SB", 25)),
    *(("Dahlia", "KR", 12), ("Matahari", "KR", 21), ("Dua", "KR", 13)),
)
GROUPS = [
    Group(number, 1, name, list(_VILLAGES).index(village), _VILLAGES[village], members, True)
    for number, (name, village, members) in enumerate(_GROUPS, 1)
]
CURRICULUM = [
    Lesson(100 * module["rank"] + number, module["rank"], module["name"], module["rank"], number, title, True)
    for module in json.loads(LESSONS.read_text())["modules"]
    for number, title in enumerate(module["lessons"], 1)
]
_MORE = {
    "tempat": "place",
    "kendala": "obstacles",
    "tindak lanjut": "follow_up",
    "batal": "why_not",
    "untuk": "for_whom",
}
_REASONS = {"s": "sick", "i": "excused", "a": "absent"}


@dataclass(frozen=True)
class Case:
    """A line, what it means field by field, and a word of the question that it deserves, if any."""

    text: str
    means: dict[str, object]
    asks: str

    def read(self) -> Line:
        """Read it as the bot does."""
        return read_line(self.text, GROUPS, CURRICULUM, TODAY, "Asia/Jakarta")

    def wrong(self) -> dict[str, tuple[object, object]]:
        """Return the fields that were read otherwise: (read, meant)."""
        line = self.read()
        read = {name: getattr(line, name) for name in self.means}
        return {name: (read[name], meant) for name, meant in self.means.items() if read[name] != meant}

    def is_whole(self) -> bool:
        """Tell whether every field is as meant, and that is asked which deserves it, and nothing else."""
        problems = " ".join(self.read().problems)
        asked = self.asks.casefold() in problems.casefold() and problems if self.asks else not problems
        return bool(asked) and not self.wrong()

    def is_silently_wrong(self) -> bool:
        """Tell whether something was understood otherwise and nothing was said about the line."""
        line = self.read()
        return bool(self.wrong()) and not line.problems and not line.remarks

    def invented(self) -> dict[str, tuple[object, object]]:
        """Return what was read though it is not meant, whatever else was said."""
        nothing = (None, "", (), True)
        return {name: pair for name, pair in self.wrong().items() if pair[0] not in nothing}


def cases(name: str) -> list[Case]:
    """Return the cases of a table."""
    lines = (FOLDER / name).read_text().splitlines()
    return [_case(lines[at][2:], lines[at + 1]) for at, line in enumerate(lines) if line.startswith("> ")]


def _case(text: str, meant: str) -> Case:
    group, lesson, day, at, absent, more = (cell.strip() for cell in meant.split("|"))
    extra = dict(pair.split(": ", 1) for pair in more.split("; ") if pair)
    groups = tuple(map(_group, group.split("+"))) if group != "-" else ()
    means: dict[str, object] = {
        "groups": groups,
        "group": groups[0] if len(groups) == 1 else None,
        "lesson": next((one for one in CURRICULUM if f"{one.module_rank}.{one.number}" == lesson), None),
        "day": _day(day),
        "at": time.fromisoformat(at.replace(".", ":")) if at != "-" else None,
        "absences": None,
        "counts": None,
        "held": "batal" not in extra,
        **{field: extra.get(word, "").removeprefix("-") for word, field in _MORE.items()},
    }
    if absent.startswith("jumlah"):
        means["counts"] = {_REASONS[one[-1]]: int(one[:-1]) for one in absent.split()[1:]}
    elif absent != "-":
        means["absences"] = {} if absent == "semua" else {int(one[:-1]): _REASONS[one[-1]] for one in absent.split()}
    return Case(text, means, extra.get("tanya", ""))


def _group(cell: str) -> Group:
    name, _, village = cell.rpartition(" ")
    if village in _VILLAGES:
        return next(one for one in GROUPS if (one.name, one.village) == (name, _VILLAGES[village]))
    return next(one for one in GROUPS if one.name == cell)


def _day(cell: str) -> date | None:
    if cell == "-":
        return None
    day, _, month = cell.partition("/")
    return date(2023, int(month or 11), int(day))
