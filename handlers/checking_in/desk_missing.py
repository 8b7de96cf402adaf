"""Who has not come: the list of the latest slot by kecamatan, with what is known of each."""

from collections.abc import Mapping
from datetime import date

from bot.chat import EVERYONE, Dialog, Refused
from bot.clock import from_utc_text
from bot.dates import show_day, show_time
from bot.settling import Settling
from bot.text import bold, lines
from handlers.checking_in.by_hand import WAYS
from handlers.events.event_desk import day_title, event_to_run
from handlers.events.people_list import Part, read_part, say_people
from storage import check_ins, excuses, invitations
from storage.database import Connection
from storage.slots import slots_of


def say_missing(tx: Settling, part: Part) -> None:
    """List who has not checked in to the slot that opened last; the committee reads how many of each kecamatan."""
    event = event_to_run(tx, part.event_id)
    slots, total = slots_of(tx.db, event.id), invitations.answers(tx.db, event.id).expected
    begun = [slot for slot in slots if slot.has_opened(tx.stamp)]
    if not begun and slots[0].waits:
        raise Refused("Absen belum dibuka. Panitia membukanya dengan Buka sekarang.")
    if not begun:
        opens = show_time(from_utc_text(slots[0].opens_at), event.zone)
        raise Refused(f"Absen belum dibuka. Dibuka {show_day(date.fromisoformat(slots[0].day))} {opens}.")
    missing = invitations.absent(tx.db, event.id, begun[-1].id)
    if not missing:
        tx.say(lines([bold(event.subject), f"Semua {total} orang sudah tercatat hadir."]))
        return
    title = f"Belum hadir {day_title(slots, begun[-1])}: {len(missing)} dari {total}"
    notes = _notes(tx.db, event.id, begun[-1].id)
    say_people(tx, event, title, missing, part, MISSING.name, "see missing", notes)


def _notes(db: Connection, event_id: int, slot_id: int) -> Mapping[int, str]:
    """Say of each person what there is instead of a check-in that counts; who has said no need not be called."""
    refused = [person_id for person_id, answer in invitations.answers_of(db, event_id).items() if answer == "no"]
    notes = dict.fromkeys(refused, "menjawab tidak hadir")
    notes |= {person_id: WAYS[status].lower() for person_id, status in excuses.excused(db, slot_id).items()}
    for person_id, (state, level) in check_ins.standing(db, slot_id).items():
        kept = "tertunda, tidak dihitung" if level == "C" else "buktinya tidak dihitung"
        notes[person_id] = {"asked": "menunggu dipastikan", "kept": kept, "undone": "dibatalkan panitia"}.get(state, "")
    return notes


MISSING = Dialog("belum", "Belum hadir", read_part, say_missing, EVERYONE)
