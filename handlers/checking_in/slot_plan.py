"""How an event will check in: what whoever announces it may set, and the slots that come of it, each with its code."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.chat import Chat
from bot.clock import utc_text
from bot.dates import to_utc
from bot.picked import choose
from bot.settling import Settling
from handlers.announcing.event_details import LEFT_OUT, Unasked
from handlers.announcing.event_slots import OPENS_BEFORE, day_window
from handlers.checking_in.codes import make_code
from handlers.checking_in.sessions import GRACE, Session, SessionsQuestion, show_sessions
from storage.check_in_rules import Rules, set_rules
from storage.events import Event
from storage.slots import add_slot, open_codes


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


def add_slots(tx: Settling, event: Event, plan: SlotPlan) -> None:
    """Give each day its windows, each with a code that no open slot has."""
    used = open_codes(tx.db, tx.stamp)
    if plan.rotating:
        set_rules(tx.db, event.id, Rules(rotating=True))
    for day in _days(event):
        for name, opens, late, closes in _windows(event, plan, day):
            about = f"code:{day}:{name}" if name else f"code:{day}"
            code = make_code(lambda number, about=about: tx.derive(f"{about}:{number}"), used)  # type: ignore[misc]
            used.add(code)
            add_slot(
                tx.db,
                event.id,
                day=day.isoformat(),
                session=name,
                opens_at=utc_text(opens),
                late_from=utc_text(late) if late < closes else None,
                closes_at=utc_text(closes),
                code=code,
                waits=plan.waits,
            )


def _windows(event: Event, plan: SlotPlan, day: date) -> Iterator[tuple[str, datetime, datetime, datetime]]:
    """Yield name, opening, from when one is late, and closing of each of the day's windows.

    Without sessions it is one: from an hour before the start to the end, or ten hours, at most to midnight.
    """
    for one in plan.sessions:
        opens, late, closes = (
            to_utc(day, time.fromisoformat(at), event.zone) for at in (one.opens, one.late, one.closes)
        )
        yield one.name, opens, late, closes
    if not plan.sessions:
        opens, closes = day_window(event, day)
        yield "", opens, opens + OPENS_BEFORE + GRACE, closes


def _days(event: Event) -> Iterator[date]:
    day = date.fromisoformat(event.first_day)
    while day <= date.fromisoformat(event.last_day):
        yield day
        day += timedelta(days=1)


def _says_codes(rotating: bool) -> str:
    return "Berganti tiap 30 detik" if rotating else "Tetap"


def _says_opened(by_people: bool) -> str:
    return "Panitia" if by_people else "Jam"
