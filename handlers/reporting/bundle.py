"""All reports of a month in one archive: a Word file for each meeting, its photos, and the recap."""

import asyncio
from collections.abc import Sequence
from datetime import date

from bot.chat import Files
from bot.documents.packing import pack
from bot.documents.scaled_photo import scale_photo
from handlers.reporting.file_names import all_different, names_of, photo_name, report_name
from handlers.reporting.written_report import ReportPaper, open_photos, write_word
from storage.records import Record

MOST_BYTES = 45_000_000
"""Of one archive: a Telegram bot sends up to 50 MB."""

LONGEST = 1600
"""Pixels of a photo's longer side in the archive: enough to print, a quarter of the megabytes."""

_HEAD_ROOM = 400  # bytes that each file costs in the archive besides its content


async def write_bundles(
    files: Files, paper: ReportPaper, records: Sequence[Record], recap: tuple[str, bytes], today: date
) -> list[bytes]:
    """Pack everything into as few archives as fit; a meeting's files stay together, the recap stands in the first."""
    folders: list[list[tuple[str, bytes]]] = []
    begins = names_of(records)
    for one in records:
        photos = await open_photos(files, one)
        folders.append(await asyncio.to_thread(_folder, paper, one, begins[one.id], photos, today))
    names = iter(all_different([name for folder in folders for name, _ in folder]))
    renamed = [[(next(names), content) for _, content in folder] for folder in folders]
    return await asyncio.to_thread(lambda: [pack(part) for part in into_parts([[recap], *renamed], MOST_BYTES)])


def into_parts(folders: Sequence[list[tuple[str, bytes]]], most: int) -> list[list[tuple[str, bytes]]]:
    """Share folders of files out to parts of at most `most` bytes, in order; one that is larger stands alone."""
    parts: list[list[tuple[str, bytes]]] = [[]]
    filled = 0
    for folder in folders:
        size = sum(len(content) + _HEAD_ROOM for _, content in folder)
        if parts[-1] and filled + size > most:
            parts.append([])
            filled = 0
        parts[-1] += folder
        filled += size
    return parts


def _folder(
    paper: ReportPaper, one: Record, begins: str, photos: Sequence[bytes], today: date
) -> list[tuple[str, bytes]]:
    scaled = [scale_photo(photo, LONGEST) for photo in photos]
    kept = [photo.content for photo in scaled if photo is not None]
    # The report's own smaller copies come from what was sent: decoding that small is quicker than scaling twice.
    return [
        (report_name(one, begins), write_word(paper, one, photos, today)),
        *((photo_name(begins, number), content) for number, content in enumerate(kept, 1)),
    ]
