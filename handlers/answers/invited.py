"""Who may still answer which event: the checks before anything is asked, and again before anything is kept."""

from bot.chat import Refused
from bot.settling import Settling
from storage import events, invitations
from storage.database import Connection
from storage.events import Event
from storage.invitations import Invitation
from storage.slots import slots_of

NOT_INVITED = "Bapak/Ibu tidak ada di daftar undangan kegiatan itu. Mohon hubungi Dinas Sosial."


def event_to_answer(db: Connection, event_id: int, now: str) -> Event:
    """Return an event that still takes answers at `now` (UTC ISO text). Raises Refused."""
    event = events.event(db, event_id)
    if event is None or not event.is_out(now):
        raise Refused(NOT_INVITED)
    if event.state == "cancelled":
        raise Refused(f"{event.subject} dibatalkan, jadi tidak perlu dijawab.")
    slots = slots_of(db, event.id)
    if slots and slots[-1].closes_at <= now:
        raise Refused(f"{event.subject} sudah selesai, jadi jawabannya tidak bisa diubah lagi.")
    return event


def own_event_to_answer(db: Connection, event_id: int, person_id: int, now: str) -> Event:
    """Return an event that still takes an answer of this person, before anything is asked. Raises Refused."""
    event = event_to_answer(db, event_id, now)
    if invitations.invitation(db, event.id, person_id) is None and not events.belongs(db, event.id, person_id):
        raise Refused(NOT_INVITED)
    return event


def invitation_to_answer(tx: Settling, event_id: int, person_id: int | None = None) -> tuple[Event, Invitation]:
    """Return the event and the invitation of this person, or of who talks, while it takes answers. Raises Refused."""
    event = event_to_answer(tx.db, event_id, tx.stamp)
    invitation = invitations.admit(tx.db, event.id, tx.me.id if person_id is None else person_id)
    if invitation is None:
        raise Refused(NOT_INVITED)
    return event, invitation


def event_in(arg: str) -> tuple[int, str]:
    """Read the event's id and what follows it from a button: "7.to-yes". Raises Refused."""
    number, _, rest = arg.partition(".")
    if not (number.isascii() and number.isdigit()):
        raise Refused("Tombol itu tidak berlaku lagi. Lihat /kegiatan.")
    return int(number[:9]), rest
