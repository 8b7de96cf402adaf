"""How an event will check in, as far as whoever announces it may set it: sessions, kind of code, who opens."""

from dataclasses import dataclass
from datetime import time

from bot.chat import Chat
from bot.picked import choose
from handlers.announcing.event_details import LEFT_OUT, Unasked
from handlers.checking_in.sessions import Session, SessionsQuestion, show_sessions


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """The sessions of every day, none for one window a day; whether codes rotate, and whether the committee opens."""

    sessions: tuple[Session, ...] = ()
    rotating: bool = False
    waits: bool = False


async def ask_slot_plan(chat: Chat, starts: time, ends: time | None) -> SlotPlan:
    """Return what was set from the summary; nobody is asked for it."""
    about = f"{starts:%H:%M}-{ends:%H:%M}" if ends else f"{starts:%H:%M}"
    sessions = await chat.ask(
        "sessions", Unasked(SessionsQuestion(starts, ends)), label="Absen per sesi", about=about, given=LEFT_OUT
    )
    codes = choose("Kode absennya?", {"fixed": False, "rotating": True}, _says_codes)
    rotating = await chat.ask("codes", Unasked(codes), label="Kode absen", given=LEFT_OUT)
    opened = choose("Absen dibuka oleh siapa?", {"clock": False, "people": True}, _says_opened)
    waits = await chat.ask("waits", Unasked(opened), label="Dibuka oleh", given=LEFT_OUT)
    return SlotPlan(sessions or (), bool(rotating), bool(waits))


def show_plan(plan: SlotPlan) -> str:
    """Say what differs from one window a day with a fixed code, opened by the clock; '' where nothing does."""
    parts = [show_sessions(plan.sessions)] if plan.sessions else []
    parts += ["kode berganti tiap 30 detik"] if plan.rotating else []
    parts += ["dibuka panitia"] if plan.waits else []
    return f"Absen: {' · '.join(parts)}" if parts else ""


def _says_codes(rotating: bool) -> str:
    return "Berganti tiap 30 detik" if rotating else "Tetap"


def _says_opened(by_people: bool) -> str:
    return "Panitia" if by_people else "Jam"
