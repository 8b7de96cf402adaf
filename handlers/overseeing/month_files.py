"""The month of P2K2 as a picture and as a workbook, for who oversees it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Attachment, Message
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.overseeing.month_card import NO_GROUPS, WORDS, by_facilitator, groups_of, show_share
from handlers.overseeing.scope import EVERYWHERE, OVERSEERS, Scope, read_scope
from storage import month_standing, office, rules
from storage.month_standing import MonthShare, Standing, Status

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TARGET = "meetings-per-group"
"""The office's rule how many meetings a group owes in a month; one, where the office has set nothing."""


@dataclass(frozen=True, slots=True)
class File:
    """What is sent: the picture or the workbook, the words with it, and of what it is."""

    scope: Scope
    file: Attachment
    text: Text


async def draw(chat: Chat, read: Reader) -> File:
    """Draw the year: every kecamatan, or every facilitator of one, by month."""
    scope = replace(read_scope(chat), person_id=None)
    found = await _groups(chat, read, scope)
    shares = await read(month_standing.shares, scope.month.year, utc_text(chat.now), scope.district_id)
    where = _where(scope, found)
    picture = await asyncio.to_thread(_draw, f"P2K2 {scope.month.year}, {where}", scope.month.year, shares)
    assert chat.files is not None
    kept = await chat.files.lend(picture, "image/png")
    said = f"Persen kelompok yang laporannya terkirim, per bulan. {dates.show_month(scope.month)}: {show_share(found)}."
    return File(
        scope,
        Attachment(kept, f"p2k2-{scope.month.year}.png", "photo"),
        lines([bold(f"P2K2 {scope.month.year}, {where}"), said]),
    )


async def write(chat: Chat, read: Reader) -> File:
    """Write the workbook of the month."""
    scope = replace(read_scope(chat), person_id=None)
    found = await _groups(chat, read, scope)
    until = scope.month.month
    year = [date(scope.month.year, number, 1) for number in range(1, until + 1)]
    months = await read(month_standing.year_statuses, scope.key, utc_text(chat.now), scope.district_id)
    target = int(await read(rules.rule, TARGET) or 1)
    where, month = _where(scope, found), dates.show_month(scope.month)
    content = await asyncio.to_thread(_write, month, where, year, found, months, target)
    assert chat.files is not None
    kept = await chat.files.lend(content, XLSX)
    told = lines([bold(f"Rekap P2K2 {month}, {where}"), show_share(found)])
    return File(scope, Attachment(kept, f"Rekap P2K2 {month}.xlsx"), told)


def save_picture(tx: Settling, sent: File) -> None:
    """Send the picture; of the whole kabupaten it names nobody."""
    if sent.scope.about != EVERYWHERE:
        office.note(tx.db, tx.stamp, tx.me.id, "export picture", sent.scope.about, f"year {sent.scope.month.year}")
    tx.say(Message(sent.text, file=sent.file))


def save_workbook(tx: Settling, sent: File) -> None:
    """Send the workbook."""
    office.note(tx.db, tx.stamp, tx.me.id, "export month", sent.scope.about, f"month {sent.scope.key}")
    tx.say(Message(sent.text, file=sent.file))


HEAT_MAP = Dialog("pantau-gambar", "Gambar P2K2", draw, save_picture, OVERSEERS)
WORKBOOK = Dialog("pantau-excel", "Rekap P2K2 Excel", write, save_workbook, OVERSEERS)


async def _groups(chat: Chat, read: Reader, scope: Scope) -> list[Standing]:
    found = await groups_of(chat, read, scope)
    if not found:
        raise Refused(NO_GROUPS.format(month=dates.show_month(scope.month)))
    return found


def _where(scope: Scope, found: Sequence[Standing]) -> str:
    return f"Kecamatan {found[0].district}" if scope.district_id is not None else "semua kecamatan"


def _draw(title: str, year: int, shares: Sequence[MonthShare]) -> bytes:
    from bot.documents.month_heat_map import draw_heat_map

    months = [f"{year}-{number:02}" for number in range(1, 13)]
    names = {key: dates.show_short_month(date.fromisoformat(f"{key}-01")) for key in months}
    rows = [
        (inside[0].name, {names[one.month]: (one.sent, one.groups) for one in inside})
        for inside in (list(part) for _, part in groupby(shares, lambda one: one.id))
    ]
    return draw_heat_map(title, list(names.values()), rows)


def _write(
    month: str,
    where: str,
    year: Sequence[date],
    found: Sequence[Standing],
    months: Mapping[str, Mapping[int, Status]],
    target: int,
) -> bytes:
    from bot.documents.month_workbook import Counted, GroupYear, write_month

    def counted(district: str, person: str, inside: Iterable[Standing]) -> Counted:
        groups = list(inside)
        many = Counter(one.status for one in groups)
        return Counted(
            district,
            person,
            len(groups),
            many["sent"],
            many["draft"],
            many["not_held"],
            many["none"],
            len(groups) * target,
            sum(one.done for one in groups),
        )

    return write_month(
        month,
        where,
        [(f"{one:%Y-%m}", dates.show_short_month(one)) for one in year],
        [counted(name, "", inside) for name, inside in groupby(found, lambda one: one.district)],
        [counted(first.district, first.person, inside) for first, inside in by_facilitator(found)],
        [
            GroupYear(
                one.district,
                one.person,
                one.group,
                one.village,
                {key: WORDS[part[one.group_id]].capitalize() for key, part in months.items() if one.group_id in part},
            )
            for one in found
        ],
    )
