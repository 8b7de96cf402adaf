"""Check-in codes: how they are made, and how a typed one is recognised."""

import re
from collections.abc import Callable, Collection

from bot.message import Said
from bot.questions import Done, NotUnderstood, Question
from bot.routes import Wanted
from bot.text import Text

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L, which look alike on a board
LENGTH = 5
WHAT_A_CODE_IS = "Kode terdiri dari 5 huruf dan angka, misalnya K7M2P. Lihat papan di depan ruangan."


def make_code(secret: Callable[[str], bytes], used: Collection[str]) -> str:
    """Return a code that is not in `used`; `secret` gives 32 bytes for a name, the same ones for the same name.

    It has a digit and a letter, so that neither a word nor a number is ever taken for a code.
    """
    number = 0
    while True:
        value = int.from_bytes(secret(str(number)), "big")
        code = "".join(ALPHABET[value // len(ALPHABET) ** place % len(ALPHABET)] for place in range(LENGTH))
        if _is_mixed(code) and code not in used:
            return code
        number += 1


def read_code(text: str) -> str | None:
    """Return the code that was typed, in capitals and without spaces and dashes; None if it has not the form of one."""
    code = re.sub(r"[\s\-–.:]+", "", text).upper()
    code = re.sub(r"^(?:HADIR|KODE)+", "", code) if len(code) > LENGTH else code
    return code if len(code) == LENGTH and all(symbol in ALPHABET for symbol in code) else None


def read_bare_code(said: Said) -> Wanted | None:
    """Recognise a code that was sent alone: `k7m2p`, `K7M 2P`."""
    code = read_code(said.text)
    # Nobody splits a code into a word and a number: `jam 25` is an answer to something else.
    words = said.text.split()
    if code is None or len(words) > 2 or not any(_is_mixed(word) for word in words):
        return None
    return Wanted("hadir", code)


class CodeQuestion(Question[str]):
    """The code on the board; kept as it is written there."""

    prompt = Text.of("Kodenya? Lihat papan di depan ruangan.")

    def read(self, said: Said, partial: object) -> Done:
        code = read_code(said.text) if said.kind == "text" else None
        if code is None:
            raise NotUnderstood(WHAT_A_CODE_IS)
        return Done(code)

    def load(self, kept: object) -> str:
        return str(kept)


def _is_mixed(code: str) -> bool:
    return any(symbol.isdigit() for symbol in code) and any(symbol.isalpha() for symbol in code)
