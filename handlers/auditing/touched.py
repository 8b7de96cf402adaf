"""Jejak data: whose data was read, exported, changed or deleted in a span of time, and by whom, as an Excel file."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import local, show_days, show_moment, to_utc
from bot.message import Attachment, Message
from bot.picked import choose
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import a_day
from handlers.auditing.deeds import deed
from handlers.auditing.line_words import detail, doer, scope
from handlers.people.roster_person import show_number
from handlers.people.who import Somebody, ask_who
from storage import audit, office, people
from storage.audit import AuditLine
from storage.database import Connection
from storage.touched import people_touched

if TYPE_CHECKING:
    from bot.documents.touched_workbook import DeedRow, PersonRow

OPERATORS = frozenset({"operator"})
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SPANS = {"1": "Hari ini", "7": "7 hari terakhir", "30": "30 hari terakhir", "other": "Tanggal lain"}
WHOSE = {"all": "Semua orang", "one": "Satu orang"}


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are looked at, both included, and whose deeds: one person's, or everybody's (None)."""

    first: date
    last: date
    by: int | None

    @property
    def noted(self) -> str:
        """The span as the audit keeps it; the id is no `person:`, whose data this is not."""
        return f"{self.first}..{self.last}" + (f" by {self.by}" if self.by else "")


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of the file, and how many people and deeds they are."""

    people: "list[PersonRow]"
    deeds: "list[DeedRow]"
    head: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Trace:
    """The file, of which span it is, and what is said with it."""

    span: Span
    file: Attachment
    text: Text


async def ask(chat: Chat, read: Reader) -> Trace:
    """Ask for the span and whose deeds, and write the file."""
    first, last = await _ask_days(chat)
    whose = await chat.ask("whose", choose("Tindakan siapa?", WHOSE), label="Oleh")
    by = (
        None
        if whose == WHOSE["all"]
        else (await ask_who(chat, "Siapa? Ketik sebagian namanya.", await _doers(read))).id
    )
    span = Span(first, last, by)
    found = await read(find, span, chat.now, chat.zone)
    days = show_days(first, last)
    if not found.deeds:
        raise Refused(f"Tidak ada tindakan atas data orang pada {days}.")
    content = await asyncio.to_thread(write, found)
    assert chat.files is not None
    digest = await chat.files.lend(content, TYPE)
    told = f"{days}: {len(found.deeds)} tindakan menyentuh data {len(found.people)} orang."
    return Trace(span, Attachment(digest, file_name(span)), lines([bold("Jejak data"), told]))


def save(tx: Settling, trace: Trace) -> None:
    """Send the file."""
    office.note(tx.db, tx.stamp, tx.me.id, "export audit", "all", trace.span.noted)
    tx.say(Message(trace.text, file=trace.file))


TOUCHED = Dialog("jejak", "Jejak data", ask, save, OPERATORS, steps=2)


def file_name(span: Span) -> str:
    """Name the file for people."""
    return f"jejak-data-{span.first}-{span.last}.xlsx"


def find(db: Connection, span: Span, now: datetime, zone: str) -> Found:
    """Find the lines of the span that are about people, and resolve them to the people."""
    from bot.documents.touched_workbook import DeedRow, PersonRow

    since = utc_text(to_utc(span.first, time(), zone))
    until = utc_text(to_utc(span.last + timedelta(days=1), time(), zone))
    touched: dict[int, list[AuditLine]] = {}
    deeds = []
    for line in audit.lines_between(db, since, until, span.by):
        if not deed(line.action).does:
            continue
        whom = people_touched(db, line)
        for one in whom:
            touched.setdefault(one, []).append(line)
        about = ", ".join(filter(None, (scope(db, line), detail(db, line))))
        at = _moment(line.at, zone)
        deeds.append(
            DeedRow(line.id, at, doer(line), deed(line.action).words, deed(line.action).does, about, len(whom))
        )
    rows = []
    for person_id, of in touched.items():
        person = people.person(db, person_id)
        if person is None:
            continue
        rows.append(
            PersonRow(
                person.name,
                person.title,
                person.district,
                show_number(person.phone) if person.phone else "",
                _each(of, lambda one: deed(one.action).does),
                _each(of, lambda one: deed(one.action).words),
                len(of),
                _moment(of[0].at, zone),
                _moment(of[-1].at, zone),
            )
        )
    rows.sort(key=lambda one: (one.district, one.name))
    by = people.person(db, span.by) if span.by else None
    head = [
        ("Rentang", show_days(span.first, span.last)),
        ("Oleh", by.name if by else "semua orang, bot, dan baris perintah"),
        ("Keadaan", show_moment(now, zone)),
    ]
    return Found(rows, deeds, head)


def write(found: Found) -> bytes:
    """Write the .xlsx file."""
    from bot.documents.touched_workbook import write_touched

    return write_touched(found.head, found.people, found.deeds)


async def _ask_days(chat: Chat) -> tuple[date, date]:
    chosen = await chat.ask("span", choose("Tindakan kapan?", SPANS), label="Rentang")
    number = next(key for key, label in SPANS.items() if label == chosen)
    if number != "other":
        return chat.today - timedelta(days=int(number) - 1), chat.today
    first = await chat.ask("first", a_day("Dari tanggal berapa?", chat.today, latest=chat.today), label="Dari")
    asks = a_day("Sampai tanggal berapa?", chat.today, latest=chat.today, shortcuts=(("Hari ini", 0),))
    last = await chat.ask("last", asks, label="Sampai")
    return min(first, last), max(first, last)


async def _doers(read: Reader) -> list[Somebody]:
    found = [await read(people.person, one) for one in await read(audit.doers)]
    return [Somebody(one.id, one.name, one.district) for one in found if one is not None]


def _moment(at: str, zone: str) -> str:
    return f"{local(from_utc_text(at), zone):%d/%m/%Y %H.%M}"


def _each(of: list[AuditLine], word: Callable[[AuditLine], str]) -> str:
    """Write each word once, in the order in which it first came."""
    return ", ".join(dict.fromkeys(map(word, of)))
