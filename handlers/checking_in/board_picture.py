"""The board as a picture in the chat of whoever runs the event: for a room without a projector or without a network."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.board import Board, board_of
from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Attachment, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.events.event_desk import NOT_YOURS, event_number, is_desk, may_run
from storage import board_pictures

FRESH_FOR = timedelta(minutes=30)
OVER = "Kegiatan itu sudah selesai, jadi tidak ada papan lagi. Lihat /kegiatan."


@dataclass(frozen=True, slots=True)
class Picture:
    """The board as it was drawn, and the digest of its picture."""

    board: Board
    digest: str


def make_board_picture(link: Callable[[str], str]) -> Dialog[Picture]:
    """Make the dialog that draws the board as it is now."""

    async def draw(chat: Chat, read: Reader) -> Picture:
        from bot.documents.board_picture import draw_board  # heavy: imported where it is used

        event_id = event_number(chat.arg)
        if not await read(is_desk, event_id, chat.me.id, chat.me.role):
            raise Refused(NOT_YOURS)
        board = await read(board_of, event_id, chat.now)
        if board is None:
            raise Refused(OVER)
        assert chat.files is not None
        digest = await chat.files.lend(draw_board(board, link, chat.now), "image/png")
        return Picture(board, digest)

    return Dialog("papan", "Papan absen", draw, save, EVERYONE)


def save(tx: Settling, picture: Picture) -> None:
    """Send the picture, to whom it is still due; while the slot is open it is then kept fresh for half an hour."""
    event_id = picture.board.event.id
    if not may_run(tx, event_id):
        raise Refused(NOT_YOURS)
    tx.replace_card(compose(picture.board, picture.digest, kept_fresh=tx.can_rewrite))
    if not tx.can_rewrite:
        return
    until = tx.now + FRESH_FOR if picture.board.shown else tx.now
    board_pictures.keep_fresh(tx.db, tx.chat, event_id, picture.board.says, utc_text(until))


def compose(board: Board, digest: str, *, kept_fresh: bool = True) -> Message:
    """Write the message with the picture of this digest."""
    name = "-".join(re.findall(r"[a-z0-9]+", board.says.lower()))
    told = lines([bold(f"{board.event.subject} · Papan"), board.session, _how(board, kept_fresh)])
    file = Attachment(digest, f"papan-{name}.png", "photo")
    return Message(told, (action("papan", board.event.id, "Segarkan"),), file)


def _how(board: Board, kept_fresh: bool) -> str:
    if board.shown is None:
        return "Absennya sedang tidak dibuka."
    if board.shown.until is None:
        return "Tunjukkan atau sebutkan kodenya."
    if not kept_fresh:
        return "Kodenya segera berganti. Tekan Segarkan untuk gambar yang baru."
    return "Gambar ini diperbarui sendiri selama 30 menit. Sesudah itu tekan Segarkan."
