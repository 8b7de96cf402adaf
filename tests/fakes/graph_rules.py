"""What the Graph API checks in a message, and the codes with which it refuses."""

import re
from dataclasses import dataclass, replace
from typing import Any

BSUID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")


class Refusal(Exception):
    """An answer with an error object."""

    def __init__(self, code: int, status: int = 400, details: str = "") -> None:
        super().__init__(f"{code}: {details}")
        self.code, self.status, self.details = code, status, details


@dataclass(frozen=True)
class Shown:
    """What a phone shows of a message."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()  # label, id
    asks: str = ""
    media: str = ""  # the id of an uploaded file
    file_name: str = ""
    kind: str = ""
    template: str = ""


def read(body: dict[str, Any]) -> Shown:
    """Check a message as the API does, and return what is shown. Raises Refusal."""
    _known(body, "messaging_product recipient_type to recipient biz_opaque_callback_data type", body.get("type", ""))
    if body.get("messaging_product") != "whatsapp":
        raise Refusal(100, details="messaging_product")
    kind = body.get("type")
    if kind == "text":
        return Shown(_text(body["text"].get("body"), 4096, "text"), kind="text")
    if kind in ("image", "document"):
        file = body[kind]
        _known(file, "id caption filename" if kind == "document" else "id caption")
        caption = _text(file["caption"], 1024, "caption") if "caption" in file else ""
        return Shown(caption, media=_id(file), file_name=file.get("filename", ""), kind=kind)
    if kind == "location":
        place = body["location"]
        if not (-90 <= place["latitude"] <= 90 and -180 <= place["longitude"] <= 180):
            raise Refusal(131009, details="location")
        return Shown(f"📍 {place['name']}\n{place['address']}", kind="location")
    if kind == "template":
        return _template(body["template"])
    if kind == "interactive":
        return _interactive(body["interactive"])
    raise Refusal(131051, details=f"type {kind}")


def _template(given: dict[str, Any]) -> Shown:
    _known(given, "name language components")
    if given["language"] != {"code": "id"}:
        raise Refusal(132001, details="language")
    body, button = given["components"]
    values = [one["text"] for one in body["parameters"] if one["type"] == "text"]
    payload = button["parameters"][0]["payload"]
    if (button["type"], button["sub_type"], button["index"]) != ("button", "quick_reply", "0"):
        raise Refusal(132000, details="button")
    if body["type"] != "body" or len(values) != 1:
        raise Refusal(132000, details="parameters")
    if not values[0].strip() or re.search(r"[\n\t]| {5}", values[0]):
        raise Refusal(100, details="a parameter cannot have new-line/tab characters or more than 4 consecutive spaces")
    return Shown(values[0], (("", payload),), kind="template", template=given["name"])


def fill(shown: Shown, template: dict[str, Any]) -> Shown:
    """Return what a phone shows of a template that was approved."""
    body, buttons = template["components"]
    text = _text(body["text"].replace("{{1}}", shown.text), 1024, "template body")
    return replace(shown, text=text, buttons=((buttons["buttons"][0]["text"], shown.buttons[0][1]),))


def check_template(given: dict[str, Any]) -> None:
    """Check a template as it is handed in. Raises Refusal."""
    _known(given, "name language category components")
    body, buttons = given["components"]
    text = _text(body["text"], 1024, "template body")
    if re.findall(r"{{.*?}}", text) != ["{{1}}"] or text.startswith("{{") or text.endswith("}}"):
        raise Refusal(100, details="variables")
    if len(body["example"]["body_text"][0]) != 1 or not re.fullmatch(r"[a-z0-9_]{1,512}", given["name"]):
        raise Refusal(100, details="example or name")
    (button,) = buttons["buttons"]
    if button["type"] != "QUICK_REPLY" or not 1 <= len(button["text"]) <= 25:
        raise Refusal(100, details="button")


def _interactive(given: dict[str, Any]) -> Shown:
    _known(given, "type header body footer action")
    text = _text(given["body"].get("text"), 1024, "interactive body")
    action, kind = given["action"], given["type"]
    if kind in ("location_request_message", "request_contact_info"):
        name = "send_location" if kind == "location_request_message" else kind
        if action != {"name": name} or "header" in given:
            raise Refusal(131009, details="action")
        return Shown(text, asks={"send_location": "Bagikan lokasi"}.get(name, "Bagikan nomor saya"), kind=kind)
    if kind == "button":
        buttons = tuple((one["reply"]["title"], one["reply"]["id"]) for one in action["buttons"])
        _check(buttons, most=3, title=20, id_=256)
        header = given.get("header", {})
        file = header.get(header.get("type", ""), {})
        return Shown(text, buttons, media=_id(file) if file else "", file_name=file.get("filename", ""), kind=kind)
    if kind == "list":
        if "header" in given or not 1 <= len(action["button"]) <= 20:
            raise Refusal(131009, details="list header or button")
        rows = tuple((row["title"], row["id"]) for section in action["sections"] for row in section["rows"])
        _check(rows, most=10, title=24, id_=200)
        return Shown(text, rows, kind=kind)
    raise Refusal(131009, details=f"interactive {kind}")


def _check(choices: tuple[tuple[str, str], ...], *, most: int, title: int, id_: int) -> None:
    if not 1 <= len(choices) <= most:
        raise Refusal(131009, details=f"{len(choices)} choices")
    for label, token in choices:
        if not label.strip() or len(label) > title:
            raise Refusal(131009, details=f"title {label!r}")
        if not token or len(token) > id_ or token != token.strip():
            raise Refusal(131009, details=f"id {token!r}")
    if len({label for label, _ in choices}) < len(choices) or len({token for _, token in choices}) < len(choices):
        raise Refusal(131009, details="duplicated title or id")


def _text(given: Any, most: int, what: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise Refusal(100, details=f"{what} is empty")
    if len(given) > most:
        raise Refusal(100, details=f"{what} has {len(given)} characters")
    return given


def _id(file: dict[str, Any]) -> str:
    if not isinstance(file.get("id"), str):
        raise Refusal(100, details="no media id")
    return str(file["id"])


def _known(given: dict[str, Any], names: str, *more: str) -> None:
    unknown = set(given) - set(names.split()) - set(more)
    if unknown:
        raise Refusal(100, details=f"unknown fields {sorted(unknown)}")
