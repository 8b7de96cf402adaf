"""The lower half of an event's card: what somebody answered, what is still asked about it, and what can be tapped."""

from bot.message import Choice
from bot.routes import action
from bot.text import Text, lines
from storage.events import Event
from storage.invitations import Invitation

QUESTION = "Mohon konfirmasi kehadiran."
ASK_REASON = "Apa alasannya? Boleh tidak diisi."
CAUSES = {"S": "sakit", "I": "izin", "DL": "dinas luar"}
"""Why somebody does not come, as the attendance list counts it: its marks, and the words for them."""


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
