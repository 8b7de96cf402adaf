"""Pictures are let in without place, device and time, no pixel changed, and known again when they come once more."""

import struct
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter, PngImagePlugin

from bot.clock import StoppedClock
from bot.media import Media
from bot.message import Media as File
from bot.pictures import LARGEST, NotAPicture, read_picture
from bot.sent import photos, why_lost
from storage.database import Database
from storage.pictures import alike
from tests.pictures import jpeg, known_again, near_prints, scene
from tests.worlds import empty_store


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def with_exif(orientation: int | None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Telepon Siti"
    exif[0x8825] = {1: "N", 2: (3.0, 46.0, 12.0), 3: "E", 4: (98.0, 26.0, 51.0)}
    if orientation:
        exif[0x0112] = orientation
    return exif


def saved(format: str, **how: Any) -> bytes:
    out = BytesIO()
    scene(1).save(out, format, **how)
    return out.getvalue()


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [None, 1, 6])
def test_what_surrounds_a_picture_is_taken_out(format: str, orientation: int | None) -> None:
    """Place, device and comments are gone, every pixel is there, and which way is up stays."""
    how: dict[str, Any] = {"exif": with_exif(orientation)}
    if format == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", "di rumah Ibu Aminah")
        how["pnginfo"] = words
    if format == "JPEG":
        how["comment"] = b"di rumah Ibu Aminah"
    content = saved(format, **how)
    picture = read_picture(content)
    assert b"Telepon Siti" in content
    for trace in (b"Telepon Siti", b"Aminah"):
        assert trace not in picture.content
    before, after = opened(content), opened(picture.content)
    assert after.tobytes() == before.tobytes()
    assert dict(after.getexif()) == ({0x0112: orientation} if orientation and orientation > 1 else {})
    assert after.getexif().get_ifd(0x8825) == {}


def test_the_same_picture_has_one_digest_whatever_surrounds_it() -> None:
    """Two phones that tell different places of one picture; and once stripped it is stripped."""
    one, other = read_picture(saved("JPEG", exif=with_exif(None))), read_picture(saved("JPEG", comment=b"x"))
    assert one == other == read_picture(one.content)


def test_what_hangs_behind_a_picture_is_cut_off() -> None:
    """Phones append a film or a depth map; others hide a whole archive there."""
    plain = jpeg(scene(1))
    assert read_picture(plain + b"PK\x03\x04 film" * 100).content == read_picture(plain).content


def test_colours_are_kept() -> None:
    """The profile stays; so does the mark by which four colours are told from three."""
    profile = b"\x00" * 128
    kept = read_picture(saved("JPEG", icc_profile=profile)).content
    assert opened(kept).info["icc_profile"] == profile
    four = BytesIO()
    scene(1).convert("CMYK").save(four, "JPEG")
    assert opened(read_picture(four.getvalue()).content).tobytes() == opened(four.getvalue()).tobytes()


def test_a_progressive_picture_goes_through() -> None:
    """Its scans stand one behind the other."""
    content = saved("JPEG", progressive=True, exif=with_exif(None))
    assert opened(read_picture(content).content).tobytes() == opened(content).tobytes()


def huge_png() -> bytes:
    """Claim 60,000 x 60,000 pixels in a few bytes."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + head
        + struct.pack(">I", zlib.crc32(head))
        + b"\x00\x00\x00\x00IEND\xaeB`\x82"
    )


def moving(format: str) -> bytes:
    out = BytesIO()
    scene(1).save(out, format, save_all=True, append_images=[scene(2)])
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"halo",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        jpeg(scene(1))[:2000],
        jpeg(scene(1))[:40],
        huge_png(),
        moving("GIF"),
        moving("PNG"),
        moving("WEBP"),
        b"\xff\xd8" + b"\xff" * 100_000,
        b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100,
        jpeg(scene(1)) + b"\x00" * LARGEST,
    ],
    ids=["empty", "words", "pdf", "svg", "cut", "cut early", "bomb", "gif", "apng", "webp", "markers", "heic", "large"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    """Whatever it claims to be; nothing large is opened to find out."""
    with pytest.raises(NotAPicture):
        read_picture(content)


def test_broken_bytes_end_as_a_refusal_or_as_a_picture() -> None:
    """Pictures with a few bytes changed: no other way to end, and no trace that slips through."""
    rng = Random(7)
    wholes = [saved("JPEG", exif=with_exif(6)), saved("PNG", exif=with_exif(6)), saved("WEBP", exif=with_exif(6))]
    for at in range(90):
        broken = bytearray(wholes[at % 3])
        for _ in range(rng.randint(1, 8)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            picture = read_picture(bytes(broken))
        except NotAPicture:
            continue
        assert b"Telepon Siti" not in picture.content


def test_a_picture_is_known_again_after_it_went_through_a_messenger() -> None:
    """Smaller, and compressed anew, as WhatsApp and Telegram do. The proof counts more of them."""
    assert known_again(range(8)) >= 7


def test_different_pictures_are_not_taken_for_one() -> None:
    """Of generated scenes; the proof takes more of them."""
    assert near_prints([read_picture(jpeg(scene(number))).print for number in range(20)]) == 0


@pytest.mark.parametrize("kind", ["flat", "shaded", "paper"])
def test_a_picture_that_tells_nothing_has_no_print(kind: str) -> None:
    """Black frames, walls and sheets of text all look alike when they are small."""
    for number in range(20):
        image = Image.new("RGB", (640, 480), (40 + 9 * number, 120, 200))
        if kind == "shaded":
            image = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
        if kind == "paper":
            image = Image.new("RGB", (640, 480), "white")
            for line in range(10):
                ImageDraw.Draw(image).text((30, 30 + 12 * line), f"Daftar hadir {number} {line * number}", "black")
            image = image.filter(ImageFilter.GaussianBlur(1))
        assert read_picture(jpeg(image)).print is None


async def test_pictures_are_found_by_their_prints(kept: tuple[Media, Database]) -> None:
    """The store finds by one of four bands, and its own bytes lie outside the database."""
    media, database = kept
    first = await media.receive(jpeg(scene(1), 92), "image/jpeg")
    again = await media.receive(jpeg(scene(1).resize((800, 600)), 75), "image/jpeg")
    other = await media.receive(jpeg(scene(2)), "image/jpeg")
    assert await database.read(alike, first) == [again]
    assert await database.read(alike, other) == []
    assert await media.receive(b"halo", "image/jpeg") == ""
    assert (await media.open(first))[:2] == b"\xff\xd8"


def test_why_a_photo_is_not_there_is_said_in_one_sentence() -> None:
    """Too large, or no picture; and which, of several."""
    good, bad = File("", type="image/jpeg", digest="a" * 64), File("", type="image/jpeg", size=100)
    assert why_lost([good]) == ""
    assert why_lost([bad]).startswith("Foto itu tidak bisa dibuka.")
    assert why_lost([good, bad]).startswith("Foto ke-2 tidak bisa dibuka.")
    assert why_lost([File("", type="image/jpeg", size=LARGEST + 1)]).startswith("Foto itu lebih dari 10 MB.")
    assert photos("?").most == 10


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[tuple[Media, Database]]:
    """Give a media folder with its database."""
    database = await Database.open(empty_store(tmp_path / "bot.db"))
    clock = StoppedClock(datetime(2023, 11, 6, tzinfo=UTC))
    yield Media(tmp_path / "media", database, clock), database
    await database.close()
