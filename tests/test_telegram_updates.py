"""What arrives from Telegram, read: real-looking updates give what was said, and no update at all breaks the reader."""

import contextlib
import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Update

from bot.channels.channel import Unreadable
from bot.channels.telegram_updates import _everyday, _message, arrived, read, update_id
from bot.clock import utc_text
from bot.message import Contact, Location, Media, Said
from tests.fakes.telegram_phones import JPEG, Phones

SENT = datetime(2023, 11, 12, 0, 52, tzinfo=UTC)
RECEIVED = datetime(2023, 11, 12, 0, 57, 30, tzinfo=UTC)
SITI = 81234


def phones() -> Phones:
    return Phones(lambda: SENT.timestamp())


def last(phone: Phones) -> dict[str, Any]:
    return copy.deepcopy(list(phone.pending.values())[-1])


def understood(update: object) -> Said | None:
    return read(arrived(update, utc_text(RECEIVED)).raw)


def said(update: object) -> Said:
    found = understood(update)
    assert found is not None
    return found


def message(**body: Any) -> dict[str, Any]:
    phone = phones()
    phone._message(SITI, "Siti Aminah", body)
    return last(phone)


def test_text() -> None:
    """A typed message carries its chat, its own time and the sender's full name."""
    phone = phones()
    number = phone.say(SITI, "k7m2px")
    assert said(last(phone)) == Said(
        "telegram", f"telegram:{SITI}", str(number), SENT, "text", text="k7m2px", name="Siti Aminah"
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("/start u_AbC-12", "/start u_AbC-12"),
        ("/menu@pkh_bot", "/menu"),
        ("/hadir@pkh_bot K7", "/hadir K7"),
        ("a@b", "a@b"),
    ],
)
def test_commands(typed: str, text: str) -> None:
    """A command stays as typed, save for the bot's name."""
    assert said(message(text=typed)).text == text


def test_a_tap_is_dated_by_when_it_was_received() -> None:
    """A press has no time of its own; the stored one makes a replay judge as the first run did."""
    phone = phones()
    phone.tap(SITI, 42, "?d1f.3.yes")
    tap = said(last(phone))
    assert (tap.kind, tap.token, tap.card, tap.at, tap.chat) == (
        "tap",
        "?d1f.3.yes",
        "42",
        RECEIVED,
        f"telegram:{SITI}",
    )


def test_a_tap_on_a_message_too_old_to_be_shown() -> None:
    """The message may come inaccessible or not at all; the chat is known all the same."""
    phone = phones()
    phone.tap(SITI, 42, "!rsvp.1.yes")
    update = last(phone)
    update["callback_query"]["message"] = {"chat": {"id": SITI, "type": "private"}, "message_id": 42, "date": 0}
    assert said(update).card == "42"
    del update["callback_query"]["message"]
    assert (said(update).card, said(update).chat) == ("", f"telegram:{SITI}")
    assert arrived(update, utc_text(RECEIVED)).chat == f"telegram:{SITI}"


def test_a_photo_is_its_largest_size() -> None:
    """The caption is the text, and an album's parts share its id."""
    phone = phones()
    phone.send_album(SITI, caption="P2K2 Melati")
    first, *others = [said(update) for update in phone.pending.values()]
    assert (first.kind, first.text, first.files) == (
        "photo",
        "P2K2 Melati",
        (Media("F1", "", "image/jpeg", len(JPEG)),),
    )
    assert {part.album for part in (first, *others)} == {first.album}
    assert first.album


def test_a_document() -> None:
    """Name, type and size are what the phone says they are."""
    phone = phones()
    phone.send_document(SITI, b"1234", "daftar petugas.xlsx", "application/vnd.ms-excel")
    document = said(last(phone))
    assert (document.kind, document.files) == (
        "document",
        (Media("F0", "daftar petugas.xlsx", "application/vnd.ms-excel", 4),),
    )


def test_only_the_senders_own_contact_is_own() -> None:
    """Somebody else's card, a forwarded one and one without an id prove nothing."""
    phone = phones()
    phone.share_contact(SITI)
    own = last(phone)
    assert said(own).contact == Contact("6281234567890", "Siti Aminah", own=True)
    foreign, forwarded, nameless = copy.deepcopy(own), copy.deepcopy(own), copy.deepcopy(own)
    foreign["message"]["contact"]["user_id"] = SITI + 1
    forwarded["message"]["forward_origin"] = {"type": "hidden_user", "sender_user_name": "x", "date": 1}
    del nameless["message"]["contact"]["user_id"]
    for update in (foreign, forwarded, nameless):
        contact = said(update).contact
        assert contact is not None
        assert not contact.own


def test_locations() -> None:
    """A forwarded point and a venue picked from a list are marked: the phone need not be there."""
    phone = phones()
    phone.send_location(SITI)
    assert said(last(phone)).location == Location(3.7, 98.4)
    phone.send_location(SITI, forwarded=True)
    assert said(last(phone)).location == Location(3.7, 98.4, forwarded=True)
    point = {"latitude": 3.7, "longitude": 98.4}
    venue = {"location": point, "title": "Hotel", "address": "Medan"}
    assert said(message(location=point, venue=venue)).location == Location(3.7, 98.4, forwarded=True)


def test_what_is_sent_but_not_for_us() -> None:
    """A voice note, a sticker, a poll are "other": the person gets an answer."""
    voice = {"file_id": "v", "file_unique_id": "u", "duration": 3}
    assert said(message(voice=voice)).kind == "other"
    animation = {"file_id": "a", "file_unique_id": "u", "width": 1, "height": 1, "duration": 1}
    assert said(message(animation=animation, document={"file_id": "a", "file_unique_id": "u"})).kind == "other"


