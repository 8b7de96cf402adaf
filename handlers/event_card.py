"""The card of an event: what is announced, the question whether one comes, and the answer once it is given."""

import json
from datetime import date, datetime, time

from bot.clock import from_utc_text
from bot.dates import local, show_days, show_time, to_utc
from bot.message import Attachment, Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.event_details import detail_lines
from storage import events, invitations
from storage.events import Event
from storage.invitations import Invitation
from storage.people import Person

QUESTION = "Mohon konfirmasi kehadiran."
ASK_REASON = "Apa alasannya? Boleh tidak diisi."
CAUSES = {"S": "sakit", "I": "izin", "DL": "dinas luar"}
"""Why somebody does not come, as the attendance list counts it: its marks, and the words for them."""


def event_lines(event: Event, zone: str) -> Text:
    """Say what it is about, when in `zone`, and where."""
    return lines([bold(event.subject), show_when(event, zone), f"{event.place} 📍"])


def card_lines(event: Event, zone: str) -> Text:
    """Say all that the invited are told of it: `event_lines`, and every field of the letter that is filled."""
    return lines([event_lines(event, zone), *detail_lines(event.details)])


def show_when(event: Event, zone: str) -> str:
    """Write "Minggu s.d. Selasa, 12 s.d. 14 November 2023, mulai pukul 08.00 WIB"."""
    first, last = date.fromisoformat(event.first_day), date.fromisoformat(event.last_day)
    days = show_days(first, last)
    starts = local(from_utc_text(event.starts_at), zone)
    if event.ends is None:
        return f"{days}, mulai {show_time(starts, zone)}"
    ends = show_time(to_utc(first, time.fromisoformat(event.ends), event.zone), zone).removeprefix("pukul ")
    return f"{days}, pukul {starts:%H.%M} s.d. {ends}"


def card(event: Event, name: str, zone: str, invitation: Invitation | None = None) -> Message:
    """Return the card for somebody of this name, with what he or she answered."""
    told = lines([f"Yth. Bapak/Ibu {name}", card_lines(event, zone), said(invitation)])
    return Message(told, buttons(event, invitation))


def said(invitation: Invitation | None) -> Text:
    """Say what was answered and what is still asked about it, or ask."""
    if invitation is None or invitation.answer is None:
        stands_in = invitation is not None and invitation.represented
        return Text.of(f"Bersedia mewakili {stands_in}?" if stands_in else QUESTION)
    more = room_line(invitation)
    if invitation.answer == "no" and not (invitation.cause or invitation.reason):
        more = ASK_REASON
    elif invitation.answer == "waiting":
        more = "Bapak/Ibu dikabari begitu ada tempat."
    return lines([answer_line(invitation), more])


def answer_line(invitation: Invitation) -> str:
    """Say what was answered, and if the office entered it: "Jawaban: Hadir ✅, dicatat oleh Dinas"."""
    return f"Jawaban: {show_kept(invitation)}"


def show_kept(invitation: Invitation) -> str:
    """Write what was answered, and if the office entered it."""
    by_office = "" if invitation.answered_by is None else ", dicatat oleh Dinas"
    return f"{show_answer(invitation)}{by_office}"


def room_line(invitation: Invitation) -> str:
    """Say with whom the person shares a room, or ask; '' where nobody does."""
    if not _shares_room(invitation):
        return ""
    asked = f"Menunggu jawaban {invitation.room_wish} untuk sekamar." if invitation.room_wish else ""
    if invitation.room_mate:
        return " ".join(filter(None, (f"Sekamar dengan {invitation.room_mate}.", asked)))
    if invitation.room_wish is None:
        return "Sekamar berdua, dengan siapa?"
    return asked or "Sekamar: siapa saja."


def show_answer(invitation: Invitation) -> str:
    """Write what was answered: "Hadir ✅", "Tidak hadir (sakit)", "Diwakili Budi (menunggu jawabannya)"."""
    if invitation.answer == "yes":
        return f"Hadir ✅, mewakili {invitation.represented}" if invitation.represented else "Hadir ✅"
    if invitation.answer == "delegated":
        waits = " (menunggu jawabannya)" if invitation.delegate_answer is None else ""
        return f"Diwakili {invitation.delegate}{waits}"
    if invitation.answer == "waiting":
        return f"Tempat penuh, daftar tunggu nomor {invitation.queue}"
    why = show_reason(invitation.cause, invitation.reason)
    return f"Tidak hadir ({why})" if why else "Tidak hadir"


