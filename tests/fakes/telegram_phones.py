"""What people do on their phones, as the updates that the Bot API makes of it."""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

Update = dict[str, Any]

MESSAGE_LIVES = 86_400  # seconds; the server forgets what is older
TAP_LIVES = 150
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


class Phones:
    """Makes updates, keeps them until they are confirmed, and keeps the files that people sent."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self.pending: dict[int, Update] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.blocked: set[int] = set()
        self.open_taps: set[str] = set()
        self._expiry: dict[int, float] = {}
        self._update_ids = itertools.count(700_000_001)
        self.message_ids = itertools.count(1)

    def push(self, update: Update, *, lives: float = MESSAGE_LIVES, numbered: bool = True) -> int:
        """Queue an update as it is, with a number unless told otherwise; return that number."""
        number = next(self._update_ids)
        if numbered:
            update = {"update_id": number, **update}
        self.pending[number] = update
        self._expiry[number] = self.now() + lives
        self.wake()
        return number

    def wake(self) -> None:
        """Tell the poll that waits; the server does something here."""

    def expire(self) -> None:
        """Forget what is too old, as the server does."""
        for number in [number for number in self.pending if self._expiry[number] < self.now()]:
            del self.pending[number]

    def say(self, user_id: int, text: str, name: str = "Siti Aminah", **more: Any) -> int:
        """Type a message; `date` and other fields may be given."""
        return self._message(user_id, name, {"text": text, **_command(text), **more})

    def tap(self, user_id: int, message_id: int, data: str, name: str = "Siti Aminah") -> int:
        """Press a button of a message, be it still there or not."""
        query = str(next(self._update_ids))
        self.open_taps.add(query)
        message = {"message_id": message_id, "date": int(self.now()), "chat": _chat(user_id, name), "text": "…"}
        body = {"id": query, "from": _user(user_id, name), "message": message, "chat_instance": "1", "data": data}
        return self.push({"callback_query": body}, lives=TAP_LIVES)

    def send_photo(
        self, user_id: int, content: bytes = JPEG, caption: str = "", name: str = "Siti Aminah", **more: Any
    ) -> int:
        """Send one photo."""
        small, large = self._file(content, "jpg"), self._file(content, "jpg")
        sizes = [
            {"file_id": small, "file_unique_id": f"u{small}", "width": 90, "height": 60, "file_size": 1},
            {"file_id": large, "file_unique_id": f"u{large}", "width": 1280, "height": 853, "file_size": len(content)},
        ]
        caption_field = {"caption": caption} if caption else {}
        return self._message(user_id, name, {"photo": sizes, **caption_field, **more})

    def send_album(
        self, user_id: int, contents: Sequence[bytes] = (JPEG, JPEG + b"2", JPEG + b"3"), caption: str = ""
    ) -> list[int]:
        """Send several photos as one album: an update for each."""
        album = str(next(self._update_ids))
        return [
            self.send_photo(user_id, content, caption if place == 0 else "", media_group_id=album)
            for place, content in enumerate(contents)
        ]

    def send_document(
        self,
        user_id: int,
        content: bytes,
        file_name: str = "surat.pdf",
        mime_type: str = "application/pdf",
        name: str = "Siti Aminah",
        **more: Any,
    ) -> int:
        """Send a file."""
        file_id = self._file(content, file_name)
        document = {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_name": file_name,
            "mime_type": mime_type,
            "file_size": len(content),
        }
        return self._message(user_id, name, {"document": document, **more})

    def share_contact(
        self, user_id: int, phone: str = "6281234567890", *, own: bool = True, name: str = "Siti Aminah", **more: Any
    ) -> int:
        """Share the own number, or somebody else's card."""
        card = {"phone_number": phone, "first_name": name, "user_id": user_id if own else user_id + 1}
        return self._message(user_id, name, {"contact": card, **more})

    def send_location(
        self, user_id: int, latitude: float = 3.7, longitude: float = 98.4, *, forwarded: bool = False
    ) -> int:
        """Send a point."""
        origin = {"forward_origin": {"type": "hidden_user", "sender_user_name": "x", "date": int(self.now())}}
        point = {"location": {"latitude": latitude, "longitude": longitude}}
        return self._message(user_id, "Siti Aminah", {**point, **(origin if forwarded else {})})

    def block(self, user_id: int, name: str = "Siti Aminah") -> int:
        """Block the bot: it is told, and refused from now on."""
        self.blocked.add(user_id)
        return self._membership(user_id, name, "member", "kicked")

    def unblock(self, user_id: int, name: str = "Siti Aminah") -> int:
        """Take the bot back."""
        self.blocked.discard(user_id)
        return self._membership(user_id, name, "kicked", "member")

    def _message(self, user_id: int, name: str, body: dict[str, Any]) -> int:
        message = {
            "message_id": next(self.message_ids),
            "from": _user(user_id, name),
            "chat": _chat(user_id, name),
            "date": int(self.now()),
            **body,
        }
        return self.push({"message": message})

    def _membership(self, user_id: int, name: str, before: str, after: str) -> int:
        bot = {"id": 123456, "is_bot": True, "first_name": "pkh", "username": "pkh_bot"}
        change = {
            "chat": _chat(user_id, name),
            "from": _user(user_id, name),
            "date": int(self.now()),
            "old_chat_member": _member(bot, before),
            "new_chat_member": _member(bot, after),
        }
        return self.push({"my_chat_member": change})

    def _file(self, content: bytes, name: str) -> str:
        file_id = f"F{len(self.files)}"
        self.files[file_id] = (content, f"files/{file_id}.{name.rpartition('.')[2]}")
        return file_id


def _member(bot: dict[str, Any], status: str) -> dict[str, Any]:
    return {"user": bot, "status": status, **({"until_date": 0} if status == "kicked" else {})}


def _user(user_id: int, name: str) -> dict[str, Any]:
    first, _, last = name.partition(" ")
    user = {"id": user_id, "is_bot": False, "first_name": first, "language_code": "id"}
    return {**user, "last_name": last} if last else user


def _chat(user_id: int, name: str) -> dict[str, Any]:
    first, _, last = name.partition(" ")
    return {"id": user_id, "type": "private", "first_name": first, **({"last_name": last} if last else {})}


def _command(text: str) -> dict[str, Any]:
    if not text.startswith("/"):
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]}
