"""Opening (buka): the button of a WhatsApp template, which delivers what the template announced."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.settling import Settling
from bot.templates import OPEN
from storage import outbox

GONE = "Pesan itu tidak ditemukan. Ketik menu untuk melihat yang bisa dilakukan sekarang."


async def read_row(chat: Chat, read: Reader) -> int:
    """Take the row that the button names; 0 for anything else."""
    return int(chat.arg) if chat.arg.isascii() and chat.arg.isdigit() and len(chat.arg) < 16 else 0


def deliver(tx: Settling, row: int) -> None:
    """Say it whole, after what belongs to it; a message of somebody else is not found."""
    found = outbox.announced(tx.db, row, tx.me.id)
    if found is None:
        raise Refused(GONE)
    body, about = found
    outbox.open_held(tx.db, tx.chat, about, tx.stamp)
    tx.poster.repeat(tx.db, tx.chat, body, tx.now)


OPENED = Dialog(OPEN, "Baca selengkapnya", read_row, deliver)
