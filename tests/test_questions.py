"""Questions: what their choices may be called, and what is taken for one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.labels import fold, number_typed, pick
from bot.message import Choice, Said
from bot.picked import choose, tick
from bot.questions import NotUnderstood, ReservedChoice
from tests.yardstick import at_most


@pytest.mark.parametrize("key", ["cancel", "#2"])
@pytest.mark.parametrize("build", [choose, tick])
def test_no_choice_has_a_word_of_the_engine_s_own(build: object, key: str) -> None:
    """A tap on it would leave the dialog, or turn the page: found where the question is built."""
    assert callable(build)
    with pytest.raises(ReservedChoice):
        build("Batalkan apa?", {"1": "Rapat", key: "Undangan"})


@pytest.mark.parametrize("around", ["{}", " {} ", "{}.", "{} )", "\n{}\n.\n"])
def test_a_number_may_stand_between_spaces_and_before_a_dot(around: str) -> None:
    """People type it as lists have it."""
    assert number_typed(_text(around.format(12))) == 12


@pytest.mark.parametrize("text", ["1" + " " * 64_000 + "x", " " * 64_000 + "x", "1" * 64_000, "ya " * 21_000])
def test_no_text_takes_long_to_be_no_choice(text: str) -> None:
    """WhatsApp lets people type 64,000 characters; the loop serves nobody else meanwhile."""
    choices = [Choice(f"p{one}", f"Petugas {one}") for one in range(300)]
    with at_most(0.05):
        assert number_typed(_text(text)) is None
        assert pick(choices, _text(text)) is None
        assert fold(text)


def test_a_caption_ticks_nothing() -> None:
    """A photo that happens to say what a choice is called is no answer to it."""
    photo = replace(_text("Stabat"), kind="photo")
    with pytest.raises(NotUnderstood):
        tick("Kecamatan mana?", {"1": "Stabat", "2": "Binjai"}).read(photo, None)


def _text(text: str) -> Said:
    return Said("simulator", "simulator:siti", "1", datetime(2023, 11, 6, tzinfo=UTC), "text", text=text)
