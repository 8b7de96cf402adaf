"""One Bot API call for one outgoing message, and what its refusal means."""

from collections.abc import Sequence
from typing import Any

from telegram import InputFile, InputMediaPhoto
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, InvalidToken, TelegramError

from bot.channels import markup
from bot.channels.channel import (
    Accepted,
    MarkupRefused,
    Moved,
    NeverLeft,
    Outcome,
    Refused,
    Sending,
    Stopped,
    Throttled,
    TokenRefused,
    Unknown,
)
from bot.channels.telegram_http import Flooded, Garbled, NothingLeft
from bot.message import Capabilities, Choice, Message, Venue
from bot.text import Text

LARGEST_PHOTO = 10 * 1024 * 1024  # sendPhoto refuses more, sendDocument takes it
ROW = 28  # characters that stand side by side on a narrow phone
AGAIN = "(kirim ulang) "
ASKS = {
    "contact": {"text": "Bagikan nomor saya", "request_contact": True},
    "location": {"text": "Bagikan lokasi", "request_location": True},
}

# What Telegram may answer that helps the office; anything else could quote a message, and only its class is kept.
KNOWN = (
    "chat not found",
    "user not found",
    "message is too long",
    "message text is empty",
    "message caption is too long",
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
    "button_data_invalid",
    "reply markup is too long",
    "file is too big",
    "photo_invalid_dimensions",
    "have no rights to send a message",
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked",
    "bot can't initiate conversation with a user",
)


def edits(sending: Sending) -> bool:
    """Tell whether this changes a message: a keyboard that asks cannot be edited into one, so that is sent anew."""
    return bool(sending.edit_of) and not sending.message.ask


def compose(sending: Sending, can: Capabilities, content: bytes) -> tuple[str, dict[str, Any]]:
    """Return the method and its fields; `content` is the file's. Raises ValueError for an address that is none."""
    message, text = sending.message, sending.message.text
    limit = can.caption if message.file else can.text
    if sending.again and len(f"{AGAIN}{text.plain}".encode("utf-16-le", "replace")) // 2 <= limit:
        text = AGAIN + text
    fields: dict[str, Any] = {"chat_id": int(sending.address)}
    if editing := edits(sending):
        fields["message_id"] = int(sending.edit_of)
    if keyboard := _keyboard(message, can.per_row):
        fields["reply_markup"] = keyboard
    if editing and message.file:
        fields["media"] = _photo(sending, text, content)
        return "editMessageMedia", fields
    fields["caption" if message.file else "text"] = markup.plain(text) if sending.plain else markup.as_html(text)
    if message.venue is not None:
        return "sendVenue", _venue(fields, message.venue)
    if not sending.plain:
        fields["parse_mode"] = "HTML"
    if message.file is None:
        fields["link_preview_options"] = {"is_disabled": True}
        return "editMessageText" if editing else "sendMessage", fields
    kind = "photo" if message.file.kind == "photo" and len(content) <= LARGEST_PHOTO else "document"
    fields[kind] = InputFile(content, filename=markup.one_line(message.file.name) or None)
    return "sendPhoto" if kind == "photo" else "sendDocument", fields


def _venue(fields: dict[str, Any], venue: Venue) -> dict[str, Any]:
    """Return the fields that every message has, with those of a place on the map instead of a text."""
    kept = {name: value for name, value in fields.items() if name in ("chat_id", "reply_markup")}
    place = {"title": markup.one_line(venue.title), "address": markup.one_line(venue.address)}
    return kept | place | {"latitude": venue.latitude, "longitude": venue.longitude}


def _photo(sending: Sending, text: Text, content: bytes) -> InputMediaPhoto:
    """Return the picture that takes the place of another, with its caption: an edit carries both in one."""
    file = sending.message.file
    assert file is not None
    caption = markup.plain(text) if sending.plain else markup.as_html(text)
    mode = None if sending.plain else "HTML"
    return InputMediaPhoto(content, caption, mode, filename=markup.one_line(file.name) or None)


def outcome_of(error: TelegramError) -> Outcome:
    """Say what an error means for the row: the table of outcomes, from the surest refusal to the unknown."""
    if isinstance(error, Flooded):
        return Throttled(error.seconds)
    if isinstance(error, NothingLeft):
        return NeverLeft(str(error))
    if isinstance(error, Garbled):
        return Accepted()  # only ever raised for status 200
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, InvalidToken | EndPointNotFound):
        return TokenRefused(type(error).__name__)
    if isinstance(error, Forbidden):
        return Stopped(_reason(error))
    if isinstance(error, BadRequest):
        return _refusal(error)
    # A write or read that timed out, a reset, any 5xx: they say nothing about what Telegram did.
    return Unknown(type(error).__name__)


def _refusal(error: BadRequest) -> Outcome:
    says = str(error).casefold()
    if "message is not modified" in says:
        return Accepted()
    if "can't parse entities" in says:
        return MarkupRefused()
    return Refused(_reason(error))


def _reason(error: TelegramError) -> str:
    says = str(error).casefold()
    return next((known for known in KNOWN if known in says), type(error).__name__)


def _keyboard(message: Message, per_row: int) -> dict[str, Any] | None:
    """Return the buttons: under the message, or in place of the keyboard where something is asked of the phone."""
    choices = () if message.form == "numbers" else message.choices
    if message.ask:
        # Inline buttons cannot stand beside it; a tap here types the label, which is understood just as well.
        rows = [[ASKS[message.ask]], *([{"text": choice.label}] for choice in choices)]
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    if not choices:
        return None
    return {
        "inline_keyboard": [
            [{"text": choice.label, "callback_data": choice.id} for choice in row] for row in _rows(choices, per_row)
        ]
    }


def _rows(choices: Sequence[Choice], per_row: int) -> list[list[Choice]]:
    """Put short labels side by side; the page turners start a row of their own."""
    rows: list[list[Choice]] = []
    turning = False
    for choice in choices:
        turns = ".#" in choice.id
        row = rows[-1] if rows else []
        side_by_side = row and len(row) < per_row and sum(len(one.label) for one in (*row, choice)) <= ROW
        if side_by_side and turns == turning:
            row.append(choice)
        else:
            rows.append([choice])
        turning = turns
    return rows