def test_blocked_and_unblocked() -> None:
    """The bot is told when a person blocks it, and when it is taken back."""
    phone = phones()
    phone.block(SITI)
    assert (said(last(phone)).kind, said(last(phone)).text) == ("event", "blocked")
    phone.unblock(SITI)
    assert said(last(phone)).text == "unblocked"


def test_what_asks_nothing_of_us() -> None:
    """Groups, channels, bots, anonymous senders, edits and service messages are stored and left alone."""
    group = message(text="halo")
    group["message"]["chat"] = {"id": -100, "type": "supergroup", "title": "Pendamping"}
    robot = message(text="halo")
    robot["message"]["from"]["is_bot"] = True
    post = message(text="halo")
    del post["message"]["from"]
    anonymous = message(text="halo", sender_chat={"id": -5, "type": "channel", "title": "x"})
    pinned = message(pinned_message=message(text="x")["message"])
    edit = {"update_id": 1, "edited_message": message(text="halo")["message"]}
    poll = {"update_id": 1, "poll_of_tomorrow": {}}
    for update in (group, robot, post, anonymous, pinned, edit, poll):
        assert understood(update) is None


def test_hidden_characters_go() -> None:
    """A name that turns the text around, half an emoji and a zero do not reach the store."""
    phone = phones()
    phone.say(SITI, "ha\u200blo\x00 \ud83d", name="Siti\u202e nimA")
    assert (said(last(phone)).text, said(last(phone)).name) == ("halo ", "Siti nimA")


@pytest.mark.parametrize(
    "update",
    [
        None,
        5,
        [],
        {},
        {"update_id": "7", "message": {}},
        {"update_id": True},
        {"update_id": 1, "message": {"chat": 5}},
        message(text=5),
        message(location={"latitude": 91, "longitude": 0}),
        message(location={"latitude": float("nan"), "longitude": 0}),
        message(document={"file_id": "", "file_unique_id": "u"}),
        message(text="x", date=10**20),
        message(text="x", date="kemarin"),
    ],
)
def test_nonsense_is_refused_with_a_reason(update: object) -> None:
    """It is stored all the same, under its own key, and parked."""
    letter = arrived(update, utc_text(RECEIVED))
    assert letter.event_id
    with pytest.raises(Unreadable, match=r"\w"):
        read(letter.raw)


@pytest.mark.parametrize("raw", ["", "null", "[]", '{"update": {"update_id": 1, "message": {}}}', "[" * 100_000])
def test_a_raw_event_that_is_not_ours(raw: str) -> None:
    """Whatever stands in the inbox, the reader only ever says Unreadable."""
    with pytest.raises(Unreadable):
        read(raw)


def real_updates() -> list[dict[str, Any]]:
    phone = phones()
    phone.say(SITI, "/start u_abc")
    phone.tap(SITI, 42, "!rsvp.1.yes")
    phone.send_photo(SITI, caption="foto")
    phone.send_document(SITI, b"1")
    phone.share_contact(SITI)
    phone.send_location(SITI, forwarded=True)
    phone.block(SITI)
    return list(phone.pending.values())


strange = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([10**30, -1, "\ud800", "<b>", "x" * 65_536, [], {}, [[]], [None], {"id": None}]),
)


def mutate(data: st.DataObject, update: Any) -> None:
    """Take things away, or put something strange in their place."""
    for _ in range(data.draw(st.integers(1, 4))):
        at, parent, key = update, None, None
        while isinstance(at, dict | list) and at and (parent is None or data.draw(st.integers(0, 3))):
            parent = at
            key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
            at = at[key]
        if parent is None:
            break
        if isinstance(parent, dict) and data.draw(st.booleans()):
            del parent[key]
        else:
            parent[key] = copy.deepcopy(data.draw(strange))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_mutated_updates(data: st.DataObject) -> None:
    """Real updates with things missing, doubled, or of the wrong type: understood, passed over or refused, no more."""
    update: Any = copy.deepcopy(data.draw(st.sampled_from(REAL)))
    mutate(data, update)
    letter = arrived(update, utc_text(RECEIVED))
    with contextlib.suppress(Unreadable):
        found = read(letter.raw)
        if found is not None:
            assert found.chat == letter.chat
            assert found.event_id == letter.event_id
            assert found.at.tzinfo is not None
            json.dumps(found.text, ensure_ascii=False).encode()


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_the_short_way_reads_what_the_long_one_reads(data: st.DataObject) -> None:
    """What is read without PTB's parser is read just so with it, whatever is strange about the update."""
    update = message(text=data.draw(st.sampled_from(["/hadir@pkh_bot K7M2P", "ya", "ka\u202eta\n<b>", "👩‍👩‍👧 🙏"])))
    more = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "reply_to_message": st.just(update["message"]),
                "forward_origin": st.just({"type": "hidden_user", "date": 1, "sender_user_name": "x"}),
                "sender_chat": st.just({"id": 1, "type": "channel"}),
                "media_group_id": strange,
                "caption": strange,
                "photo": strange,
                "date": strange,
            },
        )
    )
    # A copy: what is strange is drawn again, and must not have been mutated by then.
    update["message"] |= copy.deepcopy(more)
    mutate(data, update)
    number = update_id(update)
    if isinstance(update, dict) and number is not None and (short := _everyday(update, str(number))) is not None:
        given = Update.de_json(update, None)
        assert given.message is not None
        assert short == _message(given.message, update["message"], str(number))


REAL = real_updates()
