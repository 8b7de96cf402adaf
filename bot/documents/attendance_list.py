"""The lines of a daftar hadir and the words on it: the same for the workbook, the paper, and the check of the paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.clock import from_utc_text
from bot.dates import local, show_day, show_time
from bot.dates.vocabulary import SHORT_DAYS
from storage.attendance import Attendance, Attendee, Mark
from storage.slots import Slot

LEVELS = {
    "A": "dipindai panitia",
    "B": "kode langsung",
    "C": "kode tertunda",
    "D": "dibantu teman",
    "E": "dicatat panitia",
}
_FAR = {"around": "lokasi agak jauh", "far": "lokasi jauh"}


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the list of one slot, all in words; `time` is the local "07.52", '' for who is not there."""

    person_id: int
    name: str
    title: str
    district: str
    phone: str
    time: str
    evidence: str
    status: str
    remark: str


def list_lines(found: Attendance, slot: int, zone: str) -> list[Line]:
    """Return who stands on the list of the slot with this index: the expected, the represented, and whoever came."""
    return [
        Line(
            one.id,
            one.name,
            one.title,
            one.district,
            show_phone(one.phone),
            clock_time(one.marks[slot], zone),
            LEVELS[evidence.level] if (evidence := one.marks[slot].evidence) else "",
            one.marks[slot].status,
            remark(one, one.marks[slot], zone),
        )
        for one in found.people
        if _is_listed(one, one.marks[slot])
    ]


def clock_time(mark: Mark, zone: str) -> str:
    """Write when somebody checked in, "07.52"; '' for who did not."""
    return f"{local(from_utc_text(mark.evidence.at), zone):%H.%M}" if mark.evidence else ""


def remark(one: Attendee, mark: Mark, zone: str) -> str:
    """Say what the status and the evidence leave open: for whom, by whom, why, from where, until when."""
    said = [*relations(one)]
    if mark.evidence and not mark.evidence.counts:
        said.append("bukti ini tidak dihitung")
    if mark.evidence and mark.evidence.distance in _FAR:
        said.append(_FAR[mark.evidence.distance])
    if mark.evidence and mark.evidence.left_at:
        said.append(f"keluar {local(from_utc_text(mark.evidence.left_at), zone):%H.%M}")
    if mark.reason:
        said.append(mark.reason)
    return ", ".join(said)


def relations(one: Attendee) -> Iterator[str]:
    """Say how somebody stands to the invitation, where that is not simply invited."""
    if one.represented_by:
        yield f"diwakili oleh {one.represented_by}"
    if one.instead_of:
        yield f"mewakili {one.instead_of}"
    if not one.invited:
        yield "tanpa undangan"
    if one.answer == "waiting":
        yield "daftar tunggu"


def slot_title(slot: Slot) -> str:
    """Write "Minggu, 12 November 2023, sesi pagi"."""
    day = show_day(date.fromisoformat(slot.day))
    return f"{day}, sesi {slot.session}" if slot.session else day


def short_slot(slot: Slot) -> str:
    """Write "Min 12/11 pagi"."""
    day = date.fromisoformat(slot.day)
    return f"{SHORT_DAYS[day.weekday()]} {day:%d/%m} {slot.session}".rstrip()


def hours(slot: Slot, zone: str) -> str:
    """Write "pukul 07.00 s.d. 12.00 WIB"."""
    opens, closes = (local(from_utc_text(at), zone) for at in (slot.opens_at, slot.closes_at))
    return f"pukul {opens:%H.%M} s.d. {show_time(closes, zone).removeprefix('pukul ')}"


def show_phone(phone: str) -> str:
    """Write an Indonesian number as people dial it, and any other as it is."""
    return f"0{phone.removeprefix('+62')}" if phone.startswith("+62") else phone


def _is_listed(one: Attendee, mark: Mark) -> bool:
    return one.expected or one.answer == "delegated" or bool(mark.status) or mark.evidence is not None
