"""Times of day, read from an answer or found in a longer line, as Indonesians write them."""

import re
from datetime import time

from bot.dates.vocabulary import MONTHS, MOST_READ, MOST_SEARCHED, NUMERALS, NotATime, fold, remove

_SPOKEN = {word: number for number, word in enumerate(NUMERALS)} | {
    "dua belas": 12,
    "lima belas": 15,
    "seperempat": 15,
    "dua puluh": 20,
    "dua puluh lima": 25,
    "tiga puluh": 30,
}
_SPOKEN_NUMBER = "|".join(sorted((word.replace(" ", r"\s{1,9}") for word in _SPOKEN), key=len, reverse=True))

# For each part of the day: the hours, as typed, that belong to it, and the hour each means.
_PARTS: dict[str, dict[int, int]] = {
    "pagi": {hour: hour for hour in range(12)},
    "siang": {**{hour: hour for hour in range(9, 17)}, **{hour: hour + 12 for hour in range(1, 5)}},
    "sore": {**{hour: hour for hour in range(13, 20)}, **{hour: hour + 12 for hour in range(1, 8)}},
    "malam": {
        **{hour: hour for hour in (0, 1, 2, 3, *range(18, 24))},
        **{hour: hour + 12 for hour in range(6, 12)},
        12: 0,
    },
    "dini hari": {**{hour: hour for hour in range(6)}, 12: 0},
    "subuh": {hour: hour for hour in range(3, 7)},
}
_PART_WORDS = {
    "pagi": "pagi pg",
    "siang": "siang sg siank",
    "sore": "sore sor petang",
    "malam": "malam mlm malem",
    "subuh": "subuh",
}
_PART_OF = {word: part for part, words in _PART_WORDS.items() for word in words.split()}

_PART = rf"(?:{'|'.join(_PART_OF)}|dini\s{{1,9}}hari)(?!\w)"
_CLOCK = r"(?:(?:(?:waktu|jam)_[/:]_)?(?:jam|jm|pukul|pkl|pk)(?![^\W\d])_[.:]?|waktu_:)".replace("_", r"\s{0,20}")
_HOUR = rf"(?:\d{{4}}(?!\d)|\d{{1,2}}(?!\d)|(?:{_SPOKEN_NUMBER})(?!\w))"
_MONTH = "|".join(month[:3].lower() for month in MONTHS)

# White space is bounded everywhere: a message of blanks must not make the pattern try every split of them.
_TIME = re.compile(
    rf"""(?<![\w.:/-])(?<!\d,)
    (?:(?:mulai|sekitar|tepat)\s{{1,9}})?
    (?:(?P<early>{_PART})\s{{1,9}}(?={_CLOCK}))?
    (?:(?P<clock>{_CLOCK})\s{{0,20}}(?:(?:sekitar|tepat)\s{{1,9}})?)?
    (?P<half>(?:setengah|stengah|stgh)\s{{1,9}})?
    (?P<hour>{_HOUR})(?:[.:](?P<minute>\d\d)(?!\d))?(?![.:/]\d)
    (?:\s{{0,9}}(?P<part>{_PART}))?
    (?:\s{{0,9}}(?P<way>lewat|liwat|lwt|lebih|lbh|kurang|krg)\s{{0,9}}(?P<by>\d{{1,2}}|{_SPOKEN_NUMBER})(?!\w)
        (?:\s{{0,9}}(?:menit|mnt)(?!\w))?)?
    (?:\s{{0,9}}(?P<late>{_PART}))?
    (?:\s{{0,9}}(?P<zone>wib|wita|wit)(?!\w))?
    (?:\s{{0,9}}(?:-|s\.?\s?d\.?|s/d|sampai(?:\s{{1,9}}dengan)?|hingga)\s{{0,9}}(?:selesai|
        {_CLOCK}?\s{{0,20}}(?P<end>\d{{1,2}}(?:[.:]\d\d)?)(?!\s{{0,9}}(?:{_MONTH}))
        (?:\s{{0,9}}(?P<end_part>{_PART}))?(?:\s{{0,9}}(?P<end_zone>wib|wita|wit))?
    )(?![\w/]|[.:]\d))?
    (?!\w|\s{{0,9}}(?:menit|mnt)(?!\w))""",
    re.VERBOSE,
)
LATEST_BY_DAY = 6 * 60  # nobody meets before dawn; from six on it may be either

