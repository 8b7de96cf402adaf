"""The last backup and the last failure: a file beside the database, since a backup writes nothing in the store."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from storage.database import Connection

NAME = "last-backup.json"

Place = Literal["here", "same disk", "away"]
"""Where an archive stands: in the data folder, elsewhere on the same disk, or on another disk or machine."""

Why = Literal["key", "folder", "full", "damaged", "file", "busy", "slow", "other"]
"""Why there is none: no key, the folder is not there or cannot be written, no space, the store or the archive did not
pass its checks, a stored file is missing, another one is being made, it took too long, something else."""


LATE = timedelta(hours=26)
"""A day, and what one night's backup may take longer than the last one's."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup that was restored on trial; `at` is UTC ISO text, `size` in bytes, `seconds` what all of it took."""

    at: str
    size: int
    seconds: float
    folder: str
    place: Place
    sealed: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt since the last backup that made none."""

    at: str
    why: Why


@dataclass(frozen=True, slots=True)
class State:
    """What is known of backups; `since` is when the first person was entered, so that there is something to save."""

    saved: Saved | None = None
    failed: Failed | None = None
    since: str | None = None

    def is_late(self, now: datetime) -> bool:
        """Say whether there is something to save, and no backup of the last day."""
        last = self.saved.at if self.saved else self.since
        return last is not None and now - datetime.fromisoformat(last) > LATE


def state(db: Connection) -> State:
    """Return what is known of backups."""
    path = Path(db.execute("PRAGMA database_list").fetchone()["file"])
    first = db.execute("SELECT made_at FROM persons ORDER BY id LIMIT 1").fetchone()
    return replace(read_state(path.parent), since=first[0] if first else None)


def read_state(folder: Path) -> State:
    """Return what is noted in a data folder; a note that cannot be read is none."""
    try:
        noted = json.loads((folder / NAME).read_text(encoding="utf-8"))
        saved, failed = noted["saved"], noted["failed"]
        found = State(Saved(**saved) if saved else None, Failed(**failed) if failed else None)
    except (OSError, ValueError, KeyError, TypeError):
        return State()
    known = found.failed is None or found.failed.why in get_args(Why)
    return found if known else State(found.saved)


def note(folder: Path, what: Saved | Failed) -> None:
    """Note a backup, or a failure beside the last backup."""
    saved = what if isinstance(what, Saved) else read_state(folder).saved
    failed = what if isinstance(what, Failed) else None
    kept = {"saved": asdict(saved) if saved else None, "failed": asdict(failed) if failed else None}
    half = folder / f"{NAME}.part"
    half.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    half.replace(folder / NAME)
