"""A suite that stays green whatever is broken proves nothing: each defence is taken away, and the suite must go red.

Taken away, one at a time, in a copy of the program:
the immediate transaction (deferred BEGIN); acknowledging after the disk has it, in the store and towards Telegram; the
inbox's UNIQUE; taking a letter once; a receipt's key; escaping; the role check before a dialog and the one inside the
transaction; whose contact it is; `uncertain` after a timeout and after a death; one `started` row per call; waiting
after a 429; synchronous=FULL; foreign keys; the confirmation bound to its summary. Of events: the two windows in which
a code is live; the lock-out; which evidence counts; the hold, and calling back; one correction at a time; one stand-in
for one person; chasing the silent alone; forgetting what was said without a name, and who said it. Of WhatsApp: the
signature; the window; receipts that come twice; passing a notice on to the other channel once.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage import inbox
from storage.database import Connection, Database
from tests.phones import SimulatedPhones
from tests.small_office import said
from tests.talk import talking

ROOT = Path(__file__).parents[2]
HERE = "tests/proofs/test_sabotage.py"


@dataclass(frozen=True)
class Sabotage:
    """A defence taken away: in each file, each text is replaced by the other; `tests` are those that should notice."""

    name: str
    tests: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]


SABOTAGES = (
    Sabotage(
        "deferred BEGIN",
        (HERE,),
        (
            (
                "storage/database.py",
                '            connection.execute("BEGIN IMMEDIATE")\n            done = ',
                '            connection.execute("BEGIN")\n            done = ',
            ),
            (
                "storage/database.py",
                'connection.execute("BEGIN IMMEDIATE")\n                return None',
                'connection.execute("BEGIN")\n                return None',
            ),
        ),
    ),
    Sabotage(
        "the caller hears back before the commit",
        ("tests/test_database.py",),
        (
            (
                "storage/database.py",
                '            self.on_commit("before")\n',
                "            self._loop.call_soon_threadsafe(_tell, list(done))\n"
                '            self.on_commit("before")\n',
            ),
        ),
    ),
    Sabotage(
        "updates confirmed before they are stored",
        ("tests/test_telegram.py",),
        (
            (
                "bot/channels/telegram.py",
                "            await self.receive(batch)\n",
                "            self._answering.add(asyncio.create_task(self.receive(batch)))\n",
            ),
        ),
    ),
    Sabotage(
        "the inbox's UNIQUE dropped",
        (HERE,),
        (
            (
                "storage/schema/0001_engine.sql",
                "    UNIQUE (channel, event_id)\n) STRICT;\nCREATE INDEX inbox_new",
                "    CHECK (1)\n) STRICT;\nCREATE INDEX inbox_new",
            ),
            ("storage/inbox.py", "ON CONFLICT (channel, event_id) DO NOTHING", "ON CONFLICT DO NOTHING"),
        ),
    ),
    Sabotage(
        "a letter taken as often as it comes",
        ("tests/test_turns.py",),
        (
            (
                "bot/turns.py",
                "        if not inbox.take(db, letters):\n            return  #",
                "        inbox.take(db, letters)  #",
            ),
        ),
    ),
    Sabotage(
        "a check-in's key dropped",
        ("tests/test_transcripts.py", "-k", "check_in"),
        (
            (
                "storage/schema/0007_sessions.sql",
                "    PRIMARY KEY (slot_id, person_id),\n    UNIQUE (slot_id, number)\n) STRICT, WITHOUT ROWID;",
                "    PRIMARY KEY (slot_id, number)\n) STRICT, WITHOUT ROWID;",
            ),
            ("storage/check_ins.py", "ON CONFLICT (slot_id, person_id) DO NOTHING", "ON CONFLICT DO NOTHING"),
            (
                "handlers/checking_in/check_in.py",
                "if meant and before and before.state",
                "if meant and not meant and before.state",
            ),
        ),
    ),
    Sabotage(
        "what was typed is not escaped",
        ("tests/test_markup.py",),
        (("bot/channels/markup.py", "shown = escape(_shown(span), quote=False)", "shown = _shown(span)"),),
    ),
    Sabotage(
        "no role check before a dialog",
        ("tests/test_turns.py",),
        (
            (
                "bot/decisions.py",
                "        if scene.role not in dialog.roles:\n            away",
                "        if False:\n            away",
            ),
        ),
    ),
    Sabotage(
        "no second look at who talks, inside the transaction",
        ("tests/test_turns.py",),
        (("bot/turns.py", "!= based_on or person != scene.person:", "!= based_on:"),),
    ),
    Sabotage(
        "anybody's contact counts as the own one",
        ("tests/test_telegram_updates.py",),
        (
            (
                "bot/channels/telegram_updates.py",
                "_id(card.user_id) == _id(sender.id) and not forwarded",
                "not forwarded",
            ),
        ),
    ),
    Sabotage(
        "sent again after a timeout",
        ("tests/test_courier.py",),
        (("bot/verdicts.py", "if row.edit_of or self._channels[row.channel].capabilities.idempotent:", "if True:"),),
    ),
    Sabotage(
        "sent again after a death",
        ("tests/test_courier.py", "tests/test_outbox.py"),
        (("storage/outcomes.py", "if is_edit or channel in safe:", "if True:"),),
    ),
    Sabotage(
        "a whole batch marked as started",
        ("tests/test_courier.py", "tests/test_outbox.py"),
        (("storage/delivery.py", 'key | {"ids": json.dumps([row[0] for row in rows])},', "key,"),),
    ),
    Sabotage(
        "no wait after a 429",
        ("tests/test_courier.py", "tests/test_outbox.py"),
        (
            ("storage/outcomes.py", "        chats.leave_alone(db, chat, until)\n", ""),
            (
                "storage/outcomes.py",
                '_put_back(db, id, now, until, "Throttled"',
                '_put_back(db, id, now, now, "Throttled"',
            ),
        ),
    ),
    Sabotage("synchronous=NORMAL", (HERE,), (("storage/database.py", '"synchronous": 2', '"synchronous": 1'),)),
    Sabotage("no foreign keys", (HERE,), (("storage/database.py", '"foreign_keys": 1', '"foreign_keys": 0'),)),
    Sabotage(
        "a yes counts for any summary",
        (HERE,),
        (("bot/chat.py", "about = hashlib.sha256(Text.of(summary).plain.encode()).hexdigest()[:12]", 'about = ""'),),
    ),
    Sabotage(
        "a code of ten minutes ago is live",
        ("tests/test_check_in.py",),
        (("bot/slot_codes.py", "LIVE_WINDOWS = 2 ", "LIVE_WINDOWS = 20 "),),
    ),
    Sabotage(
        "wrong codes lock nobody out",
        ("tests/test_check_in.py",),
        (
            (
                "handlers/checking_in/check_in.py",
                "    elif until is not None:",
                "    elif until is not None and not at:",
            ),
        ),
    ),
    Sabotage(
        "every evidence counts",
        ("tests/test_account.py",),
        (("storage/attendance.py", "level, level in levels, left_at", "level, bool(levels), left_at"),),
    ),
    Sabotage(
        "an announcement is shown while it is held",
        ("tests/test_transcripts.py", "-k", "announce_hold or announce_scheduled"),
        (("storage/events.py", "return self.sends_at is not None and self.sends_at <= now", "return bool(now)"),),
    ),
    Sabotage(
        "what is called back leaves all the same",
        ("tests/test_transcripts.py", "-k", "announce_hold or announce_scheduled"),
        (("handlers/announcing/hold.py", '    tx.withdraw(f"event:{event.id}")\n', ""),),
    ),
    Sabotage(
        "a correction overwrites one that came between",
        ("tests/test_correction.py",),
        (("storage/announcements.py", "AND state = 'announced' AND edition = :edition", "AND state = 'announced'"),),
    ),
    Sabotage(
        "one person stands in for two",
        ("tests/test_answers.py", "tests/test_transcripts.py", "-k", "stand_in"),
        (("handlers/answers/stand_in.py", "    if one.instead_of is not None:", "    if one.instead_of == 0:"),),
    ),
    Sabotage(
        "who has answered is chased",
        ("tests/test_transcripts.py", "-k", "chase"),
        (
            (
                "storage/reminders.py",
                "OR (w.object = 'answer' AND i.answer IS NULL)",
                "OR (w.object = 'answer' AND i.answer IS NOT 'delegated')",
            ),
            ("storage/reminders.py", "                     AND i.answer IS NULL)\n", "                     )\n"),
        ),
    ),
    Sabotage(
        "words without a name stay in the inbox",
        ("tests/test_feedback.py",),
        (("bot/decisions.py", "        inbox.blank(tx.db, tx.chat, letter_of(ref))\n", ""),),
    ),
    Sabotage(
        "a rating without a name keeps the person",
        ("tests/test_feedback.py",),
        (("storage/feedback.py", "    if named:\n        sql = ", "    if key:\n        sql = "),),
    ),
    Sabotage(
        "an unsigned webhook is heard",
        ("tests/test_whatsapp.py",),
        (
            (
                "bot/channels/whatsapp.py",
                'return hmac.compare_digest(signature.encode("utf-8", "replace"), expected)',
                "return bool(expected)",
            ),
        ),
    ),
    Sabotage(
        "WhatsApp's window is not looked at",
        ("tests/test_whatsapp.py",),
        (
            (
                "bot/channels/whatsapp.py",
                "        elif sending.template is None:\n",
                "        elif not sending.address:\n",
            ),
        ),
    ),
    Sabotage(
        "a receipt counts as often as it comes",
        ("tests/test_receipts.py", "tests/test_two_channels.py"),
        (
            (
                "storage/receipts.py",
                "        ON CONFLICT DO NOTHING\n",
                "        ON CONFLICT DO UPDATE SET at = excluded.at\n",
            ),
        ),
    ),
    Sabotage(
        "what was passed on to the other channel is passed on again",
        ("tests/test_two_channels.py",),
        (("storage/ladder.py", "SET laddered = 'passed',", "SET laddered = NULL,"),),
    ),
)


async def test_no_other_process_writes_between_our_read_and_our_write(tmp_path: Path) -> None:
    """The command line may write while the bot runs; whoever read first must not fail, nor decide on what is old."""
    store = await Database.open(tmp_path / "store")
    other = sqlite3.connect(store.path, timeout=0, isolation_level=None, check_same_thread=False)

    def read_then_write(db: Connection) -> str:
        db.execute("SELECT count(*) FROM districts").fetchone()
        try:
            other.execute("INSERT INTO districts (name) VALUES ('Binjai')")
            refused = ""
        except sqlite3.OperationalError as why:
            refused = str(why)
        db.execute("INSERT INTO districts (name) VALUES ('Stabat')")
        return refused

    try:
        assert await store.write(read_then_write) == "database is locked"
    finally:
        other.close()
        await store.close()


async def test_the_settings_that_the_promises_rest_on(tmp_path: Path) -> None:
    """Each commit waits for the disk, and a row that points to nothing is refused."""
    store = await Database.open(tmp_path / "store")
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
    try:
        taken = await store.write(lambda db: [db.execute(f"PRAGMA {name}").fetchone()[0] for name in names])
        assert taken == ["wal", 2, 1, 1]
    finally:
        await store.close()


async def test_an_event_that_comes_twice_is_one_letter(tmp_path: Path) -> None:
    """Stored twice under the channel's own id, also by two calls at once, an event is taken in once."""
    store = await Database.open(tmp_path / "store")
    event = ("telegram", "700000001", "telegram:1", "{}", "")
    try:
        letters = await asyncio.gather(*(store.write(inbox.store, *event) for _ in range(3)))
        assert sum(letter is not None for letter in letters) == 1
    finally:
        await store.close()


