"""A month of P2K2 in Langkat lived through the bot's own front door; every recap must say what happened, cell by cell.

151 facilitators with twelve groups each plan November, are reminded, tell how it was by tap, by line and by dialog,
correct, hand over and are corrected. What is expected is worked out in p2k2_ledger.py from what the scripts of
p2k2_people.py did. `pytest -n 0 -m proof -s tests/proofs/test_p2k2_month.py` prints how many cells that were.
"""

import asyncio
import io
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from PIL import Image

from bot.app import App, build
from bot.channels.simulator import NAME, Simulator
from bot.clock import StoppedClock, utc_text
from bot.demo.run import plan_demo
from bot.message import Message
from storage import month_standing
from storage.database import Connection
from tests.proofs.p2k2_ledger import Ledger
from tests.proofs.p2k2_people import Act, Button, Doings, Look, Photo, Script, Tap
from tests.proofs.p2k2_town import COORDINATOR, LESSONS, LOCAL, OPERATOR, Agenda, build_town, chat_of, fill_agenda
from tests.workbook_tables import Table, tables_of

FACILITATORS = int(os.environ.get("P2K2_FACILITATORS", "151"))
LOOKED_AT = datetime(2023, 11, 30, 20, tzinfo=LOCAL)


@dataclass
class Month:
    """The month as people go through it; the clock stands still between what they do."""

    app: App
    channel: Simulator
    clock: StoppedClock
    agenda: Agenda
    said: int = 0

    async def live(self) -> None:
        """Let the month pass, hour by hour between six and nine, and everybody do what there is to do."""
        waiting = deque(sorted(self.agenda.entries, key=lambda one: one[0]))
        while self.clock.now() < LOOKED_AT:
            self.clock.move(timedelta(hours=1))
            if not 6 <= self.clock.now().astimezone(LOCAL).hour <= 21:
                continue
            await self.app.tick()
            await self.app.courier.work_off()
            due = []
            while waiting and waiting[0][0] <= self.clock.now():
                due.append(waiting.popleft())
            await self.act([(who(), what) for _, who, what in due])

    async def act(self, those: list[tuple[str, Callable[[], Script]]]) -> None:
        """Let people act side by side, everybody one thing after the other."""
        queues: dict[str, deque[Callable[[], Script]]] = {}
        for phone, what in those:
            queues.setdefault(phone, deque()).append(what)
        acting = {phone: queue.popleft()() for phone, queue in queues.items()}
        given: dict[str, Any] = dict.fromkeys(acting)
        while acting:
            wanted: dict[str, Act] = {}
            for phone in list(acting):
                while phone in acting and phone not in wanted:
                    try:
                        wanted[phone] = acting[phone].send(given[phone])
                    except StopIteration:
                        given[phone] = None
                        if queues[phone]:
                            acting[phone] = queues[phone].popleft()()
                        else:
                            del acting[phone]
            given |= await self._do(wanted)

    async def _do(self, wanted: dict[str, Act]) -> dict[str, Any]:
        events = await self.app.database.read(find, wanted)
        before = await self.app.database.read(lambda db: db.execute("SELECT max(id) FROM outbox").fetchone()[0] or 0)
        sent = []
        for phone, event in events.items():
            if event.get("kind") is None:
                continue
            self.said += 1
            if event["kind"] == "photo":
                event |= {"files": [[await self.app.media.receive(event.pop("bytes"), "image/jpeg"), "", "image/jpeg"]]}
                event["files"][0].append(1000)
            sent.append(self.channel.receive(chat_of(phone), "", {"event_id": f"p2k2-{self.said}", **event}))
        await asyncio.gather(*sent)
        await self.app.lanes.join()
        await self.app.courier.work_off()
        heard = await self.app.database.read(heard_since, before)
        return {
            phone: event["value"] if "value" in event else heard.get(chat_of(phone), "")
            for phone, event in events.items()
        }


