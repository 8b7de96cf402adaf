"""The desk's section on accounting for the event: its files."""

from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from handlers.event_desk import Line, Section, has_begun
from storage.events import Event


def _tell(tx: Settling, event: Event) -> list[Line]:
    return []


def _offer(tx: Settling, event: Event) -> list[Choice]:
    return [action("daftar", event.id, "Daftar hadir")] if has_begun(tx, event) else []


SECTION = Section("rekap", "Rekap", _tell, _offer)
