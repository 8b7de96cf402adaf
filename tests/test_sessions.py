"""Sessions as they are typed, the usual two, and the windows that come of them."""

from datetime import UTC, date, datetime, time

import pytest

from bot.clock import from_utc_text, utc_text
from bot.dates import local, to_utc
from bot.message import Said
from bot.questions import Done, More, NotUnderstood
from handlers.checking_in.moved_sessions import moved_sessions
from handlers.checking_in.sessions import Session, SessionsQuestion, morning_and_afternoon, read_sessions, show_sessions
from storage.events import Event
from storage.slots import Slot

EIGHT = time(8)
PAGI, SIANG = Session("pagi", "07:00", "08:15", "10:00"), Session("siang", "13:00", "13:15", "15:00")


ZONE = "Asia/Jakarta"


def said(text: str) -> Said:
    return Said("telegram", "telegram:1", "1", datetime(2023, 11, 6, tzinfo=UTC), "text", text)


@pytest.mark.parametrize(
    "typed",
    [
        "pagi 07.00-10.00, siang 13.00-15.00",
        "Pagi 7.00 - 10.00; Siang 13:00 s.d. 15:00",
        "sesi pagi: 07.00 sampai 10.00 WIB\nsesi siang: 13.00 sampai 15.00 WIB",
        "siang 13-15 dan pagi 7-10",
        "07.00-10.00, 13.00-15.00",
    ],
)
def test_sessions_are_read_as_people_type_them(typed: str) -> None:
    """In any order, with or without names; who comes a quarter of an hour after the start is late."""
    assert read_sessions(typed, EIGHT) == [PAGI, SIANG]


def test_when_one_is_late_can_be_said() -> None:
    """A session that does not hold the event's start counts its grace from its own opening."""
    assert read_sessions("pagi 07.00-10.00 terlambat 08.30", EIGHT)[0].late == "08:30"
    assert read_sessions("malam 19.00-21.00", EIGHT)[0] == Session("malam", "19:00", "19:15", "21:00")


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "belum terbaca"),
        ("pagi", "belum terbaca"),
        ("pagi 07.00", "belum terbaca"),
        ("pagi 10.00-07.00", "setelah jam buka"),
        ("pagi 25.00-26.00", "jam"),
        ("pagi 07.00-08.00, pagi 09.00-10.00", "nama yang berbeda"),
        (", ".join(f"sesi{number} {number:02}.00-{number:02}.30" for number in range(7, 14)), "Jamnya belum terbaca"),
        ("a 7-8, b 8-9, c 9-10, d 10-11, e 11-12, f 12-13, g 13-14", "Paling banyak 6"),
    ],
)
def test_what_is_no_session_is_said_with_an_example(typed: str, hint: str) -> None:
    """One clear sentence with the next step."""
    with pytest.raises(NotUnderstood, match=hint):
        read_sessions(typed, EIGHT)


def test_the_usual_two_lie_around_the_start_and_after_lunch() -> None:
    """An afternoon that ends early ends its session; a day without room for two is told so."""
    assert morning_and_afternoon(EIGHT, None) == [PAGI, SIANG]
    assert morning_and_afternoon(time(9), time(14)) == [
        Session("pagi", "08:00", "09:15", "11:00"),
        Session("siang", "13:00", "13:15", "14:00"),
    ]
    for starts, ends in ((time(13), None), (EIGHT, time(12)), (EIGHT, time(13, 15))):
        with pytest.raises(NotUnderstood, match="tidak cocok"):
            morning_and_afternoon(starts, ends)


def test_the_question_takes_taps_and_what_is_typed() -> None:
    """Once a day is an answer of its own; `Atur sendiri` asks for the hours."""
    question = SessionsQuestion(EIGHT, None)
    once, own = question.read(said("sekali sehari"), None), question.read(said("Atur sendiri"), None)
    typed = question.read(said("pagi 07.00-10.00"), None)
    assert once == Done([])
    assert isinstance(own, More)
    assert "pagi 07.00-10.00" in question.says(own.partial).plain
    assert isinstance(typed, Done)
    assert question.load(typed.value) == (PAGI,)
    assert show_sessions(question.load(typed.value)) == "pagi 07.00-10.00"
    assert show_sessions(()) == "sekali sehari"


