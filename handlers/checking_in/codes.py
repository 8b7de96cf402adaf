"""Check-in codes: how a fixed one is made, and how what was typed or said is recognised as a code or as two words."""

import re
from collections.abc import Callable, Collection

from bot.labels import fold
from bot.message import Said
from bot.questions import Done, NotUnderstood, Question
from bot.routes import Wanted
from bot.slot_codes import ALPHABET, FIXED_LENGTH, ROTATING_LENGTH, all_words, changes, spell
from bot.text import Text

WISHES = ("kode absen", "kode", "absen", "mau absen")  # `absen` alone has the form of a code, and never is one
_BETWEEN = re.compile(r"[\s\-–.:]+")
_CALLED = re.compile(r"^(?:HADIR|KODE)+")
_CALLED_BEFORE = re.compile(r"^\W*(?:(?:hadir|kode)\b\W*)+")
LONGEST_CODE = 200  # characters, with what people write around it
WHAT_A_CODE_IS = (
    "Kode terdiri dari 5 atau 6 huruf dan angka, misalnya K7M2P, atau dua kata. Lihat papan di depan ruangan."
)


def make_code(secret: Callable[[str], bytes], used: Collection[str]) -> str:
    """Return a fixed code that is not in `used`; `secret` gives 32 bytes for a name, the same ones for the same name.

    It has a digit and a letter, so that neither a word nor a number is ever taken for a code.
    """
    number = 0
    while True:
        code = spell(secret(str(number)), FIXED_LENGTH)
        if changes(code) and code not in used:
            return code
        number += 1


def read_code(text: str) -> str | None:
    """Return the code that was typed, in capitals and without spaces and dashes, or the two words as "kuda merah".

    None if it has not the form of either.
    """
    if len(text) > LONGEST_CODE:
        return None
    code = _CALLED.sub("", _BETWEEN.sub("", text).upper())
    if len(code) in (FIXED_LENGTH, ROTATING_LENGTH) and all(symbol in ALPHABET for symbol in code):
        return code
    return _read_words(text)


def read_bare_code(said: Said) -> Wanted | None:
    """Recognise a code that was sent alone: `k7m2p`, `K7M 2P`, `kuda merah`."""
    code = read_code(said.text)
    if code is None or (" " not in code and not _stands_alone(said.text, code)):
        return None
    return Wanted("hadir", code)


def read_wish(said: Said) -> Wanted | None:
    """Recognise who asks for the code, or says what he or she wants to do: the code itself is asked for."""
    return Wanted("hadir") if fold(said.text) in WISHES else None


class CodeQuestion(Question[str]):
    """The code on the board; kept as it is written there."""

    prompt = Text.of("Kodenya? Lihat papan di depan ruangan.")

    def read(self, said: Said, partial: object) -> Done:
        code = read_code(said.text) if said.kind == "text" and fold(said.text) not in WISHES else None
        if code is None:
            raise NotUnderstood(WHAT_A_CODE_IS)
        return Done(code)

    def load(self, kept: object) -> str:
        return str(kept)


def _stands_alone(text: str, code: str) -> bool:
    # Nobody splits a code into a word and a number: `jam 25` is an answer to something else; `grup25` is a name.
    words = text.split()
    return len(words) <= 2 and any(map(changes, words)) and changes(code) >= (2 if len(code) == ROTATING_LENGTH else 1)


def _read_words(text: str) -> str | None:
    words = _CALLED_BEFORE.sub("", text.casefold()).split()
    words = [word.strip(".,!-–") for word in words]
    return " ".join(words) if len(words) == 2 and set(words) <= set(all_words()) else None
