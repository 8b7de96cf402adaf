"""Correcting an announcement: what is wrong is changed, in the cards that people have and by a short notice to them."""

from dataclasses import dataclass, fields, replace
from datetime import date, time

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_days, to_utc
from bot.message import Message
from bot.questions import NotUnderstood
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import Typed, a_time, some_days, words
from handlers.announcing.event_details import FIELDS, LEFT_OUT, EndTime, Spot, Unasked, ask_details, show_point
from handlers.announcing.leaving import later_for
from handlers.announcing.letter import MOST_PLACE, MOST_SUBJECT
from handlers.checking_in.event_slots import move_slots, sessions_of
from handlers.checking_in.sessions import show_sessions
from handlers.events.event_card import card, send_card, show_when, venue
from handlers.events.event_desk import NOT_YOURS, OPERATORS, event_number
from handlers.making_sure import sure_of
from storage import announcements, deliveries, events, invitations, office
from storage.database import Connection
from storage.event_details import Details
from storage.events import Event
from storage.slots import slots_of

OVER = "Kegiatan itu sudah selesai atau dibatalkan, jadi tidak bisa diralat. Lihat /kegiatan."
CHANGED_MEANWHILE = "Kegiatan ini baru saja diralat orang lain. Mohon periksa lagi."

Change = tuple[str, str, str]
"""What was changed: its label, the words it had, and those it has now; '' for none."""


@dataclass(frozen=True, slots=True)
class Correction:
    """An event as it was read, and as it is to be."""

    before: Event
    after: Event


async def ask_correction(chat: Chat, read: Reader) -> Correction:
    """Show what the event says, and let any of it be changed from there."""
    event = await read(events.event, event_number(chat.arg))
    if event is None or not await read(_is_open, event, utc_text(chat.now)):
        raise Refused(OVER)
    after = await _ask_fields(chat, event, begun=await read(_has_begun, event, utc_text(chat.now)))
    changes = changes_of(event, after, chat.zone)
    title = bold(f"Ralat: {event.subject}")
    if not changes:
        await chat.confirm(lines([title, *_stands(event, chat.zone)]), "")  # it goes on once something is changed
    told = len(await read(deliveries.carried, event.id))
    told_to = f"{told} orang yang sudah menerima kartunya diberi tahu." if told else ""
    await chat.confirm(
        lines([title, *(f"{label}: {old or '–'} → {new or '–'}" for label, old, new in changes), told_to]),
        "Kirim ralat",
        sure=sure_of(told),
    )
    return Correction(event, after)


async def _ask_fields(chat: Chat, event: Event, *, begun: bool) -> Event:
    """Return the event as it is to be; every field is known, and asked only of whoever wants to change it."""
    subject = await chat.ask(
        "subject", words("Perihalnya apa?", most=MOST_SUBJECT, least=3), label="Perihal", given=event.subject
    )
    days = _days_question(chat, event, begun=begun)
    first, last = await chat.ask("days", days, label="Hari", given=[event.first_day, event.last_day])
    at = a_time("Mulai jam berapa?", chat.zone, (time(8), time(9), time(13), time(14)))
    starts = await chat.ask("starts", at, label="Jam mulai", given=event.starts)
    end = EndTime(a_time("Selesai jam berapa?", chat.zone, (time(12), time(16), time(17))), starts)
    known_end = event.ends if event.ends and event.ends > f"{starts:%H:%M}" else LEFT_OUT
    ends = await chat.ask("ends", end, label="Jam selesai", about=f"{starts:%H:%M}", given=known_end)
    where = words("Di mana tempatnya?", most=MOST_PLACE, least=3)
    place = await chat.ask("place", where, label="Tempat", given=event.place)
    known = [event.latitude, event.longitude] if event.latitude is not None and place == event.place else LEFT_OUT
    # Another place is somewhere else: its point is asked for anew.
    point = await chat.ask("point", Unasked(Spot()), label="Titik lokasi", about=place, given=known)
    return replace(
        event,
        subject=subject,
        place=place,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        starts=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}" if ends else None,
        starts_at=utc_text(to_utc(first, starts, event.zone)),
        details=await ask_details(chat, event.details),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
    )


def _days_question(chat: Chat, event: Event, *, begun: bool) -> Typed[tuple[date, date]]:
    """Ask for the days; once the doors have opened, the first of them is what it is."""
    question = some_days("Hari dan tanggal berapa? Contoh: 12 November, 12-14 November.", chat.today)
    first = date.fromisoformat(event.first_day)

    def keeping_first(text: str) -> tuple[date, date]:
        days = question.reader(text)
        if days[0] != first:
            shown = show_days(first, max(first, days[1]))
            raise NotUnderstood(f"Absennya sudah dibuka, jadi hari pertamanya tetap. Contoh: {shown}.")
        return days

    return replace(question, reader=keeping_first) if begun else question


