"""The live card of an event: how far it came, what was answered, who is there, and what can be done about it."""

from dataclasses import dataclass

from bot.message import Choice, Message
from bot.routes import action
from bot.text import Text, bold, lines
from handlers.announcing.desk_invitations import mending_buttons, sent_line
from handlers.announcing.phone_list import calls_line
from handlers.answers.desk_answers import answers_line
from handlers.checking_in.desk_check_in import presence_lines
from handlers.events.event_desk import Look, slot_now
from storage import boards, deliveries, events, invitations
from storage.database import Connection
from storage.deliveries import Delivery
from storage.events import Event


@dataclass(frozen=True, slots=True)
class Moment:
    """The store as it is seen at a moment."""

    db: Connection
    stamp: str


def compose(db: Connection, event_id: int, stamp: str) -> Message:
    """Write the card of an event as it stands."""
    event = events.event(db, event_id)
    assert event is not None, "events are never deleted"
    look = Moment(db, stamp)
    told: list[str | Text] = [bold(event.subject), "⚠️ Dibatalkan" if event.state == "cancelled" else ""]
    sent = deliveries.delivery(db, event.id)
    told += [sent_line(sent), answers_line(look, event)]
    told += [*presence_lines(look, event), _by_district(look, event), calls_line(look, event)]
    return Message(lines(told), tuple(_choices(look, event, sent)))


def _by_district(look: Look, event: Event) -> str:
    """Say for the slot that is open how many of each kecamatan are there, where anybody is; '' while none is."""
    slot = slot_now(look.db, event.id, look.stamp)
    if slot is None or slot.opens_at > look.stamp or event.state != "announced":
        return ""
    counted = boards.district_counts(look.db, event.id, slot.id)
    told = [f"{name or 'tanpa kecamatan'} {came}/{invited}" for name, came, invited in counted if came]
    none = len(counted) - len(told)
    return " · ".join([*told, f"{none} kecamatan lain belum ada"] if told and none else told)


def _choices(look: Look, event: Event, sent: Delivery) -> list[Choice]:
    if event.state != "announced" or slot_now(look.db, event.id, look.stamp) is None:
        return []
    silent = invitations.answers(look.db, event.id).none > 0
    return [*([action("diam", event.id, "Lihat yang belum")] if silent else []), *mending_buttons(sent, event)]
