"""The desk's sections on checking in: who was there and who is missing, and the board with the code."""

from bot.clock import from_utc_text
from bot.dates import local, show_time
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, code
from handlers.events.event_desk import (
    Line,
    Look,
    Section,
    begun_slots,
    day_title,
    has_begun,
    is_running,
    slot_now,
    slot_title,
)
from storage import check_ins, events, invitations, office
from storage.check_in_rules import rules_of
from storage.events import Event
from storage.slots import Slot, slots_of


def presence_lines(tx: Look, event: Event) -> list[Line]:
    """Say for each slot that has opened how many were there, and how many have left where that is recorded."""
    slots = slots_of(tx.db, event.id)
    expected = invitations.answers(tx.db, event.id).expected
    left = {slot.id: check_ins.count_left(tx.db, slot.id) for slot in slots} if rules_of(tx.db, event.id).exits else {}
    return [
        f"{slot_title(slots, slot)}: {check_ins.count(tx.db, slot.id)} dari {expected}"
        + (f", pulang {left[slot.id]}" if left.get(slot.id) else "")
        for slot in begun_slots(tx, event)
    ]


def code_lines(tx: Settling, event: Event) -> list[Line]:
    """Say the code for the board, and when it is taken."""
    slot = slot_now(tx.db, event.id, tx.stamp)
    if slot is None or event.state != "announced":
        return []
    opens, closes = from_utc_text(slot.opens_at), from_utc_text(slot.closes_at)
    ends = show_time(closes, event.zone).removeprefix("pukul ")
    title = day_title(slots_of(tx.db, event.id), slot)
    fixed = Text.of(f"Kode {title}: ") + code(slot.code) + " (tulis di papan)"
    rotating = Text.of(f"Kode {title} berganti tiap 30 detik: buka Papan.")
    hours = f"pukul {local(opens, event.zone):%H.%M} s.d. {ends}"
    return [
        rotating if rules_of(tx.db, event.id).rotating else fixed,
        f"Absen dibuka panitia, rencananya {hours}." if slot.waits else f"Absen dibuka {hours}.",
    ]


def _tell(tx: Settling, event: Event) -> list[Line]:
    names = [name for _, name in events.committee(tx.db, event.id)]
    committee = f"Panitia: {', '.join(names)}" if names else ""
    return [*presence_lines(tx, event), *_doubt_lines(tx, event), *code_lines(tx, event), committee]


def _doubt_lines(tx: Settling, event: Event) -> list[Line]:
    """Name those of the latest slot whom the committee should look at: delayed codes, and unconfirmed help."""
    begun = begun_slots(tx, event)
    if not begun:
        return []
    delayed, asked = check_ins.in_doubt(tx.db, begun[-1].id)
    if delayed or asked:
        office.note(tx.db, tx.stamp, tx.me.id, "see doubts", f"event:{event.id}", f"slot {begun[-1].id}")
    counted = "" if "C" in rules_of(tx.db, event.id).levels else ", tidak dihitung"
    return [
        f"Tertunda ({len(delayed)}{counted}): {', '.join(delayed)}" if delayed else "",
        f"Menunggu dipastikan ({len(asked)}): {', '.join(asked)}" if asked else "",
    ]


def _offer(tx: Settling, event: Event) -> list[Choice]:
    begun, running = has_begun(tx, event), is_running(tx, event)
    # A slot that nobody opened is over at its time all the same: what was written on paper is entered.
    over = any(slot.has_closed(tx.stamp) for slot in slots_of(tx.db, event.id))
    by_hand = (begun or over) and event.state == "announced"
    offered = [action("belum", event.id, "Belum hadir")] if begun else []
    offered += [action("catat", event.id, "Catat manual")] if by_hand else []
    offered += [action("hapusabsen", event.id, "Batalkan absen")] if by_hand else []
    offered += [_switch(tx, event)] if running and _today(tx, event) else []
    offered += [action("aturanabsen", event.id, "Aturan absen")] if running and tx.me.role == "operator" else []
    offered += [action("panitia", event.id, "Panitia")] if running and tx.me.role == "operator" else []
    return offered


def _switch(tx: Settling, event: Event) -> Choice:
    """Offer to close the slot of today that is open, or to open the next one, or the last one again."""
    today = _today(tx, event)
    if is_open := next((slot for slot in today if slot.is_open(tx.stamp)), None):
        return action("tutupabsen", is_open.id, "Tutup sekarang")
    coming = next((slot for slot in today if slot.closes_at > tx.stamp), today[-1])
    return action("bukaabsen", coming.id, "Buka sekarang")


def _today(tx: Settling, event: Event) -> list[Slot]:
    return [slot for slot in slots_of(tx.db, event.id) if slot.day == tx.today.isoformat()]


def _tell_board(tx: Settling, event: Event) -> list[Line]:
    return code_lines(tx, event)


def _offer_board(tx: Settling, event: Event) -> list[Choice]:
    if not is_running(tx, event):
        return []
    rotating = rules_of(tx.db, event.id).rotating
    return [
        action("layar", event.id, "Layar"),
        action("papan", event.id, "Papan di chat"),
        *([] if rotating else [action("qr", event.id, "Gambar QR")]),
    ]


SECTION = Section("absen", "Absen", _tell, _offer)
BOARD = Section("papan", "Papan", _tell_board, _offer_board)
