"""What opens a slot at a moment: a typed code, two spoken words and a picture, all from the slot's one secret.

A fixed code has 5 symbols and stands in the store; a rotating one has 6 and changes every 30 seconds. Neither rotating
codes nor any words are stored: they are an HMAC-SHA256 of the slot's secret and the number of the window.

The odds of a guess: a rotating code is one of about 580 million, so that the two which are live are hit once in 290
million tries; two words are one of 551 * 551 pairs, hit once in 150,000 tries. With 20 tries a day a person would try
words for 20 years, and codes for 39,000. A delayed code is one of at most 2,880 windows (once in 200,000 tries), and is
shown to the committee.
"""

import functools
import hmac
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.database import SCHEMA
from storage.slots import Slot

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L, which look alike on a board
FIXED_LENGTH = 5
ROTATING_LENGTH = 6
WINDOW = timedelta(seconds=30)
LIVE_WINDOWS = 2  # the one that is shown, and the one before: a code takes a moment to type
REMEMBERED = 8192  # windows: a wrong code is compared with all of its slot, and they are the same for everybody
FIXED = -1  # the window of a slot whose code does not rotate


@dataclass(frozen=True, slots=True)
class ShownCode:
    """The code that holds now, its spoken words, and until when; None: as long as the slot is open."""

    code: str
    words: tuple[str, str]
    until: datetime | None = None


def shown_code(slot: Slot, secret: bytes, rotating: bool, now: datetime) -> ShownCode:
    """Return what the slot shows at this moment."""
    if not rotating:
        return ShownCode(slot.code, words_of(secret, FIXED))
    window = window_at(now)
    return ShownCode(code_of(secret, window), words_of(secret, window), window_start(window + 1))


def window_at(moment: datetime) -> int:
    """Return the number of the window that a moment lies in."""
    return int(moment.timestamp()) // int(WINDOW.total_seconds())


def window_start(window: int) -> datetime:
    """Return when a window begins, in UTC."""
    return datetime.fromtimestamp(window * WINDOW.total_seconds(), UTC)


@functools.lru_cache(REMEMBERED)
def code_of(secret: bytes, window: int) -> str:
    """Return the rotating code of a window. It is no word, no number, and no word with a number at either end."""
    attempt = 0
    while True:
        code = spell(hmac.digest(secret, b"code:%d:%d" % (window, attempt), "sha256")[:8], ROTATING_LENGTH)
        if changes(code) >= 2:
            return code
        attempt += 1


@functools.lru_cache(REMEMBERED)
def words_of(secret: bytes, window: int) -> tuple[str, str]:
    """Return the two words of a window, or of a code that does not rotate (FIXED)."""
    known = all_words()
    value = int.from_bytes(hmac.digest(secret, b"words:%d" % window, "sha256"), "big")
    return known[value % len(known)], known[value // len(known) % len(known)]


def find_window(secret: bytes, sent: str, first: int, last: int) -> int | None:
    """Return the latest window, from `first` to `last`, whose code or words ("kuda merah") were sent."""
    spoken = " " in sent
    for window in range(last, first - 1, -1):
        if sent == (" ".join(words_of(secret, window)) if spoken else code_of(secret, window)):
            return window
    return None


def spell(value: bytes, length: int) -> str:
    """Write random bytes, eight or more, as symbols of the alphabet."""
    number = int.from_bytes(value, "big")
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(length))


def changes(code: str) -> int:
    """Count how often letters and digits take turns: K7M2PX has 4, GRUP25 has 1, MAKAN none."""
    kinds = [symbol.isdigit() for symbol in code]
    return sum(one != other for one, other in itertools.pairwise(kinds))


@functools.cache
def all_words() -> tuple[str, ...]:
    """Return the words, in order: short, common, and no two alike in writing or to the ear."""
    return tuple((SCHEMA.parent / "seed" / "words.txt").read_text("utf-8").split())
