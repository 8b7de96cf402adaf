"""Registering: somebody on the roster shares the own number and is known; a stranger asks, and an operator decides."""

from dataclasses import dataclass, replace

import phonenumbers

from bot.chat import EVERYONE, STRANGERS, Chat, Dialog, Reader
from bot.picked import yes_or_no
from bot.sent import own_contact
from bot.settling import Settling
from bot.typed import words
from handlers.events.event_card import send_open
from handlers.people.applications import ask_operators
from storage import applications, people

WELCOME = (
    "Selamat datang di bot {office} untuk pendamping PKH dan TKSK.\n"
    "Data Bapak/Ibu (nama, nomor HP, kehadiran, laporan P2K2) disimpan oleh Dinas Sosial untuk tugas pendampingan, "
    "selengkapnya di /profil."
)
SHARE = "Untuk mulai, bagikan nomor HP yang terdaftar di Dinas."
NOT_LISTED = (
    "Nomor ini belum ada di daftar petugas. Kirim nama lengkap dan kecamatan, operator Dinas akan memeriksanya."
)
NOT_ME = "Baik. Kirim nama lengkap dan kecamatan yang benar, operator Dinas akan memeriksanya."
WAITING = "Permintaan Bapak/Ibu sudah diteruskan ke operator. Bapak/Ibu dikabari di sini begitu disetujui."


@dataclass(frozen=True, slots=True)
class Known:
    """The sender proved to be this person."""

    person_id: int
    phone: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The sender asks to be let in."""

    phone: str
    words: str


def make_start(office: str, menu: Dialog[str]) -> Dialog[Known | Unknown | None]:
    """Make the dialog behind /start: it greets who is known, and registers who is not."""

    async def start(chat: Chat, read: Reader) -> Known | Unknown | None:
        if chat.person is not None:
            return None
        if await read(applications.waiting_of, chat.chat) is not None and not chat.answers:
            return None
        welcome = WELCOME.format(office=office)
        # Where the channel vouches for the number, nobody is asked to share it.
        phone = e164(await chat.ask("contact", own_contact(f"{welcome} {SHARE}"), given=chat.phone or None))
        if chat.phone and not chat.answers:
            chat.say(welcome)
        listed = await read(people.person_with_phone, phone)
        if listed is None or listed.state != "active":
            return Unknown(phone, await chat.ask("who", words(NOT_LISTED, least=3, most=200)))
        where = f", Kecamatan {listed.district}" if listed.district else ""
        question = yes_or_no(f"Terdaftar: {listed.name}, {listed.title}{where}. Benar?", "Ya", "Bukan saya")
        if await chat.ask("me", question, about=listed.id):
            return Known(listed.id, phone)
        return Unknown(phone, await chat.ask("who", words(NOT_ME, least=3, most=200), about="not me"))

    def save(tx: Settling, result: Known | Unknown | None) -> None:
        match result:
            case Known(person_id, phone):
                link(tx, person_id, phone)
            case Unknown(phone, said):
                ask_operators(tx, phone, said)
            case None if tx.person is None:
                tx.say(WAITING)
            case None:
                menu.save(tx, "")

    def link(tx: Settling, person_id: int, phone: str) -> None:
        person = people.person(tx.db, person_id)
        # The roster may have changed between the question and the yes.
        if person is None or person.phone != phone or person.state != "active":
            tx.say("Data petugas ini baru saja berubah. Mohon ketik /start sekali lagi.")
            return
        others = people.other_channels(tx.db, person.id, tx.chat.partition(":")[0])
        people.link_chat(tx.db, tx.chat, person.id, tx.stamp)
        as_known = replace(tx, person=person)
        menu.save(as_known, "also" if others else "welcome")
        send_open(as_known, person)

    return Dialog("start", "Pendaftaran", start, save, EVERYONE | STRANGERS, steps=2)


def e164(phone: str) -> str:
    """Write a phone number as E.164; one without a country is Indonesian. What is no number comes back as digits."""
    try:
        parsed = phonenumbers.parse(phone if phone.startswith(("+", "0")) else f"+{phone}", "ID")
    except phonenumbers.NumberParseException:
        return "+" + "".join(filter(str.isdigit, phone))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
