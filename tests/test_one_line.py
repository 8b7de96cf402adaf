"""A report in one line: what is understood saves a question, the rest is told, and nothing is guessed."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.meetings.one_line import Line, read_line
from storage.groups import Group
from storage.lessons import Lesson

TODAY = date(2023, 11, 13)
MELATI = Group(1, 1, "Melati", 1, "Kwala Bingai", 18, True)
MELATI_2 = Group(2, 1, "Melati 2", 1, "Kwala Bingai", 20, True)
MAWAR = Group(3, 1, "Mawar", 1, "Kwala Bingai", 12, True)
MAWAR_THERE = Group(4, 1, "Mawar", 2, "Stabat Baru", 15, True)
GROUPS = [MELATI, MELATI_2, MAWAR, MAWAR_THERE]
BORROW = Lesson(6, 2, "Pengelolaan Keuangan", 2, 2, "Cermat Meminjam dan Menabung", True)
FEED = Lesson(8, 3, "Kesehatan dan Gizi", 3, 1, "Pentingnya Gizi", True)
LESSONS = [BORROW, FEED]


def read(text: str) -> Line:
    return read_line(text, GROUPS, LESSONS, TODAY, "Asia/Jakarta")


def test_the_whole_report_is_read() -> None:
    """Group, lesson, day, time and absences in the order of the example."""
    line = read("melati 2.2 kemarin jam 2 siang 3s 7i 12")
    assert (line.group, line.lesson, line.day, line.at) == (MELATI, BORROW, date(2023, 11, 12), time(14))
    assert line.absences == {3: "sick", 7: "excused", 12: "absent"}
    assert line.problems == ()


@given(st.permutations(["melati", "2.2", "kemarin", "jam 2 siang", "3s 7i"]))
def test_the_order_does_not_matter(parts: list[str]) -> None:
    """Each part is known by its shape, wherever it stands."""
    line = read(" ".join(parts))
    assert (line.group, line.lesson, line.day, line.at) == (MELATI, BORROW, date(2023, 11, 12), time(14))
    assert line.absences == {3: "sick", 7: "excused"}
    assert line.problems == ()


@pytest.mark.parametrize(
    ("text", "group", "lesson"),
    [
        ("melati 2 2.2 12", MELATI_2, BORROW),
        ("Kelompok Melati, modul 2 sesi 2", MELATI, BORROW),
        ("sesi 1 modul 3 melati 2", MELATI_2, FEED),
        ("mawar stabat baru 3.1", MAWAR_THERE, FEED),
        ("3.1 MAWAR desa kwala bingai", MAWAR, FEED),
        ("melati 14.30", MELATI, None),
    ],
)
def test_groups_and_lessons_are_named(text: str, group: Group, lesson: Lesson | None) -> None:
    """The longest name wins, a village tells two groups apart, and "Melati 2.2" is no "Melati 2"."""
    line = read(text)
    assert (line.group, line.lesson) == (group, lesson)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("mawar 2.2", "Ada 2 kelompok bernama Mawar, mohon pilih yang dimaksud."),
        ("melati 2.9", "Modul 2 sesi 9 tidak ada di daftar materi."),
        ("melati 19 orang hadir", "Diketik hadir 19 dari 18, tidak cocok."),
        ("melati hadir 15 3s", "Diketik hadir 15 dari 18, tidak cocok."),
        ("melati semua hadir tapi 3 terlambat", "Tidak terbaca: semua hadir tapi 3 terlambat."),
        ("melati tidak hadir 3", "“tidak hadir 3”: nomor 3, atau 3 orang?"),
        ("melati 2 orang sakit 7i", "Sebagian jumlah, sebagian nomor"),
        ("melati+mawar stabat baru 3s", "Beberapa kelompok sekaligus"),
        ("melati 25", "Nomor 25 tidak ada, anggota kelompok ini 18."),
        ("sakura", "Tidak terbaca: sakura."),
        ("melati 2.2 mawar kemarin", "“mawar” juga nama kelompok. Bila bersama, ketik: Melati dan mawar."),
        ("melati jam 6 12", "Pukul 06.00 atau 18.00?"),
        ("melati 31 februari 12", "Tanggal itu tidak ada."),
    ],
)
def test_what_is_unclear_is_told_and_left_open(text: str, problem: str) -> None:
    """No number becomes an absent member while something about the line is in doubt."""
    line = read(text)
    assert any(said.startswith(problem) for said in line.problems), line.problems
    assert line.absences is None


@pytest.mark.parametrize(
    "text", ["melati mawar stabat baru 2.2", "mawar stabat baru melati", "melati, mawar stabat baru"]
)
def test_names_in_a_row_are_all_meant(text: str) -> None:
    """The word between them is often left out; a name behind "posyandu" stays a place."""
    assert {one.name for one in read(text).groups} == {"Melati", "Mawar"}
    assert [one.name for one in read("melati di posyandu mawar 2.2").groups] == ["Melati"]


def test_strange_words_beside_clear_marks_are_handed_back() -> None:
    """A note at the end does not cost the absences, if no bare number stands next to it."""
    line = read("melati 2.2 kemarin 3s 7i hujan deras")
    assert line.absences == {3: "sick", 7: "excused"}
    assert line.problems == ("Tidak terbaca: hujan deras.",)
    assert read("melati 3s 7 hujan").absences is None


def test_everybody_was_there() -> None:
    """Semua hadir is an answer, not the lack of one."""
    assert read("melati 2.2 kemarin 14.00 semua hadir").absences == {}
    assert read("melati 2.2 kemarin 14.00").absences is None


@given(st.text(alphabet="melatiwr 0123456789.,:/-s jamkemarin", max_size=60))
def test_any_line_is_read_without_breaking(text: str) -> None:
    """Whatever is typed, absences are numbers of the line and of the group."""
    line = read(text)
    most = line.group.members if line.group else 99
    assert all(1 <= number <= most for number in line.absences or {})
