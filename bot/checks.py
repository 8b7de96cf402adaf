"""The checks behind `python -m bot check`: each says in one line whether one thing is as it must be."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from bot.archive import DATABASE
from bot.channels.telegram import TokenInvalid, Unreachable
from bot.clock import MovableClock, from_utc_text
from bot.dates import show_moment
from bot.found import Found
from bot.inviting import ask_bot_name
from bot.settings import Settings
from bot.single import AnotherProcess, only_one
from bot.whatsapp_checks import check_whatsapp
from storage import backups
from storage.database import APPLICATION_ID, Connection, Database, NotOurDatabase, PragmaRefused, migrations

SPARE = 200_000_000  # bytes free on the disk
EARLIEST = 2024  # no clock that is set shows an earlier year


async def check_all(settings: Settings) -> list[Found]:
    """Look at everything, changing nothing."""
    now = MovableClock().now()
    return [
        Found(True, f"settings: {settings.office_name}, data in {settings.data_dir}"),
        *await asyncio.to_thread(lambda: [_check_process(settings), _check_disk(settings)]),
        await _check_pragmas(),
        *await asyncio.to_thread(lambda: list(_check_database(settings.data_dir / DATABASE, now))),
        *await asyncio.to_thread(lambda: list(_check_backup_folder(settings))),
        *await _check_channels(settings),
        _check_clock(settings, now),
    ]


def _check_process(settings: Settings) -> Found:
    if not settings.data_dir.exists():
        return Found(True, "process: not running, and never was")
    try:
        with only_one(settings.data_dir):
            return Found(True, "process: not running")
    except AnotherProcess:
        return Found(True, "process: running")
    except OSError as why:
        return Found(False, f"process: DATA_DIR cannot be used: {why.strerror}")


def _check_disk(settings: Settings) -> Found:
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Found(free >= SPARE, f"disk: {free / 1e9:.1f} GB free")


async def _check_pragmas() -> Found:
    """Open a database that is thrown away: the settings that the promises rest on are read back from it."""
    with tempfile.TemporaryDirectory(prefix="pkh-check-") as folder:
        try:
            database = await Database.open(Path(folder) / DATABASE, readers=1)
        except (PragmaRefused, NotOurDatabase, sqlite3.Error) as why:
            return Found(False, f"sqlite {sqlite3.sqlite_version}: {why}")
        await database.close()
    return Found(True, f"sqlite {sqlite3.sqlite_version}: takes every setting")


def _check_database(path: Path, now: datetime) -> Iterator[Found]:
    if not path.exists():
        yield Found(True, "database: none yet, the first run makes it")
        return
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA busy_timeout = 5000")
            yield _check_integrity(db)
            yield from _check_times(db, now)
    except sqlite3.Error as why:
        yield Found(False, f"database: cannot be read: {type(why).__name__}")


def _check_integrity(db: Connection) -> Found:
    if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        return Found(False, "database: holds somebody else's tables")
    schema, known = db.execute("PRAGMA user_version").fetchone()[0], len(migrations())
    if schema > known:
        return Found(False, f"database: of schema {schema}, this program knows {known}")
    for pragma in ("integrity_check", "foreign_key_check"):
        rows = db.execute(f"PRAGMA {pragma}").fetchall()
        if rows and rows[0][0] != "ok":
            return Found(False, f"database: {pragma} found {len(rows)} faults; restore a backup")
    behind = f" (the next run brings it to {known})" if schema < known else ""
    return Found(True, f"database: whole, schema {schema}{behind}")


def _check_times(db: Connection, now: datetime) -> Iterator[Found]:
    last = db.execute("SELECT max(received_at) FROM inbox").fetchone()[0]
    if last and from_utc_text(last) > now + timedelta(minutes=5):
        yield Found(False, f"clock: behind the last stored message, of {last}")
    state = backups.state(db)
    if state.since is not None:
        last = f"{state.saved.at}, in {state.saved.folder}" if state.saved else "none yet"
        late = state.saved is None or state.is_late(now)
        yield Found(not late, f"backup: {last}{'; run: python -m bot backup' if late else ''}")


def _check_backup_folder(settings: Settings) -> Iterator[Found]:
    folder, data = settings.backup_folder, settings.data_dir
    if settings.backup_key is None:
        yield Found(False, "backup: BACKUP_KEY is not set, so none is made at night; run: python -m bot backup-key")
    elif folder is None:
        yield Found(False, "backup: stands on this machine alone; set BACKUP_FOLDER (docs/panduan-cadangan.md)")
    elif not folder.is_dir() or not os.access(folder, os.W_OK):
        yield Found(False, f"backup: {folder} is not there or cannot be written: is its disk mounted?")
    elif data.exists() and folder.stat().st_dev == data.stat().st_dev:
        yield Found(True, f"backup: {folder} is on the disk of DATA_DIR; right only if a program copies it elsewhere")
    else:
        yield Found(True, f"backup: to {folder}, on another disk or machine")


async def _check_channels(settings: Settings) -> list[Found]:
    if settings.telegram_token is None and settings.whatsapp_token is None:
        return [Found(False, "telegram: TELEGRAM_TOKEN is not set, and no other channel is on")]
    telegram = [await _check_telegram(settings)] if settings.telegram_token is not None else []
    return telegram + (await check_whatsapp(settings) if settings.whatsapp_token is not None else [])


async def _check_telegram(settings: Settings) -> Found:
    try:
        return Found(True, f"telegram: the token is good, @{await ask_bot_name(settings)}")
    except TokenInvalid:
        return Found(False, "telegram: refuses TELEGRAM_TOKEN; copy it from @BotFather again")
    except Unreachable:
        return Found(False, f"telegram: {settings.telegram_api_url} cannot be reached")


def _check_clock(settings: Settings, now: datetime) -> Found:
    return Found(now.year >= EARLIEST, f"clock: {show_moment(now, settings.office_zone)} ({settings.office_zone})")
