"""Changing a group: its name, village, place and usual day, a number of members typed wrongly, or closing it."""

from dataclasses import dataclass
from typing import Literal

from bot.chat import Chat, Dialog, Reader, Refused
from bot.picked import choose, yes_or_no
from bot.routes import number_in
from bot.settling import Settling
from bot.text import Text
from bot.typed import a_number
from handlers.groups.card import show_card
from handlers.groups.my_group import FACILITATORS, my_group, still_mine, title_of
from handlers.groups.naming import ChoosePlace, a_group_name, place_name, refuse_second
from handlers.groups.usual_day import UsualDay, which_usual_day
from handlers.meetings.lesson_choice import safe_words
from storage import groups, memberships, places, plans
from storage.groups import Group
from storage.places import Village

MOST_MEMBERS = 99
WHATS = {
    "name": "Nama",
    "village": "Desa",
    "members": "Jumlah anggota",
    "place": "Tempat",
    "usual": "Hari biasa",
    "close": "Tutup kelompok",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a group, with its new value."""

    group: Group
    what: Literal["name", "village", "members", "place", "usual", "close", "keep"]
    value: str | int | Village | UsualDay | None = None


async def run(chat: Chat, read: Reader) -> Change:
    """Ask what to change, and into what."""
    group = await my_group(chat, read, number_in(chat.arg))
    about = f"{title_of(group)}, {group.members} anggota."
    chosen = await chat.ask("what", choose(f"{about} Ubah yang mana?", WHATS))
    match next(key for key, label in WHATS.items() if label == chosen):
        case "name":
            name = await chat.ask("name", a_group_name("Nama barunya?"))
            return Change(group, "name", name)
        case "village":
            here = {str(one.id): one for one in await read(places.villages, group.district_id)}
            asked = ChoosePlace(Text.of("Di desa atau kelurahan mana?"), here, place_name)
            village: Village = await chat.ask("village", asked)
            return Change(group, "village", village)
        case "members":
            prompt = (
                "Berapa anggotanya? Ini untuk jumlah yang salah ketik; yang masuk atau keluar dicatat lewat tombol "
                "Anggota."
            )
            members = await chat.ask("members", a_number(prompt, 1, MOST_MEMBERS))
            return Change(group, "members", members)
        case "place":
            now = f"Biasanya di mana? Sekarang {group.place}." if group.place else "Biasanya di mana?"
            place = await chat.ask("place", safe_words(now, most=100))
            return Change(group, "place", place)
        case "usual":
            prompt = "Biasanya kapan? Misalnya Selasa minggu ke-2, pukul 14.00."
            usual = await chat.ask("usual", which_usual_day(prompt, chat.zone))
            return Change(group, "usual", usual)
        case _:
            sure = yes_or_no(
                f"Tutup {title_of(group)}? Rencana pertemuannya dibatalkan, laporan yang sudah ada tetap tersimpan.",
                "Tutup",
            )
            return Change(group, "close" if await chat.ask("sure", sure) else "keep")


def save(tx: Settling, change: Change) -> None:
    """Change it, and show what now stands."""
    group = still_mine(tx, change.group.id)
    match change.what, change.value:
        case "name", str(name):
            if name.casefold() != group.name.casefold():
                refuse_second(tx, group.village_id, name)
            groups.rename_group(tx.db, group.id, name)
        case "village", Village(village_id):
            if village_id != group.village_id:
                refuse_second(tx, village_id, group.name)
            groups.move_to_village(tx.db, group.id, village_id)
        case "members", int(members):
            if not memberships.correct_count(tx.db, group.id, members, tx.today.isoformat()):
                raise Refused(
                    "Nomor terakhir di kelompok ini sudah pernah tercatat, jadi tidak bisa dihapus. Catat yang keluar "
                    "lewat tombol Anggota di kartu kelompok."
                )
        case "place", str(place):
            groups.set_place(tx.db, group.id, place)
        case "usual", value:
            usual = value if isinstance(value, UsualDay) else None
            at = usual.at.isoformat("minutes") if usual and usual.at else None
            groups.set_usual_day(tx.db, group.id, usual.week if usual else None, usual.weekday if usual else None, at)
        case "close", _:
            for meeting_id in plans.cancel_meetings_of_group(tx.db, group.id):
                tx.withdraw(f"meeting:{meeting_id}")
            groups.close_group(tx.db, group.id)
            tx.say(f"{title_of(group)} ditutup.")
            return
    now = groups.group(tx.db, group.id)
    assert now is not None
    show_card(tx, now, "Tidak ada yang diubah." if change.what == "keep" else "✅ Tersimpan.")


CHANGE = Dialog("ubahkelompok", "Perubahan kelompok", run, save, FACILITATORS, steps=2)
