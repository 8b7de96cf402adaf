"""Leaving: where the event records it, a second live code or scan some time after the first says when somebody left."""

from datetime import datetime, timedelta

from bot.clock import from_utc_text, utc_text
from bot.dates import show_time
from bot.settling import Settling
from handlers.checking_in.receipts import in_session
from storage import check_ins
from storage.check_in_rules import Rules
from storage.check_ins import CheckIn
from storage.events import Event
from storage.slots import Slot

LEAVES_AFTER = timedelta(minutes=30)  # sooner, it is the impatient second tap
LEAVES_UNTIL = timedelta(hours=1)  # after the closing: people leave when it is over


def takes_leaving(slot: Slot, rules: Rules, at: datetime) -> bool:
    """Say whether leaving is recorded there at that moment."""
    until = utc_text(from_utc_text(slot.closes_at) + LEAVES_UNTIL)
    return rules.exits and slot.has_opened(utc_text(at)) and utc_text(at) < until


def leaving_hint(rules: Rules) -> str:
    """Say to whoever just came how leaving is recorded; '' where it is not."""
    return " Saat pulang, kirim kodenya sekali lagi." if rules.exits else ""


def note_leaving(
    tx: Settling, at: datetime, event: Event, slot: Slot, rules: Rules, person_id: int, before: CheckIn
) -> str:
    """Keep that the person leaves and return the words for it, '' where this is no leaving; the last time counts."""
    if not takes_leaving(slot, rules, at) or at - from_utc_text(before.at) < LEAVES_AFTER:
        return ""
    check_ins.note_leaving(tx.db, slot.id, person_id, utc_text(at))
    return f"tercatat pulang {show_time(at, event.zone)}{in_session(slot)}, No. {before.number:04}."
