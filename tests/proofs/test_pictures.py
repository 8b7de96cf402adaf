"""How often a picture is known again, and how often two are taken for one: counted on generated pictures."""

import pytest
from PIL import Image, ImageDraw

from bot.pictures import read_picture
from tests.pictures import jpeg, known_again, near_prints, scene

pytestmark = pytest.mark.proof


def test_pictures_are_told_apart_and_known_again() -> None:
    """28,680 pairs of different scenes, 100 scenes through a messenger, 40 sheets of paper photographed."""
    prints = [read_picture(jpeg(scene(number))).print for number in range(240)]
    wrong, known = near_prints(prints), known_again(range(100))
    papers = [read_picture(jpeg(_paper(number))).print for number in range(40)]
    silent, alike = papers.count(None), near_prints(papers)
    print(f"different scenes: {wrong} of {240 * 239 // 2} pairs taken for one, {prints.count(None)} without a print")  # noqa: T201
    print(f"through a messenger: {known} of 100 known again")  # noqa: T201
    print(f"sheets of paper: {silent} of 40 without a print, {alike} of {40 * 39 // 2} pairs taken for one")  # noqa: T201
    assert wrong == 0
    assert known >= 97
    assert silent >= 38


def _paper(number: int) -> Image.Image:
    image = Image.new("RGB", (1280, 960), "white")
    draw = ImageDraw.Draw(image)
    for line in range(30):
        draw.text((60, 60 + 26 * line), f"{line + 1}. KPM nomor {number * 31 + line * 7}, hadir", "black", font_size=22)
        draw.line((60, 84 + 26 * line, 1200, 84 + 26 * line), "gray")
    return image
