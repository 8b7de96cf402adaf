"""What people do on their phones, as the messages that WhatsApp's webhooks make of it."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

Event = dict[str, Any]

JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


@dataclass(frozen=True)
class Account:
    """Somebody on WhatsApp: known by number, by a business-scoped id, or by both."""

    phone: str = ""
    bsuid: str = ""
    name: str = "Siti Aminah"

    @property
    def address(self) -> str:
        return self.bsuid or self.phone


class Phones:
    """Makes the messages of a webhook; `send` brings them out. Keeps the files that people sent."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.accounts: dict[str, Account] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.last_in: dict[str, float] = {}
        self.ids = itertools.count(1)

    def account(self, phone: str = "", bsuid: str = "", name: str = "Siti Aminah") -> Account:
        """Register an account: messages to either of its names reach it."""
        one = Account(phone, bsuid, name)
        for key in filter(None, (phone, bsuid)):
            self.accounts[key] = one
        return one

    def say(self, who: Account, text: str, **more: Any) -> Event:
        return self._message(who, "text", {"text": {"body": text}, **more})

    def tap(self, who: Account, card: str, token: str, title: str, *, row: bool = False) -> Event:
        kind = "list_reply" if row else "button_reply"
        body = {"interactive": {"type": kind, kind: {"id": token, "title": title}}, "context": {"id": card}}
        return self._message(who, "interactive", body)

    def press(self, who: Account, card: str, payload: str, title: str) -> Event:
        """Press the button of a template."""
        return self._message(who, "button", {"button": {"payload": payload, "text": title}, "context": {"id": card}})

    def send_photo(self, who: Account, content: bytes = JPEG, caption: str = "") -> Event:
        image = {"id": self._file(content, "image/jpeg"), "mime_type": "image/jpeg", "sha256": "x"}
        return self._message(who, "image", {"image": image | ({"caption": caption} if caption else {})})

    def send_document(self, who: Account, content: bytes, name: str, mime: str, caption: str = "") -> Event:
        document = {"id": self._file(content, mime), "mime_type": mime, "filename": name, "sha256": "x"}
        return self._message(who, "document", {"document": document | ({"caption": caption} if caption else {})})

    def share_contact(self, who: Account, phone: str, *, asked: bool = True, name: str = "") -> Event:
        card = {
            "name": {"formatted_name": name or who.name},
            "phones": [{"phone": f"+{phone}", "wa_id": phone, "type": "CELL"}],
            "origin": "contact_request" if asked else "other",
        }
        return self._message(who, "contacts", {"contacts": [card]})

    def send_location(self, who: Account, latitude: float, longitude: float, name: str = "") -> Event:
        point = {"latitude": latitude, "longitude": longitude} | ({"name": name} if name else {})
        return self._message(who, "location", {"location": point})

    def send_sticker(self, who: Account) -> Event:
        return self._message(who, "sticker", {"sticker": {"id": "x", "mime_type": "image/webp"}})

    def change_number(self, who: Account, phone: str, bsuid: str = "") -> tuple[Account, Event]:
        """Move the account to another number; return it as it is now, and the message that says so."""
        system = {"body": "changed", "wa_id": phone, "type": "user_changed_number"}
        event = self._message(who, "system", {"system": system | ({"user_id": bsuid} if bsuid else {})})
        for key in filter(None, (who.phone, who.bsuid)):
            self.accounts.pop(key, None)
            self.last_in.pop(key, None)
        return self.account(phone, bsuid, who.name), event

    def hide_number(self, who: Account) -> Account:
        """Let the account be seen by its id alone, as one with a username is."""
        return replace(who, phone="")

    def _message(self, who: Account, kind: str, body: dict[str, Any]) -> Event:
        if kind != "system":
            for key in filter(None, (who.phone, who.bsuid)):
                self.last_in[key] = self.now()
        message = {"id": f"wamid.IN{next(self.ids):08}", "timestamp": str(int(self.now())), "type": kind, **body}
        contact: dict[str, Any] = {"profile": {"name": who.name}}
        if who.phone:
            message["from"], contact["wa_id"] = who.phone, who.phone
        if who.bsuid:
            message["from_user_id"], contact["user_id"] = who.bsuid, who.bsuid
        return {"message": message, "contact": contact}

    def _file(self, content: bytes, mime: str) -> str:
        number = f"{900_000 + len(self.files)}"
        self.files[number] = content, mime
        return number
