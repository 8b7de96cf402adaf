"""How a planned meeting was, in one tap: held with everybody there, held with some absent, or not held and why."""

from dataclasses import dataclass

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.settling import Settling
from bot.text import lines
from handlers.meetings.away import Away, who
from handlers.meetings.confirming import confirm_card
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.lesson_choice import warn_of_repeat
from handlers.meetings.members import numbers_on
from handlers.meetings.outcome_card import how_card
from handlers.meetings.report_questions import why_not_held
from handlers.meetings.saved import follow_line, handed_in_at, outcome, record_buttons, text_of
from handlers.reporting.report_text import report_buttons
from handlers.scheduling.moved_lessons import follow, told_moves
from handlers.scheduling.planned import meeting_in, when, which
from storage import meeting_records, meetings, plans
from storage.meeting_records import Attendance, Occasion
from storage.meetings import Meeting

NOT_YOURS = "P2K2 itu bukan dampingan Bapak/Ibu. Lihat jadwal Bapak/Ibu di /jadwal."


@dataclass(frozen=True, slots=True)
class Told:
    """How a planned meeting was: who was absent, or why it was not held; neither, where that was told before."""

    meeting_id: int
    away: Away | None = None
    why_not: str = ""


async def all_there(chat: Chat, read: Reader) -> Told:
    """Take the tap."""
    return Told((await _my_meeting(chat, read)).id, Away())


async def some_absent(chat: Chat, read: Reader) -> Told:
    """Ask who was absent."""
    meeting = await _my_meeting(chat, read)
    if meeting.state != "planned":
        return Told(meeting.id)
    numbers = await read(numbers_on, meeting.group_id, meeting.day)
    away = await chat.ask("absences", who(numbers))
    return Told(meeting.id, away)


async def not_held(chat: Chat, read: Reader) -> Told:
    """Ask why it was not held."""
    meeting = await _my_meeting(chat, read)
    if meeting.state != "planned":
        return Told(meeting.id)
    prompt = f"P2K2 Kelompok {meeting.group}, {when(meeting)}, tidak terlaksana. Kenapa? Boleh juga diketik."
    return Told(meeting.id, why_not=await chat.ask("why", why_not_held(prompt)))


def save_told(tx: Settling, told: Told) -> None:
    """Record it as a draft that counts in 48 hours; a second tap changes nothing and says what stands."""
    meeting = check_told(meetings.meeting(tx.db, told.meeting_id), tx.me.id, tx.stamp)
    if meeting.state != "planned":
        _say_stands(tx, meeting)
        return
    if told.why_not:
        _save_not_held(tx, meeting, told.why_not)
    elif told.away is not None:
        _save_held(tx, meeting, told.away)


async def how(chat: Chat, read: Reader) -> Meeting:
    """Take that a meeting is to be logged."""
    return await _my_meeting(chat, read)


def show_how(tx: Settling, meeting: Meeting) -> None:
    """Show the card that asks how it was; of one that was told, say what stands."""
    if meeting.state != "planned":
        _say_stands(tx, meeting)
        return
    tx.say(how_card(meeting, warn_of_repeat(tx.db, meeting)))


HOW = Dialog("bagaimana", "Laporan P2K2", how, show_how, FACILITATORS)
ALL_THERE = Dialog("terlaksana", "Laporan P2K2", all_there, save_told, FACILITATORS)
SOME_ABSENT = Dialog("absen", "Laporan P2K2", some_absent, save_told, FACILITATORS, steps=1)
NOT_HELD = Dialog("tidak-terlaksana", "Laporan P2K2", not_held, save_told, FACILITATORS, steps=1)


def check_told(meeting: Meeting | None, person_id: int, now: str) -> Meeting:
    """Return the meeting if this person may say now how it was. Raises Refused."""
    if meeting is None or meeting.person_id != person_id:
        raise Refused(NOT_YOURS)
    if meeting.state == "cancelled":
        raise Refused(f"P2K2 {which(meeting)}, {when(meeting)}, sudah dibatalkan; tidak ada yang dicatat.")
    if meeting.state == "planned" and meeting.starts_at > now:
        raise Refused(
            f"P2K2 {which(meeting)} baru mulai {when(meeting)}. Catat setelah itu; bila waktunya berubah, pindahkan "
            "lewat /jadwal."
        )
    return meeting


