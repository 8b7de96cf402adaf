"""The committee of an event: an operator adds somebody by a part of the name, or takes somebody off."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.picked import yes_or_no
from bot.settling import Settling
from bot.text import bold, lines
from handlers.events.event_desk import OPERATORS, event_number
from handlers.people.who import Somebody, ask_who
from storage import events, office, people
from storage.events import Event


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody joins a committee, or leaves it."""

    event_id: int
    person_id: int
    joins: bool


async def ask_member(chat: Chat, read: Reader) -> Change | None:
    """Ask for the name; None when nothing is to change."""
    event = await read(events.event, event_number(chat.arg))
    if event is None:
        raise Refused("Kegiatan itu tidak ada. Lihat /kegiatan.")
    members = dict(await read(events.committee, event.id))
    now = f"Panitia: {', '.join(members.values()) or 'belum ada'}."
    everybody = [Somebody(*one) for one in await read(events.field_names)]
    chosen = await ask_who(chat, lines([bold(event.subject), now, "Siapa? Ketik sebagian namanya."]), everybody)
    if chosen.id not in members:
        return Change(event.id, chosen.id, True)
    leaves = yes_or_no(f"{chosen.name} sudah panitia. Keluarkan dari panitia?", "Ya, keluarkan", "Tidak")
    return Change(event.id, chosen.id, False) if await chat.ask("leaves", leaves, about=chosen.id) else None


def save(tx: Settling, change: Change | None) -> None:
    """Change the committee, and tell who joined it."""
    if change is None:
        tx.say("Baik, panitia tidak diubah.")
        return
    event, person = events.event(tx.db, change.event_id), people.person(tx.db, change.person_id)
    if event is None or person is None or tx.me.role != "operator":
        raise Refused("Panitia hanya diatur oleh operator Dinas.")
    events.set_committee(tx.db, event.id, person.id, change.joins)
    office.note(tx.db, tx.stamp, tx.me.id, "committee", f"event:{event.id}", f"{change.joins:+d} person:{person.id}")
    if not change.joins:
        tx.say(f"{person.name} bukan panitia lagi.")
        return
    told = _tell(tx, event, person.id)
    tx.say(f"{person.name} sekarang panitia{'' if told else ', tetapi belum terdaftar di bot'}.")


def _tell(tx: Settling, event: Event, person_id: int) -> int:
    notice = lines(["Bapak/Ibu menjadi panitia:", bold(event.subject), "Kode absen dan jumlah hadir ada di /kegiatan."])
    return tx.notify(person_id, notice, kind="committee", object=f"event:{event.id}", occurrence=tx.ref)


COMMITTEE = Dialog("panitia", "Panitia kegiatan", ask_member, save, OPERATORS, steps=2)
