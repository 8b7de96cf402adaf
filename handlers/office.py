"""The system page (sistem): whether the bot keeps up, when it was last saved elsewhere, whether its audit is whole."""

from datetime import datetime

from bot.chat import Chat, Dialog, Reader
from bot.clock import utc_text
from bot.dates import show_moment
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.version import program_version
from handlers.auditing.chain_words import chain_lines
from handlers.backups import backup_lines
from handlers.costs_page import cost_lines
from handlers.people.erasure_office import WAITING, waiting_line
from handlers.reminding.rules_in_words import MISSED_SHOWN, jump_line, missed_line
from storage import erasures
from storage.audit import Head, LastCheck, head, last_check
from storage.health import Health, health

STATES = {
    "held": "ditahan",
    "queued": "menunggu",
    "started": "sedang dikirim",
    "sent": "terkirim",
    "failed": "gagal",
    "stopped": "diblokir penerima",
    "uncertain": "tidak pasti",
    "expired": "lewat waktu",
    "cancelled": "dibatalkan",
}


async def see_system(chat: Chat, read: Reader) -> tuple[Health, Head | None, LastCheck | None]:
    """Look at the figures of the store as it was before this message."""
    return await read(health), await read(head), await read(last_check)


def save_system(tx: Settling, seen: tuple[Health, Head | None, LastCheck | None]) -> None:
    """Say them."""
    since = utc_text(tx.now - MISSED_SHOWN)
    asked = len(erasures.waiting(tx.db))
    missed = [waiting_line(asked), missed_line(tx.db, since), jump_line(tx.db, since, tx.zone)]
    buttons = (
        action("tindakan", "", "Catatan tindakan"),
        action("jejak", "", "Jejak data"),
        action("pengingat", "", "Pengingat"),
        action("siaran-batas", "", "Persetujuan kedua"),
        action("templat", "", "Templat RHK 2"),
    )
    told = cost_lines(tx.db, tx.stamp)
    costs = (action("biaya", "", "Biaya WhatsApp"),) if told else ()
    found, last_line, checked = seen
    chain = chain_lines(last_line, checked, tx.zone)
    erasing = (action(WAITING.name, "", "Hapus data"),) if asked else ()
    tx.say(_written(found, [*missed, *told], chain, tx.now, tx.zone), *buttons, *costs, *erasing)


def _written(seen: Health, told: list[str], chain: list[str | Text], now: datetime, zone: str) -> Text:
    parked = ", ".join(f"{reason} {number}" for reason, number in seen.letters_parked.items())
    sent = ", ".join(f"{STATES.get(state, state)} {number}" for state, number in seen.outbox.items())
    return lines(
        [
            bold("Keadaan sistem"),
            f"Versi {program_version()}, database {_size(seen.size)}",
            f"Jam bot: {show_moment(now, zone)} ({zone})",
            f"Petugas: {seen.active} aktif, {seen.registered} terdaftar"
            + (f", {seen.unreachable} tidak terjangkau" if seen.unreachable else ""),
            f"Pesan masuk: {_waiting(seen.letters_new)}" + (f"; disisihkan: {parked}" if parked else ""),
            f"Pesan keluar: {sent or 'belum ada'}",
            *told,
            *(f"⚠️ Pengiriman lewat {channel} berhenti: token ditolak" for channel in seen.paused),
            *backup_lines(seen.backup, now, zone),
            *chain,
        ]
    )


def _waiting(letters: int) -> str:
    # The letter that asked for this page is itself still being answered.
    others = max(0, letters - 1)
    return f"{others} menunggu dijawab" if others else "semua sudah dijawab"


def _size(size: int) -> str:
    return "di bawah 1 MB" if size < 1_000_000 else f"{size / 1_000_000:.0f} MB"


SYSTEM = Dialog("sistem", "Sistem", see_system, save_system, frozenset({"operator"}))
