"""Letting strangers in: the request goes to every operator, one of them decides, and the stranger is told."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Message
from bot.picked import choose
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import words
from handlers.events.event_card import send_open
from handlers.people.access import invite_again
from handlers.people.roster_person import show_number
from storage import applications, office, people, places
from storage.applications import Application
from storage.database import Connection
from storage.places import District

OPERATORS = frozenset({"operator"})
ROLES = {"facilitator": "Pendamping PKH", "tksk": "TKSK", "supervisor": "Koordinator Kecamatan"}


@dataclass(frozen=True, slots=True)
class Approval:
    """What an operator entered for a stranger; `person_id` when the number is on the roster already."""

    application_id: int
    person_id: int | None
    name: str
    role: str
    district_id: int | None


def ask_operators(tx: Settling, phone: str, said: str) -> None:
    """Keep the request and put it before every operator."""
    number = applications.apply(tx.db, tx.chat, phone, said, tx.stamp)
    card = Message(
        lines([bold("Permintaan masuk"), said, f"Nomor {show_number(phone)}"]),
        (action("setujui", number, "Setujui"), action("tolak", number, "Tolak")),
    )
    for operator in people.people_in_roles(tx.db, "operator"):
        tx.notify(operator.id, card, kind="application", object=f"application:{number}", occurrence=tx.ref)
    tx.say("Diteruskan ke operator. Bapak/Ibu dikabari di sini begitu disetujui.")


async def approve(chat: Chat, read: Reader) -> Approval:
    """Ask who the stranger is, as the roster should have it."""
    asked = await _waiting(chat, read)
    listed = await read(people.person_with_phone, asked.phone) if asked.phone else None
    if listed is not None:
        await chat.confirm(f"Nomor ini milik {listed.name}, {listed.title}. Hubungkan akun ini?", "Ya")
        return Approval(asked.id, listed.id, listed.name, listed.role, listed.district_id)
    all_districts = {str(one.id): one for one in await read(places.districts)}
    name, district = await read(_guess, asked.words)
    name = await chat.ask("name", words("Nama lengkapnya?", most=100, least=3), label="Nama", given=name or None)
    role = await chat.ask("role", choose(f"{asked.words}\nSebagai apa?", ROLES), label="Peran")
    where = choose("Kecamatan mana?", all_districts, lambda one: one.name)
    district = await chat.ask("district", where, label="Kecamatan", given=str(district.id) if district else None)
    await chat.confirm(
        lines([bold("Setujui petugas baru"), f"Nama: {name}", f"Peran: {role}", f"Kecamatan: {district.name}"]),
        "Setujui",
    )
    chosen = next(key for key, title in ROLES.items() if title == role)
    return Approval(asked.id, None, name, chosen, district.id)


def save_approval(tx: Settling, new: Approval) -> None:
    """Put the stranger on the roster, give the chat to him or her, and say so to both."""
    asked = applications.application(tx.db, new.application_id)
    assert asked is not None
    if not applications.decide(tx.db, asked.id, "approved", tx.me.id, tx.stamp):
        raise Refused("Permintaan itu sudah diputuskan operator lain.")
    person_id = new.person_id or people.add_person(
        tx.db,
        name=new.name,
        phone=asked.phone,
        role=new.role,
        district_id=new.district_id,
        village_id=None,
        now=tx.stamp,
    )
    known = people.person(tx.db, person_id)
    was_out = known is not None and known.state == "inactive"
    people.set_active(tx.db, person_id)
    people.link_chat(tx.db, asked.chat, person_id, tx.stamp)
    office.note(tx.db, tx.stamp, tx.me.id, "approve", f"person:{person_id}")
    hello = f"Bapak/Ibu {new.name.split()[0]} sudah disetujui. Ketik menu untuk melihat yang bisa dilakukan."
    tx.poster.reply(tx.db, asked.chat, Message.of(hello), tx.now)
    if person := people.person(tx.db, person_id):
        (invite_again if was_out else send_open)(tx, person)
    tx.say(f"{new.name} disetujui dan sudah dikabari.")


async def refuse(chat: Chat, read: Reader) -> int:
    """Take the refusal of a request."""
    return (await _waiting(chat, read)).id


def save_refusal(tx: Settling, number: int) -> None:
    """Refuse, and tell the stranger."""
    asked = applications.application(tx.db, number)
    assert asked is not None
    if not applications.decide(tx.db, number, "refused", tx.me.id, tx.stamp):
        raise Refused("Permintaan itu sudah diputuskan operator lain.")
    office.note(tx.db, tx.stamp, tx.me.id, "refuse", f"application:{number}")
    sorry = "Mohon maaf, permintaan Bapak/Ibu belum disetujui. Silakan hubungi Dinas Sosial, lalu ketik /start."
    tx.poster.reply(tx.db, asked.chat, Message.of(sorry), tx.now)
    tx.replace_card(Text.of(f"Ditolak: {asked.words}"))


APPROVE = Dialog("setujui", "Persetujuan petugas", approve, save_approval, OPERATORS, steps=4)
REFUSE = Dialog("tolak", "Penolakan petugas", refuse, save_refusal, OPERATORS)


async def _waiting(chat: Chat, read: Reader) -> Application:
    asked = await read(applications.application, number_in(chat.arg))
    if asked is None or asked.state != "waiting":
        raise Refused("Permintaan itu sudah diputuskan.")
    return asked


def _guess(db: Connection, said: str) -> tuple[str, District | None]:
    """Read `Budi Santoso, Kec. Babalan` as a name and a district; what cannot be read is asked."""
    name, _, where = said.replace("\n", ",").partition(",")
    district = places.district_named(db, where) if where else None
    return (name.strip() if district else "", district)
