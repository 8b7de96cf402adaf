"""The list of who was erased, in a file beside the store: numbers and times, no names, so that no backup undoes it.

It lies outside the store because a store that is brought back from before knows nothing of it. A second copy lies with
the archives. A number alone is not enough: after an older store was brought back it may be given to somebody else.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LIST = "erased-persons"


@dataclass(frozen=True, slots=True)
class Erased:
    """One person: the number, when he or she was put on the roster, and when erased (UTC text)."""

    person_id: int
    made_at: str
    erased_at: str


def add_to_lists(places: Iterable[Path], entry: Erased) -> None:
    """Write the entry into the list of each of these folders that is there; once."""
    for place in places:
        if place.is_dir() and entry.person_id not in {
            one.person_id for one in read_lists([place]) if one.made_at == entry.made_at
        }:
            handle = os.open(place / LIST, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with open(handle, "w", encoding="ascii") as file:  # noqa: PTH123
                file.write(f"{entry.person_id} {entry.made_at} {entry.erased_at}\n")
                file.flush()
                os.fsync(file.fileno())


def share_lists(places: Iterable[Path], into: Iterable[Path]) -> None:
    """Let the lists in `into` name everybody whom those in `places` name: a disk may have been away for a while."""
    targets = list(into)
    for entry in read_lists(places):
        add_to_lists(targets, entry)


def read_lists(places: Iterable[Path]) -> list[Erased]:
    """Return the entries of the lists in these folders, each person once; a line that was cut short is left out."""
    found: dict[tuple[int, str], Erased] = {}
    for place in places:
        try:
            text = (place / LIST).read_text(encoding="ascii", errors="replace")
        except OSError:
            continue
        for line in text.splitlines():
            match line.split():
                case [number, made_at, erased_at] if number.isdigit():
                    found.setdefault((int(number), made_at), Erased(int(number), made_at, erased_at))
    return list(found.values())
