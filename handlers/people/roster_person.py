"""One person of the roster: the card that the office sees, and letting the person in, keeping out, or moving."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import local, show_day, show_moment
from bot.message import Choice
from bot.picked import choose
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.groups.handover import groups_to_hand_over
from handlers.people.access import keep_out, let_in
from handlers.people.listed import let_in_listed
from storage import erasures, office, people, places, roster_search
from storage.erasures import Erasure
from storage.people import Person
from storage.roster_search import Listed

OPERATORS = frozenset({"operator"})
CHANNELS = {"telegram": "Telegram", "whatsapp": "WhatsApp", "simulator": "simulator"}
GONE = "Petugas itu tidak ditemukan. Ketik petugas untuk mencarinya."


@dataclass(frozen=True, slots=True)
class Move:
    """Who goes to which district."""

    person: Person
    district_id: int
    district: str


def show_person(tx: Settling, person_id: int, opening: str = "") -> None:
    """Show the person's card with what the office can do about him or her."""
    listed = roster_search.listed(tx.db, person_id)
    assert listed is not None, "people are never deleted"
    held, hand_over = groups_to_hand_over(tx.db, listed.person)
    asked = erasures.open_for(tx.db, person_id)
    going = f"⚠️ Datanya dihapus {show_moment(from_utc_text(asked.due_at), tx.zone)}" if asked else ""
    choices = (*_choices(listed.person, tx.me), *_erasing(listed.person, tx.me, asked), *hand_over)
    tx.say(lines([opening, _card(listed, tx.zone), going, held]), *choices)


def show_number(phone: str | None) -> str:
    """Write +6281234567890 as people here read it: 0812-3456-7890."""
    if phone is None:
        return "belum ada"
    digits = "0" + phone.removeprefix("+62") if phone.startswith("+62") else phone
    return "-".join([digits[:4], *(digits[at : at + 4] for at in range(4, len(digits), 4))])


def show_channels(channels: tuple[str, ...], since: str | None, zone: str) -> str:
    """Say where somebody has registered, and since when."""
    if not channels:
        return "Belum terdaftar di bot"
    names = " dan ".join(CHANNELS.get(channel, channel) for channel in channels)
    where = f" lewat {names}" if len(channels) > 1 else ""
    return f"Terdaftar di bot{where}" + (f" sejak {show_day(local(from_utc_text(since), zone))}" if since else "")


def show_post(person: Person) -> str:
    """Say the role and where it is held."""
    where = [f"Kecamatan {person.district}"] if person.district else []
    return ", ".join([person.title, *where, *([f"Desa/Kelurahan {person.village}"] if person.village else [])])


def _card(listed: Listed, zone: str) -> Text:
    person = listed.person
    if person.erased:
        return lines(
            [bold(person.name), show_post(person), "Data orangnya sudah dihapus; yang tinggal hanya hitungan."]
        )
    return lines(
        [
            bold(person.name),
            show_post(person),
            f"Nomor HP {show_number(person.phone)}",
            show_channels(listed.channels, listed.since, zone),
            "Aktif" if person.state == "active" else "⚠️ Nonaktif: tidak bisa memakai bot",
        ]
    )


def _erasing(person: Person, me: Person, asked: Erasure | None) -> tuple[Choice, ...]:
    if person.erased or person.id == me.id or (asked and asked.state != "waiting"):
        return ()
    if asked:
        return action("hapuskini", asked.id, "Hapus sekarang"), action("tolakhapus", asked.id, "Tolak penghapusan")
    return (action("hapusorang", person.id, "Hapus data"),)


def _choices(person: Person, me: Person) -> tuple[Choice, ...]:
    if person.erased:
        return ()
    if person.state == "inactive":
        return (action("aktif", person.id, "Aktifkan"),)
    off = () if person.id == me.id else (action("nonaktif", person.id, "Nonaktifkan"),)
    return (*off, action("pindah", person.id, "Pindah kecamatan"))


async def see_person(chat: Chat, read: Reader) -> int:
    """Take the person that a card's button means."""
    return (await _meant(chat, read)).id


def save_person(tx: Settling, person_id: int) -> None:
    """Show the card."""
    office.note(tx.db, tx.stamp, tx.me.id, "see person", f"person:{person_id}")
    show_person(tx, person_id)


