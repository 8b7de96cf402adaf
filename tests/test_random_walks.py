"""Random walks through a dialog: whatever people do, what is saved is what was last confirmed, and once."""

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.small_office import noted, said, small_office

DOES = st.sampled_from(
    ["/visit", "1", "2", "3", "Binjai", "selesai", "lewati", "-", "simpan", "ubah", "kembali", "/kembali", "batal",
     "halo", "lanjutkan", "tinggalkan", "(foto)", "(album 2)", "(lokasi)", "(stiker)", "/ping", "4", "99", "1, 3",
     "menu", "tujuan", "jumlah"]
)  # fmt: skip


@given(st.lists(DOES, min_size=8, max_size=40), st.sampled_from(["plain", "twice"]))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
async def test_what_is_saved_is_what_was_confirmed(
    tmp_path_factory: pytest.TempPathFactory, walk: list[str], weather: str
) -> None:
    """Every record equals the summary that stood above the last yes."""
    with tempfile.TemporaryDirectory(dir=tmp_path_factory.getbasetemp()) as folder:
        async with small_office(Path(folder), weather) as talk:
            confirmed: list[str] = []
            shown = ""
            for step in ["/visit", *walk]:
                for heard in await said(talk, f"Siti> {step}"):
                    if heard.startswith("Siti< Tersimpan."):
                        confirmed.append(shown)
                    if summary := re.search(r"(\w[^/]*catatan\.|\w[^/]*foto, [^/]*\.)  \[Simpan\]", heard):
                        shown = summary[1].removeprefix("Siti< ")
            assert await noted(talk, "visit") == confirmed
