"""Importing a roster from the command line: the same checks and the same preview as in the chat."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

from bot.clock import MovableClock, utc_text
from bot.documents.roster_workbook import NotARoster, read_roster
from bot.door import at_the_store
from bot.roster_change import problem_line
from storage.places import District, Village


class NotImported(Exception):
    """The file cannot be applied; the text has one line for each reason."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many people a file added and changed."""

    new: int
    changed: int


async def import_roster(folder: Path, file: Path, agree: Callable[[str, bool], bool]) -> Imported | None:
    """Read, check, show and apply; None if `agree` said no to the preview.

    `agree(preview, changes)` is told whether anything would. Raises NotImported, OSError, Refused or NobodyAnswers.
    """
    content = await asyncio.to_thread(file.read_bytes)
    async with at_the_store(folder) as do:
        places = {District(*one): [Village(*village) for village in those] for one, those in await do("places")}
        try:
            roster = await read_roster(content, file.name, places)
        except NotARoster as why:
            raise NotImported(str(why)) from None
        if roster.problems:
            rows = [problem_line(one) for one in roster.problems]
            raise NotImported("\n".join([*rows, f"{len(rows)} rows have to be corrected first; nothing was applied."]))
        fields = [list(astuple(row)) for row in roster.rows]
        seen = await do("preview", rows=fields)
        new, changed = seen["changes"][:2]
        if not await asyncio.to_thread(agree, seen["text"], bool(new or changed)):
            return None
        digest = hashlib.sha256(content).hexdigest()
        await do("import", rows=fields, changes=seen["changes"], digest=digest, now=utc_text(MovableClock().now()))
        return Imported(len(new), len(changed))
