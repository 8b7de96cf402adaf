"""The desk's section on the answers: how many said what, and who has not answered."""

from bot.chat import EVERYONE, Chat, Dialog, Reader
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.event_desk import Line, Section, event_number, event_to_run
from handlers.people_list import by_district
from storage import invitations
from storage.events import Event


def answers_line(tx: Settling, event: Event) -> str:
    """Say how many come, how many do not, and how many are silent."""
    counted = invitations.answers(tx.db, event.id)
    return f"Hadir {counted.yes} · Tidak {counted.no} · belum menjawab {counted.none}"


def _tell(tx: Settling, event: Event) -> list[Line]:
    return [answers_line(tx, event)]


def _offer(tx: Settling, event: Event) -> list[Choice]:
    return [action("diam", event.id, "Belum menjawab")]


async def ask_silent(chat: Chat, read: Reader) -> int:
    """Read the button."""
    return event_number(chat.arg)


def say_silent(tx: Settling, event_id: int) -> None:
    """List who has not answered, by kecamatan."""
    event = event_to_run(tx, event_id)
    silent, total = invitations.unanswered(tx.db, event.id), invitations.answers(tx.db, event.id).invited
    if not silent:
        tx.say(lines([bold(event.subject), f"Semua {total} orang sudah menjawab."]))
        return
    tx.say(lines([bold(event.subject), f"Belum menjawab: {len(silent)} dari {total}", *by_district(silent)]))


SECTION = Section("jawaban", "Jawaban", _tell, _offer)
SILENT = Dialog("diam", "Belum menjawab", ask_silent, say_silent, EVERYONE)
