"""The cards of a meeting: it is about to begin, or it is over and nothing is logged."""

from bot.clock import from_utc_text
from bot.dates import local, show_day, show_moment, show_short_day, show_time
from bot.message import Attachment, Choice, Message
from bot.routes import action
from bot.text import Text, lines
from handlers.meetings.lesson_choice import material_of, warn_of_repeat
from handlers.meetings.outcome_card import outcome_buttons
from handlers.reminding.part import Part
from storage import lesson_files, meetings
from storage.database import Connection
from storage.meetings import Meeting
from storage.reminders import Due

SNOOZE = "nanti"
"""The action of the button by which a card comes once more."""

MATERIAL = "bahan"
"""The action of the button that brings a meeting's key material, where the card could not carry it."""


def coming(db: Connection, due: Due) -> Message:
    """Say what is about to begin, with the lesson's key material where the office has attached some."""
    meeting = _meeting(db, due)
    files = lesson_files.of(db, meeting.lesson_id) if meeting.lesson_id is not None else []
    file = Attachment(files[0].digest, files[0].name, files[0].kind) if files else None
    told = lines([f"⏰ {_coming_line(meeting)}", material_of(meeting)])
    # Two hours before there is no later any more.
    later = (snooze_button(meeting),) if due.daily else ()
    return Message(told, (*coming_buttons(meeting), *later), file)


def coming_part(db: Connection, due: Due) -> Part:
    """Say it among others."""
    meeting = _meeting(db, due)
    has_files = meeting.lesson_id is not None and bool(lesson_files.of(db, meeting.lesson_id))
    material = (action(MATERIAL, f"m{meeting.id}", f"Bahan {_short(meeting)}"),) if has_files else ()
    return Part(
        lines([_coming_line(meeting), material_of(meeting)]),
        (action("jadwal", f"m{meeting.id}", f"Ubah {_short(meeting)}"), *material),
    )


def ended(db: Connection, due: Due) -> Message:
    """Ask how it was."""
    meeting = _meeting(db, due)
    told = _ended_line(meeting, named=due.sort != "ended")
    # Three ways to say it are all that WhatsApp has buttons for; asked again the day after, one may put it off.
    later = (snooze_button(meeting),) if due.sort == "overdue" else ()
    asks = lines([f"⏰ {told} Bagaimana?", material_of(meeting), warn_of_repeat(db, meeting)])
    return Message(asks, (*ended_buttons(meeting), *later))


def ended_part(db: Connection, due: Due) -> Part:
    """Say among others that it is not logged."""
    meeting = _meeting(db, due)
    return Part(
        Text.of(f"{_ended_line(meeting, named=True)} Belum dicatat."),
        (action("p2k2", f"m{meeting.id}", f"Catat {_short(meeting)}"),),
    )


def again(db: Connection, due: Due) -> Message:
    """Say or ask once more what was put off; not to be put off again."""
    meeting = _meeting(db, due)
    if due.until == meeting.starts_at:
        return Message(lines([f"⏰ {_coming_line(meeting)}", material_of(meeting)]), coming_buttons(meeting))
    told = f"⏰ {_ended_line(meeting, named=True)} Bagaimana?"
    return Message(lines([told, material_of(meeting), warn_of_repeat(db, meeting)]), ended_buttons(meeting))


def again_part(db: Connection, due: Due) -> Part:
    """Say it among others."""
    return coming_part(db, due) if due.until == due.occurrence else ended_part(db, due)


def snooze_button(meeting: Meeting) -> Choice:
    """Return the button that lets the card come once more."""
    return action(SNOOZE, f"m{meeting.id}", "Ingatkan nanti")


def coming_buttons(meeting: Meeting) -> tuple[Choice, ...]:
    """Return what can be tapped before a meeting."""
    return action("p2k2", f"m{meeting.id}", "Catat P2K2"), action("jadwal", f"m{meeting.id}", "Ubah jadwal")


def ended_buttons(meeting: Meeting) -> tuple[Choice, ...]:
    """Return what can be tapped after a meeting of which nothing is logged."""
    return outcome_buttons(meeting.id)


def _coming_line(meeting: Meeting) -> str:
    where = f", di {meeting.place}" if meeting.place else ""
    when = show_moment(from_utc_text(meeting.starts_at), meeting.zone)
    return f"P2K2 Kelompok {meeting.group} ({meeting.members} anggota), {when}{where}."


def _ended_line(meeting: Meeting, *, named: bool) -> str:
    """Say when it was over; `named`, on which day."""
    ends = local(from_utc_text(meeting.ends_at), meeting.zone)
    when = f"{show_day(ends.date())} " if named else ""
    return f"P2K2 Kelompok {meeting.group} ({meeting.members} anggota) selesai {when}{show_time(ends, meeting.zone)}."


def _short(meeting: Meeting) -> str:
    here = local(from_utc_text(meeting.starts_at), meeting.zone)
    return f"{meeting.group}, {show_short_day(here.date())} {here:%H.%M}"


def _meeting(db: Connection, due: Due) -> Meeting:
    meeting = meetings.meeting(db, due.object_id)
    assert meeting is not None, "a reminder is of something planned"
    return meeting
