"""Seeds: what an office starts with, its places and the lessons of P2K2; loading them again changes nothing."""

import json

from storage import lessons, places
from storage.database import Connection


def load_seeds(db: Connection) -> None:
    """Add the places that are missing, and the modules and lessons to an office that has none yet."""
    places.load_places(db, json.loads(places.SEED.read_text(encoding="utf-8")))
    if not db.execute("SELECT 1 FROM modules LIMIT 1").fetchone():
        lessons.load_lessons(db, json.loads(lessons.SEED.read_text(encoding="utf-8")))
