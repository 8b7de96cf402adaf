"""Writing reports: the office's template and letterhead are read, the photos opened, the Word files made elsewhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat import Chat, Files, Reader
from bot.documents.meeting_report import MOST_PHOTOS, Pictures, default_template, write_report
from handlers.reporting.report_words import fields_of
from storage.letterhead import Letterhead, letterhead
from storage.records import Record
from storage.report_templates import template_in_force

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class ReportPaper:
    """What all reports of the office are written on."""

    office: str
    template: bytes
    head: Letterhead
    picture: bytes | None


async def read_report_paper(chat: Chat, read: Reader, office: str) -> ReportPaper:
    """Read the template in force and the letterhead."""
    files = files_of(chat)
    head, current = await read(letterhead), await read(template_in_force)
    template = (
        await files.open(current.digest)
        if current is not None and current.digest is not None
        else await asyncio.to_thread(default_template)
    )
    return ReportPaper(office, template, head, await files.open(head.image) if head.image else None)


async def open_photos(files: Files, one: Record) -> list[bytes]:
    """Open the meeting's photos, no more than a report shows."""
    return [await files.open(digest) for digest in one.photos[:MOST_PHOTOS]]


def write_word(paper: ReportPaper, one: Record, photos: Sequence[bytes], today: date) -> bytes:
    """Write a meeting's .docx file; takes a quarter of a second and more, so call it off the loop."""
    return write_report(
        paper.template, fields_of(one, paper.head, paper.office, today), Pictures(paper.picture, photos)
    )


def files_of(chat: Chat) -> Files:
    """Return where files are kept."""
    assert chat.files is not None
    return chat.files
