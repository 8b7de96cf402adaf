"""The questions when a meeting was, or will be: a day and a time that fit together and fit the calendar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from bot import dates
from bot.clock import utc_text
from bot.labels import pick
from bot.message import Choice, Said
from bot.questions import Done, More, NotUnderstood
from bot.text import Text
from bot.typed import Typed, a_day, a_time

USUAL = (time(9), time(10), time(14), time(16))
LASTS = timedelta(hours=2)
"""How long a meeting is planned to take: its end is when the card asks how it was."""

LONGEST_BACK = timedelta(days=60)
LONGEST_AHEAD = timedelta(days=180)
OTHER = Choice("other", "Tanggal lain")


@dataclass(frozen=True)
class Day(Typed[date]):
    """A day near today by tap, any other by typing it."""

    another: str = ""

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return () if partial else (*super().choices(partial), OTHER)

    def says(self, partial: Any) -> Text:
        return Text.of(self.another) if partial else self.prompt

    def read(self, said: Said, partial: Any) -> Done | More:
        if not partial and pick(self.choices(partial), said) == OTHER.id:
            return More({"stage": OTHER.id}, self.another)
        return super().read(said, partial)


def day_held(today: date, earliest: date | None = None) -> Day:
    """Ask on which day a meeting was held: today or before, at most 60 days, or back to `earliest`."""
    plain = a_day("Kapan?", today, latest=today, shortcuts=[("Hari ini", 0), ("Kemarin", -1)])
    far = f"sudah lebih dari {LONGEST_BACK.days} hari. Contoh: hari ini, kemarin, 12/11."
    first = min(today - LONGEST_BACK, earliest or today)
    return _within(plain, first, today, far, "Tanggal berapa? Contoh: 12/11, 12 November, Senin lalu.")


def day_planned(today: date, usual: Sequence[date] = ()) -> Day:
    """Ask on which day a meeting will be: today or later, at most 180 days; `usual` days are offered first."""
    offered = [(dates.show_short_day(day), (day - today).days) for day in usual]
    near = [("Hari ini", 0), ("Besok", 1), ("Lusa", 2)]
    plain = a_day("Hari apa?", today, earliest=today, shortcuts=[*offered, *near])
    far = f"lebih dari {LONGEST_AHEAD.days} hari lagi. Contoh: besok, Senin depan, 12/11."
    return _within(plain, today, today + LONGEST_AHEAD, far, "Tanggal berapa? Contoh: 12/11, 12 November, Senin depan.")


def time_held(day: date, now: datetime, zone: str) -> Typed[time]:
    """Ask at what time the meeting began; it has begun."""
    return _checked(
        a_time("Mulai pukul berapa?", zone, USUAL),
        lambda at: dates.to_utc(day, at, zone) <= now,
        lambda at: f"{dates.show_day(day)} {dates.show_time(at, zone)} belum tiba. Catat setelah pertemuannya mulai.",
    )


def time_planned(
    day: date, now: datetime, zone: str, usual: Sequence[time] = USUAL, taken: Sequence[str] = ()
) -> Typed[time]:
    """Ask at what time the meeting will begin: not yet, and not when the group has one (`taken`, UTC text)."""

    def why(at: time) -> str:
        moment = f"{dates.show_day(day)} {dates.show_time(at, zone)}"
        if dates.to_utc(day, at, zone) <= now:
            return f"{moment} sudah lewat. Mohon ketik jam yang belum lewat."
        return f"{moment} kelompok ini sudah punya rencana P2K2. Mohon ketik jam lain."

    def fits(at: time) -> bool:
        starts = dates.to_utc(day, at, zone)
        return starts > now and utc_text(starts) not in taken

    return _checked(a_time("Mulai pukul berapa?", zone, usual), fits, why)


def _checked(question: Typed[time], fits: Callable[[time], bool], why: Callable[[time], str]) -> Typed[time]:
    def check(at: time) -> time:
        if not fits(at):
            raise NotUnderstood(why(at))
        return at

    read, restore = question.reader, question.restore
    near = [shortcut for shortcut in question.shortcuts if fits(shortcut[2])]
    return replace(
        question, shortcuts=near, reader=lambda text: check(read(text)), restore=lambda kept: check(restore(kept))
    )


def _within(question: Typed[date], first: date, last: date, why: str, another: str) -> Day:
    def check(day: date) -> date:
        if not first <= day <= last:
            raise NotUnderstood(f"{dates.show_day(day)} {why}")
        return day

    read, restore = question.reader, question.restore
    return Day(
        question.prompt,
        lambda text: check(read(text)),
        question.keep,
        lambda kept: check(restore(kept)),
        question.shown,
        question.shortcuts,
        another=another,
    )
