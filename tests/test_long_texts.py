"""Whatever anybody can type is read in linear time: while one text is read, the loop serves nobody else."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from time import thread_time
from typing import Any

import pytest

from bot import dates
from bot.channels import markup
from bot.channels.layout import plan
from bot.channels.telegram import Telegram
from bot.corrections import read_corrections
from bot.dates import NotADate, NotATime
from bot.documents.report_fields import NotATemplate
from bot.documents.sent_template import check_part
from bot.log import Redacting
from bot.message import Message, Said
from bot.picked import tick, yes_or_no
from bot.questions import NotUnderstood, Question, Skippable
from bot.reminder_hours import Hours
from bot.text import Text
from bot.typed import a_day, a_number, a_time, some_days, words
from handlers.accounting.certificate_numbers import a_pattern
from handlers.accounting.letterhead import HeadQuestion, a_nip
from handlers.accounting.verify_sheet import ChecksumQuestion
from handlers.announcing.letter import MOST as MOST_OF_A_LETTER
from handlers.announcing.letter import LetterQuestion, read_letter
from handlers.announcing.letter_lines import read_lines, separate
from handlers.announcing.send_time import SendTime
from handlers.announcing.several_people import SeveralPeople
from handlers.answers.refusal import read_reason, read_refusal
from handlers.broadcasting.content import WhatToSay
from handlers.checking_in.codes import CodeQuestion, read_bare_code, read_wish
from handlers.checking_in.sessions import SessionsQuestion
from handlers.groups.members import read_change
from handlers.groups.naming import ChoosePlace, a_group_name, place_name
from handlers.groups.usual_day import read_usual
from handlers.meetings.away import who_was_absent
from handlers.meetings.groups import which_group
from handlers.meetings.lesson_choice import Syllabus, WhichMaterial
from handlers.meetings.meeting_times import day_held, time_held
from handlers.meetings.one_line import read_line
from handlers.people.claim import read_code
from handlers.people.quiet_hours import read_span, read_typed
from handlers.people.registration import e164
from handlers.reminding.holidays_page import days_to_add
from storage.places import District
from tests.test_one_line import GROUPS, LESSONS
from tests.yardstick import LOOKS, Yardstick, at_most

MOST = 65_536  # characters: WhatsApp's limit of one message
SECONDS = 0.1  # of CPU on the stated machine; what takes the square of its text takes seconds, or never ends
TODAY = date(2023, 11, 13)
NOW = datetime(2023, 11, 13, 3, tzinfo=UTC)
ZONE = "Asia/Jakarta"

# Each is a beginning, what is repeated, and an end; what almost fits takes longest.
TEXTS: Mapping[str, tuple[str, str, str]] = {
    "spaces": ("", " ", ""),
    "spaces and a letter": ("a", " ", "x"),
    "lines": ("", "\n", "x"),
    "digits": ("", "9", "x"),
    "letters": ("", "a", "!"),
    "dashes": ("1", "-", "x"),
    "commas": ("1", ", ", "x"),
    "numbers": ("", "1,", "x"),
    "names": ("", "siti, ", "x"),
    "brackets": ("", "(", "12/11" + ")" * 30_000),
    "accents": ("a", "\u0301\u0323", ""),
    "emoji": ("", "🙏", ""),
    "marks": ("", "*_`", ""),
    "days": ("", "12/11 ", "x"),
    "times": ("", "jam 8 pagi ", "x"),
    "spans": ("", "08.00 - ", "x"),
    "a span of spaces": ("pukul 08.00", " ", "x"),
    "a session of spaces": ("pagi", " ", "x 7-10"),
    "who came, and spaces": ("hadir 1", " ", "x"),
    "a member, and spaces": ("1", " ", "x"),
    "ill, and spaces": ("sakit", " ", "x"),
    "absences": ("", "3s 7i ", "x"),
    "ill ones": ("", "1 ", "sakit x"),
    "districts": ("", "kec ", "stabat"),
    "phone numbers": ("", "+62 8", "x"),
    "places": ("Rapat di aula, tempat", " ", "\u00a0"),
    "ends of sentences": ("Rapat", " . a", " x"),
    "loose ends": ("Rapat", ", pada di", " x"),
    "a letter's lines": ("Tempat: Aula\n", "b\n", ""),
    "labels": ("", "Tempat: a\n", "x"),
    "a line": ("p2k2 melati 2.2 ", "kemarin ", "3s 7i"),
    "a refusal": ("tidak hadir", " ,", "x"),
    "a member's number": ("anggota ", "7", " keluar"),
    "a code": ("hadir", " - ", "x"),
    "for somebody": ("untuk ", "siti", " x"),
}


def test_each_text_is_as_long_as_whatsapp_lets_it_be() -> None:
    """The name of each says what it is made of."""
    assert all(len(text_of(name)) in range(MOST - 40_000, MOST + 40_000) for name in TEXTS)


@cache
def text_of(name: str, most: int = MOST) -> str:
    """Write the text of that name, about so long."""
    start, piece, end = TEXTS[name]
    return start + piece * (max(0, most - len(end)) // len(piece)) + end


def typed(text: str) -> Said:
    """Say it, in a chat of one's own."""
    return Said("simulator", "simulator:siti", "1", NOW, "text", text=text)


