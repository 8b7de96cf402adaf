"""The Graph API over aiohttp: one request, once, and an honest word about whether it may have been taken."""

import io
import json
from typing import Any

import aiohttp

LARGEST_FILE = 20 * 1024 * 1024


class NothingLeft(Exception):
    """No byte of the request left us."""


class Lost(Exception):
    """What became of the request is not known."""


class GraphRefused(Exception):
    """The API answered with an error; `code` is its own number, None where the answer was not the API's."""

    def __init__(self, status: int, code: int | None) -> None:
        super().__init__(f"HTTP {status}, code {code}")
        self.status, self.code = status, code


class TooLarge(Exception):
    """The file is larger than LARGEST_FILE."""


class Graph:
    """A connection pool with the token in a header. Times are in seconds."""

    def __init__(self, token: str, url: str, *, answer_within: float = 20.0, connect_within: float = 5.0) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": "pkh-bot"}
        self._answer_within, self._connect_within = answer_within, connect_within
        self._session: aiohttp.ClientSession | None = None
        self._closed = False
        self.date = ""  # of the last answer, as its server has it

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read an object. Raises NothingLeft, Lost or GraphRefused."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send JSON. Raises NothingLeft, Lost or GraphRefused."""
        return await self._call("POST", path, json=body)

    async def upload(self, path: str, content: bytes, name: str, type: str) -> dict[str, Any]:
        """Upload a file. Raises NothingLeft, Lost or GraphRefused."""
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", type)
        # As a stream: aiohttp writes large bytes in one go, and the event loop waits for it.
        form.add_field("file", io.BytesIO(content), filename=name, content_type=type)
        return await self._call("POST", path, data=form, writing=60.0)

    async def download(self, url: str) -> bytes:
        """Fetch a file from where the API says it lies. Raises NothingLeft, Lost, GraphRefused or TooLarge."""
        status, content = await self._exchange("GET", url, largest=LARGEST_FILE)
        if status != 200:
            raise GraphRefused(status, None)
        return content

    async def close(self) -> None:
        """Close every connection; what is sent afterwards does not leave us."""
        self._closed = True
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(self, method: str, path: str, *, writing: float = 10.0, **more: Any) -> dict[str, Any]:
        status, content = await self._exchange(method, f"{self._url}/{path}", writing=writing, **more)
        answer = _read(content)
        if 200 <= status <= 299:
            return answer  # unreadable or not: it was taken
        error = answer.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        raise GraphRefused(status, code if type(code) is int else None)

    async def _exchange(
        self, method: str, url: str, *, writing: float = 10.0, largest: int = 0, **more: Any
    ) -> tuple[int, bytes]:
        failure: Exception
        total = self._connect_within + writing + self._answer_within
        timeout = aiohttp.ClientTimeout(total=total, connect=self._connect_within, sock_read=self._answer_within)
        try:
            async with self._pool().request(
                method, url, headers=self._headers, timeout=timeout, allow_redirects=False, **more
            ) as response:
                self.date = response.headers.get("Date", "")
                if not largest:
                    return response.status, await _payload(response, method)
                if (response.content_length or 0) > largest:
                    raise TooLarge
                content = bytearray()
                async for piece in response.content.iter_chunked(65_536):
                    content += piece
                    if len(content) > largest:
                        raise TooLarge
                return response.status, bytes(content)
        except TooLarge:
            raise
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL, NothingLeft) as why:
            failure = NothingLeft(type(why).__name__)
        except Exception as why:  # noqa: BLE001  # a time-out, a reset: its text may hold an address or a number
            failure = Lost(type(why).__name__)
        raise failure  # outside of `except`: there, Python would attach aiohttp's exception to it

    def _pool(self) -> aiohttp.ClientSession:
        if self._closed:
            raise NothingLeft("closed")
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # Idle connections are dropped before the server does it: a reused one that it just closed is "lost".
                connector=aiohttp.TCPConnector(limit=128, keepalive_timeout=15, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _payload(response: aiohttp.ClientResponse, method: str) -> bytes:
    """Read the body; an answer that breaks off after its status is an unreadable one."""
    try:
        return await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        if method == "GET":
            raise
        return b""


def _read(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
