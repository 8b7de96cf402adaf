"""Rotating codes and spoken words: a clock that nobody can read ahead, and words that nobody mixes up."""

import itertools
import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.message import Said
from bot.slot_codes import (
    ALPHABET,
    FIXED,
    all_words,
    code_of,
    find_window,
    shown_code,
    window_at,
    window_start,
    words_of,
)
from handlers.checking_in.codes import read_bare_code, read_code
from storage.slots import Slot

SEVEN = datetime(2023, 11, 12, 0, 0, tzinfo=UTC)
SLOT = Slot(1, 1, "2023-11-12", "", "2023-11-12T00:00", None, "2023-11-12T11:00", "K7M2P", False)
SECRET = b"the slot's own thirty-two bytes!"


def said(text: str) -> Said:
    return Said("telegram", "telegram:1", "1", SEVEN, "text", text)


@given(st.binary(min_size=32, max_size=32), st.integers(0, 2**40))
def test_a_rotating_code_is_six_clear_symbols_and_no_word_with_a_number(secret: bytes, window: int) -> None:
    """Sent alone it is recognised, in any writing, and says the same in every run."""
    code = code_of(secret, window)
    assert len(code) == 6
    assert set(code) <= set(ALPHABET)
    assert not re.fullmatch(r"[A-Z]*\d*|\d*[A-Z]*", code)
    assert code == code_of(secret, window)
    for typed in (code, code.lower(), f"{code[:3]} {code[3:]}", f"hadir {code}"):
        assert read_code(typed) == code
    assert read_bare_code(said(code.lower())) is not None


@given(st.sampled_from(["grup25", "kelas3b", "2 minggu", "no 1234", "rt03rw", "25 desa", "pkh 245", "jam 2345"]))
def test_a_word_with_a_number_is_no_rotating_code(text: str) -> None:
    """What people answer to other questions is left alone."""
    assert read_bare_code(said(text)) is None


def test_a_code_holds_for_thirty_seconds_and_a_slot_and_a_window_have_their_own() -> None:
    """The board says until when; the next window, and the same window of another slot, have another code."""
    first = shown_code(SLOT, SECRET, True, SEVEN + timedelta(seconds=29, milliseconds=999))
    assert first.until == SEVEN + timedelta(seconds=30)
    assert shown_code(SLOT, SECRET, True, SEVEN).code == first.code
    later = shown_code(SLOT, SECRET, True, SEVEN + timedelta(seconds=30))
    assert (later.code, later.words) != (first.code, first.words)
    assert code_of(b"another slot's thirty-two bytes!", window_at(SEVEN)) != first.code
    assert shown_code(SLOT, SECRET, False, SEVEN).code == "K7M2P"
    assert shown_code(SLOT, SECRET, False, SEVEN).words == words_of(SECRET, FIXED)


def test_the_window_of_a_code_is_found_among_those_of_a_day() -> None:
    """The first of 2,880 windows is found as well as the last, by the code and by the words; a made-up one is not."""
    first, last = window_at(SEVEN), window_at(SEVEN) + 2879
    for window in (first, last):
        assert find_window(SECRET, code_of(SECRET, window), first, last) == window
        assert find_window(SECRET, " ".join(words_of(SECRET, window)), window, last) is not None
    assert find_window(SECRET, code_of(SECRET, last + 1), first, last) is None
    assert window_start(first) == SEVEN


def test_the_words_are_short_known_and_far_apart() -> None:
    """At least 512 words of four to seven letters, none of which becomes another by one letter or is its beginning."""
    words = all_words()
    assert len(words) >= 512
    assert list(words) == sorted(set(words))
    assert all(re.fullmatch(r"[a-z]{4,7}", word) for word in words)
    one_off: set[str] = set()
    for word in words:
        holes = {f"{word[:place]}.{word[place + 1 :]}" for place in range(len(word))}
        shorter = {word[:place] + word[place + 1 :] for place in range(len(word))}
        assert not holes & one_off, word
        assert not shorter & set(words), word
        one_off |= holes
    assert not [(one, two) for one, two in itertools.pairwise(words) if two.startswith(one)]


def test_two_words_are_read_as_they_are_called_out() -> None:
    """Capitals, commas, a leading `hadir` make no difference; a sentence, or a word that is not known, is none."""
    for typed in ("kuda merah", "Kuda Merah", "hadir kuda merah", "HADIR kuda, merah.", "kode: kuda merah"):
        assert read_code(typed) == "kuda merah"
    for typed in ("kuda", "kuda merah putih", "kuda makan", "makan siang", "hadir", "hadir kuda"):
        assert read_code(typed) is None
