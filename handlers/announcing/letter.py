"""Reading an invitation as it was typed or pasted: its subject, its days and hours, and the place."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.dates import NotADate, NotATime, find_days, find_time, read_time
from bot.labels import number_typed, pick
from bot.message import Choice, Said
from bot.questions import Done, NotUnderstood, Question
from bot.text import Text
from handlers.announcing.event_details import fitting
from handlers.announcing.letter_lines import read_lines, separate
from storage.event_details import NO_DETAILS, Details

COPY = Choice("copy", "Salin kegiatan lama")
MOST = 4000
MOST_SUBJECT = 200
MOST_PLACE = 200

# White space is taken whole, and once: of a run of blanks no split is tried twice, and no start but the first.
_HELD_AT = re.compile(r"\b(?:bertempat|dilaksanakan|diadakan|diselenggarakan|berlokasi)\s+di\s+(.+)", re.IGNORECASE)
_AT = re.compile(r"(?:^|[\s,])(?:di|tempat(?:\s*+:)?)\s++(?=\S)(.+)", re.IGNORECASE)
_DAY_LEFT = re.compile(r"(?<![\s,])[\s,]++(?:(?:hari|tanggal|tgl)\s++)?\d")
# A time that could not be read is no part of a place.
_TIME_LEFT = re.compile(r"(?<!\s)\s++(?:jam|pukul|pkl)\b", re.IGNORECASE)
_UNTIL = re.compile(
    r"\s*+(?:(?:wib|wita|wit)\s*+)?(?:-|–|s\s?[./]?\s?d\.?|sampai(?:\s+dengan)?|hingga)\s*+"
    r"(?:(?:pukul|pkl\.?|jam)\s*+)?"
    r"(\d{1,2}[.:]\d\d)(?!\d)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:surat\s+)?(?:undangan|und\.?)(?:\s*[:,-])?\s+(?:untuk\s+|mengikuti\s+|menghadiri\s+)*", re.IGNORECASE
)
_LOOSE = " ,;:.–-"
_LOOSE_WORD = re.compile(r"\b(?:pada|hari|tanggal|tgl|mulai|bertempat|jam|pukul|di)$", re.IGNORECASE)
_LONGEST_LOOSE = len("bertempat")


@dataclass(frozen=True, slots=True)
class Letter:
    """What could be read, '' where nothing could: days are ISO dates, times 'HH:MM'."""

    subject: str = ""
    first: str = ""
    last: str = ""
    starts: str = ""
    ends: str = ""
    place: str = ""
    no_day: str = ""  # why a day, or a time, that stands there could not be read
    no_time: str = ""
    details: Details = NO_DETAILS

    @property
    def is_read(self) -> bool:
        """Say whether more was read than a subject: then it is worth showing what."""
        return bool(self.first or self.place or self.details != NO_DETAILS)


def read_letter(text: str, today: date) -> Letter:
    """Read a subject, or a whole letter. What is not clear is left out, to be asked."""
    said = read_lines(separate(text))
    if "\n" not in text.strip():
        text = separate(text).partition("\n")[0]  # what follows is labelled, and no part of the place
    no_day = no_time = ""
    try:
        days, rest = find_days(said.get("day", text), today, prefer="future")
    except NotADate as why:
        days, rest, no_day = None, text, str(why)
    rest = text if "day" in said else rest
    try:
        starts, rest = find_time(_hours(said) or rest)
    except NotATime as why:
        starts, no_time = None, str(why)
    first, last = (days[0].isoformat(), days[1].isoformat()) if days else ("", "")
    begins = starts.isoformat("minutes") if starts else ""
    place, before = _place(said, rest)
    # What looked like a time or a day and is none is no part of the subject either.
    before = _TIME_LEFT.split(before)[0] if no_time else before
    before = _DAY_LEFT.split(before)[0] if no_day else before
    subject, agenda = _subject(said, text, before)
    ends = _end(said.get("time", text), begins)
    details = fitting(said | {"agenda": agenda})
    return Letter(subject, first, last, begins, ends, place, no_day, no_time, details)


def _hours(said: Mapping[str, str]) -> str:
    """Return the labelled time, as a time: what stands behind `Pukul :` needs no further word."""
    hours = said.get("time", "")
    return f"pukul {hours}" if hours[:1].isdigit() else hours


def _place(said: Mapping[str, str], rest: str) -> tuple[str, str]:
    """Return the place, and what stands before it in the line that has lost its day and time."""
    if named := said.get("place"):
        address = said.get("address", "")
        return _tidy(", ".join(filter(None, (*named.split("\n"), address))), MOST_PLACE), rest
    at = _HELD_AT.search(rest) or _AT.search(rest)
    if at is None:
        return "", rest
    return _tidy(_TIME_LEFT.split(at[1].split("\n")[0])[0], MOST_PLACE), rest[: at.start()]


def _subject(said: Mapping[str, str], text: str, before: str) -> tuple[str, str]:
    """Return the subject, and the agenda where that is something else.

    The subject is the line that is marked as it, or a short text's own words before the place.
    """
    agenda = said.get("agenda", "")
    for name in ("subject", "event", "agenda"):
        words = _tidy(said.get(name, ""), MOST_SUBJECT)
        named = _tidy(_OPENING.sub("", words), MOST_SUBJECT)
        if named:
            break
    else:
        if text.strip().count("\n") > 1:
            return "", agenda  # a letter without a subject: any line of it would be a guess
        words = _tidy(before, MOST_SUBJECT)
        return _tidy(_OPENING.sub("", words), MOST_SUBJECT) or words, agenda
    # "Perihal: Undangan Rapat" says less than "Acara: Rapat Koordinasi P2K2".
    if agenda and "\n" not in agenda and agenda.casefold().startswith(named.casefold()):
        return _tidy(agenda, MOST_SUBJECT) or named, ""
    return named, agenda


def _end(text: str, begins: str) -> str:
    """Return the end of the span that starts at `begins`."""
    if not begins:
        return ""
    hour, minute = begins.split(":")
    for start in re.finditer(rf"(?<!\d)0?{int(hour)}(?:[.:]{minute}|(?![\d.:]))", text):
        if until := _UNTIL.match(text, start.end()):
            try:
                ends = read_time(until[1]).isoformat("minutes")
            except NotATime:
                return ""
            return ends if ends > begins else ""
    return ""


def _tidy(words: str, most: int) -> str:
    clean = " ".join(words.split())
    clean = clean[: _loose_from(clean)].lstrip(_LOOSE)
    return clean if len(clean) <= most else ""


def _loose_from(words: str) -> int:
    """Return where the words and marks begin, at the end, that what follows has left without a meaning."""
    end = len(words)
    while True:
        while end and words[end - 1] in _LOOSE:
            end -= 1
        word = _LOOSE_WORD.search(words, max(0, end - _LONGEST_LOOSE), end)
        if word is None:
            return end
        end = word.start()


def keep(letter: Letter) -> dict[str, Any]:
    """Write what was read as an answer is kept."""
    return asdict(letter)


@dataclass(frozen=True)
class LetterQuestion(Question[Letter | None]):
    """Ask for the subject or the letter; kept as it was read that day, so that `besok` stays the same day.

    None is the wish to copy an earlier event, where there is one.
    """

    prompt: Text
    today: date
    copies: bool = False

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return (COPY,) if self.copies else ()

    def read(self, said: Said, partial: Any) -> Done:
        if number_typed(said) is None and pick(self.choices(partial), said):
            return Done(None)
        text = "".join(c for c in said.text if c.isprintable() or c in "\n\t").strip() if said.kind == "text" else ""
        if len(text) < 3:
            raise NotUnderstood("Mohon ketik perihalnya, misalnya Rapat koordinasi pendamping.")
        if len(text) > MOST:
            raise NotUnderstood(
                f"Terlalu panjang: {len(text)} huruf, paling banyak {MOST}. Kirim bagian pentingnya saja."
            )
        found = read_letter(text, self.today)
        return Done(keep(found))

    def load(self, kept: Any) -> Letter | None:
        return kept and Letter(**kept | {"details": Details(**kept["details"])})
