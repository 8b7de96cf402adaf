"""One call of the Graph API for one outgoing message: text, buttons, a list, a file, a place, or what is asked for."""

import mimetypes
import re
from typing import Any

from bot.channels import markup
from bot.channels.channel import Sending
from bot.message import Attachment, Capabilities, Message
from bot.templates import OPEN, Template, templates
from bot.text import Text

BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")
PHONE = re.compile(r"[0-9]{6,15}")
AGAIN = "(kirim ulang) "
OPEN_LIST = "Pilih"
LARGEST_PHOTO = 5 * 1024 * 1024
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/plain", "xlsx": TABLE, "txt": "text/plain"}
ASKS = {"contact": "request_contact_info", "location": "location_request_message"}
ACTIONS = {"contact": "request_contact_info", "location": "send_location"}


def compose(sending: Sending, can: Capabilities, media: str = "", media_kind: str = "") -> dict[str, Any]:
    """Return the body of the call; `media` is the id of the uploaded file. Raises ValueError for no address."""
    if sending.template is not None:
        return _addressed(sending) | _template(sending)
    message, text = sending.message, sending.message.text
    # An edit cannot be made here: it is a new message, and the buttons of the old one are refused by their turn.
    interactive = message.ask or (message.choices and message.form != "numbers")
    limit = can.caption if message.file else can.body if interactive else can.text
    if sending.again and _units(f"{AGAIN}{text.plain}") <= limit:
        text = AGAIN + text
    written = markup.plain(text) if sending.plain else markup.as_whatsapp(text)
    return _addressed(sending) | _shown(message, written, media, media_kind)


def to_review(template: Template) -> dict[str, Any]:
    """Return the body of the call that hands a template in for review."""
    ours = templates()
    body = {"type": "BODY", "text": template.body, "example": {"body_text": [[template.example]]}}
    buttons = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": ours.button}]}
    return {
        "name": template.name,
        "language": ours.language,
        "category": ours.category,
        "components": [body, buttons],
    }


def _addressed(sending: Sending) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(sending.address),
        "biz_opaque_callback_data": str(sending.id),
    }


def _template(sending: Sending) -> dict[str, Any]:
    """Name the template, what fills it, and what its button says to us: to deliver the row that it stands for."""
    filled = sending.template
    assert filled is not None, "asked for by who has one"
    said = f"{AGAIN if sending.again else ''}{markup.one_line(filled.text)}"
    text = {"type": "body", "parameters": [{"type": "text", "text": said}]}
    payload = {"type": "payload", "payload": f"!{OPEN}.{sending.id}"}
    button = {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [payload]}
    language = {"code": templates().language}
    return {
        "type": "template",
        "template": {"name": filled.name, "language": language, "components": [text, button]},
    }


def type_of(file: Attachment, content: bytes) -> tuple[str, str]:
    """Return (kind, type) of a file as WhatsApp takes it: a picture that is too large goes as a document."""
    picture = next((type_ for start, type_ in PICTURES.items() if content.startswith(start)), "")
    if file.kind == "photo" and picture and len(content) <= LARGEST_PHOTO:
        return "image", picture
    known = TYPES.get(file.name.rpartition(".")[2].lower()) or picture or mimetypes.guess_type(file.name)[0]
    return "document", known or "application/octet-stream"


def _recipient(address: str) -> dict[str, str]:
    if BSUID.fullmatch(address):
        return {"recipient": address}
    if PHONE.fullmatch(address):
        return {"to": address}
    raise ValueError("an address that is none")


def _shown(message: Message, written: str, media: str, media_kind: str) -> dict[str, Any]:
    file = _file(message.file, media, media_kind) if message.file else {}
    if message.venue is not None:
        place = {"latitude": message.venue.latitude, "longitude": message.venue.longitude}
        words = {"name": markup.one_line(message.venue.title), "address": markup.one_line(message.venue.address)}
        return {"type": "location", "location": place | words}
    if message.ask:
        return _interactive(ASKS[message.ask], written, {"name": ACTIONS[message.ask]})
    if message.choices and message.form == "list":
        rows = [{"id": choice.id, "title": choice.label} for choice in message.choices]
        return _interactive("list", written, {"button": OPEN_LIST, "sections": [{"rows": rows}]})
    if message.choices and message.form == "buttons":
        buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.label}} for one in message.choices]
        header = {"header": {"type": media_kind, media_kind: file}} if file else {}
        return _interactive("button", written, {"buttons": buttons}, header)
    if file:
        return {"type": media_kind, media_kind: file | ({"caption": written} if written else {})}
    return {"type": "text", "text": {"body": written, "preview_url": False}}


def _interactive(kind: str, written: str, action: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    body = {"type": kind, **(more or {}), "body": {"text": written}, "action": action}
    return {"type": "interactive", "interactive": body}


def _file(file: Attachment, media: str, kind: str) -> dict[str, str]:
    return {"id": media} | ({"filename": markup.one_line(file.name)} if kind == "document" and file.name else {})


def _units(text: str | Text) -> int:
    return len(str(text).encode("utf-16-le", "replace")) // 2