def event(hours: str) -> Event:
    """Return an event of one day that lasts from 08.00 on, or from 08.00-16.00."""
    starts, _, ends = hours.replace(".", ":").partition("-")
    return Event(1, "Bimtek", "Aula", "2023-11-12", "2023-11-12", starts, ends or None, ZONE, "announced", 1, "", None)


def moved(typed: str, before: str, after: str, *, begun: bool = False) -> str:
    """Say what becomes of these sessions, from when on people are late in each too."""
    starts = time.fromisoformat(before[:5].replace(".", ":"))
    slots = [
        Slot(number, 1, "2023-11-12", one.name, _at(one.opens), _at(one.late), _at(one.closes), "K7M2P", waits=False)
        for number, one in enumerate(read_sessions(typed, starts))
    ]
    return ", ".join(
        f"{one.session} {_shown(one.opens_at)}-{_shown(one.closes_at)} terlambat {_shown(one.late_from)}"
        for one in moved_sessions(slots, event(before), event(after), begun=begun)
    )


def _at(hour: str) -> str:
    return utc_text(to_utc(date(2023, 11, 12), time.fromisoformat(hour), ZONE))


def _shown(at: str | None) -> str:
    return f"{local(from_utc_text(at), ZONE):%H.%M}" if at else "–"


TWICE = "pagi 07.00-10.00, siang 13.00-15.00"
AFTERNOON = "siang 13.00-15.00 terlambat 13.15"


@pytest.mark.parametrize(
    ("before", "after", "sessions"),
    [
        ("08.00-16.00", "08.00-16.00", f"pagi 07.00-10.00 terlambat 08.15, {AFTERNOON}"),
        ("08.00-16.00", "09.00-16.00", f"pagi 08.00-11.00 terlambat 09.15, {AFTERNOON}"),
        ("08.00", "07.30", f"pagi 06.30-09.30 terlambat 07.45, {AFTERNOON}"),
        ("08.00-16.00", "10.00-18.00", "pagi 09.00-12.00 terlambat 10.15, siang 15.00-17.00 terlambat 15.15"),
        ("08.00-16.00", "12.00-16.00", f"pagi 11.00-13.00 terlambat 12.15, {AFTERNOON}"),
        ("08.00-16.00", "13.00-16.00", "siang 12.00-15.00 terlambat 13.15"),
        ("08.00", "19.30", "siang 18.30-20.30 terlambat 19.45"),
        ("08.00-16.00", "08.00-14.00", "pagi 07.00-10.00 terlambat 08.15, siang 13.00-14.00 terlambat 13.15"),
        ("08.00-16.00", "08.00-12.00", "pagi 07.00-10.00 terlambat 08.15"),
        ("08.00", "23.30", "siang 22.30-00.00 terlambat 23.45"),
    ],
)
def test_sessions_stay_sensible_when_the_hours_change(before: str, after: str, sessions: str) -> None:
    """The first goes with the start, the afternoon stays after lunch; none overlaps another or outlasts the event."""
    assert moved(TWICE, before, after) == sessions


def test_a_day_that_has_begun_keeps_its_hours() -> None:
    """What is ahead of it can only end earlier; a session that was meant to outlast the event does so further on."""
    assert moved("siang 13.00-15.00", "08.00-16.00", "09.00-16.00", begun=True) == AFTERNOON
    assert moved("pulang 15.30-17.00", "08.00-16.00", "09.00-16.00", begun=True) == (
        "pulang 15.30-17.00 terlambat 15.45"
    )


def test_times_of_the_store_compare_as_text() -> None:
    """What is open and who is late is decided by comparing such texts."""
    moments = [datetime(2023, 11, 12, 0, minute, tzinfo=UTC) for minute in (0, 9, 10, 59)]
    assert sorted(map(utc_text, moments)) == [utc_text(one) for one in moments]
