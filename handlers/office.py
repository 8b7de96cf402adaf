"""The system page (sistem): whether the bot keeps up, when it was last saved elsewhere, and what was done last."""

from datetime import datetime

from bot.chat import Chat, Dialog, Reader
from bot.clock import from_utc_text, utc_text
from bot.dates import local, show_moment
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.version import program_version
from handlers.backups import backup_lines
from handlers.costs_page import cost_lines
from handlers.reminding.rules_in_words import MISSED_SHOWN, jump_line, missed_line
from storage.health import AuditLine, Health, health, last_audit_lines

AUDIT_LINES = 10

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
ACTIONS = {
    "approve": "menyetujui petugas",
    "refuse": "menolak permintaan",
    "claim": "memakai undangan",
    "import": "mengimpor daftar petugas",
    "deactivate": "menonaktifkan petugas",
    "activate": "mengaktifkan petugas",
    "move": "memindahkan petugas",
    "invite": "membuat undangan",
    "export": "mengekspor data",
    "letterhead": "mengatur kop surat",
    "report template": "mengganti templat RHK 2",
    "certificates": "mengirim sertifikat",
    "status": "mengatur status hadir",
    "broadcast": "menyiapkan siaran",
    "stop": "menghentikan siaran",
    "agree": "menyetujui siaran",
    "disagree": "menolak siaran",
    "rule": "mengubah aturan kantor",
    "nudge": "mengingatkan pendamping",
    "verify": "memverifikasi laporan",
    "return": "mengembalikan laporan",
    "hand over": "menyerahkan kelompok",
    "offer groups": "menawarkan kelompok",
    "stunting-variant": "memilih susunan modul stunting",
    "add-module": "menambah modul",
    "name-module": "mengubah nama modul",
    "place-module": "memindah urutan modul",
    "active-module": "mengatur modul yang dipakai",
    "move-lesson": "memindah urutan sesi",
    "add-material": "menambah bahan materi",
    "remove-material": "menghapus bahan materi",
    "reminders": "mengatur pengingat",
    "unreached": "tidak terjangkau",
    "templates": "mengajukan templat WhatsApp",
}


async def see_system(chat: Chat, read: Reader) -> tuple[Health, list[AuditLine]]:
    """Look at the figures of the store as it was before this message."""
    return await read(health), await read(last_audit_lines, AUDIT_LINES)


def save_system(tx: Settling, seen: tuple[Health, list[AuditLine]]) -> None:
    """Say them."""
    since = utc_text(tx.now - MISSED_SHOWN)
    missed = [missed_line(tx.db, since), jump_line(tx.db, since, tx.zone)]
    buttons = (
        action("pengingat", "", "Pengingat"),
        action("siaran-batas", "", "Persetujuan kedua"),
        action("templat", "", "Templat RHK 2"),
    )
    told = cost_lines(tx.db, tx.stamp)
    costs = (action("biaya", "", "Biaya WhatsApp"),) if told else ()
    tx.say(_written(*seen, [*missed, *told], tx.now, tx.zone), *buttons, *costs)


def _written(seen: Health, done: list[AuditLine], told: list[str], now: datetime, zone: str) -> Text:
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
            bold("Tindakan terakhir"),
            *([_done(line, zone) for line in done] or ["Belum ada."]),
        ]
    )


def _waiting(letters: int) -> str:
    # The letter that asked for this page is itself still being answered.
    others = max(0, letters - 1)
    return f"{others} menunggu dijawab" if others else "semua sudah dijawab"


def _done(line: AuditLine, zone: str) -> str:
    at = local(from_utc_text(line.at), zone)
    what = ACTIONS.get(line.action, line.action)
    detail = f" ({line.detail})" if line.detail else ""
    named = "" if ":" in line.object else f" {line.object}"
    return f"{at:%d/%m %H.%M} {line.who or 'baris perintah'}: {what}{named}{detail}"


def _size(size: int) -> str:
    return "di bawah 1 MB" if size < 1_000_000 else f"{size / 1_000_000:.0f} MB"


SYSTEM = Dialog("sistem", "Sistem", see_system, save_system, frozenset({"operator"}))
