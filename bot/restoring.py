"""Restoring: an archive is brought back to a data folder after all of it was checked, or nothing is changed."""

import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.archive import DATABASE, MEDIA, BackupFailed, Contents, unpack
from bot.backup import sync_folder, words
from bot.erasure_replay import replay_erasures
from bot.sealing import is_sealed, opened
from storage.erasure_list import share_lists


class DatabaseExists(BackupFailed):
    """The folder holds a store already."""


def needs_key(archive: Path, folder: Path, *, force: bool) -> bool:
    """Say whether a private key is needed to bring this archive back. Raises BackupFailed if none would help."""
    if not archive.is_file():
        raise BackupFailed(f"{archive} is no file")
    if (folder / DATABASE).exists() and not force:
        raise DatabaseExists(f"{folder} holds a database already; --force moves it aside first")
    return is_sealed(archive)


def restore(
    archive: Path,
    folder: Path,
    stamp: str,
    keys: Sequence[Any] = (),
    *,
    force: bool = False,
) -> Contents:
    """Bring an archive back to the data folder, after checking all of it; the caller holds the folder's lock.

    A store that is there is refused, or with `force` moved aside to `before-restore-<stamp>`. Raises BackupFailed; then
    the folder is as it was. Whom the list of the erased names, in the folder or beside the archive, is erased anew.
    """
    needs_key(archive, folder, force=force)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-") as scratch:
            fresh = Path(scratch) / "fresh"
            with opened(archive, keys) if is_sealed(archive) else archive.open("rb") as stream:
                contents = unpack(stream, fresh)
            replay_erasures(fresh / DATABASE, fresh / MEDIA, (folder, archive.parent))
            aside = folder / f"before-restore-{stamp}"
            # The write-ahead log goes with its database: left behind, it would be replayed into the wrong one.
            for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", MEDIA):
                if (folder / name).exists():
                    aside.mkdir(exist_ok=True)
                    (folder / name).replace(aside / name)
            if (fresh / MEDIA).exists():
                (fresh / MEDIA).replace(folder / MEDIA)
            (fresh / DATABASE).replace(folder / DATABASE)
        share_lists((archive.parent,), (folder,))
        sync_folder(folder)
    except (OSError, sqlite3.Error) as why:
        raise BackupFailed(f"nothing was restored: {words(why)}") from why
    return contents
