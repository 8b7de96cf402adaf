"""Opening and closing a slot by hand: both do what they say once, and a second tap says that it is so."""

from dataclasses import replace
from datetime import timedelta

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_time
from bot.routes import action
from bot.settling import Settling
from handlers.checking_in.sessions import GRACE
from handlers.events.event_desk import NOT_YOURS, day_title, event_number, event_to_run
from storage import office
from storage.events import Event
from storage.slots import Slot, planned_closing, slot, slots_of, switch_slot

REOPENED_FOR = timedelta(minutes=30)  # a slot whose time is over, and that is opened again for the late ones
SHORTEST = timedelta(seconds=1)  # of a slot that is closed in the moment in which it was opened


async def read_slot(chat: Chat, read: Reader) -> int:
    """Read the button."""
    return event_number(chat.arg)


def open_now(tx: Settling, slot_id: int) -> None:
    """Let people check in from now on until the planned end; who comes within the grace is not late."""
    event, found = _of_today(tx, slot_id)
    title = day_title(slots_of(tx.db, event.id), found)
    if not found.is_open(tx.stamp):
        planned = from_utc_text(planned_closing(tx.db, found.id))
        closes = planned if planned > tx.now else tx.now + REOPENED_FOR
        reopened = found.has_opened(tx.stamp)
        late = found.late_from
        if late and not reopened:
            late = max(late, utc_text(tx.now + GRACE))
        opens = found.opens_at if reopened else tx.stamp
        switch_slot(tx.db, replace(found, opens_at=opens, late_from=late, closes_at=utc_text(closes), waits=False))
        office.note(tx.db, tx.stamp, tx.me.id, "open", f"event:{event.id}", f"slot {found.id}")
        tx.say(f"✅ Absen {title} dibuka, sampai {show_time(closes, event.zone)}.")
        return
    tx.say(f"Absen {title} memang sedang dibuka, sampai {show_time(from_utc_text(found.closes_at), event.zone)}.")


def close_now(tx: Settling, slot_id: int) -> None:
    """Take nobody any more; what is not recorded by then is *tanpa keterangan*."""
    event, found = _of_today(tx, slot_id)
    title = day_title(slots_of(tx.db, event.id), found)
    if found.is_open(tx.stamp):
        opens = min(found.opens_at, utc_text(tx.now - SHORTEST))
        switch_slot(tx.db, replace(found, opens_at=opens, closes_at=tx.stamp))
        office.note(tx.db, tx.stamp, tx.me.id, "close", f"event:{event.id}", f"slot {found.id}")
        told = f"Absen {title} ditutup {show_time(tx.now, event.zone)}. Yang belum tercatat: tanpa keterangan."
        tx.say(told, action("bukaabsen", found.id, "Buka lagi"))  # the desk offers the next one, not this one
    elif found.has_opened(tx.stamp):
        tx.say(f"Absen {title} memang sudah ditutup {show_time(from_utc_text(found.closes_at), event.zone)}.")
    else:
        tx.say(f"Absen {title} memang belum dibuka.")


def _of_today(tx: Settling, slot_id: int) -> tuple[Event, Slot]:
    found = slot(tx.db, slot_id)
    if found is None:
        raise Refused(NOT_YOURS)
    event = event_to_run(tx, found.event_id)
    if event.state == "cancelled":
        raise Refused(f"{event.subject} dibatalkan, jadi tidak ada absen.")
    if found.day != tx.today.isoformat():
        raise Refused("Absen hanya dibuka dan ditutup pada harinya. Yang terlewat dicatat dengan Catat manual.")
    return event, found


OPEN = Dialog("bukaabsen", "Buka absen", read_slot, open_now, EVERYONE)
CLOSE = Dialog("tutupabsen", "Tutup absen", read_slot, close_now, EVERYONE)
