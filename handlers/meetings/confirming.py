"""What a colleague logged for somebody: its owner says with one tap whether it is right; both names stay."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.lesson_choice import material_of
from handlers.meetings.saved import follow_line, handed_in_at, outcome, record_buttons
from handlers.scheduling.moved_lessons import follow, told_moves
from handlers.scheduling.planned import meeting_in, when, which
from storage import meeting_changes, meetings, office
from storage.meetings import Meeting

GONE = "Catatan itu sudah dihapus, atau bukan untuk Bapak/Ibu. Lihat laporan Bapak/Ibu di /jadwal."


def confirm_card(meeting: Meeting, moved: str = "") -> Message:
    """Ask the owner whether it was as a colleague says; `moved` says which plans have another lesson thereby."""
    told = [
        f"{meeting.logger} mencatat P2K2 ini untuk Bapak/Ibu:",
        f"{which(meeting)}, {when(meeting)}",
        material_of(meeting),
        f"{outcome(meeting)}.".capitalize(),
        "Benar?",
        moved,
    ]
    return Message(lines(told), confirm_buttons(meeting.id))


def confirm_buttons(meeting_id: int) -> tuple[Choice, ...]:
    """Return what the owner can do with it."""
    arg = f"m{meeting_id}"
    return (
        action("benar-p2k2", arg, "Benar"),
        action("ubah-p2k2", arg, "Ubah"),
        action("hapus-p2k2", arg, "Bukan, hapus"),
    )


def ask_owner(tx: Settling, meeting: Meeting, moved: str) -> bool:
    """Send the owner the card; False where he or she can be reached in no chat."""
    object_, card = f"record:{meeting.id}", confirm_card(meeting, moved)
    return tx.notify(meeting.person_id, card, kind="confirm", object=object_, occurrence=tx.ref) > 0


def tell_confirmed(tx: Settling, meeting: Meeting) -> None:
    """Tell the colleague that it counts now."""
    assert meeting.logged_by is not None
    told = f"✅ {meeting.owner} mengonfirmasi P2K2 {which(meeting)}, {when(meeting)}. Terima kasih sudah mencatat."
    tx.notify(meeting.logged_by, told, kind="confirmed", object=f"record:{meeting.id}", occurrence=tx.ref)


async def run(chat: Chat, read: Reader) -> int:
    """Take the tap."""
    return meeting_in(chat.arg) or 0


def confirm(tx: Settling, meeting_id: int) -> None:
    """Let it count; a second tap says what stands."""
    meeting = _mine(tx, meeting_id)
    if not meeting_changes.confirm_meeting(tx.db, meeting.id, sent_at=handed_in_at(tx), now=tx.stamp):
        tx.say(f"P2K2 {which(meeting)} sudah dikonfirmasi: {outcome(meeting)}.", *record_buttons(meeting, tx.stamp))
        return
    tell_confirmed(tx, meeting)
    now = meetings.meeting(tx.db, meeting.id)
    assert now is not None
    told = lines([f"✅ Tersimpan: P2K2 {which(now)}, {when(now)}, {outcome(now)}.", follow_line(now)])
    tx.replace_card(told, *record_buttons(now, tx.stamp))


def drop(tx: Settling, meeting_id: int) -> None:
    """Remove what is not so; its plan, if there was one, stands again."""
    meeting = _mine(tx, meeting_id)
    if not meeting_changes.drop_unconfirmed(tx.db, meeting.id):
        tx.say(f"P2K2 {which(meeting)} sudah dikonfirmasi, jadi tidak dihapus.", *record_buttons(meeting, tx.stamp))
        return
    office.note(tx.db, tx.stamp, tx.me.id, "drop-record", f"person:{meeting.logged_by}", f"meeting {meeting.id}")
    assert meeting.logged_by is not None
    told = f"{meeting.owner} menghapus catatan P2K2 {which(meeting)}, {when(meeting)}: menurutnya tidak begitu."
    tx.notify(meeting.logged_by, told, kind="dropped", object=f"record:{meeting.id}", occurrence=tx.ref)
    # The plan that stands again is brought back in order with the rest, though it may have begun.
    moved = told_moves(follow(tx, meeting.group_id, min(tx.stamp, meeting.starts_at)), tx.me.id)
    tx.replace_card(lines([f"Dihapus: P2K2 {which(meeting)}, {when(meeting)}, catatan {meeting.logger}.", moved]))


CONFIRM = Dialog("benar-p2k2", "Konfirmasi laporan", run, confirm, FACILITATORS)
DROP = Dialog("hapus-p2k2", "Hapus catatan rekan", run, drop, FACILITATORS)


def _mine(tx: Settling, meeting_id: int) -> Meeting:
    found = meetings.meeting(tx.db, meeting_id)
    if found is None or found.person_id != tx.me.id or found.logged_at is None:
        raise Refused(GONE)
    return found
