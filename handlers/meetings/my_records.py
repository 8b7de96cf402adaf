"""A facilitator's own records: where each stands, draft or handed in; one of them whole, and what changed in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.routes import action
from bot.settling import Settling
from bot.text import bold, lines
from handlers.meetings.confirming import confirm_buttons
from handlers.meetings.edit_meeting import UNKNOWN
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.history import told_changes
from handlers.meetings.lesson_choice import material_of
from handlers.meetings.saved import STANDING, outcome, record_buttons
from handlers.scheduling.planned import meeting_in, short_moment, when, which
from storage import meeting_changes, meetings, office
from storage.meeting_status import status_of
from storage.meetings import Meeting

SHOWN_BACK = timedelta(days=31)
MOST_SHOWN = 10
READERS = frozenset({"facilitator", "supervisor", "coordinator", "operator"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to be shown; None: the list of them."""

    meeting_id: int | None


async def run(chat: Chat, read: Reader) -> Wanted:
    """Read which record is meant."""
    return Wanted(meeting_in(chat.arg))


def show(tx: Settling, wanted: Wanted) -> None:
    """Show the list, or one record whole."""
    if wanted.meeting_id is None:
        _list(tx)
        return
    meeting = _readable(tx, wanted.meeting_id)
    _note_reading(tx, meeting, "see report")
    mine = meeting.person_id == tx.me.id
    buttons = confirm_buttons(meeting.id) if meeting.sent_at is None else record_buttons(meeting, tx.stamp)
    past = (action("riwayat-p2k2", f"m{meeting.id}", "Riwayat"),)
    changed = past if meeting_changes.pasts_of(tx.db, meeting.id) else ()
    tx.say(lines(record_lines(tx, meeting)), *(buttons if mine else ()), *changed)


def show_history(tx: Settling, wanted: Wanted) -> None:
    """Show who changed what, and when."""
    meeting = _readable(tx, wanted.meeting_id or 0)
    _note_reading(tx, meeting, "see history")
    pasts = meeting_changes.pasts_of(tx.db, meeting.id)
    states = [*(one.before for one in pasts), meeting_changes.values_of(tx.db, meeting.id)]
    assert meeting.logged_at is not None
    told = [f"{_moment(meeting.logged_at, tx.zone)}, {meeting.logger}: dicatat"]
    for place, one in enumerate(pasts):
        changes = told_changes(tx.db, states[place], states[place + 1], meeting.zone)
        told += [f"{_moment(one.changed_at, tx.zone)}, {one.changed_by}: {'; '.join(changes)}"]
    tx.say(lines([bold(f"Riwayat P2K2 {which(meeting)}, {when(meeting)}"), *told]))


RECORDS = Dialog("laporan", "Laporan saya", run, show, READERS)
HISTORY = Dialog("riwayat-p2k2", "Riwayat laporan", run, show_history, READERS)


def _list(tx: Settling) -> None:
    since = (tx.today - SHOWN_BACK).isoformat()
    found: Sequence[Meeting] = meetings.recorded_of(tx.db, tx.me.id, since)[:MOST_SHOWN]
    if not found and tx.me.role not in FACILITATORS:
        tx.say("Laporan para pendamping ada di rekap.", action("rekap", "", "Rekap"))
        return
    if not found:
        tx.say("Belum ada laporan P2K2. Catat dengan /p2k2.")
        return
    told = [f"{_short(one)} · {outcome(one)} · {_status(one, tx.stamp)}" for one in found]
    buttons = [action("laporan", f"m{one.id}", _short(one)) for one in found]
    tx.say(lines([bold("Laporan P2K2 saya"), *told]), *buttons)


def record_lines(tx: Settling, one: Meeting) -> list[str]:
    """Write one record whole, and where it stands."""
    returned = meeting_changes.last_return(tx.db, one.id)
    return [
        f"P2K2 {which(one)}, {when(one)}",
        material_of(one),
        f"{outcome(one)}.".capitalize(),
        f"Tempat: {one.place}" if one.place else "",
        f"Foto: {one.photos}" if one.photos else "",
        f"Kendala: {one.obstacles}" if one.obstacles else "",
        f"Tindak lanjut: {one.follow_up}" if one.follow_up else "",
        f"Pendamping {one.owner}, dicatat {one.logger}" if one.logged_by != one.person_id else "",
        f"Status: {_status(one, tx.stamp)}{_when_sent(one, tx)}",
        f"{returned.name}: {returned.comment}" if returned else "",
    ]


def _when_sent(one: Meeting, tx: Settling) -> str:
    if status_of(one, tx.stamp) == "verified":
        return f" {one.verifier}"
    if status_of(one, tx.stamp) == "draft" and one.sent_at is not None:
        return f", terkirim sendiri {dates.show_moment(from_utc_text(one.sent_at), tx.zone)}"
    return ""


def _status(one: Meeting, now: str) -> str:
    status = status_of(one, now)
    assert status is not None, "it is recorded"
    return STANDING[status]


def _short(one: Meeting) -> str:
    return f"{one.group}, {short_moment(one.starts_at, one.zone)}"


def _moment(at: str, zone: str) -> str:
    return short_moment(at, zone)


def _note_reading(tx: Settling, meeting: Meeting, deed: str) -> None:
    """Leave a line where the office reads what is not its own."""
    if tx.me.id not in (meeting.person_id, meeting.logged_by):
        office.note(tx.db, tx.stamp, tx.me.id, deed, f"meeting:{meeting.id}")


def _readable(tx: Settling, meeting_id: int) -> Meeting:
    """Return the record if who talks may read it: its owner, who logged it, the kecamatan's supervisor, the office."""
    found = meetings.meeting(tx.db, meeting_id)
    if found is None or found.logged_at is None:
        raise Refused(UNKNOWN)
    own = tx.me.id in (found.person_id, found.logged_by)
    office_reads = tx.me.role in ("operator", "coordinator")
    supervised = tx.me.role == "supervisor" and tx.me.district_id == meetings.district_of(tx.db, found.id)
    if not (own or office_reads or supervised):
        raise Refused(UNKNOWN)
    return found
