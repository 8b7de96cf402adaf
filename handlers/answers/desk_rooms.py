"""Kamar: the list of rooms for the office, and whose room is still open."""

from bot.chat import EVERYONE, Dialog, Refused
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.answers.desk_answers import read_event
from handlers.events.event_desk import event_to_list
from storage import office, rooms, seats
from storage.rooms import Guest


def say_rooms(tx: Settling, event_id: int) -> None:
    """List the pairs by room, then who waits for an answer, whom anybody suits, and who has not said."""
    event = event_to_list(tx, event_id)
    if not seats.seats(tx.db, event.id).shared:
        raise Refused(f"{event.subject} tanpa pembagian kamar.")
    office.note(tx.db, tx.stamp, tx.me.id, "see rooms", f"event:{event.id}")
    guests = rooms.guests(tx.db, event.id)
    pairs: dict[int, list[str]] = {}
    for one in guests:
        if one.room is not None:
            pairs.setdefault(one.room, []).append(one.name)
    single = [one for one in guests if one.room is None]
    told: list[str | Text] = [f"{len(pairs)} kamar terisi berdua, {len(single)} orang belum punya teman sekamar."]
    told += [f"Kamar {room}: {' dan '.join(names)}" for room, names in sorted(pairs.items())]
    told += _listed("Menunggu jawaban", [f"{one.name}, ingin dengan {one.wish}" for one in single if one.wish])
    told += _listed("Dengan siapa saja", [_show(one) for one in single if one.wish == ""])
    told += _listed("Belum memilih", [_show(one) for one in single if one.wish is None])
    tx.say(lines([bold(event.subject), *told]))


def _listed(title: str, names: list[str]) -> list[str | Text]:
    return [bold(f"{title} ({len(names)})"), *(f"- {name}" for name in names)] if names else []


def _show(one: Guest) -> str:
    return f"{one.name} ({one.district})" if one.district else one.name


ROOMS = Dialog("denah", "Kamar", read_event, say_rooms, EVERYONE)
