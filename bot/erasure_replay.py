"""Erasing anew what a backup from before has brought back, in a store that nobody has opened yet."""

from collections.abc import Iterable
from pathlib import Path

from storage import erasure_own, erasures, media
from storage.database import Connection, alone
from storage.erasure import erase_at_once
from storage.erasure_list import Erased, read_lists


def replay_erasures(database: Path, media_folder: Path, lists_in: Iterable[Path]) -> int:
    """Erase whom the lists in these folders name, from the store and its files; return how many people that were."""
    entries = read_lists(lists_in)
    if not entries:
        return 0
    with alone(database) as db:
        here = [one for one in entries if erasures.is_here(db, one.person_id, one.made_at)]
        for one in here:
            _erase(db, media_folder, one)
    return len(here)


def _erase(db: Connection, media_folder: Path, one: Erased) -> None:
    for digest in erasure_own.photos_of(db, one.person_id):
        erasure_own.part_with(db, one.person_id, digest)
        if media.drop(db, digest):
            (media_folder / digest[:2] / digest).unlink(missing_ok=True)
    if erasures.open_for(db, one.person_id) is None:
        ref = f"again:{one.person_id}:{one.erased_at}"
        erasures.ask(db, ref, one.person_id, None, one.erased_at, one.erased_at)
    erase_at_once(db, one.person_id, one.erased_at)
