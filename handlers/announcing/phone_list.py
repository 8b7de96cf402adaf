"""The telephone list: whom an announcement did not reach, by kecamatan, for the office and for each coordinator."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice, Message
from bot.picked import tick
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.events.event_card import event_lines
from handlers.events.event_desk import NOT_YOURS, OPERATORS, Look, event_number
from handlers.people.roster_person import show_number
from storage import deliveries, events, office, people
from storage.database import Connection
from storage.deliveries import Unreached
from storage.events import Event
from storage.people import Person

CALLERS = frozenset({"operator", "supervisor"})
NOBODY = "Tidak ada yang perlu ditelepon: semua sudah menerima undangannya, atau sudah menjawab."
ALL_CALLED = "Semua di daftar telepon itu sudah dihubungi."
GONE = "Kegiatan itu sudah dibatalkan, jadi tidak ada yang perlu ditelepon. Lihat /kegiatan."


@dataclass(frozen=True, slots=True)
class Called:
    """Who was called about an event."""

    event_id: int
    people: tuple[int, ...]


def calls_line(look: Look, event: Event) -> str:
    """Say how many of those on the list were called; '' while nobody was."""
    if not deliveries.anybody_called(look.db, event.id):
        return ""
    listed = deliveries.unreached(look.db, event.id)
    called = sum(one.called for one in listed)
    return f"Ditelepon {called} dari {len(listed)}" if called else ""


async def _read(chat: Chat, read: Reader) -> int:
    return event_number(chat.arg)


def say_list(tx: Settling, event_id: int) -> None:
    """List them all for an operator, and offer to hand each kecamatan its part."""
    event, listed = _event(tx.db, event_id), deliveries.unreached(tx.db, event_id)
    if not listed:
        tx.say(NOBODY)
        return
    office.note(tx.db, tx.stamp, tx.me.id, "see calls", f"event:{event.id}")
    called = sum(one.called for one in listed)
    title = f"Daftar telepon: {len(listed)} orang, {called} sudah dihubungi"
    can_hand_on = any(one.district_id in _coordinators(tx.db) for one in listed if not one.called)
    choices = [action("koordinator", event.id, "Kirim ke koordinator")] if can_hand_on else []
    choices += [_tick_off(event.id)] if called < len(listed) else []
    tx.say(lines([bold(event.subject), title, *_by_district(listed)]), *choices)


def hand_on(tx: Settling, event_id: int) -> None:
    """Send every coordinator of a kecamatan the part of the list that is still to be called."""
    event = _event(tx.db, event_id)
    listed = [one for one in deliveries.unreached(tx.db, event.id) if not one.called]
    if not listed:
        tx.say(ALL_CALLED)
        return
    coordinators = _coordinators(tx.db)
    told, left = [], []
    for name, group in groupby(listed, key=lambda one: one.district):
        theirs = list(group)
        someone = [one for one in coordinators.get(theirs[0].district_id, []) if _ask(tx, event, one, theirs)]
        if someone:
            told.append(f"{name}: {', '.join(one.name for one in someone)} ({len(theirs)} orang)")
        else:
            left.append(f"{name or 'tanpa kecamatan'} ({len(theirs)} orang)")
    office.note(tx.db, tx.stamp, tx.me.id, "hand on calls", f"event:{event.id}", f"{len(told)} kecamatan")
    tx.say(
        lines(
            [
                "Dikirim ke koordinator:" if told else "Belum ada koordinator yang bisa dikirimi.",
                *(f"- {one}" for one in told),
                f"Mohon ditelepon dari Dinas: {', '.join(left)}." if left else "",
            ]
        )
    )


def _ask(tx: Settling, event: Event, coordinator: Person, listed: Sequence[Unreached]) -> bool:
    """Ask a coordinator to call; False if he or she can be reached in no chat, or is the only one on the list."""
    others = [one for one in listed if one.id != coordinator.id]
    asks = f"Belum menerima undangan ini lewat bot, mohon ditelepon ({len(others)} orang):"
    said = lines([event_lines(event, tx.zone), asks, *map(_entry, others)])
    message = Message(said, (_tick_off(event.id),))
    return bool(others) and bool(
        tx.notify(coordinator.id, message, kind="calls", object=f"event:{event.id}", occurrence=tx.ref)
    )


async def ask_called(chat: Chat, read: Reader) -> Called:
    """Ask which of those still on the list were called."""
    event_id = event_number(chat.arg)
    listed = [one for one in await read(_listed_for, event_id, chat.me) if not one.called]
    if not listed:
        raise Refused(ALL_CALLED)
    who = tick(
        "Siapa yang sudah dihubungi? Boleh lebih dari satu, misalnya 1, 3, lalu Selesai.",
        {str(one.id): one for one in listed},
        lambda one: one.name,
    )
    return Called(event_id, tuple(one.id for one in await chat.ask("called", who)))


def save_called(tx: Settling, called: Called) -> None:
    """Tick them off."""
    mine = {one.id for one in _listed_for(tx.db, called.event_id, tx.me)}
    if not mine >= set(called.people):
        raise Refused("Daftar teleponnya baru saja berubah. Mohon pilih lagi.")
    for person_id in called.people:
        deliveries.note_call(tx.db, called.event_id, person_id, tx.me.id, tx.stamp)
    told = " ".join(f"person:{one}" for one in called.people)
    office.note(tx.db, tx.stamp, tx.me.id, "called", f"event:{called.event_id}", told)
    left = [one for one in _listed_for(tx.db, called.event_id, tx.me) if not one.called]
    rest = lines([f"Masih perlu dihubungi ({len(left)} orang):", *map(_entry, left)]) if left else Text.of(ALL_CALLED)
    tx.say(lines([f"✅ Dicatat: {len(called.people)} orang sudah dihubungi.", rest]), *_again(called.event_id, left))


def _again(event_id: int, left: Sequence[Unreached]) -> list[Choice]:
    return [_tick_off(event_id)] if left else []


def _tick_off(event_id: int) -> Choice:
    return action("dihubungi", event_id, "Sudah dihubungi")


def _listed_for(db: Connection, event_id: int, caller: Person) -> list[Unreached]:
    """Return the list as this person may work on it: a coordinator's own kecamatan, all of it for an operator."""
    event = _event(db, event_id)
    if caller.role in OPERATORS:
        return deliveries.unreached(db, event.id)
    if caller.district_id is None:
        raise Refused(NOT_YOURS)
    return [one for one in deliveries.unreached(db, event.id, caller.district_id) if one.id != caller.id]


def _event(db: Connection, event_id: int) -> Event:
    event = events.event(db, event_id)
    if event is None or event.state == "cancelled":
        raise Refused(GONE)
    return event


def _coordinators(db: Connection) -> dict[int | None, list[Person]]:
    found: dict[int | None, list[Person]] = {}
    for one in people.people_in_roles(db, "supervisor"):
        if one.district_id is not None:
            found.setdefault(one.district_id, []).append(one)
    return found


def _by_district(listed: Sequence[Unreached]) -> list[str | Text]:
    told: list[str | Text] = []
    for district, group in groupby(listed, key=lambda one: one.district):
        told.append(bold(f"Kecamatan {district}" if district else "Tanpa kecamatan"))
        told += map(_entry, group)
    return told


def _entry(one: Unreached) -> str:
    return f"- {one.name} ({one.title}) {show_number(one.phone)}{' ✅' if one.called else ''}"


CALL_LIST = Dialog("telepon", "Daftar telepon", _read, say_list, OPERATORS)
HAND_ON = Dialog("koordinator", "Daftar telepon untuk koordinator", _read, hand_on, OPERATORS)
CALLED = Dialog("dihubungi", "Daftar telepon", ask_called, save_called, CALLERS, steps=1)
