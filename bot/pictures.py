"""What is let in as a picture: one that opens, is not too large, does not move; and by what it is known again."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from bot.stripping import Broken, strip

if TYPE_CHECKING:
    from PIL import Image

LARGEST = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
"""A small file can claim a picture that fills the memory: nothing above this is opened."""

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_WIDE, _HIGH = 9, 8
_STEP = 3
"""Neighbours closer than this, of 255, are one colour: noise and compression make such steps out of nothing."""

_LEAST_STEPS = 24
"""Of 64: a picture with fewer is flat, or text on paper, whose prints are alike though the pictures are not."""


_LEAST_ROWS = 5


class NotAPicture(Exception):
    """The bytes are no picture that can be kept; the text says why, in a word for the log."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture without what surrounds it; `print` are 64 bits that alike ones share, None where it tells nothing."""

    content: bytes
    type: str
    print: int | None


def read_picture(content: bytes) -> Picture:
    """Check, strip and print a picture. Raises NotAPicture."""
    from PIL import Image, UnidentifiedImageError

    if len(content) > LARGEST:
        raise NotAPicture("too large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow's own limit and of broken EXIF; ours are checked below
            with Image.open(BytesIO(content), formats=tuple(FORMATS)) as image:
                return _read(content, image)
    except NotAPicture:
        raise
    except (UnidentifiedImageError, Broken, OSError, ValueError, SyntaxError, EOFError, MemoryError) as why:
        raise NotAPicture(type(why).__name__) from None
    except Exception as why:  # noqa: BLE001  # a decoder that trips over hostile bytes in a way of its own
        raise NotAPicture(type(why).__name__) from None


def _read(content: bytes, image: "Image.Image") -> Picture:
    from PIL import Image, ImageOps

    if image.width * image.height > MOST_PIXELS:
        raise NotAPicture("too many pixels")
    if getattr(image, "is_animated", False) and image.format != "JPEG":  # a phone's JPEG may carry a second one
        raise NotAPicture("it moves")
    name = image.format or ""
    orientation = image.getexif().get(0x0112, 1)
    orientation = orientation if orientation in range(1, 9) else 1
    stripped = strip(content, name, orientation)
    with Image.open(BytesIO(stripped), formats=(name,)) as alone:
        alone.draft("L", (_WIDE * 16, _HIGH * 16))  # a JPEG is decoded no larger than that takes
        print_ = _print(ImageOps.exif_transpose(alone))
    return Picture(stripped, FORMATS[name], print_)


def _print(image: "Image.Image") -> int | None:
    """Return the difference hash: whether each of 8 x 8 fields is lighter than its right neighbour."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "P", "PA"):
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    small = image.convert("L").resize((_WIDE, _HIGH), Image.Resampling.BOX)
    cells = small.tobytes()
    steps = [
        cells[row * _WIDE + column] - cells[row * _WIDE + column + 1] for row in range(_HIGH) for column in range(_HIGH)
    ]
    if sum(abs(step) >= _STEP for step in steps) < _LEAST_STEPS:
        return None
    print_ = sum((step > 0) << at for at, step in enumerate(steps))
    # Lines of writing repeat from top to bottom: on every sheet of paper the rows say the same.
    return print_ if len(set(print_.to_bytes(_HIGH, "big"))) >= _LEAST_ROWS else None
