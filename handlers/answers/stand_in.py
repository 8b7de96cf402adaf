"""Diwakili: somebody who cannot come names a colleague, who is asked and gets the whole invitation."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.settling import Settling
from bot.text import bold, lines
from handlers.answers.answer_card import show_kept
from handlers.answers.answering import delegate
from handlers.answers.invited import event_in, invitation_to_answer, own_event_to_answer
from handlers.answers.rsvp import show_card
from handlers.events.event_card import send_card
from handlers.people.who import Somebody, ask_who
from storage import invitations, people, seats, stand_ins
from storage.database import Connection
from storage.stand_ins import Colleague

MOST_NEAR = 5
FULL = "Tempat sudah penuh. Jawab Hadir untuk masuk daftar tunggu, atau Tidak hadir."


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is to come instead."""

    event_id: int
    colleague_id: int
    again: bool  # Ubah was tapped first: another answer may be replaced


async def ask_colleague(chat: Chat, read: Reader) -> Asked:
    """Ask who comes instead; those of the asker's own kecamatan are offered first."""
    event_id, way = event_in(chat.arg)
    event = await read(own_event_to_answer, event_id, chat.me.id, utc_text(chat.now))
    await read(check, event.id, chat.me.id, way == "to")
    everybody = await read(stand_ins.colleagues, event.id, chat.me.id)
    known = {one.id: Somebody(one.id, one.name, one.district, why_not(one, chat.me.id)) for one in everybody}
    near = [known[one.id] for one in everybody if one.near and not known[one.id].not_now]
    asks = "Siapa yang mewakili Bapak/Ibu? Ketik sebagian namanya."
    chosen = await ask_who(chat, lines([bold(event.subject), asks]), list(known.values()), near=near[:MOST_NEAR])
    return Asked(event.id, chosen.id, way == "to")


def save(tx: Settling, asked: Asked) -> None:
    """Ask the colleague, and say what happens next."""
    event, before = invitation_to_answer(tx, asked.event_id)
    check(tx.db, event.id, tx.me.id, asked.again)
    colleague = _colleague(tx.db, event.id, tx.me.id, asked.colleague_id)
    if why := why_not(colleague, tx.me.id):
        raise Refused(f"{why} Mohon pilih orang lain lewat /kegiatan.")
    delegate(tx, event, before, colleague.id)
    told = send_card(tx, event, colleague.id, colleague.name, tx.ref)
    show_card(tx, event, before)
    if not told:
        known = people.has_chat(tx.db, colleague.id)
        where = "sedang tidak bisa dihubungi lewat bot" if known else "belum terdaftar di bot"
        tx.say(f"{colleague.name} {where}. Mohon Bapak/Ibu beri tahu sendiri; jawabannya bisa lewat Dinas.")


def check(db: Connection, event_id: int, asker_id: int, again: bool) -> None:
    """Refuse to undo an answer by a stale tap, a stand-in for a stand-in, and one without a seat. Raises Refused."""
    before = invitations.invitation(db, event_id, asker_id)
    if before is not None and before.represented:
        raise Refused(f"Bapak/Ibu mewakili {before.represented}. Kalau tidak bisa, jawab Tidak bisa lewat /kegiatan.")
    if before is not None and before.answer is not None and not again:
        raise Refused(f"Sudah dijawab: {show_kept(before)}. Ubah lewat /kegiatan.")
    if (before is None or before.answer not in ("yes", "delegated")) and seats.is_full(db, event_id):
        raise Refused(FULL)


def why_not(one: Colleague, asker_id: int) -> str:
    """Say why this colleague cannot come instead, '' if nothing speaks against it."""
    if one.id == asker_id:
        return "Itu Bapak/Ibu sendiri, yang mewakili harus orang lain."
    if one.instead_of is not None:
        return f"{one.name} sudah diminta mewakili {'Bapak/Ibu' if one.instead_of == asker_id else 'orang lain'}."
    return {
        "yes": f"{one.name} sudah akan hadir sendiri, jadi tidak bisa mewakili.",
        "waiting": f"{one.name} sendiri ada di daftar tunggu.",
        "delegated": f"{one.name} sendiri diwakili orang lain.",
        "no": f"{one.name} sudah menjawab tidak hadir.",
    }.get(one.answer or "", "")


def _colleague(db: Connection, event_id: int, asker_id: int, colleague_id: int) -> Colleague:
    found = [one for one in stand_ins.colleagues(db, event_id, asker_id) if one.id == colleague_id]
    if not found:
        raise Refused("Orang itu tidak ada di daftar petugas aktif. Pilih orang lain lewat /kegiatan.")
    return found[0]


STAND_IN = Dialog("wakil", "Wakil kegiatan", ask_colleague, save, steps=1)
