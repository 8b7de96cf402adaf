"""The office on erasures: the requests that wait, doing one now, refusing one with a reason, and ordering one."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.picked import choose
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import words
from handlers.people.erasure_cards import (
    HOLD,
    LAST_OPERATOR,
    ask,
    card_of,
    moment,
    other_operators,
    tell_operators,
    tell_person,
)
from handlers.people.roster_person import GONE, OPERATORS, show_post
from storage import erasures, office, outbox, people
from storage.erasures import Erasure
from storage.people import Person

DECIDED = "Permintaan hapus data itu sudah diputuskan, ditarik, atau dikerjakan."
NONE_WAITS = "Tidak ada permintaan hapus data yang menunggu."
OWN = "Permintaan Bapak/Ibu sendiri diputuskan operator lain. Untuk menariknya, buka /profil."
OWN_DATA = "Untuk data Bapak/Ibu sendiri, pakai Hapus data saya di /profil."
ERASED = "Data itu sudah dihapus."
SCHEDULED = "Penghapusan data {} sudah dijadwalkan. Lihat /sistem, Hapus data."


@dataclass(frozen=True, slots=True)
class Order:
    """Whom an operator wants erased, and why."""

    person: Person
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which request is refused, and why."""

    erasure: Erasure
    reason: str


async def see_waiting(chat: Chat, read: Reader) -> int:
    """Choose one of the requests that wait."""
    waiting = await read(erasures.waiting)
    if not waiting:
        raise Refused(NONE_WAITS)
    if len(waiting) == 1:
        return waiting[0].id
    found = {str(one.id): await read(people.person, one.person_id) for one in waiting}
    labels = {key: f"{person.name} · {person.district or person.title}" for key, person in found.items() if person}
    chosen = await chat.ask("erasure", choose(f"{len(waiting)} permintaan menunggu. Yang mana?", labels))
    return next(int(key) for key, label in labels.items() if label == chosen)


def save_seen(tx: Settling, number: int) -> None:
    """Show its card."""
    if (one := erasures.erasure(tx.db, number)) is None or one.state != "waiting":
        raise Refused(DECIDED)
    office.note(tx.db, tx.stamp, tx.me.id, "see erasure", f"person:{one.person_id}")
    tx.say(card_of(tx, one, "Permintaan hapus data" if one.own else "Penghapusan data"))


async def do_now(chat: Chat, read: Reader) -> Erasure:
    """Let the operator type that the data is to go now."""
    one = await _waiting(chat, read)
    person = await read(people.person, one.person_id)
    assert person is not None, "people are never deleted"
    await _make_sure(chat, person, "Dikerjakan sekarang juga.", "Hapus sekarang")
    return one


def save_now(tx: Settling, one: Erasure) -> None:
    """Let it begin with the next tick."""
    if not erasures.hasten(tx.db, one.id, tx.stamp):
        raise Refused(DECIDED)
    office.note(tx.db, tx.stamp, tx.me.id, "hasten erasure", f"person:{one.person_id}")
    tx.say("✅ Dikerjakan sekarang. Bapak/Ibu dikabari di sini begitu selesai.")


async def refuse(chat: Chat, read: Reader) -> Refusal:
    """Ask why not."""
    one = await _waiting(chat, read)
    asks = "Alasannya? Ditulis untuk petugasnya, misalnya arsip yang menurut aturan belum boleh dihapus."
    return Refusal(one, await chat.ask("reason", words(asks, least=5, most=300), about=one.id))


def save_refused(tx: Settling, refusal: Refusal) -> None:
    """Refuse, lift the limits, and tell the person why."""
    one = refusal.erasure
    if not erasures.call_off(tx.db, one.id, tx.me.id, tx.stamp, refusal.reason):
        raise Refused(DECIDED)
    office.note(tx.db, tx.stamp, tx.me.id, "refuse erasure", f"person:{one.person_id}")
    tx.withdraw(f"erasure:{one.id}")
    told = "Permintaan hapus data Bapak/Ibu ditolak Dinas Sosial." if one.own else "Data Bapak/Ibu tidak jadi dihapus."
    again = "Kalau keberatan, mohon hubungi kantor Dinas, atau ajukan lagi di /profil." if one.own else ""
    notice = lines([told, f"Alasan: {refusal.reason}" if one.own else "", again])
    tx.notify(one.person_id, notice, kind="erasure", object=f"erasure:{one.id}", occurrence="refused")
    tx.say("✅ Tidak jadi dihapus. Petugasnya dikabari, dan datanya dipakai lagi seperti biasa.")


