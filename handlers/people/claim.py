"""Claiming an invite: whoever brings the one-time link or code that the command line printed gets its role."""

import re
from dataclasses import dataclass

from bot.chat import EVERYONE, STRANGERS, Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Said
from bot.routes import Wanted, action
from bot.settling import Settling
from bot.typed import words
from handlers.events.event_card import send_open
from storage import applications, invites, office, people, roster_search

NO_LONGER = "Undangan itu tidak berlaku lagi. Minta undangan baru kepada Dinas Sosial."
# The code in three groups of four, or the link's token; anything looser takes a sentence for a code.
CODE = re.compile(r"\s*klaim\s+([0-9A-Z]{4}[ -]?[0-9A-Z]{4}[ -]?[0-9A-Z]{4}|[0-9A-F]{32})\s*", re.IGNORECASE)

FIRST_STEP = action("impor", "", "Impor daftar")


@dataclass(frozen=True, slots=True)
class Claim:
    """An invite and the name of who takes it."""

    secret: str
    name: str


def read_code(said: Said) -> Wanted | None:
    """Recognise `KLAIM ABCD-EFGH-JKLM`, for phones on which the link does not open."""
    found = CODE.fullmatch(said.text)
    return Wanted("klaim", found[1].replace(" ", "")) if found else None


async def claim(chat: Chat, read: Reader) -> Claim:
    """Ask the name of somebody who brings an invite; who is on the roster is asked whether the role is to change."""
    invite = await read(invites.claimable, chat.arg, utc_text(chat.now))
    if invite is None:
        raise Refused(NO_LONGER)
    if chat.person is not None:
        if chat.person.role == invite.role:
            raise Refused(f"Bapak/Ibu sudah terdaftar sebagai {invite.title}. Undangan itu tidak terpakai.")
        await chat.confirm(
            f"Undangan sebagai {invite.title}. Tugas Bapak/Ibu sekarang, {chat.person.title}, diganti dengan itu. "
            "Terima?",
            "Ya",
        )
        return Claim(chat.arg, chat.person.name)
    question = words(f"Undangan sebagai {invite.title}. Nama lengkap Bapak/Ibu?", least=3, most=100)
    return Claim(chat.arg, await chat.ask("name", question))


def save(tx: Settling, new: Claim) -> None:
    """Give the role, once."""
    invite = invites.claimable(tx.db, new.secret, tx.stamp)
    if invite is None:
        raise Refused(NO_LONGER)
    if tx.person is not None:
        person_id = tx.person.id
        people.set_role(tx.db, person_id, invite.role)
    else:
        person_id = people.add_person(
            tx.db, name=new.name, phone=None, role=invite.role, district_id=None, village_id=None, now=tx.stamp
        )
        people.link_chat(tx.db, tx.chat, person_id, tx.stamp)
        if asked := applications.waiting_of(tx.db, tx.chat):  # nobody need decide any more
            applications.decide(tx.db, asked.id, "approved", None, tx.stamp)
    if not invites.use(tx.db, invite.digest, person_id, tx.stamp):
        raise Refused(NO_LONGER)
    office.note(tx.db, tx.stamp, person_id, "claim", f"role:{invite.role}")
    said = f"Baik, Bapak/Ibu {new.name.split()[0]}. Sekarang terdaftar sebagai {invite.title}."
    if invite.role == "operator" and roster_search.tally(tx.db).active == 1:
        tx.say(f"{said} Kantor ini belum punya petugas lain: mulai dengan daftarnya.", FIRST_STEP)
    else:
        tx.say(f"{said} Ketik menu untuk mulai.")
    if person := people.person(tx.db, person_id):
        send_open(tx, person)


CLAIM = Dialog("klaim", "Klaim undangan", claim, save, EVERYONE | STRANGERS, steps=1)
