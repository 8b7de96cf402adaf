"""A facilitator's year as a picture: which of the groups met in which month."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.groups import FACILITATORS
from handlers.reporting.periods import Period, read_period
from handlers.reporting.recap_files import NO_LONGER
from handlers.reporting.written_report import files_of
from storage.database import Connection
from storage.facilitator_month import GroupMonth, MyGroup, group_months, my_groups

if TYPE_CHECKING:
    from bot.documents.year_picture import Square


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture and what is said with it."""

    file: Attachment
    told: Text


async def draw(chat: Chat, read: Reader) -> Drawn:
    """Draw the year "2023"."""
    year = read_period(chat.arg or str(chat.today.year))
    if year is None or len(year.key) != 4 or year.first > chat.today:
        raise Refused(NO_LONGER)
    groups, months = await read(_read_year, chat.me.id, year, utc_text(chat.now))
    if not groups:
        raise Refused("Belum ada kelompok, jadi belum ada yang digambar. Tambah lewat /kelompok.")
    held = sum(one.held for one in months.values())
    under = f"{chat.me.name} · {held} pertemuan"
    content = await asyncio.to_thread(_draw, year, under, groups, months, chat.today)
    file = Attachment(await files_of(chat).lend(content, "image/png"), f"P2K2 {year.name}.png", "photo")
    return Drawn(file, lines([bold(f"P2K2 {year.name}"), f"{held} pertemuan, {len(groups)} kelompok."]))


def save(tx: Settling, drawn: Drawn) -> None:
    """Send the picture."""
    tx.say(Message(drawn.told, file=drawn.file))


def square_of(group: MyGroup, month: Period, found: GroupMonth | None, today: date) -> "tuple[Square, int]":
    """Return what a month was for a group, and how many meetings were held."""
    if found is not None and found.held:
        return ("draft" if found.drafts == found.held else "held"), found.held
    if found is not None:
        return "not_held", 0
    expected = group.since <= month.last.isoformat() and month.first <= today
    return ("owed" if expected else "free"), 0


YEAR = Dialog("gambarrekap", "Gambar setahun", draw, save, FACILITATORS)


def _read_year(
    db: Connection, person_id: int, year: Period, now: str
) -> tuple[list[MyGroup], dict[tuple[int, str], GroupMonth]]:
    groups = my_groups(db, person_id)
    return groups, group_months(db, [one.id for one in groups], year.first.isoformat(), year.last.isoformat(), now)


def _draw(
    year: Period,
    under: str,
    groups: list[MyGroup],
    found: Mapping[tuple[int, str], GroupMonth],
    today: date,
) -> bytes:
    from bot.documents.year_picture import YearRow, draw_year

    months = [read_period(f"{year.key}-{number:02}") for number in range(1, 13)]
    rows = [
        YearRow(one.name, [square_of(one, month, found.get((one.id, month.key)), today) for month in months if month])
        for one in groups
    ]
    short = [dates.show_short_day(month.first).split()[-1] for month in months if month]
    return draw_year(f"P2K2 {year.name}", under, short, rows)