async def _my_meeting(chat: Chat, read: Reader) -> Meeting:
    found = await read(meetings.meeting, meeting_in(chat.arg) or 0)
    return check_told(found, chat.me.id, utc_text(chat.now))


def _save_held(tx: Settling, meeting: Meeting, away: Away) -> None:
    there = meetings.held_on(tx.db, meeting.group_id, meeting.day, meeting.lesson_id, meeting.topic)
    if there is not None:
        # Logged already, beside its plan: the plan has done its duty.
        plans.cancel_meeting(tx.db, meeting.id)
        _say_stands(tx, there, _moved(tx, meeting))
        return
    numbers = numbers_on(tx.db, meeting.group_id, meeting.day)
    if not away.fits(numbers):
        raise Refused(f"Anggota Kelompok {meeting.group} sekarang {len(numbers)}. Mohon ketik lagi yang tidak hadir.")
    attendance = Attendance(len(numbers), away.numbers, away.counts)
    meeting_records.hold_meeting(tx.db, _as_planned(tx, meeting), attendance)
    tx.withdraw(f"meeting:{meeting.id}")
    saved = meetings.meeting(tx.db, meeting.id)
    assert saved is not None
    told = lines(
        [f"✅ Tersimpan: {outcome(saved)}.", warn_of_repeat(tx.db, saved), follow_line(saved), _moved(tx, meeting)]
    )
    text = text_of(tx.db, saved)
    buttons = (*record_buttons(saved, tx.stamp), *report_buttons(saved.id))
    if away.total:
        # One message with the text in it: with the card and the question this log has cost three, and no more.
        tx.say(lines([told, text]), *buttons)
        return
    tx.replace_card(lines([f"P2K2 {which(saved)}, {when(saved)}", told]), *buttons)
    tx.say(text)


def _save_not_held(tx: Settling, meeting: Meeting, why_not: str) -> None:
    there = meetings.not_held_on(tx.db, meeting.group_id, meeting.day)
    if there is not None:
        plans.cancel_meeting(tx.db, meeting.id)
        _say_stands(tx, there, _moved(tx, meeting))
        return
    meeting_records.record_not_held(tx.db, _as_planned(tx, meeting), why_not)
    tx.withdraw(f"meeting:{meeting.id}")
    saved = meetings.meeting(tx.db, meeting.id)
    assert saved is not None
    told = f"✅ Tersimpan: P2K2 {which(saved)}, {when(saved)}, {outcome(saved)}."
    tx.say(lines([told, _moved(tx, meeting)]), *record_buttons(saved, tx.stamp))


def _moved(tx: Settling, meeting: Meeting) -> str:
    return told_moves(follow(tx, meeting.group_id), tx.me.id)


def _say_stands(tx: Settling, meeting: Meeting, moved: str = "") -> None:
    """Say what was told before; a doubled tap, and another button of the same card, change nothing."""
    if meeting.sent_at is None:
        tx.say(confirm_card(meeting, moved))
        return
    assert meeting.logged_at is not None
    at = dates.local(from_utc_text(meeting.logged_at), tx.zone)
    moment = dates.show_time(at, tx.zone) if at.date() == tx.today else dates.show_moment(at, tx.zone)
    told = f"P2K2 Kelompok {meeting.group} sudah tercatat {moment}: {outcome(meeting)}."
    tx.say(lines([told, moved]), *record_buttons(meeting, tx.stamp))


def _as_planned(tx: Settling, meeting: Meeting) -> Occasion:
    return Occasion(
        ref=f"{tx.ref}:{meeting.id}",
        planned=meeting.id,
        group_id=meeting.group_id,
        person_id=meeting.person_id,
        lesson_id=meeting.lesson_id,
        topic=meeting.topic,
        day=meeting.day,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=meeting.zone,
        place=meeting.place,
        logged_at=tx.stamp,
        logged_by=tx.me.id,
        sent_at=handed_in_at(tx),
    )
