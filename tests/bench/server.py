"""A Bot API that costs next to nothing: a process of its own, so that a benchmark measures the bot and not the server.

`python -m tests.bench.server` prints its port. It reads no more of a request than it must; what it accepted is kept as
it came and read when /control/ledger asks. Every call is answered after the delay that /control/load sets. It also lets
people write one after the other, for as long as somebody else keeps the bot busy: /control/ask.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qs, unquote_plus

import uvloop

TOKEN = "123456:AAF-fake_token_of_the_fake_api"
FIRST_UPDATE = 1_000
LONGEST_POLL = 10.0
SENDS = (b"sendMessage", b"editMessageText")
FREE = 30  # messages a second that Telegram bears
TOO_MANY = (
    b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}'
)

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_OFFSET = re.compile(rb"offset[^0-9]{1,8}(\d+)")
_CHAT = re.compile(r"chat_id[^0-9]{1,8}(\d+)")
_PART = re.compile(r'name="text"\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)


class Api:
    """What the server knows: the updates that wait, and what was accepted."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.free = 0  # messages a second that are accepted; 0 is no limit
        self.refused = 0
        self.updates: list[bytes] = []
        self.confirmed = 0
        self.polls = 0
        self.loaded_at = 0.0
        self.accepted: list[tuple[float, bytes]] = []
        self.asked: list[tuple[float, int]] = []
        self.waiting: list[Callable[[], None]] = []

    def answer(self, method: bytes, body: bytes, reply: Callable[[bytes], None]) -> None:
        """Work out the answer to one call; `reply` is called with it, at once or later."""
        if method in SENDS and self.is_too_fast():
            self.refused += 1
            reply(TOO_MANY)
        elif method in SENDS:
            self.accepted.append((time.monotonic(), body))
            number = len(self.accepted)
            reply(
                b'{"ok":true,"result":{"message_id":%d,"date":1700000000,"chat":{"id":1,"type":"private"},"text":"x"}}'
                % number
            )
        elif method == b"getUpdates":
            self.poll(body, reply)
        elif method == b"getMe":
            reply(b'{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"b","username":"b_bot"}}')
        else:
            reply(b'{"ok":true,"result":true}')

    def is_too_fast(self) -> bool:
        """Say whether one more now would be more than is borne within a second."""
        full = 0 < self.free <= len(self.accepted)
        return full and time.monotonic() - self.accepted[-self.free][0] < 1.0

    def poll(self, body: bytes, reply: Callable[[bytes], None]) -> None:
        """Hand out what waits from the offset on, or keep the caller waiting for it."""
        self.polls += 1
        if found := _OFFSET.search(body):
            self.confirmed = max(self.confirmed, int(found[1]) - FIRST_UPDATE)
        batch = self.updates[self.confirmed : self.confirmed + 100]
        if batch:
            reply(b'{"ok":true,"result":[' + b",".join(batch) + b"]}")
            return
        timer = asyncio.get_running_loop().call_later(LONGEST_POLL, lambda: give_up())

        def again() -> None:
            timer.cancel()
            self.polls -= 1
            self.poll(body, reply)

        def give_up() -> None:
            self.waiting.remove(again)
            reply(b'{"ok":true,"result":[]}')

        self.waiting.append(again)

    def load(self, people: int, text: str, delay: float, first: int = 1, free: int = 0) -> None:
        """Let so many people write the same at the same moment; forget what was accepted before."""
        self.delay, self.free, self.accepted = delay, free, []
        for one in range(first, first + people):
            self._add_letter(one, text)
        self.loaded_at = time.monotonic()
        self._hand_out()

    def ask(self, people: list[int], text: str, every: float) -> None:
        """Let one of these people after the other write, `every` seconds apart, and note when each could be read."""
        for number, one in enumerate(people):
            asyncio.get_running_loop().call_later(number * every, self._ask, one, text)

    def _ask(self, one: int, text: str) -> None:
        self._add_letter(one, text)
        self.asked.append((time.monotonic(), one))
        self._hand_out()

    def _add_letter(self, one: int, text: str) -> None:
        who = {"id": one, "first_name": f"Orang {one}", "username": f"orang{one}"}
        message: dict[str, Any] = {
            "message_id": len(self.updates) + 1,
            "from": who | {"is_bot": False, "language_code": "id"},
            "chat": who | {"type": "private"},
            "date": int(time.time()),
            "text": text,
        }
        if text[0] == "/":
            message["entities"] = [{"offset": 0, "length": len(text.split()[0]), "type": "bot_command"}]
        update = {"update_id": FIRST_UPDATE + len(self.updates), "message": message}
        self.updates.append(json.dumps(update, separators=(",", ":")).encode())

    def _hand_out(self) -> None:
        """Let the polls that wait look again."""
        waiting, self.waiting = self.waiting, []
        for again in waiting:
            again()

    def control(self, path: str) -> Any:
        """Do what the benchmark asks for."""
        what, _, query = path.partition("?")
        given = {name: values[0] for name, values in parse_qs(query).items()}
        if what == "load":
            people, delay = int(given["people"]), float(given["delay"])
            self.load(people, given["text"], delay, int(given.get("first", 1)), int(given.get("free", 0)))
        elif what == "ask":
            self.ask([int(one) for one in given["people"].split(",")], given["text"], float(given["every"]))
        elif what == "ledger":
            return [[at - self.loaded_at, *read_call(body)] for at, body in self.accepted]
        elif what == "asked":
            return [[at - self.loaded_at, one] for at, one in self.asked]
        counts = {"accepted": len(self.accepted), "refused": self.refused}
        return counts | {"polls": self.polls, "confirmed": self.confirmed}


def read_call(body: bytes) -> tuple[int, str]:
    """Return the chat and the text of a call, in whichever of three encodings it came."""
    text = body.decode(errors="replace")
    if text.startswith("{"):
        fields = json.loads(text)
        return int(fields["chat_id"]), fields["text"]
    chat = _CHAT.search(text)
    part = _PART.search(text)
    said = part[1] if part else unquote_plus(text.partition("text=")[2].partition("&")[0])
    return int(chat[1]) if chat else 0, said


class Connection(asyncio.Protocol):
    """One kept-alive connection; requests come one after the other."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without being an instance

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            found = _LENGTH.search(head)
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < size:
                return
            body, self._buffer = self._buffer[end + 4 : size], self._buffer[size:]
            self._serve(head.split(b" ", 2)[1], body)

    def _serve(self, path: bytes, body: bytes) -> None:
        if path.startswith(b"/control/"):
            self._write(json.dumps(self._api.control(path.decode()[9:])).encode())
            return
        method = path.rsplit(b"/", 1)[1]
        delay = 0.0 if method == b"getUpdates" else self._api.delay

        def reply(payload: bytes) -> None:
            if delay:
                asyncio.get_running_loop().call_later(delay, self._write, payload)
            else:
                self._write(payload)

        self._api.answer(method, body, reply)

    def _write(self, payload: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            status = b"429 Too Many Requests" if payload is TOO_MANY else b"200 OK"
            head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            self._transport.write(head % (status, len(payload)) + payload)


async def serve() -> None:
    """Listen on a free port, say which, and serve until killed."""
    api = Api()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(api), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve())