_OPENING = re.compile(r"\s*(?:(?:pada|di|kira-kira|kira2|ya|kurang lebih)\s{1,9})?")
_CLOSING = re.compile(r"(?:\s{1,9}(?:ya|pak|bu|ibu|bapak|kak|saja|aja|tepat|pas)){0,3}[\s.!]{0,20}")
_NOT_BEFORE_A_TIME = re.compile(r"\b(?:no|nomor|rp|rt|rw|modul|sesi|pasal|nilai|selama|hari|untuk)\s?[.:]?\s{0,9}$")


def read_time(text: str) -> time:
    """Read an answer that is one time of day, by 24 hours unless it names a part of the day.

    Raises NotATime, whose text tells the person what to type; also for 2.30, which may be either of two.
    """
    folded = fold(text) if len(text) <= MOST_READ else ""
    opening = _OPENING.match(folded)
    found = _TIME.match(folded, opening.end() if opening else 0)
    if not found or not _CLOSING.fullmatch(folded, found.end()):
        raise _hint()
    if found["end"]:
        raise _hint("Mohon ketik satu jam saja.")
    return _time_of(found)


def find_time(line: str, *, daytime: bool = False) -> tuple[time | None, str]:
    """Find the first clear time of day in a line, rather one with "jam" or "pukul"; return it and the line without it.

    Of a span the start is returned and the whole is taken out. Of what happens by day, "jam 2" is at 14.00 (`daytime`).
    Raises NotATime for a clear time that does not exist or may be either of two.
    """
    folded = fold(line[:MOST_SEARCHED])
    best = None
    found = _TIME.search(folded)
    while found:
        if found["clock"]:
            best = found
            break
        clear = _is_clear(found)
        best = best or (found if clear else None)
        found = _TIME.search(folded, found.end() if clear else found.start() + 1)
    if best is None:
        return None, " ".join(line.split())
    return _time_of(best, daytime=daytime), remove(line, best.start(), best.end())


def _is_clear(found: re.Match[str]) -> bool:
    """Tell whether a time without "jam" can be nothing else: not 2.2, not the 2 malam of a journey."""
    if _NOT_BEFORE_A_TIME.search(found.string, max(0, found.start() - 20), found.start()):
        return False
    if found["zone"] or found["end_zone"]:
        return True
    digits, part = found["hour"], found["part"] or found["late"]
    if not digits.isdecimal():
        return bool(part) and _part(part) != "malam"
    hour, minute = int(digits), int(found["minute"] or 0)
    if hour > 23 or minute > 59:
        return False
    if part:
        return hour in _PARTS[_part(part)] and (_part(part) != "malam" or found["minute"] is not None or hour >= 6)
    return found["minute"] is not None and len(digits) == 2


def _time_of(found: re.Match[str], *, daytime: bool = False) -> time:
    """Work out the time. Raises NotATime."""
    digits = found["hour"]
    hour, minute = _number(digits), int(found["minute"] or 0)
    by = _number(found["by"]) if found["by"] else 0
    if len(digits) == 4 and digits.isdecimal():
        if found["minute"]:
            raise _hint()
        hour, minute = divmod(hour, 100)
    if hour > 23 or minute > 59 or by > 59 or (found["minute"] and (found["half"] or by)):
        raise _hint()
    shift = minute + (by if not found["way"] or found["way"][0] == "l" else -by) - (30 if found["half"] else 0)
    said = found["part"] or found["late"] or found["early"]
    plain = (hour * 60 + shift) % 1440
    if not said and plain < (420 if daytime else 360) and hour and digits[0] != "0":
        said = found["end_part"]
        if not said and daytime and plain < LATEST_BY_DAY:
            return time(plain // 60 + 12, plain % 60)
        if not said:
            raise NotATime(f"Pukul {_shown(plain)} atau {_shown(plain + 720)}? Mohon ketik salah satunya.")
    if said:
        if hour not in _PARTS[_part(said)]:
            raise _hint()
        plain = (_PARTS[_part(said)][hour] * 60 + shift) % 1440
    return time(plain // 60, plain % 60)


def _hint(start: str = "Mohon ketik jamnya.") -> NotATime:
    return NotATime(f"{start} Contoh: 08.00, jam 2 siang.")


def _shown(minutes: int) -> str:
    return f"{minutes // 60:02}.{minutes % 60:02}"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else _SPOKEN[" ".join(text.split())]


def _part(word: str) -> str:
    return _PART_OF.get(word, "dini hari")
