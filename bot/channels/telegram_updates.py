"""What a Telegram update says: read from the raw event, once, and refused with a reason where it makes no sense."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from bot.channels.channel import Arrived, Unreadable
from bot.channels.markup import clean, one_line
from bot.clock import from_utc_text
from bot.message import Contact, Kind, Location, Media, Said

NAME = "telegram"
WANTED = ("message", "callback_query", "my_chat_member")

EVERYDAY = frozenset({"message_id", "from", "chat", "date", "text", "entities"})
"""What a typed message has; a forwarded one, an answer to another, one by a business or of an album has more."""

_TO_BOT = re.compile(r"^(/\w+)@\w+")


def arrived(update: object, received: str) -> Arrived:
    """Wrap an update as it came; `received` (UTC ISO text) stands in for the time that a button press lacks."""
    came = json.dumps(update)
    number = update_id(update)
    # Without an id it is known by its content; without a stored copy nobody could find out what Telegram sent.
    known_by = str(number) if number is not None else "?" + hashlib.sha256(came.encode()).hexdigest()[:32]
    return Arrived(NAME, known_by, _lane(update), f'{{"update":{came},"received":"{received}"}}')


def update_id(update: object) -> int | None:
    """Return the update's number, None if it has none."""
    number = _at(update, "update_id")
    return number if _is_id(number) else None


def callback_id(update: object) -> str:
    """Return the id by which a button press is answered; '' for anything else."""
    number = _at(update, "callback_query", "id")
    return number if isinstance(number, str) else ""


def read(raw: str) -> Said | None:
    """Return what was said; None for what asks nothing of us. Raises Unreadable, and nothing else."""
    try:
        stored = json.loads(raw)
        return _read(stored["update"], from_utc_text(stored["received"]))
    except Unreadable:
        raise
    except Exception as why:  # noqa: BLE001  # PTB's parser raises whatever a malformed update makes it trip over
        raise Unreadable(f"malformed update: {type(why).__name__}") from None


def _read(given: object, received: datetime) -> Said | None:
    number = update_id(given)
    if not isinstance(given, dict) or number is None:
        raise Unreadable("no update_id")
    if not any(kind in given for kind in WANTED):
        return None
    if received.tzinfo is None:
        raise Unreadable("received at no certain time")
    if (said := _everyday(given, str(number))) is not None:
        return said
    update = Update.de_json(given, None)
    if update.message is not None:
        return _message(update.message, given["message"], str(number))
    if update.callback_query is not None:
        return _tap(update.callback_query, str(number), received)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, str(number))
    return None


def _everyday(update: dict[str, Any], event: str) -> Said | None:
    """Read a text that one person typed in a private chat, as `_message` would; None where anything is out of the way.

    Nearly all updates are such texts, and to build PTB's objects for one takes a third of the whole turn.
    """
    message = update.get("message")
    if len(update) != 2 or not isinstance(message, dict) or not message.keys() <= EVERYDAY:
        return None
    sender, chat, date, text = message.get("from"), message.get("chat"), message.get("date"), message.get("text")
    if not isinstance(sender, dict) or not isinstance(chat, dict) or not isinstance(text, str):
        return None
    first, last = sender.get("first_name"), sender.get("last_name", "")
    if not (_is_id(message.get("message_id")) and _is_id(sender.get("id")) and sender.get("is_bot") is False):
        return None
    if not (_is_id(chat.get("id")) and chat.get("type") == Chat.PRIVATE):
        return None
    if not (isinstance(first, str) and isinstance(last, str) and type(date) is int and 0 <= date < 2**32):
        return None
    return Said(
        NAME,
        f"{NAME}:{chat['id']}",
        event,
        datetime.fromtimestamp(date, UTC),
        "text",
        text=_TO_BOT.sub(r"\1", clean(text)),
        name=one_line(f"{first} {last}"),
    )


def _tap(query: CallbackQuery, event: str, received: datetime) -> Said | None:
    if query.data is None or _is_bot(query.from_user):
        return None
    message = query.message
    if message is not None and not _is_private(message.chat):
        return None
    # A press on a message too old to be shown comes without it; in a private chat the chat is the person.
    chat = _id(message.chat.id if message is not None else query.from_user.id)
    card = str(_id(message.message_id)) if message is not None else ""
    token = _text(query.data)
    return Said(NAME, f"{NAME}:{chat}", event, received, "tap", token=token, card=card, name=_name(query.from_user))