def answer(question: Question[Any], partial: Any = None) -> Callable[[str], object]:
    """Offer the text to a question, as the open dialog does."""
    return lambda text: question.read(typed(text), partial)


PEOPLE = [(number, f"Siti Aminah {number}", "Stabat") for number in range(1, 500)]
OPTIONS = {str(number): f"Petugas {number}" for number in range(1, 300)}
MINE = {str(one.id): one for one in GROUPS}
DISTRICTS = {str(number): District(number, f"Tanjung {number}") for number in range(1, 24)}

READERS: Mapping[str, Callable[[str], object]] = {
    "clean": markup.clean,
    "one_line": markup.one_line,
    "as_html": lambda text: markup.as_html(Text.of(text)),
    "as_whatsapp": lambda text: markup.as_whatsapp(Text.of(text)),
    "plan": lambda text: plan(Message.of(text), Telegram.capabilities),
    "mask": Redacting(["1234567890"]).mask,
    "a day": answer(a_day("Kapan?", TODAY)),
    "some days": answer(some_days("Kapan?", TODAY)),
    "a time": answer(a_time("Jam berapa?", ZONE)),
    "a number": answer(a_number("Berapa?", 1, 99)),
    "words": answer(words("Apa?")),
    "words or none": answer(Skippable(words("Apa?"))),
    "yes or no": answer(yes_or_no("Benar?")),
    "several choices": answer(tick("Siapa?", OPTIONS)),
    "a day in a line": lambda text: dates.find_day(text, TODAY),
    "days in a line": lambda text: dates.find_days(text, TODAY),
    "a time in a line": dates.find_time,
    "corrections": lambda text: read_corrections(text, {"Tempat": 1}),
    "a certificate's number": answer(a_pattern(None)),
    "a letterhead": answer(HeadQuestion()),
    "a NIP": answer(a_nip()),
    "a checksum": answer(ChecksumQuestion()),
    "the question for a letter": answer(LetterQuestion(Text.of("Apa?"), TODAY)),
    "a letter": lambda text: read_letter(text[: MOST_OF_A_LETTER - 100] + text[-100:], TODAY),
    "a letter's lines": read_lines,
    "a letter in one line": separate,
    "when to send": answer(SendTime(NOW, NOW + timedelta(days=9), ZONE)),
    "people": answer(SeveralPeople("Siapa?", PEOPLE)),
    "a reason": read_reason,
    "a refusal": lambda text: read_refusal(typed(text)),
    "a broadcast": answer(WhatToSay(False)),
    "a code": answer(CodeQuestion()),
    "a bare code": lambda text: read_bare_code(typed(text)),
    "a wish": lambda text: read_wish(typed(text)),
    "sessions": answer(SessionsQuestion(time(8), None)),
    "a member": lambda text: read_change(text, TODAY),
    "a group's name": answer(a_group_name("Apa?")),
    "a place": answer(ChoosePlace(Text.of("Mana?"), DISTRICTS, place_name)),
    "a usual day": read_usual,
    "absences": answer(who_was_absent(range(1, 19))),
    "a group": answer(which_group(MINE)),
    "a lesson": answer(WhichMaterial(Syllabus(LESSONS, None, 0, 2))),
    "another lesson": answer(WhichMaterial(Syllabus(LESSONS, None, 0, 2)), {"stage": "topic"}),
    "a day held": answer(day_held(TODAY)),
    "a time held": answer(time_held(TODAY, NOW, ZONE)),
    "a report": lambda text: read_line(text, GROUPS, LESSONS, TODAY, ZONE),
    "a claim": lambda text: read_code(typed(text)),
    "quiet hours": lambda text: read_span(text, Hours()),
    "quiet hours unasked": lambda text: read_typed(typed(text)),
    "a phone number": e164,
    "holidays": answer(days_to_add(TODAY)),
}


@pytest.mark.parametrize("reader", READERS)
def test_what_anybody_can_type_is_read_in_linear_time(reader: str) -> None:
    """64,000 characters of anything, and of what almost fits, cost no more than a moment, and raise nothing strange."""

    def read(name: str) -> float:
        began = thread_time()
        with suppress(NotUnderstood, NotADate, NotATime):
            READERS[reader](text_of(name))
        return thread_time() - began

    slowest, stick = max(TEXTS, key=read), Yardstick()
    stick.look(LOOKS)
    took = min(read(slowest) for _ in range(3))  # the machine may have been busy with something else
    stick.look(LOOKS)
    assert took < SECONDS * stick.slower(), f"{slowest}: {1000 * took:.0f} ms; {stick.says()}"


@pytest.mark.parametrize("piece", [b"<Relationship ", b'<Relationship "', b'TargetMode="External" ', b"TargetMode "])
def test_no_part_of_a_word_file_is_searched_twice(piece: bytes) -> None:
    """A template has links by the thousand, and no end of one of them: nothing else runs meanwhile."""
    with at_most(SECONDS), suppress(NotATemplate):
        check_part("word/_rels/document.xml.rels", b"<Relationship " + piece * (500_000 // len(piece)))
