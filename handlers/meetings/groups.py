"""The facilitator's groups: a name, a village and a number of members; the families' names stay on paper."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Said
from bot.picked import Choose, choose, yes_or_no
from bot.questions import Done, More, NotUnderstood
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import Typed, a_number
from handlers.meetings.lesson_choice import safe_words
from storage import groups, places, plans
from storage.groups import Group
from storage.places import District, Village

FACILITATORS = frozenset({"facilitator"})
MOST_MEMBERS = 99
MOST_LETTERS = 30  # with "Ubah " before it, it still fits a button
NONE_YET = "Belum ada kelompok. Tambahkan dulu kelompok dampingan Bapak/Ibu: nama, desa, dan jumlah anggotanya."
GONE = "Kelompok itu sudah ditutup atau bukan dampingan Bapak/Ibu. Lihat daftarnya di /kelompok."
ADD = action("kelompok", "tambah", "Tambah kelompok")


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to be added."""

    name: str
    village: Village
    members: int


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a group; `value` is the new name or number."""

    group_id: int
    what: Literal["name", "members", "close", "keep"]
    value: str | int = ""


@dataclass(frozen=True)
class ChoosePlace(Choose[Any]):
    """One of several places, by tap, number, or its name as people spell it."""

    def read(self, said: Said, partial: Any) -> Done | More:
        try:
            return super().read(said, partial)
        except NotUnderstood:
            found = places.named(said.text, self.options.values()) if said.kind == "text" else []
            if len(found) != 1:
                raise NotUnderstood(
                    "Nama itu tidak ada di daftar. Mohon pilih salah satu, atau ketik namanya."
                ) from None
            return Done(str(found[0].id))


async def run(chat: Chat, read: Reader) -> NewGroup | Change | None:
    """List the groups, add one ("tambah"), or change one (its id)."""
    if chat.arg == "tambah":
        return await _add(chat, read)
    if chat.arg.isascii() and chat.arg.isdigit():
        return await _change(chat, await _my_group(chat, read))
    return None


def save(tx: Settling, result: NewGroup | Change | None) -> None:
    """Show, add or change, and say what now stands."""
    match result:
        case NewGroup(name, village, members):
            _refuse_second(tx, village.id, name)
            groups.add_group(
                tx.db,
                ref=tx.ref,
                person_id=tx.me.id,
                village_id=village.id,
                name=name,
                members=members,
                now=tx.stamp,
            )
            tx.say(
                f"✅ Tersimpan: Kelompok {name}, Desa {village.name}, {members} anggota.",
                action("jadwal", "rencana", "Rencanakan pertemuan"),
                action("p2k2", "", "Catat P2K2"),
                ADD,
            )
        case Change():
            _save_change(tx, result)
        case None:
            _list(tx)


GROUPS = Dialog("kelompok", "Kelompok", run, save, FACILITATORS, steps=4)


def title_of(group: Group) -> str:
    """Name a group as letters do."""
    return f"Kelompok {group.name}, Desa {group.village}"


def which_group(mine: Mapping[str, Group]) -> Choose[Group]:
    """Ask for one of the facilitator's groups, by tap or by name."""
    return ChooseGroup(Text.of("Kelompok mana?"), mine, lambda one: f"{one.name} · {one.village}")


@dataclass(frozen=True)
class ChooseGroup(Choose[Group]):
    """One of several groups, by tap, number, or name."""

    def read(self, said: Said, partial: Any) -> Done | More:
        try:
            return super().read(said, partial)
        except NotUnderstood:
            name = clean_name(said.text).casefold() if said.kind == "text" else ""
            found = [key for key, one in self.options.items() if one.name.casefold() == name]
            if len(found) != 1:
                raise
            return Done(found[0])


def clean_name(text: str) -> str:
    """Take a group's name without the word for group before it."""
    return re.sub(r"^\s*(?:kelompok|kel|klp|klpk)\b[.: ]*", "", text, flags=re.IGNORECASE).strip()


