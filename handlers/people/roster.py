"""The roster (petugas): the office sees who is still missing and where to go on; a supervisor sees the own people."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Message
from bot.picked import choose
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.people.applications import APPROVE, REFUSE
from handlers.people.roster_person import show_number, show_person
from handlers.people.roster_search import find_person
from storage import applications, office, roster_search
from storage.applications import Application
from storage.roster_search import Listed, Tally

OPERATORS = frozenset({"operator"})
NO_DISTRICT = "Kecamatan Bapak/Ibu belum dicatat. Mohon minta operator Dinas mengisinya, lalu ketik petugas lagi."


async def see_roster(chat: Chat, read: Reader) -> Tally | Listed | list[Listed]:
    """Count the roster for an operator, or find somebody at once; list the own district for a supervisor."""
    if chat.me.role == "supervisor":
        if chat.me.district_id is None:
            raise Refused(NO_DISTRICT)
        return await read(roster_search.people_of_district, chat.me.district_id)
    if chat.arg:
        return await find_person(chat, read)
    return await read(roster_search.tally)


def save_roster(tx: Settling, seen: Tally | Listed | list[Listed]) -> None:
    """Say it."""
    match seen:
        case Tally():
            tx.say(
                _counted(seen),
                action("impor", "", "Impor daftar"),
                action("cari", "", "Cari petugas"),
                action("permintaan", "", f"Permintaan masuk ({seen.waiting})" if seen.waiting else "Permintaan masuk"),
            )
        case Listed():
            office.note(tx.db, tx.stamp, tx.me.id, "see person", f"person:{seen.person.id}")
            show_person(tx, seen.person.id)
        case _:
            office.note(tx.db, tx.stamp, tx.me.id, "see roster", f"district:{tx.me.district_id}")
            tx.say(_of_district(tx.me.district, seen))


async def see_requests(chat: Chat, read: Reader) -> Application:
    """Choose one of the strangers who wait."""
    waiting = {str(one.id): one for one in await read(applications.waiting)}
    if not waiting:
        raise Refused("Tidak ada permintaan yang menunggu.")
    if len(waiting) == 1:
        return next(iter(waiting.values()))
    question = choose(f"{len(waiting)} permintaan menunggu. Yang mana?", waiting, lambda one: one.words)
    return await chat.ask("request", question)


def save_requests(tx: Settling, chosen: Application) -> None:
    """Show the request with its two buttons."""
    office.note(tx.db, tx.stamp, tx.me.id, "see application", f"application:{chosen.id}")
    tx.say(
        Message(
            lines(
                [bold("Permintaan masuk"), chosen.words, f"Nomor {show_number(chosen.phone)}" if chosen.phone else ""]
            ),
            (action(APPROVE.name, chosen.id, "Setujui"), action(REFUSE.name, chosen.id, "Tolak")),
        )
    )


def _counted(seen: Tally) -> Text:
    waiting = f"{seen.waiting} permintaan menunggu keputusan." if seen.waiting else ""
    missing = seen.active - seen.registered
    return lines(
        [
            bold("Daftar petugas"),
            f"{seen.active} orang aktif: {seen.registered} sudah terdaftar di bot, {missing} belum.",
            waiting,
        ]
    )


def _of_district(district: str, people: list[Listed]) -> Text:
    def line(number: int, one: Listed) -> str:
        village = f", {one.person.village}" if one.person.village else ""
        return f"{number}. {one.person.name}, {one.person.title}{village}{'' if one.channels else ' (belum terdaftar)'}"

    missing = sum(not one.channels for one in people)
    return lines(
        [
            bold(f"Petugas Kecamatan {district}"),
            f"{len(people)} orang aktif, {missing} belum terdaftar di bot."
            if missing
            else f"{len(people)} orang aktif, semua sudah terdaftar di bot.",
            *(line(number, one) for number, one in enumerate(people, 1)),
            "Ada yang keliru? Mohon sampaikan kepada operator Dinas.",
        ]
    )


ROSTER = Dialog("petugas", "Daftar petugas", see_roster, save_roster, frozenset({"operator", "supervisor"}))
REQUESTS = Dialog("permintaan", "Permintaan masuk", see_requests, save_requests, OPERATORS, steps=1)
