"""Finding people on the roster by what an operator types."""

from pathlib import Path

from storage import people, roster_search
from storage.database import Connection, Database


async def test_a_search_is_of_as_many_words_as_a_name_may_have(tmp_path: Path) -> None:
    """Two thousand words are more than SQLite takes in one expression; the first of them are searched for."""

    def add(db: Connection) -> None:
        known = {"phone": None, "role": "facilitator", "district_id": None, "village_id": None, "now": ""}
        people.add_person(db, name="Siti Aminah", **known)  # type: ignore[arg-type]

    store = await Database.open(tmp_path / "store")
    await store.write(add)
    assert await store.read(roster_search.find_people, "a " * 2_000, 9) != []
    assert await store.read(roster_search.find_people, "siti budi " * 1_000, 9) == []
    await store.close()
