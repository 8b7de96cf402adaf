"""What WhatsApp's webhook says: a batch taken apart into single events, and one event read as what a person said."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channels import whatsapp_errors
from bot.channels.channel import Arrived, Unreadable
from bot.channels.markup import clean, one_line
from bot.channels.whatsapp_calls import BSUID, PHONE
from bot.clock import utc_text
from bot.message import Contact, Kind, Location, Media, Said
from storage.receipts import Receipt
from storage.templates import Review

NAME = "whatsapp"
ALBUM = "photos"
"""WhatsApp has no albums: photos that come one right after the other are one answer."""

_STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
_CHANGES = ("user_changed_number", "user_changed_user_id", "customer_changed_number")
_SILENT = ("reaction", "system", "edit", "revoke")  # no answer is expected to any of them
_FILES: dict[str, Kind] = {"image": "photo", "document": "document"}
_OUR_ID = re.compile(r"[0-9]{1,18}")


def unpack(body: bytes, number: str) -> list[Arrived]:
    """Take a webhook apart, whatever it holds; what is for another number than ours (its id) is left out.

    What cannot be read is kept too, to be parked: an answer of 200 is a promise.
    """
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        return [_unknown(body.decode("utf-8", "replace"))]
    entries = _list(given, "entry")
    if not entries:
        return [_unknown(given)]
    return [
        one
        for entry in entries
        for change in _list(entry, "changes")
        for one in _unpack_change(change, number, _at(entry, "time"))
    ]


def said_ids(body: bytes) -> list[str]:
    """Return the ids of the messages in a webhook: what is marked as read."""
    entries = _list(json.loads(body), "entry")
    changes = (change for entry in entries for change in _list(entry, "changes"))
    found = (_at(message, "id") for change in changes for message in _list(_at(change, "value"), "messages"))
    return [one for one in found if isinstance(one, str)]


def read(raw: str) -> Said | None:
    """Return what was said; None for what asks nothing of us. Raises Unreadable, and nothing else."""
    try:
        stored = json.loads(raw)
        if "message" in stored:
            return _read(stored["message"], stored.get("contact") or {})
        if "unknown" in stored:
            raise Unreadable("no webhook of WhatsApp's")
    except Unreadable:
        raise
    except Exception as why:  # noqa: BLE001  # whatever a malformed message makes us trip over
        raise Unreadable(f"malformed message: {type(why).__name__}") from None
    return None


def _unpack_change(change: object, number: str, at: object) -> Iterator[Arrived]:
    value = _at(change, "value")
    if _at(change, "field") == "message_template_status_update":
        yield _review(change, at)
        return
    ours = _at(value, "metadata", "phone_number_id")
    if isinstance(ours, str) and ours != number:
        return
    messages, statuses = _list(value, "messages"), _list(value, "statuses")
    for message in messages:
        yield _arrived(message, _contact_of(message, _list(value, "contacts")))
    for status in statuses:
        yield _status(status)
    if not messages and not statuses:
        yield _known_by(change, "change")


def _arrived(message: object, contact: object) -> Arrived:
    names = _names(message, contact)
    number = _at(message, "id")
    if not _is_id(number):
        return _known_by({"message": message, "contact": contact}, "")
    raw = json.dumps({"message": message, "contact": contact})
    renamed: tuple[str, ...] = ()
    if _at(message, "type") == "system" and _at(message, "system", "type") in _CHANGES:
        renamed = _keys(_at(message, "system", "user_id"), _at(message, "system", "wa_id"))
    return Arrived(NAME, number, names[0] if names else "", raw, names, renamed if names else ())


def _status(status: object) -> Arrived:
    number, said, at = _at(status, "id"), _at(status, "status"), _at(status, "timestamp")
    if not _is_id(number) or said not in _STATUSES or not _is_time(at):
        return _known_by(status, "status")
    ours, errors = str(_at(status, "biz_opaque_callback_data")), _list(status, "errors")
    code = _at(errors[0], "code") if errors else None
    code = code if type(code) is int else None
    failed, price = said == "failed", _at(status, "pricing")
    billable, category = _at(price, "billable"), _at(price, "category")
    receipt = Receipt(
        NAME,
        number,
        _STATUSES[said],
        utc_text(_moment(at)),
        int(ours) if _OUR_ID.fullmatch(ours) else None,
        whatsapp_errors.name_of(code) if failed else None,
        whatsapp_errors.follows(code) if failed else "fail",
        billable if isinstance(billable, bool) else None,
        category if isinstance(category, str) else None,
    )
    return Arrived(NAME, f"{number} {said}", "", "", receipt=receipt)


def listed_reviews(told: object, now: str) -> list[Review]:
    """Read a page of our account's templates."""
    found = []
    for one in _list(told, "data"):
        name, state, reason = _at(one, "name"), _at(one, "status"), _at(one, "rejected_reason")
        if isinstance(name, str) and isinstance(state, str):
            found.append(Review(name, state, now, _why(reason)))
    return found


def next_page(told: object) -> str:
    """Return where the next page of a list begins; '' on the last one."""
    after = _at(told, "paging", "cursors", "after") if _at(told, "paging", "next") else ""
    return after if isinstance(after, str) else ""


def _review(change: object, at: object) -> Arrived:
    """Read what became of a template; news without a time cannot be put in order, and is kept unread."""
    value = _at(change, "value")
    name, event, reason = _at(value, "message_template_name"), _at(value, "event"), _at(value, "reason")
    time = str(at) if type(at) is int else at
    if not isinstance(name, str) or not isinstance(event, str) or not _is_time(time):
        return _known_by(change, "change")
    review = Review(name, event, utc_text(_moment(time)), _why(reason))
    return Arrived(NAME, f"template {name} {event} {time}", "", "", review=review)


