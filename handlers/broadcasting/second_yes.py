"""The second yes: above a size that the office sets, another sender has to agree before anything leaves."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.message import Attachment, Message
from bot.picked import choose
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import a_number
from handlers.announcing.audience import show_audience
from handlers.broadcasting.delivery_card import (
    SENDERS,
    TOO_LATE,
    WAITING,
    card_of,
    found_in,
    save_stop,
    waited_too_long,
)
from storage import broadcasts, office, people, rules
from storage.broadcasts import Broadcast
from storage.database import Connection
from storage.events import Audience

RULE = "second-yes-above"
ALONE = "Siaran sebesar ini perlu persetujuan kedua, tetapi belum ada operator atau koordinator lain yang terdaftar."
MOST = 100_000

SendAll = Callable[[Settling, Broadcast, str, int | None], int]
"""Freezes the recipients and posts the copies."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Above how many recipients a second yes is wanted; None: never."""

    above: int | None


def needs_second_yes(db: Connection, reach: int) -> bool:
    """Say whether the office wants a second yes for so many recipients."""
    above = rules.rule(db, RULE)
    return above is not None and reach > int(above)


def ask_second_yes(tx: Settling, one: Broadcast) -> None:
    """Ask every other sender; the first answer counts. Raises Refused where there is nobody to ask."""
    others = [who for who in people.people_in_roles(tx.db, *sorted(SENDERS)) if who.id != tx.me.id]
    wished = f"Dikirim {show_moment(from_utc_text(one.wanted_at), tx.zone)}." if one.wanted_at else ""
    asks = lines(
        [
            bold(f"Siaran S{one.id} dari {tx.me.name}, untuk {one.size} orang"),
            one.text,
            f"Untuk: {show_audience(tx.db, Audience.from_json(one.audience), families=one.asks == 'forward')}",
            "Dengan tombol Sudah baca." if one.asks == "read" else "",
            wished,
            "Kirim?",
        ]
    )
    buttons = (action("siaran-setuju", one.id, "Setujui"), action("siaran-tolak", one.id, "Tolak"))
    file = Attachment(*json.loads(one.attachment)) if one.attachment else None
    about, told = f"broadcast:{one.id}", 0
    for who in others:
        if file:  # by itself: a file's caption could not be edited into the answer on every channel
            words = Text.of(f"Berkas siaran S{one.id}")
            tx.notify(who.id, Message(words, (), file), kind="second-yes", object=about, occurrence="file")
        told += tx.notify(who.id, Message(asks, buttons), kind="second-yes", object=about) > 0
    if not told:
        raise Refused(ALONE)
    # The card says the same, and lets it be taken back.
    waits = card_of(tx.db, one, tx.stamp, tx.zone)
    tx.say(Message(Text.of(f"{WAITING[:-1]}: {told} orang sudah ditanya. Belum ada yang dikirim."), waits.choices))


def make_second_yes(office_name: str, send_all: SendAll) -> tuple[Dialog[int], ...]:
    """Make the two answers, and the way to take it back before there is one."""

    def agree(tx: Settling, broadcast_id: int) -> None:
        one = _undecided(tx, broadcast_id)
        if waited_too_long(one, tx.stamp):
            raise Refused(f"Siaran S{one.id}: {TOO_LATE}")
        tx.withdraw(f"broadcast:{one.id}", kind="second-yes")
        sent = send_all(tx, one, office_name, tx.me.id)
        office.note(tx.db, tx.stamp, tx.me.id, "agree", f"broadcast:{one.id}", f"{sent} orang")
        _tell_maker(tx, one, f"✅ Siaran S{one.id} disetujui {tx.me.name}, dikirim ke {sent} orang.")

    def refuse(tx: Settling, broadcast_id: int) -> None:
        one = _undecided(tx, broadcast_id)
        broadcasts.refuse(tx.db, one.id, tx.me.id)
        tx.withdraw(f"broadcast:{one.id}", kind="second-yes")
        office.note(tx.db, tx.stamp, tx.me.id, "disagree", f"broadcast:{one.id}")
        tx.replace_card(f"Siaran S{one.id} tidak dikirim.")
        _tell_maker(tx, one, f"Siaran S{one.id} tidak disetujui {tx.me.name}. Tidak ada yang dikirim.")

    def take_back(tx: Settling, broadcast_id: int) -> None:
        one = found_in(tx, broadcast_id)
        if one.state in ("sent", "stopped"):  # the yes came first: what has not left is stopped all the same
            save_stop(tx, one.id)
            return
        if not broadcasts.refuse(tx.db, one.id, one.made_by):
            raise Refused(f"Siaran S{one.id} sudah diputuskan tadi.")
        tx.withdraw(f"broadcast:{one.id}", kind="second-yes")
        office.note(tx.db, tx.stamp, tx.me.id, "take back", f"broadcast:{one.id}")
        tx.replace_card(card_of(tx.db, found_in(tx, one.id), tx.stamp, tx.zone))

    return (
        Dialog("siaran-setuju", "Persetujuan siaran", _read, agree, SENDERS),
        Dialog("siaran-tolak", "Penolakan siaran", _read, refuse, SENDERS),
        Dialog("siaran-tarik", "Pembatalan siaran", _read, take_back, SENDERS),
    )


async def ask_limit(chat: Chat, read: Reader) -> Limit:
    """Ask above how many recipients a second yes is wanted."""
    now = await read(rules.rule, RULE)
    said = f"Sekarang: di atas {now} penerima." if now else "Sekarang: tidak perlu."
    whats = {"never": "Tidak perlu", "above": "Tentukan jumlahnya"}
    if await chat.ask("what", choose(f"Persetujuan kedua untuk siaran. {said}", whats)) == whats["never"]:
        return Limit(None)
    above = await chat.ask("above", a_number("Di atas berapa penerima?", 1, MOST))
    return Limit(above)


def save_limit(tx: Settling, limit: Limit) -> None:
    """Set the rule."""
    rules.set_rule(tx.db, RULE, str(limit.above) if limit.above else None)
    office.note(tx.db, tx.stamp, tx.me.id, "rule", RULE, str(limit.above or "tidak perlu"))
    above = f"untuk siaran di atas {limit.above} penerima" if limit.above else "tidak perlu lagi"
    tx.say(f"✅ Persetujuan kedua {above}.")


LIMIT = Dialog("siaran-batas", "Persetujuan kedua", ask_limit, save_limit, frozenset({"operator"}))


async def _read(chat: Chat, read: Reader) -> int:
    return number_in(chat.arg)


def _undecided(tx: Settling, broadcast_id: int) -> Broadcast:
    one = found_in(tx, broadcast_id)
    if one.made_by == tx.me.id:
        raise Refused("Yang menyetujui harus orang lain.")
    if one.state != "waiting":
        taken_back = one.decided_by == one.made_by
        raise Refused(f"Siaran S{one.id} {'dibatalkan sebelum disetujui' if taken_back else 'sudah diputuskan tadi'}.")
    return one


def _tell_maker(tx: Settling, one: Broadcast, said: str) -> None:
    tx.notify(one.made_by, said, kind="decided", object=f"broadcast:{one.id}")
