"""Places: the districts (kecamatan) and villages (desa, kelurahan), and finding one by the name that people type."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from storage.database import Connection

SEED = Path(__file__).parent / "seed" / "places-langkat.json"

# Ways to write one word, as seen in letters and lists of the region; the right side is arbitrary but always the same.
_SPELLINGS = {
    **dict.fromkeys(("sungai", "sei", "sie"), "sei"),
    **dict.fromkeys(("kwala", "kuala"), "kuala"),
    **dict.fromkeys(("tanjung", "tanjong", "tg", "tj", "tjg"), "tanjung"),
    **dict.fromkeys(("perkebunan", "perk", "pkb"), "perkebunan"),
    **dict.fromkeys(("pangkalan", "pkl", "pkln"), "pangkalan"),
    **dict.fromkeys(("namo", "namu"), "namo"),
    **dict.fromkeys(("bingai", "bingei"), "bingai"),
    **dict.fromkeys(("sirapit", "serapit"), "sirapit"),
    **dict.fromkeys(("bahorok", "bohorok"), "bahorok"),
    **dict.fromkeys(("brandan", "berandan"), "brandan"),
    **dict.fromkeys(("seberang", "sebrang"), "seberang"),
    **{roman: str(n) for n, roman in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"), 1)},
    "tiga": "3",
}
_KINDS = {"kecamatan", "kec", "kcmtn", "desa", "ds", "kelurahan", "kel", "lurah"}
LONGEST_NAME = 200  # characters: no place has more, and NFKD takes the square of the accents that stand in one heap
_SHORT = 4  # a longer word is meant as it stands, not as an abbreviation


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Village:
    """A desa or kelurahan; `district` is the name of its kecamatan."""

    id: int
    name: str
    district_id: int
    district: str


Place = TypeVar("Place", District, Village)

_VILLAGE = "SELECT v.id, v.name, d.id, d.name FROM villages v JOIN districts d ON d.id = v.district_id "


def load_places(db: Connection, seed: Mapping[str, Any]) -> int:
    """Add the districts and villages of the seed that are not there yet; return how many places were added.

    The seed is `{"districts": [{"name": …, "desa": [names], "kelurahan": [names]}]}`.
    """
    added = 0
    for district in seed["districts"]:
        added += db.execute(
            "INSERT INTO districts (name) VALUES (?) ON CONFLICT DO NOTHING", (district["name"],)
        ).rowcount
        for name in sorted([*district.get("desa", ()), *district.get("kelurahan", ())]):
            added += db.execute(
                """
                INSERT INTO villages (district_id, name) SELECT id, :village FROM districts WHERE name = :district
                ON CONFLICT DO NOTHING
                """,
                {"village": name, "district": district["name"]},
            ).rowcount
    return added


def districts(db: Connection) -> list[District]:
    """Return every district, by name."""
    return [District(*row) for row in db.execute("SELECT id, name FROM districts ORDER BY name")]


def district(db: Connection, id: int) -> District | None:
    """Return the district with this id."""
    row = db.execute("SELECT id, name FROM districts WHERE id = ?", (id,)).fetchone()
    return District(*row) if row else None


def villages(db: Connection, district_id: int) -> list[Village]:
    """Return the villages of a district, by name."""
    return [Village(*row) for row in db.execute(_VILLAGE + "WHERE d.id = ? ORDER BY v.name", (district_id,))]


def village(db: Connection, id: int) -> Village | None:
    """Return the village with this id."""
    row = db.execute(_VILLAGE + "WHERE v.id = ?", (id,)).fetchone()
    return Village(*row) if row else None


def all_places(db: Connection) -> dict[District, list[Village]]:
    """Return every district with its villages."""
    found: dict[District, list[Village]] = {place: [] for place in districts(db)}
    for row in db.execute(_VILLAGE + "ORDER BY v.name"):
        place = Village(*row)
        found[District(place.district_id, place.district)].append(place)
    return found


def district_named(db: Connection, text: str) -> District | None:
    """Return the one district that the text can mean; None when it means none, or more than one."""
    found = named(text, districts(db))
    return found[0] if len(found) == 1 else None


def village_named(db: Connection, text: str, district_id: int | None = None) -> list[Village]:
    """Return the villages that the text can mean, by district; the same name recurs in several districts."""
    rows = db.execute(
        _VILLAGE + "WHERE :district IS NULL OR d.id = :district ORDER BY d.name, v.name", {"district": district_id}
    )
    return named(text, [Village(*row) for row in rows])


def named(text: str, places: Iterable[Place]) -> list[Place]:
    """Return the places of this name: as it is written or spelled otherwise, else as its words are abbreviated."""
    wanted = folded_words(text)
    if not wanted:
        return []
    candidates = [(folded_words(place.name), place) for place in places]
    together = "".join(wanted)
    exact = [place for words, place in candidates if "".join(words) == together]
    return exact or [place for words, place in candidates if _abbreviates(wanted, words)]


def folded_words(text: str) -> list[str]:
    """Split a place's name into words of one spelling, without "Kec.", "Desa", accents, case and punctuation.

    What is too long for a name has none.
    """
    if len(text) > LONGEST_NAME:
        return []
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    words = re.findall(r"[a-z]+|[0-9]+", plain)
    while len(words) > 1 and words[0] in _KINDS:
        words = words[1:]
    return [_SPELLINGS.get(word, word) for word in words]


def _abbreviates(short: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether `short` is `words` with some, not all, of them shortened: "btg serangan"."""
    if len(short) != len(words) or not any(a == b for a, b in zip(short, words, strict=True)):
        return False
    return all(a == b or _shortens(a, b) for a, b in zip(short, words, strict=True))


def _shortens(letters: str, word: str) -> bool:
    rest = iter(word)
    return len(letters) <= _SHORT and letters[0] == word[0] and all(letter in rest for letter in letters)
