"""Backups (cadangan): what the office reads about them, and what to do when there is none of the last day."""

from datetime import datetime

from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.message import Message
from bot.text import bold, lines
from storage.backups import LATE, Failed, Saved, State

GUIDE = "docs/panduan-cadangan.md"
AGAIN = "Bot mencoba lagi tiap jam."
FAILURES = {
    "key": f"kunci cadangan belum ada. Di komputer server: python -m bot backup-key ({GUIDE}, langkah 1)",
    "folder": f"folder cadangan tidak ada atau tidak bisa ditulis. Periksa apakah disknya terpasang. {AGAIN}",
    "full": f"disk penuh, atau arsipnya terlalu besar untuk disk itu. Kosongkan disk server dan disk cadangan. {AGAIN}",
    "damaged": "database atau arsipnya tidak lolos pemeriksaan. Segera di komputer server: python -m bot check",
    "file": "satu berkas yang tersimpan hilang dari komputer server. Di sana: python -m bot backup",
    "busy": f"cadangan lain sedang dibuat. {AGAIN}",
    "slow": f"tidak selesai dalam 4 jam. Periksa disk atau jaringan ke folder cadangan. {AGAIN}",
    "other": f"sebabnya ada di catatan (log) komputer server. {AGAIN}",
}


def backup_lines(state: State, now: datetime, zone: str) -> list[str]:
    """Say when the last backup was made, where it stands, and what is wrong."""
    failed = [_failed(state.failed, zone)] if state.failed else []
    if state.saved is None:
        never = "⚠️ Belum pernah ada cadangan."
        return [never, *failed] if failed else [f"{never} Di komputer server: python -m bot backup"]
    return [*_saved(state.saved, now, zone), *failed]


def compose_late_backup(state: State, zone: str) -> Message:
    """Tell an operator that a day has gone by without a backup."""
    last = f"Yang terakhir: {show_moment(from_utc_text(state.saved.at), zone)}." if state.saved else "Belum pernah ada."
    return Message(
        lines(
            [
                bold("⚠️ Cadangan data tertunda lebih dari sehari"),
                last,
                _failed(state.failed, zone) if state.failed else "",
                "Tanpa cadangan, data hilang bila komputer server rusak. Keadaannya: /sistem.",
            ]
        )
    )


def _saved(saved: Saved, now: datetime, zone: str) -> list[str]:
    at = from_utc_text(saved.at)
    late = "⚠️ " if now - at > LATE else ""
    told = [
        f"{late}Cadangan terakhir: {show_moment(at, zone)}, {_size(saved.size)}, "
        f"lolos uji pulih, {_duration(saved.seconds)}, {_PLACES[saved.place]}"
    ]
    if not saved.sealed:
        told.append("⚠️ Cadangan itu tidak terenkripsi. Di komputer server: python -m bot backup-key")
    if saved.place == "here":
        told.append(f"⚠️ Cadangan hanya ada di komputer ini. Isi BACKUP_FOLDER: {GUIDE}, langkah 2")
    return told


_PLACES = {
    "here": "di komputer server",
    "same disk": "di disk yang sama dengan data: pastikan foldernya disalin ke luar",
    "away": "di luar disk data",
}


def _failed(failed: Failed, zone: str) -> str:
    return f"⚠️ Gagal {show_moment(from_utc_text(failed.at), zone)}: {FAILURES[failed.why]}"


def _size(size: int) -> str:
    return "di bawah 1 MB" if size < 1_000_000 else f"{size / 1_000_000:.0f} MB"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} detik" if seconds < 120 else f"{seconds / 60:.0f} menit"
