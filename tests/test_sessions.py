"""Sessions as they are typed, the usual two, and the windows that come of them."""

from datetime import UTC, datetime, time

import pytest

from bot.clock import utc_text
from bot.message import Said
from bot.questions import Done, More, NotUnderstood
from handlers.checking_in.sessions import Session, SessionsQuestion, morning_and_afternoon, read_sessions, show_sessions

EIGHT = time(8)
PAGI, SIANG = Session("pagi", "07:00", "08:15", "10:00"), Session("siang", "13:00", "13:15", "15:00")


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


def test_times_of_the_store_compare_as_text() -> None:
    """What is open and who is late is decided by comparing such texts."""
    moments = [datetime(2023, 11, 12, 0, minute, tzinfo=UTC) for minute in (0, 9, 10, 59)]
    assert sorted(map(utc_text, moments)) == [utc_text(one) for one in moments]
