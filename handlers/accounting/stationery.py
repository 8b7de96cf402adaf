"""What is printed on: the office's letterhead as it is now, and the proof at a sheet's foot."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.chat import Chat, Reader
from storage.letterhead import letterhead

if TYPE_CHECKING:
    from bot.documents.paper import Proof, Stationery


async def read_stationery(chat: Chat, read: Reader, office_name: str) -> "Stationery":
    """Read the letterhead, with its picture where it has one."""
    from bot.documents.paper import Stationery

    head = await read(letterhead)
    assert chat.files is not None
    picture, logo = [await chat.files.open(one) if one else None for one in (head.image, head.logo)]
    return Stationery(office_name, head, picture, logo)


def prove(checksum: str, link: Callable[[str], str]) -> "Proof":
    """Return what the sheet's foot says; the QR code opens the bot, or is the words to send where there is no link."""
    from bot.documents.paper import Proof

    return Proof(checksum, link(f"c_{checksum}") or f"PERIKSA {checksum}")
