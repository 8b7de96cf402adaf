"""The desk of an event, for the office and its committee: its state, the code for the board, who is missing."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import local, show_day, show_time
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, code, lines
from handlers.event_card import event_lines
from storage import check_ins, events, invitations, office
from storage.database import Connection
from storage.events import Event, Slot
from storage.invitations import Named

NOT_YOURS = "Itu hanya untuk operator Dinas dan panitia kegiatan ini. Lihat /kegiatan."
OPERATORS = frozenset({"operator"})


def may_run(tx: Settling, event_id: int) -> bool:
    """Say whether the person sees the event's desk: an operator, or somebody of its committee."""
    return is_desk(tx.db, event_id, tx.me.id, tx.me.role)


def is_desk(db: Connection, event_id: int, person_id: int, role: str) -> bool:
    """Say whether somebody of this role sees the event's desk."""
    return role == "operator" or any(id_ == person_id for id_, _ in events.committee(db, event_id))


def slot_now(db: Connection, event_id: int, now: str) -> Slot | None:
    """Return the slot whose code goes on the board: the open one, or the next to open; None once all are closed."""
    return next((slot for slot in events.slots_of(db, event_id) if slot.closes_at > now), None)


def day_title(slots: list[Slot], slot: Slot) -> str:
    """Write "hari 2, Senin, 13 November 2023"; of a single day, the day alone."""
    day = show_day(date.fromisoformat(slot.day))
    return f"hari {slots.index(slot) + 1}, {day}" if len(slots) > 1 else day


def desk_lines(tx: Settling, event: Event) -> list[str | Text]:
    """Say how far the announcement came, what was answered, who was there, and the code."""
    sent, counted = invitations.delivery(tx.db, event.id), invitations.answers(tx.db, event.id)
    parts = [f"Terkirim {sent.sent}"]
    parts += [f"{name} {count}" for name, count in (("gagal", sent.failed), ("menunggu", sent.waiting)) if count]
    parts += [f"belum terdaftar {sent.unregistered}"] if sent.unregistered else []
    told: list[str | Text] = [
        " · ".join(parts),
        f"Hadir {counted.yes} · Tidak {counted.no} · belum menjawab {counted.none}",
    ]
    slots = events.slots_of(tx.db, event.id)
    for number, slot in enumerate(slots, 1):
        if slot.opens_at <= tx.stamp:
            day = f"Absen hari {number}" if len(slots) > 1 else "Absen"
            told.append(f"{day}: {check_ins.count(tx.db, slot.id)} dari {counted.invited}")
    now = slot_now(tx.db, event.id, tx.stamp)
    if now and event.state == "announced":
        opens, closes = from_utc_text(now.opens_at), from_utc_text(now.closes_at)
        ends = show_time(closes, event.zone).removeprefix("pukul ")
        told.append(Text.of(f"Kode {day_title(slots, now)}: ") + code(now.code) + " (tulis di papan)")
        told.append(f"Absen dibuka pukul {local(opens, event.zone):%H.%M} s.d. {ends}.")
    if names := [name for _, name in events.committee(tx.db, event.id)]:
        told.append(f"Panitia: {', '.join(names)}")
    return told


def desk_buttons(tx: Settling, event: Event) -> list[Choice]:
    """Return what the office, or the committee, can tap."""
    offered = []
    begun = any(slot.opens_at <= tx.stamp for slot in events.slots_of(tx.db, event.id))
    if begun:
        offered.append(action("belum", f"{event.id}.hadir", "Belum hadir"))
    offered.append(action("belum", f"{event.id}.jawab", "Belum menjawab"))
    running = event.state == "announced" and slot_now(tx.db, event.id, tx.stamp) is not None
    if tx.me.role == "operator":
        offered += [action("panitia", event.id, "Panitia")] if running else []
    offered += [action("qr", event.id, "Gambar QR")] if running else []
    if begun:
        offered.append(action("daftar", event.id, "Daftar hadir"))
    if tx.me.role == "operator" and running:
        offered.append(action("batalkan", event.id, "Batalkan kegiatan"))
    return offered


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list of which event: 'hadir' who did not come, 'jawab' who did not answer."""

    event_id: int
    what: str


def event_number(arg: str) -> int:
    """Read the event's id from a button. Raises Refused."""
    if not (arg.isascii() and arg.isdigit()):
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return int(arg[:9])


