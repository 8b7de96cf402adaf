"""The desk's section on the announcement: how far it came, putting it right, and calling the event off."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Choice
from bot.picked import yes_or_no
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.announcing.phone_list import calls_line
from handlers.events.event_card import event_lines
from handlers.events.event_desk import OPERATORS, Line, Section, event_number, is_running, slot_now
from storage import deliveries, events, office
from storage.database import Connection
from storage.deliveries import Delivery
from storage.events import Event

OFF = "Kegiatan itu sudah dibatalkan. Lihat /kegiatan."
OVER = "Kegiatan itu sudah selesai, jadi tidak bisa dibatalkan lagi. Lihat /kegiatan."
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


async def ask_cancel(chat: Chat, read: Reader) -> tuple[int, bool]:
    """Ask whether the event is really off: a Batal beside that question could be meant either way."""
    event_id = event_number(chat.arg)
    event = await read(events.event, event_id)
    if event is None or event.state == "cancelled":
        raise Refused(OFF)
    if not await read(_is_open, event.id, utc_text(chat.now)):
        raise Refused(OVER)
    told = (
        "Batalkan kegiatan ini? Yang menerima undangannya diberi tahu, kecuali yang tidak hadir, "
        "dan kode absennya tidak berlaku lagi."
    )
    question = yes_or_no(lines([event_lines(event, chat.zone), told]), "Ya, batalkan", "Tidak")
    return event_id, await chat.ask("sure", question, about=event.edition)


def save_cancel(tx: Settling, decision: tuple[int, bool]) -> None:
    """Cancel the event; who counts on it is told, and who has not got the card yet gets neither."""
    event_id, sure = decision
    if not sure:
        tx.say("Baik, kegiatan ini tetap jadi.")
        return
    event = events.event(tx.db, event_id)
    if event is not None and event.state == "announced" and not _is_open(tx.db, event.id, tx.stamp):
        raise Refused(OVER)
    if event is None or tx.me.role != "operator" or not events.cancel_event(tx.db, event_id):
        raise Refused(OFF)
    tx.withdraw(f"event:{event_id}")
    told = 0
    for person in deliveries.counting_on(tx.db, event_id):
        notice = lines(["⚠️ Dibatalkan:", event_lines(event, tx.zone), "Mohon maaf, kegiatan ini tidak jadi."])
        told += tx.notify(person, notice, kind="cancellation", object=f"event:{event_id}", lane=2) > 0
    office.note(tx.db, tx.stamp, tx.me.id, "cancel", f"event:{event_id}")
    tx.say(f"{event.subject} dibatalkan. {told} orang diberi tahu.")


def _is_open(db: Connection, event_id: int, now: str) -> bool:
    """Say whether there is still something to come of it."""
    return slot_now(db, event_id, now) is not None


SECTION = Section("undangan", "Undangan", _tell, _offer)
CANCEL = Dialog("batalkan", "Pembatalan kegiatan", ask_cancel, save_cancel, OPERATORS)