async def order(chat: Chat, read: Reader) -> Order:
    """Ask why somebody is to be erased, and let the operator type that it is meant."""
    person = await read(people.person, number_in(chat.arg))
    if person is None:
        raise Refused(GONE)
    if person.erased:
        raise Refused(ERASED)
    if person.id == chat.me.id:
        raise Refused(OWN_DATA)
    if await read(erasures.open_for, person.id) is not None:
        raise Refused(SCHEDULED.format(person.name))
    if not await read(other_operators, person.id):
        raise Refused(LAST_OPERATOR)
    asks = f"Hapus data {person.name}, {show_post(person)}. Alasannya? Misalnya: diminta tertulis, atau salah daftar."
    reason = await chat.ask("reason", words(asks, least=5, most=200), about=person.id, label="Alasan")
    await _make_sure(
        chat,
        person,
        f"Alasan: {reason}. Dikerjakan satu jam lagi, supaya masih bisa dibatalkan; petugasnya dikabari sekarang.",
        "Hapus data",
    )
    return Order(person, reason)


def save_order(tx: Settling, wish: Order) -> None:
    """Keep the order; the person and the other operators hear of it while it can be called off."""
    person = people.person(tx.db, wish.person.id)
    if person is None or person.erased or erasures.open_for(tx.db, person.id) is not None:
        raise Refused(SCHEDULED.format(wish.person.name))
    one = ask(tx, person, HOLD, wish.reason)
    outbox.stop_all_for(tx.db, person.id, tx.stamp)
    tell_operators(tx, one, card_of(tx, one, "Penghapusan data"), "asked", but=tx.me.id)
    if person.state == "active":
        tell_person(
            tx,
            person.id,
            f"Dinas Sosial akan menghapus data Bapak/Ibu di bot ini {moment(tx, one.due_at)}. Alasan: {wish.reason}. "
            "Kalau keliru, mohon segera hubungi kantor Dinas.",
        )
    tx.say(
        f"✅ Data {person.name} dihapus {moment(tx, one.due_at)}. Sampai itu masih bisa dibatalkan.",
        action("tolakhapus", one.id, "Batalkan"),
        action("hapuskini", one.id, "Hapus sekarang"),
    )


async def _waiting(chat: Chat, read: Reader) -> Erasure:
    one = await read(erasures.erasure, number_in(chat.arg))
    if one is None or one.state != "waiting":
        raise Refused(DECIDED)
    if one.person_id == chat.me.id:
        raise Refused(OWN)
    return one


async def _make_sure(chat: Chat, person: Person, when: str, yes: str) -> None:
    phrase = f"HAPUS {person.first_name}".upper()
    await chat.confirm(
        lines(
            [
                bold(f"Hapus data {person.name}"),
                "Nama, nomor HP, akun, foto, percakapan, dan kata-katanya dihapus. "
                "Absen dan laporannya tetap terhitung, tanpa nama.",
                when,
            ]
        ),
        yes,
        sure=(phrase, f"Data yang sudah dihapus tidak bisa dikembalikan. Ketik {phrase} untuk memastikan."),
    )


def waiting_line(waiting: int) -> str:
    """Write the line of the system page; '' where nothing waits."""
    return f"⚠️ {waiting} permintaan hapus data menunggu" if waiting else ""


WAITING = Dialog("permintaanhapus", "Permintaan hapus data", see_waiting, save_seen, OPERATORS, steps=1)
DO_NOW = Dialog("hapuskini", "Penghapusan data", do_now, save_now, OPERATORS)
REFUSE_ERASURE = Dialog("tolakhapus", "Penolakan hapus data", refuse, save_refused, OPERATORS, steps=1)
ERASE_PERSON = Dialog("hapusorang", "Penghapusan data petugas", order, save_order, OPERATORS, steps=1)
