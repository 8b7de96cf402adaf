"""Between the yes and the leaving of an announcement: it is shown to the operators, sent at once, or called back."""

from datetime import timedelta

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from handlers.events.event_desk import NOT_YOURS, OPERATORS, event_number
from storage import announcements, events, invitations, live_cards, office
from storage.events import Event

HOLD = timedelta(seconds=60)
"""How long a confirmed announcement can still be called back without anybody having seen it."""


def say_held(tx: Settling, event: Event, people: int, *, scheduled: bool) -> None:
    """Say when the cards leave, with the way back; once they have, this becomes the event's live card."""
    said = waiting_line(tx, event) if scheduled else f"Dikirim dalam {HOLD.seconds} detik ke {people} orang."
    choices = waiting_buttons(event) if scheduled else [action("tarik", event.id, "Batalkan")]
    live_cards.add(tx.db, event.id, tx.me.id, tx.say_card(said, *choices), tx.stamp)


def waiting_line(tx: Settling, event: Event) -> str:
    """Say when the cards leave, and to how many people; or that they were called back."""
    if event.sends_at is None:
        return "⚠️ Dibatalkan sebelum dikirim, tidak ada yang menerimanya."
    leaves = show_moment(from_utc_text(event.sends_at), event.zone)
    return f"Akan dikirim {leaves} ke {invitations.answers(tx.db, event.id).invited} orang."


def waiting_buttons(event: Event) -> list[Choice]:
    """Return what can be done with cards that wait."""
    if event.sends_at is None:
        return []
    now, back = action("kirimkini", event.id, "Kirim sekarang"), action("tarik", event.id, "Batalkan")
    return [now, action("ralat", event.id, "Ralat"), back]


async def _read(chat: Chat, read: Reader) -> int:
    return event_number(chat.arg)


def save_recall(tx: Settling, event_id: int) -> None:
    """Stop every card and put the event away; nobody is told, for nobody has heard of it."""
    event = _event(tx, event_id)
    people = invitations.answers(tx.db, event.id).invited
    if not announcements.recall(tx.db, event.id, tx.stamp):
        _say_too_late(tx, event)
        return
    tx.withdraw(f"event:{event.id}")
    office.note(tx.db, tx.stamp, tx.me.id, "recall", f"event:{event.id}")
    tx.replace_card(f"{event.subject} tidak jadi dikirim: undangan untuk {people} orang dihentikan.")


def save_now(tx: Settling, event_id: int) -> None:
    """Let the cards leave without waiting any longer."""
    event = _event(tx, event_id)
    if not announcements.send_at_once(tx.db, event.id, tx.stamp):
        _say_too_late(tx, event)
        return
    office.note(tx.db, tx.stamp, tx.me.id, "send now", f"event:{event.id}")
    tx.replace_card(f"Dikirim sekarang ke {invitations.answers(tx.db, event.id).invited} orang.")


def _say_too_late(tx: Settling, event: Event) -> None:
    if event.state == "cancelled":
        tx.say(f"{event.subject} sudah dibatalkan tadi.")
        return
    assert event.sends_at is not None, "only what is called off was called back"
    when = show_moment(from_utc_text(event.sends_at), event.zone)
    tx.say(
        f"{event.subject} sudah dikirim {when}. Kalau ada yang keliru, kirim ralat; kalau tidak jadi, batalkan.",
        action("ralat", event.id, "Ralat"),
        action("batalkan", event.id, "Batalkan kegiatan"),
    )


def _event(tx: Settling, event_id: int) -> Event:
    event = events.event(tx.db, event_id)
    if event is None or tx.me.role not in OPERATORS:
        raise Refused(NOT_YOURS)
    return event


RECALL = Dialog("tarik", "Pembatalan kiriman", _read, save_recall, OPERATORS)
SEND_NOW = Dialog("kirimkini", "Pengiriman undangan", _read, save_now, OPERATORS)
