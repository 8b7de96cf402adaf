"""All reports of a month in one archive: fifteen reports with ten photos of twelve megapixels each."""

import asyncio
import time
from dataclasses import dataclass
from datetime import date

import pytest
from PIL import Image

from bot.documents.meeting_report import default_template
from bot.documents.packing import members_of
from handlers.reporting.bundle import write_bundles
from handlers.reporting.written_report import ReportPaper
from storage.letterhead import Letterhead
from tests.pictures import jpeg, scene
from tests.report_world import one_record
from tests.yardstick import LOOKS, Yardstick

REPORTS, PHOTOS, WORK = 15, 10, 30
"""How much work it may be, in seconds of a processor."""


@dataclass
class Kept:
    """Files as they were sent, by digest; every report has the same ten under digests of its own."""

    pictures: list[bytes]

    async def keep(self, content: bytes, type: str) -> str:  # the word the table uses
        raise AssertionError("a bundle is kept by who asked for it")

    async def open(self, digest: str) -> bytes:
        return self.pictures[int(digest.partition(".")[2])]


@pytest.mark.proof
async def test_a_months_bundle_is_made_in_a_bearable_time() -> None:
    """While it is made the loop goes on."""
    # With the grain of a phone's camera, which makes the file ten times as large.
    grain = Image.effect_noise((4000, 3000), 60).convert("RGB")
    large = [scene(n).resize((4000, 3000), Image.Resampling.BICUBIC) for n in range(PHOTOS)]
    files = Kept([jpeg(Image.blend(one, grain, 0.1), 90) for one in large])
    records = [
        one_record(
            id=n,
            group_id=n,
            group=f"Melati {n}",
            day=f"2023-11-{n:02}",
            photos=tuple(f"{n}.{k}" for k in range(PHOTOS)),
        )
        for n in range(1, REPORTS + 1)
    ]
    paper = ReportPaper("Dinas Sosial", default_template(), Letterhead(lines="DINAS SOSIAL"), None)
    waits: list[float] = []
    beats = asyncio.create_task(_beat(waits))
    stick = Yardstick()
    stick.look(LOOKS)
    started, worked = time.perf_counter(), time.process_time()
    parts = await write_bundles(files, paper, records, ("Rekap.xlsx", b"recap"), date(2023, 11, 30))
    wall, work = time.perf_counter() - started, time.process_time() - worked
    stick.look(LOOKS)
    beats.cancel()
    members = [name for part in parts for name, _ in members_of(part)]
    assert sum(name.endswith(".docx") for name in members) == REPORTS
    assert sum(name.endswith(".jpg") for name in members) == REPORTS * PHOTOS
    megabytes = sum(map(len, parts)) / 1e6
    sent = sum(map(len, files.pictures)) * REPORTS / 1e6
    print(  # noqa: T201  # the figure
        f"\n{REPORTS} reports, {REPORTS * PHOTOS} photos of 12 MP ({sent:.0f} MB): {len(parts)} archives of "
        f"{megabytes:.0f} MB in {wall:.1f} s, {work:.1f} s of it work; the loop waited {max(waits):.3f} s at most"
    )
    assert work < WORK * stick.slower(), stick.says()


async def _beat(waits: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await asyncio.sleep(0.01)
        waits.append(time.perf_counter() - started - 0.01)
