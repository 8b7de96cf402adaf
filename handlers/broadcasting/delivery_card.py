"""How a broadcast stands: on its way, sent, failed, read, passed on; stopping it, sending it again to the failed."""

from dataclasses import replace
from datetime import timedelta

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.dates import show_moment
from bot.message import Choice, Message
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.announcing.hold import HOLD
from handlers.announcing.leaving import later_for, leaves_at, waits, waits_line
from handlers.broadcasting.copies import LIVES, forward_card, send_copy
from storage import broadcasts, forwards, office
from storage.broadcasts import Broadcast
from storage.database import Connection

SENDERS = frozenset({"operator", "coordinator"})
GONE = "Siaran itu tidak ditemukan. Lihat yang ada lewat /siaran."
ON_THE_WAY = ("queued", "started", "held")
FAILED = {"failed": "gagal", "expired": "kedaluwarsa", "stopped": "memblokir bot", "unsent": "belum dikirim"}
WAITING = "Menunggu persetujuan kedua."
TOO_LATE = "Terlalu lama menunggu persetujuan kedua, jadi tidak dikirim. Mohon disiapkan lagi lewat /siaran."
REFUSED = "Tidak disetujui, tidak ada yang dikirim."
TAKEN_BACK = "Dibatalkan sebelum disetujui, tidak ada yang dikirim."
WAITS, WAITS_AFTER_WISH = timedelta(days=3), timedelta(days=1)
"""How long a second yes counts: over a weekend, and not long after the time for which the broadcast was meant."""


def card_of(db: Connection, one: Broadcast, now: str, zone: str) -> Message:
    """Write how the broadcast stands now, with what can be done about it."""
    head = bold(f"Siaran S{one.id}: {' '.join(one.text.split())[:60]}")
    if one.state == "waiting":
        back = action("siaran-tarik", one.id, "Batalkan")
        late = waited_too_long(one, now)
        return Message(lines([head, TOO_LATE if late else WAITING]), () if late else (back, _look(one)))
    if one.state == "refused":
        return Message(lines([head, TAKEN_BACK if one.decided_by == one.made_by else REFUSED]))
    found = broadcasts.states(db, one.id)
    total = sum(found.values())
    if one.state == "sent" and not one.is_out(now):
        assert one.sends_at is not None
        leaves = show_moment(from_utc_text(one.sends_at), zone)
        soon = one.sends_at <= utc_text(from_utc_text(now) + HOLD)
        said = f"Dikirim dalam {HOLD.seconds} detik" if soon else f"Akan dikirim {leaves}"
        said = f"{said} ke {total} orang."
        return Message(lines([head, said]), (action("siaran-henti", one.id, "Batalkan"), _look(one)))
    left = one.asks == "forward" and any(has_it for _, has_it in forwards.owing(db, one.id))
    return Message(lines([head, *_told(db, one, found)]), _buttons(one, found, left, now))


def waited_too_long(one: Broadcast, now: str) -> bool:
    """Say whether a yes comes too late: what was right then may be wrong by now."""
    until = from_utc_text(one.wanted_at) + WAITS_AFTER_WISH if one.wanted_at else from_utc_text(one.made_at) + WAITS
    return until < from_utc_text(now)


def _told(db: Connection, one: Broadcast, found: dict[str, int]) -> list[str | Text]:
    parts = [f"Terkirim {found.get('sent', 0)}"]
    parts += [f"{word} {found[state]}" for state, word in FAILED.items() if found.get(state)]
    parts += [f"tidak pasti {found['uncertain']}"] if found.get("uncertain") else []
    parts += [f"belum terdaftar {found['unregistered']}"] if found.get("unregistered") else []
    parts += [f"dihentikan {found['cancelled']}"] if found.get("cancelled") else []
    waiting = sum(found.get(state, 0) for state in ON_THE_WAY)
    parts += [f"masih dikirim {waiting}"] if waiting else []
    said: list[str | Text] = [f"{' · '.join(parts)} dari {sum(found.values())} orang."]
    if one.asks == "read" and (reads := broadcasts.reads(db, one.id)):
        said.append(f"Sudah baca {sum(row[1] for row in reads)} dari {sum(row[2] for row in reads)}.")
    if one.asks == "forward":
        groups = forwards.reached(db, one.id)
        said.append(
            f"Sudah diteruskan ke {sum(row[1] for row in groups)} dari {sum(row[2] for row in groups)} kelompok."
        )
    return said


