"""Sharing rooms: who comes says with whom, the other is asked, and only what both want becomes a room."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.answers.answer_card import buttons, room_line
from handlers.answers.invited import event_in, event_to_answer, invitation_to_answer
from handlers.events.event_card import card, ends_at, event_lines
from handlers.people.who import Somebody, ask_who
from storage import invitations, people, rooms
from storage.events import Event
from storage.rooms import Guest

GONE = "Permintaan itu tidak berlaku lagi. Lihat /kegiatan."
NOT_COMING = "Teman sekamar dipilih setelah menjawab Hadir. Jawab dulu lewat /kegiatan."


@dataclass(frozen=True, slots=True)
class Wish:
    """With whom somebody would like to share a room; None is anybody."""

    event_id: int
    mate_id: int | None


@dataclass(frozen=True, slots=True)
class Tap:
    """The answer to such a wish, 'yes' or 'no' to whom; or 'any': with anybody."""

    event_id: int
    way: str
    whom: int


async def ask_mate(chat: Chat, read: Reader) -> Wish:
    """Ask for the name of somebody who comes as well."""
    event_id, _ = event_in(chat.arg)
    event = await read(event_to_answer, event_id, utc_text(chat.now))
    guests = await read(rooms.guests, event.id)
    if all(one.id != chat.me.id for one in guests):
        raise Refused(NOT_COMING)
    known = [Somebody(one.id, one.name, one.district, why_not(one, chat.me.id)) for one in guests]
    chosen = await ask_who(
        chat,
        lines([bold(event.subject), "Sekamar dengan siapa? Ketik sebagian namanya."]),
        known,
        nobody="Belum ada yang bernama {} di antara yang akan hadir. Ketik nama lain, atau tunggu jawabannya dulu.",
    )
    return Wish(event.id, chosen.id)


def save_wish(tx: Settling, wish: Wish) -> None:
    """Note the wish; where the other has named this person too it is a room already, else he or she is asked."""
    event = _event_of(tx, wish.event_id)
    mate = next((one for one in rooms.guests(tx.db, event.id) if one.id == wish.mate_id), None)
    if mate is None or why_not(mate, tx.me.id):
        raise Refused("Orang itu sudah punya teman sekamar atau tidak jadi hadir. Pilih lagi lewat /kegiatan.")
    if mate.id in rooms.wishes_for(tx.db, event.id, tx.me.id):
        _pair(tx, event, mate.id)
        return
    rooms.wish(tx.db, event.id, tx.me.id, mate.id)
    asks = lines([f"{tx.me.name} ingin sekamar dengan Bapak/Ibu:", event_lines(event, tx.zone), "Setuju?"])
    told = _tell(
        tx,
        event,
        mate.id,
        asks,
        action("kamar", f"{event.id}.yes.{tx.me.id}", "Ya"),
        action("kamar", f"{event.id}.no.{tx.me.id}", "Tidak"),
    )
    _show(tx, event)
    if not told:
        tx.say(f"{mate.name} tidak bisa dihubungi lewat bot. Mohon sampaikan ke Dinas siapa teman sekamar Bapak/Ibu.")


async def read_tap(chat: Chat, read: Reader) -> Tap:
    """Read the button."""
    event_id, rest = event_in(chat.arg)
    way, _, whom = rest.partition(".")
    if way not in ("yes", "no", "any") or (way == "any") == (whom.isascii() and whom.isdigit()):
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return Tap(event_id, way, int(whom[:9]) if whom else 0)


def save_tap(tx: Settling, tap: Tap) -> None:
    """Make the room that both want, or tell the one who asked; or note that anybody will do."""
    event = _event_of(tx, tap.event_id)
    if tap.way == "any":
        if rooms.mate_of(tx.db, event.id, tx.me.id) is None:
            rooms.wish(tx.db, event.id, tx.me.id, None)
        _show(tx, event)
        return
    if rooms.mate_of(tx.db, event.id, tx.me.id) == tap.whom:
        _show(tx, event)
        return
    if tap.whom not in rooms.wishes_for(tx.db, event.id, tx.me.id):
        raise Refused(GONE)
    if tap.way == "yes":
        _pair(tx, event, tap.whom)
        return
    _turn_down(tx, event, tap.whom, f"{tx.me.name} tidak bisa sekamar dengan Bapak/Ibu.")
    other = people.person(tx.db, tap.whom)
    assert other is not None, "people are never deleted"
    tx.replace_card(f"Baik, {other.name} diberi tahu.")


def leave_room(tx: Settling, event: Event, person_id: int) -> None:
    """Let go of the room, and of the wishes, of somebody who does not come; who counted on him or her is told."""
    person = people.person(tx.db, person_id)
    assert person is not None, "people are never deleted"
    rooms.forget_wish(tx.db, event.id, person_id)
    _part(tx, event, person_id, person.name)
    for other in rooms.wishes_for(tx.db, event.id, person_id):
        _turn_down(tx, event, other, f"{person.name} tidak jadi hadir.")


def why_not(guest: Guest, asker_id: int) -> str:
    """Say why this guest cannot be the mate of who asks, '' if nothing speaks against it."""
    if guest.id == asker_id:
        return "Itu Bapak/Ibu sendiri, teman sekamar harus orang lain."
    return f"{guest.name} sudah punya teman sekamar." if guest.room is not None else ""


def _event_of(tx: Settling, event_id: int) -> Event:
    """Return the event, for somebody who comes. Raises Refused."""
    event, invitation = invitation_to_answer(tx, event_id)
    if invitation.answer != "yes" or not invitation.shares_rooms:
        raise Refused(NOT_COMING)
    return event


def _pair(tx: Settling, event: Event, mate_id: int) -> None:
    """Give who talks and the mate a room; who shared with one of them, or wanted to, may look further."""
    mate = people.person(tx.db, mate_id)
    assert mate is not None, "people are never deleted"
    _part(tx, event, tx.me.id, tx.me.name)
    _part(tx, event, mate.id, mate.name)
    rooms.pair(tx.db, event.id, tx.me.id, mate.id)
    for taken in (tx.me, mate):
        for other in rooms.wishes_for(tx.db, event.id, taken.id):
            _turn_down(tx, event, other, f"{taken.name} sudah punya teman sekamar.")
    _tell(tx, event, mate.id, lines([f"✅ {tx.me.name} sekamar dengan Bapak/Ibu.", event_lines(event, tx.zone)]))
    _show(tx, event)


def _part(tx: Settling, event: Event, person_id: int, name: str) -> None:
    """Take somebody out of a room, if there is one; the mate is told."""
    mate = rooms.part(tx.db, event.id, person_id)
    if mate is not None:
        _tell_alone(tx, event, mate, f"{name} tidak jadi sekamar dengan Bapak/Ibu.")


def _turn_down(tx: Settling, event: Event, who_asked: int, why: str) -> None:
    rooms.forget_wish(tx.db, event.id, who_asked)
    _tell_alone(tx, event, who_asked, why)


def _tell_alone(tx: Settling, event: Event, person_id: int, why: str) -> None:
    """Tell somebody who has no mate any more, and ask anew."""
    invitation = invitations.invitation(tx.db, event.id, person_id)
    if invitation is not None and invitation.answer == "yes":
        _tell(
            tx,
            event,
            person_id,
            lines([why, event_lines(event, tx.zone), room_line(invitation)]),
            *buttons(event, invitation),
        )


def _tell(tx: Settling, event: Event, person_id: int, said: Text, *choices: Choice) -> int:
    return tx.notify(
        person_id,
        Message(said, choices),
        kind="room",
        object=f"event:{event.id}",
        occurrence=tx.ref,
        expires_at=ends_at(tx, event),
    )


def _show(tx: Settling, event: Event) -> None:
    tx.replace_card(card(event, tx.me.name, tx.zone, invitations.invitation(tx.db, event.id, tx.me.id)))


MATE = Dialog("sekamar", "Teman sekamar", ask_mate, save_wish, steps=1)
ROOM = Dialog("kamar", "Teman sekamar", read_tap, save_tap)
