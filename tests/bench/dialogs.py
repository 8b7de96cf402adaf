"""What one turn of a dialog costs: its tenth question, and its sixtieth."""

import gc
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.app import Plan, build
from bot.channels.channel import Accepted, Arrived, Channel, Keep, Open, Outcome, Sending, Store
from bot.channels.telegram import Telegram
from bot.channels.telegram_updates import arrived
from bot.chat import EVERYONE, Chat, Dialog, Reader
from bot.clock import Clock, MovableClock, utc_text
from bot.pacer import Limits
from bot.routes import Command, Routes
from bot.settling import Settling
from bot.typed import words
from tests.bench.arena import NotAnswered
from tests.bench.crowd import build_store
from tests.bench.server import TOKEN

STEPS = 60


async def ask_much(chat: Chat, read: Reader) -> int:
    """Ask sixty things, each of them about the one before."""
    before = ""
    for number in range(1, STEPS + 1):
        before = await chat.ask(
            f"q{number}", words(f"Pertanyaan {number}?", most=50), about=before, label=f"Jawaban {number}"
        )
    await chat.confirm("Semua terisi.")
    return len(chat.path)


def save(tx: Settling, asked: int) -> None:
    """Say so."""
    tx.say(f"{asked} jawaban.")


LONG = Dialog("panjang", "Daftar panjang", ask_much, save, roles=EVERYONE, steps=STEPS)


class Silent(Telegram):
    """A channel whose calls cost nothing: what is measured is the turn."""

    async def send(self, sending: Sending) -> Outcome:
        return Accepted(str(sending.id))


def silent(store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
    """Make the one channel."""
    return {"telegram": Silent(TOKEN, store=store, keep=keep, open=open, clock=clock)}


async def turns(people: int = 40) -> list[float]:
    """Answer sixty questions as so many people; return the milliseconds of CPU of a turn, by step, the mean of all."""
    with tempfile.TemporaryDirectory(prefix="bench") as name:
        folder = Path(name)
        await build_store(folder / "pkh.sqlite3", people)

        pace = {"telegram": Limits.open()}
        plan = _with_long_dialog(Plan(folder, "Dinas Sosial", "Asia/Jakarta", silent, "bench", pace=pace))
        costs = []
        async with build(plan, MovableClock()) as app:
            gc.freeze()
            for step in range(STEPS + 1):
                said = "/panjang" if step == 0 else f"jawaban {step}"
                letters = [_typed(one, step, said) for one in range(1, people + 1)]
                began = time.process_time()
                await app.lanes.store(letters)
                await app.lanes.join()
                costs.append(1000 * (time.process_time() - began) / people)
                await app.courier.work_off()
            answered = await app.database.read(lambda db: db.execute("SELECT count(*) FROM answers").fetchone()[0])
        if answered != people * STEPS:
            raise NotAnswered(f"{answered} answers of {people * STEPS}")
        return costs[1:]


def _with_long_dialog(plan: Plan) -> Plan:
    make = plan.make_routes

    def routes(*given: object) -> Routes:
        usual = make(*given)  # type: ignore[arg-type]  # handed through
        command = Command("panjang", LONG, "", "bertanya banyak")
        return replace(usual, commands=(*usual.commands, command), dialogs={**usual.dialogs, LONG.name: LONG})

    return replace(plan, make_routes=routes)


def _typed(person: int, step: int, said: str) -> Arrived:
    now = datetime.now(UTC)
    who = {"id": person, "first_name": f"Orang {person}"}
    message = {"message_id": step + 1, "date": int(now.timestamp()), "text": said}
    message |= {"from": who | {"is_bot": False}, "chat": who | {"type": "private"}}  # type: ignore[dict-item]
    return arrived({"update_id": step * 1000 + person, "message": message}, utc_text(now))
