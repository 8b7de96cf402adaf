"""The desk's section on checking in: who was there, the code for the board, and who is missing."""

from datetime import date

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import local, show_day, show_time
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, code, lines
from handlers.event_desk import (
    Line,
    Look,
    Section,
    day_title,
    event_number,
    event_to_run,
    has_begun,
    is_running,
    slot_now,
)
from handlers.people_list import by_district
from storage import check_ins, events, invitations
from storage.events import Event


def presence_lines(tx: Look, event: Event) -> list[Line]:
    """Say for each slot that has opened how many were there."""
    slots = events.slots_of(tx.db, event.id)
    invited = invitations.answers(tx.db, event.id).invited
    told: list[Line] = []
    for number, slot in enumerate(slots, 1):
        if slot.opens_at <= tx.stamp:
            day = f"Absen hari {number}" if len(slots) > 1 else "Absen"
            told.append(f"{day}: {check_ins.count(tx.db, slot.id)} dari {invited}")
    return told


def code_lines(tx: Settling, event: Event) -> list[Line]:
    """Say the code for the board, and when it is taken."""
    slot = slot_now(tx.db, event.id, tx.stamp)
    if slot is None or event.state != "announced":
        return []
    opens, closes = from_utc_text(slot.opens_at), from_utc_text(slot.closes_at)
    ends = show_time(closes, event.zone).removeprefix("pukul ")
    title = day_title(events.slots_of(tx.db, event.id), slot)
    return [
        Text.of(f"Kode {title}: ") + code(slot.code) + " (tulis di papan)",
        f"Absen dibuka pukul {local(opens, event.zone):%H.%M} s.d. {ends}.",
    ]


def _tell(tx: Settling, event: Event) -> list[Line]:
    names = [name for _, name in events.committee(tx.db, event.id)]
    committee = f"Panitia: {', '.join(names)}" if names else ""
    return [*presence_lines(tx, event), *code_lines(tx, event), committee]


def _offer(tx: Settling, event: Event) -> list[Choice]:
    running = is_running(tx, event)
    offered = [action("belum", event.id, "Belum hadir")] if has_begun(tx, event) else []
    offered += [action("qr", event.id, "Gambar QR")] if running else []
    offered += [action("layar", event.id, "Layar")] if running else []
    offered += [action("panitia", event.id, "Panitia")] if running and tx.me.role == "operator" else []
    return offered


async def ask_missing(chat: Chat, read: Reader) -> int:
    """Read the button."""
    return event_number(chat.arg)


def say_missing(tx: Settling, event_id: int) -> None:
    """List who has not checked in to the slot that opened last, by kecamatan."""
    event = event_to_run(tx, event_id)
    slots, total = events.slots_of(tx.db, event.id), invitations.answers(tx.db, event.id).invited
    begun = [slot for slot in slots if slot.opens_at <= tx.stamp]
    if not begun:
        opens = show_time(from_utc_text(slots[0].opens_at), event.zone)
        raise Refused(f"Absen belum dibuka. Dibuka {show_day(date.fromisoformat(slots[0].day))} {opens}.")
    missing = invitations.absent(tx.db, event.id, begun[-1].id)
    if not missing:
        tx.say(lines([bold(event.subject), f"Semua {total} orang sudah tercatat hadir."]))
        return
    title = f"Belum hadir {day_title(slots, begun[-1])}: {len(missing)} dari {total}"
    tx.say(lines([bold(event.subject), title, *by_district(missing)]))


SECTION = Section("absen", "Absen", _tell, _offer)
MISSING = Dialog("belum", "Belum hadir", ask_missing, say_missing, EVERYONE)
