"""An office with two small dialogs of its own, for looking at the engine alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.chat import EVERYONE, STRANGERS, Chat, Dialog, Reader, Refused
from bot.picked import choose, tick
from bot.questions import or_skip
from bot.routes import Command, Routes, action
from bot.sent import photos
from bot.settling import Settling
from bot.typed import a_number, words
from handlers.menu import make_menu
from storage import office
from storage.database import Connection
from tests.phones import SimulatedPhones
from tests.talk import Plan, Talk, talking

DISTRICTS = "SELECT id, name FROM districts ORDER BY name"


def districts(db: Connection) -> dict[str, str]:
    """Return the districts as options."""
    return {str(row[0]): row[1] for row in db.execute(DISTRICTS)}


async def visit(chat: Chat, read: Reader) -> dict[str, Any]:
    """Ask for a visit: where, which of several things, how many, photos, remarks."""
    where = await chat.ask("where", choose("Ke mana?", await read(districts)), label="Tujuan", given=chat.arg or None)
    things = await chat.ask(
        "things", tick("Apa saja?", {"a": "Buku", "b": "Pena", "c": "Papan"}), about=where, label="Bawaan"
    )
    count = await chat.ask("count", a_number("Berapa orang?", 1, 99), label="Jumlah")
    pictures = await chat.ask("photos", or_skip(photos("Kirim foto.", 4)), label="Foto")
    remark = await chat.ask("remark", or_skip(words("Catatan?", most=40)), label="Catatan")
    summary = f"{where}, {', '.join(things)}, {count} orang, {len(pictures or ())} foto, {remark or 'tanpa catatan'}."
    await chat.confirm(summary, also={"photos": "Tambah foto"})
    return {"summary": summary, "photos": [one.digest for one in pictures or ()]}


def save_visit(tx: Settling, result: dict[str, Any]) -> None:
    """Note the visit; a full house is refused."""
    full = tx.db.execute("SELECT count(*) FROM audit WHERE action = 'full'").fetchone()[0]
    if full:
        raise Refused("Sudah penuh. Pilih tujuan lain lewat Ubah.")
    office.note(tx.db, tx.stamp, tx.me.id, "visit", tx.ref, result["summary"])
    tx.say("Tersimpan.")


async def ping(chat: Chat, read: Reader) -> str:
    """Ask nothing."""
    return chat.arg


def save_ping(tx: Settling, result: str) -> None:
    """Answer, and break when asked to."""
    if result == "rusak":
        raise RuntimeError("broken on purpose")
    if result == "salah":
        tx.db.execute("SELECT wrong FROM nowhere")
    office.note(tx.db, tx.stamp, tx.person.id if tx.person else None, "ping", result)
    tx.say(f"pong {result}".strip(), action("ping", "lagi", "Ping lagi"))


VISIT = Dialog("visit", "Kunjungan", visit, save_visit, EVERYONE - {"tksk"}, steps=5)
PING = Dialog("ping", "Ping", ping, save_ping)
DOOR = Dialog("start", "Pintu", ping, lambda tx, result: tx.say("Siapa ya?"), EVERYONE | STRANGERS)


def make_routes(name: str, link: Callable[[str], str], address: Callable[[str], str]) -> Routes:
    """List the small office's commands."""
    commands = [Command("visit", VISIT, "Kunjungan", "berkunjung"), Command("ping", PING, "", "menyahut")]
    menu = make_menu("menu", commands)
    dialogs = {one.name: one for one in (VISIT, PING, DOOR, menu)}
    return Routes(commands, dialogs, {}, (), fallback="menu", door="start")


class SmallPhones(SimulatedPhones):
    """Phones of the small office."""

    def plan(self, folder: Path, boot: int) -> Plan:
        return replace(super().plan(folder, boot), make_routes=make_routes)


@asynccontextmanager
async def small_office(folder: Path, weather: str = "plain") -> AsyncIterator[Talk]:
    """Give a conversation in the small office."""
    async with talking(folder, SmallPhones(), weather) as talk:
        yield talk


async def said(talk: Talk, *lines: str) -> list[str]:
    """Say the lines; return what was heard, each as one line."""
    log = await talk.play(lines)
    heard: list[str] = []
    for line in log:
        if line.startswith("  "):
            heard[-1] += " / " + line.strip()
        elif "< " in line or "~ " in line:
            heard.append(line)
    return heard


async def noted(talk: Talk, what: str) -> list[str]:
    """Return the details of what was noted under this action."""
    assert talk.app is not None
    return await talk.app.database.read(
        lambda db: [row[0] for row in db.execute("SELECT detail FROM audit WHERE action = ? ORDER BY id", (what,))]
    )


TODAY = date(2023, 11, 6)
