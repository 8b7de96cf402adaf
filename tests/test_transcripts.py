"""Every chat of tests/transcripts, in every weather: the same replies, and the same database at the end."""

import os
from pathlib import Path

import pytest

from storage.database import Connection
from tests.fakes.bot_api import FakeBotApi
from tests.phones import SimulatedPhones
from tests.talk import talking
from tests.telegram_side import TelegramPhones

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))

# How often something was tried, and by which process, is not part of what must be the same.
PASSING = {"outbox": {"owner", "attempts", "started_at"}, "lanes": {"paused_by"}}


@pytest.mark.parametrize("weather", ["plain", "restarts", "twice", "crashes"])
@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_chat_goes_as_written(transcript: Path, weather: str, tmp_path: Path) -> None:
    """Whatever happens to the process and to the network, people read the same and the office has the same."""
    lines = transcript.read_text().splitlines()
    async with talking(tmp_path / "plain", SimulatedPhones()) as talk:
        heard = await talk.play(lines)
        assert talk.app is not None
        expected = await talk.app.database.read(everything)
    if weather == "plain":
        if os.environ.get("TALK_UPDATE"):
            transcript.write_text("\n".join(heard) + "\n")
        assert heard == lines
        return
    async with talking(tmp_path / weather, SimulatedPhones(), weather) as talk:
        assert await talk.play(lines) == lines
        assert talk.app is not None
        assert await talk.app.database.read(everything) == expected


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_chat_goes_the_same_way_on_telegram(transcript: Path, tmp_path: Path) -> None:
    """Through Telegram's poller, parser, renderer and wire, people read the same."""
    async with FakeBotApi() as fake:
        phones = TelegramPhones(fake)
        async with talking(tmp_path, phones) as talk:
            lines = transcript.read_text().splitlines()
            heard = await talk.play(lines)
            await phones.hang_up()
            assert heard == lines


def everything(db: Connection) -> dict[str, list[dict[str, object]]]:
    """Return all that the store holds."""
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {table: sorted(_rows(db, table), key=str) for table in tables}


def _rows(db: Connection, table: str) -> list[dict[str, object]]:
    passing = PASSING.get(table, set())
    return [
        {key: row[key] for key in sorted(set(row.keys()) - passing)} for row in db.execute(f"SELECT * FROM {table}")
    ]
