"""What people can do, one file each; this is the table of contents, in the order of the menu."""

from datetime import datetime

from bot.message import Message
from bot.routes import Command, Routes
from bot.text import Text
from handlers.applications import APPROVE, REFUSE
from handlers.claim import CLAIM, read_code
from handlers.menu import make_help, make_menu
from handlers.registration import make_start
from storage.database import Connection
from storage.reminders import Due


def build_routes(office: str) -> Routes:
    """List every way into what people can do. `office` is its name as people read it."""
    commands: list[Command] = []
    menu, help_ = make_menu("menu", commands), make_help(commands)
    start = make_start(office, menu)
    commands += [
        Command("menu", menu, "", "yang bisa dilakukan sekarang"),
        Command("bantuan", help_, "", "semua perintah"),
        Command("start", start, "", "mulai, mendaftar"),
    ]
    dialogs = {one.dialog.name: one.dialog for one in commands} | {one.name: one for one in (APPROVE, REFUSE, CLAIM)}
    payloads = {"u": CLAIM.name}
    return Routes(commands, dialogs, payloads, (read_code,), fallback=menu.name, door=start.name)


def compose_reminder(db: Connection, due: Due, now: datetime) -> Message:
    """Write a reminder's card."""
    return Message(Text.of("…"))
