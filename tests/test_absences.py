"""Who was absent is read as people type it, or not at all: never a member that nobody named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.questions import NotUnderstood
from handlers.meetings.absences import is_about_absence, read_absences
from storage.meetings import Reason

MARKS: dict[str, Reason] = {"s": "sick", " sakit": "sick", "i": "excused", " izin": "excused", " alpa": "absent"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3s 7i 12", {3: "sick", 7: "excused", 12: "absent"}),
        ("3S, 7I; 12", {3: "sick", 7: "excused", 12: "absent"}),
        ("3s7i12", {3: "sick", 7: "excused", 12: "absent"}),
        ("12 3s", {12: "absent", 3: "sick"}),
        ("3 sakit, 7 izin, 12 alpa", {3: "sick", 7: "excused", 12: "absent"}),
        ("no. 3 sakit dan no. 7 ijin", {3: "sick", 7: "excused"}),
        ("sakit 3, izin 7", {3: "sick", 7: "excused"}),
        ("sakit: 3 dan 5; izin: 7", {3: "sick", 5: "sick", 7: "excused"}),
        ("3(s), 7(i)", {3: "sick", 7: "excused"}),
        ("3,5,7", {3: "absent", 5: "absent", 7: "absent"}),
        ("yang tidak hadir 3, 5", {3: "absent", 5: "absent"}),
        ("7 tanpa keterangan", {7: "absent"}),
        ("3s 3s", {3: "sick"}),
        ("1", {1: "absent"}),
        ("semua hadir", {}),
        ("Hadir semua", {}),
        ("tidak ada yang absen", {}),
        ("Nihil.", {}),
    ],
)
def test_what_people_type_is_read(typed: str, meant: dict[int, Reason]) -> None:
    """Letters or words, before or after the number, with any of the usual signs between."""
    assert read_absences(typed, 18) == meant


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("25", "Nomor 25 tidak ada, anggota kelompok ini 18"),
        ("0", "Nomor 0 tidak ada"),
        ("3s 3i", "Nomor 3 disebut dua kali, sakit dan izin"),
        ("3 dan 5 sakit", "beri tiap nomor hurufnya"),
        ("sakit 3, 7i", "di satu sisi saja"),
        ("3 s i", "satu alasan saja"),
        ("16 hadir", "nomor yang tidak hadir saja"),
        ("2 orang sakit", "“orang” tidak terbaca"),
        ("3-5", "“-” tidak terbaca"),
        ("3.5", "“.” tidak terbaca"),
        ("Bu Aminah sakit", "tidak terbaca"),
        ("", "ketik nomor yang tidak hadir"),
        ("s", "ketik nomor yang tidak hadir"),
    ],
)
def test_what_may_mean_two_things_is_asked_again(typed: str, hint: str) -> None:
    """One sentence says what is wrong, and shows how to type it."""
    with pytest.raises(NotUnderstood, match=re.escape(hint)) as why:
        read_absences(typed, 18)
    assert "Contoh: 3s 7i 12" in str(why.value)


def _found_or_hint(typed: str, members: int) -> tuple[dict[int, Reason] | None, str]:
    try:
        return read_absences(typed, members), ""
    except NotUnderstood as why:
        return None, str(why)


@given(
    typed=st.one_of(
        st.text(max_size=60),
        st.text(alphabet="0123456789sia ,.;:-()&dan", max_size=40),
        st.lists(
            st.sampled_from(
                ["3", "7s", "12i", "25", "sakit", "izin", "alpa", "dan", ",", "no.", "hadir", "semua", "s3"]
            ),
            max_size=8,
        ).map(" ".join),
    ),
    members=st.integers(1, 99),
)
def test_any_text_gives_members_or_a_hint(typed: str, members: int) -> None:
    """Whatever is typed: a hint with an example, or numbers that stand in the text and in the group."""
    found, hint = _found_or_hint(typed, members)
    assert found is not None or "Contoh: " in hint
    found = found or {}
    assert all(1 <= number <= members for number in found)
    assert set(found) <= {int(number) for number in re.findall(r"[0-9]+", typed)}
    assert set(found.values()) <= {"sick", "excused", "absent"}


@given(
    absences=st.dictionaries(st.integers(1, 40), st.sampled_from(list(MARKS)), min_size=1, max_size=10),
    between=st.sampled_from([" ", ", ", "; ", "\n"]),
)
def test_marked_numbers_are_read_as_marked(absences: dict[int, str], between: str) -> None:
    """A number with its letter or word means just that, in any order and with any sign between."""
    typed = between.join(f"{number}{mark}" for number, mark in absences.items())
    assert read_absences(typed, 40) == {number: MARKS[mark] for number, mark in absences.items()}


@pytest.mark.parametrize("piece", ["3", "3s", "sakit", "7i,", "(s)", "s3", "3s7i12", "3,5,7", "no."])
def test_pieces_of_absences_are_known(piece: str) -> None:
    """In a longer line these may be part of who was absent."""
    assert is_about_absence(piece)


@pytest.mark.parametrize("piece", ["hujan", "3kg", "14.00", "hadir", "1234"])
def test_other_words_are_no_absences(piece: str) -> None:
    """In a longer line these are something else."""
    assert not is_about_absence(piece)
