"""The small worlds that transcripts start from."""

import functools
import json
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import utc_text
from storage import chats, invites, lessons, people, places
from storage.database import APPLICATION_ID, SCHEMA, Connection, migrate

LESSONS = SCHEMA.parent / "seed" / "lessons.json"
OFFICE = "Dinas Sosial Kabupaten Langkat"

PEOPLE = {  # name on the transcript: full name, phone, role, kecamatan, desa
    "Rahma": ("Rahmawati Nasution", "+6281200000001", "operator", None, None),
    "Siti": ("Siti Aminah", "+6281200000011", "facilitator", "Stabat", "Kwala Bingai"),
    "Budi": ("Budi Sembiring", "+6281200000012", "facilitator", "Binjai", "Sendang Rejo"),
    "Tono": ("Tono Surbakti", "+6281200000021", "tksk", "Stabat", None),
    "Yanti": ("Yanti Ginting", "+6281200000031", "supervisor", "Stabat", None),
    "Dewi": ("Dewi Lestari", "+6281200000013", "facilitator", "Babalan", None),
}
INVITE = ("feedface" * 4, "BCDF-GHJK-MNPQ")  # the token and the code of an operator's invite
REGISTERED = ("Rahma", "Siti", "Budi", "Tono", "Yanti")  # Dewi is on the roster only; everyone else is a stranger

PLACES = {
    "districts": [
        {"name": "Babalan", "desa": ["Pelawi Utara", "Securai Selatan"]},
        {"name": "Binjai", "desa": ["Sendang Rejo", "Suka Makmur"]},
        {"name": "Stabat", "desa": ["Karang Rejo"], "kelurahan": ["Kwala Bingai", "Stabat Baru"]},
    ]
}


def empty_store(path: Path) -> Path:
    """Lay an empty store of today's schema there, unless one lies there; to migrate it anew takes as long as a chat."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(migrated())
    return path


@functools.cache
def migrated() -> bytes:
    """Return an empty store of today's schema, for `connection.deserialize`."""
    store = sqlite3.connect(":memory:", isolation_level=None)
    store.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(store)
    content = store.serialize()
    store.close()
    return content


def build_world(db: Connection, chat_of: Callable[[str], str], now: datetime) -> None:
    """Fill an empty store with the office, its places, its lessons and a few people."""
    at = utc_text(now)
    db.execute("UPDATE office SET secret = 'so that codes are the same in every run'")
    places.load_places(db, PLACES)
    invites.add(db, *INVITE, "operator", utc_text(now + timedelta(days=7)))
    lessons.load_lessons(db, json.loads(LESSONS.read_text()))
    for who, (name, phone, role, district, village) in PEOPLE.items():
        where = places.district_named(db, district) if district else None
        desa = places.village_named(db, village, where.id)[0] if village and where else None
        person_id = people.add_person(
            db,
            name=name,
            phone=phone,
            role=role,
            district_id=where.id if where else None,
            village_id=desa.id if desa else None,
            now=at,
        )
        if who in REGISTERED:
            chat = chat_of(who)
            chats.hear(db, chat, chat.partition(":")[0], name, at)
            people.link_chat(db, chat, person_id, at)


def phone_of(who: str) -> str:
    """Return the number of somebody's phone; strangers have one too."""
    return PEOPLE[who][1] if who in PEOPLE else f"+62813{sum(who.encode()):08}"
