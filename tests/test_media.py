"""Files are kept for good when people send them, and for a while when the bot made them to be sent."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import StoppedClock
from bot.media import LENT_FOR, Media, NoSuchFile
from storage.database import Database
from tests.worlds import empty_store

DAY = timedelta(days=1)


@pytest.fixture
async def media(tmp_path: Path) -> AsyncIterator[Media]:
    """Give an empty folder on the sixth of November."""
    database = await Database.open(empty_store(tmp_path / "pkh.sqlite3"))
    yield Media(tmp_path / "media", database, StoppedClock(datetime(2023, 11, 6, tzinfo=UTC)))
    await database.close()


async def later(media: Media, span: timedelta) -> int:
    """Let time pass, and put away what is over."""
    clock = media._clock
    assert isinstance(clock, StoppedClock)
    clock.move(span)
    return await media.put_away()


async def test_a_recap_is_put_away_after_a_month(media: Media, tmp_path: Path) -> None:
    """It can be sent until then; afterwards neither file nor row is left."""
    digest = await media.lend(b"rekap", "application/zip")
    assert await later(media, LENT_FOR - DAY) == 0
    assert await media.open(digest) == b"rekap"
    assert await later(media, DAY) == 1
    with pytest.raises(NoSuchFile):
        await media.open(digest)
    assert await later(media, DAY) == 0
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]


async def test_what_is_kept_for_good_stays(media: Media) -> None:
    """Whether it was lent before or after: what people sent is theirs."""
    first = await media.lend(b"foto", "image/jpeg")
    assert await media.keep(b"foto", "image/jpeg") == first
    second = await media.keep(b"surat", "application/pdf")
    assert await media.lend(b"surat", "application/pdf") == second
    assert await later(media, LENT_FOR * 2) == 0
    assert await media.open(first) + await media.open(second) == b"fotosurat"


async def test_the_same_made_again_has_its_month_again(media: Media) -> None:
    """A board that looks as it did an hour ago is not taken away under the one that is being sent."""
    digest = await media.lend(b"papan", "image/png", timedelta(hours=1))
    await later(media, timedelta(minutes=59))
    await media.lend(b"papan", "image/png", timedelta(hours=1))
    assert await later(media, timedelta(minutes=30)) == 0
    assert await media.open(digest) == b"papan"
    await later(media, timedelta(minutes=31))
    assert await media.lend(b"papan", "image/png") == digest
    assert await media.open(digest) == b"papan"
