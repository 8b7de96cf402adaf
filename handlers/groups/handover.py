"""Handing groups over to another facilitator: the office's order holds at once, a facilitator's offer needs a yes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice, Message
from bot.picked import choose
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import bold, lines
from handlers.groups.my_group import GONE
from handlers.groups.transfer import names_of, transfer
from handlers.people.who import Somebody, ask_who
from storage import groups, handovers, office, people
from storage.database import Connection
from storage.groups import Group
from storage.people import Person

OFFICE = frozenset({"operator", "coordinator", "supervisor"})
ALL = "all"
NOT_YOURS = "Kelompok itu di luar wilayah Bapak/Ibu. Mohon minta operator Dinas."
NOBODY = "Tidak ada pendamping lain yang aktif. Mohon minta operator Dinas mendaftarkannya di /petugas."
NOTHING = "Tidak ada kelompok yang bisa diserahkan."


@dataclass(frozen=True, slots=True)
class Handover:
    """Groups that go from one facilitator to another."""

    groups: tuple[Group, ...]
    giver: Person
    taker: Person


@dataclass(frozen=True, slots=True)
class Holders:
    """The facilitators whose groups this member of the office may hand over, and how many each has."""

    of: Sequence[tuple[Person, int]]
    district: str


async def run(chat: Chat, read: Reader) -> Handover | Holders:
    """Ask which groups go ("g7", or all of a person's, "p5") and to whom; the office without either picks a person."""
    if (found := re.fullmatch(r"g([0-9]{1,9})", chat.arg)) is not None:
        group = await read(groups.group, number_in(found[1]))
        giver = await read(people.person, group.person_id) if group else None
        if group is None or giver is None or not group.active:
            raise Refused(GONE)
        going: tuple[Group, ...] = (group,)
    else:
        giver = await _whose(chat, read)
        if giver is None:
            return await _holders(chat, read)
        going = await _which(chat, read, giver)
    _refuse_others(chat.me, giver, going)
    taker = await _to_whom(chat, read, giver, going)
    offered = chat.me.role not in OFFICE
    effect = (
        f"{taker.name} harus menerimanya dulu; sampai itu kelompoknya tetap dampingan Bapak/Ibu."
        if offered
        else "Berlaku saat ini juga, keduanya dikabari."
    )
    await chat.confirm(
        lines(
            [
                bold(f"Serahkan ke {taker.name}" + (f", {taker.district}" if taker.district else "")),
                f"Dari {giver.name}: {names_of(going)}.",
                "Rencana pertemuannya ikut pindah; laporan yang sudah ada tetap milik yang membuatnya.",
                effect,
            ]
        ),
        "Tawarkan" if offered else "Serahkan",
    )
    return Handover(going, giver, taker)


def save(tx: Settling, result: Handover | Holders) -> None:
    """Hand over at once for the office; for a facilitator keep the offer and ask the other."""
    if isinstance(result, Holders):
        _say_holders(tx, result)
        return
    taker = people.person(tx.db, result.taker.id)
    if taker is None or taker.state != "active" or taker.role != "facilitator":
        raise Refused(f"{result.taker.name} sudah tidak aktif sebagai pendamping. Mohon pilih yang lain.")
    now = [groups.group(tx.db, one.id) for one in result.groups]
    going = [one for one in now if one and one.active and one.person_id == result.giver.id]
    if len(going) != len(result.groups):
        raise Refused("Daftar kelompoknya baru saja berubah. Mohon periksa sekali lagi.")
    _refuse_others(tx.me, result.giver, going)
    if tx.me.role in OFFICE:
        transfer(tx, going, result.giver, taker)
        tx.say(f"✅ Diserahkan ke {taker.name}: {names_of(going)}.")
        return
    if not people.has_chat(tx.db, taker.id):
        raise Refused(f"{taker.name} belum terdaftar di bot, jadi belum bisa menerima. Mohon minta operator Dinas.")
    offer_id = handovers.add_offer(tx.db, tx.ref, tx.me.id, taker.id, [one.id for one in going], tx.stamp)
    office.note(tx.db, tx.stamp, tx.me.id, "offer groups", f"person:{taker.id}", f"{len(going)} kelompok")
    tx.notify(
        taker.id,
        Message(
            lines(
                [
                    f"{tx.me.name} ingin menyerahkan kepada Bapak/Ibu: {names_of(going)}.",
                    "Rencana pertemuannya ikut pindah. Diterima?",
                ]
            ),
            (action("terimakelompok", offer_id, "Terima"), action("tolakkelompok", offer_id, "Tolak")),
        ),
        kind="handover",
        object=f"offer:{offer_id}",
    )
    tx.say(
        f"✅ Ditawarkan ke {taker.name}: {names_of(going)}. Bapak/Ibu dikabari begitu dijawab.",
        action("tariktawaran", offer_id, "Tarik kembali"),
    )


HANDOVER = Dialog("serahkan", "Serah terima kelompok", run, save, OFFICE | {"facilitator"}, steps=3)


def groups_to_hand_over(db: Connection, person: Person) -> tuple[str, tuple[Choice, ...]]:
    """Return a line and a button for the card of somebody who has groups: of one who has left, with a warning."""
    held = groups.groups_of(db, person.id)
    if not held:
        return "", ()
    if person.state == "active":
        said = f"Mendampingi {len(held)} kelompok"
    else:
        said = f"⚠️ Masih memegang {len(held)} kelompok. Serahkan ke pendamping lain, supaya tetap didampingi."
    return said, (action("serahkan", f"p{person.id}", "Serahkan kelompok"),)


async def _whose(chat: Chat, read: Reader) -> Person | None:
    found = re.fullmatch(r"p([0-9]{1,9})", chat.arg)
    if chat.me.role == "facilitator":
        return chat.me
    return await read(people.person, number_in(found[1])) if found else None


async def _which(chat: Chat, read: Reader, giver: Person) -> tuple[Group, ...]:
    held = await read(groups.groups_of, giver.id)
    if not held:
        raise Refused(NOTHING)
    choices = {**({ALL: f"Semua ({len(held)} kelompok)"} if len(held) > 1 else {})}
    choices |= {str(one.id): f"{one.name} · {one.village}" for one in held}
    given = str(held[0].id) if len(held) == 1 else None
    asked = choose(f"Kelompok {giver.name} yang mana?", choices)
    chosen = await chat.ask("group", asked, label="Kelompok", given=given)
    key = next(key for key, label in choices.items() if label == chosen)
    return tuple(held if key == ALL else [one for one in held if str(one.id) == key])


async def _to_whom(chat: Chat, read: Reader, giver: Person, going: Sequence[Group]) -> Person:
    others = [one for one in await read(people.people_in_roles, "facilitator") if one.id != giver.id]
    if not others:
        raise Refused(NOBODY)
    # Who is offered groups must be able to say yes; the office's order needs nobody's.
    able = {one.id for one in others} if chat.me.role in OFFICE else await read(_registered)
    absent = "{} belum terdaftar di bot, jadi belum bisa menerima. Mohon minta operator Dinas."
    known = {
        one.id: Somebody(one.id, one.name, one.district, "" if one.id in able else absent.format(one.name))
        for one in others
    }
    here = {one.district_id for one in going}
    near = [known[one.id] for one in others if one.district_id in here and one.id in able][:10]
    chosen = await ask_who(chat, "Kepada siapa? Pilih, atau ketik sebagian namanya.", list(known.values()), near=near)
    return next(one for one in others if one.id == chosen.id)


def _registered(db: Connection) -> set[int]:
    return {int(row[0]) for row in db.execute("SELECT DISTINCT person_id FROM chats WHERE person_id IS NOT NULL")}


async def _holders(chat: Chat, read: Reader) -> Holders:
    district = chat.me.district_id if chat.me.role == "supervisor" else None
    return Holders(await read(_with_groups, district), chat.me.district if district else "")


def _with_groups(db: Connection, district_id: int | None) -> list[tuple[Person, int]]:
    rows = db.execute(
        """
        SELECT g.person_id, count(*) FROM groups g JOIN persons p ON p.id = g.person_id
        JOIN villages v ON v.id = g.village_id
        WHERE g.state = 'active' AND (:district IS NULL OR :district IN (p.district_id, v.district_id))
        -- Who has left, or moved away from the groups, comes first: those are the ones to be handed over.
        GROUP BY g.person_id ORDER BY p.state = 'active', max(p.district_id IS NOT v.district_id) DESC, p.name LIMIT 30
        """,
        {"district": district_id},
    )
    return [(one, count) for person_id, count in rows.fetchall() if (one := people.person(db, person_id))]


def _say_holders(tx: Settling, found: Holders) -> None:
    if not found.of:
        raise Refused(NOTHING)
    scope = f"district:{tx.me.district_id}" if found.district else "facilitators"
    office.note(tx.db, tx.stamp, tx.me.id, "see holders", scope)
    where = f" di Kecamatan {found.district}" if found.district else ""
    tx.say(
        f"Kelompok siapa{where} yang diserahkan? Yang nonaktif dan yang sudah pindah kecamatan di atas; "
        "yang lain lewat kartunya di /petugas."
        if not found.district
        else f"Kelompok siapa{where} yang diserahkan?",
        *(action("serahkan", f"p{one.id}", _holder(one, count)) for one, count in found.of),
    )


def _holder(person: Person, count: int) -> str:
    left = ", nonaktif" if person.state == "inactive" else ""
    return f"{person.name} ({count} kelompok{left})"


def _refuse_others(me: Person, giver: Person, going: Sequence[Group]) -> None:
    """Let a facilitator give the own groups, a supervisor those of the district, and the rest of the office any."""
    if me.role == "facilitator" and me.id != giver.id:
        raise Refused(GONE)
    if me.role == "supervisor" and not all(me.district_id in (giver.district_id, one.district_id) for one in going):
        raise Refused(NOT_YOURS)
