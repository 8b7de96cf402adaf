"""Guessing stopped: who sent too many wrong codes or words waits, and every refused try is kept with its reason."""

from datetime import datetime, timedelta

from bot.clock import from_utc_text, utc_text
from bot.dates import local, show_moment, show_time
from bot.settling import Settling
from storage import check_ins

MOST_WRONG = 5
LOCKED_FOR = timedelta(minutes=15)
# A lock of minutes alone would leave hundreds of tries to a patient guesser: twenty a day leave next to nothing.
MOST_WRONG_A_DAY = 20
DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def locked_until(guesses: list[datetime], at: datetime) -> datetime | None:
    """Return until when a person is locked out at a moment, by the times, in order, of the wrong codes around it.

    The fifth within 15 minutes locks for 15 minutes, the twentieth within a day until the first of them is a day old.
    """
    untils = [
        max(last + lasts, first + within)
        for most, within, lasts in ((MOST_WRONG, LOCKED_FOR, LOCKED_FOR), (MOST_WRONG_A_DAY, DAY, timedelta()))
        for first, last in zip(guesses, guesses[most - 1 :], strict=False)
        if last - first < within
    ]
    return max((until for until in untils if at < until), default=None)


def lock_of(tx: Settling, at: datetime) -> datetime | None:
    """Return until when the person is locked out at this moment."""
    guesses = _guesses(tx, at)
    return locked_until(guesses, at) if guesses else None


def refuse(tx: Settling, at: datetime, reason: str, why: str, slot_id: int | None = None) -> None:
    """Keep the try, and say why it was refused."""
    check_ins.note_try(tx.db, tx.me.id, utc_text(at), reason, slot_id)
    tx.say(why)


def refuse_locked(tx: Settling, at: datetime, until: datetime, slot_id: int | None) -> None:
    """Refuse whatever was sent while the person is locked out."""
    refuse(tx, at, "locked", f"Terlalu banyak kode yang salah. {_after(tx, until)}", slot_id)


def refuse_guess(tx: Settling, at: datetime, reason: str, why: str, slot_id: int | None = None) -> None:
    """Refuse what may have been a guess, and say how many tries are left."""
    made = [*_guesses(tx, at), at]
    until = locked_until(sorted(made), at)
    left = max(1, MOST_WRONG - sum(one > at - LOCKED_FOR for one in made))
    next_step = f"Sisa {left} kali coba." if until is None else f"Sudah terlalu banyak yang salah. {_after(tx, until)}"
    refuse(tx, at, reason, f"{why} {next_step}", slot_id)


def say_when(tx: Settling, moment: datetime, zone: str) -> str:
    """Write the time, with the day when it is not the day of the message."""
    if local(moment, zone).date() == local(tx.at, zone).date():
        return show_time(moment, zone)
    return show_moment(moment, zone)


def _guesses(tx: Settling, at: datetime) -> list[datetime]:
    # Later ones too: two chats of one person are answered in no certain order.
    found = check_ins.guesses(tx.db, tx.me.id, utc_text(at - DAY), utc_text(at + LOCKED_FOR))
    return [from_utc_text(one) for one in found]


def _after(tx: Settling, until: datetime) -> str:
    """Say from when on a code is taken again; rounded up, so that nobody comes back a few seconds early."""
    minute = until if until.second == until.microsecond == 0 else until.replace(second=0, microsecond=0) + MINUTE
    return f"Coba lagi mulai {say_when(tx, minute, tx.zone)}, atau hubungi panitia."
