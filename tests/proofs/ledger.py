"""The reconciliation: what the bot's database says against what the fake Bot API accepted and confirmed."""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from bot.channels import markup
from bot.channels.telegram_calls import AGAIN
from bot.clock import utc_text
from bot.message import Message
from storage import delivery
from tests.fakes.bot_api import Accepted, FakeBotApi

REGISTERED = re.compile(r"Baik, Bapak/Ibu \S+\. ")
CHECKED_IN = re.compile(r"(?:Tercatat hadir|Sudah tercatat), No\. (\d+)[.,]")
SAVED_GROUP = re.compile(r"✅ Tersimpan: Kelompok (.+), Desa .+, \d+ anggota\.")
SAVED_MEETING = re.compile(r"✅ Tersimpan: (\d+) dari (\d+) hadir|✅ Tersimpan: semua")
OPEN = ("new", "queued", "started", "held")


@dataclass(frozen=True)
class Row:
    """An outbox row, with the text that a phone shows of it."""

    id: int
    chat: int
    edits: int | None
    state: str
    copies: int
    attempts: int
    external: str
    error: str
    text: str


def connect(folder: Path) -> sqlite3.Connection:
    """Open the bot's database for reading, be the bot dead or alive."""
    path = folder / "pkh.sqlite3"
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def letters_left(db: sqlite3.Connection) -> int:
    """Count what came and was not answered."""
    return int(db.execute("SELECT count(*) FROM inbox WHERE state = 'new'").fetchone()[0])


def at_rest(db: sqlite3.Connection) -> bool:
    """Tell whether nothing is left to do."""
    sql = """
        SELECT count(*) FROM outbox WHERE state IN ('queued', 'started')
        OR state = 'uncertain' AND uncertain_do = 'resend' AND copies = 0
    """
    return letters_left(db) + int(db.execute(sql).fetchone()[0]) == 0


def can_go_on(db: sqlite3.Connection, now: datetime) -> bool:
    """Tell whether there is something that need not wait for its time."""
    started = db.execute("SELECT 1 FROM outbox WHERE state = 'started'").fetchone()
    due = delivery.claimable(db, utc_text(now), "telegram", dict.fromkeys((0, 1, 2), 1))
    return bool(letters_left(db) or started or due)


