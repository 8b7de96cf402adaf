"""The committee's scan: a person's own QR code, and the link behind it that checks that person in when it is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.checking_in.guessing import say_when
from handlers.checking_in.leaving import leaving_hint, note_leaving, takes_leaving
from handlers.checking_in.qr_pictures import qr_png
from handlers.checking_in.receipts import late_note, of_session, receipt
from handlers.events.event_desk import day_title, event_number, event_to_run
from storage import badges, check_ins, events, invitations, office, people
from storage.check_in_rules import rules_of
from storage.events import Event
from storage.people import Person
from storage.slots import Slot, slots_of

NO_BADGE = "QR itu bukan dari bot ini, atau untuk kegiatan lain. Minta yang bersangkutan membukanya lagi di /kegiatan."


@dataclass(frozen=True, slots=True)
class Badge:
    """The picture of a person's badge."""

    event_id: int
    file: Attachment
    text: Text


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scanned badge carries."""

    event_id: int
    badge: str


def make_scanning(link: Callable[[str], str]) -> tuple[Dialog[Any], ...]:
    """Make the dialog that draws a person's badge, and the one that its link opens."""

    async def draw(chat: Chat, read: Reader) -> Badge:
        event = await read(events.event, event_number(chat.arg))
        if event is None or await read(invitations.invitation, event.id, chat.me.id) is None:
            raise Refused("Bapak/Ibu tidak ada di daftar undangan kegiatan itu. Lihat /kegiatan.")
        badge = f"s_{event.id}_{await read(badges.badge_of, event.id, chat.me.id)}"
        assert chat.files is not None
        digest = await chat.files.lend(qr_png(link(badge) or f"/start {badge}"), "image/png")
        shown = "Tunjukkan ke panitia untuk dipindai. QR ini hanya untuk Bapak/Ibu sendiri."
        return Badge(
            event.id, Attachment(digest, "qr-saya.png", "photo"), lines([bold(event.subject), chat.me.name, shown])
        )

    return (
        Dialog("qrsaya", "QR saya", draw, give_badge, EVERYONE),
        Dialog("pindai", "Pindai QR peserta", read_badge, check_in, EVERYONE),
    )


def give_badge(tx: Settling, badge: Badge) -> None:
    """Send the picture."""
    tx.say(Message(badge.text, file=badge.file))


async def read_badge(chat: Chat, read: Reader) -> Scan:
    """Read the link: `s_<event>_<badge>`."""
    number, _, badge = chat.arg.partition("_")
    if not (number.isascii() and number.isdigit()):
        raise Refused(NO_BADGE)
    return Scan(int(number[:9]), badge)


def check_in(tx: Settling, scan: Scan) -> None:
    """Check in whose badge it is, to the slot that is open: the committee has seen the face."""
    event = event_to_run(tx, scan.event_id)
    person_id = badges.person_of_badge(tx.db, event.id, scan.badge)
    person = people.person(tx.db, person_id) if person_id is not None else None
    at = utc_text(min(tx.at, tx.now))
    if person is None:
        raise Refused(NO_BADGE)
    if invitations.invitation(tx.db, event.id, person.id) is None:
        raise Refused(f"{person.name} tidak diundang ke {event.subject}.")
    slots = slots_of(tx.db, event.id)
    now = next((slot for slot in slots if slot.is_open(at)), None) or _left_from(tx, event, slots, person, at)
    if event.state == "cancelled" or now is None:
        raise Refused(_why_not(tx, event, slots, at))
    _record(tx, event, now, person, at)


def _left_from(tx: Settling, event: Event, slots: list[Slot], person: Person, at: str) -> Slot | None:
    """Return the slot that closed a short while ago, where the person was and leaving is recorded."""
    rules = rules_of(tx.db, event.id)
    over = [slot for slot in slots if takes_leaving(slot, rules, from_utc_text(at))]
    return next((slot for slot in reversed(over) if check_ins.check_in_of(tx.db, slot.id, person.id)), None)


def _record(tx: Settling, event: Event, slot: Slot, person: Person, at: str) -> None:
    before, rules = check_ins.entry_of(tx.db, slot.id, person.id), rules_of(tx.db, event.id)
    if before and before.state == "kept" and before.level in rules.levels:
        if left := note_leaving(tx, from_utc_text(at), event, slot, rules, person.id, before):
            office.note(
                tx.db, tx.stamp, tx.me.id, "scan out", f"event:{event.id}", f"slot {slot.id} person:{person.id}"
            )
            tx.say(f"✅ {person.name} {left}")
            return
        when = say_when(tx, from_utc_text(before.at), event.zone)
        tx.say(f"{person.name} sudah tercatat, No. {before.number:04}, {when}.")
        return
    kept = check_ins.record(tx.db, slot.id, person.id, at, tx.stamp, level="A", by_person=tx.me.id)
    if before:
        kept = check_ins.vouch(tx.db, slot.id, person.id, at, "A", tx.me.id)
    office.note(tx.db, tx.stamp, tx.me.id, "scan", f"event:{event.id}", f"slot {slot.id} person:{person.id}")
    told = f"✅ {person.name} tercatat hadir{of_session(slot)}, No. {kept.number:04}.{late_note(event, slot, kept.at)}"
    tx.say(told)
    tx.notify(
        person.id,
        receipt(person.name, event, slot, kept) + leaving_hint(rules),
        kind="scanned",
        object=f"event:{event.id}",
        occurrence=str(slot.id),
    )


def _why_not(tx: Settling, event: Event, slots: list[Slot], at: str) -> str:
    coming = next((slot for slot in slots if slot.closes_at > at), None)
    if event.state == "cancelled" or coming is None:
        return f"{event.subject} sudah selesai atau dibatalkan, jadi tidak ada absen."
    if coming.waits:
        return f"Absen {day_title(slots, coming)} belum dibuka. Buka dulu di /kegiatan, Absen."
    return f"Absen{of_session(coming)} dibuka {say_when(tx, from_utc_text(coming.opens_at), event.zone)}."
