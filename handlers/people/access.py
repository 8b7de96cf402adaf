"""Keeping somebody out, and letting in again: what waits to be sent, the events to come, and who counts on whom."""

from bot.settling import Settling
from handlers.answers.answering import leave
from handlers.events.event_card import send_card
from handlers.events.event_desk import has_begun
from storage import events, invitations, outbox, people
from storage.people import Person


def keep_out(tx: Settling, person: Person) -> int:
    """Keep the person out from now on; return how many invitations that took back."""
    left = take_out(tx, person)
    told = "Akses Bapak/Ibu ke bot ini dihentikan oleh Dinas Sosial. Jika keliru, mohon hubungi kantor Dinas."
    tx.notify(person.id, told, kind="access", object=f"person:{person.id}", occurrence=tx.ref)
    people.set_active(tx.db, person.id, False)
    return left


def take_out(tx: Settling, person: Person) -> int:
    """Cancel what waits to be sent to the person, and give the places in events to come to others; return of how many.

    Of an event that has begun the invitation stays, with what was recorded of it.
    """
    outbox.stop_all_for(tx.db, person.id, tx.stamp)
    left = 0
    for event in events.open_events_for(tx.db, person.id, tx.stamp):
        invitation = invitations.invitation(tx.db, event.id, person.id)
        if invitation is not None and not has_begun(tx, event):
            leave(tx, event, invitation)
            left += 1
    return left


def let_in(tx: Settling, person: Person) -> int:
    """Let the person in again, and invite anew; return to how many events."""
    people.set_active(tx.db, person.id)
    told = "Akses Bapak/Ibu ke bot ini aktif kembali. Ketik menu untuk melihat yang bisa dilakukan."
    tx.notify(person.id, told, kind="access", object=f"person:{person.id}", occurrence=tx.ref)
    return invite_again(tx, person)


def invite_again(tx: Settling, person: Person) -> int:
    """Invite somebody who was kept out to what is still to come; return to how many events.

    The seat was given away, so the answer is asked for once more.
    """
    invited = 0
    for event in events.open_events_for(tx.db, person.id, tx.stamp):
        if invitations.invitation(tx.db, event.id, person.id) is None:
            invitations.admit(tx.db, event.id, person.id)
            send_card(tx, event, person.id, person.name, tx.ref)
            invited += 1
    return invited
