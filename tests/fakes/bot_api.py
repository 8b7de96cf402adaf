"""A Bot API on the loopback: strict where Telegram is strict, faulty on request, with a ledger of what it accepted.

`python -m tests.fakes.bot_api --port 8081 --ledger FILE` runs it alone: each accepted message and each confirmed update
is a JSON line of FILE before the answer leaves; POST /_control/<name of a method> with JSON arguments works the phones.
"""

import argparse
import asyncio
import base64
import json
import random
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes import telegram_html, telegram_rules
from tests.fakes.telegram_faults import Fault, Weather, refuse
from tests.fakes.telegram_phones import Phones
from tests.fakes.telegram_rules import Refusal

TOKEN = "123456:AAF-fake_token_of_the_fake_api"
SENDS = ("sendMessage", "sendPhoto", "sendDocument", "sendVenue", "editMessageText", "editMessageMedia")
CONTROLS = (
    *("say", "tap", "press", "send_photo", "send_album", "send_document", "share_contact", "send_location"),
    *("block", "unblock", "push", "fault_next", "weather"),
)


@dataclass(frozen=True)
class Accepted:
    """A message that Telegram took; an edit stands in the ledger as a line of its own."""

    chat: int
    method: str
    message_id: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    keyboard: tuple[str, ...] = ()
    entities: tuple[telegram_html.Entity, ...] = ()
    file_name: str = ""
    file_size: int = 0
    at: float = 0.0
    rows: tuple[int, ...] = ()


