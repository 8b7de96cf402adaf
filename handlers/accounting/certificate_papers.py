"""The certificates of an event: who gets which number, what stands on each, and their files."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.chat import Chat, Refused
from bot.settling import Settling
from handlers.accounting.certificate_numbers import number_all, show_number
from handlers.accounting.printed import checksum, print_certificate
from handlers.accounting.stationery import prove
from handlers.events.event_desk import NOT_YOURS, OPERATORS
from storage import chats, events, sheets
from storage.attendance import Attendance, Attendee, attendance
from storage.database import Connection
from storage.events import Event

if TYPE_CHECKING:
    from bot.documents.paper import Proof, Stationery

FILES_AT_ONCE = 32
NEVER = (False, 0)
CHANGED = "Daftar hadir baru saja berubah. Mohon ulangi dari Rekap."
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Paper:
    """Somebody's certificate: its number within the event, and all that stands on it."""

    person_id: int
    name: str
    number: int
    printed: str
    checksum: str


def papers_of(db: Connection, event: Event, found: Attendance, pattern: str) -> tuple[Paper, ...]:
    """Return the certificate of everybody who is eligible, in the order of the list."""
    numbers = number_all(found.eligible, sheets.numbers_of(db, event.id))
    papers = []
    for one in found.eligible:
        printed = print_certificate(event, one, show_number(pattern, numbers[one.id]))
        papers.append(Paper(one.id, one.name, numbers[one.id], printed, checksum(db, printed)))
    return tuple(papers)


def unsent(db: Connection, event_id: int, found: Attendance) -> tuple[list[Attendee], list[Attendee]]:
    """Return who is eligible and has got no certificate yet: those who can be reached now, and those who cannot."""
    told = sheets.told(db, event_id)
    missing = [one for one in found.eligible if not told.get(one.id, NEVER)[0]]
    reached = [one for one in missing if chats.chats_of(db, one.id)]
    return reached, [one for one in missing if one not in reached]


def keep_papers(tx: Settling, event_id: int, papers: Sequence[Paper]) -> Event:
    """Keep what stands on the certificates, if it is still true. Raises Refused."""
    check_operator(tx)
    event = events.event(tx.db, event_id)
    assert event is not None
    pattern = sheets.pattern_of(tx.db, event.id)
    if papers_of(tx.db, event, attendance(tx.db, event.id, tx.stamp), pattern) != tuple(papers):
        raise Refused(CHANGED)
    for one in papers:
        sheets.keep_number(tx.db, event.id, one.person_id, one.number)
        sheets.keep_sheet(tx.db, one.checksum, event.id, one.printed, tx.me.id, tx.stamp, person_id=one.person_id)
    return event


async def keep_file_of_each(
    chat: Chat, papers: Sequence[Paper], stationery: "Stationery", link: Callable[[str], str]
) -> tuple[tuple[int, str], ...]:
    """Write a file for each person and return their digests; many are kept together, in few steps of the store."""
    assert chat.files is not None
    kept: list[tuple[int, str]] = []
    for at in range(0, len(papers), FILES_AT_ONCE):
        some = papers[at : at + FILES_AT_ONCE]
        written = await asyncio.to_thread(_write_each, some, stationery, link)
        digests = await asyncio.gather(*(chat.files.lend(content, PDF) for content in written))
        kept += [(one.person_id, digest) for one, digest in zip(some, digests, strict=True)]
    return tuple(kept)


def _write_each(papers: Sequence[Paper], stationery: "Stationery", link: Callable[[str], str]) -> list[bytes]:
    return [write_papers([(one, prove(one.checksum, link))], stationery) for one in papers]


def write_papers(papers: Sequence[tuple[Paper, "Proof"]], stationery: "Stationery") -> bytes:
    """Write the .pdf file, a page for each."""
    from bot.documents.certificate_paper import Certificate, write_certificates

    names = ("name", "title", "district", "number", "subject", "days", "place", "dated")
    said = [(json.loads(one.printed), proof) for one, proof in papers]
    return write_certificates(
        [(Certificate(*(fields[name] for name in names)), proof) for fields, proof in said], stationery
    )


def check_operator(tx: Settling) -> None:
    """Let only operators go on. Raises Refused."""
    if tx.me.role not in OPERATORS:
        raise Refused(NOT_YOURS)
