"""What people can do, one file each; this is the table of contents, in the order of the menu."""

from datetime import datetime

from bot.message import Message
from bot.routes import Command, Routes
from bot.text import Text
from handlers.applications import APPROVE, REFUSE
from handlers.claim import CLAIM, read_code
from handlers.menu import make_help, make_menu
from handlers.office import SYSTEM
from handlers.profile import CORRECTION, PROFILE
from handlers.registration import make_start
from handlers.roster import REQUESTS, ROSTER
from handlers.roster_import import IMPORT, read_sent
from handlers.roster_person import ACTIVATE, DEACTIVATE, MOVE, PERSON
from handlers.roster_search import SEARCH
from storage.database import Connection
from storage.reminders import Due

OFFICE = (REQUESTS, IMPORT, SEARCH, PERSON, ACTIVATE, DEACTIVATE, MOVE, CORRECTION)


def build_routes(office: str) -> Routes:
    """List every way into what people can do. `office` is its name as people read it."""
    commands: list[Command] = []
    menu, help_ = make_menu("menu", commands), make_help(commands)
    start = make_start(office, menu)
    commands += [
        Command("menu", menu, "", "yang bisa dilakukan sekarang"),
        Command("bantuan", help_, "", "semua perintah"),
        Command("start", start, "", "mulai, mendaftar"),
        Command("petugas", ROSTER, "Petugas", "daftar petugas: impor, cari, setujui"),
        Command("profil", PROFILE, "Profil", "data saya, dan meminta perbaikan"),
        Command("sistem", SYSTEM, "Sistem", "keadaan bot, cadangan, tindakan terakhir"),
    ]
    dialogs = {one.dialog.name: one.dialog for one in commands}
    dialogs |= {one.name: one for one in (APPROVE, REFUSE, CLAIM, *OFFICE)}
    payloads = {"u": CLAIM.name}
    return Routes(commands, dialogs, payloads, (read_code, read_sent), fallback=menu.name, door=start.name)


def compose_reminder(db: Connection, due: Due, now: datetime) -> Message:
    """Write a reminder's card."""
    return Message(Text.of("…"))
