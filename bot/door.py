"""The office's door: how the command line writes in the store, itself or through the bot that is running.

Only one process may write in the store (storage/database.py says why). So a command takes the folder's lock and writes,
or, where the bot holds the lock, hands the bot the same request over a socket that only the folder's owner can open.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from bot.archive import DATABASE
from bot.chat import Refused
from bot.clock import MovableClock, utc_text
from bot.roster_change import apply_roster, preview
from bot.single import AnotherProcess, only_one
from storage import invites, office, places, roster, templates
from storage.database import Connection, Database
from storage.roster import Changes, RosterRow
from storage.seeds import load_seeds

log = logging.getLogger(__name__)

NAME = "door"
LARGEST = 16 * 1024 * 1024  # bytes of one request: 5,000 people fit many times

Fields = Mapping[str, Any]
Do = Callable[..., Awaitable[Any]]
"""Does one of OPERATIONS by its name with its fields. Raises Refused."""


class NobodyAnswers(Exception):
    """The bot holds the folder but does not open its door; the text says what to do."""


def _invite(db: Connection, fields: Fields) -> str:
    known = {row["role"]: row["title"] for row in db.execute("SELECT role, title FROM roles ORDER BY rank")}
    if fields["role"] not in known:
        raise Refused(f"no such role: {fields['role']}; known are {', '.join(known)}")
    invites.add(db, fields["token"], fields["code"], fields["role"], fields["expires_at"])
    office.note(db, fields["now"], None, "invite", f"role:{fields['role']}")
    return str(known[fields["role"]])


def _places(db: Connection, fields: Fields) -> list[Any]:
    return [
        [[one.id, one.name], [[v.id, v.name, v.district_id, v.district] for v in villages]]
        for one, villages in places.all_places(db).items()
    ]


def _preview(db: Connection, fields: Fields) -> dict[str, Any]:
    rows = tuple(RosterRow(*row) for row in fields["rows"])
    changes = roster.compare(db, rows)
    return {"text": preview(db, rows, changes).plain, "changes": _shape(changes)}


def _import(db: Connection, fields: Fields) -> None:
    rows = tuple(RosterRow(*row) for row in fields["rows"])
    if _shape(roster.compare(db, rows)) != fields["changes"]:
        raise Refused("the roster has changed meanwhile: look at the preview again")
    apply_roster(db, rows, fields["now"], None, fields["digest"])


def _note(db: Connection, fields: Fields) -> None:
    office.note(db, fields["now"], None, fields["action"], fields["object"], fields.get("detail", ""))


def _templates(db: Connection, fields: Fields) -> None:
    for name, state, at, reason in fields["reviews"]:
        templates.note(db, templates.Review(name, state, at, reason))
    office.note(db, fields["now"], None, "templates", "office:templates")


OPERATIONS: Mapping[str, Callable[[Connection, Fields], Any]] = {
    "invite": _invite,
    "places": _places,
    "preview": _preview,
    "import": _import,
    "note": _note,
    "templates": _templates,
}


@asynccontextmanager
async def at_the_store(folder: Path) -> AsyncIterator[Do]:
    """Give the way to do OPERATIONS, whether the bot is running or not. Raises NobodyAnswers."""
    try:
        with only_one(folder):
            database = await Database.open(folder / DATABASE)
            try:
                await database.write(load_seeds)

                async def here(name: str, **fields: Any) -> Any:
                    return await database.write(OPERATIONS[name], fields)

                yield here
            finally:
                await database.close()
        return
    except AnotherProcess:
        pass

    async def there(name: str, **fields: Any) -> Any:
        return await _ask(folder / NAME, {"do": name, "fields": fields})

    yield there


async def note_at_the_store(folder: Path, action: str, object: str, detail: str = "") -> None:
    """Leave a line in the audit, of what the command line has done. Raises NobodyAnswers."""
    async with at_the_store(folder) as do:
        await do("note", action=action, object=object, detail=detail, now=utc_text(MovableClock().now()))


@asynccontextmanager
async def open_door(folder: Path, database: Database) -> AsyncIterator[None]:
    """Answer the command line while the block runs; the caller holds the folder's lock."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = json.loads(await reader.readline())
            reply: dict[str, Any] = {"done": await database.write(OPERATIONS[asked["do"]], asked["fields"])}
        except Refused as why:
            reply = {"refused": str(why)}
        except Exception as why:  # a request that is none must not end the bot
            log.exception("request at the door failed")
            reply = {"refused": f"the bot could not do that: {type(why).__name__}"}
        with suppress(ConnectionError):
            writer.write(json.dumps(reply).encode() + b"\n")
            await writer.drain()
        writer.close()

    path = folder / NAME
    path.unlink(missing_ok=True)  # left by a process that was killed: we hold the lock, so it is nobody's
    try:
        server = await asyncio.start_unix_server(answer, path, limit=LARGEST)
    except (OSError, AttributeError, NotImplementedError) as why:
        # A path of more than about 100 characters, or a system without such sockets: the bot works without.
        log.warning("no door for the command line error=%s", type(why).__name__)
        yield
        return
    path.chmod(0o600)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _ask(path: Path, request: dict[str, Any]) -> Any:
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=LARGEST)
        writer.write(json.dumps(request).encode() + b"\n")
        await writer.drain()
        reply = json.loads(await reader.readline())
        writer.close()
    except (OSError, ValueError, AttributeError):
        raise NobodyAnswers("the bot is running and does not take this now: stop it, then try again") from None
    if "refused" in reply:
        raise Refused(reply["refused"])
    return reply["done"]


def _shape(changes: Changes) -> list[Any]:
    return [
        [row.phone for row in changes.new],
        [[change.person_id, list(change.what)] for change in changes.changed],
        changes.same,
        changes.missing,
    ]
