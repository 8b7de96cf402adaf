"""Pictures for tests: scenes as a phone might take them, each of its own, the same in every run."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from bot.pictures import read_picture
from storage.pictures import NEAR


def scene(number: int) -> Image.Image:
    """Draw a room with people: patches of colour over a shaded ground."""
    return _drawn(number).copy()


@lru_cache(4)
def _drawn(number: int) -> Image.Image:
    rng = Random(number)
    image = Image.new("RGB", (1280, 960), tuple(rng.randrange(60, 200) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, wide, high = rng.randrange(1280), rng.randrange(960), rng.randrange(60, 400), rng.randrange(60, 400)
        colour = tuple(rng.randrange(256) for _ in range(3))
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((x, y, x + wide, y + high), colour)
    return image.filter(ImageFilter.GaussianBlur(2))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """Write a picture as phones do."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def known_again(numbers: Iterable[int]) -> int:
    """Count the scenes that are known again once a messenger has made them smaller and compressed them anew."""
    known = 0
    for number in numbers:
        first = read_picture(jpeg(scene(number), 92)).print
        again = read_picture(jpeg(scene(number).resize((800, 600)), 70)).print
        known += first is not None and again is not None and (first ^ again).bit_count() <= NEAR
    return known


def near_prints(prints: Sequence[int | None]) -> int:
    """Count the pairs that would be taken for one picture."""
    known = [one for one in prints if one is not None]
    return sum((a ^ b).bit_count() <= NEAR for at, a in enumerate(known) for b in known[:at])
