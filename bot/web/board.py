"""The check-in board's page for the projector: in large type, from the server's clock, and without a single name."""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources

import segno
from aiohttp import web

from bot.board import Board, read_board
from bot.clock import Clock
from bot.dates import local, show_time
from bot.web.server import refuse
from storage.database import Database

FRESH_FOR = timedelta(seconds=1)  # however many projectors look
MOST_KEPT = 200
TOKEN = re.compile(r"[0-9a-f]{32}")
STATIC = {"board.css": "text/css", "board.js": "text/javascript", "board.svg": "image/svg+xml"}
NOT_KEPT = {"Cache-Control": "no-store"}


def board_routes(
    database: Database,
    clock: Clock,
    office: str,
    link: Callable[[str], str],
    links: Callable[[str], Mapping[str, str]] = lambda payload: {},
) -> list[web.RouteDef]:
    """List the board's routes.

    `link` turns a deep link's payload into an address, '' where there is none; `links` into one for each channel.
    """
    boards = _Boards(database, clock, office, link, links)
    return [
        web.get("/layar/{token}", boards.show),
        web.get("/layar/{token}/keadaan", boards.tell),
        web.get("/layar/{token}/qr.svg", boards.draw),
        *[web.get(f"/static/{name}", _static(name, kind)) for name, kind in STATIC.items()],
    ]


@dataclass(slots=True)
class _Boards:
    database: Database
    clock: Clock
    office: str
    link: Callable[[str], str]
    links: Callable[[str], Mapping[str, str]]
    kept: dict[str, tuple[datetime, asyncio.Task[Board | None]]] = field(default_factory=dict)

    async def show(self, request: web.Request) -> web.Response:
        return _file("board.html", "text/html")

    async def tell(self, request: web.Request) -> web.Response:
        """Say what to show. A dead link is an answer, not an error: the page stays open and says so."""
        board, now = await self._board(request), self.clock.now()
        told = self._describe(board, now) if board else {"state": "gone", "office": self.office}
        return web.json_response(told, headers=NOT_KEPT)

    async def draw(self, request: web.Request) -> web.Response:
        board = await self._board(request)
        if board is None or board.shown is None:
            raise refuse(404)
        out, code = io.BytesIO(), board.shown.code
        asked = self.links(f"h_{code}").get(request.query.get("lewat", ""), "")
        made = segno.make(asked or self.link(f"h_{code}") or f"HADIR {code}", error="m", micro=False)
        made.save(out, kind="svg", border=2, omitsize=True, light="#fff")
        return web.Response(body=out.getvalue(), content_type="image/svg+xml", headers=NOT_KEPT)

    async def _board(self, request: web.Request) -> Board | None:
        """Read the board, once a second for everybody who looks at it."""
        token, now = request.match_info["token"], self.clock.now()
        if not TOKEN.fullmatch(token):
            return None
        kept = self.kept.get(token)
        if kept is None or not timedelta() <= now - kept[0] < FRESH_FOR:
            if len(self.kept) >= MOST_KEPT:
                self.kept.clear()
            kept = self.kept[token] = (now, asyncio.create_task(self.database.read(read_board, token, now)))
        # Whoever closes the page must not take the answer from the others who wait for it.
        return await asyncio.shield(kept[1])

    def _describe(self, board: Board, now: datetime) -> Mapping[str, object]:
        zone, here = board.event.zone, local(now, board.event.zone)
        shift = here.utcoffset() or timedelta()
        return {
            "state": board.state,
            "office": self.office,
            "event": board.event.subject,
            "place": board.event.place,
            "session": board.session,
            "now": _millis(now),
            "shift": int(shift.total_seconds() * 1000),
            "zone": show_time(now, zone).rpartition(" ")[2],
            "opens": _millis(board.opens_at),
            "closes": _millis(board.closes_at),
            "code": board.shown.code if board.shown else "",
            "channels": list(self.links("h_x")),
            "words": board.shown.words if board.shown else (),
            "until": _millis(board.shown.until) if board.shown else None,
            "districts": board.districts,
        }


def _millis(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None


def _static(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def show(request: web.Request) -> web.Response:
        return _file(name, kind)

    return show


def _file(name: str, kind: str) -> web.Response:
    text = resources.files("bot.web").joinpath("static", name).read_text("utf-8")
    return web.Response(text=text, content_type=kind, headers={"Cache-Control": "no-cache"})