def show_reason(cause: str | None, reason: str | None) -> str:
    """Write why somebody does not come: "sakit", "izin: mengantar anak", or nothing."""
    return ": ".join(filter(None, (CAUSES.get(cause or ""), reason)))


def buttons(event: Event, invitation: Invitation | None) -> tuple[Choice, ...]:
    """Return what can be tapped under an answer, or under none."""
    if invitation is None or invitation.answer is None:
        return ask_buttons(event, invitation)
    edit = edit_button(event)
    if invitation.answer == "no" and not (invitation.cause or invitation.reason):
        return (*reason_buttons(event), edit)
    if not _shares_room(invitation):
        return (edit,)
    if invitation.room_mate or invitation.room_wish is not None:
        return action("sekamar", event.id, "Ganti teman"), edit
    return action("sekamar", event.id, "Pilih teman"), action("kamar", f"{event.id}.any", "Siapa saja"), edit


def ask_buttons(event: Event, invitation: Invitation | None, *, again: bool = False) -> tuple[Choice, ...]:
    """Return the ways to answer; `again` makes them change an answer that was given."""
    if invitation is not None and invitation.instead_of is not None:
        whom = invitation.instead_of
        yes, no = action("rsvp", f"{event.id}.for.{whom}", "Ya, saya hadir"), f"{event.id}.not-for.{whom}"
        return yes, action("rsvp", no, "Tidak bisa")
    to = "to-" if again else ""
    return (
        action("rsvp", f"{event.id}.{to}yes", "Hadir"),
        action("rsvp", f"{event.id}.{to}no", "Tidak hadir"),
        action("wakil", f"{event.id}.to" if again else event.id, "Diwakili"),
    )


def edit_button(event: Event) -> Choice:
    """Return the button that opens the question again."""
    return action("rsvp", f"{event.id}.edit", "Ubah")


def reason_buttons(event: Event) -> tuple[Choice, ...]:
    """Return the reasons for not coming, and the way to write another."""
    causes = (action("rsvp", f"{event.id}.{cause}", words.capitalize()) for cause, words in CAUSES.items())
    return *causes, action("alasan", event.id, "Tulis alasan")


def _shares_room(invitation: Invitation) -> bool:
    return invitation.answer == "yes" and invitation.shares_rooms


def to_json(file: Attachment | None) -> str | None:
    """Write an event's attachment as the table keeps it."""
    return json.dumps([file.digest, file.name, file.kind]) if file else None


def send_card(tx: Settling, event: Event, person_id: int, name: str, occurrence: str = "") -> int:
    """Send somebody the card, once for each `occurrence`, when the event's cards leave; return how many rows."""
    leaves = from_utc_text(event.sends_at) if event.sends_at and not event.is_out(tx.stamp) else None
    about = f"event:{event.id}"
    rows = 0
    if event.attachment:
        # By itself: a card that is a file's caption could not be edited into the answer on every channel.
        file = Message(Text.of(f"Lampiran: {event.subject}"), file=Attachment(*json.loads(event.attachment)))
        rows += tx.notify(
            person_id,
            file,
            kind="attachment",
            object=about,
            occurrence=occurrence,
            lane=2,
            expires_at=ends_at(tx, event),
            not_before=leaves,
        )
    message = card(event, name, tx.zone, invitations.invitation(tx.db, event.id, person_id))
    return rows + tx.notify(
        person_id,
        message,
        kind="announcement",
        object=about,
        occurrence=occurrence,
        lane=2,
        expires_at=ends_at(tx, event),
        not_before=leaves,
    )


def ends_at(tx: Settling, event: Event) -> datetime | None:
    """Return when nothing can be done about the event any more: its last slot closes."""
    slots = events.slots_of(tx.db, event.id)
    return from_utc_text(slots[-1].closes_at) if slots else None


def send_open(tx: Settling, person: Person) -> int:
    """Send a person, just registered or approved, the card of every event to come that he or she has not been told of.

    Return how many rows that made.
    """
    rows = 0
    for event in events.open_events_for(tx.db, person.id, tx.stamp):
        invitations.admit(tx.db, event.id, person.id)
        rows += send_card(tx, event, person.id, person.name)
    return rows
