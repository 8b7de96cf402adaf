"""Answering an announcement on its card: the first tap counts, a reason may follow, Ubah opens the question again."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import local, show_moment, show_time
from bot.settling import Settling
from bot.text import lines
from handlers.answers.answer_card import (
    ASK_REASON,
    CAUSES,
    answer_line,
    ask_buttons,
    buttons,
    edit_button,
    reason_buttons,
    said,
    show_answer,
    show_kept,
)
from handlers.answers.answering import answer, decline_to_stand_in
from handlers.answers.invited import event_in, event_to_answer, invitation_to_answer
from handlers.events.event_card import card, card_lines
from storage import invitations
from storage.events import Event
from storage.invitations import Invitation

WAYS = ("yes", "no", *CAUSES, "edit", "to-yes", "to-no", "for", "not-for")
"""What a button does: `yes`, `no` and the causes of a no answer, `edit` asks again, and only then `to-yes` and `to-no`
change it; `for` and `not-for` answer whether one stands in for the person whose id follows."""

GONE = "Permintaan itu tidak berlaku lagi: sudah ditarik, atau orang lain yang diminta. Lihat /kegiatan."


@dataclass(frozen=True, slots=True)
class Tap:
    """A tapped button: which event, which of WAYS, and for whom one would stand in."""

    event_id: int
    way: str
    whom: int = 0


async def read_tap(chat: Chat, read: Reader) -> Tap:
    """Read what the button carried."""
    event_id, rest = event_in(chat.arg)
    way, _, whom = rest.partition(".")
    stands_in = way in ("for", "not-for")
    if way not in WAYS or stands_in != (whom.isascii() and whom.isdigit()):
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return Tap(event_id, way, int(whom[:9]) if stands_in else 0)


def save(tx: Settling, tap: Tap) -> None:
    """Keep the answer, if the event still wants one from this person."""
    if tap.whom:
        _answer_request(tx, tap)
        return
    event, invitation = invitation_to_answer(tx, tap.event_id)
    if tap.way == "edit":
        _ask_again(tx, event, invitation)
    elif tap.way in CAUSES:
        _give_cause(tx, event, invitation, tap.way)
    else:
        _give_answer(tx, event, invitation, tap.way)


def show_card(tx: Settling, event: Event, before: Invitation) -> None:
    """Show the card of who talks as it now is, in place of the one that was tapped."""
    kept = invitations.invitation(tx.db, event.id, tx.me.id)
    if before.represented and (kept is None or kept.represented is None):
        told = f"Baik, {before.represented} diberi tahu bahwa Bapak/Ibu tidak bisa mewakili."
        asks = (said(kept),) if kept else ()
        tx.replace_card(lines([told, card_lines(event, tx.zone), *asks]), *(buttons(event, kept) if kept else ()))
        return
    tx.replace_card(card(event, tx.me.name, tx.zone, kept))


def say_answered(tx: Settling, event: Event, invitation: Invitation) -> None:
    """Say what stands; a doubled tap changes nothing, and neither does another button of a card left behind."""
    tx.say(f"Sudah dijawab {_when(tx, invitation)}: {show_kept(invitation)}.", edit_button(event))


def _give_answer(tx: Settling, event: Event, before: Invitation, way: str) -> None:
    given = way.removeprefix("to-")
    if before.answer is not None and way == given:
        say_answered(tx, event, before)
        return
    if before.answer == given == "no":
        # Nothing is lost by a change of mind that ends where it began; the reason may be given anew.
        told = lines([f"Yth. Bapak/Ibu {tx.me.name}", card_lines(event, tx.zone), answer_line(before), ASK_REASON])
        tx.replace_card(told, *reason_buttons(event), edit_button(event))
        return
    if before.answer != given and not (given == "yes" and before.answer == "waiting"):
        answer(tx, event, before, given)
    show_card(tx, event, before)


def _give_cause(tx: Settling, event: Event, before: Invitation, cause: str) -> None:
    """Keep why somebody does not come; on a card that stands open again, it is the answer too."""
    if before.answer not in (None, "no") or before.cause == cause:
        say_answered(tx, event, before)
        return
    answer(tx, event, before, "no", cause=cause, reason=before.reason)
    show_card(tx, event, before)


def _answer_request(tx: Settling, tap: Tap) -> None:
    """Keep whether somebody stands in, while he or she is still asked to by the same colleague."""
    event = event_to_answer(tx.db, tap.event_id, tx.stamp)
    before = invitations.invitation(tx.db, event.id, tx.me.id)
    if before is None or before.instead_of != tap.whom:
        raise Refused(GONE)
    if tap.way == "for":
        if before.answer == "yes":
            say_answered(tx, event, before)
            return
        answer(tx, event, before, "yes")
        show_card(tx, event, before)
        return
    decline_to_stand_in(tx, event, before)
    show_card(tx, event, before)


def _ask_again(tx: Settling, event: Event, invitation: Invitation) -> None:
    now = f"Jawaban sekarang: {show_answer(invitation)}" if invitation.answer else ""
    asks = said(Invitation(event.id, tx.me.id, represented=invitation.represented))
    tx.replace_card(
        lines([f"Yth. Bapak/Ibu {tx.me.name}", card_lines(event, tx.zone), now, asks]),
        *ask_buttons(event, invitation, again=True),
    )


def _when(tx: Settling, invitation: Invitation) -> str:
    assert invitation.answered_at is not None
    at = from_utc_text(invitation.answered_at)
    same_day = local(at, tx.zone).date() == local(tx.now, tx.zone).date()
    return show_time(at, tx.zone) if same_day else show_moment(at, tx.zone)


RSVP = Dialog("rsvp", "Jawaban kehadiran", read_tap, save)
