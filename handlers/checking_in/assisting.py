"""Checking a colleague in who cannot do it: capped, and asked about until the person says that it is so."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.checking_in.receipts import in_session, receipt
from handlers.events.event_desk import event_number
from handlers.people.who import Somebody, ask_who
from storage import check_ins, events, invitations, office
from storage.check_ins import CheckIn
from storage.database import Connection
from storage.events import Event
from storage.slots import Slot, slot, slots_on

MOST_ASSISTED = 3  # by one person at one slot: who needs more should send them to the committee
WHO = "Siapa yang dibantu? Ketik sebagian namanya."
NOBODY = "Tidak ada undangan bernama {}. Ketik sebagian namanya, misalnya Siti."
OWN_FIRST = "Mohon absen sendiri dulu, lalu ulangi untuk teman."
OVER = "Absennya sudah ditutup. Mohon temui panitia."


@dataclass(frozen=True, slots=True)
class Help:
    """Who is to be checked in to which slot."""

    slot_id: int
    person_id: int


async def find_colleague(chat: Chat, read: Reader, name: str) -> Somebody:
    """Return the colleague of this name among those invited to what the person has today."""
    people = await read(_colleagues_today, chat.me.id, chat.today.isoformat())
    return await ask_who(chat, WHO, people, nobody=NOBODY, typed=name.strip())


async def ask_colleague(chat: Chat, read: Reader) -> Help:
    """Ask for the name: the person's own check-in shows that he or she is there."""
    found = await read(slot, event_number(chat.arg))
    if found is None or await read(check_ins.check_in_of, found.id, chat.me.id) is None:
        raise Refused(OWN_FIRST)
    if not found.is_open(utc_text(chat.now)):
        raise Refused(OVER)
    people = [Somebody(*one) for one in await read(invitations.names_of, found.event_id)]
    return Help(found.id, (await ask_who(chat, WHO, people, nobody=NOBODY)).id)


def save_help(tx: Settling, wanted: Help) -> None:
    """Ask the colleague, while the slot is open."""
    at = min(tx.at, tx.now)
    found = slot(tx.db, wanted.slot_id)
    event = events.event(tx.db, found.event_id) if found else None
    if found is None or event is None or event.state == "cancelled" or not found.is_open(utc_text(at)):
        raise Refused(OVER)
    vouch_for(tx, at, event, found, wanted.person_id)


def vouch_for(tx: Settling, at: datetime, event: Event, at_slot: Slot, person_id: int) -> None:
    """Note that the colleague is there, and ask him or her; one without a chat is left to the committee."""
    before = check_ins.entry_of(tx.db, at_slot.id, person_id)
    name = {id_: name for id_, name, _ in invitations.names_of(tx.db, event.id)}.get(person_id)
    if check_ins.check_in_of(tx.db, at_slot.id, tx.me.id) is None:
        tx.say(OWN_FIRST)
    elif person_id == tx.me.id:
        tx.say("Bapak/Ibu sendiri sudah tercatat. Ketik nama teman yang dibantu.")
    elif name is None:
        tx.say(f"Nama itu tidak ada di undangan {event.subject}. Mohon hubungi panitia.")
    elif before is not None:
        tx.say(f"{name} {_standing(before)}")
    elif check_ins.assisted_by(tx.db, at_slot.id, tx.me.id) >= MOST_ASSISTED:
        tx.say(f"Paling banyak {MOST_ASSISTED} teman yang bisa dibantu. Yang lain mohon menemui panitia.")
    else:
        check_ins.record(
            tx.db, at_slot.id, person_id, utc_text(at), tx.stamp, level="D", state="asked", by_person=tx.me.id
        )
        told = tx.notify(
            person_id,
            Message.of(
                _question(tx, event, at_slot),
                action("benar", f"{at_slot.id}.y", "Ya, saya hadir"),
                action("benar", f"{at_slot.id}.n", "Bukan"),
            ),
            kind="assisted",
            object=f"event:{event.id}",
            occurrence=str(at_slot.id),
        )
        tx.say(
            f"{name} dicatat menunggu. Yang bersangkutan diminta memastikan di chatnya."
            if told
            else f"{name} dicatat menunggu. Ia belum terdaftar di bot, jadi panitia yang memastikan."
        )


def _question(tx: Settling, event: Event, at_slot: Slot) -> Text:
    return lines([bold(event.subject), f"{tx.me.name} mencatat Bapak/Ibu hadir{in_session(at_slot)}. Benar?"])


def _standing(before: CheckIn) -> str:
    if before.state == "asked":
        return "sudah dicatat, tinggal dipastikan yang bersangkutan."
    if before.state in ("denied", "undone"):
        return "tidak bisa dibantu: catatannya disangkal atau dibatalkan. Mohon temui panitia."
    return f"sudah tercatat, No. {before.number:04}."


async def read_answer(chat: Chat, read: Reader) -> tuple[int, bool]:
    """Read which slot, and whether it is so."""
    number, _, way = chat.arg.partition(".")
    return event_number(number), way == "y"


def save_answer(tx: Settling, answer: tuple[int, bool]) -> None:
    """Keep what the person says about what a colleague said."""
    slot_id, yes = answer
    before, found = check_ins.entry_of(tx.db, slot_id, tx.me.id), slot(tx.db, slot_id)
    event = events.event(tx.db, found.event_id) if found else None
    if before is None or found is None or event is None:
        raise Refused("Tidak ada yang perlu dijawab. Lihat /kegiatan.")
    if before.state == "kept":
        tx.say(f"Sudah tercatat hadir, No. {before.number:04}.")
    elif before.state == "undone":
        tx.say(f"Absen Bapak/Ibu dibatalkan panitia: {before.reason}. Mohon temui panitia.")
    elif before.state == "denied":
        tx.say("Sudah dijawab: bukan. Kalau memang hadir, kirim kode yang ada di layar.")
    elif yes:
        kept = check_ins.vouch(tx.db, slot_id, tx.me.id, before.at, "D", before.by_person)
        tx.replace_card(receipt(tx.me.name, event, found, kept))
    else:
        check_ins.deny(tx.db, slot_id, tx.me.id)
        office.note(
            tx.db, tx.stamp, tx.me.id, "denied", f"event:{event.id}", f"slot {slot_id} by person:{before.by_person}"
        )
        tx.replace_card("Baik, tidak dicatat. Kalau nanti hadir, kirim kode yang ada di layar.")


def _colleagues_today(db: Connection, person_id: int, day: str) -> list[Somebody]:
    ids = {found.event_id for found in slots_on(db, person_id, day)}
    named = {one for id_ in ids for one in invitations.names_of(db, id_)}
    return [Somebody(*one) for one in sorted(named, key=lambda one: (one[1], one[0]))]


HELP = Dialog("bantu", "Bantu teman absen", ask_colleague, save_help, EVERYONE, steps=1)
ANSWER = Dialog("benar", "Jawaban absen", read_answer, save_answer, EVERYONE)
