"""Siapa melihat: in whose sight one's own data was lately, by role and not by name."""

from datetime import timedelta

from bot.chat import Chat, Dialog, Reader
from bot.clock import from_utc_text, utc_text
from bot.dates import local
from bot.settling import Settling
from bot.text import bold, lines
from handlers.auditing.deeds import deed
from storage import audit, people
from storage.audit import AuditLine
from storage.database import Connection
from storage.touched import people_touched

LOOKS_BACK = timedelta(days=90)
MOST_SHOWN = 10
MOST_READ = 500  # lines: each has to be resolved to the people it touches
NOBODY = "Belum ada yang tercatat melihat data Bapak/Ibu dalam 90 hari terakhir."


async def ask(chat: Chat, read: Reader) -> list[tuple[AuditLine, str]]:
    """Look for the lines."""
    return await read(who_saw, chat.me.id, utc_text(chat.now - LOOKS_BACK))


def save(tx: Settling, seen: list[tuple[AuditLine, str]]) -> None:
    """Show them, the newest first."""
    if not seen:
        tx.say(NOBODY)
        return
    told = [
        f"{local(from_utc_text(one.at), tx.zone):%d/%m/%Y %H.%M} {role}: {deed(one.action).words}" for one, role in seen
    ]
    tx.say(
        lines(
            [
                bold("Siapa melihat data Bapak/Ibu"),
                *told,
                f"Paling banyak {MOST_SHOWN} yang terakhir, termasuk daftar dan unduhan yang memuat nama Bapak/Ibu.",
            ]
        )
    )


SEEN = Dialog("dilihat", "Siapa melihat data saya", ask, save)


def who_saw(db: Connection, person_id: int, since: str) -> list[tuple[AuditLine, str]]:
    """Return the last lines by which others saw or exported the person's data, each with the role of who did."""
    found: list[tuple[AuditLine, str]] = []
    for line in audit.lines_before(db, None, MOST_READ):
        if line.at < since or len(found) == MOST_SHOWN:
            break
        if line.person_id == person_id or deed(line.action).does not in ("dilihat", "diekspor"):
            continue
        if person_id in people_touched(db, line):
            doer = people.person(db, line.person_id) if line.person_id else None
            found.append((line, doer.title if doer else "Dinas, di komputer server"))
    return found
