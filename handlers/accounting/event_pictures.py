"""Pictures of attendance for the chat: arrivals of the slot that opened last, and its presence per kecamatan."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import local
from bot.documents.attendance_list import short_slot
from bot.message import Attachment, Message
from bot.picked import choose
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.accounting.event_recap import event_of_desk
from handlers.events.event_desk import NOT_YOURS, may_run
from storage.attendance import Attendance, attendance
from storage.events import Event
from storage.slots import Slot

AFTER_THE_LAST = timedelta(minutes=30)  # what is shown behind the last arrival of a slot that stays open for long


@dataclass(frozen=True, slots=True)
class Pictures:
    """The two pictures of a slot."""

    event_id: int
    arrivals: Attachment
    districts: Attachment
    text: Text


async def draw(chat: Chat, read: Reader) -> Pictures:
    """Ask for the slot where several have opened, and draw it as of now."""
    event = await event_of_desk(chat, read)
    found = await read(attendance, event.id, utc_text(chat.now))
    begun = {str(window.id): window for window in reversed(found.slots) if window.opens_at <= utc_text(chat.now)}
    if not begun:
        raise Refused("Absen belum dibuka, jadi belum ada yang digambar.")
    given = next(iter(begun)) if len(begun) == 1 else None
    window = await chat.ask("slot", choose("Grafik yang mana?", begun, short_slot), given=given)
    slot = found.slots.index(window)
    if not any(_is_there(found, slot)):
        raise Refused(f"Belum ada yang tercatat hadir di {short_slot(window)}, jadi belum ada yang digambar.")
    arrivals, districts = await asyncio.to_thread(_draw, event, found, slot, chat.now, chat.zone)
    assert chat.files is not None
    return Pictures(
        event.id,
        Attachment(await chat.files.lend(arrivals, "image/png"), f"kedatangan-{window.day}.png", "photo"),
        Attachment(await chat.files.lend(districts, "image/png"), f"kecamatan-{window.day}.png", "photo"),
        lines([bold(event.subject), short_slot(window)]),
    )


def save(tx: Settling, pictures: Pictures) -> None:
    """Send both."""
    if not may_run(tx, pictures.event_id):
        raise Refused(NOT_YOURS)
    tx.say(Message(lines([pictures.text, "Kedatangan"]), file=pictures.arrivals))
    tx.say(Message(lines([pictures.text, "Hadir per kecamatan"]), file=pictures.districts))


def _is_there(found: Attendance, slot: int) -> list[bool]:
    return [one.marks[slot].status in ("H", "T") for one in found.people]


def _draw(event: Event, found: Attendance, slot: int, now: datetime, zone: str) -> tuple[bytes, bytes]:
    from bot.documents.attendance_pictures import Arrivals, draw_arrivals, draw_districts

    window = found.slots[slot]
    there = [one for one, came in zip(found.people, _is_there(found, slot), strict=True) if came]
    times = sorted(_moment(seen.at, zone) for one in there if (seen := one.marks[slot].evidence))
    title = f"{event.subject}\n{short_slot(window)}"
    late_from = _moment(window.late_from, zone) if window.late_from else None
    opens, until = _moment(window.opens_at, zone), _until(window, times, late_from, now, zone)
    arrivals = Arrivals(title, times, min([opens, *times]), late_from, until, found.expected())
    rows = [
        (
            district or "Tanpa kecamatan",
            sum(one.district == district for one in there),
            found.expected(district),
        )
        for district in found.districts
    ]
    return draw_arrivals(arrivals), draw_districts(title, rows)


def _until(window: Slot, times: list[datetime], late_from: datetime | None, now: datetime, zone: str) -> datetime:
    """Return where the time axis ends: at the slot's end or now, but not long after the last thing to see."""
    ends = min(_moment(window.closes_at, zone), local(now, zone).replace(tzinfo=None))
    seen = max([*times, *([late_from] if late_from else [])])
    return max(min(ends, seen + AFTER_THE_LAST), times[-1] + timedelta(minutes=1))


def _moment(at: str, zone: str) -> datetime:
    return local(from_utc_text(at), zone).replace(tzinfo=None)


PICTURES = Dialog("grafik", "Grafik kehadiran", draw, save, EVERYONE, steps=1)
