"""Walk-ins: somebody who is not invited sends the right code, and the committee says yes or no."""

from datetime import datetime

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_time
from bot.message import Message
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.checking_in.leaving import leaving_hint
from handlers.checking_in.receipts import in_session, receipt
from handlers.events.event_desk import event_number, event_to_run
from storage import check_ins, events, invitations, office, people
from storage.check_in_rules import rules_of
from storage.events import Event
from storage.slots import Slot, slot

PASSED_ON = "Bapak/Ibu belum diundang. Permintaan ikut hadir diteruskan ke panitia, dikabari di sini."
NO_LONGER = "Permintaan itu tidak ada lagi. Lihat /kegiatan."


def ask_for_walk_in(tx: Settling, at: datetime, event: Event, at_slot: Slot) -> None:
    """Pass the wish on to everybody who runs the event, once."""
    tx.say(PASSED_ON)
    if check_ins.has_tried(tx.db, tx.me.id, at_slot.id):
        return
    tried = check_ins.note_try(tx.db, tx.me.id, utc_text(at), "uninvited", at_slot.id)
    where = f", Kecamatan {tx.me.district}" if tx.me.district else ""
    asks = lines(
        [
            bold(event.subject),
            f"{tx.me.name} ({tx.me.title}{where}) tidak diundang, dan mengirim kode yang benar "
            f"{show_time(at, event.zone)}{in_session(at_slot)}. Diterima?",
        ]
    )
    message = Message.of(asks, action("ikut", f"{tried}.y", "Terima"), action("ikut", f"{tried}.n", "Tolak"))
    runs = {one.id for one in people.people_in_roles(tx.db, "operator")} | dict(
        events.committee(tx.db, event.id)
    ).keys()
    for person_id in sorted(runs - {tx.me.id}):
        tx.notify(person_id, message, kind="walk-in", object=f"event:{event.id}", occurrence=str(tried))


async def read_decision(chat: Chat, read: Reader) -> tuple[int, bool]:
    """Read which try, and whether it is taken."""
    number, _, way = chat.arg.partition(".")
    return event_number(number), way == "y"


def decide(tx: Settling, decision: tuple[int, bool]) -> None:
    """Invite and check in who is taken, as of the message's own time; tell whoever is not."""
    tried = check_ins.try_of(tx.db, decision[0])
    found = slot(tx.db, tried[2]) if tried and tried[2] is not None else None
    person = people.person(tx.db, tried[0]) if tried else None
    if tried is None or found is None or person is None:
        raise Refused(NO_LONGER)
    event = event_to_run(tx, found.event_id)
    before = check_ins.entry_of(tx.db, found.id, person.id)
    about, occurrence = f"event:{event.id}", f"{decision[0]}:{decision[1]}"
    if before is not None:
        tx.say(f"{person.name} sudah tercatat hadir, No. {before.number:04}.")
    elif decision[1]:
        invitations.invite(tx.db, event.id, person.id)
        kept = check_ins.record(tx.db, found.id, person.id, tried[1], tx.stamp)
        office.note(tx.db, tx.stamp, tx.me.id, "walk-in", about, f"+ person:{person.id}")
        told = receipt(person.name, event, found, kept) + leaving_hint(rules_of(tx.db, event.id))
        tx.notify(person.id, told, kind="walk-in-answer", object=about, occurrence=occurrence)
        when = show_time(from_utc_text(kept.at), event.zone)
        tx.replace_card(f"{person.name} diterima dan tercatat hadir {when}, No. {kept.number:04}.")
    else:
        sorry = f"Mohon maaf, permintaan ikut {event.subject} belum dapat diterima. Mohon hubungi panitia."
        if tx.notify(person.id, sorry, kind="walk-in-answer", object=about, occurrence=occurrence):
            office.note(tx.db, tx.stamp, tx.me.id, "walk-in", about, f"- person:{person.id}")
        tx.replace_card(f"Permintaan {person.name} ditolak, yang bersangkutan diberi tahu.")


WALK_IN = Dialog("ikut", "Permintaan ikut hadir", read_decision, decide, EVERYONE)
