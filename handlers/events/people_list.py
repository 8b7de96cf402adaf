"""A list of people as the office reads it: by kecamatan, with the role of each."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from bot.text import Text, bold
from storage.invitations import Named


def by_district(
    people: Iterable[Named], notes: Mapping[int, str] | None = None, *, named: bool = True
) -> list[str | Text]:
    """Write the names under their kecamatan, or only how many they are.

    `people` are in the order of kecamatan, `notes` says more of some, by their ids.
    """
    told: list[str | Text] = []
    for district, group in groupby(people, key=lambda one: one.district):
        names = [f"- {_show(one, (notes or {}).get(one.id, ''))}" for one in group]
        where = f"Kecamatan {district}" if district else "Tanpa kecamatan"
        told += [bold(f"{where} ({len(names)})"), *names] if named else [f"{where}: {len(names)}"]
    return told


def _show(one: Named, note: str) -> str:
    return f"{one.name} ({one.title})" + (f": {note}" if note else "")