async def _add(chat: Chat, read: Reader) -> NewGroup:
    name = await chat.ask("name", _a_name("Apa nama kelompoknya? Misalnya Melati."), label="Nama")
    district_id = chat.me.district_id
    if district_id is None:
        districts: dict[str, District] = {str(one.id): one for one in await read(places.districts)}
        asked: District = await chat.ask(
            "district", ChoosePlace(Text.of("Kecamatan mana?"), districts, _place_name), label="Kecamatan"
        )
        district_id = asked.id
    mine = sorted(await read(places.villages, district_id), key=lambda one: one.id != chat.me.village_id)
    question = ChoosePlace(Text.of("Di desa atau kelurahan mana?"), {str(one.id): one for one in mine}, _place_name)
    village: Village = await chat.ask("village", question, about=district_id, label="Desa")
    many = a_number("Berapa anggotanya? Cukup jumlahnya, nama dan NIK keluarga tidak disimpan.", 1, MOST_MEMBERS)
    members = await chat.ask("members", many, label="Jumlah anggota")
    await chat.confirm(lines([bold(f"Kelompok {name}"), f"Desa {village.name}", f"{members} anggota"]))
    return NewGroup(name, village, members)


async def _change(chat: Chat, group: Group) -> Change:
    about = f"{title_of(group)}, {group.members} anggota."
    whats = {"name": "Nama", "members": "Jumlah anggota", "close": "Tutup kelompok"}
    chosen = await chat.ask("what", choose(f"{about} Ubah yang mana?", whats))
    if chosen == whats["name"]:
        name = await chat.ask("name", _a_name("Nama barunya?"))
        return Change(group.id, "name", name)
    if chosen == whats["members"]:
        members = await chat.ask("members", a_number("Berapa anggotanya sekarang?", 1, MOST_MEMBERS))
        return Change(group.id, "members", members)
    sure = yes_or_no(
        f"Tutup {title_of(group)}? Rencana pertemuannya dibatalkan, laporan yang sudah ada tetap tersimpan.", "Tutup"
    )
    return Change(group.id, "close" if await chat.ask("sure", sure) else "keep")


def _save_change(tx: Settling, change: Change) -> None:
    group = groups.group(tx.db, change.group_id)
    if group is None or not group.active or group.person_id != tx.me.id:
        tx.say(GONE)
        return
    if change.what == "name":
        if str(change.value).casefold() != group.name.casefold():
            _refuse_second(tx, group.village_id, str(change.value))
        groups.rename_group(tx.db, group.id, str(change.value))
    elif change.what == "members":
        groups.resize_group(tx.db, group.id, int(change.value))
    elif change.what == "close":
        for meeting_id in plans.cancel_meetings_of_group(tx.db, group.id):
            tx.withdraw(f"meeting:{meeting_id}")
        groups.close_group(tx.db, group.id)
        tx.say(f"{title_of(group)} ditutup.")
        return
    now = groups.group(tx.db, group.id)
    assert now is not None
    opening = "Tidak ada yang diubah" if change.what == "keep" else "✅ Tersimpan"
    tx.say(f"{opening}: {title_of(now)}, {now.members} anggota.")


def _list(tx: Settling) -> None:
    mine = groups.groups_of(tx.db, tx.me.id)
    if not mine:
        tx.say(NONE_YET, ADD)
        return
    known = [f"{one.name}, Desa {one.village}: {one.members} anggota" for one in mine]
    changes = [action("kelompok", one.id, f"Ubah {one.name}") for one in mine]
    tx.say(lines([bold("Kelompok dampingan"), *known]), *changes, ADD)


async def _my_group(chat: Chat, read: Reader) -> Group:
    found = await read(groups.group, int(chat.arg[:9]))
    if found is None or not found.active or found.person_id != chat.me.id:
        raise Refused(GONE)
    return found


def _refuse_second(tx: Settling, village_id: int, name: str) -> None:
    if (there := groups.group_named(tx.db, tx.me.id, village_id, name)) is not None:
        raise Refused(f"{title_of(there)} sudah ada. Mohon pakai nama lain, misalnya {there.name} 2.")


def _a_name(prompt: str) -> Typed[str]:
    plain = safe_words(prompt, most=MOST_LETTERS)

    def read(text: str) -> str:
        name = " ".join(clean_name(plain.reader(text)).split())
        if not re.search(r"[^\W\d_]", name):
            raise NotUnderstood("Mohon ketik nama kelompoknya, misalnya Melati.")
        return name

    return Typed(plain.prompt, read, str, str, str, echoes=False)


def _place_name(place: District | Village) -> str:
    return place.name