def _why(reason: object) -> str:
    return reason if isinstance(reason, str) and reason != "NONE" else ""


def _names(message: object, contact: object) -> tuple[str, ...]:
    own = (_at(message, "from_user_id"), _at(contact, "user_id"), _at(message, "from"), _at(contact, "wa_id"))
    return _keys(*own)


def _keys(*ids: object) -> tuple[str, ...]:
    """Return the chats of these ids, the user's own id before the number, each once; what is neither is left out."""
    known = [one for one in ids if isinstance(one, str)]
    users = [one for one in known if BSUID.fullmatch(one)]
    numbers = [one for one in known if PHONE.fullmatch(one)]
    return tuple(dict.fromkeys(f"{NAME}:{one}" for one in (*users[:1], *numbers[:1])))


def _contact_of(message: object, contacts: list[Any]) -> object:
    """Return the profile of who sent the message: by either id, or the only one there is."""
    own = {one for one in (_at(message, "from"), _at(message, "from_user_id")) if isinstance(one, str)}
    for contact in contacts:
        if own & {one for one in (_at(contact, "wa_id"), _at(contact, "user_id")) if isinstance(one, str)}:
            return contact
    return contacts[0] if len(contacts) == 1 and not own else None


def _read(message: Mapping[str, Any], contact: Mapping[str, Any]) -> Said | None:
    names = _names(message, contact)
    if not names or not isinstance(_at(message, "id"), str):
        raise Unreadable("a message from nobody")
    kind = message["type"]
    if kind in _SILENT:
        return None
    phone = next((one.partition(":")[2] for one in names if PHONE.fullmatch(one.partition(":")[2])), "")
    said = Said(
        NAME,
        names[0],
        message["id"],
        _moment(message["timestamp"]),
        "other",
        phone=f"+{phone}" if phone else "",
        name=one_line(str(_at(contact, "profile", "name") or "")),
    )
    return _with_content(said, kind, message)


def _with_content(said: Said, kind: str, message: Mapping[str, Any]) -> Said:
    """Fill in what the message holds; a kind that we do not know stays "other", which is answered."""
    fill: dict[str, Any] = {}
    if kind == "text":
        fill = {"kind": "text", "text": clean(_text(message["text"]["body"]))}
    elif (token := _token(kind, message)) is not None:
        fill = {"kind": "tap", "token": clean(_text(token)), "card": _text(str(_at(message, "context", "id") or ""))}
    elif kind in _FILES:
        file = message[kind]
        mime = one_line(_text(file.get("mime_type", ""))).partition(";")[0]
        media = Media(_text(file["id"]), one_line(_text(file.get("filename", ""))), mime)
        text = clean(_text(file.get("caption", "")))
        fill = {"kind": _FILES[kind], "files": (media,), "text": text, "album": ALBUM if kind == "image" else ""}
    elif kind == "location":
        fill = {"kind": "location", "location": _location(message)}
    elif kind == "contacts" and message["contacts"]:
        fill = {"kind": "contact", "contact": _card(message, said.phone)}
    values = {name: getattr(said, name) for name in Said.__dataclass_fields__}
    return Said(**(values | fill))


def _token(kind: str, message: Mapping[str, Any]) -> object:
    """Return what the tapped button carries; None where nothing was tapped."""
    if kind == "button":
        return message["button"]["payload"]
    told = message["interactive"] if kind == "interactive" else {}
    return told[told["type"]]["id"] if told.get("type") in ("button_reply", "list_reply") else None


def _location(message: Mapping[str, Any]) -> Location:
    point = message["location"]
    latitude, longitude = float(point["latitude"]), float(point["longitude"])
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Unreadable("a location off the globe")
    # One with a name was picked from a list: like a forwarded one, it does not say where the phone is.
    return Location(latitude, longitude, _is_forwarded(message) or bool(point.get("name")))


def _card(message: Mapping[str, Any], phone: str) -> Contact:
    """Read the first card; it is the sender's own where it answers our request, or bears the sender's number."""
    card = message["contacts"][0]
    listed = (card.get("phones") or [{}])[0]
    shown = re.sub(r"[^0-9+]", "", _text(listed.get("wa_id") or listed.get("phone") or ""))
    number = shown if shown.startswith("+") or not listed.get("wa_id") else f"+{shown}"
    asked = card.get("origin") == "contact_request" and not _is_forwarded(message)
    own = bool(number) and (asked or (bool(phone) and number == phone))
    return Contact(number, one_line(_text(_at(card, "name", "formatted_name") or "")), own)


def _is_forwarded(message: Mapping[str, Any]) -> bool:
    return bool(_at(message, "context", "forwarded") or _at(message, "context", "frequently_forwarded"))


def _unknown(given: object) -> Arrived:
    return _known_by(given, "unknown")


def _known_by(given: object, what: str) -> Arrived:
    """Keep something without an id of its own, known by its content."""
    raw = json.dumps({what: given} if what else given)
    return Arrived(NAME, "?" + hashlib.sha256(raw.encode()).hexdigest()[:32], "", raw)


def _at(value: object, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _list(value: object, key: str) -> list[Any]:
    found = _at(value, key)
    return found if isinstance(found, list) else []


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unreadable("text that is no text")
    value.encode()  # a lone surrogate, which JSON can spell and no store can hold
    return value


def _is_id(value: object) -> bool:
    # JSON can spell lone surrogates, which no store can hold: what is not stored comes again for a week.
    return isinstance(value, str) and value != "" and value.encode("utf-8", "ignore").decode() == value


def _is_time(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{9,11}", value) is not None


def _moment(value: object) -> datetime:
    if not _is_time(value):
        raise Unreadable("no time")
    return datetime.fromtimestamp(int(str(value)), UTC)
