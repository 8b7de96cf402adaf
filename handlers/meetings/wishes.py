"""A change that comes after a week: the coordinator, or the operator, says yes or no on a card; the owner is told."""

from collections.abc import Sequence

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice, Message
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import bold, lines
from handlers.meetings.history import told_changes
from handlers.scheduling.moved_lessons import follow, told_moves
from handlers.scheduling.planned import when, which
from storage import meeting_changes, meetings, office, people
from storage.meeting_changes import Values, Wish
from storage.meetings import Meeting

DECIDERS = frozenset({"operator", "coordinator"})
STATES = {"accepted": "disetujui", "refused": "ditolak"}


def ask_for_yes(tx: Settling, meeting: Meeting, wanted: Values, told: Sequence[str]) -> None:
    """Keep what is to be otherwise, and ask all who may decide."""
    before = meeting_changes.values_of(tx.db, meeting.id)
    # Only what differs: what is added to the record until then, a photo say, is not taken away by the yes.
    wanted = {key: value for key, value in wanted.items() if value != before[key]}
    wish_id, again = meeting_changes.wish(
        tx.db, ref=tx.ref, meeting_id=meeting.id, by=tx.me.id, wanted=wanted, now=tx.stamp
    )
    asks = lines([bold(f"{tx.me.name} minta mengubah laporan"), f"P2K2 {which(meeting)}, {when(meeting)}", *told])
    # With its ref: what is asked for later has cards of its own, and the old ones must not say yes to it.
    arg = f"{wish_id}.{tx.ref}"
    choices = (action("setujui-ubah", arg, "Setujui"), action("tolak-ubah", arg, "Tolak"))
    for one in people.people_in_roles(tx.db, *sorted(DECIDERS)):
        card = Message(asks, choices)
        tx.notify(one.id, card, kind="wish", object=f"wish:{wish_id}", occurrence=tx.ref)
    tx.say(
        lines(
            [
                "Laporan ini sudah lewat 7 hari, jadi perubahannya menunggu persetujuan koordinator:",
                *told,
                "Permintaan yang tadi diganti dengan ini." if again else "",
                "Bapak/Ibu dikabari begitu diputuskan.",
            ]
        ),
        _look(meeting),
    )


async def run(chat: Chat, read: Reader) -> str:
    """Take the tap."""
    return chat.arg


def accept(tx: Settling, tapped: str) -> None:
    """Let the record say what was asked for."""
    wish, meeting = _waiting(tx, tapped)
    if meeting.verified_at is not None:
        raise Refused(f"Laporan P2K2 {which(meeting)} sudah diverifikasi {meeting.verifier}, jadi terkunci.")
    before = meeting_changes.values_of(tx.db, meeting.id)
    wanted = before | wish.wanted
    if _is_taken(tx, meeting, wanted):
        raise Refused(f"Kelompok {meeting.group} sudah punya laporan lain yang sama. Mohon tolak permintaan ini.")
    told = told_changes(tx.db, before, wanted, meeting.zone)
    meeting_changes.change_record(tx.db, meeting.id, wanted, wish.asked_by, tx.stamp)
    moved = told_moves(follow(tx, meeting.group_id), wish.asked_by)
    _decided(tx, wish, meeting, accepted=True, told=told, moved=moved)


def refuse(tx: Settling, tapped: str) -> None:
    """Leave the record as it is."""
    wish, meeting = _waiting(tx, tapped)
    _decided(tx, wish, meeting, accepted=False, told=())


ACCEPT = Dialog("setujui-ubah", "Persetujuan perubahan", run, accept, DECIDERS)
REJECT = Dialog("tolak-ubah", "Penolakan perubahan", run, refuse, DECIDERS)


def _look(meeting: Meeting) -> Choice:
    return action("laporan", f"m{meeting.id}", "Lihat laporan")


def _waiting(tx: Settling, tapped: str) -> tuple[Wish, Meeting]:
    id_, _, ref = tapped.partition(".")
    wish = meeting_changes.wish_of(tx.db, number_in(id_))
    meeting = meetings.meeting(tx.db, wish.meeting_id) if wish else None
    if wish is None or meeting is None:
        raise Refused("Permintaan itu tidak ditemukan.")
    if wish.ref != ref:
        raise Refused(f"Permintaan itu sudah diganti {wish.asker} dengan yang lain. Lihat kartu yang terbaru.")
    if wish.state != "waiting":
        raise Refused(f"Permintaan itu sudah {STATES[wish.state]} {wish.decider}.")
    return wish, meeting


def _is_taken(tx: Settling, meeting: Meeting, wanted: Values) -> bool:
    if wanted["state"] == "held":
        there = meetings.held_on(tx.db, meeting.group_id, wanted["day"], wanted["lesson_id"], wanted["topic"])
    else:
        there = meetings.not_held_on(tx.db, meeting.group_id, wanted["day"])
    return there is not None and there.id != meeting.id


def _decided(
    tx: Settling, wish: Wish, meeting: Meeting, *, accepted: bool, told: Sequence[str], moved: str = ""
) -> None:
    meeting_changes.decide_wish(tx.db, wish.id, accept=accepted, by=tx.me.id, now=tx.stamp)
    word = STATES["accepted" if accepted else "refused"]
    deed = "accept change" if accepted else "refuse change"
    office.note(tx.db, tx.stamp, tx.me.id, deed, f"meeting:{meeting.id}")
    tx.withdraw(f"wish:{wish.id}", kind="wish")
    news = f"Perubahan laporan P2K2 {which(meeting)}, {when(meeting)}, {word} {tx.me.name}."
    view = Message(lines([news, *told, moved]), (_look(meeting),))
    tx.notify(wish.asked_by, view, kind="decided", object=f"wish:{wish.id}", occurrence=tx.ref)
    tx.replace_card(lines([f"{word.capitalize()}: {wish.asker}, P2K2 {which(meeting)}, {when(meeting)}.", *told]))
