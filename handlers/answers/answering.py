"""Keeping an answer with all that follows: for a stand-in, the waiting list, a room, and who is being chased."""

from bot.message import Choice, Message
from bot.settling import Settling
from bot.text import lines
from handlers.answers.answer_card import buttons, said
from handlers.answers.room_sharing import leave_room
from handlers.events.event_card import card_lines, ends_at, event_lines
from storage import invitations, people, seats, stand_ins
from storage.events import Event
from storage.invitations import Invitation


def answer(
    tx: Settling,
    event: Event,
    before: Invitation,
    given: str,
    *,
    cause: str | None = None,
    reason: str | None = None,
    by: int | None = None,
) -> None:
    """Keep a 'yes' or 'no'. The invitation of who was invited only to stand in goes with the no.

    A yes for which there is no seat waits for one. `by` is who entered an answer that came by telephone.
    """
    has_seat = before.answer in ("yes", "delegated") or before.instead_of is not None
    if given == "yes" and not has_seat and seats.is_full(tx.db, event.id):
        given = "waiting"
    _release_stand_in(tx, event, before)
    invitations.answer(tx.db, event.id, before.person_id, given, tx.stamp, cause=cause, reason=reason, by=by)
    if before.instead_of is not None and given == "no":
        _give_back(tx, event, before)
    elif before.instead_of is not None and before.answer != "yes":
        _tell_accepted(tx, event, before)
    _settle(tx, event, before.person_id)


def decline_to_stand_in(tx: Settling, event: Event, before: Invitation) -> None:
    """Take back that the person comes instead of somebody; an invitation of his or her own is open again."""
    invitations.answer(tx.db, event.id, before.person_id, None, tx.stamp)
    _give_back(tx, event, before)
    _settle(tx, event, before.person_id)


def delegate(tx: Settling, event: Event, before: Invitation, colleague_id: int) -> None:
    """Let a colleague be asked to come instead; the one who was asked before is told."""
    _release_stand_in(tx, event, before)
    stand_ins.ask(tx.db, event.id, colleague_id, before.person_id)
    invitations.answer(tx.db, event.id, before.person_id, "delegated", tx.stamp, delegate_id=colleague_id)
    _settle(tx, event, before.person_id)


def leave(tx: Settling, event: Event, before: Invitation) -> None:
    """Take somebody who left the programme off the list; who stands in, or is stood in for, is told."""
    _release_stand_in(tx, event, before)
    if before.instead_of is not None:
        _give_back(tx, event, before)
    invitations.uninvite(tx.db, event.id, before.person_id)
    _settle(tx, event, before.person_id)


def _settle(tx: Settling, event: Event, person_id: int) -> None:
    """Do what follows from any answer, once it is kept."""
    kept = invitations.invitation(tx.db, event.id, person_id)
    if kept is None or kept.answer is not None:
        tx.withdraw_from(person_id, "chase", f"event:{event.id}")
    if kept is None or kept.answer != "yes":
        leave_room(tx, event, person_id)
    _fill_seats(tx, event)


def _fill_seats(tx: Settling, event: Event) -> None:
    """Give the seats that are free to those who have waited longest."""
    while (first := seats.first_waiting(tx.db, event.id)) is not None and not seats.is_full(tx.db, event.id):
        invitations.answer(tx.db, event.id, first, "yes", tx.stamp)
        _tell(tx, event, first, "seat", "✅ Ada tempat: Bapak/Ibu sekarang terdaftar hadir.", asks=True)


def _release_stand_in(tx: Settling, event: Event, before: Invitation) -> None:
    """Tell who was to come instead that this is no longer needed; his or her own invitation is open again."""
    if before.delegate_id is None:
        return
    invitations.answer(tx.db, event.id, before.person_id, None, tx.stamp)
    stand_in = invitations.invitation(tx.db, event.id, before.delegate_id)
    if stand_in is not None and stand_in.own:
        invitations.answer(tx.db, event.id, before.delegate_id, None, tx.stamp)
    stand_ins.release(tx.db, event.id, before.delegate_id)
    leave_room(tx, event, before.delegate_id)
    asker = people.person(tx.db, before.person_id)
    assert asker is not None
    told = f"{asker.name} tidak perlu diwakili lagi. Terima kasih."
    _tell(tx, event, before.delegate_id, "released", told, asks=True)


def _give_back(tx: Settling, event: Event, stand_in: Invitation) -> None:
    """Open the invitation of who was to be stood in for, and ask anew."""
    assert stand_in.instead_of is not None
    person = people.person(tx.db, stand_in.person_id)
    assert person is not None
    invitations.answer(tx.db, event.id, stand_in.instead_of, None, tx.stamp)
    stand_ins.release(tx.db, event.id, stand_in.person_id)
    told = f"{person.name} tidak bisa mewakili Bapak/Ibu."
    _tell(tx, event, stand_in.instead_of, "stand-in", told, asks=True)


def _tell_accepted(tx: Settling, event: Event, stand_in: Invitation) -> None:
    assert stand_in.instead_of is not None
    person = people.person(tx.db, stand_in.person_id)
    assert person is not None
    _tell(tx, event, stand_in.instead_of, "stand-in", f"✅ {person.name} bersedia mewakili Bapak/Ibu.")


def _tell(tx: Settling, event: Event, person_id: int, kind: str, what: str, *, asks: bool = False) -> None:
    """Tell somebody what became of an answer, with the card of what is now asked, if anything is."""
    invitation = invitations.invitation(tx.db, event.id, person_id) if asks else None
    told = lines([what, event_lines(event, tx.zone)])
    choices: tuple[Choice, ...] = ()
    if invitation is not None:
        told = lines([what, card_lines(event, tx.zone), said(invitation)])
        choices = buttons(event, invitation)
    tx.notify(
        person_id,
        Message(told, choices),
        kind=kind,
        object=f"event:{event.id}",
        occurrence=tx.ref,
        expires_at=ends_at(tx, event),
    )
