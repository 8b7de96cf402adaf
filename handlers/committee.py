"""The committee of an event: an operator adds somebody by a part of the name, or takes somebody off."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.picked import choose, yes_or_no
from bot.questions import NotUnderstood, fold
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import Typed
from handlers.event_desk import OPERATORS, event_number
from storage import events, office, people
from storage.events import Event

MOST_OFFERED = 10


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
    everybody = await read(events.field_names)

    def find(part: str) -> list[tuple[int, str, str]]:
        found = [one for one in everybody if fold(part) in fold(one[1])]
        if not fold(part) or not found:
            raise NotUnderstood(f"Tidak ada petugas aktif bernama {part}. Ketik sebagian namanya, misalnya Siti.")
        if len(found) > MOST_OFFERED:
            raise NotUnderstood(f"Ada {len(found)} nama yang cocok. Mohon ketik lebih lengkap.")
        return found

    now = f"Panitia: {', '.join(members.values()) or 'belum ada'}."
    name = Typed(
        lines([bold(event.subject), now, "Siapa? Ketik sebagian namanya."]),
        find,
        lambda found: [one[0] for one in found],
        lambda kept: [one for one in everybody if one[0] in kept],
        lambda found: ", ".join(one[1] for one in found),
        echoes=False,
    )
    found = {str(one[0]): one for one in await chat.ask("name", name)}
    if len(found) == 1:
        chosen = next(iter(found.values()))
    else:
        question = choose("Yang mana?", found, lambda one: " · ".join(filter(None, one[1:])))
        chosen = await chat.ask("who", question, about=",".join(found))
    if chosen[0] not in members:
        return Change(event.id, chosen[0], True)
    leaves = yes_or_no(f"{chosen[1]} sudah panitia. Keluarkan dari panitia?", "Ya, keluarkan", "Tidak")
    return Change(event.id, chosen[0], False) if await chat.ask("leaves", leaves, about=chosen[0]) else None


def save(tx: Settling, change: Change | None) -> None:
    """Change the committee, and tell who joined it."""
    if change is None:
        tx.say("Baik, panitia tidak diubah.")
        return
    event, person = events.event(tx.db, change.event_id), people.person(tx.db, change.person_id)
    if event is None or person is None or tx.me.role != "operator":
        raise Refused("Panitia hanya diatur oleh operator Dinas.")
    events.set_committee(tx.db, event.id, person.id, change.joins)
    office.note(tx.db, tx.stamp, tx.me.id, "committee", f"event:{event.id}", f"{change.joins:+d} {person.id}")
    if not change.joins:
        tx.say(f"{person.name} bukan panitia lagi.")
        return
    told = _tell(tx, event, person.id)
    tx.say(f"{person.name} sekarang panitia{'' if told else ', tetapi belum terdaftar di bot'}.")


def _tell(tx: Settling, event: Event, person_id: int) -> int:
    notice = lines(["Bapak/Ibu menjadi panitia:", bold(event.subject), "Kode absen dan jumlah hadir ada di /kegiatan."])
    return tx.notify(person_id, notice, kind="committee", object=f"event:{event.id}", occurrence=tx.ref)


COMMITTEE = Dialog("panitia", "Panitia kegiatan", ask_member, save, OPERATORS, steps=2)
