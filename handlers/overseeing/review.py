"""Reviewing a report: it is verified, which locks it, or sent back for correction with what is to be corrected."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Attachment, Message
from bot.picked import choose
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.lesson_choice import safe_words
from handlers.meetings.my_records import record_lines
from handlers.overseeing.scope import NOT_YOURS, OVERSEERS, read_scope
from handlers.scheduling.planned import meeting_in, short_moment, when, which
from storage import meeting_changes, meetings, office, records
from storage.meeting_status import status_of
from storage.meetings import Meeting
from storage.people import Person

MOST_OFFERED = 20
MOST_PHOTOS = 10
NONE = "Belum ada laporan di bulan itu."


@dataclass(frozen=True, slots=True)
class ToReview:
    """The record that is to be looked at."""

    meeting_id: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What is to be corrected in a record."""

    meeting_id: int
    text: str


async def ask_record(chat: Chat, read: Reader) -> ToReview:
    """Ask which of a facilitator's records of a month is to be reviewed; "m7" names it."""
    if (meeting_id := meeting_in(chat.arg)) is not None:
        return ToReview(meeting_id)
    scope = read_scope(chat)
    if scope.person_id is None:
        raise Refused(NOT_YOURS)
    found = await read(records.records_between, scope.person_id, f"{scope.key}-01", f"{scope.key}-31")
    if not found:
        raise Refused(NONE)
    options = {str(one.id): one for one in found[:MOST_OFFERED]}
    only = next(iter(options)) if len(options) == 1 else None
    question = choose(
        "Laporan yang mana?", options, lambda one: f"{one.group}, {short_moment(one.starts_at, one.zone)}"
    )
    return ToReview((await chat.ask("record", question, given=only)).id)


def show_record(tx: Settling, wanted: ToReview) -> None:
    """Show the record, and what can be said to it."""
    meeting = _supervised(tx, wanted.meeting_id)
    office.note(tx.db, tx.stamp, tx.me.id, "see report", f"meeting:{meeting.id}")
    arg = f"m{meeting.id}"
    decides = (action("verifikasi", arg, "Verifikasi"), action("kembalikan", arg, "Kembalikan"))
    photos = (action("pantau-foto", arg, "Lihat foto"),) if meeting.photos else ()
    open_ = status_of(meeting, tx.stamp) == "sent"
    tx.say(lines(record_lines(tx, meeting)), *(decides if open_ else ()), *photos)


def show_photos(tx: Settling, wanted: ToReview) -> None:
    """Show the record's photos, one message each."""
    meeting = _supervised(tx, wanted.meeting_id)
    found = records.record(tx.db, meeting.id)
    assert found is not None, "it is recorded"
    for number, digest in enumerate(found.photos[:MOST_PHOTOS], 1):
        file = Attachment(digest, f"foto-{number}.jpg", "photo")
        tx.say(Message(lines([f"Foto {number} dari {len(found.photos)}, P2K2 {which(meeting)}"]), file=file))
    if not found.photos:
        tx.say("Laporan itu belum ada fotonya.")
        return
    office.note(tx.db, tx.stamp, tx.me.id, "see photos", f"meeting:{meeting.id}")


def verify(tx: Settling, wanted: ToReview) -> None:
    """Lock the record, and tell its owner; the second tap says how it stands."""
    meeting = _supervised(tx, wanted.meeting_id)
    if not meeting_changes.verify_meeting(tx.db, meeting.id, by=tx.me.id, now=tx.stamp):
        raise Refused(_why_not(meeting, tx.stamp))
    office.note(tx.db, tx.stamp, tx.me.id, "verify", f"meeting:{meeting.id}")
    tx.replace_card(f"✅ Diverifikasi: P2K2 {which(meeting)}, {when(meeting)}. Laporan ini terkunci.")
    _tell_owner(tx, meeting, f"✅ Laporan P2K2 {which(meeting)}, {when(meeting)}, sudah diverifikasi {tx.me.name}.")


async def ask_comment(chat: Chat, read: Reader) -> Comment:
    """Ask what is to be corrected: without that nothing is sent back."""
    meeting_id = meeting_in(chat.arg) or 0
    found = await read(meetings.meeting, meeting_id)
    if found is None or not may_review(chat.me, await read(meetings.district_of, meeting_id)):
        raise Refused(NOT_YOURS)
    if status_of(found, utc_text(chat.now)) != "sent":
        raise Refused(_why_not(found, utc_text(chat.now)))
    asks = f"Apa yang perlu diperbaiki pada laporan P2K2 {which(found)}, {when(found)}?"
    return Comment(meeting_id, await chat.ask("comment", safe_words(asks, least=5, most=300)))


def send_back(tx: Settling, comment: Comment) -> None:
    """Reopen exactly this record, and tell its owner what to correct."""
    meeting = _supervised(tx, comment.meeting_id)
    if not meeting_changes.return_meeting(tx.db, meeting.id, by=tx.me.id, comment=comment.text, now=tx.stamp):
        raise Refused(_why_not(meeting, tx.stamp))
    office.note(tx.db, tx.stamp, tx.me.id, "return", f"meeting:{meeting.id}")
    tx.say(f"Dikembalikan ke {meeting.owner}: P2K2 {which(meeting)}, {when(meeting)}.")
    told: list[str | Text] = [
        bold("Laporan dikembalikan"),
        f"P2K2 {which(meeting)}, {when(meeting)}",
        f"{tx.me.name}: {comment.text}",
    ]
    fix = action("ubah-p2k2", f"m{meeting.id}", "Perbaiki")
    tx.notify(
        meeting.person_id,
        Message(lines(told), (fix,)),
        kind="returned",
        object=f"meeting:{meeting.id}",
        occurrence=tx.stamp,
    )


REVIEW = Dialog("pantau-laporan", "Pemeriksaan laporan", ask_record, show_record, OVERSEERS, steps=1)
PHOTOS = Dialog("pantau-foto", "Foto laporan", ask_record, show_photos, OVERSEERS)
VERIFY_REPORT = Dialog("verifikasi", "Verifikasi laporan", ask_record, verify, OVERSEERS)
SEND_BACK = Dialog("kembalikan", "Pengembalian laporan", ask_comment, send_back, OVERSEERS, steps=1)


def may_review(me: Person, district_id: int | None) -> bool:
    """Say whether the person oversees a kecamatan's records."""
    return me.role in ("operator", "coordinator") or (me.role == "supervisor" and me.district_id == district_id)


def _supervised(tx: Settling, meeting_id: int) -> Meeting:
    found = meetings.meeting(tx.db, meeting_id)
    if found is None or found.logged_at is None or not may_review(tx.me, meetings.district_of(tx.db, meeting_id)):
        raise Refused(NOT_YOURS)
    return found


def _why_not(meeting: Meeting, now: str) -> str:
    status = status_of(meeting, now)
    if status == "verified":
        return f"Laporan itu sudah diverifikasi {meeting.verifier}."
    if status == "returned":
        return "Laporan itu sudah dikembalikan dan belum diperbaiki."
    return "Laporan itu masih draft, belum bisa diperiksa."


def _tell_owner(tx: Settling, meeting: Meeting, said: str) -> None:
    tx.notify(meeting.person_id, said, kind="verified", object=f"meeting:{meeting.id}", occurrence=tx.stamp)
