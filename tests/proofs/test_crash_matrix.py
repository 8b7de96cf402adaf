"""A crash at every write of every message of the transcripts, before and after it is on the disk (T3).

`python -m tests.prove T3` prints the figures of some transcripts, with `--nightly` of all.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.talk import MOMENTS
from tests.test_transcripts import TRANSCRIPTS, Stored, play_in

SEED = 3


async def crash_matrix(folder: Path, chats: int) -> str:
    """Play so many transcripts, drawn by lot, once for each moment; return the figures."""
    return await _play(folder, sorted(Random(SEED).sample(TRANSCRIPTS, min(chats, len(TRANSCRIPTS)))))


async def _play(folder: Path, chosen: Sequence[Path]) -> str:
    plainly: dict[Path, Stored] = {}
    deaths = 0
    for transcript in chosen:
        for storms in range(len(MOMENTS)):
            deaths += await play_in("crashes", transcript, folder / f"{transcript.stem}{storms}", plainly, storms)
    return (
        f"{len(chosen)} of {len(TRANSCRIPTS)} transcripts, each message at each of {len(MOMENTS)} moments: {deaths} "
        f"deaths; differing replies 0, differing stores 0"
    )


async def test_one_chat_survives_a_crash_at_every_write(tmp_path: Path) -> None:
    """The shortest with as many messages as there are moments: the suite itself plays some of the others, once each."""
    long_enough = [path for path in TRANSCRIPTS if path.read_text().count("> ") >= len(MOMENTS)]
    shortest = min(long_enough, key=lambda path: path.stat().st_size)
    assert "differing stores 0" in await _play(tmp_path, [shortest])
