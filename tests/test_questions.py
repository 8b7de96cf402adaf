"""Questions: what their choices may be called."""

import pytest

from bot.picked import choose, tick
from bot.questions import ReservedChoice


@pytest.mark.parametrize("key", ["cancel", "#2"])
@pytest.mark.parametrize("build", [choose, tick])
def test_no_choice_has_a_word_of_the_engine_s_own(build: object, key: str) -> None:
    """A tap on it would leave the dialog, or turn the page: found where the question is built."""
    assert callable(build)
    with pytest.raises(ReservedChoice):
        build("Batalkan apa?", {"1": "Rapat", key: "Undangan"})
