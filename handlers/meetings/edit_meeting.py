"""Changing a record: its owner does for seven days, later the coordinator is asked; what it said before is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.questions import Question, or_skip
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.meetings.confirming import tell_confirmed
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.history import told_changes
from handlers.meetings.lesson_choice import safe_words
from handlers.meetings.meeting_times import LASTS
from handlers.meetings.report_questions import MORE, NO_NAMES, Report, ask_report, kept_report, summary_of
from handlers.meetings.saved import follow_line, handed_in_at, outcome, record_buttons
from handlers.meetings.wishes import ask_for_yes
from handlers.scheduling.moved_lessons import follow, told_moves
from handlers.scheduling.planned import meeting_in, when, which
from storage import groups, meeting_changes, meetings
from storage.database import Connection
from storage.meeting_changes import Values
from storage.meetings import Meeting

T = TypeVar("T")
OPEN_FOR = timedelta(days=7)
"""How long the owner changes a record without asking."""

UNKNOWN = "Laporan itu tidak ditemukan. Lihat laporan Bapak/Ibu di /jadwal."


@dataclass(frozen=True, slots=True)
class Edit:
    """What the record is to say."""

    meeting_id: int
    wanted: Values


async def run(chat: Chat, read: Reader) -> Edit:
    """Show the record, and ask what is otherwise."""
    meeting = check_mine(await read(meetings.meeting, meeting_in(chat.arg) or 0), chat.me.id)
    before = await read(meeting_changes.values_of, meeting.id)
    group = await read(groups.group, meeting.group_id)
    assert group is not None, "groups are never deleted"
    known: Mapping[str, Any] = kept_report(meeting, before["photos"])

    async def ask(key: str, question: Question[T], label: str, about: object = "", given: object = None) -> T:
        return await chat.ask(key, question, label=label, about=about, given=known.get(key, given))

    earliest = date.fromisoformat(meeting.day)
    report = await ask_report(chat, read, ask, [group], earliest=earliest, but=meeting.id)
    wanted = _values(meeting, report)
    same = all(wanted[key] == value for key, value in before.items())
    comment = await read(_comment, meeting.id)
    told = lines([summary_of(report, meeting.zone), f"Diminta: {comment}" if comment else ""])
    await chat.confirm(told, "" if same else "Simpan", also=MORE if report.held else {})
    return Edit(meeting.id, wanted)


async def ask_notes(chat: Chat, read: Reader) -> Edit:
    """Ask for what hindered and what follows; what is left out stays."""
    meeting = check_mine(await read(meetings.meeting, meeting_in(chat.arg) or 0), chat.me.id)
    before = await read(meeting_changes.values_of, meeting.id)
    trouble = await chat.ask("obstacles", or_skip(safe_words(f"Apa kendalanya? Singkat saja, {NO_NAMES}.")))
    after = await chat.ask("follow_up", or_skip(safe_words(f"Apa tindak lanjutnya? Singkat saja, {NO_NAMES}.")))
    notes = {"obstacles": trouble or before["obstacles"], "follow_up": after or before["follow_up"]}
    return Edit(meeting.id, before | notes)


def save(tx: Settling, edit: Edit) -> None:
    """Change the record, or ask for the coordinator's yes; what is the same already is left."""
    meeting = check_mine(meetings.meeting(tx.db, edit.meeting_id), tx.me.id)
    told = told_changes(tx.db, meeting_changes.values_of(tx.db, meeting.id), edit.wanted, meeting.zone)
    if not told:
        tx.say("Tidak ada yang diubah.", *record_buttons(meeting, tx.stamp))
        return
    refuse_second(tx, meeting, edit.wanted)
    if needs_yes(meeting, tx.now):
        ask_for_yes(tx, meeting, edit.wanted, told)
        return
    returned = meeting_changes.change_record(tx.db, meeting.id, edit.wanted, tx.me.id, tx.stamp)
    if meeting.sent_at is None:
        meeting_changes.confirm_meeting(tx.db, meeting.id, sent_at=handed_in_at(tx), now=tx.stamp)
        tell_confirmed(tx, meeting)
    now = meetings.meeting(tx.db, meeting.id)
    assert now is not None
    if returned is not None:
        corrected = f"{tx.me.name} memperbaiki laporan P2K2 {which(now)}, {when(now)}."
        tx.notify(
            returned.person_id,
            lines([corrected, *told]),
            kind="corrected",
            object=f"record:{now.id}",
            occurrence=returned.at,
        )
    moved = told_moves(follow(tx, now.group_id), tx.me.id)
    draft = now.sent_at is not None and now.sent_at > tx.stamp and now.state == "held"
    tx.say(
        lines([f"✅ Tersimpan: P2K2 {which(now)}, {outcome(now)}.", *told, follow_line(now) if draft else "", moved]),
        *record_buttons(now, tx.stamp),
        action("riwayat-p2k2", f"m{now.id}", "Riwayat"),
    )


