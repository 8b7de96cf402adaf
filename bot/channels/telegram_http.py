"""The Bot API for python-telegram-bot, whose own client is slow: calls by wire, files by aiohttp.

Tells "no byte left us" from "it may have been taken", which PTB's client folds into one; and since the token stands in
every address, no exception of it carries an address, nor aiohttp's exception as its cause.
"""

import contextlib
import io
import json
from collections.abc import Mapping
from typing import Any

import aiohttp
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.wire import BrokenOff, NotConnected, Wire

WITHOUT_TIME = 5.0  # seconds to wait after a 429 that does not say how long
_MAPPED = (400, 401, 403, 404, 409)  # what BaseRequest has an exception for


class NothingLeft(NetworkError):
    """No byte of the request left us: no address, no connection, no free one in time."""


class Garbled(TelegramError):
    """The answer is no answer of the Bot API; with status 200 the request was all but surely taken."""


class Flooded(TelegramError):
    """429: refused for `seconds`. PTB's RetryAfter warns about its own type at every use."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"flood control, {seconds:g} s")
        self.seconds = seconds


class Requests(BaseRequest):
    """PTB's transport. Times are in seconds; `connect_within` counts the wait for a free connection, too."""

    def __init__(
        self, url: str, token: str, *, connections: int, answer_within: float = 20.0, connect_within: float = 5.0
    ) -> None:
        # The half behind the colon: the colon itself may come back escaped.
        self._secret = (token.rpartition(":")[2] or token).encode()
        self._wire = Wire(f"{url}/bot{token}", connections=connections, connect_within=connect_within)
        self._connections = connections
        self._answer_within = answer_within
        self._connect_within = connect_within
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def read_timeout(self) -> float | None:
        return self._answer_within

    async def initialize(self) -> None:
        """Open the connection pool; a request opens it, too."""
        self._closed = False

    async def shutdown(self) -> None:
        """Close every connection; what is sent afterwards does not leave us."""
        self._closed = True
        await self._wire.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request, once. Raises NothingLeft, TimedOut or NetworkError without a trace of the address."""
        if read_timeout is BaseRequest.DEFAULT_NONE:
            read_timeout = self._answer_within
        writing = 60.0 if request_data is not None and request_data.contains_files else 10.0
        limits = _limits(self._connect_within, writing, read_timeout)
        return self._judge(*await self._exchange(url, method, _body(request_data), limits), method)

    async def call(self, method: str, fields: Mapping[str, Any], *, read_timeout: float | None = None) -> Any:
        """Call a method that takes no files, and return the plain result. Raises as PTB's own calls do.

        PTB's own way from the fields to here takes as long as all the rest of a call, and aiohttp most of that rest.
        """
        failure: TelegramError
        try:
            status, payload = await self._wire.post(method, fields, read_timeout or self._answer_within)
        except NotConnected as why:
            failure = NothingLeft(str(why))
        except TimeoutError as why:
            failure = TimedOut(type(why).__name__)
        except BrokenOff as why:
            failure = NetworkError(str(why))
        else:
            status, payload = self._judge(status, payload, "POST")
            if 200 <= status <= 299:
                return _object(payload).get("result")
            return await _Received(status, payload).post(method)  # which raises what PTB has for it
        raise failure  # outside of `except`: there, Python would attach what was caught to it

    def _judge(self, status: int, payload: bytes, method: str) -> tuple[int, bytes]:
        """Return what an answer means, as PTB wants it; raise what PTB has no word for."""
        if status == 200 and method == "POST":
            status = _meant(payload)
        if 200 <= status <= 299:
            return status, payload
        if status == 429:
            raise Flooded(_retry_after(payload))
        if 400 <= status <= 499 and status not in _MAPPED:
            raise BadRequest(f"HTTP {status}")
        if status in _MAPPED and not _is_answer(payload):
            # A firewall's page, say: its 403 must not count as the person's, nor its 404 as a wrong token.
            raise NetworkError(f"HTTP {status}, not from the Bot API")
        # A proxy's error page may repeat the address.
        return status, payload.replace(self._secret, b"***")

    async def _exchange(
        self, url: str, method: str, body: Mapping[str, Any], limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        if self._closed:
            raise NothingLeft("closed")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Idle connections are dropped before the server does it: a reused one that it just closed is "unknown".
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=15, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "pkh-bot"},
            )
        failure: TelegramError
        try:
            async with self._session.request(method, url, **body, timeout=limits, allow_redirects=False) as response:
                return response.status, await _payload(response, method)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as why:
            failure = NothingLeft(type(why).__name__)
        except TimeoutError as why:
            failure = TimedOut(type(why).__name__)
        except Exception as why:  # noqa: BLE001  # whatever it is, its text may hold the address
            failure = NetworkError(type(why).__name__)
        raise failure  # outside of `except`: there, Python would attach aiohttp's exception to it

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer strictly, and without PTB's logging of what cannot be read. Raises Garbled."""
        answer = _object(payload)
        parameters = answer.get("parameters")
        moved = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
        description = answer.get("description")
        return {
            "result": answer.get("result"),
            "description": description if isinstance(description, str) else "",
            "parameters": {"migrate_to_chat_id": moved} if type(moved) is int else {},
        }


class _Received(BaseRequest):
    """An answer that is there already, for PTB to say what it means."""

    def __init__(self, status: int, payload: bytes) -> None:
        self._answer = status, payload

    read_timeout = None
    parse_json_payload = staticmethod(Requests.parse_json_payload)

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return self._answer


def _object(payload: bytes) -> dict[str, Any]:
    """Read the JSON object that an answer is. Raises Garbled."""
    try:
        answer = json.loads(payload.decode())  # of bytes, json would first guess the encoding
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise Garbled("no JSON object")
    return answer


def _limits(connecting: float, writing: float, reading: float | None) -> aiohttp.ClientTimeout:
    """Return the limits of a request; without one for reading, there is none for all of it."""
    total = None if reading is None else connecting + writing + reading
    return aiohttp.ClientTimeout(total=total, connect=connecting, sock_read=reading)


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"json": data.parameters}
    form = aiohttp.FormData(quote_fields=False)  # a quoted file name would arrive as surat%20undangan.pdf
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in data.multipart_data.items():
        # As a stream: aiohttp writes large bytes in one go, and the event loop waits for it.
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=mime)
    return {"data": form}


async def _payload(response: aiohttp.ClientResponse, method: str) -> bytes:
    """Read the body; an API answer that breaks off after its status is an unreadable one, a broken file an error."""
    try:
        return await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        if method == "GET":
            raise
        return b""


def _meant(payload: bytes) -> int:
    """Return the status that an answer with HTTP status 200 means: PTB takes even `ok: false` for success."""
    if b'"result"' in payload or not _is_answer(payload):
        return 200
    return int(json.loads(payload)["error_code"])


def _is_answer(payload: bytes) -> bool:
    """Tell whether this is how the Bot API refuses."""
    with contextlib.suppress(ValueError, RecursionError):
        answer = json.loads(payload)
        return isinstance(answer, dict) and answer.get("ok") is False and type(answer.get("error_code")) is int
    return False


def _retry_after(payload: bytes) -> float:
    try:
        seconds = json.loads(payload)["parameters"]["retry_after"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return WITHOUT_TIME
    return float(seconds) if type(seconds) in (int, float) and 0 < seconds < 86_400 else WITHOUT_TIME