def _membership(change: ChatMemberUpdated, event: str) -> Said | None:
    said = {"kicked": "blocked", "member": "unblocked"}.get(change.new_chat_member.status)
    if said is None or not _is_private(change.chat) or _is_bot(change.from_user):
        return None
    chat = f"{NAME}:{_id(change.chat.id)}"
    return Said(NAME, chat, event, _moment(change.date), "event", text=said, name=_name(change.from_user))


def _message(message: Message, raw: dict[str, Any], event: str) -> Said | None:
    sender = message.from_user
    # An anonymous sender (sender_chat) never acts for a person.
    if sender is None or _is_bot(sender) or message.sender_chat is not None or not _is_private(message.chat):
        return None
    kind, files = _kind(message)
    if kind is None:
        return None
    forwarded = any(key.startswith("forward_") for key in raw)
    return Said(
        NAME,
        f"{NAME}:{_id(message.chat.id)}",
        event,
        _moment(message.date),
        kind,
        text=_TO_BOT.sub(r"\1", _text(message.text or message.caption or "")),
        files=files,
        contact=_contact(message, sender, forwarded=forwarded) if kind == "contact" else None,
        location=_location(message, forwarded=forwarded) if kind == "location" else None,
        album=_text(message.media_group_id or ""),
        name=_name(sender),
    )


def _kind(message: Message) -> tuple[Kind | None, tuple[Media, ...]]:
    """Return what a message is, with its file; None for a service message (pinned, timer set …)."""
    if message.text is not None:
        return "text", ()
    if message.photo:
        return "photo", (_photo(message.photo),)
    # An animation carries a document, a venue a location, each for clients too old to know better.
    if message.document is not None and message.animation is None:
        document = message.document
        name, mime = one_line(_text(document.file_name or "")), _text(document.mime_type or "")
        return "document", (Media(_source(document.file_id), name, mime, _size(document.file_size)),)
    if message.contact is not None:
        return "contact", ()
    if message.location is not None:
        return "location", ()
    return ("other", ()) if message.effective_attachment else (None, ())


def _photo(sizes: Sequence[Any]) -> Media:
    largest = max(sizes, key=lambda size: _size(size.width) * _size(size.height))
    return Media(_source(largest.file_id), type="image/jpeg", size=_size(largest.file_size))


def _contact(message: Message, sender: User, *, forwarded: bool) -> Contact:
    card = message.contact
    assert card is not None
    # Anybody can send anybody's card; only the sender's own, straight from the button, bears the sender's id.
    own = card.user_id is not None and _id(card.user_id) == _id(sender.id) and not forwarded
    name = one_line(f"{_text(card.first_name)} {_text(card.last_name or '')}")
    return Contact(_text(card.phone_number), name, own)


def _location(message: Message, *, forwarded: bool) -> Location:
    point = message.location
    assert point is not None
    latitude, longitude = point.latitude, point.longitude
    if not (_is_number(latitude) and _is_number(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Unreadable("a location off the globe")
    # A venue was picked from a list: like a forwarded point, it does not say where the phone is.
    return Location(float(latitude), float(longitude), forwarded or message.venue is not None)


def _lane(update: object) -> str:
    """Return the chat without parsing the update: the same one that `read` finds."""
    for path in (("message", "chat"), ("callback_query", "message", "chat"), ("my_chat_member", "chat")):
        if _is_id(chat := _at(update, *path, "id")):
            return f"{NAME}:{chat}"
    sender = _at(update, "callback_query", "from", "id")
    return f"{NAME}:{sender}" if _is_id(sender) else ""


def _at(value: object, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _is_id(value: object) -> bool:
    return type(value) is int and abs(value) < 2**63


def _id(value: object) -> int:
    if type(value) is not int or abs(value) >= 2**63:
        raise Unreadable("an id that is no number")
    return value


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def _size(value: object) -> int:
    return value if type(value) is int and 0 <= value < 2**63 else 0


def _source(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise Unreadable("a file without an id")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unreadable("text that is no text")
    return clean(value)


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise Unreadable("no date")
    return value.astimezone(UTC)


def _name(user: User) -> str:
    return one_line(f"{_text(user.first_name)} {_text(user.last_name or '')}")


def _is_bot(user: User) -> bool:
    return bool(user.is_bot)


def _is_private(chat: Chat) -> bool:
    return chat.type == Chat.PRIVATE
