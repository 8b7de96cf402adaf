"""A list of people as the office reads it: by kecamatan, with the role of each."""

from collections.abc import Iterable
from itertools import groupby

from bot.text import Text, bold
from storage.invitations import Named


def by_district(people: Iterable[Named]) -> list[str | Text]:
    """Write the names under their kecamatan; `people` are in that order."""
    told: list[str | Text] = []
    for district, group in groupby(people, key=lambda one: one.district):
        names = [f"- {one.name} ({one.title})" for one in group]
        where = f"Kecamatan {district}" if district else "Tanpa kecamatan"
        told += [bold(f"{where} ({len(names)})"), *names]
    return told
