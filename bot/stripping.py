"""Takes out of a picture what is not the picture: place, device, time, thumbnails, comments; not one pixel is touched.

The same bytes in give the same bytes out, so a picture has one digest however often it is sent. What says which way is
up is kept, alone; and the colour profile, without which colours shift.
"""

import struct
import zlib

PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs")
_WEBP_KEPT = (b"VP8 ", b"VP8L", b"ALPH", b"ICCP")
_ALONE = {0x01, *range(0xD0, 0xD8)}  # JPEG markers without a length


class Broken(Exception):
    """The bytes do not hold together as a picture of this kind."""


def strip(content: bytes, format: str, orientation: int) -> bytes:
    """Return the picture alone. Raises Broken."""
    try:
        return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}[format](content, orientation)
    except (struct.error, IndexError):
        raise Broken(format) from None


def _jpeg(content: bytes, orientation: int) -> bytes:
    out, at = [b"\xff\xd8"], 2
    if orientation != 1:
        exif = b"Exif\x00\x00" + _exif(orientation)
        out.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    while True:
        if content[at] != 0xFF:
            raise Broken("JPEG")
        while content[at + 1] == 0xFF:  # padding
            at += 1
        marker = content[at + 1]
        if marker == 0xD9:
            return b"".join([*out, b"\xff\xd9"])  # phones hang a film, a depth map or a second picture behind the end
        if marker in _ALONE:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise Broken("JPEG")
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        if _jpeg_keeps(marker, content[at + 4 : at + 18]):
            out.append(content[at:end])
        at = end


def _jpeg_keeps(marker: int, opening: bytes) -> bool:
    if marker == 0xE0:
        return opening.startswith(b"JFIF\x00")
    if marker == 0xE2:
        return opening.startswith(b"ICC_PROFILE\x00")
    if marker == 0xEE:
        return opening.startswith(b"Adobe")  # says how its colours are written
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _end_of_scan(content: bytes, at: int) -> int:
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise Broken("JPEG")
        if content[at + 1] != 0 and content[at + 1] not in _ALONE and content[at + 1] != 0xFF:
            return at
        at += 1 if content[at + 1] == 0xFF else 2


def _png(content: bytes, orientation: int) -> bytes:
    out, at = [PNG_START], len(PNG_START)
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise Broken("PNG")
        if kind == b"IDAT" and orientation != 1:
            body = b"eXIf" + _exif(orientation)
            out.append(struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))
            orientation = 1
        if kind in _PNG_KEPT:
            out.append(content[at:end])
        if kind == b"IEND":
            return b"".join(out)
        at = end


def _webp(content: bytes, orientation: int) -> bytes:
    chunks, at = [], 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length
        if end > len(content):
            raise Broken("WEBP")
        if kind == b"VP8X":
            flags = content[at + 8] & 0b00110000 | (0b00001000 if orientation != 1 else 0)  # profile, transparency
            chunks.append(content[at : at + 8] + bytes([flags]) + content[at + 9 : end])
        elif kind in _WEBP_KEPT:
            chunks.append(content[at:end] + b"\x00" * (length % 2))
        at = end + length % 2
    if orientation != 1:
        exif = _exif(orientation)
        chunks.append(b"EXIF" + struct.pack("<I", len(exif)) + exif)
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _exif(orientation: int) -> bytes:
    """Write the smallest EXIF there is: one entry, which way is up."""
    return b"MM\x00\x2a\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