def what_is_left(db: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Count what is open, and how often it was tried: while that changes, the bot is at work."""
    sql = "SELECT state, copies, count(*), sum(attempts) FROM outbox GROUP BY 1, 2 ORDER BY 1, 2"
    return [(letters_left(db),), *(tuple(row) for row in db.execute(sql))]


def what_is_wrong(db: sqlite3.Connection, api: FakeBotApi) -> list[str]:
    """Return everything that is wrong with a bot that has come to rest."""
    asked = (what_is_lost(db, api), what_is_broken(db), what_is_open(db), what_does_not_add_up(db, api))
    return list(chain(*asked))[:20]


def what_is_lost(db: sqlite3.Connection, api: FakeBotApi) -> Iterator[str]:
    """Find what was confirmed or acknowledged and is not there: must hold at any instant, also right after a kill."""
    stored = {row[0] for row in db.execute("SELECT event_id FROM inbox")}
    yield from (
        f"update {number} was confirmed and is not stored" for number in api.confirmed if str(number) not in stored
    )
    persons = dict(db.execute("SELECT address, person_id FROM chats WHERE person_id IS NOT NULL"))
    numbers = set(db.execute("SELECT person_id, number FROM check_ins"))
    groups = Counter(row[0] for row in db.execute("SELECT person_id FROM groups"))
    meetings = Counter(row[0] for row in db.execute("SELECT person_id FROM meetings WHERE state = 'held'"))
    told: defaultdict[tuple[str, int], int] = defaultdict(int)
    for one in api.ledger:
        person = persons.get(str(one.chat))
        if person is None:
            if REGISTERED.match(one.text):
                yield f"chat {one.chat} was greeted and is not registered"
            continue
        if (receipt := CHECKED_IN.search(one.text)) and (person, int(receipt[1])) not in numbers:
            yield f"chat {one.chat} has receipt {receipt[1]} and no check-in"
        told["group", person] += bool(SAVED_GROUP.match(one.text))
        told["meeting", person] += bool(SAVED_MEETING.match(one.text))
    # A message comes twice at most, and only a broadcast or reminder does: of replies every copy is a row of its own.
    for (what, person), count in told.items():
        kept = (groups if what == "group" else meetings)[person]
        if count > kept and what == "meeting":
            yield f"person {person} has {count} receipts for {kept} meetings"


def what_is_broken(db: sqlite3.Connection) -> Iterator[str]:
    """Ask SQLite itself."""
    for pragma in ("integrity_check", "foreign_key_check"):
        yield from (f"{pragma}: {row}" for row in db.execute(f"PRAGMA {pragma}") if row[0] != "ok")


def what_is_open(db: sqlite3.Connection) -> Iterator[str]:
    """Find what is not in a final state although the bot has come to rest."""
    for table in ("inbox", "outbox"):
        for state, count in db.execute(f"SELECT state, count(*) FROM {table} GROUP BY state"):
            if state in OPEN:
                yield f"{count} rows of {table} are {state}"


def what_does_not_add_up(db: sqlite3.Connection, api: FakeBotApi) -> Iterator[str]:
    """Compare every outbox row with the ledger, and every line of the ledger with the rows."""
    rows = list(_rows(db))
    by_id = {row.id: row for row in rows}
    posted = {(one.chat, str(one.message_id)): one for one in api.ledger if not one.method.startswith("edit")}
    yield from (f"message {key} was posted twice" for key, n in _times(api.ledger).items() if n > 1)
    creators: dict[tuple[int, str], Row] = {}
    for row in rows:
        key = (row.chat, row.external)
        if row.external and key not in posted:
            yield f"row {row.id} is sent as {key}, which nobody accepted"
        target = by_id.get(row.edits or 0)
        if row.external and not (target and target.external == row.external):
            if key in creators:
                yield f"rows {creators[key].id} and {row.id} are both message {key}"
            creators[key] = row
            if key in posted and not _same(posted[key], row):
                yield f"row {row.id} says {row.text!r}, the ledger {posted[key].text!r}"
        if row.state in ("sent",) and not row.external and row.error:
            yield f"row {row.id} is sent with an error"
    nobodys = Counter((key[0], _bare(one)) for key, one in posted.items() if key not in creators)
    most, least = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for row in rows:
        key2 = (row.chat, row.text)
        # Accepted with an unreadable answer: there, once, without an id. Uncertain: there or not. A copy: one more.
        unread = row.state == "sent" and not row.external
        least[key2] += unread
        most[key2] += unread + (row.state == "uncertain") + row.copies
    for key2 in nobodys | least:
        if not least[key2] <= nobodys[key2] <= most[key2]:
            yield f"{key2} stands {nobodys[key2]} times without a row, not {least[key2]} to {most[key2]} times"
    edited = sum(one.method.startswith("edit") for one in api.ledger)
    tried = sum(row.attempts for row in rows if row.edits)
    if edited > tried:
        yield f"{edited} edits were accepted of {tried} that were tried"
    yield from (f"row {row.id} has {row.copies} copies" for row in rows if row.copies > 1)


def uncertain(db: sqlite3.Connection, error: str = "") -> int:
    """Count the rows that ended as uncertain, or were, and went again."""
    where = "AND error = ?" if error else "AND ? = ''"
    sql = f"SELECT count(*) FROM outbox WHERE (state = 'uncertain' OR copies = 1) {where}"
    return int(db.execute(sql, (error,)).fetchone()[0])


def _rows(db: sqlite3.Connection) -> Iterator[Row]:
    found = db.execute(
        """
        SELECT o.id, c.address, o.edits, o.state, o.copies, o.attempts, coalesce(o.external_id, ''),
               coalesce(o.error, ''), o.body
        FROM outbox o JOIN chats c USING (chat) ORDER BY o.id
        """
    )
    for id_, address, edits, state, copies, attempts, external, error, body in found:
        text = markup.plain(Message.from_json(body).text).strip()
        yield Row(id_, int(address), edits, state, copies, attempts, external, error, text)


def _times(ledger: list[Accepted]) -> Counter[tuple[int, int]]:
    return Counter((one.chat, one.message_id) for one in ledger if not one.method.startswith("edit"))


def _bare(one: Accepted) -> str:
    return one.text.removeprefix(AGAIN)


def _same(one: Accepted, row: Row) -> bool:
    return _bare(one) == row.text and (row.copies == 1 or one.text == row.text)
