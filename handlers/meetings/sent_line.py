"""A line that came with photos: how both travel in a dialog's argument, and how they are taken out of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

_MARK = "\x1f"  # no keyboard types it


@dataclass(frozen=True, slots=True)
class Sent:
    """A caption and the digests of its photos; `lost` says why some could not be taken."""

    caption: str
    digests: tuple[str, ...] = ()
    lost: str = ""

    def kept(self) -> list[list[str]]:
        """Return the photos as an answer is kept."""
        return [[digest, "", "image/jpeg"] for digest in self.digests]


def join_photos(caption: str, digests: Sequence[str], lost: str = "") -> str:
    """Write the argument."""
    plain = " ".join(caption.replace(_MARK, " ").split()).removeprefix("/")
    return f"{plain}{_MARK}{json.dumps([list(dict.fromkeys(digests)), lost])}"


def photos_in(arg: str) -> Sent:
    """Read the argument; one without photos is the line alone."""
    line, mark, rest = arg.partition(_MARK)
    if not mark:
        return Sent(line)
    digests, lost = json.loads(rest)
    return Sent(line, tuple(digests), lost)
