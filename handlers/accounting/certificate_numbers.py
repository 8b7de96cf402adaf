"""The number of a certificate: a pattern the office types, in which # becomes the running number."""

from collections.abc import Mapping

from bot.questions import NotUnderstood
from bot.text import Text
from bot.typed import Typed
from storage.attendance import Attendee

EXAMPLE = "#/SERT/DINSOS/2023"


def a_pattern(before: str | None) -> Typed[str]:
    """Ask for the pattern; the one that stands is offered."""

    def read(text: str) -> str:
        clean = " ".join(text.split())
        if clean.count("#") != 1 or len(clean) > 60:
            raise NotUnderstood(f"Mohon sertakan satu tanda # untuk nomor urut, misalnya {EXAMPLE}, atau Lewati.")
        return clean

    asks = f"Nomor sertifikatnya? Tanda # menjadi nomor urut, misalnya {EXAMPLE}."
    kept = [("same", f"Tetap {before}", before)] if before else []
    return Typed(Text.of(asks), read, str, str, str, kept, echoes=False)


def number_all(people: tuple[Attendee, ...], given: Mapping[int, int]) -> dict[int, int]:
    """Return everybody's running number: one that was given stays, the others follow in the order of the list."""
    numbers = dict(given)
    following = max(numbers.values(), default=0)
    for one in people:
        if one.id not in numbers:
            following += 1
            numbers[one.id] = following
    return numbers


def show_number(pattern: str, number: int) -> str:
    """Write the number as it stands on the certificate; '' where the office numbers none."""
    return pattern.replace("#", f"{number:03}")
