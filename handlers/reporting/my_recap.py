"""A facilitator's recap: one short card of a month, done and owed, who is absent again and again, and the files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.chat import Chat, Reader, Refused
from bot.message import Choice
from bot.picked import choose
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.groups import ADD, NONE_YET
from handlers.reporting.periods import Period, month_period, read_period, triwulan_period
from storage.database import Connection
from storage.facilitator_month import (
    GroupMonth,
    MyGroup,
    Running,
    Waiting,
    absent_running,
    group_months,
    my_groups,
    waiting,
)
from storage.records import first_day, has_records

MOST_MONTHS = 24
MOST_NAMED = 8
LOOKED_BACK = timedelta(days=400)  # a draft or a return that is older is no facilitator's work of today
FUTURE = "Bulan itu belum tiba. Lihat bulan ini di /rekap."


@dataclass(frozen=True, slots=True)
class MonthCard:
    """Which month's card is to be shown."""

    period: Period


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the card tells."""

    groups: Sequence[MyGroup]
    months: dict[tuple[int, str], GroupMonth]
    waiting: Waiting
    running: dict[int, list[Running]]


async def ask_month(chat: Chat, read: Reader) -> MonthCard:
    """Take the month from the button or the line ("2023-11"), this month without one; ask for "pilih"."""
    this = month_period(chat.today)
    if chat.arg != "pilih":
        asked = read_period(chat.arg) if chat.arg else this
        if asked is not None and len(asked.key) == 7 and "T" not in asked.key:
            if asked.first > chat.today:
                raise Refused(FUTURE)
            return MonthCard(asked)
    since = await read(first_day, chat.me.id)
    first = month_period(date.fromisoformat(since)).first if since else this.first
    months = {this.key: this}
    while len(months) < MOST_MONTHS and (before := month_period(_last(months).first - timedelta(days=1))).last >= first:
        months[before.key] = before
    given = this.key if len(months) == 1 else None
    return MonthCard(await chat.ask("month", choose("Rekap bulan apa?", months, lambda one: one.name), given=given))


def say_month(tx: Settling, card: MonthCard) -> None:
    """Show the card."""
    period = card.period
    found = standing(tx.db, tx.me.id, period, tx.today, tx.stamp)
    buttons = _buttons(tx.db, tx.me.id, period)
    if not found.groups and first_day(tx.db, tx.me.id) is None:
        tx.say(NONE_YET, ADD)
        return
    tx.say(write_card(found, period, tx.today), *buttons)


def standing(db: Connection, person_id: int, period: Period, today: date, now: str) -> Standing:
    """Read how the facilitator stands in a month."""
    mine = my_groups(db, person_id)
    months = group_months(db, [one.id for one in mine], period.first.isoformat(), period.last.isoformat(), now)
    running = {one.id: absent_running(db, one.id) for one in mine} if period.last >= today else {}
    return Standing(
        mine,
        months,
        waiting(db, person_id, (today - LOOKED_BACK).isoformat(), now),
        {k: v for k, v in running.items() if v},
    )


def write_card(found: Standing, period: Period, today: date) -> Text:
    """Write the card: what is done, what is owed, what waits, and who was absent three times running."""
    expected = [one for one in found.groups if one.since <= period.last.isoformat()]
    states = {one.id: found.months.get((one.id, period.key)) for one in expected}
    done = [one for one in expected if (state := states[one.id]) is not None and state.held]
    tried = [one for one in expected if (state := states[one.id]) is not None and not state.held]
    owed = [one for one in expected if states[one.id] is None]
    held = sum(state.held for state in states.values() if state is not None)
    return lines(
        [
            bold(f"Rekap P2K2 {period.name}"),
            f"Sudah: {len(done)} dari {len(expected)} kelompok, {held} pertemuan."
            if expected
            else "Belum ada kelompok pada bulan itu.",
            f"{'Belum' if period.last >= today else 'Tidak ada pertemuan'}: {_names(owed)}." if owed else "",
            f"Tidak terlaksana: {_names(tried)}." if tried else "",
            _waiting_line(found.waiting),
            *_running_lines(found),
        ]
    )


def _buttons(db: Connection, person_id: int, period: Period) -> list[Choice]:
    triwulan = triwulan_period(period.first)
    buttons = []
    if has_records(db, person_id, period.first.isoformat(), period.last.isoformat()):
        buttons += [
            action("word", period.key, "Laporan Word"),
            action("semualaporan", period.key, "Semua laporan (zip)"),
            action("berkasrekap", period.key, f"Excel {period.name}"),
        ]
    if has_records(db, person_id, triwulan.first.isoformat(), triwulan.last.isoformat()):
        buttons.append(action("berkasrekap", triwulan.key, f"Excel {triwulan.name}"))
    year = str(period.first.year)
    return [*buttons, action("gambarrekap", year, f"Gambar {year}"), action("rekap", "pilih", "Bulan lain")]


def _waiting_line(found: Waiting) -> str:
    parts = [
        (found.drafts, "draft yang masih bisa dilengkapi"),
        (found.unconfirmed, "catatan rekan yang menunggu persetujuan Bapak/Ibu"),
        (found.returned, "laporan dikembalikan untuk diperbaiki"),
    ]
    said = ", ".join(f"{count} {words}" for count, words in parts if count)
    return f"Menunggu: {said}." if said else ""


def _running_lines(found: Standing) -> list[str]:
    names = {one.id: one.name for one in found.groups}
    named = [
        f"{names[group_id]} no. {', '.join(f'{one.member} ({one.times}×)' for one in several)}"
        for group_id, several in found.running.items()
    ]
    return [f"⚠️ Tidak hadir 3 kali berturut-turut atau lebih: {'; '.join(named)}."] if named else []


def _names(groups: Sequence[MyGroup]) -> str:
    twice = {one.name for one in groups if sum(other.name == one.name for other in groups) > 1}
    shown = [f"{one.name} ({one.village})" if one.name in twice else one.name for one in groups[:MOST_NAMED]]
    more = len(groups) - len(shown)
    return ", ".join(shown) + (f" dan {more} lagi" if more else "")


def _last(months: dict[str, Period]) -> Period:
    return next(reversed(months.values()))
