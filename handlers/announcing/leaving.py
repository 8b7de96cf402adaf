"""When what is sent to many leaves: after the hold, when it was wished, or when quiet hours end, also one's own."""

from datetime import datetime

from bot.dates import show_moment
from bot.reminder_hours import hours_of, read_hours
from handlers.announcing.hold import HOLD
from storage import people
from storage.database import Connection
from storage.events import Audience
from storage.reach import meant_of


def leaves_at(
    db: Connection, now: datetime, zone: str, wanted: datetime | None, before: datetime | None = None
) -> datetime:
    """Return when it leaves.

    A time that somebody wished holds, at night too; what is of no use any more at the end of the quiet hours, `before`
    that, does not wait for it.
    """
    soon = now + HOLD
    if wanted is not None:
        return max(soon, wanted)
    quiet = read_hours(db).quiet_until(soon, zone)
    return quiet if quiet is not None and (before is None or quiet < before) else soon


def quiet_line(leaves: datetime, now: datetime, zone: str) -> str:
    """Say that it waits for the morning, and how it need not; '' where it does not wait."""
    if leaves <= now + HOLD:
        return ""
    return f"Sekarang jam tenang, jadi dikirim {show_moment(leaves, zone)}. Kalau mendesak, pilih Jadwalkan."


def waits(db: Connection, person_id: int, now: datetime, zone: str) -> datetime | None:
    """Return when the office's and the person's quiet hours end, if it is in them: what only nudges waits for that."""
    return hours_of(db, person_id).quiet_until(now, zone)


def waits_line(people: int) -> str:
    """Say how many of those who were nudged read it later; '' for nobody."""
    return f"{people} di antaranya menerimanya sesudah jam tenang." if people else ""


def later_for(db: Connection, at: datetime, zone: str, before: datetime | None = None) -> dict[int, datetime]:
    """Return who gets later what leaves then, for his or her own quiet hours, and when.

    What leaves in the office's quiet hours is urgent and passes, as does what is of no use any more at their end.
    """
    office = read_hours(db)
    if office.quiet_until(at, zone) is not None:
        return {}
    ends = {
        person_id: office.widened(*own).quiet_until(at, zone) for person_id, own in people.own_quiet_hours(db).items()
    }
    return {
        person_id: until for person_id, until in ends.items() if until is not None and (not before or until < before)
    }


def later_line(db: Connection, audience: Audience, at: datetime, zone: str, before: datetime | None = None) -> str:
    """Say how many of those who are meant get it later, and how late the last; '' for nobody."""
    later = later_for(db, at, zone, before)
    mine = [later[one] for one in meant_of(db, audience, later)]
    return (
        f"{len(mine)} orang menerimanya sesudah jam tenangnya sendiri, paling lambat {show_moment(max(mine), zone)}."
        if mine
        else ""
    )
