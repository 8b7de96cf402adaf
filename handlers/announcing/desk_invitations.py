"""The desk's section on the announcement: how far it came, putting it right, and calling the event off."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.announcing.phone_list import calls_line
from handlers.events.event_card import event_lines
from handlers.events.event_desk import OPERATORS, Line, Section, event_number, is_running
from storage import deliveries, events, office
from storage.deliveries import Delivery
from storage.events import Event

REASONS = {"stopped": "diblokir", "failed": "ditolak", "expired": "terlambat", "cancelled": "dihentikan"}


def sent_line(sent: Delivery) -> str:
    """Say to how many the card was sent, and what became of the others."""
    several = len(sent.reasons) > 1
    why = ", ".join(f"{count} {REASONS[reason]}" if several else REASONS[reason] for reason, count in sent.reasons)
    parts = [f"Terkirim {sent.sent}"]
    parts += [f"gagal {sent.failed} ({why})"] if sent.failed else []
    parts += [f"menunggu {sent.waiting}"] if sent.waiting else []
    parts += [f"belum terdaftar {sent.unregistered}"] if sent.unregistered else []
    return " · ".join(parts)


def mending_buttons(sent: Delivery, event: Event) -> list[Choice]:
    """Offer an operator what puts an announcement right: only what there is something to do about."""
    offered = [action("ulang", event.id, "Kirim ulang yang gagal")] if sent.failed else []
    offered += [action("telepon", event.id, "Daftar telepon")] if sent.failed or sent.unregistered else []
    return [*offered, action("ralat", event.id, "Ralat")]


def _tell(tx: Settling, event: Event) -> list[Line]:
    return [sent_line(deliveries.delivery(tx.db, event.id)), calls_line(tx, event)]


def _offer(tx: Settling, event: Event) -> list[Choice]:
    if tx.me.role != "operator" or not is_running(tx, event):
        return []
    return [
        *mending_buttons(deliveries.delivery(tx.db, event.id), event),
        action("batalkan", event.id, "Batalkan kegiatan"),
    ]


async def ask_cancel(chat: Chat, read: Reader) -> int:
    """Ask whether the event is really off."""
    event_id = event_number(chat.arg)
    event = await read(events.event, event_id)
    if event is None or event.state == "cancelled":
        raise Refused("Kegiatan itu sudah dibatalkan. Lihat /kegiatan.")
    told = (
        "Batalkan kegiatan ini? Yang menerima undangannya diberi tahu, kecuali yang tidak hadir, "
        "dan kode absennya tidak berlaku lagi."
    )
    await chat.confirm(lines([event_lines(event, chat.zone), told]), "Ya, batalkan")
    return event_id


def save_cancel(tx: Settling, event_id: int) -> None:
    """Cancel the event; who counts on it is told, and who has not got the card yet gets neither."""
    event = events.event(tx.db, event_id)
    if event is None or tx.me.role != "operator" or not events.cancel_event(tx.db, event_id):
        raise Refused("Kegiatan itu sudah dibatalkan. Lihat /kegiatan.")
    tx.withdraw(f"event:{event_id}")
    told = 0
    for person in deliveries.counting_on(tx.db, event_id):
        notice = lines(["⚠️ Dibatalkan:", event_lines(event, tx.zone), "Mohon maaf, kegiatan ini tidak jadi."])
        told += tx.notify(person, notice, kind="cancellation", object=f"event:{event_id}", lane=2) > 0
    office.note(tx.db, tx.stamp, tx.me.id, "cancel", f"event:{event_id}")
    tx.say(f"{event.subject} dibatalkan. {told} orang diberi tahu.")


SECTION = Section("undangan", "Undangan", _tell, _offer)
CANCEL = Dialog("batalkan", "Pembatalan kegiatan", ask_cancel, save_cancel, OPERATORS)
