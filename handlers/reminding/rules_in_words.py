"""The rules of reminders in words, as the operator reads them."""

from collections.abc import Sequence
from datetime import timedelta

from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.reminder_hours import MONTH_END, Hours
from storage import reminders
from storage.database import Connection
from storage.lead_times import LeadTime

MISSED_SHOWN = timedelta(days=7)
OBJECTS = {
    "meeting": "P2K2 yang akan datang",
    "ended": "P2K2 selesai, tanya hasilnya",
    "overdue": "P2K2 belum dicatat",
    "late": "Ke koordinator: P2K2 belum dicatat",
    "event": "Kegiatan yang akan datang",
    "answer": "Undangan belum dijawab",
    "month": "Kelompok tanpa P2K2 bulan ini",
    "month_over": "Ke koordinator: kelompok tanpa P2K2",
}
SORTS = OBJECTS | {"feedback": "Penilaian kegiatan", "snooze": "Ingatkan nanti"}
REST_WORDS = {"none": "tidak ada", "sundays": "hari Minggu", "holidays": "hari Minggu dan hari libur"}


def rule_line(rule: LeadTime) -> str:
    """Write a rule in words: "P2K2 yang akan datang: 3 hari sebelumnya"."""
    return f"{OBJECTS[rule.object]}: {rule_label(rule)}"


def rule_label(rule: LeadTime) -> str:
    """Write a rule among others of its object: "3 hari sebelumnya"."""
    return f"{when_line(rule)}{'' if rule.active else ' (mati)'}"


def object_line(some: Sequence[LeadTime]) -> str:
    """Write all rules of one object: "P2K2 yang akan datang: 3 hari, 1 hari, 2 jam sebelumnya"."""
    active = [when_line(one) for one in some if one.active]
    ends = [one.partition(" sebelum")[1] and " sebelum" + one.partition(" sebelum")[2] for one in active]
    if len(set(ends)) == 1 and ends[0]:
        active = [*(one.removesuffix(ends[0]) for one in active[:-1]), active[-1]]
    return f"{OBJECTS[some[0].object]}: {', '.join(active) or 'tidak dikirim'}"


def hour_lines(hours: Hours) -> list[str]:
    """Write the hours in words."""
    same = hours.quiet_from == hours.quiet_to
    quiet = "tidak ada" if same else f"pukul {hours.quiet_from:%H.%M} s.d. {hours.quiet_to:%H.%M}"
    deadline = "akhir bulan" if hours.deadline == MONTH_END else f"tanggal {hours.deadline}"
    return [
        f"Kartu harian: pukul {hours.daily:%H.%M}, satu per orang per hari",
        f"Jam tenang: {quiet}",
        f"Jam tenang pribadi: paling lama pukul {hours.own_from:%H.%M} s.d. {hours.own_to:%H.%M}",
        f"Hari tanpa tagihan: {REST_WORDS[hours.rest]}",
        f"Batas laporan: {deadline}",
    ]


def missed_line(db: Connection, since: str) -> str:
    """Say what was due since then and could not be sent in time; '' if there is nothing."""
    missed = reminders.missed_since(db, since)
    each = ", ".join(f"{SORTS[sort]} {number}" for sort, number in missed.items())
    return f"Lewat, tidak dikirim ({MISSED_SHOWN.days} hari terakhir): {each}" if missed else ""


def when_line(rule: LeadTime) -> str:
    """Write when a rule reminds: "3 hari sebelumnya"."""
    if rule.minutes is not None:
        if rule.object == "ended":
            return f"{rule.minutes} menit sesudahnya" if rule.minutes else "saat itu juga"
        whole = rule.minutes % 60 == 0
        return f"{rule.minutes // 60} jam sebelumnya" if whole else f"{rule.minutes} menit sebelumnya"
    days = rule.days or 0
    of = " batas" if rule.object in ("month", "month_over") else "nya"
    if days == 0:
        return f"pada hari{of}"
    return f"{abs(days)} hari {'sebelum' if days > 0 else 'sesudah'}{of}"


def jump_line(db: Connection, since: str, zone: str) -> str:
    """Say that the clock of the server jumped, if it did since then."""
    seen = reminders.search(db)
    if seen.jumped_at is None or seen.jumped_by is None or seen.jumped_at < since:
        return ""
    minutes = round(abs(seen.jumped_by) / 60)
    far = f"{minutes} menit" if minutes < 120 else f"{round(minutes / 60)} jam"
    way = "maju" if seen.jumped_by > 0 else "mundur"
    at = show_moment(from_utc_text(seen.jumped_at), zone)
    return f"⚠️ Jam server melompat {way} {far} ({at}). Mohon periksa jam komputer server."
