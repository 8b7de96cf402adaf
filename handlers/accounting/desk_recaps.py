"""The desk's section on accounting for the event: its files, papers, pictures and certificates."""

from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from handlers.events.event_desk import Line, Section, has_begun
from storage import sheets
from storage.attendance import attendance
from storage.events import Event


def _tell(tx: Settling, event: Event) -> list[Line]:
    if not has_begun(tx, event):
        return ["Daftar hadir kosong untuk ditandatangani sudah bisa dicetak."] if event.state == "announced" else []
    found = attendance(tx.db, event.id, tx.stamp)
    rule = f"hadir {found.needed} dari {len(found.slots)} sesi"
    told = [f"Memenuhi syarat: {len(found.eligible)} dari {found.expected()} orang ({rule})"]
    sent = sum(arrives for arrives, _ in sheets.told(tx.db, event.id).values())
    return [*told, *([f"Sertifikat dikirim: {sent}"] if sent else [])]


def _offer(tx: Settling, event: Event) -> list[Choice]:
    begun, operator = has_begun(tx, event), tx.me.role == "operator"
    # The committee's own answer has its buttons on the same card; blank lists are the office's work.
    if not begun and (event.state == "cancelled" or not operator):
        return []
    offered = [action("daftar", event.id, "Daftar hadir")] if begun and operator else []
    offered += [action("cetak", event.id, "Cetak PDF")] if operator else []
    offered += [action("grafik", event.id, "Grafik")] if begun else []
    offered += [action("sertifikat", event.id, "Sertifikat")] if begun and operator else []
    offered += [action("kop", "", "Kop dan tanda tangan"), action("status", "", "Status hadir")] if operator else []
    return offered


SECTION = Section("rekap", "Rekap", _tell, _offer)
