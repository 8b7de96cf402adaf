"""Keeping the board fresh where it stands as a picture in a chat: another one whenever what it says has changed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.board import Board, board_of
from bot.clock import Clock, utc_text
from bot.media import Media
from bot.message import Message
from bot.posting import Poster
from storage import board_pictures
from storage.board_pictures import BoardPicture
from storage.database import Connection, Database

USEFUL_FOR = timedelta(minutes=1)  # a code that is older is refused as one of long ago

STANDS_FOR = timedelta(hours=1)
"""How long its file is kept: it is sent within a minute or not at all."""

Compose = Callable[[Board, str], Message]
"""Writes what stands under the picture; the text is the picture's digest."""


class BoardPictures:
    """Edits what has changed; called at every tick and safe to call at any time."""

    def __init__(
        self,
        database: Database,
        poster: Poster,
        media: Media,
        clock: Clock,
        link: Callable[[str], str],
        compose: Compose,
    ) -> None:
        self._database = database
        self._poster = poster
        self._media = media
        self._clock = clock
        self._link = link
        self._compose = compose

    async def refresh(self) -> int:
        """Draw every picture anew whose code or counts have changed; return how many those were."""
        now, drawn = self._clock.now(), 0
        for picture in await self._database.read(board_pictures.fresh, utc_text(now)):
            board = await self._database.read(board_of, picture.event_id, now)
            if board is None or board.says == picture.shown:
                continue
            from bot.documents.board_picture import draw_board  # heavy: imported where it is used

            content = await asyncio.to_thread(draw_board, board, self._link, now)
            digest = await self._media.lend(content, "image/png", STANDS_FOR)
            drawn += await self._database.write(self._post, picture, board, self._compose(board, digest), now)
        return drawn

    def _post(self, db: Connection, picture: BoardPicture, board: Board, message: Message, now: datetime) -> bool:
        until = picture.until if board.shown else utc_text(now)  # the last picture says that it is over
        if not board_pictures.note_shown(db, picture, board.says, until):
            return False
        self._poster.reply(db, picture.chat, message, now, edits=picture.card, lives=USEFUL_FOR)
        return True
