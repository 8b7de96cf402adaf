"""How far somebody is from the place: in bands alone, and never further away than the office needs to know."""

from datetime import UTC, datetime

import pytest

from bot.message import Location, Message, Said
from bot.routes import Wanted, action
from bot.text import Text
from handlers import build_routes
from handlers.checking_in.distance import Point, band, metres
from storage.outbox import Card

POLONIA = Point(3.5796, 98.6748)


def sent(*, forwarded: bool = False) -> Said:
    where = Location(POLONIA.latitude, POLONIA.longitude, forwarded)
    return Said("telegram", "telegram:1", "1", datetime(2023, 11, 12, tzinfo=UTC), "location", location=where)


@pytest.mark.parametrize(
    ("point", "least", "most", "word"),
    [
        (POLONIA, 0, 0, "near"),
        (Point(3.5810, 98.6748), 150, 160, "near"),
        (Point(3.5900, 98.6748), 1150, 1160, "around"),
        (Point(3.7333, 98.4500), 30_000, 31_000, "far"),
        (Point(-3.5796, -81.3252), 20_000_000, 20_020_000, "far"),
    ],
)
def test_a_distance_becomes_a_word(point: Point, least: float, most: float, word: str) -> None:
    """To 200 metres somebody is there, to two kilometres around, and else far away: Stabat is, and the antipode."""
    assert least <= metres(POLONIA, point) <= most
    assert band(metres(point, POLONIA)) == word


def test_a_location_answers_the_card_that_asked_for_one() -> None:
    """Without such a card it is no answer to anything; one that was forwarded is told apart."""
    routes = build_routes("Dinas")
    asks = Card(1, Message(Text.of("Boleh?"), (action("lokasi", "lewati", "Lewati"),), ask="location").to_json())
    other = Card(2, Message(Text.of("Hadir?"), (action("rsvp", "1.yes", "Hadir"),)).to_json())
    assert routes.implicit(sent(), [other]) is None
    assert routes.implicit(sent(), [other, asks]) == Wanted("lokasi", "3.5796,98.6748")
    assert routes.implicit(sent(forwarded=True), [asks]) == Wanted("lokasi", "?")
