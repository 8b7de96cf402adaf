"""Corrections typed at a summary: `Tempat: Aula Kantor`, a line for each answer that is to change."""

import re
from collections.abc import Mapping
from typing import TypeVar

from bot.questions import fold

T = TypeVar("T")

# The "+" gives nothing back: of a line of 64,000 spaces every part would be tried as the label's.
_LINE = re.compile(r"\W*+([^:=\n]{2,40}?)\s*+[:=]\s*+(\S.*)")


def read_corrections(text: str, labels: Mapping[str, T]) -> list[tuple[T, str]]:
    """Return what stands behind which label, in order; nothing where the text is not all corrections.

    A line without a label goes on with the one above it.
    """
    folded = {fold(label): one for label, one in labels.items()}
    found: list[tuple[T, str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        named = _LINE.fullmatch(line)
        if named and fold(named[1]) in folded:
            found.append((folded[fold(named[1])], named[2]))
        elif found:
            found[-1] = found[-1][0], f"{found[-1][1]}\n{line}"
        else:
            return []
    return found