EDIT = Dialog("ubah-p2k2", "Perubahan laporan", run, save, FACILITATORS)
NOTES = Dialog("catatan", "Catatan laporan", ask_notes, save, FACILITATORS, steps=2)


def check_mine(meeting: Meeting | None, person_id: int) -> Meeting:
    """Return the record if this person may change it. Raises Refused."""
    if meeting is None or meeting.person_id != person_id or meeting.logged_at is None:
        raise Refused(UNKNOWN)
    if meeting.verified_at is not None:
        day = dates.show_day(dates.local(from_utc_text(meeting.verified_at), meeting.zone).date())
        raise Refused(
            f"Laporan P2K2 {which(meeting)} sudah diverifikasi {meeting.verifier} pada {day}, jadi terkunci. Bila ada "
            "yang salah, hubungi koordinator."
        )
    return meeting


def needs_yes(meeting: Meeting, now: datetime) -> bool:
    """Say whether the coordinator is asked: after a week, unless it was sent back for just this."""
    assert meeting.logged_at is not None
    open_still = now <= from_utc_text(meeting.logged_at) + OPEN_FOR
    return not (open_still or meeting.returned_at is not None or meeting.sent_at is None)


def refuse_second(tx: Settling, meeting: Meeting, wanted: Values) -> None:
    """Raise Refused where another record of the group says the same."""
    if wanted["state"] == "held":
        there = meetings.held_on(tx.db, meeting.group_id, wanted["day"], wanted["lesson_id"], wanted["topic"])
    else:
        there = meetings.not_held_on(tx.db, meeting.group_id, wanted["day"])
    if there is not None and there.id != meeting.id:
        day = dates.show_day(date.fromisoformat(wanted["day"]))
        raise Refused(f"Kelompok {meeting.group} sudah punya laporan seperti itu pada {day}. Mohon ubah harinya.")


def _values(meeting: Meeting, report: Report) -> Values:
    one = report.groups[0]
    starts = dates.to_utc(report.day, report.at, meeting.zone)
    moved = utc_text(starts) != meeting.starts_at
    # The group may have grown since: of the same day, the record knows better how many they were.
    members = meeting.members if meeting.state == "held" and report.day.isoformat() == meeting.day else one.members
    counts = one.away.counts if one.away else {}
    return {
        "state": "held" if one.away is not None else "not_held",
        "why_not": report.why_not,
        "lesson_id": report.material.lesson_id,
        "topic": report.material.topic,
        "day": report.day.isoformat(),
        "starts_at": utc_text(starts),
        "ends_at": utc_text(starts + LASTS) if moved else meeting.ends_at,
        "place": report.place,
        "members": None if one.away is None else members,
        "sick": counts.get("sick", 0),
        "excused": counts.get("excused", 0),
        "absent": counts.get("absent", 0),
        "obstacles": report.obstacles,
        "follow_up": report.follow_up,
        "latitude": report.point.latitude if report.point else None,
        "longitude": report.point.longitude if report.point else None,
        "absences": [[number, reason] for number, reason in sorted(one.away.numbers.items())] if one.away else [],
        "photos": [photo.digest for photo in report.photos],
    }


def _comment(db: Connection, meeting_id: int) -> str:
    returned = meeting_changes.last_return(db, meeting_id)
    return returned.comment if returned else ""
