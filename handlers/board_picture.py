"""The board as a picture in the chat of whoever runs the event: for a room without a projector or without a network."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.board import Board, board_of
from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.documents.board_picture import draw_board
from bot.message import Attachment, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.event_desk import NOT_YOURS, event_number, is_desk, may_run

OVER = "Kegiatan itu sudah selesai, jadi tidak ada papan lagi. Lihat /kegiatan."


@dataclass(frozen=True, slots=True)
class Picture:
    """The board as it was drawn, and what is said with it."""

    event_id: int
    file: Attachment
    text: Text


def make_board_picture(link: Callable[[str], str]) -> Dialog[Picture]:
    """Make the dialog that draws the board as it is now."""

    async def draw(chat: Chat, read: Reader) -> Picture:
        event_id = event_number(chat.arg)
        if not await read(is_desk, event_id, chat.me.id, chat.me.role):
            raise Refused(NOT_YOURS)
        board = await read(board_of, event_id, chat.now)
        if board is None:
            raise Refused(OVER)
        assert chat.files is not None
        digest = await chat.files.keep(draw_board(board, _content(board, link), chat.now), "image/png")
        told = lines([bold(f"{board.event.subject} · Papan"), board.session, _how(board)])
        return Picture(event_id, Attachment(digest, "papan-absen.png", "photo"), told)

    return Dialog("papan", "Papan absen", draw, save, EVERYONE)


def save(tx: Settling, picture: Picture) -> None:
    """Send the picture, to whom it is still due."""
    if not may_run(tx, picture.event_id):
        raise Refused(NOT_YOURS)
    tx.say(Message(picture.text, file=picture.file), action("papan", picture.event_id, "Segarkan"))


def _content(board: Board, link: Callable[[str], str]) -> str:
    code = board.shown.code if board.shown else ""
    return link(f"h_{code}") or f"HADIR {code}"


def _how(board: Board) -> str:
    if board.shown is None:
        return "Absennya sedang tidak dibuka."
    if board.shown.until is None:
        return "Tunjukkan atau sebutkan kodenya."
    return "Kode berganti tiap 30 detik, dan diterima sampai satu menit. Tekan Segarkan untuk kode berikutnya."
