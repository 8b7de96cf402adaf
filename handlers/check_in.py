"""Checking in: a code is judged at the time it was sent, the first one counts, and a refusal says what to do next."""

from datetime import datetime, timedelta

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import local, show_moment, show_time
from bot.settling import Settling
from handlers.codes import WHAT_A_CODE_IS, CodeQuestion, read_code
from storage import check_ins, events, invitations
from storage.check_ins import CheckIn
from storage.database import Connection
from storage.events import Event, Slot

MOST_WRONG = 5
LOCKED_FOR = timedelta(minutes=15)
# A lock of minutes alone would leave hundreds of tries to a patient guesser: twenty a day make 1 in 1,000,000.
MOST_WRONG_A_DAY = 20
DAY = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
NOT_INVITED = (
    "Kode itu untuk kegiatan yang tidak mengundang Bapak/Ibu. Kalau seharusnya diundang, mohon hubungi panitia."
)


async def ask_code(chat: Chat, read: Reader) -> str:
    """Return the code that came with the command, or ask for it."""
    given = read_code(chat.arg)
    if not chat.arg and not await read(_events_on, chat.me.id, chat.today.isoformat()):
        raise Refused("Tidak ada kegiatan Bapak/Ibu hari ini, jadi tidak ada absen. Jadwalnya ada di /kegiatan.")
    if chat.arg and given is None:
        chat.say(WHAT_A_CODE_IS)
    return await chat.ask("code", CodeQuestion(), given=given)


def save(tx: Settling, code: str) -> None:
    """Check the person in, or refuse and keep the try with its reason."""
    found = _find(tx, code)
    if found and (before := check_ins.check_in_of(tx.db, found[0].id, tx.me.id)):
        tx.say(_again(tx, found[1], before))
        return
    until = locked_until([*map(from_utc_text, _guesses(tx))], tx.at)
    if until is not None:
        _refuse(tx, "locked", f"Terlalu banyak kode yang salah. {_after(tx, until)}", found)
    elif found is None:
        _refuse_guess(tx, "wrong", _no_such_code(tx), None)
    elif invitations.admit(tx.db, found[1].id, tx.me.id) is None:
        _refuse_guess(tx, "uninvited", NOT_INVITED, found)
    else:
        _check_in(tx, *found)


def _check_in(tx: Settling, slot: Slot, event: Event) -> None:
    opens, closes = from_utc_text(slot.opens_at), from_utc_text(slot.closes_at)
    if event.state == "cancelled":
        _refuse(tx, "cancelled", f"{event.subject} dibatalkan, jadi tidak ada absen. Lihat /kegiatan.", (slot, event))
    elif tx.at < opens:
        when = _moment(tx, opens, event.zone)
        _refuse(tx, "early", f"Absen dibuka {when}. Kirim kodenya lagi setelah itu.", (slot, event))
    elif tx.at >= closes:
        when = _moment(tx, closes, event.zone)
        _refuse(tx, "late", f"Absen sudah ditutup {when}. Mohon hubungi panitia.", (slot, event))
    else:
        receipt = check_ins.record(tx.db, slot.id, tx.me.id, utc_text(tx.at), tx.stamp)
        when = show_moment(from_utc_text(receipt.at), event.zone)
        tx.say(f"✅ Tercatat hadir, No. {receipt.number:04}. {tx.me.name}, {when}.")


def _again(tx: Settling, event: Event, before: CheckIn) -> str:
    """Repeat the receipt; yesterday's must not be taken for today's."""
    at = from_utc_text(before.at)
    receipt = f"Sudah tercatat, No. {before.number:04}, {_moment(tx, at, event.zone)}."
    if local(at, event.zone).date() == local(tx.at, event.zone).date() or event.last_day < tx.today.isoformat():
        return receipt
    return f"{receipt} Untuk hari ini kodenya lain, lihat papan di depan ruangan."


def _find(tx: Settling, code: str) -> tuple[Slot, Event] | None:
    """Return the slot of this code that is meant: the person's own before others', and the one nearest in time."""
    found = []
    for slot in events.slots_with_code(tx.db, code):
        event = events.event(tx.db, slot.event_id)
        assert event is not None
        own = invitations.invitation(tx.db, event.id, tx.me.id) is not None
        away = max(from_utc_text(slot.opens_at) - tx.at, tx.at - from_utc_text(slot.closes_at), timedelta())
        found.append((not own, away, slot, event))
    return min(found, key=lambda one: one[:2])[2:] if found else None


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


def _guesses(tx: Settling) -> list[str]:
    # Later ones too: two chats of one person are answered in no certain order.
    return check_ins.guesses(tx.db, tx.me.id, utc_text(tx.at - DAY), utc_text(tx.at + LOCKED_FOR))


def _refuse_guess(tx: Settling, reason: str, why: str, found: tuple[Slot, Event] | None) -> None:
    """Refuse what may have been a guess, and say how many tries are left."""
    made = [*map(from_utc_text, _guesses(tx)), tx.at]
    until = locked_until(sorted(made), tx.at)
    left = max(1, MOST_WRONG - sum(one > tx.at - LOCKED_FOR for one in made))
    next_step = f"Sisa {left} kali coba." if until is None else f"Sudah terlalu banyak yang salah. {_after(tx, until)}"
    _refuse(tx, reason, f"{why} {next_step}", found)


def _refuse(tx: Settling, reason: str, why: str, found: tuple[Slot, Event] | None) -> None:
    check_ins.note_try(tx.db, tx.me.id, utc_text(tx.at), reason, found[0].id if found else None)
    tx.say(why)


def _no_such_code(tx: Settling) -> str:
    """Say why no code could be right, as far as the person's own events tell."""
    if _events_on(tx.db, tx.me.id, tx.today.isoformat()):
        return "Kode itu tidak cocok dengan kegiatan Bapak/Ibu hari ini. Lihat papan di depan ruangan."
    return "Kode itu tidak cocok, dan tidak ada kegiatan Bapak/Ibu hari ini. Jadwalnya ada di /kegiatan."


def _events_on(db: Connection, person_id: int, day: str) -> list[Event]:
    mine = events.events_of(db, person_id, day, 100)
    return [one for one in mine if one.first_day <= day and one.state == "announced"]


def _after(tx: Settling, until: datetime) -> str:
    """Say from when on a code is taken again; rounded up, so that nobody comes back a few seconds early."""
    minute = until if until.second == until.microsecond == 0 else until.replace(second=0, microsecond=0) + MINUTE
    return f"Coba lagi mulai {_moment(tx, minute, tx.zone)}, atau hubungi panitia."


def _moment(tx: Settling, moment: datetime, zone: str) -> str:
    """Write the time, with the day when it is not the day of the message."""
    if local(moment, zone).date() == local(tx.at, zone).date():
        return show_time(moment, zone)
    return show_moment(moment, zone)


CHECK_IN = Dialog("hadir", "Absen", ask_code, save, steps=1)
