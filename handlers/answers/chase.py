"""Ingatkan sekarang: the office asks those who have not answered once more, at most once a day for an event."""

from datetime import datetime, time

from bot.chat import EVERYONE, Dialog, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_time, to_utc
from bot.reminder_hours import read_hours
from bot.settling import Settling
from handlers.announcing.leaving import later_for
from handlers.answers.desk_answers import read_event
from handlers.events.event_desk import event_to_run
from handlers.reminding.event_card import chase_card
from storage import events, invitations, office, reminders


def save(tx: Settling, event_id: int) -> None:
    """Chase everybody who is silent, and say how many that were."""
    event = event_to_run(tx, event_id)
    starts = from_utc_text(event.starts_at)
    if event.state == "cancelled" or starts <= tx.now:
        over = "dibatalkan" if event.state == "cancelled" else "sudah dimulai"
        raise Refused(f"{event.subject} {over}, jadi tidak ada yang perlu diingatkan.")
    silent = reminders.silent(tx.db, event.id)
    if not silent:
        raise Refused(f"Semua yang diundang ke {event.subject} sudah menjawab.")
    midnight = utc_text(to_utc(tx.today, time(), tx.zone))
    if chased := reminders.chased_since(tx.db, event.id, midnight):
        raise Refused(f"Hari ini {chased} orang sudah diingatkan. Besok bisa lagi; daftarnya ada di Belum menjawab.")
    quiet = read_hours(tx.db).quiet_until(tx.now, event.zone)
    waits = quiet if quiet and quiet < starts else None  # what begins before they are over is urgent
    later = later_for(tx.db, waits or tx.now, event.zone, starts) if waits or not quiet else {}
    told = sum(_chase(tx, event_id, person_id, starts, later.get(person_id, waits)) for person_id in silent)
    office.note(tx.db, tx.stamp, tx.me.id, "chase", f"event:{event.id}", f"{told} orang")
    missed = f" {len(silent) - told} orang belum bisa dihubungi lewat bot." if told < len(silent) else ""
    when = f" Sekarang jam tenang: dikirim {show_time(waits, event.zone)}." if waits and told else ""
    tx.say(f"⏰ {told} orang yang belum menjawab diingatkan.{when}{missed}")


def _chase(tx: Settling, event_id: int, person_id: int, expires_at: datetime, waits: datetime | None) -> bool:
    event = events.event(tx.db, event_id)
    assert event is not None, "it was found just now"
    card = chase_card(event, invitations.invitation(tx.db, event.id, person_id))
    made = tx.notify(
        person_id,
        card,
        kind="chase",
        object=f"event:{event.id}",
        occurrence=tx.ref,
        lane=2,
        expires_at=expires_at,
        not_before=waits,
    )
    return made > 0


CHASE = Dialog("ingatkan", "Pengingat jawaban", read_event, save, EVERYONE)