async def deactivate(chat: Chat, read: Reader) -> Person:
    """Confirm that somebody is to be kept out."""
    person = await _meant(chat, read)
    if person.id == chat.me.id:
        raise Refused("Bapak/Ibu tidak bisa menonaktifkan diri sendiri. Mohon minta operator lain.")
    if person.state == "inactive":
        raise Refused(f"{person.name} sudah nonaktif.")
    await chat.confirm(
        lines(
            [
                f"Nonaktifkan {person.name}, {show_post(person)}?",
                "Aksesnya berhenti saat ini juga, dan undangan kegiatan yang belum mulai ditarik. "
                "Catatan kehadiran dan laporannya tetap tersimpan.",
            ]
        ),
        "Nonaktifkan",
    )
    return person


def save_deactivated(tx: Settling, person: Person) -> None:
    """Keep the person out from now on, and say so to both."""
    if (now := people.person(tx.db, person.id)) is None or now.state == "inactive":
        raise Refused(f"{person.name} sudah nonaktif.")
    left = keep_out(tx, now)
    office.note(tx.db, tx.stamp, tx.me.id, "deactivate", f"person:{person.id}")
    gone = f" Undangannya ke {left} kegiatan ditarik, tempatnya untuk yang lain." if left else ""
    show_person(tx, person.id, f"✅ Dinonaktifkan.{gone}")


async def activate(chat: Chat, read: Reader) -> Person:
    """Confirm that somebody is to be let in again."""
    person = await _meant(chat, read)
    if person.erased:
        raise Refused("Data itu sudah dihapus. Kalau orangnya bertugas lagi, daftarkan sebagai petugas baru.")
    if person.state == "active":
        raise Refused(f"{person.name} sudah aktif.")
    await chat.confirm(f"Aktifkan lagi {person.name}, {show_post(person)}?", "Aktifkan")
    return person


def save_activated(tx: Settling, person: Person) -> None:
    """Let the person in again, and say so to both."""
    if (now := people.person(tx.db, person.id)) is None or now.state == "active":
        raise Refused(f"{person.name} sudah aktif.")
    invited = let_in(tx, now)
    let_in_listed(tx, [now.id])
    office.note(tx.db, tx.stamp, tx.me.id, "activate", f"person:{person.id}")
    again = f" Diundang lagi ke {invited} kegiatan, jawabannya ditanyakan lagi." if invited else ""
    show_person(tx, person.id, f"✅ Aktif kembali.{again}")


async def move(chat: Chat, read: Reader) -> Move:
    """Ask for the new district."""
    person = await _meant(chat, read)
    if person.erased:
        raise Refused("Data itu sudah dihapus.")
    if person.state == "inactive":
        raise Refused(f"{person.name} nonaktif. Aktifkan dulu, lalu pindahkan.")
    others = {str(one.id): one for one in await read(places.districts) if one.id != person.district_id}
    now = f"sekarang Kecamatan {person.district}" if person.district else "belum punya kecamatan"
    question = choose(f"{person.name} {now}. Pindah ke kecamatan mana?", others, lambda one: one.name)
    chosen = await chat.ask("district", question, about=person.district_id, label="Kecamatan")
    village = f"Desa/Kelurahan {person.village} dikosongkan." if person.village else ""
    await chat.confirm(
        lines([f"Pindahkan {person.name} dari Kecamatan {person.district or '–'} ke {chosen.name}?", village]),
        "Pindahkan",
    )
    return Move(person, chosen.id, chosen.name)


def save_move(tx: Settling, new: Move) -> None:
    """Move the person, unless the office did so in the meantime."""
    if people.person(tx.db, new.person.id) != new.person:
        raise Refused(f"Data {new.person.name} baru saja berubah. Mohon periksa sekali lagi.")
    roster_search.move_to_district(tx.db, new.person.id, new.district_id)
    way = f"district:{new.person.district_id or 0} > district:{new.district_id}"
    office.note(tx.db, tx.stamp, tx.me.id, "move", f"person:{new.person.id}", way)
    show_person(tx, new.person.id, f"✅ Dipindahkan ke Kecamatan {new.district}.")


async def _meant(chat: Chat, read: Reader) -> Person:
    number = number_in(chat.arg)
    found = await read(people.person, number)
    if found is None:
        raise Refused(GONE)
    return found


PERSON = Dialog("orang", "Kartu petugas", see_person, save_person, OPERATORS)
DEACTIVATE = Dialog("nonaktif", "Penonaktifan petugas", deactivate, save_deactivated, OPERATORS)
ACTIVATE = Dialog("aktif", "Pengaktifan petugas", activate, save_activated, OPERATORS)
MOVE = Dialog("pindah", "Pemindahan petugas", move, save_move, OPERATORS, steps=1)
