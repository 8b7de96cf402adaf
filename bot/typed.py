"""Questions whose answer is typed: days, times, numbers and free words, read as people write them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, Literal, TypeVar

from bot import dates
from bot.labels import number_typed, pick
from bot.message import Choice, Said
from bot.questions import Done, More, NoLongerFits, NotTaken, NotUnderstood, Question
from bot.text import Text

T = TypeVar("T")

MOST_DIGITS = 18  # of a number: Python reads none of thousands


@dataclass(frozen=True)
class Typed(Question[T]):
    """Something typed: `reader` reads it, `keep` and `restore` carry it, `shortcuts` are tapped instead."""

    prompt: Text
    reader: Callable[[str], T]
    keep: Callable[[T], Any]
    restore: Callable[[Any], T]
    shown: Callable[[T], str]
    shortcuts: Sequence[tuple[str, str, T]] = ()  # (id, label, value)
    echoes: bool = True
    numbered: bool = True  # False where a bare number is an answer, not the number of a shortcut

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return tuple(Choice(key, label) for key, label, _ in self.shortcuts)

    def read(self, said: Said, partial: Any) -> Done | More:
        found = pick(self.choices(partial), said) if self.numbered or number_typed(said) is None else None
        for key, _, value in self.shortcuts:
            if key == found:
                return Done(self.keep(value))
        if said.kind != "text":
            gone = "Pilihan itu sudah tidak tersedia. " if said.kind == "tap" else ""  # what it stood for has changed
            raise NotUnderstood(f"{gone}Mohon ketik jawabannya.")
        return Done(self.keep(self.reader(said.text.strip())))

    def load(self, kept: Any) -> T:
        try:
            return self.restore(kept)
        except (NotUnderstood, ValueError, TypeError) as why:
            raise NoLongerFits(str(why) if isinstance(why, NotUnderstood) else "Mohon jawab lagi.") from why

    def show(self, value: T) -> str:
        return self.shown(value)


def a_day(
    prompt: str | Text,
    today: date,
    *,
    earliest: date | None = None,
    latest: date | None = None,
    shortcuts: Iterable[tuple[str, int]] = (),
) -> Typed[date]:
    """Ask for a day between `earliest` and `latest`; shortcuts are (label, days from today)."""
    prefer: Literal["past", "future", "near"] = "past" if latest == today else "future" if earliest else "near"

    def within(day: date) -> date:
        if latest is not None and day > latest:
            raise NotUnderstood(f"{dates.show_day(day)} belum tiba. Contoh: hari ini, kemarin, 12/11.")
        if earliest is not None and day < earliest:
            raise NotUnderstood(f"{dates.show_day(day)} sudah lewat. Contoh: besok, Senin depan, 12/11.")
        return day

    def read(text: str) -> date:
        try:
            return within(dates.read_day(text, today, prefer=prefer))
        except dates.NotADate as why:
            raise NotUnderstood(str(why)) from why

    near = [(f"d{offset}", label, today + timedelta(days=offset)) for label, offset in shortcuts]
    return Typed(
        Text.of(prompt), read, date.isoformat, lambda kept: within(date.fromisoformat(kept)), dates.show_day, near
    )


def some_days(prompt: str | Text, today: date) -> Typed[tuple[date, date]]:
    """Ask for one day or a run of days from today on."""

    def read(text: str) -> tuple[date, date]:
        try:
            first, last = dates.read_days(text, today, prefer="future")
        except dates.NotADate as why:
            raise NotUnderstood(str(why)) from why
        if last < today:
            raise NotUnderstood(f"{dates.show_days(first, last)} sudah lewat. Contoh: 12-14 November 2023.")
        return first, last

    return Typed(
        Text.of(prompt),
        read,
        lambda days: [day.isoformat() for day in days],
        lambda kept: (date.fromisoformat(kept[0]), date.fromisoformat(kept[1])),
        lambda days: dates.show_days(*days),
    )


def a_time(prompt: str | Text, zone: str, shortcuts: Iterable[time] = ()) -> Typed[time]:
    """Ask for a time of day."""

    def read(text: str) -> time:
        try:
            return dates.read_time(text)
        except dates.NotATime as why:
            raise NotUnderstood(str(why)) from why

    near = [(f"t{at:%H%M}", f"{at:%H.%M}", at) for at in shortcuts]
    return Typed(
        Text.of(prompt),
        read,
        lambda at: at.isoformat("minutes"),
        time.fromisoformat,
        lambda at: dates.show_time(at, zone),
        near,
        numbered=False,
    )


def a_number(prompt: str | Text, least: int, most: int) -> Typed[int]:
    """Ask for a whole number from `least` to `most`."""

    def within(number: int) -> int:
        if not least <= number <= most:
            raise NotUnderstood(f"Mohon angka {least} sampai {most}, misalnya {(least + most) // 2}.")
        return number

    def read(text: str) -> int:
        found = re.findall(r"\d+", text)
        if len(found) != 1:
            raise NotUnderstood(f"Mohon ketik satu angka, misalnya {(least + most) // 2}.")
        return within(int(found[0][:MOST_DIGITS]))

    return Typed(Text.of(prompt), read, int, lambda kept: within(int(kept)), str, echoes=False)


def words(
    prompt: str | Text, *, most: int = 500, least: int = 1, shortcuts: Sequence[tuple[str, str, str]] = ()
) -> Typed[str]:
    """Ask for free text of at most `most` characters; shortcuts are (id, label, text)."""

    def read(text: str) -> str:
        clean = re.sub(r"[^\S\n]+", " ", "".join(c for c in text if c.isprintable() or c in "\n\t")).strip()
        if len(clean) < least:
            short = f"Terlalu pendek, paling sedikit {least} huruf." if clean else "Mohon ketik jawabannya."
            raise NotUnderstood(short)
        if len(clean) > most:
            raise NotTaken(f"Terlalu panjang: {len(clean)} huruf, paling banyak {most}. Mohon dipersingkat.")
        return clean

    return Typed(Text.of(prompt), read, str, str, str, shortcuts, echoes=False)
