"""Announcing an event: read the letter, ask what is missing and for whom, show the card and the reach, and send."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.dates import show_days, show_moment, show_time, to_utc
from bot.message import Attachment, Media
from bot.sent import a_document
from bot.settling import Settling
from bot.templates import template_for
from bot.text import Text, bold, lines
from bot.typed import a_time, some_days, words
from handlers.announcing.audience import ask_audience, show_reach
from handlers.announcing.earlier_event import Start, ask_start
from handlers.announcing.event_details import (
    LEFT_OUT,
    EndTime,
    Point,
    Spot,
    Unasked,
    ask_details,
    letter_lines,
    missing,
    show_point,
)
from handlers.announcing.event_seats import ask_seats, seat_lines
from handlers.announcing.forecast import Forecast, ask_forecast
from handlers.announcing.hold import HOLD, say_held
from handlers.announcing.leaving import later_for, later_line, leaves_at, quiet_line
from handlers.announcing.letter import MOST_PLACE, MOST_SUBJECT
from handlers.announcing.send_time import SendTime
from handlers.checking_in.event_slots import add_slots
from handlers.checking_in.slot_plan import SlotPlan, ask_slot_plan, show_plan
from handlers.events.event_card import card, send_card, to_json
from storage import events, office, seats
from storage.event_details import Details
from storage.events import Audience, Event
from storage.reach import Reach, freeze, reach
from storage.seats import Seats

OPERATORS = frozenset({"operator"})


@dataclass(frozen=True, slots=True)
class Plan:
    """An event as the operator confirmed it, and how many people it was said to go to."""

    subject: str
    place: str
    first: date
    last: date
    starts: time
    ends: time | None
    attachment: Attachment | None
    audience: Audience
    reach: int
    details: Details
    seats: Seats
    sends_at: datetime | None  # None: after the hold
    point: Point | None
    slots: SlotPlan

    def starts_at(self, zone: str) -> datetime:
        """The moment of its beginning, in UTC."""
        return to_utc(self.first, self.starts, zone)


async def ask_plan(chat: Chat, read: Reader) -> Plan:
    """Ask for everything an announcement needs; what the letter says, or the earlier event, is not asked."""
    start = await ask_start(chat, read)
    basics = await _ask_basics(chat, start)
    _, place, first, _, starts, ends = basics
    recipients = await ask_audience(chat, read, "Untuk siapa?", start.audience)
    details = await ask_details(chat, start.letter.details)
    offers = await ask_seats(chat, start.seats)
    slots = await ask_slot_plan(chat, starts, ends)
    document = Unasked(a_document("Kirim surat atau berkas yang ikut dikirim, atau Lewati."))
    files = await chat.ask("attachment", document, label="Lampiran", given=start.file or LEFT_OUT)
    known_point = start.point if place == start.letter.place else None
    point = await chat.ask("point", Unasked(Spot()), label="Titik lokasi", about=place, given=known_point or LEFT_OUT)
    send_time = SendTime(chat.now, to_utc(first, starts, chat.zone), chat.zone)
    sends = await chat.ask("sends", Unasked(send_time), given=LEFT_OUT)
    begins = to_utc(first, starts, chat.zone)
    leaves = await read(leaves_at, chat.now, chat.zone, sends, begins)
    reached = await read(reach, recipients.audience, template_for("announcement").name, utc_text(leaves))
    file = _attachment(files)
    plan = Plan(*basics, file, recipients.audience, reached.total, details, offers, sends, point, slots)
    night = "" if sends else quiet_line(leaves, chat.now, chat.zone)
    later = await read(later_line, recipients.audience, leaves, chat.zone, begins)
    cost = await ask_forecast(read, reached, utc_text(leaves), 1 + bool(file) + bool(point))
    await _confirm(chat, plan, (*recipients.told, night, later), reached, cost)
    return plan


async def _ask_basics(chat: Chat, start: Start) -> tuple[str, str, date, date, time, time | None]:
    """Return subject, place, first and last day, start and end, asked in the order of a letter."""
    letter = start.letter
    days_given = [letter.first, letter.last] if letter.last >= chat.today.isoformat() else None
    too_late = "Tanggal di surat sudah lewat." if letter.first and not days_given else letter.no_day
    _say_read(chat, start)
    subject = await chat.ask(
        "subject",
        words("Perihalnya apa?", most=MOST_SUBJECT, least=3),
        label="Perihal",
        about=letter.subject,
        given=letter.subject or None,
    )
    _say_read(chat, start)
    days = some_days(lines([too_late, "Hari dan tanggal berapa? Contoh: 12 November, 12-14 November."]), chat.today)
    first, last = await chat.ask("days", days, label="Hari", about=letter.first, given=days_given)
    _say_read(chat, start)
    at = a_time(lines([letter.no_time, "Mulai jam berapa?"]), chat.zone, (time(8), time(9), time(13), time(14)))
    starts = await chat.ask("starts", at, label="Jam mulai", about=letter.starts, given=letter.starts or None)
    _say_read(chat, start)
    end = EndTime(a_time("Selesai jam berapa?", chat.zone, (time(12), time(16), time(17))), starts)
    ends_given = letter.ends if letter.ends > f"{starts:%H:%M}" else LEFT_OUT
    ends = await chat.ask("ends", end, label="Jam selesai", about=f"{starts:%H:%M}", given=ends_given)
    _say_read(chat, start)
    where = words("Di mana tempatnya?", most=MOST_PLACE, least=3)
    place = await chat.ask("place", where, label="Tempat", about=letter.place, given=letter.place or None)
    _say_read(chat, start)
    return subject, place, first, last, starts, ends


async def _confirm(chat: Chat, plan: Plan, told: Sequence[str], reach: Reach, cost: Forecast) -> None:
    """Show the card and the reach; return once the person wants exactly this sent, now or when it is scheduled."""
    leaves = show_moment(plan.sends_at, chat.zone) if plan.sends_at else ""
    await chat.confirm(
        lines([*_preview(plan, chat.zone), *told, show_plan(plan.slots), bold(show_reach(reach, leaves)), str(cost)]),
        ("Jadwalkan" if plan.sends_at else "Kirim sekarang") if reach.total else "",
        also={"sends": "Ganti waktu kirim" if plan.sends_at else "Jadwalkan"},
        fill="Lengkapi",
        sure=cost.sure(reach.total),
    )


def save(tx: Settling, plan: Plan) -> None:
    """Make the event and its slots, invite everybody who is meant, and post the cards, held for a minute."""
    if tx.me.role not in OPERATORS:
        raise Refused("Yang bisa mengumumkan kegiatan hanya operator Dinas.")
    leaves = leaves_at(tx.db, tx.now, tx.zone, plan.sends_at, plan.starts_at(tx.zone))
    event = events.add_event(
        tx.db,
        ref=tx.ref,
        subject=plan.subject,
        place=plan.place,
        first_day=plan.first.isoformat(),
        last_day=plan.last.isoformat(),
        starts=f"{plan.starts:%H:%M}",
        ends=f"{plan.ends:%H:%M}" if plan.ends else None,
        starts_at=utc_text(plan.starts_at(tx.zone)),
        zone=tx.zone,
        attachment=to_json(plan.attachment),
        audience=plan.audience,
        made_by=tx.me.id,
        now=tx.stamp,
        details=plan.details,
        sends_at=utc_text(leaves),
        point=plan.point,
    )
    seats.set_seats(tx.db, event.id, plan.seats)
    add_slots(tx, event, plan.slots)
    people = freeze(tx.db, event.id, plan.audience)
    if len(people) != plan.reach:
        raise Refused("Daftar petugas baru saja berubah. Mohon periksa lagi penerimanya.")
    later = later_for(tx.db, leaves, tx.zone, plan.starts_at(tx.zone))
    for person_id, name in people:
        send_card(tx, event, person_id, name, later=later.get(person_id))
    office.note(tx.db, tx.stamp, tx.me.id, "announce", f"event:{event.id}", f"{len(people)} orang")
    say_held(tx, event, len(people), scheduled=plan.sends_at is not None or leaves > tx.now + HOLD)


def _say_read(chat: Chat, start: Start) -> None:
    """Show what was read, above the question that follows the letter at once, never again later."""
    letter = start.letter
    if any(step[0] not in ("letter", "earlier") for step in chat.answers) or not letter.is_read:
        return
    when = show_days(date.fromisoformat(letter.first), date.fromisoformat(letter.last)) if letter.first else ""
    starts = show_time(time.fromisoformat(letter.starts), chat.zone) if letter.starts else ""
    if letter.ends:
        starts = f"pukul {letter.starts} s.d. {letter.ends}".replace(":", ".") + starts[len("pukul 00.00") :]
    chat.say("Disalin:" if start.is_copy else "Saya baca:")
    for label, value in (
        ("Perihal", letter.subject),
        ("Waktu", ", ".join(filter(None, (when, starts)))),
        ("Tempat", letter.place),
    ):
        if value:
            chat.say(f"{label}: {value}")
    for line in letter_lines(letter.details):
        chat.say(line)
    lacks = [*missing(letter.details), "absen per sesi", *([] if start.file else ["lampiran"])]
    chat.say(f"Belum ada: {', '.join(lacks)}." if lacks else "")


def _preview(plan: Plan, zone: str) -> list[Text | str]:
    """Show the card exactly as it will be received, but for the name."""
    event = Event(
        0,
        plan.subject,
        plan.place,
        plan.first.isoformat(),
        plan.last.isoformat(),
        f"{plan.starts:%H:%M}",
        f"{plan.ends:%H:%M}" if plan.ends else None,
        zone,
        "announced",
        0,
        utc_text(plan.starts_at(zone).astimezone(UTC)),
        None,
        plan.details,
    )
    shown = [card(event, "(nama penerima)", zone).text]
    point = f"Titik lokasi: {show_point(plan.point)}" if plan.point else ""
    file = f"Lampiran: {plan.attachment.name}" if plan.attachment else ""
    return [*shown, *seat_lines(plan.seats), point, file]


def _attachment(files: tuple[Media, ...] | None) -> Attachment | None:
    if not files:
        return None
    file = files[0]
    if file.type.startswith("image/"):  # not every channel names its photos
        return Attachment(file.digest, "foto.jpg", "photo")
    return Attachment(file.digest, file.name or "lampiran", "document")


ANNOUNCE = Dialog("buat", "Pengumuman kegiatan", ask_plan, save, OPERATORS, steps=2, edition=2)
