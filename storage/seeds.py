"""Seeds: what an office starts with, its places and the lessons of P2K2; loading them again changes nothing."""

import json

from storage import lessons, places
from storage.database import Connection


def load_seeds(db: Connection) -> None:
    """Add the places, modules and lessons that are not there yet; what the office changed stays as it is."""
    places.load_places(db, json.loads(places.SEED.read_text(encoding="utf-8")))
    lessons.load_lessons(db, json.loads(lessons.SEED.read_text(encoding="utf-8")))
