"""Entries by hand: the committee notes who was there, or why not, and strikes what is wrong, always with a reason."""

from dataclasses import dataclass

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.picked import choose
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import words
from handlers.checking_in.receipts import of_session
from handlers.events.event_desk import NOT_YOURS, day_title, event_number, event_to_run, is_desk
from handlers.people.who import Somebody, ask_who
from storage import check_ins, events, excuses, invitations, office, people
from storage.check_in_rules import rules_of
from storage.events import Event
from storage.slots import Slot, slot, slots_of

WHO = "Siapa? Ketik sebagian namanya."
NOBODY = "Tidak ada undangan bernama {}. Ketik sebagian namanya, misalnya Siti."
WAYS = {"H": "Hadir", "I": "Izin", "S": "Sakit", "DL": "Dinas luar"}
MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be noted of a person at a slot; `status` is a key of WAYS, '' strikes the check-in."""

    slot_id: int
    person_id: int
    status: str
    reason: str


async def ask_entry(chat: Chat, read: Reader) -> Entry:
    """Ask for the slot, the person, what is to be noted, and why by hand."""
    event, at_slot = await _ask_slot(chat, read)
    invited = [Somebody(*one) for one in await read(invitations.names_of, event.id)]
    found = await ask_who(chat, WHO, invited, nobody=NOBODY)
    status = await chat.ask(
        "status", choose(f"{found.name}: dicatat apa?", {key: key for key in WAYS}, WAYS.__getitem__)
    )
    why = "Alasannya dicatat manual?" if status == "H" else "Keterangannya?"
    reason = await chat.ask("reason", words(f"{why} Tulis singkat.", most=MOST_REASON, least=3))
    return Entry(at_slot.id, found.id, status, reason)


def save_entry(tx: Settling, entry: Entry) -> None:
    """Keep what was noted: one who was there on better evidence stays as he or she is."""
    event, at_slot = _to_run(tx, entry.slot_id)
    person = people.person(tx.db, entry.person_id)
    before = check_ins.entry_of(tx.db, at_slot.id, entry.person_id)
    if person is None:
        raise Refused("Petugas itu tidak ada lagi di daftar.")
    kept_already = before is not None and before.state == "kept"
    if before and kept_already and (before.level in rules_of(tx.db, event.id).levels or entry.status != "H"):
        tx.say(f"{person.name} sudah tercatat hadir, No. {before.number:04}. Kalau keliru, pakai Batalkan absen.")
        return
    detail = f"slot {at_slot.id} {entry.status} person:{person.id}"
    office.note(tx.db, tx.stamp, tx.me.id, "by-hand", f"event:{event.id}", detail)
    if entry.status != "H":
        excuses.set_excuse(tx.db, at_slot.id, person.id, entry.status, entry.reason, tx.me.id, tx.stamp)
        tx.say(f"Tercatat: {person.name} {WAYS[entry.status].lower()}{of_session(at_slot)}, {entry.reason}.")
        return
    if before and kept_already:
        at = before.at  # what was not taken as proof still tells the time
    elif at_slot.is_open(tx.stamp):
        at = utc_text(min(tx.at, tx.now))
    else:
        at = at_slot.opens_at  # of a slot that has closed nobody knows the minute; who is entered was not late
    excuses.drop_excuse(tx.db, at_slot.id, person.id)
    kept = check_ins.record(
        tx.db, at_slot.id, person.id, at, tx.stamp, level="E", by_person=tx.me.id, reason=entry.reason
    )
    if before:
        kept = check_ins.vouch(tx.db, at_slot.id, person.id, at, "E", tx.me.id, entry.reason)
    tx.say(f"✅ {person.name} tercatat hadir{of_session(at_slot)}, No. {kept.number:04}, dicatat panitia.")
    told = f"✅ Panitia mencatat Bapak/Ibu hadir di {event.subject}{of_session(at_slot)}, No. {kept.number:04}."
    tx.notify(person.id, told, kind="by-hand", object=f"event:{event.id}", occurrence=tx.ref)


async def ask_undoing(chat: Chat, read: Reader) -> Entry:
    """Ask whose check-in is to be struck, and why."""
    event, at_slot = await _ask_slot(chat, read)
    there = await read(check_ins.names_at, at_slot.id)
    if not there:
        raise Refused(f"Belum ada yang tercatat hadir {day_title(await read(slots_of, event.id), at_slot)}.")
    nobody = "Tidak ada yang tercatat bernama {}. Ketik sebagian namanya, misalnya Siti."
    found = await ask_who(chat, WHO, [Somebody(*one) for one in there], nobody=nobody)
    reason = await chat.ask("reason", words("Alasannya? Tulis singkat.", most=MOST_REASON, least=3))
    return Entry(at_slot.id, found.id, "", reason)


def save_undoing(tx: Settling, entry: Entry) -> None:
    """Strike the check-in; the row, its number and the audit stay."""
    event, at_slot = _to_run(tx, entry.slot_id)
    before = check_ins.entry_of(tx.db, at_slot.id, entry.person_id)
    person = people.person(tx.db, entry.person_id)
    if person is None or before is None:
        raise Refused("Absen itu tidak ada. Lihat /kegiatan.")
    if not check_ins.undo(tx.db, at_slot.id, person.id, entry.reason, tx.me.id):
        tx.say(f"Absen {person.name} memang sudah dibatalkan.")
        return
    detail = f"slot {at_slot.id} person:{person.id} no {before.number} {before.level}"
    office.note(tx.db, tx.stamp, tx.me.id, "undo", f"event:{event.id}", detail)
    tx.say(f"Absen {person.name}{of_session(at_slot)}, No. {before.number:04}, dibatalkan.")
    told = f"Absen Bapak/Ibu di {event.subject}{of_session(at_slot)} dibatalkan panitia: {entry.reason}."
    notice = f"{told} Kalau keliru, mohon temui panitia."
    tx.notify(person.id, notice, kind="undone", object=f"event:{event.id}", occurrence=tx.ref)


async def _ask_slot(chat: Chat, read: Reader) -> tuple[Event, Slot]:
    """Ask which of the slots that have opened, or should have, is meant, the latest first; a single one is given."""
    event = await read(events.event, event_number(chat.arg))
    if event is None or not await read(is_desk, event.id, chat.me.id, chat.me.role):
        raise Refused(NOT_YOURS)
    slots = await read(slots_of, event.id)
    now = utc_text(chat.now)
    begun = {str(one.id): one for one in reversed(slots) if one.has_opened(now) or one.has_closed(now)}
    if not begun:
        raise Refused("Absen belum dibuka, jadi belum ada yang dicatat.")
    question = choose(lines([bold(event.subject), "Absen yang mana?"]), begun, lambda one: day_title(slots, one))
    return event, await chat.ask("slot", question, given=next(iter(begun)) if len(begun) == 1 else None)


def _to_run(tx: Settling, slot_id: int) -> tuple[Event, Slot]:
    found = slot(tx.db, slot_id)
    if found is None:
        raise Refused(NOT_YOURS)
    return event_to_run(tx, found.event_id), found


RECORD = Dialog("catat", "Catatan absen", ask_entry, save_entry, EVERYONE, steps=4)
UNDO = Dialog("hapusabsen", "Pembatalan absen", ask_undoing, save_undoing, EVERYONE, steps=3)
