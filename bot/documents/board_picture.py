"""The check-in board as a picture for a chat: legible on a phone and, opened on a laptop, from the back of a room."""

import io
from collections.abc import Callable
from datetime import datetime

import segno
from PIL import Image, ImageDraw, ImageFont

from bot.board import Board
from bot.dates import local, show_time

WIDTH, HEIGHT = 1280, 960
MARGIN = 48
INK, SOFT, PAPER, SEA, OK = "#10242e", "#4b6470", "#ffffff", "#12607f", "#16794a"
BAND = 150
QR = 420
CELL = 190
COLOURS = 32
STATES = {
    "early": "Absen belum dibuka",
    "waits": "Absen belum dibuka",
    "closed": "Absen sudah ditutup",
    "cancelled": "Kegiatan dibatalkan",
    "none": "Tidak ada absen hari ini",
}


def draw_board(board: Board, link: Callable[[str], str], now: datetime) -> bytes:
    """Return the picture as PNG; `link` turns a deep link's payload into an address, '' where there is none."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, WIDTH, BAND), fill=SEA)
    _write(draw, (MARGIN, 24), board.event.subject, 46, "white", WIDTH - 2 * MARGIN, heavy=1)
    _write(draw, (MARGIN, 92), board.session, 34, "white", WIDTH - 2 * MARGIN)
    if board.shown is None:
        _write(draw, (WIDTH // 2, HEIGHT // 2), STATES.get(board.state, ""), 76, INK, WIDTH - 2 * MARGIN, "mm", heavy=1)
    else:
        content = link(f"h_{board.shown.code}") or f"HADIR {board.shown.code}"
        code = segno.make(content, error="m", micro=False)
        square = io.BytesIO()
        code.save(square, kind="png", scale=max(1, QR // code.symbol_size(border=2)[0]), border=2)
        drawn = Image.open(square).convert("RGB")
        picture.paste(drawn, (MARGIN, BAND + 40))
        left, middle = MARGIN + QR + 40, (WIDTH + MARGIN + QR + 40) // 2
        room = WIDTH - left - MARGIN
        _write(draw, (middle, BAND + 40), "Pindai, ketik kodenya,", 44, SOFT, room, "ma")
        _write(draw, (middle, BAND + 94), "atau ketik dua kata ini:", 44, SOFT, room, "ma")
        for line, word in enumerate(board.shown.words):
            _write(draw, (middle, BAND + 185 + 105 * line), word, 92, SEA, room, "ma", heavy=2)
        for place, symbol in enumerate(board.shown.code):  # each in a cell of its own: no two may run together
            centre = WIDTH // 2 + int((place - (len(board.shown.code) - 1) / 2) * CELL)
            _write(draw, (centre, 692), symbol, 190, INK, CELL, "mm", heavy=5)
        _write(draw, (WIDTH // 2, 812), _holds(board), 42, SOFT, WIDTH - 2 * MARGIN, "mm")
    here, expected = sum(one[1] for one in board.districts), sum(one[2] for one in board.districts)
    draw.line((MARGIN, 850, WIDTH - MARGIN, 850), fill="#d3dee3", width=3)
    _write(draw, (MARGIN, 905), f"{here} dari {expected} hadir", 58, OK, 760, "lm", heavy=1)
    _write(draw, (WIDTH - MARGIN, 905), show_time(now, board.event.zone), 42, SOFT, 420, "rm")
    out = io.BytesIO()
    picture.quantize(COLOURS).save(out, "PNG", optimize=True)  # a new one every 30 seconds: it should be small
    return out.getvalue()


def _holds(board: Board) -> str:
    if board.shown is None or board.shown.until is None:
        return f"Ditutup {show_time(board.closes_at, board.event.zone)}" if board.closes_at else ""
    return f"Kode berganti pukul {local(board.shown.until, board.event.zone):%H.%M.%S}"


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    colour: str,
    room: int,
    anchor: str = "la",
    *,
    heavy: int = 0,
) -> None:
    """Write one line, smaller or cut where it would not fit; `heavy` thickens the strokes, for lack of a bold face."""
    font = ImageFont.load_default(size)
    if (wide := draw.textlength(text, font)) > room:
        font = ImageFont.load_default(max(size * 2 // 3, int(size * room / wide)))
    while len(text) > 1 and draw.textlength(text, font) > room:
        text = f"{text.rstrip('…')[:-1].rstrip()}…"
    draw.text(at, text, colour, font, anchor, stroke_width=heavy, stroke_fill=colour)
