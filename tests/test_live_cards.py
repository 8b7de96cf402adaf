"""The office's live card: rewritten only when it looks different, at most every five seconds, one edition at a time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Connection
from tests.phones import SimulatedPhones
from tests.talk import Talk, talking
from tests.test_announce import count, say

LIVE = "outbox WHERE kind = 'live'"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """An event for one person that has just left."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await say(talk, "/buat Rapat TKSK, Jumat 10 November 2023 jam 09.00 di Aula")
        await say(talk, "tksk")
        await say(talk, "kirim sekarang")
        await talk.play(["@ +1 menit"])
        yield talk


async def tick(talk: Talk, seconds: int) -> int:
    """Let time pass, and the bot look at its cards; return how many editions there were so far."""
    assert talk.app is not None
    talk.clock.move(timedelta(seconds=seconds))
    await talk.app.tick()
    await talk.settle()
    return await count(talk, LIVE)


async def test_the_first_edition_waits_until_the_cards_have_arrived(talk: Talk) -> None:
    """At the moment of leaving there is nothing to tell; a quarter of a minute later there is, once."""
    assert await count(talk, LIVE) == 0
    assert await tick(talk, 14) == 0
    assert await tick(talk, 1) == 1
    assert await tick(talk, 60) == 1


async def test_editions_follow_each_other_by_five_seconds(talk: Talk) -> None:
    """An answer shows at the next tick, but never sooner than five seconds after the last edition."""
    assert await tick(talk, 15) == 1
    await talk.play(["Tono> [Hadir]"])
    assert await tick(talk, 4) == 1
    assert await tick(talk, 1) == 2
    heard = [one for one in talk.phones.heard() if one.who == "Rahma" and one.edited]
    assert "Hadir 1 · Tidak 0 · belum menjawab 0" in heard[-1].text


async def test_an_edition_on_its_way_is_waited_for(talk: Talk) -> None:
    """While one has not arrived no other is posted, however much has changed."""
    assert talk.app is not None
    assert await tick(talk, 15) == 1
    await talk.app.database.write(lambda db: db.execute("UPDATE outbox SET state = 'queued' WHERE kind = 'live'"))
    await talk.play(["Tono> [Hadir]"])
    await talk.app.database.write(_hold_live)
    assert await tick(talk, 30) == 1


async def test_an_operator_who_blocks_the_bot_is_left_alone(talk: Talk) -> None:
    """A card that cannot be rewritten is given up."""
    assert talk.app is not None
    assert await tick(talk, 15) == 1
    await talk.app.database.write(lambda db: db.execute("UPDATE outbox SET state = 'stopped' WHERE kind = 'live'"))
    await talk.play(["Tono> [Hadir]"])
    assert await tick(talk, 30) == 1


async def test_an_edited_card_does_not_come_before_what_was_said_after_it(talk: Talk) -> None:
    """The live card is rewritten far above: a number still means the list at the bottom of the chat."""
    await talk.play(["Rahma> /buat Rapat lain, Sabtu 11 November 2023 jam 09.00 di Aula", "Rahma> tksk"])
    await talk.play(["Rahma> kirim sekarang"])
    listed = await say(talk, "/kegiatan")
    assert listed.splitlines()[1] == "  Rapat lain"
    assert await tick(talk, 15) == 1
    assert (await say(talk, "1")).startswith("Rapat lain")


def _hold_live(db: Connection) -> None:
    db.execute("UPDATE outbox SET state = 'queued', not_before = '2024' WHERE kind = 'live'")