async def test_a_yes_counts_for_the_summary_it_stood_under(tmp_path: Path) -> None:
    """When nothing but the summary has changed, the new one is shown and nothing is saved."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await said(talk, "Siti> /kelompok", "Siti> [Tambah kelompok]", "Siti> Melati", "Siti> Kwala Bingai", "Siti> 18")
        await talk.app.database.write(lambda db: db.execute("UPDATE villages SET name = name || ' Baru'").rowcount)
        assert "Kwala Bingai Baru" in (await said(talk, "Siti> [Simpan]"))[-1]
        assert await talk.app.database.read(lambda db: db.execute("SELECT count(*) FROM groups").fetchone()[0]) == 0


@pytest.mark.proof
def test_untouched_every_one_of_these_tests_passes(tmp_path: Path) -> None:
    """In a copy where nothing was changed all of it is green: it is the sabotage that turns it red."""
    asked = {one.tests for one in SABOTAGES}
    copy = _copy(tmp_path)
    whole = sorted({name for names in asked if "-k" not in names for name in names})
    for tests in [tuple(whole), *(names for names in asked if "-k" in names)]:
        assert _run(copy, tests) == 0, (copy / "said.txt").read_text(encoding="utf-8")[-3000:]


@pytest.mark.proof
@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: one.name)
def test_without_a_defence_the_suite_goes_red(sabotage: Sabotage, tmp_path: Path) -> None:
    """Some test fails; not for a module that can no longer be imported, which would be another exit status."""
    copy = _copy(tmp_path)
    for name, defence, hole in sabotage.changes:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert text.count(defence) == 1, f"the defence stands no longer in {name} as: {defence}"
        path.write_text(text.replace(defence, hole), encoding="utf-8")
    assert _run(copy, sabotage.tests) == 1, (copy / "said.txt").read_text(encoding="utf-8")[-3000:]


def _copy(folder: Path) -> Path:
    copy = folder / "copy"
    copy.mkdir()
    for name in ("bot", "handlers", "storage", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def _run(copy: Path, asked: tuple[str, ...]) -> int:
    """Run these tests of the copy, up to the first that fails; return pytest's exit status."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *asked],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    (copy / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    return done.returncode
