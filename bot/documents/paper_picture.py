"""Whether a file that was sent as a letterhead is a picture that can be printed."""

import io


def is_picture(content: bytes, narrowest: float = 1) -> bool:
    """Say whether the bytes are a picture that can be printed, at least `narrowest` times as wide as it is high."""
    from PIL import Image, UnidentifiedImageError  # imported where it is used: few ever send a letterhead

    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if (
                image.format not in ("PNG", "JPEG")
                or width * height > 30_000_000
                or not narrowest <= width / height <= 20
            ):
                return False
            image.load()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return False
    return True
