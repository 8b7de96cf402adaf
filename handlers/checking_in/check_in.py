"""Checking in: a code is judged at the time it was sent, the first one counts, and a refusal says what to do next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import local
from bot.routes import action
from bot.settling import Settling
from bot.slot_codes import FIXED_LENGTH, window_start
from handlers.checking_in.assisting import find_colleague, vouch_for
from handlers.checking_in.codes import WHAT_A_CODE_IS, CodeQuestion, read_code
from handlers.checking_in.distance import ask_where
from handlers.checking_in.guessing import lock_of, refuse, refuse_guess, refuse_locked, say_when
from handlers.checking_in.leaving import leaving_hint, note_leaving
from handlers.checking_in.receipts import in_session, of_session, receipt, window_note
from handlers.checking_in.slot_meant import Meant, find_meant
from handlers.checking_in.walk_ins import ask_for_walk_in
from handlers.people.who import Somebody
from storage import check_ins, events, invitations
from storage.check_in_rules import rules_of
from storage.check_ins import CheckIn
from storage.database import Connection
from storage.events import Event
from storage.slots import Slot, slots_of, slots_on

MINUTE = timedelta(minutes=1)
NOT_INVITED = (
    "Kode itu untuk kegiatan yang tidak mengundang Bapak/Ibu. Kalau seharusnya diundang, mohon hubungi panitia."
)
STALE = "Itu sudah berganti. Lihat layar di depan ruangan, dan kirim yang tertulis di sana sekarang."
OUTSIDE = "Sekarang tidak ada absen yang dibuka untuk Bapak/Ibu. Jadwalnya ada di /kegiatan."


@dataclass(frozen=True, slots=True)
class Sent:
    """The code or the two words that were sent, and for which colleague, if not for the sender."""

    code: str
    colleague: Somebody | None = None


async def ask_code(chat: Chat, read: Reader) -> Sent:
    """Return the code that came with the command, or ask for it; `hadir K7M2P untuk siti` is for a colleague."""
    typed, _, name = chat.arg.partition(" untuk ")
    given = read_code(typed)
    if not chat.arg and not await read(_events_on, chat.me.id, chat.today.isoformat()):
        raise Refused("Tidak ada kegiatan Bapak/Ibu hari ini, jadi tidak ada absen. Jadwalnya ada di /kegiatan.")
    if chat.arg and given is None:
        chat.say(WHAT_A_CODE_IS)
    code = await chat.ask("code", CodeQuestion(), given=given)
    return Sent(code, await find_colleague(chat, read, name)) if name.strip() else Sent(code)


def save(tx: Settling, sent: Sent) -> None:
    """Check the person in, or refuse and keep the try with its reason."""
    at = min(tx.at, tx.now)  # nobody has been anywhere in the future
    until = lock_of(tx, at)
    meant = find_meant(tx.db, tx.me.id, sent.code, at, tx.zone, thorough=until is None)
    before = check_ins.entry_of(tx.db, meant.slot.id, tx.me.id) if meant else None
    if meant and before and before.state == "kept" and sent.colleague is None and _counts(meant, before):
        _say_again(tx, at, meant, before)
    elif until is not None:
        refuse_locked(tx, at, until, meant.slot.id if meant else None)
    elif meant is None:
        _refuse_unknown(tx, at, sent.code)
    elif not invitations.let_in(tx.db, meant.event.id, tx.me.id):
        _meet_stranger(tx, at, meant)
    elif refused := _why_not(tx, at, meant):
        refuse(tx, at, refused[0], refused[1], meant.slot.id)
    elif meant.window is not None and (sent.colleague or " " in sent.code):
        refuse(tx, at, "stale", STALE, meant.slot.id)
    elif sent.colleague is not None:
        vouch_for(tx, at, meant.event, meant.slot, sent.colleague.id)
    elif before and before.state == "undone":
        why = f"Absen Bapak/Ibu dibatalkan panitia: {before.reason}. Mohon temui panitia."
        refuse(tx, at, "undone", why, meant.slot.id)
    elif meant.window is not None:
        _check_in_late(tx, meant)
    else:
        kept = _keep(tx, meant.slot, utc_text(at), "B")
        told = receipt(tx.me.name, meant.event, meant.slot, kept) + leaving_hint(meant.rules)
        tx.say(told, action("bantu", meant.slot.id, "Bantu teman"))
        ask_where(tx, meant.event, meant.rules)


def _check_in_late(tx: Settling, meant: Meant) -> None:
    """Credit a code of an earlier window to that window: the committee sees it as delayed."""
    assert meant.window is not None
    _keep(tx, meant.slot, utc_text(meant.shown_from), "C")
    shown = window_note(meant.shown_from, window_start(meant.window + 1) + MINUTE / 2, meant.event.zone)
    tx.say(f"Kode itu berlaku {shown}. Dicatat sebagai hadir tertunda, panitia akan melihatnya.")


def _keep(tx: Settling, slot: Slot, at: str, level: str) -> CheckIn:
    """Record the check-in; one that a colleague reported, or that does not count, gives way to this better one."""
    kept = check_ins.record(tx.db, slot.id, tx.me.id, at, tx.stamp, level=level)
    if (kept.state, kept.level) != ("kept", level):
        kept = check_ins.vouch(tx.db, slot.id, tx.me.id, at, level, None)
    return kept


def _counts(meant: Meant, before: CheckIn) -> bool:
    """Say whether what is recorded stands: a level that the office does not take gives way to a live code."""
    return before.level in meant.rules.levels or meant.window is not None


def _why_not(tx: Settling, at: datetime, meant: Meant) -> tuple[str, str] | None:
    """Return why the slot takes nobody now, as the reason that is kept and as words."""
    event, slot, stamp = meant.event, meant.slot, utc_text(at)
    if event.state == "cancelled":
        return "cancelled", f"{event.subject} dibatalkan, jadi tidak ada absen. Lihat /kegiatan."
    if meant.window is not None:
        return None
    if slot.waits or stamp < slot.opens_at:
        return "early", _not_yet(tx, event, slot)
    if stamp >= slot.closes_at:
        when = say_when(tx, from_utc_text(slot.closes_at), event.zone)
        return "late", f"Absen{of_session(slot)} sudah ditutup {when}. Mohon hubungi panitia."
    return None


def _not_yet(tx: Settling, event: Event, slot: Slot) -> str:
    when = f"dibuka {say_when(tx, from_utc_text(slot.opens_at), event.zone)}"
    opens = "belum dibuka panitia" if slot.waits and slot.opens_at <= utc_text(tx.at) else when
    return f"Absen{of_session(slot)} {opens}. Kirim kodenya lagi setelah itu."


def _meet_stranger(tx: Settling, at: datetime, meant: Meant) -> None:
    """Refuse somebody who is not invited; where the office takes walk-ins, ask it."""
    if meant.rules.walk_ins and meant.slot.is_open(utc_text(at)):
        ask_for_walk_in(tx, at, meant.event, meant.slot)
    else:
        refuse_guess(tx, at, "uninvited", NOT_INVITED, meant.slot.id)


def _say_again(tx: Settling, at: datetime, meant: Meant, before: CheckIn) -> None:
    """Repeat the receipt; where leaving is recorded, a later live code is that."""
    event, slot = meant.event, meant.slot
    left = note_leaving(tx, at, event, slot, meant.rules, tx.me.id, before) if meant.window is None else ""
    if left:
        tx.say(f"✅ {tx.me.name} {left}")
        return
    when = say_when(tx, from_utc_text(before.at), event.zone)
    told = f"Sudah tercatat, No. {before.number:04}, {when}{in_session(slot)}."
    tx.say(f"{told}{_other_code(tx, at, event, slot)}")


def _other_code(tx: Settling, at: datetime, event: Event, slot: Slot) -> str:
    """Say that what is open now has another code; yesterday's receipt must not be taken for today's."""
    board = "kodenya lain, lihat papan di depan ruangan."
    now = next((one for one in slots_of(tx.db, event.id) if one.is_open(utc_text(at))), None)
    if slot.day == local(at, event.zone).date().isoformat():
        return f" Untuk{of_session(now)} {board}" if now and now.id != slot.id else ""
    return "" if event.last_day < tx.today.isoformat() else f" Untuk hari ini {board}"


def _refuse_unknown(tx: Settling, at: datetime, code: str) -> None:
    """Refuse what fits no slot, with what can be done, as far as the person's own events tell."""
    today = slots_on(tx.db, tx.me.id, tx.today.isoformat())
    is_open = [slot for slot in today if slot.is_open(utc_text(at))]
    still_to_open = [slot for slot in today if slot.closes_at > utc_text(at) and slot not in is_open]
    if len(code) != FIXED_LENGTH and not is_open:
        # No code of a slot that is closed is known to anybody: this was no guess.
        if still_to_open:
            event = events.event(tx.db, still_to_open[0].event_id)
            assert event is not None
            refuse(tx, at, "early", _not_yet(tx, event, still_to_open[0]), still_to_open[0].id)
            return
        if " " in code:
            tx.say(OUTSIDE)
            return
    if not _events_on(tx.db, tx.me.id, tx.today.isoformat()):
        why = "Kode itu tidak cocok, dan tidak ada kegiatan Bapak/Ibu hari ini. Jadwalnya ada di /kegiatan."
    elif any(rules_of(tx.db, slot.event_id).rotating for slot in is_open):
        why = (
            "Kode itu tidak cocok dengan kegiatan Bapak/Ibu hari ini. Lihat layar di depan ruangan; "
            "kode berganti tiap 30 detik."
        )
    else:
        why = "Kode itu tidak cocok dengan kegiatan Bapak/Ibu hari ini. Lihat papan di depan ruangan."
    refuse_guess(tx, at, "wrong", why)


def _events_on(db: Connection, person_id: int, day: str) -> list[Event]:
    mine = events.events_of(db, person_id, day, 100)
    return [one for one in mine if one.first_day <= day and one.state == "announced"]


CHECK_IN = Dialog("hadir", "Absen", ask_code, save, steps=1)
