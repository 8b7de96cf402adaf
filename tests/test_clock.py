"""Moments as the store keeps them: text whose order is that of time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.clock import from_utc_text, utc_text

NIGHT = datetime(2023, 10, 29, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
"""In an hour that comes twice; Python takes the two for equal."""


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    """Two moments that only their zone's change of time tells apart are written as two."""
    again = NIGHT.replace(fold=1)
    assert again == NIGHT
    assert [utc_text(one) for one in (NIGHT, again)] == [
        "2023-10-29T00:30:00.000+00:00",
        "2023-10-29T01:30:00.000+00:00",
    ]


def test_a_moment_is_written_the_same_from_whichever_zone() -> None:
    """What is stored is UTC, and reads back as the same moment."""
    for moment in (NIGHT, NIGHT.astimezone(UTC), NIGHT.astimezone(ZoneInfo("Asia/Jakarta"))):
        assert utc_text(moment) == "2023-10-29T00:30:00.000+00:00"
        assert from_utc_text(utc_text(moment)) == NIGHT.astimezone(UTC)
