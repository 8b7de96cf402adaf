"""Finding somebody on the roster by a part of the name or the number."""

from itertools import count

from bot.chat import Chat, Dialog, Reader
from bot.picked import choose
from bot.settling import Settling
from bot.typed import words
from handlers.people.roster_person import show_person
from storage import office, roster_search
from storage.people import Person
from storage.roster_search import Listed

WHO = "Siapa yang dicari? Ketik sebagian nama atau nomor HP."
SHOWN = 20


async def find_person(chat: Chat, read: Reader) -> Listed:
    """Ask until exactly one person is meant; what followed the command counts as the first answer."""
    for attempt in count():
        typed = await chat.ask(
            "who", words(WHO, least=3, most=60), about=attempt, given=(chat.arg or None) if not attempt else None
        )
        found = await read(roster_search.find_people, typed, SHOWN + 1)
        if len(found) > SHOWN:
            chat.say(f"Lebih dari {SHOWN} petugas cocok dengan “{typed}”. Mohon ketik lebih lengkap.")
        elif not found:
            chat.say(f"Tidak ada petugas yang cocok dengan “{typed}”.")
        else:
            break
    person = found[0]
    if len(found) > 1:
        options = {str(one.id): one for one in found}
        labels = _labels(found)
        question = choose(f"{len(found)} petugas cocok. Yang mana?", options, lambda one: labels[one.id])
        person = await chat.ask("person", question, about=typed)
    listed = await read(roster_search.listed, person.id)
    assert listed is not None, "people are never deleted"
    return listed


def save(tx: Settling, found: Listed) -> None:
    """Show the card."""
    office.note(tx.db, tx.stamp, tx.me.id, "see person", f"person:{found.person.id}")
    show_person(tx, found.person.id)


def _labels(people: list[Person]) -> dict[int, str]:
    """Name the people so that no two are alike."""
    short = {one.id: f"{one.name} · {one.district or one.title}" for one in people}
    names = list(short.values())
    return {
        one.id: short[one.id] if names.count(short[one.id]) == 1 else f"{short[one.id]} · {(one.phone or '–')[-4:]}"
        for one in people
    }


SEARCH = Dialog("cari", "Pencarian petugas", find_person, save, frozenset({"operator"}), steps=2)
