"""Who was absent may be told by number or only as a count; what can be either is asked."""

import re

import pytest

from bot.questions import NotUnderstood
from handlers.meetings.away import Away, by_number, keep, read_away, show_attendance, who_was_absent
from storage.meetings import Reason

NUMBERS = tuple(range(1, 19))


@pytest.mark.parametrize(
    ("typed", "counts"),
    [
        ("2 orang sakit", {"sick": 2}),
        ("2 orang sakit, 1 orang alpa", {"sick": 2, "absent": 1}),
        ("sakit 2 orang, izin 1 orang", {"sick": 2, "excused": 1}),
        ("sakit 2 orang dan izin 1", {"sick": 2, "excused": 1}),
        ("tidak hadir 3 orang", {"absent": 3}),
        ("3 orang tidak hadir", {"absent": 3}),
        ("yang tidak hadir ada 3 orang", {"absent": 3}),
        ("3 orang", {"absent": 3}),
        ("dua orang sakit", {"sick": 2}),
        ("seorang izin", {"excused": 1}),
        ("2 org tdk hadir", {"absent": 2}),
        ("1 orang tanpa keterangan", {"absent": 1}),
        ("hadir 15 dari 18", {"absent": 3}),
        ("hadir 18", {}),
        ("0 orang sakit", {}),
    ],
)
def test_counts_are_read(typed: str, counts: dict[Reason, int]) -> None:
    """Where people say how many, no number is taken for a member."""
    assert read_away(typed, NUMBERS) == Away(counts)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("3s 7i", {3: "sick", 7: "excused"}),
        ("3 sakit, 7 izin, 12 alpa", {3: "sick", 7: "excused", 12: "absent"}),  # 22 people are more than there are
        ("sakit 3 dan 5", {3: "sick", 5: "sick"}),
        ("12", {12: "absent"}),
        ("semua hadir", {}),
    ],
)
def test_numbers_stay_numbers(typed: str, numbers: dict[int, Reason]) -> None:
    """A letter at the number, two of one reason, or more than there are members: these are numbers."""
    assert read_away(typed, NUMBERS) == by_number(numbers)


@pytest.mark.parametrize("typed", ["2 sakit 1 alpa", "sakit 2, izin 1", "tidak hadir 3", "2 sakit"])
def test_what_may_be_either_is_asked(typed: str) -> None:
    """Two members ill, or member number two?"""
    assert read_away(typed, NUMBERS) is None


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("20 orang sakit", "Yang tidak hadir 20, padahal anggotanya 18"),
        ("hadir 20", "Anggota kelompok ini 18"),
        ("hadir 15 dari 17", "Anggota kelompok ini 18"),
        ("2 orang sakit, 3s", "tidak terbaca"),
        ("19s", "Nomor 19 tidak ada"),
    ],
)
def test_what_cannot_be_is_said(typed: str, hint: str) -> None:
    """One sentence says what is wrong."""
    with pytest.raises(NotUnderstood, match=re.escape(hint)):
        read_away(typed, NUMBERS)


def test_numbers_that_left_are_no_members() -> None:
    """A number is never given again: who left cannot be absent."""
    with pytest.raises(NotUnderstood, match="Nomor 4 tidak ada, anggota kelompok ini 3"):
        read_away("4s", (1, 2, 5))
    assert read_away("5s", (1, 2, 5)) == by_number({5: "sick"})


def test_attendance_tells_numbers_from_counts() -> None:
    """The summary says "no." or "orang", so that the one cannot be taken for the other."""
    named = by_number({3: "sick", 5: "sick", 12: "absent"})
    assert show_attendance(18, named) == "Hadir 15 dari 18 (sakit no. 3 dan 5, alpa no. 12)"
    assert show_attendance(18, Away({"sick": 2, "absent": 1})) == "Hadir 15 dari 18 (sakit 2 orang, alpa 1 orang)"
    assert show_attendance(18, Away()) == "Hadir 18 dari 18"


@pytest.mark.parametrize("away", [Away(), by_number({3: "sick"}), Away({"sick": 2})])
def test_an_answer_is_kept_and_comes_back(away: Away) -> None:
    """What was answered is the same after a restart."""
    assert who_was_absent(NUMBERS).load(keep(away)) == away
