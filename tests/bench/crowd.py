"""The stores that the benchmark runs on: a crowd at an event, a broadcast that waits; one function for each part."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import utc_text
from bot.message import Message
from bot.text import Text
from storage import events, reach
from storage.database import Connection, Database
from storage.events import Audience
from storage.seeds import load_seeds
from storage.slots import add_slot

CODE = "K7M2P"
BROADCAST = "broadcast:1"
WORDS = "Pertemuan koordinasi Senin, 13 November 2023, pukul 09.00 WIB di aula. Mohon hadir tepat waktu, terima kasih."


async def build_store(path: Path, people: int, *, broadcast: int = 0) -> None:
    """Make a store with so many people at an event that is open now, and a broadcast to the first so many of them."""
    now = datetime.now(UTC)
    database = await Database.open(path)
    await database.write(load_seeds)
    await database.write(add_people, people, now)
    await database.write(add_open_event, now)
    if broadcast:
        await database.write(add_broadcast, broadcast, now)
    await database.close()
    fold_up(path)


def fold_up(path: Path) -> None:
    """Bring the whole store into its one file, so that it can be copied."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def add_people(db: Connection, people: int, now: datetime) -> None:
    """Put so many facilitators on the roster, each with a chat; menus are as they should be."""
    stamp = utc_text(now)
    villages = db.execute("SELECT id, district_id FROM villages ORDER BY id").fetchall()
    db.executemany(
        "INSERT INTO persons (id, name, phone, role, district_id, village_id, made_at) VALUES (?,?,?,?,?,?,?)",
        (
            (one, f"Orang {one}", f"+62811{one:07}", "facilitator", place[1], place[0], stamp)
            for one in range(1, people + 1)
            for place in (villages[one % len(villages)],)
        ),
    )
    db.executemany(
        """
        INSERT INTO chats (chat, channel, address, person_id, menu_role, last_in_at)
        VALUES (?, 'telegram', ?, ?, 'facilitator', ?)
        """,
        ((f"telegram:{one}", str(one), one, stamp) for one in range(1, people + 1)),
    )


def add_open_event(db: Connection, now: datetime) -> None:
    """Invite everybody to an event whose check-in with a fixed code is open."""
    today = (now + timedelta(hours=7)).date().isoformat()
    event = events.add_event(
        db,
        ref="bench",
        subject="Rakornas",
        place="Jakarta",
        first_day=today,
        last_day=today,
        starts="07:00",
        ends=None,
        starts_at=utc_text(now - timedelta(hours=1)),
        zone="Asia/Jakarta",
        attachment=None,
        audience=Audience(("facilitator",)),
        made_by=1,
        now=utc_text(now),
    )
    opens, closes = utc_text(now - timedelta(hours=2)), utc_text(now + timedelta(hours=20))
    add_slot(db, event.id, day=today, opens_at=opens, closes_at=closes, code=CODE)
    reach.freeze(db, event.id, Audience(("facilitator",)))


def add_broadcast(db: Connection, people: int, now: datetime) -> None:
    """Post a text to the first so many people, held until it is released."""
    body = Message(Text.of(WORDS)).to_json()
    db.executemany(
        """
        INSERT INTO outbox (chat, person_id, kind, lane, object, dedupe, body, uncertain_do, state, not_before,
                            expires_at, made_at)
        VALUES (?, ?, 'broadcast', 2, ?, ?, ?, 'resend', 'held', ?, ?, ?)
        """,
        (
            (f"telegram:{one}", one, BROADCAST, f"broadcast:{BROADCAST}:{one}:", body, stamp, late, stamp)
            for stamp, late in ((utc_text(now), utc_text(now + timedelta(days=1))),)
            for one in range(1, people + 1)
        ),
    )
