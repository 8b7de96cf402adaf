"""The audit (tindakan): what was done by whom, the newest first, in pages; to read it leaves a line as well."""

from bot.chat import Chat, Dialog, Reader
from bot.clock import from_utc_text
from bot.dates import local
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.auditing.line_words import doer, what_and_whom
from storage import audit, office
from storage.touched import named_in

PAGE = 15
OPERATORS = frozenset({"operator"})


async def read_page(chat: Chat, read: Reader) -> int | None:
    """Read below which line the page begins; None for the newest."""
    return int(chat.arg[:12]) if chat.arg.isascii() and chat.arg.isdigit() else None


def show_page(tx: Settling, before: int | None) -> None:
    """Show a page, as it was before this line."""
    found = audit.lines_before(tx.db, before, PAGE + 1)
    page, older = found[:PAGE], found[PAGE:]
    shown = [
        f"{one.id}. {local(from_utc_text(one.at), tx.zone):%d/%m/%Y %H.%M} {doer(one)}: {what_and_whom(tx.db, one)}"
        for one in page
    ]
    seen = sorted({id_ for one in page for id_ in named_in(one)})
    office.note(tx.db, tx.stamp, tx.me.id, "see audit", "office", " ".join(f"person:{one}" for one in seen))
    tx.say(
        lines([bold("Catatan tindakan"), *(shown or ["Belum ada."])]),
        *((action("tindakan", page[-1].id, "Lebih lama"),) if older else ()),
        *((action("tindakan", "", "Terbaru"),) if before is not None else ()),
    )


AUDIT = Dialog("tindakan", "Catatan tindakan", read_page, show_page, OPERATORS)
