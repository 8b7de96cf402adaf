"""What is said of a check-in: the receipt with its number, its repetition, and that somebody came late."""

from datetime import datetime

from bot.clock import from_utc_text
from bot.dates import show_moment, show_time
from storage.check_ins import CheckIn
from storage.events import Event
from storage.slots import Slot


def receipt(name: str, event: Event, slot: Slot, kept: CheckIn) -> str:
    """Write the receipt: number, name, when, and which session."""
    when = show_moment(from_utc_text(kept.at), event.zone)
    return (
        f"✅ Tercatat hadir, No. {kept.number:04}. {name}, {when}{in_session(slot)}.{late_note(event, slot, kept.at)}"
    )


def late_note(event: Event, slot: Slot, at: str) -> str:
    """Say politely that it was late, where it was."""
    if slot.late_from is None or at < slot.late_from:
        return ""
    return f" Dicatat terlambat, batasnya {show_time(from_utc_text(slot.late_from), event.zone)}."


def in_session(slot: Slot) -> str:
    """Write ", sesi pagi" where the day has sessions."""
    return f", sesi {slot.session}" if slot.session else ""


def of_session(slot: Slot) -> str:
    """Write " sesi pagi" where the day has sessions."""
    return f" sesi {slot.session}" if slot.session else ""


def window_note(shown_from: datetime, until: datetime, zone: str) -> str:
    """Say when a code was shown: "pukul 07.31 sampai 07.32 WIB", in whole minutes around it."""
    first = show_time(shown_from, zone).rpartition(" ")[0]
    return f"{first} sampai {show_time(until, zone).removeprefix('pukul ')}"
