"""Sending an announcement once more to those alone whose card did not arrive."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from handlers.announcing.leaving import waits, waits_line
from handlers.events.event_card import send_card
from handlers.events.event_desk import NOT_YOURS, OPERATORS, event_number, is_running
from storage import deliveries, events, office

NOTHING = "Tidak ada yang perlu dikirim ulang: tidak ada kartu yang gagal."
OVER = "Kegiatan itu sudah selesai atau dibatalkan, jadi tidak dikirim ulang. Lihat /kegiatan."


async def _read(chat: Chat, read: Reader) -> int:
    return event_number(chat.arg)


def save(tx: Settling, event_id: int) -> None:
    """Post a new card to each of them who has a chat now; the others are for the telephone."""
    event = events.event(tx.db, event_id)
    if event is None or tx.me.role not in OPERATORS:
        raise Refused(NOT_YOURS)
    if not is_running(tx, event):
        raise Refused(OVER)
    people = deliveries.failed(tx.db, event.id)
    if not people:
        tx.say(NOTHING)
        return
    begins = from_utc_text(event.starts_at)
    sent = late = 0
    for who, name in people:
        until = waits(tx.db, who, tx.now, tx.zone)
        until = until if until and until < begins else None  # in the morning it may be of no use any more
        posted = send_card(tx, event, who, name, tx.ref, later=until) > 0
        sent += posted
        late += posted and until is not None
    if sent:
        office.note(tx.db, tx.stamp, tx.me.id, "resend", f"event:{event.id}", f"{sent} orang")
    left = len(people) - sent
    told = f"Dikirim ulang ke {sent} orang." if sent else "Belum ada yang bisa dikirim ulang."
    why = f"{left} orang masih memblokir bot, mohon ditelepon." if left else ""
    tx.say(" ".join(filter(None, (told, waits_line(late), why))), *_offer_calls(event.id, left))


def _offer_calls(event_id: int, left: int) -> tuple[Choice, ...]:
    return (action("telepon", event_id, "Daftar telepon"),) if left else ()


RESEND = Dialog("ulang", "Pengiriman ulang", _read, save, OPERATORS)
