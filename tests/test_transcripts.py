"""Every chat of tests/transcripts, in every weather: the same replies, and the same database at the end.

Each is played plainly and in one of the other weathers by turns; `-m proof` plays it in all of those that are left.
"""

import os
import re
import zlib
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from bot.clock import utc_text
from storage import plan_lessons
from storage.database import Connection, Database, Work
from storage.plan_lessons import Moved
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.graph_api import FakeGraphApi
from tests.phones import SimulatedPhones
from tests.talk import MOMENTS, talking
from tests.telegram_side import TelegramPhones
from tests.whatsapp_reading import OTHERWISE, RULES, as_on_whatsapp, units_of
from tests.whatsapp_side import WhatsAppPhones

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
# One worker plays a transcript in every weather: it need not find out again how it goes in none.
CHATS = [pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(path.stem)) for path in TRANSCRIPTS]
TURNS = 4


def by_turns(turn: int) -> list[ParameterSet]:
    """Return all chats: those whose turn it is as tests, the others as proofs."""
    return [
        pytest.param(
            path,
            id=path.stem,
            marks=[pytest.mark.xdist_group(path.stem), *([] if number % TURNS == turn else [pytest.mark.proof])],
        )
        for number, path in enumerate(TRANSCRIPTS)
    ]


# How often something was tried, and by which process, is not part of what must be the same.
# When the audit was last looked through is not either: a bot that starts looks at once.
PASSING = {
    "audit_check": {"at", "head", "whole_since"},
    "outbox": {"owner", "attempts", "started_at"},
    "lanes": {"paused_by"},
}

Stored = dict[str, list[dict[str, object]]]


@pytest.fixture(scope="module")
def plainly() -> dict[Path, Stored]:
    """Remember what each transcript left in the store when nothing went wrong."""
    return {}


@pytest.mark.parametrize("transcript", CHATS)
async def test_chat_goes_as_written(transcript: Path, tmp_path: Path, plainly: dict[Path, Stored]) -> None:
    """People say this, and hear that."""
    lines = transcript.read_text().splitlines()
    async with talking(tmp_path, SimulatedPhones()) as talk:
        heard = await talk.play(lines)
        assert talk.app is not None
        plainly[transcript] = await talk.app.database.read(everything)
        moved = await talk.app.database.write(plans_out_of_order, utc_text(talk.clock.now()))
    assert not moved, "some plan has a lesson that is not its turn: whoever changed what comes next let none follow"
    if os.environ.get("TALK_UPDATE"):
        transcript.write_text("\n".join(heard) + "\n")
    assert heard == lines


