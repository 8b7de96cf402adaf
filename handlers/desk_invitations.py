"""The desk's section on the announcement: how far it came, and calling the event off."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.event_card import event_lines
from handlers.event_desk import OPERATORS, Line, Section, event_number, is_running
from storage import events, invitations, office
from storage.events import Event


def sent_line(tx: Settling, event: Event) -> str:
    """Say to how many the card was sent, and what became of the others."""
    sent = invitations.delivery(tx.db, event.id)
    parts = [f"Terkirim {sent.sent}"]
    parts += [f"{name} {count}" for name, count in (("gagal", sent.failed), ("menunggu", sent.waiting)) if count]
    parts += [f"belum terdaftar {sent.unregistered}"] if sent.unregistered else []
    return " · ".join(parts)


def _tell(tx: Settling, event: Event) -> list[Line]:
    return [sent_line(tx, event)]


def _offer(tx: Settling, event: Event) -> list[Choice]:
    if tx.me.role != "operator" or not is_running(tx, event):
        return []
    return [action("batalkan", event.id, "Batalkan kegiatan")]


async def ask_cancel(chat: Chat, read: Reader) -> int:
    """Ask whether the event is really off."""
    event_id = event_number(chat.arg)
    event = await read(events.event, event_id)
    if event is None or event.state == "cancelled":
        raise Refused("Kegiatan itu sudah dibatalkan. Lihat /kegiatan.")
    told = "Batalkan kegiatan ini? Yang sudah menerima undangannya diberi tahu, dan kode absennya tidak berlaku lagi."
    await chat.confirm(lines([event_lines(event, chat.zone), told]), "Ya, batalkan")
    return event_id


def save_cancel(tx: Settling, event_id: int) -> None:
    """Cancel the event; who got the card is told, and who has not got it yet gets neither."""
    event = events.event(tx.db, event_id)
    if event is None or tx.me.role != "operator" or not events.cancel_event(tx.db, event_id):
        raise Refused("Kegiatan itu sudah dibatalkan. Lihat /kegiatan.")
    tx.withdraw(f"event:{event_id}")
    told = 0
    for person in invitations.told(tx.db, event_id):
        notice = lines(["⚠️ Dibatalkan:", event_lines(event, tx.zone), "Mohon maaf, kegiatan ini tidak jadi."])
        told += tx.notify(person, notice, kind="cancellation", object=f"event:{event_id}", lane=2) > 0
    office.note(tx.db, tx.stamp, tx.me.id, "cancel", f"event:{event_id}")
    tx.say(f"{event.subject} dibatalkan. {told} orang diberi tahu.")


SECTION = Section("undangan", "Undangan", _tell, _offer)
CANCEL = Dialog("batalkan", "Pembatalan kegiatan", ask_cancel, save_cancel, OPERATORS)
