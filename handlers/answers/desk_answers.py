"""The desk's section on the answers: how many said what, who has not answered, and who does not come and why."""

from bot.chat import EVERYONE, Chat, Dialog, Reader
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.answers.answer_card import show_reason
from handlers.events.event_desk import (
    Line,
    Look,
    Section,
    event_number,
    event_to_list,
    event_to_run,
    is_running,
    sees_lists,
)
from handlers.events.people_list import Part, by_district, read_part, say_people
from storage import invitations, office, seats, stand_ins
from storage.events import Event
from storage.invitations import Answers
from storage.stand_ins import StandIn


def count_answers(counted: Answers) -> list[str]:
    """Say how many come, how many do not, and how many are silent; stand-ins and the waiting list where there are any.

    Those who come instead of somebody come too: they are among the first.
    """
    told = [f"hadir {counted.yes}", f"tidak {counted.no}"]
    told += [f"diwakili {counted.delegated}"] if counted.delegated else []
    told += [f"daftar tunggu {counted.waiting}"] if counted.waiting else []
    return [*told, f"belum menjawab {counted.none}"]


def answers_line(tx: Look, event: Event) -> str:
    """Write "Hadir 121 · Tidak 4 · Diwakili 2 · belum menjawab 39"."""
    *counted, silent = count_answers(invitations.answers(tx.db, event.id))
    return " · ".join([*(one.capitalize() if "tunggu" not in one else one for one in counted), silent])


def _tell(tx: Settling, event: Event) -> list[Line]:
    capacity = seats.seats(tx.db, event.id).capacity
    return [answers_line(tx, event), f"Kapasitas: {capacity} orang" if capacity else ""]


def _offer(tx: Settling, event: Event) -> list[Choice]:
    counted = invitations.answers(tx.db, event.id)
    running, listed = is_running(tx, event), sees_lists(tx)
    offered = [action("diam", event.id, "Belum menjawab")]
    offered += (
        [action("tidak-hadir", event.id, "Yang tidak hadir")] if listed and counted.no + counted.delegated else []
    )
    offered += [action("catat-jawaban", event.id, "Catat jawaban")] if running else []
    offered += [action("ingatkan", event.id, "Ingatkan sekarang")] if running and counted.none else []
    offered += [action("denah", event.id, "Kamar")] if listed and seats.seats(tx.db, event.id).shared else []
    return offered


async def read_event(chat: Chat, read: Reader) -> int:
    """Read the button."""
    return event_number(chat.arg)


def say_silent(tx: Settling, part: Part) -> None:
    """List who has not answered, by kecamatan; the committee reads how many."""
    event = event_to_run(tx, part.event_id)
    silent, total = invitations.unanswered(tx.db, event.id), invitations.answers(tx.db, event.id).invited
    if not silent:
        tx.say(lines([bold(event.subject), f"Semua {total} orang sudah menjawab."]))
        return
    say_people(tx, event, f"Belum menjawab: {len(silent)} dari {total}", silent, part, SILENT.name, "see silent")


def say_refused(tx: Settling, event_id: int) -> None:
    """List who does not come, by kecamatan and with the reason, and who comes instead of whom."""
    event = event_to_list(tx, event_id)
    refused = [(one, show_reason(cause, reason)) for one, cause, reason in invitations.refused(tx.db, event.id)]
    told: list[str | Text] = [f"Tidak hadir: {len(refused)}" if refused else "Tidak ada yang menjawab tidak hadir."]
    told += by_district([one for one, _ in refused], {one.id: why for one, why in refused})
    instead = stand_ins.stand_ins(tx.db, event.id)
    told += [bold(f"Diwakili ({len(instead)})"), *map(_show_stand_in, instead)] if instead else []
    office.note(tx.db, tx.stamp, tx.me.id, "see refused", f"event:{event.id}")
    tx.say(lines([bold(event.subject), *told]))


def _show_stand_in(one: StandIn) -> str:
    state = "" if one.answer == "yes" else " (belum menjawab)" if one.has_chat else " (belum terdaftar di bot)"
    return f"- {one.represented} oleh {one.name}{state}"


SECTION = Section("jawaban", "Jawaban", _tell, _offer)
SILENT = Dialog("diam", "Belum menjawab", read_part, say_silent, EVERYONE)
REFUSED = Dialog("tidak-hadir", "Yang tidak hadir", read_event, say_refused, EVERYONE)
