"""What a written day or run of days means, once its shape was found: one function for each family of shapes."""

import re
from dataclasses import dataclass
from datetime import timedelta

from bot.dates.choice import Asked, Run, Written, check, nearest_weekday, refuse_other_weekday, settle, whole_year
from bot.dates.vocabulary import NotADate, Words


@dataclass(frozen=True, slots=True)
class Match:
    """Where a shape was found among the words."""

    found: re.Match[str]
    words: Words

    def kinds(self, group: str) -> str:
        """Return the letters of a group, '' if it is absent."""
        return self.found.groupdict().get(group) or ""

    def value(self, group: str) -> int | None:
        """Return the value of a group of one letter, for a weekday Monday is 0; None if it is absent."""
        return self.words.values[self.found.start(group)] if self.kinds(group) else None

    def number(self, group: str) -> list[int]:
        """Return the places of a group's numbers and months among the words."""
        start = self.found.start(group)
        return [start + at for at, kind in enumerate(self.kinds(group)) if kind in "NMY"]

    def written(self, group: str, asked: Asked) -> Written:
        """Read a calendar day."""
        at = self.number(group)
        if self.words.kinds[at[0]] == "Y":
            at.reverse()
        values = [self.words.values[place] for place in at]
        year = whole_year(self._digits(at[2]), asked) if len(at) > 2 else None
        return Written(values[0], values[1] if len(at) > 1 else None, year)

    def is_a_month(self) -> bool:
        """Tell whether what looks like a run is a day and a month: 12-11, unlike 12-14."""
        return self.kinds("dash") != "" and not self.kinds("until") and self.words.values[self.number("last")[0]] <= 12

    def is_a_share(self) -> bool:
        """Tell whether what looks like a day counts heads: 16/18, or 16/1/1 for present, ill and absent."""
        for group in ("calendar", "first", "last"):
            if re.fullmatch("N/N(/N)?", self.kinds(group)):
                at = self.number(group)
                if not (1 <= self.words.values[at[0]] <= 31 and 1 <= self.words.values[at[1]] <= 12):
                    return True
                if len(at) > 2 and len(self._digits(at[2])) != 2:
                    return True
        return False

    def is_calendar(self) -> bool:
        """Tell whether the day is written as one of a month."""
        return any(self.kinds(group) for group in ("calendar", "first", "list"))

    def is_announced(self) -> bool:
        """Tell whether the day stands with its weekday, or after "Hari/Tanggal"."""
        return bool(self.kinds("weekday")) or self.found[0].lstrip("p").startswith("a")

    def _digits(self, place: int) -> str:
        start, end = self.words.places[place]
        return str(self.words.values[place]).zfill(end - start)


_AWAY = {"ai": 0, "r": 0, "j": 0, "Pi": 0, "vi": 0, "k": -1, "ko": -2, "ku": -2, "b": 1, "bu": 2, "u": 2}
_SIDES = {"l": -1, "k": -1, "i": 0, "d": 1}


def calendar_day(match: Match, asked: Asked) -> Run:
    """Read 12 November, Minggu 12/11, tanggal 12, tanggal 12 bulan depan."""
    weekday, after = match.value("weekday"), match.value("after")
    written = match.written("calendar", asked)
    if side := match.kinds("month"):
        year, month = divmod(asked.today.year * 12 + asked.today.month - 1 + _SIDES[side], 12)
        written = Written(written.day, month + 1, year)
    run = settle(written, written, asked, after if weekday is None else weekday)
    refuse_other_weekday(run[0], weekday)
    refuse_other_weekday(run[0], after)
    if (near := match.kinds("near")) and run != _away(_AWAY[near], asked):
        raise asked.hint("Hari dan tanggalnya tidak cocok. Mohon ketik tanggalnya lagi.")
    return run


def near_day(match: Match, asked: Asked) -> Run:
    """Read kemarin, lusa, besok Senin."""
    run = _away(_AWAY[match.kinds("near")], asked)
    refuse_other_weekday(run[0], match.value("weekday"))
    refuse_other_weekday(run[0], match.value("after"))
    return run