def find(db: Connection, wanted: dict[str, Act]) -> dict[str, dict[str, Any]]:
    """Turn what people do into what their phones send; a button is looked for as it stands on the phone."""
    events: dict[str, dict[str, Any]] = {}
    for phone, act in wanted.items():
        match act:
            case str():
                events[phone] = {"kind": "text", "text": act}
            case Button(token):
                events[phone] = {"kind": "tap", "token": token}
            case Photo(number):
                events[phone] = {"kind": "photo", "bytes": picture(number)}
            case Look(sql, values):
                events[phone] = {"value": db.execute(sql, values).fetchone()[0]}
            case Tap():
                events[phone] = {"kind": "tap"} | find_button(db, phone, act)
    return events


def find_button(db: Connection, phone: str, tap: Tap) -> dict[str, str]:
    """Find the button that is meant, newest first."""
    seen: list[tuple[str, list[str]]] = []
    for id_, body in db.execute("SELECT id, body FROM outbox WHERE chat = ? ORDER BY id DESC", (chat_of(phone),)):
        shown = Message.from_json(body)
        if len(seen) < 8:
            seen.append((shown.text.plain, [one.label for one in shown.choices]))
        for choice in shown.choices:
            if choice.label == tap.label and all(part in shown.text.plain for part in tap.says):
                return {"token": choice.id, "card": str(id_), "text": choice.label}
    raise AssertionError(f"{phone} sees no [{tap.label}] with {tap.says}: {seen}")


def heard_since(db: Connection, before: int) -> dict[str, str]:
    """Return what each chat was told."""
    heard: dict[str, str] = {}
    for chat, body in db.execute("SELECT chat, body FROM outbox WHERE id > ? ORDER BY id", (before,)):
        heard[chat] = (heard.get(chat, "") + "\n" + Message.from_json(body).text.plain).strip()
    return heard


def picture(number: int) -> bytes:
    """Draw a picture that is like no other."""
    out = io.BytesIO()
    Image.frombytes("RGB", (24, 18), Random(number).randbytes(24 * 18 * 3)).resize((96, 72)).save(out, "JPEG")
    return out.getvalue()


@asynccontextmanager
async def langkat(folder: Path) -> AsyncIterator[Month]:
    """Give the first morning of November."""
    clock = StoppedClock(datetime(2023, 11, 1, 6, tzinfo=LOCAL))
    modules = json.loads(LESSONS.read_text())["modules"]
    ledger = Ledger({
        f"{one['rank']}.{number}": (one["name"], title)
        for one in modules for number, title in enumerate(one["lessons"], 1)
    })  # fmt: skip
    async with build(plan_demo(folder), clock) as app:
        await app.database.write(build_town, ledger, FACILITATORS, utc_text(clock.now()))
        channel = app.channels[NAME]
        assert isinstance(channel, Simulator)
        yield Month(app, channel, clock, Agenda(ledger, Doings(ledger, lambda: clock.now().astimezone(LOCAL))))


@pytest.mark.proof
async def test_a_month_of_langkat_is_what_happened(tmp_path: Path) -> None:
    """Every facilitator's card and workbook, the kabupaten's card, workbook and picture."""
    cells = cards = 0
    async with langkat(tmp_path) as month:
        fill_agenda(month.agenda)
        await month.live()
        ledger, now = month.agenda.ledger, month.clock.now()
        for n, me in enumerate(ledger.facilitators):
            assert await asked(month, me.phone, "/rekap 2023-11") == ledger.card(me, now), me.name
            cards += 1
            for key, months, prefix in (("2023-11", (11,), "2023-11"), ("2023-T4", (10, 11), "2023-1")):
                if key == "2023-T4" and n % 10:
                    continue
                book = await file_of(month, me.phone, f"!berkasrekap.{key}")
                tables = {"Rekap": recap_table(book), "Rincian": details_table(book)}
                wanted = {"Rekap": ledger.recap(me, months), "Rincian": ledger.details(me, prefix)}
                assert tables == wanted, (me.name, key)
                cells += count(tables)
        for phone in (COORDINATOR, OPERATOR):
            tables = tables_of(await file_of(month, phone, "!pantau-excel.2023-11"))
            assert tables == ledger.workbook(now)
            cells += count(tables)
            card = await asked(
                month, phone, "P2K2" if await asked(month, phone, "/rekap") == "Rekap apa?" else "/rekap"
            )
            assert card == ledger.office_card(now)
            cards += 1
        shares = await month.app.database.read(month_standing.shares, 2023, utc_text(now), None)
        assert sorted((one.name, one.month, one.sent, one.groups) for one in shares) == ledger.heat_map(now)
        lived = await month.app.database.read(variety)
        assert all(lived.values()), lived
        assert await month.app.database.read(left_over) == (0, 0)
    print(  # noqa: T201  # the figures
        f"\n{len(ledger.facilitators)} facilitators, {len(ledger.groups)} groups, {month.said} messages: {cells} "
        f"cells, {cards} cards and {len(shares)} squares as expected; of these months {lived}"
    )


