"""Quiet hours (jam tenang) of one's own: longer than the office's, within what it allows."""

import re
from datetime import time
from typing import Any

from bot import dates
from bot.chat import Chat, Dialog, Reader
from bot.labels import fold
from bot.message import Said
from bot.questions import NotUnderstood
from bot.reminder_hours import Hours, read_hours
from bot.routes import Wanted
from bot.settling import Settling
from bot.text import Text, lines
from bot.typed import Typed
from storage import people

NAME = "jamtenang"
Span = tuple[time, time]
SUGGESTED = ((20, 6), (20, 7), (21, 7))
TYPED = re.compile(r"jam tenang\b[\s:,]*(.*)", re.IGNORECASE | re.DOTALL)
TO = re.compile(r"-|–|—|\bs\.?\s?d\.?|\bs/d\b|\bsampai(?:\s+dengan)?\b|\bhingga\b", re.IGNORECASE)
LIKE_OFFICE = ("kantor", "seperti kantor", "hapus", "tidak")
EXAMPLE = "Contoh: 20.00-07.00."
HOLDS = "Pengingat, undangan, dan siaran menunggu sampai jam tenang selesai; yang mendesak tetap dikirim."


def read_typed(said: Said) -> Wanted | None:
    """Recognise `jam tenang` and `jam tenang 20.00-07.00`."""
    found = TYPED.fullmatch(said.text.strip()) if said.kind == "text" and len(said.text) < 80 else None
    return Wanted(NAME, found[1].strip()) if found else None


async def ask_hours(chat: Chat, read: Reader) -> Span | None:
    """Ask for both ends at once; what was typed with the words is taken at once, if it can be."""
    hours = await read(read_hours)
    own = await read(people.quiet_hours, chat.me.id)
    given: Any = None
    if chat.arg:
        try:
            given = _keep(read_span(chat.arg, hours))
        except NotUnderstood as why:
            chat.say(str(why))
    return await chat.ask("span", _question(hours, own), label="Jam tenang", given=given)


def save_hours(tx: Settling, span: Span | None) -> None:
    """Keep it; what is waiting already keeps its time."""
    hours = read_hours(tx.db)
    span = None if span == (hours.quiet_from, hours.quiet_to) else span
    people.set_quiet_hours(tx.db, tx.me.id, span)
    if span is None:
        tx.say(f"✅ Jam tenang mengikuti kantor: {show_span((hours.quiet_from, hours.quiet_to))}.")
    else:
        tx.say(f"✅ Jam tenang Bapak/Ibu: {show_span(span)}. {HOLDS}")


def show_span(span: Span) -> str:
    """Write "pukul 20.00 s.d. 07.00"."""
    return f"pukul {span[0]:%H.%M} s.d. {span[1]:%H.%M}" if span[0] != span[1] else "tidak ada"


def _question(hours: Hours, own: Span | None) -> Typed[Span | None]:
    office = (hours.quiet_from, hours.quiet_to)
    prompt = lines(
        [
            f"Jam tenang sekarang: {show_span(own) if own else f'{show_span(office)}, seperti kantor'}. {HOLDS}",
            f"Dari pukul berapa sampai pukul berapa? {EXAMPLE}",
        ]
    )
    spans = [(time(start), time(end)) for start, end in SUGGESTED]
    near = [
        (f"s{start:%H}{end:%H}", f"{start:%H.%M} s.d. {end:%H.%M}", (start, end))
        for start, end in spans
        if hours.allow(start, end) and (start, end) != office
    ]
    like_office: tuple[str, str, Span | None] = ("office", "Seperti kantor", None)
    return Typed(
        Text.of(prompt),
        lambda text: read_span(text, hours),
        _keep,
        _load(hours),
        _show,
        (*near, like_office),
        echoes=False,
    )


def read_span(text: str, hours: Hours) -> Span | None:
    """Read both ends as they are typed; None for those of the office. Raises NotUnderstood."""
    if fold(text) in LIKE_OFFICE:
        return None
    ends = [end.strip() for end in TO.split(text)]
    if len(ends) != 2:
        raise NotUnderstood(f"Mohon ketik jam mulai dan jam selesainya. {EXAMPLE}")
    try:
        span = (dates.read_time(ends[0]), dates.read_time(ends[1]))
    except dates.NotATime as why:
        raise NotUnderstood(str(why)) from why
    if not hours.allow(*span):
        raise NotUnderstood(_bounds(hours))
    return span


def _bounds(hours: Hours) -> str:
    widest = f"paling lama {show_span((hours.own_from, hours.own_to))}. {EXAMPLE}"
    if hours.quiet_from == hours.quiet_to:
        return f"Jam tenang sendiri {widest}"
    office = show_span((hours.quiet_from, hours.quiet_to))
    return f"Jam tenang kantor, {office}, berlaku untuk semua. Jam tenang sendiri boleh lebih panjang, {widest}"


def _keep(span: Span | None) -> Any:
    return [f"{at:%H:%M}" for at in span] if span else []


def _load(hours: Hours) -> Any:
    def load(kept: Any) -> Span | None:
        if not kept:
            return None
        span = (time.fromisoformat(kept[0]), time.fromisoformat(kept[1]))
        if not hours.allow(*span):
            raise NotUnderstood(_bounds(hours))
        return span

    return load


def _show(span: Span | None) -> str:
    return show_span(span) if span else "seperti kantor"


QUIET_HOURS = Dialog(NAME, "Jam tenang", ask_hours, save_hours, steps=1)