async def ask_missing(chat: Chat, read: Reader) -> Wanted:
    """Read the button."""
    number, _, what = chat.arg.partition(".")
    return Wanted(event_number(number), what)


def say_missing(tx: Settling, wanted: Wanted) -> None:
    """List the names by kecamatan."""
    event = events.event(tx.db, wanted.event_id)
    if event is None or not may_run(tx, event.id):
        raise Refused(NOT_YOURS)
    total = invitations.answers(tx.db, event.id).invited
    if wanted.what == "jawab":
        missing, title = invitations.unanswered(tx.db, event.id), "Belum menjawab"
    else:
        slots = events.slots_of(tx.db, event.id)
        begun = [slot for slot in slots if slot.opens_at <= tx.stamp]
        if not begun:
            opens = show_time(from_utc_text(slots[0].opens_at), event.zone)
            raise Refused(f"Absen belum dibuka. Dibuka {show_day(date.fromisoformat(slots[0].day))} {opens}.")
        missing = invitations.absent(tx.db, event.id, begun[-1].id)
        title = f"Belum hadir {day_title(slots, begun[-1])}"
    if not missing:
        done = "sudah menjawab" if wanted.what == "jawab" else "sudah tercatat hadir"
        tx.say(lines([bold(event.subject), f"Semua {total} orang {done}."]))
        return
    tx.say(lines([bold(event.subject), f"{title}: {len(missing)} dari {total}", *_by_district(missing)]))


def _by_district(people: list[Named]) -> list[str | Text]:
    told: list[str | Text] = []
    for district, group in groupby(people, key=lambda one: one.district):
        names = [f"- {one.name} ({one.title})" for one in group]
        where = f"Kecamatan {district}" if district else "Tanpa kecamatan"
        told += [bold(f"{where} ({len(names)})"), *names]
    return told


async def ask_cancel(chat: Chat, read: Reader) -> int:
    """Ask whether the event is really off."""
    event_id = event_number(chat.arg)
    event = await read(events.event, event_id)
    if event is None or event.state == "cancelled":
        raise Refused("Kegiatan itu sudah dibatalkan. Lihat /kegiatan.")
    told = "Batalkan kegiatan ini? Yang sudah menerima undangannya diberi tahu, dan kode absennya tidak berlaku lagi."
    await chat.confirm(lines([event_lines(event, chat.zone), told]), "Ya, batalkan")
    return event_id


def save_cancel(tx: Settling, event_id: int) -> None:
    """Cancel the event; who got the card is told, and who has not got it yet gets neither."""
    event = events.event(tx.db, event_id)
    if event is None or tx.me.role != "operator" or not events.cancel_event(tx.db, event_id):
        raise Refused("Kegiatan itu sudah dibatalkan. Lihat /kegiatan.")
    tx.withdraw(f"event:{event_id}")
    told = 0
    for person in invitations.told(tx.db, event_id):
        notice = lines(["⚠️ Dibatalkan:", event_lines(event, tx.zone), "Mohon maaf, kegiatan ini tidak jadi."])
        told += tx.notify(person, notice, kind="cancellation", object=f"event:{event_id}", lane=2) > 0
    office.note(tx.db, tx.stamp, tx.me.id, "cancel", f"event:{event_id}")
    tx.say(f"{event.subject} dibatalkan. {told} orang diberi tahu.")


MISSING = Dialog("belum", "Yang belum", ask_missing, say_missing, EVERYONE)
CANCEL = Dialog("batalkan", "Pembatalan kegiatan", ask_cancel, save_cancel, OPERATORS)