@pytest.mark.parametrize("transcript", by_turns(1))
async def test_chat_goes_the_same_way_over_restarts(
    transcript: Path, tmp_path: Path, plainly: dict[Path, Stored], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before every message the process is started anew, and every message comes twice: the same replies and records.

    And every write is run in vain once before, as where another that shared its commit has raised.
    """

    def run_in_vain(self: Database, connection: Connection, batch: list[Work]) -> None:
        if run_all(self, connection, batch) is not None:
            connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")

    await play_plainly(transcript, tmp_path, plainly)
    run_all = Database._run_all
    monkeypatch.setattr(Database, "_run_all", run_in_vain)
    await play_in("restarts, twice", transcript, tmp_path, plainly)


@pytest.mark.parametrize("transcript", by_turns(0))
async def test_chat_survives_a_crash_at_each_message(
    transcript: Path, tmp_path: Path, plainly: dict[Path, Stored]
) -> None:
    """Before or after the letter, the turn, the start or the end of its answer: the same replies and records.

    Each message meets the next of these moments, and each chat begins at its own; T3 plays them at all.
    """
    await play_in("crashes", transcript, tmp_path, plainly, zlib.crc32(transcript.stem.encode()) % len(MOMENTS))


async def play_in(weather: str, transcript: Path, folder: Path, plainly: dict[Path, Stored], storms: int = 0) -> int:
    """Play a transcript in this weather, and compare; return how often the process died in it."""
    lines = transcript.read_text().splitlines()
    await play_plainly(transcript, folder, plainly)
    async with talking(folder / weather, SimulatedPhones(), weather, storms) as talk:
        assert await talk.play(lines) == lines
        assert talk.app is not None
        assert await talk.app.database.read(everything) == plainly[transcript]
        # A weather that does not storm proves nothing.
        assert weather != "crashes" or talk.deaths >= talk.said * 0.8
        return talk.deaths


async def play_plainly(transcript: Path, folder: Path, plainly: dict[Path, Stored]) -> None:
    """Keep in `plainly` what a transcript leaves in the store, unless it is there."""
    if transcript not in plainly:
        async with talking(folder / "plain", SimulatedPhones()) as talk:
            await talk.play(transcript.read_text().splitlines())
            assert talk.app is not None
            plainly[transcript] = await talk.app.database.read(everything)


@pytest.mark.parametrize("transcript", by_turns(2))
async def test_chat_goes_the_same_way_on_telegram(transcript: Path, tmp_path: Path) -> None:
    """Through Telegram's poller, parser, renderer and wire, people read the same."""
    async with FakeBotApi() as fake:
        phones = TelegramPhones(fake)
        async with talking(tmp_path, phones) as talk:
            lines = transcript.read_text().splitlines()
            heard = await talk.play(lines)
            await phones.hang_up()
            assert spoken(heard) == spoken(lines)


@pytest.mark.parametrize("transcript", by_turns(3))
async def test_chat_goes_the_same_way_on_whatsapp(transcript: Path, tmp_path: Path) -> None:
    """Through WhatsApp's webhook, parser, renderer and wire, people read the same, but for what it cannot do."""
    async with FakeGraphApi() as fake:
        phones = WhatsAppPhones(fake)
        async with talking(tmp_path, phones) as talk:
            lines = transcript.read_text().splitlines()
            heard = spoken(await talk.play(lines))
            await phones.hang_up()
    own = transcript.parent / "whatsapp" / transcript.name
    if transcript.stem in OTHERWISE:
        if os.environ.get("TALK_UPDATE"):
            own.write_text("\n".join(heard) + "\n")
        assert heard == own.read_text().splitlines()
        assert first_difference(lines, heard), "it needs no text of its own any more"
    else:
        assert not first_difference(lines, heard)


def first_difference(lines: Sequence[str], heard: Sequence[str]) -> str:
    """Return where what was heard on WhatsApp is not what the transcript reads like there; '' if nowhere."""
    expected, units = list(as_on_whatsapp(spoken(lines), set())), units_of(heard)
    for laid, unit in zip_longest(expected, units, fillvalue=[]):
        if unit not in laid:
            return "\n".join(["written:", *(laid[0] if laid else ["nothing"]), "heard:", *unit])
    return ""


def test_what_whatsapp_cannot_do_is_listed() -> None:
    """Every rule is needed by some transcript, and every transcript that goes another way says why."""
    applied: set[str] = set()
    for transcript in TRANSCRIPTS:
        list(as_on_whatsapp(spoken(transcript.read_text().splitlines()), applied))
    assert applied == set(RULES)
    assert {path.stem for path in (TRANSCRIPTS[0].parent / "whatsapp").glob("*.txt")} == set(OTHERWISE)


def spoken(lines: Sequence[str]) -> list[str]:
    """Leave out what was looked up in the store, and which channel it was."""
    kept, looked_up = [], False
    for line in lines:
        looked_up = line.startswith("=") or (looked_up and line.startswith("  "))
        if not looked_up:
            kept.append(re.sub(r"\b(lewat|Lewat) (simulator|Telegram|WhatsApp)", r"\1 …", line))
    return kept


def plans_out_of_order(db: Connection, now: str) -> list[Moved]:
    """Return the plans that would have another lesson if they were looked at now."""
    groups = db.execute("SELECT id FROM groups ORDER BY id").fetchall()
    return [moved for (group_id,) in groups for moved in plan_lessons.follow(db, group_id, now)]


def everything(db: Connection) -> Stored:
    """Return all that the store holds."""
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {table: sorted(_rows(db, table), key=str) for table in tables}


def _rows(db: Connection, table: str) -> list[dict[str, object]]:
    kept = []
    for row in db.execute(f"SELECT * FROM {table}"):
        passing = PASSING.get(table, set())
        if table == "outbox" and row["state"] == "sent":
            passing = passing | {"not_before"}  # of a second copy it is a minute later, and it means nothing any more
        kept.append({key: row[key] for key in sorted(set(row.keys()) - passing)})
    return kept