class FakeBotApi(Phones):
    """The server. `ledger` is the oracle: compare it with the database."""

    def __init__(
        self, token: str = TOKEN, *, now: Callable[[], float] = time.time, ledger_file: Path | None = None
    ) -> None:
        super().__init__(now)
        self.token = token
        self.ledger: list[Accepted] = []
        self.confirmed: list[int] = []
        self.answered: list[str] = []
        self.menus: dict[int, list[dict[str, str]]] = {}
        self.calls: list[str] = []
        self.unknown_chats: set[int] = set()
        self.url = ""
        self._ledger_file = ledger_file
        self._shown: dict[tuple[int, int], Accepted] = {}
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._weather = Weather()
        self._arrived = asyncio.Event()
        self._stopped = asyncio.Event()
        self._polls = 0
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen on the loopback; return the address for `api_url`."""
        app = web.Application(client_max_size=60 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_post("/_control/{name}", self._control)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self.url

    async def stop(self) -> None:
        """Let go of those who hang, and of the port."""
        self._stopped.set()
        self._arrived.set()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> "FakeBotApi":
        await self.start()
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.stop()

    def fault_next(self, method: str, kind: str, **more: Any) -> None:
        """Let the next call of `method` go wrong.

        Refused: flood (retry_after), blocked, bad_request (description), markup, migrated, unauthorized, not_found,
        conflict, ok_false. Unknown to the caller: server_error (status), nothing, reset (before reading), hang and
        accept_reset (both after accepting). Accepted: garbled. Not from Telegram: firewall.
        """
        self._faults[method].append(Fault(kind, **more))

    def weather(self, chances: Mapping[str, float], seed: int = 0) -> None:
        """Let every send go wrong with these chances, by seeded dice."""
        self._weather = Weather(chances, random.Random(seed))

    def press(self, user_id: int, label: str) -> int:
        """Press the newest button with this label in the chat."""
        for (chat, number), shown in sorted(self._shown.items(), reverse=True):
            for text, data in shown.buttons if chat == user_id else ():
                if text == label:
                    return self.tap(user_id, number, data)
        raise LookupError(f"no button {label!r} in chat {user_id}")

    def chat(self, user_id: int) -> list[Accepted]:
        """Return what the person sees from the bot now, edits applied, in order."""
        return [shown for (chat, _), shown in sorted(self._shown.items()) if chat == user_id]

    def wake(self) -> None:
        self._arrived.set()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return _refused(Refusal(401, "Unauthorized"))
        # The real server takes methods in any case.
        method = next((name for name in _METHODS if name.lower() == request.match_info["method"].lower()), "")
        if not method:
            return _refused(Refusal(404, "Not Found"))
        self.calls.append(method)
        fault = self._faults[method].popleft() if self._faults[method] else None
        if fault is None and method in SENDS:
            fault = self._weather.roll()
        if fault is not None and fault.kind == "reset":
            return _cut(request)
        fields = await telegram_rules.fields(request)
        try:
            if fault is not None:
                refuse(fault)
            if fault is not None and fault.kind in ("server_error", "firewall"):
                status = fault.status if fault.kind == "server_error" else 403
                return web.Response(status=status, text=f"<h1>{status}</h1> {request.path}", content_type="text/html")
            if fault is not None and fault.kind == "nothing":
                return _cut(request)
            result = await _METHODS[method](self, fields)
        except Refusal as why:
            status = 200 if fault is not None and fault.kind == "ok_false" else why.status
            return _refused(why, status=status)
        return await self._spoil(request, fault, result)

    async def _spoil(self, request: web.Request, fault: Fault | None, result: Any) -> web.StreamResponse:
        """Answer what was accepted, or fail to."""
        if fault is not None and fault.kind == "hang":
            await self._stopped.wait()
        if fault is not None and fault.kind in ("hang", "accept_reset"):
            return _cut(request)
        if fault is not None and fault.kind == "garbled":
            return web.Response(text="<html>half an ans", content_type="text/html")
        return web.json_response({"ok": True, "result": result})

    async def _get_me(self, fields: dict[str, Any]) -> Any:
        return {"id": 123456, "is_bot": True, "first_name": "pkh", "username": "pkh_bot"}

    async def _delete_webhook(self, fields: dict[str, Any]) -> Any:
        return True

    async def _set_my_commands(self, fields: dict[str, Any]) -> Any:
        self.menus[int(fields["scope"]["chat_id"])] = fields["commands"]
        return True

    async def _get_updates(self, fields: dict[str, Any]) -> Any:
        self._polls += 1
        mine = self._polls
        self._arrived.set()  # an older poll, if any, ends with a conflict
        offset = int(fields.get("offset", 0))
        for number in [number for number in self.pending if number < offset]:
            del self.pending[number]
            self.confirmed.append(number)
            self._note({"confirmed": number})
        deadline = time.monotonic() + float(fields.get("timeout", 0))
        while not self._stopped.is_set():
            if self._polls != mine:
                raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one runs")
            self.expire()
            if self.pending or time.monotonic() >= deadline:
                break
            self._arrived.clear()
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._arrived.wait()
            except TimeoutError:
                break
        return list(self.pending.values())[: int(fields.get("limit", 100))]

    async def _send(self, fields: dict[str, Any], method: str = "sendMessage") -> Any:
        chat = self._reachable(fields)
        text, entities = telegram_rules.text(fields, "text" if method == "sendMessage" else "caption")
        buttons, keyboard, rows = telegram_rules.markup(fields)
        name, size = "", 0
        if method != "sendMessage":
            name, content = telegram_rules.upload(fields, "photo" if method == "sendPhoto" else "document")
            size = len(content)
        number = next(self.message_ids)
        self._accept(
            Accepted(chat, method, number, text, buttons, keyboard, entities, name, size, time.monotonic(), rows)
        )
        return {"message_id": number, "date": int(self.now()), "chat": {"id": chat, "type": "private"}, "text": text}

    async def _send_photo(self, fields: dict[str, Any]) -> Any:
        return await self._send(fields, "sendPhoto")

    async def _send_document(self, fields: dict[str, Any]) -> Any:
        return await self._send(fields, "sendDocument")

    async def _send_venue(self, fields: dict[str, Any]) -> Any:
        chat = self._reachable(fields)
        shown = telegram_rules.venue(fields)
        buttons, keyboard, rows = telegram_rules.markup(fields)
        number = next(self.message_ids)
        self._accept(Accepted(chat, "sendVenue", number, shown, buttons, keyboard, (), "", 0, time.monotonic(), rows))
        return {"message_id": number, "date": int(self.now()), "chat": {"id": chat, "type": "private"}}

    async def _edit(self, fields: dict[str, Any], method: str = "editMessageText") -> Any:
        chat, number = self._reachable(fields), int(fields["message_id"])
        if (chat, number) not in self._shown:
            raise Refusal(400, "Bad Request: message to edit not found")
        before = self._shown[chat, number]
        if bool(before.file_name) == (method == "editMessageText"):
            missing = "text" if before.file_name else "media"
            raise Refusal(400, f"Bad Request: there is no {missing} in the message to edit")
        kept = ("", 0)
        if method == "editMessageMedia":
            fields, kept = telegram_rules.media(fields)
        text, entities = telegram_rules.text(fields, "caption" if before.file_name else "text")
        buttons, _, rows = telegram_rules.markup(fields)
        was = (before.text, before.entities, before.buttons, before.file_name, before.file_size)
        if (text, entities, buttons, *kept) == was:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        self._accept(Accepted(chat, method, number, text, buttons, (), entities, *kept, time.monotonic(), rows))
        return {"message_id": number, "date": int(self.now()), "chat": {"id": chat, "type": "private"}, "text": text}

    async def _edit_media(self, fields: dict[str, Any]) -> Any:
        return await self._edit(fields, "editMessageMedia")

    async def _answer(self, fields: dict[str, Any]) -> Any:
        query = fields.get("callback_query_id", "")
        if query not in self.open_taps:
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.open_taps.discard(query)
        self.answered.append(query)
        return True

    async def _get_file(self, fields: dict[str, Any]) -> Any:
        if fields.get("file_id") not in self.files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        content, path = self.files[fields["file_id"]]
        if len(content) > 20 * 1024 * 1024:
            raise Refusal(400, "Bad Request: file is too big")
        sizes = {"file_size": len(content), "file_path": path}
        return {"file_id": fields["file_id"], "file_unique_id": f"u{fields['file_id']}", **sizes}

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.calls.append("download")
        if self._faults["download"] and self._faults["download"].popleft():
            return _cut(request)
        found = [content for content, path in self.files.values() if path == request.match_info["path"]]
        if request.match_info["token"] != self.token or not found:
            return _refused(Refusal(404, "Not Found"))
        return web.Response(body=found[0])

    async def _control(self, request: web.Request) -> web.StreamResponse:
        """Work a phone from another process."""
        name, arguments = request.match_info["name"], await request.json()
        if name == "state":
            state = {"ledger": len(self.ledger), "confirmed": len(self.confirmed), "pending": len(self.pending)}
            return web.json_response({**state, "polls": self._polls})
        if name not in CONTROLS:
            return web.json_response({"error": f"not one of {CONTROLS}"}, status=404)
        if "content" in arguments:
            arguments["content"] = base64.b64decode(arguments["content"])
        try:
            return web.json_response({"result": getattr(self, name)(**arguments)})
        except (LookupError, TypeError, ValueError) as why:
            return web.json_response({"error": str(why)}, status=400)

    def _reachable(self, fields: dict[str, Any]) -> int:
        chat = int(fields["chat_id"])
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat in self.unknown_chats:
            raise Refusal(400, "Bad Request: chat not found")
        return chat

    def _accept(self, accepted: Accepted) -> None:
        self.ledger.append(accepted)
        self._shown[accepted.chat, accepted.message_id] = accepted
        self._note({"accepted": asdict(accepted)})

    def _note(self, line: dict[str, Any]) -> None:
        if self._ledger_file is not None:
            with self._ledger_file.open("a") as file:
                file.write(json.dumps(line) + "\n")


_METHODS: dict[str, Callable[[FakeBotApi, dict[str, Any]], Any]] = {
    "getMe": FakeBotApi._get_me,
    "deleteWebhook": FakeBotApi._delete_webhook,
    "setMyCommands": FakeBotApi._set_my_commands,
    "getUpdates": FakeBotApi._get_updates,
    "sendMessage": FakeBotApi._send,
    "sendPhoto": FakeBotApi._send_photo,
    "sendDocument": FakeBotApi._send_document,
    "sendVenue": FakeBotApi._send_venue,
    "editMessageText": FakeBotApi._edit,
    "editMessageMedia": FakeBotApi._edit_media,
    "answerCallbackQuery": FakeBotApi._answer,
    "getFile": FakeBotApi._get_file,
}


def _refused(why: Refusal, status: int = 0) -> web.Response:
    body = {"ok": False, "error_code": why.status, "description": why.description}
    if why.parameters:
        body["parameters"] = why.parameters
    return web.json_response(body, status=status or why.status)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _alone(port: int, token: str, ledger_file: Path | None) -> None:
    api = FakeBotApi(token, ledger_file=ledger_file)
    sys.stdout.write(await api.start(port) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Bot API on the loopback.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--ledger", type=Path)
    chosen = parser.parse_args()
    asyncio.run(_alone(chosen.port, chosen.token, chosen.ledger))
