"""The facilitator's groups: a name, a village and a number of members; the families' names stay on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.chat import Chat, Dialog, Reader
from bot.message import Said
from bot.picked import Choose
from bot.questions import Done, More, NotUnderstood
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import a_number
from handlers.groups.card import show_card
from handlers.groups.my_group import ADD, FACILITATORS, NONE_YET, my_group, still_mine, title_of
from handlers.groups.naming import MOST_LETTERS, ChoosePlace, a_group_name, clean_name, place_name, refuse_second
from storage import groups, memberships, places, progress
from storage.database import Connection
from storage.groups import Group
from storage.places import District, Village

__all__ = [
    "ADD",
    "FACILITATORS",
    "GROUPS",
    "MOST_LETTERS",
    "NONE_YET",
    "ChooseGroup",
    "clean_name",
    "title_of",
    "which_group",
]

MOST_MEMBERS = 99


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to be added."""

    name: str
    village: Village
    members: int


async def run(chat: Chat, read: Reader) -> NewGroup | Group | None:
    """List the groups, add one ("tambah"), or show one (its id)."""
    if chat.arg == "tambah":
        return await _add(chat, read)
    if number := number_in(chat.arg):
        return await my_group(chat, read, number)
    return None


def save(tx: Settling, result: NewGroup | Group | None) -> None:
    """Show or add, and say what now stands."""
    match result:
        case NewGroup(name, village, members):
            refuse_second(tx, village.id, name)
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
        case Group(group_id):
            memberships.count(tx.db, group_id, tx.today.isoformat())
            show_card(tx, still_mine(tx, group_id))
        case None:
            _list(tx)


GROUPS = Dialog("kelompok", "Kelompok", run, save, FACILITATORS, steps=4)


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


async def _add(chat: Chat, read: Reader) -> NewGroup:
    name = await chat.ask("name", a_group_name("Apa nama kelompoknya? Misalnya Melati."), label="Nama")
    district_id = chat.me.district_id
    if district_id is None:
        districts: dict[str, District] = {str(one.id): one for one in await read(places.districts)}
        asked: District = await chat.ask(
            "district", ChoosePlace(Text.of("Kecamatan mana?"), districts, place_name), label="Kecamatan"
        )
        district_id = asked.id
    mine = sorted(await read(places.villages, district_id), key=lambda one: one.id != chat.me.village_id)
    question = ChoosePlace(Text.of("Di desa atau kelurahan mana?"), {str(one.id): one for one in mine}, place_name)
    village: Village = await chat.ask("village", question, about=district_id, label="Desa")
    many = a_number("Berapa anggotanya? Cukup jumlahnya, nama dan NIK keluarga tidak disimpan.", 1, MOST_MEMBERS)
    members = await chat.ask("members", many, label="Jumlah anggota")
    await chat.confirm(lines([bold(f"Kelompok {name}"), f"Desa {village.name}", f"{members} anggota"]))
    return NewGroup(name, village, members)


def _list(tx: Settling) -> None:
    mine = groups.groups_of(tx.db, tx.me.id)
    if not mine:
        tx.say(NONE_YET, ADD)
        return
    for one in mine:
        memberships.count(tx.db, one.id, tx.today.isoformat())
    mine = groups.groups_of(tx.db, tx.me.id)
    known = [f"{one.name}, Desa {one.village}: {one.members} anggota, {_core(tx.db, one.id)}" for one in mine]
    names = [one.name.casefold() for one in mine]
    shown = [one.name if names.count(one.name.casefold()) == 1 else f"{one.name} · {one.village}" for one in mine]
    cards = [action("kelompok", one.id, label) for one, label in zip(mine, shown, strict=True)]
    tx.say(lines([bold("Kelompok dampingan"), *known]), *cards, ADD)


def _core(db: Connection, group_id: int) -> str:
    first = next(iter(progress.parts(db, group_id)), None)
    return f"materi {first.held} dari {first.all}" if first else "belum ada materi"
