"""The Bimtek of November 2023 as its 174 guests live it: who answers what, who comes when, and what goes wrong.

Made up, but for the days, the place and the number of guests; the same at every start.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from typing import Literal

from bot.demo.people import DemoPerson, people, supervisors

FIRST_DAY = date(2023, 11, 12)
DAYS = 3
MORNING, AFTERNOON = time(7, 0), time(13, 0)  # when the two sessions of a day open
LATE_AFTER = timedelta(minutes=75), timedelta(minutes=15)  # on time until 08.14 and 13.14
UNREGISTERED = (2, 30, 60, 90, 120, 160)  # places among the guests; the first of them has a phone on the page
SUBSTITUTES = 9
DELAYED, FORWARDED = 4, 2

Answer = Literal["", "Hadir", "Tidak hadir", "Diwakili"]
CAUSES = ("Sakit", "Izin", "Dinas luar", "Sakit")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One person at one session: when, local; `sent` is when the message got through, later than it was typed."""

    at: time
    sent: time | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """What one of the guests does: the answer and its day, and an arrival, or None, for each of the six sessions."""

    person: DemoPerson
    registered: bool
    answer: Answer
    cause: str
    answers_on: date | None
    substitute: DemoPerson | None
    arrivals: tuple[Arrival | None, ...]


def guests() -> tuple[Guest, ...]:
    """Return the 174 guests in the order of the roster."""
    everyone, instead = people(), iter(supervisors())
    registered = [place for place in range(len(everyone)) if place not in UNREGISTERED]
    answers: dict[int, tuple[Answer, str, date | None, DemoPerson | None]] = {}
    causes = iter(CAUSES)
    for number in range(1, 5):
        for at, place in enumerate(registered[number::8]):
            no = at % 19 == 7
            day = FIRST_DAY - timedelta(days=6 - number)
            answers[place] = ("Tidak hadir", next(causes), day, None) if no else ("Hadir", "", day, None)
    for place in registered[5::8][:SUBSTITUTES]:
        answers[place] = ("Diwakili", "", FIRST_DAY - timedelta(days=2), next(instead))
    late_phones = [place for place in registered[1::8] if answers[place][0] == "Hadir"][2 : 2 + DELAYED]
    at_home = [place for place in registered[2::8] if answers[place][0] == "Hadir"][3 : 3 + FORWARDED]
    return tuple(
        Guest(
            person,
            place in registered,
            *answers.get(place, ("", "", None, None)),
            _arrivals(place, answers.get(place, ("",))[0], place in registered, place in late_phones, place in at_home),
        )
        for place, person in enumerate(everyone)
    )


def _arrivals(place: int, answer: Answer, registered: bool, delayed: bool, at_home: bool) -> tuple[Arrival | None, ...]:
    """Let most come on time, some late, some not at all; the represented send their substitute in their place."""
    dice = Random(1411 + place)
    stays_away = answer == "Tidak hadir" or (answer == "" and registered and dice.random() < 0.3)
    came: list[Arrival | None] = []
    for session in range(2 * DAYS):
        opens, late_after = (MORNING, AFTERNOON)[session % 2], LATE_AFTER[session % 2]
        missing, late = dice.random() < 0.05, dice.random() < 0.08
        minutes = dice.randrange(18) if late else None
        on_time = dice.randrange(2, int(late_after.total_seconds()) // 60)
        after = int(late_after.total_seconds()) // 60 + minutes if minutes is not None else on_time
        at = _plus(opens, after)
        if delayed and session == 2:
            came.append(Arrival(time(7, 40), sent=time(8, 5)))
        elif at_home and session == 3:
            came.append(Arrival(time(13, 5), sent=time(13, 40)))
        else:
            away = stays_away or missing
            came.append(None if away else Arrival(at, by_hand=not registered))
    return tuple(came)


def _plus(at: time, minutes: int) -> time:
    whole = at.hour * 60 + at.minute + minutes
    return time(whole // 60, whole % 60)
