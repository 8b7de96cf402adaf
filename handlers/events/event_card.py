"""The card of an event: what is announced, the question whether one comes, and the answer once it is given."""

import json
from datetime import date, datetime, time

from bot.clock import from_utc_text
from bot.dates import local, show_days, show_time, to_utc
from bot.message import Attachment, Message, Venue
from bot.settling import Settling
from bot.text import Text, bold, lines, link
from handlers.announcing.event_details import detail_lines
from handlers.answers.answer_card import buttons, said
from storage import events, invitations
from storage.events import Event
from storage.invitations import Invitation
from storage.people import Person
from storage.slots import slots_of


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


def venue(event: Event) -> Message | None:
    """Return the place on the map, where its point is known; in words, with a link, for channels without maps."""
    if event.latitude is None or event.longitude is None:
        return None
    title, _, address = event.place.partition(", ")
    at = Venue(title, address or "Lihat di peta", event.latitude, event.longitude)
    url = f"https://www.google.com/maps?q={at.latitude:.6f},{at.longitude:.6f}"
    return Message(lines([f"📍 {at.title}", link(at.address, url)]), venue=at)


def to_json(file: Attachment | None) -> str | None:
    """Write an event's attachment as the table keeps it."""
    return json.dumps([file.digest, file.name, file.kind]) if file else None


def send_card(
    tx: Settling,
    event: Event,
    person_id: int,
    name: str,
    occurrence: str = "",
    *,
    with_file: bool = True,
    later: datetime | None = None,
) -> int:
    """Send somebody the card, once for each `occurrence`, when the event's cards leave.

    `later` is when it leaves for a person whose own quiet hours it would meet. Return how many rows that made.
    """
    leaves = from_utc_text(event.sends_at) if event.sends_at and not event.is_out(tx.stamp) else None
    told: list[tuple[str, Message]] = []
    if event.attachment and with_file:
        # By itself: a card that is a file's caption could not be edited into the answer on every channel.
        file = Message(Text.of(f"Lampiran: {event.subject}"), file=Attachment(*json.loads(event.attachment)))
        told.append(("attachment", file))
    if place := venue(event):
        told.append(("venue", place))
    told.append(("announcement", card(event, name, tx.zone, invitations.invitation(tx.db, event.id, person_id))))
    return sum(
        tx.notify(
            person_id,
            message,
            kind=kind,
            object=f"event:{event.id}",
            occurrence=occurrence,
            lane=2,
            expires_at=ends_at(tx, event),
            not_before=later or leaves,
        )
        for kind, message in told
    )


def ends_at(tx: Settling, event: Event) -> datetime | None:
    """Return when nothing can be done about the event any more: its last slot closes."""
    slots = slots_of(tx.db, event.id)
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
