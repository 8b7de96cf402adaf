"""QR codes as pictures: the same content gives the same bytes."""

import io

import segno

PIXELS = 12  # for each square of the code: sharp on a projector, small enough for a phone


def qr_png(content: str) -> bytes:
    """Draw the content as a QR code."""
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="png", scale=PIXELS, border=4)
    return out.getvalue()