def changes_of(before: Event, after: Event, zone: str) -> list[Change]:
    """Return what differs, as people read it."""
    labels = {field.name: field.label for field in FIELDS}
    told = [("Perihal", before.subject, after.subject), ("Waktu", show_when(before, zone), show_when(after, zone))]
    told.append(("Tempat", before.place, after.place))
    told.append(("Titik lokasi", _shown_point(before), _shown_point(after)))
    for one in fields(Details):
        told.append((labels[one.name], getattr(before.details, one.name), getattr(after.details, one.name)))
    return [change for change in told if change[1] != change[2]]


def _shown_point(event: Event) -> str:
    if event.latitude is None or event.longitude is None:
        return ""
    return show_point((event.latitude, event.longitude))


def _stands(event: Event, zone: str) -> list[str]:
    """Say what the event says now, field by field."""
    blank = replace(event, subject="", place="", latitude=None, longitude=None, details=Details())
    told = [f"{label}: {new}" for label, _, new in changes_of(blank, event, zone)]
    return [*told[:1], f"Waktu: {show_when(event, zone)}", *told[1:]]


def save(tx: Settling, correction: Correction) -> None:
    """Change the event, its slots, the cards that wait and those that people have, and tell who had the wrong words."""
    before, after = correction.before, replace(correction.after, edition=correction.before.edition + 1)
    if tx.me.role not in OPERATORS:
        raise Refused(NOT_YOURS)
    if not _is_open(tx.db, before, tx.stamp):
        raise Refused(OVER)
    if after.starts_at <= max(after.sends_at or "", tx.stamp) and not _has_begun(tx.db, before, tx.stamp):
        raise Refused("Waktu mulai yang baru sudah lewat, atau mendahului pengirimannya. Mohon periksa lagi waktunya.")
    if not announcements.correct(tx.db, before, after, tx.stamp):
        raise Refused(CHANGED_MEANWHILE)
    sessions = sessions_of(tx.db, before)
    move_slots(tx, before, after)
    if after.starts_at != before.starts_at:
        for kind in ("reminder", "chase"):
            tx.withdraw(f"event:{before.id}", kind=kind)
    changes = changes_of(before, after, tx.zone)
    moved = venue(after) if venue(after) != venue(before) else None
    told, replaced = _spread(tx, after, notice(before, changes), moved)
    labels = ", ".join(label for label, _, _ in changes)
    office.note(tx.db, tx.stamp, tx.me.id, "correct", f"event:{before.id}", labels)
    done = [f"{told} orang diberi tahu"] if told else []
    done += [f"{replaced} kartu diganti sebelum dikirim"] if replaced else []
    now = sessions_of(tx.db, after)
    tx.say(
        lines(
            [
                f"✅ {after.subject} diralat. {'; '.join(done) or 'Belum ada yang menerima kartunya'}.",
                f"Absen sekarang: {show_sessions(now)}." if now != sessions else "",
            ]
        )
    )


def _spread(tx: Settling, event: Event, notice: Text, moved: Message | None) -> tuple[int, int]:
    """Put right what people have, and what is about to leave; return how many were told, and how many cards replaced.

    A card that stands in a chat is rewritten where the channel can; who has one is told what was wrong in it.
    """
    about, which = f"event:{event.id}", str(event.edition)
    have, wait = deliveries.carried(tx.db, event.id), deliveries.waiting(tx.db, event.id)
    tx.withdraw(about, kind="announcement")  # a second copy of an uncertain one would be as wrong as the first
    leaves = from_utc_text(event.sends_at) if event.sends_at else tx.now
    later = later_for(tx.db, max(leaves, tx.now), tx.zone, from_utc_text(event.starts_at))
    for person_id, name in wait:
        file_waits = tx.withdraw_from(person_id, "attachment", about) > 0
        tx.withdraw_from(person_id, "venue", about)
        send_card(tx, event, person_id, name, tx.ref, with_file=file_waits, later=later.get(person_id))
    for one in have:
        shown = card(event, one.name, tx.zone, invitations.invitation(tx.db, event.id, one.person_id))
        tx.rewrite(one.chat, one.row, shown, kind="corrected", object=about, occurrence=which, lane=2)
        tx.notify(one.person_id, notice, kind="correction", object=about, occurrence=which, lane=2)
        if moved:
            tx.notify(one.person_id, moved, kind="venue", object=about, occurrence=f"r{which}", lane=2)
    return len(have), len(wait)


def notice(before: Event, changes: list[Change]) -> Text:
    """Say what was wrong, and what is right."""
    return lines(["⚠️ Ralat:", bold(before.subject), *map(_correct_words, changes)])


def _correct_words(change: Change) -> str:
    label, old, new = change
    if not old:
        return f"{label}: {new}"
    return f"{label} menjadi {new} (semula {old})." if new else f"{label} ditiadakan (semula {old})."


def _is_open(db: Connection, event: Event, now: str) -> bool:
    slots = slots_of(db, event.id)
    known = events.event(db, event.id)
    return known is not None and known.state == "announced" and bool(slots) and slots[-1].closes_at > now


def _has_begun(db: Connection, event: Event, now: str) -> bool:
    return any(slot.opens_at <= now for slot in slots_of(db, event.id))


CORRECT = Dialog("ralat", "Ralat kegiatan", ask_correction, save, OPERATORS)
