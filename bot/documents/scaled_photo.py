"""A photo made small enough to hand in: upright, without what the camera wrote into it, as JPEG."""

import io
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScaledPhoto:
    """A photo as JPEG, and its size in pixels."""

    content: bytes
    width: int
    height: int


def scale_photo(content: bytes, longest: int, quality: int = 80) -> ScaledPhoto | None:
    """Turn the photo upright and bring its longer side down to `longest` pixels; None for what is no picture."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as opened:
            shrinks = max(1, max(opened.size) / longest)
            # A large JPEG is decoded small at once, but never below this size: a square would ask for all of it.
            opened.draft("RGB", (int(opened.width / shrinks), int(opened.height / shrinks)))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
            upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=quality)
    return ScaledPhoto(out.getvalue(), *upright.size)
