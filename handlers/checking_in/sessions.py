"""The sessions of an event's days: once a day, morning and afternoon, or windows typed as `pagi 07.00-10.00`."""

import re
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.dates import NotATime, read_time
from bot.labels import pick
from bot.message import Choice, Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question
from bot.text import Text

OPENS_BEFORE = timedelta(hours=1)
GRACE = timedelta(minutes=15)
MORNING_LASTS = timedelta(hours=2)
NOON, AFTERNOON, AFTERNOON_ENDS = time(12), time(13), time(15)
MOST_SESSIONS = 6
EXAMPLE = "pagi 07.00-10.00, siang 13.00-15.00"
ASKS = "Absen berapa kali sehari?"
ASKS_OWN = f"Ketik sesi dan jamnya, misalnya:\n{EXAMPLE}"

_SESSION = re.compile(
    r"(?:sesi\s+)?(?P<name>[^\d.:]*?)\s*:?\s*(?P<from>\d{1,2}(?:[.:]\d\d)?)\s*(?:-|–|s\.?\s?/?d\.?|sampai|hingga)\s*"
    r"(?P<to>\d{1,2}(?:[.:]\d\d)?)(?:\s*(?:wib|wita|wit))?(?:\s*terlambat\s*(?P<late>\d{1,2}(?:[.:]\d\d)?))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Session:
    """A check-in window of every day, in local 'HH:MM'; who comes at `late` or later is late."""

    name: str
    opens: str
    late: str
    closes: str


def morning_and_afternoon(starts: time, ends: time | None) -> list[Session]:
    """Return the usual two: around the start, and after lunch. Raises NotUnderstood where there is no room for them."""
    closes = min(_plus(starts, MORNING_LASTS), NOON)
    last = min(ends, AFTERNOON_ENDS) if ends else AFTERNOON_ENDS
    if starts >= time(11) or last <= _plus(AFTERNOON, GRACE):
        raise NotUnderstood(f"Pagi dan siang tidak cocok dengan jam kegiatan. Ketik sendiri, misalnya: {EXAMPLE}")
    return [
        Session("pagi", f"{_plus(starts, -OPENS_BEFORE):%H:%M}", f"{_plus(starts, GRACE):%H:%M}", f"{closes:%H:%M}"),
        Session("siang", f"{AFTERNOON:%H:%M}", f"{_plus(AFTERNOON, GRACE):%H:%M}", f"{last:%H:%M}"),
    ]


def read_sessions(text: str, starts: time) -> list[Session]:
    """Read windows as they are typed, one behind the other. Raises NotUnderstood."""
    # Of more than one space in a row, the pattern would try every split.
    parts = [" ".join(part.split()) for part in re.split(r"[,;\n]|\bdan\b", text) if part.strip()]
    found = [_SESSION.fullmatch(part) for part in parts]
    if not parts or None in found:
        raise NotUnderstood(f"Jamnya belum terbaca. Contoh: {EXAMPLE}")
    if len(parts) > MOST_SESSIONS:
        raise NotUnderstood(f"Paling banyak {MOST_SESSIONS} sesi sehari.")
    sessions = [_session(one, starts) for one in found if one]
    if len({one.name for one in sessions}) < len(sessions):
        raise NotUnderstood(f"Beri nama yang berbeda untuk tiap sesi. Contoh: {EXAMPLE}")
    return sorted(sessions, key=lambda one: one.opens)


@dataclass(frozen=True)
class SessionsQuestion(Question[tuple[Session, ...]]):
    """How often a day people check in; no session means once. Kept as the fields of each."""

    starts: time
    ends: time | None
    prompt = Text.of(ASKS)

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        if partial:
            return ()
        return Choice("once", "Sekali sehari"), Choice("twice", "Pagi dan siang"), Choice("own", "Atur sendiri")

    def says(self, partial: Any) -> Text:
        return Text.of(ASKS_OWN if partial else ASKS)

    def read(self, said: Said, partial: Any) -> Done | More:
        found = pick(self.choices(partial), said)
        if found == "own":
            return More({"own": True})
        if found == "once":
            return Done([])
        if found == "twice":
            return Done([list(astuple(one)) for one in morning_and_afternoon(self.starts, self.ends)])
        if said.kind != "text":
            raise NotUnderstood(f"Mohon ketik jamnya. Contoh: {EXAMPLE}")
        return Done([list(astuple(one)) for one in read_sessions(said.text, self.starts)])

    def load(self, kept: Any) -> tuple[Session, ...]:
        try:
            return tuple(Session(*one) for one in kept)
        except TypeError as why:
            raise NoLongerFits("Mohon atur sesinya lagi.") from why

    def show(self, value: tuple[Session, ...]) -> str:
        return show_sessions(value)


def show_sessions(sessions: tuple[Session, ...]) -> str:
    """Write "pagi 07.00-10.00, siang 13.00-15.00"."""
    written = [f"{one.name} {one.opens}-{one.closes}".replace(":", ".") for one in sessions]
    return ", ".join(written) or "sekali sehari"


def _session(found: re.Match[str], starts: time) -> Session:
    opens, closes = _time(found["from"]), _time(found["to"])
    if closes <= opens:
        raise NotUnderstood(f"Jam tutup harus setelah jam buka. Contoh: {EXAMPLE}")
    usual = _plus(starts if opens <= starts < closes else opens, GRACE)
    late = _time(found["late"]) if found["late"] else min(usual, closes)
    name = " ".join(found["name"].casefold().split())[:20] or _part_of_day(opens)
    return Session(name, f"{opens:%H:%M}", f"{late:%H:%M}", f"{closes:%H:%M}")


def _time(typed: str) -> time:
    try:
        return read_time(typed)
    except NotATime as why:
        raise NotUnderstood(str(why)) from why


def _part_of_day(at: time) -> str:
    return next(name for name, until in (("pagi", 11), ("siang", 15), ("sore", 18), ("malam", 24)) if at.hour < until)


def _plus(at: time, by: timedelta) -> time:
    return (datetime.combine(date(2024, 1, 2), at) + by).time()
