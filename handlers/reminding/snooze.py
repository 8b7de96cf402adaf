"""Ingatkan nanti: a meeting's card comes once more, later today or tomorrow morning, unless it is logged by then."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.picked import choose
from bot.reminder_hours import Hours, hours_of
from bot.routes import number_in
from bot.settling import Settling
from handlers.meetings.groups import FACILITATORS
from handlers.reminding.meeting_card import SNOOZE
from storage import meetings, reminders
from storage.database import Connection
from storage.meetings import Meeting

LATER = timedelta(hours=3)
LEAST_BEFORE = timedelta(minutes=30)
"""So long before a meeting it is of no use any more to be told of it once more."""

USEFUL_AFTER = timedelta(days=7)
NO_LONGER = "P2K2 itu sudah dicatat atau tidak ada lagi di jadwal, jadi tidak perlu diingatkan. Lihat /jadwal."


@dataclass(frozen=True, slots=True)
class Snooze:
    """Which meeting, and when to be told again."""

    meeting_id: int
    at: datetime


async def run(chat: Chat, read: Reader) -> Snooze:
    """Ask when ("m7")."""
    digits = chat.arg[1:10] if chat.arg[:1] == "m" else ""
    meeting = await read(meetings.meeting, number_in(digits))
    if meeting is None or meeting.person_id != chat.me.id or meeting.state != "planned":
        raise Refused(NO_LONGER)
    times = {f"t{at:%d%H%M}": at for at in _times(meeting, await read(hours_of, chat.me.id), chat.now)}
    if not times:
        raise Refused("Pertemuan itu sudah dekat, tidak ada waktu lagi untuk mengingatkan nanti.")

    def label(at: datetime) -> str:
        here, today = dates.local(at, meeting.zone), dates.local(chat.now, meeting.zone).date()
        return f"{'Hari ini' if here.date() == today else 'Besok'} pukul {here:%H.%M}"

    return Snooze(meeting.id, await chat.ask("at", choose("Diingatkan lagi kapan?", times, label)))


def save(tx: Settling, wish: Snooze) -> None:
    """Keep it, once a day for a meeting: the card that comes again has no such button."""
    meeting = meetings.meeting(tx.db, wish.meeting_id)
    if meeting is None or meeting.person_id != tx.me.id or meeting.state != "planned":
        raise Refused(NO_LONGER)
    at = _kept(tx.db, meeting, wish.at, dates.local(tx.now, meeting.zone).date())
    when = dates.show_moment(at, meeting.zone)
    if at <= tx.now:
        tx.say(f"Sudah diingatkan lagi {when}. Sehari cukup sekali.")
    else:
        tx.say(f"✅ Diingatkan lagi {when}." if at == wish.at else f"Sudah diatur: diingatkan lagi {when}.")


SNOOZED = Dialog(SNOOZE, "Ingatkan nanti", run, save, FACILITATORS, steps=1)


def _kept(db: Connection, meeting: Meeting, at: datetime, today: date) -> datetime:
    """Keep the time, or return the one that was kept before."""
    starts = from_utc_text(meeting.starts_at)
    until = starts if at < starts else at + USEFUL_AFTER
    kept = reminders.snooze(
        db,
        meeting_id=meeting.id,
        person_id=meeting.person_id,
        rule=f"snooze-{today}",
        occurrence=meeting.starts_at,
        zone=meeting.zone,
        at=utc_text(at),
        until=utc_text(until),
    )
    return from_utc_text(kept)


def _times(meeting: Meeting, hours: Hours, now: datetime) -> list[datetime]:
    """Return the full hour three hours from now, and tomorrow's card; whatever comes before it is too late."""
    here = dates.local(now, meeting.zone)
    later = (now + LATER).replace(minute=0, second=0, microsecond=0)
    tomorrow = dates.to_utc(here.date() + timedelta(days=1), hours.daily, meeting.zone)
    starts = from_utc_text(meeting.starts_at)
    same_day = dates.local(later, meeting.zone).date() == here.date()
    fits = [*([later] if same_day and hours.quiet_until(later, meeting.zone) is None else []), tomorrow]
    return [at for at in fits if now >= starts or at <= starts - LEAST_BEFORE]