def may_go_on(one: Broadcast, now: str) -> bool:
    """Say whether it was stopped so short a time ago that the rest of it is still news."""
    return (
        one.state == "stopped" and one.sends_at is not None and from_utc_text(one.sends_at) + LIVES > from_utc_text(now)
    )


def _buttons(one: Broadcast, found: dict[str, int], left: bool, now: str) -> tuple[Choice, ...]:
    waiting = sum(found.get(state, 0) for state in ON_THE_WAY)
    failed = sum(found.get(state, 0) for state in FAILED) + found.get("unregistered", 0)
    return (
        *((action("siaran-henti", one.id, "Berhenti"),) if waiting and one.state == "sent" else ()),
        *((action("siaran-lanjut", one.id, "Lanjutkan"),) if found.get("cancelled") and may_go_on(one, now) else ()),
        *((action("siaran-ulang", one.id, "Kirim ulang yang gagal"),) if failed and one.state == "sent" else ()),
        *((action("siaran-rinci", one.id, "Per kecamatan"),) if one.asks else ()),
        *((action("siaran-sisa", one.id, "Ingatkan sisanya"),) if left else ()),
        _look(one),
    )


def _look(one: Broadcast) -> Choice:
    return action("siaran-lihat", one.id, "Lihat keadaan")


async def _read(chat: Chat, read: Reader) -> int:
    return number_in(chat.arg)


def save_look(tx: Settling, broadcast_id: int) -> None:
    """Rewrite the card as things stand."""
    tx.replace_card(card_of(tx.db, found_in(tx, broadcast_id), tx.stamp, tx.zone))


def save_stop(tx: Settling, broadcast_id: int) -> None:
    """Keep back every copy that has not left."""
    one = found_in(tx, broadcast_id)
    waiting = sum(broadcasts.states(tx.db, one.id).get(state, 0) for state in ON_THE_WAY)
    if one.state != "sent" or not waiting:
        raise Refused("Siaran itu tidak sedang dikirim, jadi tidak ada yang bisa dihentikan.")
    broadcasts.stop(tx.db, one.id)
    kept = tx.withdraw(f"broadcast:{one.id}")
    office.note(tx.db, tx.stamp, tx.me.id, "stop", f"broadcast:{one.id}", f"{kept} baris")
    tx.replace_card(card_of(tx.db, found_in(tx, one.id), tx.stamp, tx.zone))


def save_details(tx: Settling, broadcast_id: int) -> None:
    """Say of each kecamatan how many have read it, or how many groups have been told."""
    one = found_in(tx, broadcast_id)
    rows = broadcasts.reads(tx.db, one.id) if one.asks == "read" else forwards.reached(tx.db, one.id)
    what = "sudah baca" if one.asks == "read" else "kelompok sudah dikabari"
    said = [f"{name or 'Tanpa kecamatan'}: {done} dari {all_}" for name, done, all_ in rows]
    tx.say(lines([bold(f"Siaran S{one.id}, {what}"), *(said or ["Belum ada."])]))


def save_nudge(tx: Settling, broadcast_id: int) -> None:
    """Ask those who have groups left once more, at most once a day each."""
    one = found_in(tx, broadcast_id)
    people = forwards.owing(tx.db, one.id)
    told = late = 0
    for person_id in (who for who, has_it in people if has_it):  # "pesan di atas" means nothing to the others
        until = waits(tx.db, person_id, tx.now, tx.zone)
        sent = tx.notify(
            person_id,
            forward_card(one.id, forwards.of_person(tx.db, one.id, person_id)),
            kind="nudge",
            object=f"broadcast:{one.id}",
            occurrence=tx.today.isoformat(),
            not_before=until,
        )
        told += sent > 0
        late += sent > 0 and until is not None
    if told:
        office.note(tx.db, tx.stamp, tx.me.id, "nudge", f"broadcast:{one.id}", f"{told} orang")
    left = f"{len(people) - told} sudah diingatkan hari ini atau belum menerima pesannya." if told < len(people) else ""
    said = " ".join(filter(None, (f"{told} pendamping diingatkan.", waits_line(late), left)))
    tx.say(said if people else "Semua kelompok sudah dikabari.")


