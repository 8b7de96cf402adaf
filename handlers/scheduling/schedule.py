"""The schedule: a month of P2K2 at a glance, and the way to plan, change, propose and invite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot import dates
from bot.chat import Chat, Dialog, Reader
from bot.clock import utc_text
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.groups import ADD, FACILITATORS, NONE_YET
from handlers.scheduling.change import Change, ask_change, ask_which, save_change
from handlers.scheduling.habits import usual_of
from handlers.scheduling.month_proposal import propose_button
from handlers.scheduling.plan import PLAN, NoGroups, Plan, ask_plan, save_plan
from handlers.scheduling.planned import meeting_in, my_planned, short_moment
from storage import meetings, month_plan
from storage.month_plan import Dated, Habit

CHANGE = action("jadwal", "ubah", "Ubah jadwal")
RECORDS = action("laporan", "", "Laporan saya")
MOST_TO_LOG = 4
MARKS = {"held": "✅ ", "not_held": "✖️ "}
LOOKS_BACK = timedelta(days=60)  # what should have been logged by now can still be moved or cancelled
FAR_AHEAD = "9999"


@dataclass(frozen=True, slots=True)
class Glance:
    """The month to show."""

    month: date


async def run(chat: Chat, read: Reader) -> Plan | Change | NoGroups | Glance:
    """Show a month ("2023-12", or this one), plan a meeting ("rencana", "rencana-3"), or change one ("m7", "ubah")."""
    if chat.arg.startswith("rencana"):
        return await ask_plan(chat, read, chat.arg.removeprefix("rencana").removeprefix("-"))
    if chat.arg == "ubah":
        planned = await read(meetings.planned_of, chat.me.id, utc_text(chat.now - LOOKS_BACK), FAR_AHEAD)
        return await ask_change(chat, read, await ask_which(chat, read, planned))
    if (meeting_id := meeting_in(chat.arg)) is not None:
        return await ask_change(chat, read, await my_planned(chat, read, meeting_id))
    return Glance(_month(chat.arg, chat.today))


def save(tx: Settling, result: Plan | Change | NoGroups | Glance) -> None:
    """Show, plan or change, and say what now stands."""
    match result:
        case Plan():
            save_plan(tx, result)
        case NoGroups():
            tx.say(NONE_YET, ADD)
        case Glance(month):
            _show(tx, month)
        case _:
            save_change(tx, result)


SCHEDULE = Dialog("jadwal", "Jadwal P2K2", run, save, FACILITATORS, steps=3)


def _show(tx: Settling, month: date) -> None:
    key, now = f"{month:%Y-%m}", utc_text(tx.now)
    dated = month_plan.month_of(tx.db, tx.me.id, key)
    idle = month_plan.habits_without_meeting(tx.db, tx.me.id, key)
    planned = [one for one in dated if one.state == "planned"]
    begun = [one for one in planned if one.starts_at <= now]
    buttons = [action("bagaimana", f"m{one.id}", f"Catat {one.group}, {_moment(one)}") for one in begun[:MOST_TO_LOG]]
    buttons += [PLAN, CHANGE] if planned else [PLAN]
    buttons += [RECORDS] if any(one.state in MARKS for one in dated) else []
    tx.say(
        lines([bold(f"P2K2 {dates.show_month(month)}"), *_days(dated, now), _told(idle)]),
        *buttons,
        *_months(tx, month, idle),
    )


def _days(dated: Sequence[Dated], now: str) -> list[Text]:
    if not dated:
        return [Text.of("Belum ada P2K2 di bulan ini.")]
    return [Text.of(f"{_mark(one, now)}{_moment(one)} · {one.group}, {one.village} · {one.lesson}") for one in dated]


def _mark(one: Dated, now: str) -> str:
    return "⏰ " if one.state == "planned" and one.starts_at <= now else MARKS.get(one.state, "")


def _told(idle: Sequence[Habit]) -> str:
    return f"Belum dijadwalkan: {', '.join(one.group for one in idle)}." if idle else ""


def _months(tx: Settling, month: date, idle: Sequence[Habit]) -> list[Choice]:
    """Offer to propose what is missing, and to look at the months around."""
    this = tx.today.replace(day=1)
    habitual = month >= this and any(usual_of(one) for one in idle)
    around = dates.next_month(month) if month <= this else this
    return [
        *([propose_button(month)] if habitual else []),
        action("jadwal", f"{around:%Y-%m}", dates.show_month(around)),
    ]


def _moment(one: Dated) -> str:
    return short_moment(one.starts_at, one.zone)


def _month(arg: str, today: date) -> date:
    try:
        return date.fromisoformat(f"{arg}-01")
    except ValueError:
        return today.replace(day=1)
