"""What changed in a record, from one state of it to the next, as people read it."""

from datetime import date

from bot import dates
from bot.clock import from_utc_text
from handlers.meetings.away import Away
from handlers.meetings.lesson_choice import material_line
from storage import lessons
from storage.database import Connection
from storage.meeting_changes import Values
from storage.meetings import REASONS

NOTHING = "kosong"


def told_changes(db: Connection, before: Values, after: Values, zone: str) -> list[str]:
    """Write "Kehadiran: 18 dari 18 hadir → 16 dari 18 hadir, sakit no. 3" for each thing that is different."""
    told = []
    for label, show in _SHOWN.items():
        was, now = show(db, before, zone), show(db, after, zone)
        if was != now:
            told.append(f"{label}: {was or NOTHING} → {now or NOTHING}")
    return told


def _outcome(db: Connection, one: Values, zone: str) -> str:
    if one["state"] == "not_held":
        return f"tidak terlaksana, {one['why_not']}"
    counts = {reason: one[reason] for reason in REASONS if one[reason]}
    absent = Away(counts, dict(one["absences"])).show()
    return f"{one['members'] - sum(counts.values())} dari {one['members']} hadir{absent and ', '}{absent}"


def _lesson(db: Connection, one: Values, zone: str) -> str:
    if one["lesson_id"] is None:
        return f"materi tambahan {one['topic']}"
    lesson = lessons.lesson(db, one["lesson_id"])
    assert lesson is not None, "lessons are never deleted"
    return material_line(lesson.module, lesson.number, lesson.title)


def _time(db: Connection, one: Values, zone: str) -> str:
    return dates.show_time(dates.local(from_utc_text(one["starts_at"]), zone), zone)


def _point(db: Connection, one: Values, zone: str) -> str:
    return "" if one["latitude"] is None else f"{one['latitude']:.3f}, {one['longitude']:.3f}"


_SHOWN = {
    "Kehadiran": _outcome,
    "Materi": _lesson,
    "Hari": lambda db, one, zone: dates.show_day(date.fromisoformat(one["day"])),
    "Jam": _time,
    "Tempat": lambda db, one, zone: str(one["place"]),
    "Foto": lambda db, one, zone: f"{len(one['photos'])} foto",
    "Kendala": lambda db, one, zone: str(one["obstacles"]),
    "Tindak lanjut": lambda db, one, zone: str(one["follow_up"]),
    "Lokasi": _point,
}
