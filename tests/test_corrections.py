"""Corrections typed at a summary: lines that name what they correct."""

import pytest

from bot.corrections import read_corrections
from tests.yardstick import at_most

LABELS = {"Tempat": "place", "Nomor surat": "number", "Acara": "agenda"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tempat: Aula", [("place", "Aula")]),
        ("- tempat : Aula, Jl. Sudirman", [("place", "Aula, Jl. Sudirman")]),
        ("nomor surat = 400/12:3", [("number", "400/12:3")]),
        ("Tempat: Aula\n\nAcara: 1. Doa\n2. Laporan", [("place", "Aula"), ("agenda", "1. Doa\n2. Laporan")]),
        ("Tempat:", []),
        ("Hotel: Aula", []),
        ("kirim sekarang", []),
        ("Tolong ubah\nTempat: Aula", []),
        ("", []),
    ],
)
def test_lines_with_a_label_are_corrections(text: str, expected: list[tuple[str, str]]) -> None:
    """A text is all corrections or none: what begins otherwise may mean something else."""
    assert read_corrections(text, LABELS) == expected


@pytest.mark.parametrize("text", ["-" + " " * 64_000 + "x", ". " * 32_000 + "x", "Tempat" + " " * 64_000 + "x"])
def test_no_text_takes_long_to_be_no_correction(text: str) -> None:
    """WhatsApp lets people type 64,000 characters; the loop serves nobody else meanwhile."""
    with at_most(0.05):
        assert read_corrections(text, LABELS) == []