def counted_day(match: Match, asked: Asked) -> Run:
    """Read 3 hari lagi, dua minggu yang lalu, seminggu lagi."""
    number = match.value("number") or 0
    days = number * (7 if match.kinds("unit") in ("e", "m") else 1)
    return _away(days if match.kinds("side") in ("d", "q") else -days, asked)


def weekday(match: Match, asked: Asked) -> Run:
    """Read Senin, Senin minggu depan."""
    weekday, side = match.value("name") or 0, match.kinds("side")
    if side:
        return _away(7 * _SIDES[side] - asked.today.weekday() + weekday, asked)
    day = nearest_weekday(weekday, asked)
    return day, day


def turned_weekday(match: Match, asked: Asked) -> Run:
    """Read Senin depan and Senin lalu, always after and before today; Senin ini may be today."""
    name = match.value("name")
    weekday, side = match.value("sunday") if name is None else name, match.kinds("side")
    ahead = ((weekday or 0) - asked.today.weekday()) % 7
    if side in ("d", "b"):
        return _away(ahead or 7, asked)
    if side == "i":
        return _away(ahead - 7 if asked.prefer == "past" and ahead else ahead, asked)
    return _away(ahead - 7, asked)


def week(match: Match, asked: Asked) -> Run:
    """Read minggu depan, a week from today, and minggu depan hari Senin."""
    weekday, side = match.value("name"), match.kinds("side")
    if weekday is not None:
        return _away(7 * _SIDES[side] - asked.today.weekday() + weekday, asked)
    if side == "i":
        raise asked.hint("Hari apa minggu ini? Mohon ketik harinya atau tanggalnya.")
    return _away(7 * _SIDES[side], asked)


def _away(days: int, asked: Asked) -> Run:
    day = asked.today + timedelta(days=days)
    return day, day


def calendar_run(match: Match, asked: Asked) -> Run:
    """Read 12-14 November, 30/11 - 2/12, Senin s.d. Rabu 13 s.d. 15 Maret; joined by "dan", they must be neighbours."""
    first, last = match.written("first", asked), match.written("last", asked)
    weekday = match.value("weekday")
    run = settle(first, last, asked, weekday)
    refuse_other_weekday(run[0], weekday)
    refuse_other_weekday(run[1], match.value("until"))
    refuse_other_weekday(run[1], match.value("before"))
    if "w" in match.kinds("joint") and run[1] - run[0] != timedelta(days=1):
        raise _not_neighbours()
    return run


def listed_days(match: Match, asked: Asked) -> Run:
    """Read 12, 13, dan 14 November."""
    last = match.written("last", asked)
    days = [match.words.values[place] for place in match.number("list")] + [last.day]
    if days != list(range(days[0], days[0] + len(days))):
        raise _not_neighbours()
    run = settle(Written(days[0]), last, asked, match.value("weekday"))
    refuse_other_weekday(run[0], match.value("weekday"))
    refuse_other_weekday(run[1], match.value("until"))
    return run


def _not_neighbours() -> NotADate:
    return NotADate("Harinya tidak berurutan. Contoh: 12-14 November 2023.")


def weekday_run(match: Match, asked: Asked) -> Run:
    """Read Senin s.d. Rabu."""
    first = nearest_weekday(match.value("weekday") or 0, asked)
    length = ((match.value("until") or 0) - first.weekday()) % 7
    return first, first + timedelta(days=length)


def near_run(match: Match, asked: Asked) -> Run:
    """Read besok s.d. lusa, hari ini sampai Rabu, besok - 15 November."""
    first, _ = _away(_AWAY[match.kinds("near")], asked)
    until, onwards = match.value("until"), Asked(first, "future")
    if then := match.kinds("then"):
        last, _ = _away(_AWAY[then], asked)
    elif match.kinds("last"):
        written = match.written("last", onwards)
        last, _ = settle(written, written, onwards, until)
        refuse_other_weekday(last, until)
    else:
        last = nearest_weekday(match.value("name") or 0, onwards)
    return check((first, last), asked)
