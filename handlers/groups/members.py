"""Members come and go by number and day: "anggota 7 keluar mulai 1 Desember", "anggota baru"."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.questions import NotUnderstood
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import MOST_DIGITS, Typed, a_day, a_number
from handlers.groups.my_group import ADD, FACILITATORS, NONE_YET, my_group, still_mine, title_of
from handlers.meetings.groups import which_group
from storage import groups, memberships
from storage.database import Connection
from storage.groups import Group
from storage.memberships import HIGHEST, Membership

AHEAD, BACK = timedelta(days=92), timedelta(days=366)
MOST_LINES = 15
_LEAVES = re.compile(r"\b(?:keluar|berhenti|mundur|graduasi|pindah|meninggal)\b", re.IGNORECASE)
_JOINS = re.compile(r"\b(?:baru|masuk|tambah|bergabung)\b", re.IGNORECASE)

What = Literal["join", "leave"]


@dataclass(frozen=True, slots=True)
class Line:
    """What a typed line, or a button, says of it already."""

    what: What | None
    member: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A number that joins a group, or leaves it, from a day on."""

    group: Group
    what: What
    member: int
    day: date


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a number: to join, where `numbers` are taken, or to leave, where `numbers` may."""

    group: Group
    what: What
    day: date
    numbers: frozenset[int]

    def refuses(self, number: int) -> str:
        """Say why this number cannot; '' where it can."""
        if self.what == "join":
            taken = f"No. {number} sudah dipakai di {title_of(self.group)}."
            return f"{taken} Nomor berikutnya {self.group.numbers + 1}." if number in self.numbers else ""
        if number not in self.numbers:
            return f"No. {number} bukan anggota {title_of(self.group)} pada {dates.show_day(self.day)}."
        if len(self.numbers) == 1:
            return f"No. {number} anggota terakhir. Kalau kelompoknya selesai, tutup lewat Ubah di kartu kelompok."
        return ""


async def run(chat: Chat, read: Reader) -> Move | Group | None:
    """Show the numbers of a group ("g7"), let one join ("g7.baru") or leave ("g7.keluar"), or read a typed line."""
    button = re.fullmatch(r"g([0-9]{1,9})(?:\.(baru|keluar))?", chat.arg)
    if button:
        group = await my_group(chat, read, number_in(button[1]))
        line = Line({"baru": "join", "keluar": "leave"}.get(button[2]))  # type: ignore[arg-type]  # None where neither
    else:
        line = read_change(chat.arg, chat.today)
        mine = {str(one.id): one for one in await read(groups.groups_of, chat.me.id)}
        if not mine:
            return None
        only = next(iter(mine)) if len(mine) == 1 else None
        group = await chat.ask("group", which_group(mine), label="Kelompok", given=only)
    if line.what is None:
        return group
    return await (_join if line.what == "join" else _leave)(chat, read, group, line)


async def _join(chat: Chat, read: Reader, group: Group, line: Line) -> Move:
    following = group.numbers + 1
    if following > HIGHEST and line.member is None:
        raise Refused(f"Nomor {HIGHEST} sudah terpakai, itu yang terakhir. Mohon buat kelompok kedua.")
    day = await _ask_day(chat, "Mulai kapan?", line)
    taken = await read(_taken, group, day)
    prompt = f"Nomor berapa? Nomor berikutnya {following}."
    member = await _ask_number(chat, prompt, Asked(group, "join", day, taken), line.member or following)
    await chat.confirm(
        lines([bold(title_of(group)), f"Anggota baru no. {member}, mulai {dates.show_day(day)}.", _paper(member)])
    )
    return Move(group, "join", member, day)


async def _leave(chat: Chat, read: Reader, group: Group, line: Line) -> Move:
    day = await _ask_day(chat, "Keluar mulai kapan?", line)
    here = await read(_may_leave, group, day)
    prompt = f"Anggota nomor berapa yang keluar dari {title_of(group)}?"
    member = await _ask_number(chat, prompt, Asked(group, "leave", day, here), line.member)
    await chat.confirm(
        lines(
            [
                bold(title_of(group)),
                f"Anggota no. {member} keluar mulai {dates.show_day(day)}.",
                "Nomor lain tetap, catatan pertemuannya tetap tersimpan.",
            ]
        )
    )
    return Move(group, "leave", member, day)


async def _ask_day(chat: Chat, prompt: str, line: Line) -> date:
    return await chat.ask("day", _day(prompt, chat.today), label="Mulai", given=(line.day or chat.today).isoformat())


async def _ask_number(chat: Chat, prompt: str, asked: Asked, known: int | None) -> int:
    plain = a_number(prompt, 1, HIGHEST)

    def fits(number: int) -> int:
        if why := asked.refuses(number):
            raise NotUnderstood(why)
        return number

    if known is not None and not chat.answers and (why := asked.refuses(known)):
        chat.say(why)
    question = replace(
        plain, reader=lambda text: fits(plain.reader(text)), restore=lambda kept: fits(plain.restore(kept))
    )
    return await chat.ask("member", question, about=asked.group.id, label="Nomor", given=known)


def save(tx: Settling, result: Move | Group | None) -> None:
    """Keep it, and show the numbers."""
    match result:
        case None:
            tx.say(NONE_YET, ADD)
        case Group(group_id):
            memberships.count(tx.db, group_id, tx.today.isoformat())
            _show(tx, still_mine(tx, group_id))
        case Move(group, what, member, day):
            now = still_mine(tx, group.id)
            numbers = _taken(tx.db, now, day) if what == "join" else _may_leave(tx.db, now, day)
            if why := Asked(now, what, day, numbers).refuses(member):
                raise Refused(why)
            change = memberships.join if what == "join" else memberships.leave
            change(tx.db, group.id, member, day.isoformat(), tx.today.isoformat())
            said = "masuk" if what == "join" else "keluar"
            _show(
                tx, still_mine(tx, group.id), f"✅ Tersimpan: anggota no. {member} {said} mulai {dates.show_day(day)}."
            )


MEMBERS = Dialog("anggota", "Anggota kelompok", run, save, FACILITATORS, steps=2)


def _taken(db: Connection, group: Group, day: date) -> frozenset[int]:
    free = [number for number in range(1, HIGHEST + 1) if memberships.is_free(db, group.id, number, day.isoformat())]
    return frozenset(range(1, HIGHEST + 1)).difference(free)


def _may_leave(db: Connection, group: Group, day: date) -> frozenset[int]:
    before = memberships.members_on(db, group.id, (day - timedelta(days=1)).isoformat())
    return before & memberships.members_on(db, group.id, day.isoformat())


def _show(tx: Settling, group: Group, opening: str = "") -> None:
    here = memberships.members_on(tx.db, group.id, tx.today.isoformat())
    past = [line for one in memberships.memberships(tx.db, group.id) for line in _lines(one)]
    tx.say(
        lines(
            [
                opening,
                bold(f"Anggota {title_of(group)}"),
                f"{len(here)} anggota: no. {_runs(sorted(here))}",
                *past[-MOST_LINES:],
            ]
        ),
        action("anggota", f"g{group.id}.baru", "Anggota baru"),
        action("anggota", f"g{group.id}.keluar", "Anggota keluar"),
        action("kelompok", group.id, "Kartu kelompok"),
    )


def _lines(one: Membership) -> list[str]:
    joined = [f"No. {one.member} masuk mulai {_written(one.joined_on)}"] if one.joined_on else []
    return joined + ([f"No. {one.member} keluar mulai {_written(one.left_on)}"] if one.left_on else [])


def _written(day: str) -> str:
    return dates.show_day(date.fromisoformat(day))


def _runs(numbers: list[int]) -> str:
    """Write "1 s.d. 6 dan 8 s.d. 18"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [part for run in runs for part in ([f"{run[0]} s.d. {run[-1]}"] if len(run) > 2 else map(str, run))]
    return " dan ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _paper(member: int) -> str:
    return f"Namanya cukup ditulis di daftar kertas Bapak/Ibu, nomor {member}."


def _day(prompt: str, today: date) -> Typed[date]:
    plain = a_day(prompt, today, shortcuts=[("Hari ini", 0), ("Kemarin", -1)])

    def read(text: str) -> date:
        day = plain.reader(text)
        if not today - BACK <= day <= today + AHEAD:
            raise NotUnderstood(f"{dates.show_day(day)} terlalu jauh. Paling lambat tiga bulan ke depan.")
        return day

    return replace(plain, reader=read)


def read_change(text: str, today: date) -> Line:
    """Read what the line says; what it does not is asked."""
    what: What | None = "leave" if _LEAVES.search(text) else "join" if _JOINS.search(text) else None
    day, rest = dates.find_day(text, today)
    numbers = re.findall(r"\d+", rest)
    number = int(numbers[0][:MOST_DIGITS]) if len(numbers) == 1 else 0
    member = number if 1 <= number <= HIGHEST else None
    return Line(what, member, day)