def make_resend(office_name: str) -> Dialog[int]:
    """Make the dialog that sends a broadcast again to those alone whom it did not reach."""

    def save(tx: Settling, broadcast_id: int) -> None:
        one = found_in(tx, broadcast_id)
        if one.state != "sent" or not one.is_out(tx.stamp):
            raise Refused("Siaran itu tidak sedang berlaku, jadi tidak dikirim ulang.")
        people = broadcasts.not_reached(tx.db, one.id)
        sent = late = 0
        for who in people:
            until = waits(tx.db, who, tx.now, tx.zone)
            posted = send_copy(tx, one, office_name, who, tx.ref, until) > 0
            sent += posted
            late += posted and until is not None
        left = f"{len(people) - sent} orang belum bisa dihubungi lewat bot." if sent < len(people) else ""
        office.note(tx.db, tx.stamp, tx.me.id, "resend", f"broadcast:{one.id}", f"{sent} orang")
        said = " ".join(filter(None, (f"Dikirim ulang ke {sent} orang.", waits_line(late), left)))
        tx.say(said if people else "Tidak ada yang perlu dikirim ulang.")

    return Dialog("siaran-ulang", "Pengiriman ulang siaran", _read, save, SENDERS)


def make_going_on(office_name: str) -> Dialog[int]:
    """Make the dialog that sends a stopped broadcast to those whose copy was kept back."""

    def save(tx: Settling, broadcast_id: int) -> None:
        one = found_in(tx, broadcast_id)
        people = broadcasts.kept_back(tx.db, one.id)
        if not people or not may_go_on(one, tx.stamp):
            raise Refused("Siaran itu tidak sedang dihentikan, atau sudah terlalu lama, jadi tidak dilanjutkan.")
        broadcasts.go_on(tx.db, one.id)
        wished = from_utc_text(one.sends_at) if one.sends_at and not one.is_out(tx.stamp) else None
        leaves = leaves_at(tx.db, tx.now, tx.zone, wished)
        later = later_for(tx.db, leaves, tx.zone)
        sent = sum(send_copy(tx, one, office_name, who, tx.ref, later.get(who, leaves)) > 0 for who in people)
        office.note(tx.db, tx.stamp, tx.me.id, "go on", f"broadcast:{one.id}", f"{sent} orang")
        card = card_of(tx.db, found_in(tx, one.id), tx.stamp, tx.zone)
        night = leaves > tx.now + HOLD and one.is_out(tx.stamp)
        when = f"Sekarang jam tenang, jadi dilanjutkan {show_moment(leaves, tx.zone)}." if night else ""
        tx.replace_card(replace(card, text=lines([card.text, when])))

    return Dialog("siaran-lanjut", "Lanjutan siaran", _read, save, SENDERS)


def found_in(tx: Settling, broadcast_id: int) -> Broadcast:
    """Return the broadcast, for somebody who may send. Raises Refused."""
    one = broadcasts.broadcast(tx.db, broadcast_id)
    if one is None or tx.me.role not in SENDERS:
        raise Refused(GONE)
    return one


LOOK = Dialog("siaran-lihat", "Siaran", _read, save_look, SENDERS)
STOP = Dialog("siaran-henti", "Penghentian siaran", _read, save_stop, SENDERS)
DETAILS = Dialog("siaran-rinci", "Siaran per kecamatan", _read, save_details, SENDERS)
NUDGE_REST = Dialog("siaran-sisa", "Pengingat siaran", _read, save_nudge, SENDERS)
