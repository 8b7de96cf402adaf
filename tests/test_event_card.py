"""The card of an event: compact, and never more than one message."""

from bot.channels.layout import plan
from bot.channels.simulator import Simulator
from bot.channels.telegram import Telegram
from handlers.announcing.event_details import FIELDS, detail_lines
from handlers.events.event_card import card
from storage.event_details import Details
from storage.events import Event
from storage.invitations import Invitation


def event(subject: str, place: str, details: Details) -> Event:
    days = ("2023-11-12", "2023-11-14", "08:00", "16:30", "Asia/Jakarta")
    return Event(1, subject, place, *days, "announced", 1, "2023-11-12T01:00:00.000+00:00", None, details)


def test_a_card_shows_only_what_is_filled() -> None:
    """Each filled field is a line with its label, the number of the letter last; an empty one is not there."""
    details = Details(number="400/1", dress="batik", notes="Datang lebih awal.\nParkir di belakang.")
    assert detail_lines(details) == [
        "Pakaian: batik",
        "Catatan: Datang lebih awal.\nParkir di belakang.",
        "Nomor surat: 400/1",
    ]
    assert detail_lines(Details()) == []


def test_the_longest_card_is_one_message_that_can_be_edited() -> None:
    """With every field as long as it may be the card is one message: one that was split could not become the answer."""
    longest = Details(**{field.name: "M" * field.most for field in FIELDS})
    longest_answer = Invitation(1, 2, "no", "2023-11-12T01:00:00.000+00:00", reason="M" * 200)
    message = card(event("M" * 200, "M" * 200, longest), "M" * 100, "Asia/Jakarta", longest_answer)
    for can in (Telegram.capabilities, Simulator.capabilities):
        assert len(plan(message, can)) == 1
