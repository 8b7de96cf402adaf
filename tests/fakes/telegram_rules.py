"""What the Bot API checks in a request, and the words in which it refuses."""

import json
from typing import Any

from aiohttp import web

from tests.fakes import telegram_html


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


async def fields(request: web.Request) -> dict[str, Any]:
    """Read JSON, form or multipart as one."""
    if request.content_type == "application/json":
        return dict(await request.json())
    sent: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            sent[name] = (value.filename, value.file.read())
        else:
            sent[name] = json.loads(value) if name in ("reply_markup", "scope", "commands", "media") else value
    return sent


def text(given: dict[str, Any], name: str) -> tuple[str, tuple[telegram_html.Entity, ...]]:
    """Return the plain text and its entities, or refuse."""
    source = str(given.get(name, ""))
    shown, entities = source.strip(), list[telegram_html.Entity]()
    if given.get("parse_mode") == "HTML":
        try:
            shown, entities = telegram_html.parse(source)
        except telegram_html.CannotParse as why:
            raise Refusal(400, f"Bad Request: {why}") from None
    if name == "text" and not shown:
        raise Refusal(400, "Bad Request: message text is empty")
    if telegram_html.units(shown) > (4096 if name == "text" else 1024):
        raise Refusal(
            400, "Bad Request: message is too long" if name == "text" else "Bad Request: message caption is too long"
        )
    return shown, tuple(entities)


def upload(given: dict[str, Any], name: str) -> tuple[str, bytes]:
    """Return the name and the bytes of an uploaded file, or refuse."""
    if not isinstance(given.get(name), tuple):
        raise Refusal(400, f"Bad Request: there is no {name} in the request")
    filename, content = given[name]
    if not content:
        raise Refusal(400, "Bad Request: file must be non-empty")
    return filename, content


def venue(given: dict[str, Any]) -> str:
    """Return a place on the map as words, or refuse."""
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        try:
            degrees = float(given.get(name, "none"))
        except ValueError:
            degrees = most + 1
        if not -most <= degrees <= most:
            raise Refusal(400, f"Bad Request: {name} is invalid")
    for name in ("title", "address"):
        if not str(given.get(name, "")).strip():
            raise Refusal(400, f"Bad Request: VENUE_{name.upper()}_INVALID")
    return f"📍 {given['title']}\n{given['address']}"


def media(given: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, int]]:
    """Return the fields of an edit that brings a file, its caption among them, and the file's name and size."""
    photo = given.get("media")
    if not isinstance(photo, dict) or not str(photo.get("media", "")).startswith("attach://"):
        raise Refusal(400, "Bad Request: can't parse InputMedia")
    name, content = upload(given, photo["media"].removeprefix("attach://"))
    return {**given, "caption": photo.get("caption", ""), "parse_mode": photo.get("parse_mode")}, (name, len(content))


def markup(given: dict[str, Any]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[int, ...]]:
    """Return the inline buttons, the reply keyboard, and how many inline buttons stand in each row; or refuse."""
    keyboards = given.get("reply_markup") or {}
    rows = keyboards.get("inline_keyboard", [])
    buttons = tuple((button.get("text", ""), button.get("callback_data", "")) for row in rows for button in row)
    if len(buttons) > 100 or any(len(row) > 8 for row in rows):
        raise Refusal(400, "Bad Request: reply markup is too long")
    for label, data in buttons:
        if not label.strip():
            raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
        if not 1 <= len(data.encode()) <= 64:
            raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    keyboard = tuple(button["text"] for row in keyboards.get("keyboard", []) for button in row)
    return buttons, keyboard, tuple(len(row) for row in rows)
