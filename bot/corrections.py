"""Corrections typed at a summary: `Tempat: Aula Kantor`, a line for each answer that is to change."""

import re
from collections.abc import Mapping
from typing import TypeVar

from bot.labels import fold

T = TypeVar("T")

# The "+" gives nothing back: of a line of 64,000 spaces every part would be tried as the label's.
_LINE = re.compile(r"\W*+([^:=\n]{2,40}?)\s*+[:=]\s*+(\S.*)")


def read_corrections(text: str, labels: Mapping[str, T]) -> list[tuple[T, str]]:
    """Return what stands behind which label, in order; nothing where the text is not all corrections.

    A line without a label goes on with the one above it.
    """
    folded = {fold(label): one for label, one in labels.items()}
    found: list[tuple[T, list[str]]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        named = _LINE.fullmatch(line)
        label = fold(named[1]) if named else ""
        if named and label in folded:
            found.append((folded[label], [named[2]]))
        elif found:
            found[-1][1].append(line)
        else:
            return []
    return [(one, "\n".join(said)) for one, said in found]
