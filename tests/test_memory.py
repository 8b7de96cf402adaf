"""What documents leave behind is given back."""

import gc
import sys

import pytest

from bot.memory import Memory, resident

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not say what is taken")
PIECES = 40_000  # of 600 bytes each: 24 MB


class Knot:
    """Something that only the search for garbage can free."""

    def __init__(self) -> None:
        self.itself, self.heavy = self, [bytes(600) for _ in range(PIECES)]


async def test_what_was_tied_in_knots_is_given_back() -> None:
    gc.collect()
    memory = Memory()
    before = resident()
    gc.disable()
    try:
        for _ in range(5):
            Knot()
        assert resident() > before + 50
        assert await memory.look()
    finally:
        gc.enable()
    assert resident() < before + 20
    assert not await memory.look()


async def test_nothing_is_done_while_it_does_not_grow() -> None:
    assert not await Memory().look()
