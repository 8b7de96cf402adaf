"""The nightly backup's own process: encrypting holds Python's lock all the while, which the bot's loop needs."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.archive import BackupFailed
from bot.backup import back_up_office
from bot.child import ChildDied, do_in_child
from storage.backups import Saved

WALL = 4 * 3600  # seconds; a disk that no longer answers must not keep the next night from being tried
NICENESS = 10  # the bot goes first; not so low that a busy machine would never finish it


async def make_backup(data: Path, folder: Path, now: datetime, keys: Sequence[str]) -> Saved:
    """Have the office's backup of this local moment made by a child process, which is killed if this is cancelled.

    The folders are absolute. Raises BackupFailed.
    """
    order = {"data": str(data), "folder": str(folder), "now": now.isoformat(), "keys": list(keys)}
    try:
        said = await do_in_child(__name__, json.dumps(order).encode(), WALL)
    except TimeoutError:
        raise BackupFailed(f"it was not done after {WALL // 3600} hours", "slow") from None
    except ChildDied as why:
        raise BackupFailed(f"its process ended with {why}") from None
    answer = json.loads(said)
    if "failed" in answer:
        raise BackupFailed(answer["failed"], answer["why"])
    return Saved(**answer)


def _obey(order: Mapping[str, Any]) -> dict[str, Any]:
    now, keys = datetime.fromisoformat(order["now"]), order["keys"]
    try:
        _, _, saved = back_up_office(Path(order["data"]), Path(order["folder"]), now, keys, wary=True)
    except BackupFailed as why:
        return {"failed": str(why), "why": why.why}
    return asdict(saved)


if __name__ == "__main__":
    os.umask(0o077)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    json.dump(_obey(json.load(sys.stdin)), sys.stdout)