async def asked(month: Month, phone: str, words: str) -> str:
    """Let somebody type; return the answer."""
    return str((await month._do({phone: words}))[phone])


async def file_of(month: Month, phone: str, token: str) -> bytes:
    """Let somebody tap for a file; return what is in it."""
    await month._do({phone: Button(token)})
    sql = "SELECT body FROM outbox WHERE chat = ? ORDER BY id DESC LIMIT 1"
    body = await month.app.database.read(lambda db: db.execute(sql, (chat_of(phone),)).fetchone()[0])
    file = Message.from_json(body).file
    assert file, Message.from_json(body).text.plain
    return await month.app.media.open(file.digest)


def recap_table(content: bytes) -> Table:
    """Return the sheet "Rekap" from its heading to the last subtotal: it has no filter to find it by."""
    rows = list(openpyxl.load_workbook(io.BytesIO(content))["Rekap"].iter_rows(max_col=6, values_only=True))
    first = next(at for at, row in enumerate(rows) if row[0] == "No")
    last = max(at for at, row in enumerate(rows) if str(row[1]).startswith("Subtotal"))
    return [tuple(row) for row in rows[first : last + 1]]


def details_table(content: bytes) -> Table:
    """Return the sheet "Rincian"."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    del book["Rekap"]
    out = io.BytesIO()
    book.save(out)
    return tables_of(out.getvalue())["Rincian"]


def count(tables: dict[str, Table]) -> int:
    """Count the cells."""
    return sum(len(row) for table in tables.values() for row in table)


VARIETY = {
    "records": "meetings WHERE logged_at IS NOT NULL",
    "not held": "meetings WHERE state = 'not_held'",
    "by number": "meetings WHERE id IN (SELECT meeting_id FROM absences)",
    "by count": "meetings WHERE sick + excused + absent > 0 AND id NOT IN (SELECT meeting_id FROM absences)",
    "together": "meetings WHERE joint IS NOT NULL",
    "moved": "meetings WHERE moved_at IS NOT NULL",
    "cancelled": "meetings WHERE state = 'cancelled'",
    "never told": "meetings WHERE state = 'planned' AND ends_at < '2023-11-30'",
    "by a colleague": "meetings WHERE logged_by <> person_id",
    "unconfirmed": "meetings WHERE logged_at IS NOT NULL AND sent_at IS NULL",
    "drafts": "meetings WHERE sent_at > '2023-11-30T13:00'",
    "verified": "meetings WHERE verified_at IS NOT NULL",
    "changed": "meeting_pasts",
    "late, accepted": "meeting_changes WHERE state = 'accepted'",
    "late, refused": "meeting_changes WHERE state = 'refused'",
    "returned": "meeting_returns",
    "corrected": "meeting_returns WHERE corrected_at IS NOT NULL",
    "photos": "evidence",
    "members": "memberships",
    "handed over": "handovers",
    "reminders": "reminders WHERE state = 'posted'",
}


def variety(db: Connection) -> dict[str, int]:
    """Count what there was of everything: a proof of what nobody did proves nothing."""
    return {name: db.execute(f"SELECT count(*) FROM {what}").fetchone()[0] for name, what in VARIETY.items()}


def left_over(db: Connection) -> tuple[int, int]:
    """Count the letters not answered, and the messages that neither left nor were withdrawn."""
    letters = db.execute("SELECT count(*) FROM inbox WHERE state <> 'done'").fetchone()[0]
    rows = db.execute("SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'cancelled', 'expired')").fetchone()[0]
    return letters, rows
