"""The log holds ids and classes: whatever is logged by mistake is masked, exceptions included."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot.log import Redacting, set_up_log

TOKEN = "123456789:AAE-canary_token_of_this_test_x"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_log("DEBUG", [TOKEN], stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def test_secrets_are_masked_wherever_they_stand(written: io.StringIO) -> None:
    """In a message, in its values, in an address, escaped, or of another bot."""
    log = logging.getLogger("anybody")
    log.info("token %s", TOKEN)
    log.warning("https://api.telegram.org/bot%s/sendMessage", TOKEN)
    log.warning("https://api.telegram.org/bot123456789%%3A%s/x", TOKEN.partition(":")[2])
    log.error("another 987654321:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")
    assert "AAE-canary" not in written.getvalue()
    assert "BBBBB" not in written.getvalue()
    assert written.getvalue().count("***") == 4


def test_an_exception_shows_its_class_and_place_alone(written: io.StringIO) -> None:
    """What an exception says may be a name or a message: only where it happened, and what kind it was, is kept."""
    try:
        try:
            raise ValueError("Siti Aminah, 081234567890")
        except ValueError as why:
            raise RuntimeError(f"turn of Siti failed {TOKEN}") from why
    except RuntimeError:
        logging.getLogger("bot.turns").exception("turn failed letters=%s", [7])
    text = written.getvalue()
    assert "turn failed letters=[7]" in text
    assert "RuntimeError in test_an_exception" in text
    assert "ValueError in test_an_exception" in text
    assert "test_log.py" in text
    for leak in ("Siti", "0812", "canary"):
        assert leak not in text


@pytest.mark.parametrize(
    "phone", ["+6281234567890", "6281234567890", "081234567890", "0812-3456-7890", "+62 812 3456 7890"]
)
def test_phone_numbers_are_masked(phone: str) -> None:
    """However they are written."""
    assert Redacting().mask(f"chat=whatsapp number={phone}, next") == "chat=whatsapp number=***, next"


@pytest.mark.parametrize(
    "harmless",
    [
        "turn done letters=[12345678901] person=#123",
        "poll failed failures=3",
        "2023-11-06T09:00:00+0700",
        "0.0812345678",
    ],
)
def test_what_is_no_secret_stays(harmless: str) -> None:
    """Ids, times and counts are what the log is for."""
    assert Redacting([TOKEN]).mask(harmless) == harmless
