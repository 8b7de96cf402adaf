"""Answering an announcement: Hadir or Tidak hadir on its card; the first tap counts, Ubah opens the question again."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import local, show_moment, show_time
from bot.message import Said
from bot.questions import fold
from bot.routes import Wanted, action
from bot.settling import Settling
from bot.text import lines
from handlers.event_card import ANSWERS, QUESTION, card, card_lines
from storage import events, invitations
from storage.events import Event
from storage.invitations import Invitation

WAYS = ("yes", "no", "edit", "to-yes", "to-no")
"""What a button does: `yes` and `no` answer, `edit` asks again, and only then `to-yes` and `to-no` change it."""


NONE = "Tidak ada undangan yang menunggu jawaban. Lihat /kegiatan."


@dataclass(frozen=True, slots=True)
class Tap:
    """A tapped button: which event, and which of WAYS; event 0 is the only one there is."""

    event_id: int
    way: str


async def read_tap(chat: Chat, read: Reader) -> Tap:
    """Read what the button carried."""
    number, _, way = chat.arg.partition(".")
    if not (number.isascii() and number.isdigit()) or way not in WAYS:
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return Tap(int(number[:9]), way)


def save(tx: Settling, tap: Tap) -> None:
    """Keep the answer, if the event still wants one from this person."""
    event, invitation = _still_asked(tx, tap.event_id or _only_event(tx))
    answer = tap.way.removeprefix("to-")
    if tap.way == "edit":
        _ask_again(tx, event, invitation)
    elif invitation.answer and tap.way == answer:
        _say_answered(tx, event, invitation)
    else:
        if invitation.answer != answer:
            invitations.answer(tx.db, event.id, tx.me.id, answer, tx.stamp)
        tx.replace_card(card(event, tx.me.name, tx.zone, answer))


def read_refusal(said: Said) -> Wanted | None:
    """Recognise `tidak hadir` where no card with that button is in sight."""
    return Wanted("rsvp", "0.no") if fold(said.text) in ("tidak hadir", "tdk hadir") else None


def _only_event(tx: Settling) -> int:
    mine = [one.id for one in events.open_events_for(tx.db, tx.me.id, tx.stamp) if one.is_out(tx.stamp)]
    if len(mine) != 1:
        raise Refused("Untuk kegiatan yang mana? Pilih di /kegiatan." if mine else NONE)
    return mine[0]


def _still_asked(tx: Settling, event_id: int) -> tuple[Event, Invitation]:
    event = events.event(tx.db, event_id)
    invitation = invitations.admit(tx.db, event_id, tx.me.id) if event and event.is_out(tx.stamp) else None
    if event is None or invitation is None:
        raise Refused("Bapak/Ibu tidak ada di daftar undangan kegiatan itu. Mohon hubungi Dinas Sosial.")
    if event.state == "cancelled":
        raise Refused(f"{event.subject} dibatalkan, jadi tidak perlu dijawab.")
    slots = events.slots_of(tx.db, event.id)
    if slots and slots[-1].closes_at <= tx.stamp:
        raise Refused(f"{event.subject} sudah selesai, jadi jawabannya tidak bisa diubah lagi.")
    return event, invitation


def _ask_again(tx: Settling, event: Event, invitation: Invitation) -> None:
    now = f"Jawaban sekarang: {ANSWERS[invitation.answer]}" if invitation.answer else ""
    tx.replace_card(
        lines([f"Yth. Bapak/Ibu {tx.me.name}", card_lines(event, tx.zone), now, QUESTION]),
        action("rsvp", f"{event.id}.to-yes", "Hadir"),
        action("rsvp", f"{event.id}.to-no", "Tidak hadir"),
    )


def _say_answered(tx: Settling, event: Event, invitation: Invitation) -> None:
    """Say what stands; a doubled tap changes nothing, and neither does another button of a card left behind."""
    assert invitation.answer is not None
    assert invitation.answered_at is not None
    at = from_utc_text(invitation.answered_at)
    same_day = local(at, tx.zone).date() == local(tx.now, tx.zone).date()
    when = show_time(at, tx.zone) if same_day else show_moment(at, tx.zone)
    answer = ANSWERS[invitation.answer]
    tx.say(f"Sudah dijawab {when}: {answer}.", action("rsvp", f"{event.id}.edit", "Ubah"))


RSVP = Dialog("rsvp", "Jawaban kehadiran", read_tap, save)
