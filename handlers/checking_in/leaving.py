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


def note_leaving(
    tx: Settling, at: datetime, event: Event, slot: Slot, rules: Rules, person_id: int, before: CheckIn
) -> str:
    """Keep that the person leaves and return the words for it, '' where this is no leaving; the last time counts."""
    if not rules.exits or not slot.is_open(utc_text(at)) or at - from_utc_text(before.at) < LEAVES_AFTER:
        return ""
    check_ins.note_leaving(tx.db, slot.id, person_id, utc_text(at))
    return f"tercatat pulang {show_time(at, event.zone)}{in_session(slot)}, No. {before.number:04}."
