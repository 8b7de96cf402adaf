"""JSON calls over HTTP/1.1 on connections that are kept: a call takes a third of what it did by a general client."""

import asyncio
import json
import math
import ssl
from collections.abc import Callable, Mapping, Sequence
from socket import SOCK_STREAM
from typing import Any
from urllib.parse import quote, urlsplit

import httptools
from aiohappyeyeballs import AddrInfoType, start_connection

SWEEP = 0.25  # seconds between two looks for what has lasted too long: a timer for each call would be dear
IDLE = 15.0  # seconds; given up before the server does it: a call on one that it just closed may have been taken
KNOWN_FOR = 300.0  # seconds that the host's addresses are not asked for again
SECOND_FAMILY_AFTER = 0.25  # seconds; an IPv6 that leads nowhere must not cost all the time for connecting (RFC 8305)


class NotConnected(Exception):
    """No byte of the call left us; the text is the reason's name."""


class BrokenOff(Exception):
    """The connection ended, or spoke no HTTP, before an answer came: the call may have been taken."""


class Wire:
    """Kept connections to one host, at most so many; times are in seconds."""

    def __init__(self, url: str, *, connections: int, connect_within: float) -> None:
        at = urlsplit(url)
        self._host, self._path = at.hostname or "", at.path.rstrip("/")
        self._port = at.port or (443 if at.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if at.scheme == "https" else None
        self._named = at.netloc.rpartition("@")[2]
        self._connect_within = connect_within
        self._room = asyncio.Semaphore(connections)
        self._idle: list[_Connection] = []
        self._open: set[_Connection] = set()
        self._heads: dict[str, bytes] = {}
        self._asking = asyncio.Lock()
        self._addresses: Sequence[AddrInfoType] = ()
        self._known_until = 0.0
        self._sweeping: asyncio.TimerHandle | None = None
        self._closed = False

    async def post(self, path: str, fields: Mapping[str, Any], within: float) -> tuple[int, bytes]:
        """Make one call, once; return the status and the body, cut where the connection was.

        Raises NotConnected, BrokenOff, or TimeoutError when nothing came `within` so many seconds after it left.
        """
        body = json.dumps(fields).encode()
        head = self._heads.get(path) or self._head(path)
        connection = await self._take()
        try:
            return await connection.exchange(head % len(body) + body, within)
        finally:
            if connection.is_open:
                connection.until = connection.loop.time() + IDLE
                self._idle.append(connection)
            self._room.release()

    async def close(self) -> None:
        """Drop every connection; what is called afterwards does not leave us."""
        self._closed = True
        for connection in tuple(self._open):
            connection.drop()

    def _head(self, path: str) -> bytes:
        head = (
            f"POST {quote(f'{self._path}/{path}', safe='/:')} HTTP/1.1\r\nHost: {self._named}\r\n"
            "User-Agent: pkh-bot\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
        )
        self._heads[path] = head.replace("%", "%%").encode("ascii") + b"%d\r\n\r\n"
        return self._heads[path]

    async def _take(self) -> "_Connection":
        if self._closed:
            raise NotConnected("closed")
        if self._idle and not self._room.locked():
            await self._room.acquire()  # does not wait, and needs no timer
            return self._idle.pop()
        try:
            async with asyncio.timeout(self._connect_within):
                await self._room.acquire()
                try:
                    return self._idle.pop() if self._idle else await self._connect()
                except BaseException:
                    self._room.release()
                    raise
        except (OSError, TimeoutError, UnicodeError) as why:
            reason = type(why).__name__
        raise NotConnected(reason)

    async def _connect(self) -> "_Connection":
        loop = asyncio.get_running_loop()
        try:
            to = await start_connection(await self._look_up(loop), happy_eyeballs_delay=SECOND_FAMILY_AFTER)
        except OSError:
            self._known_until = 0.0
            raise
        name = self._host if self._tls else None
        _, connection = await loop.create_connection(
            lambda: _Connection(loop, self._lost), sock=to, ssl=self._tls, server_hostname=name
        )
        self._open.add(connection)
        if self._closed:
            connection.drop()
        elif self._sweeping is None:
            self._sweeping = loop.call_later(SWEEP, self._sweep, loop)
        return connection

    async def _look_up(self, loop: asyncio.AbstractEventLoop) -> Sequence[AddrInfoType]:
        async with self._asking:
            if loop.time() >= self._known_until:
                self._addresses = await loop.getaddrinfo(self._host, self._port, type=SOCK_STREAM)
                self._known_until = loop.time() + KNOWN_FOR
        return self._addresses

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """End what has taken too long, and what was idle too long."""
        now = loop.time()
        for connection in tuple(self._open):
            if connection.until <= now:
                connection.drop(TimeoutError())
        self._sweeping = loop.call_later(SWEEP, self._sweep, loop) if self._open else None

    def _lost(self, connection: "_Connection") -> None:
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)


class _Connection(asyncio.Protocol):
    """One connection, with at most one call on it; `until`, by the loop's clock, is when the call or the rest ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lost: Callable[["_Connection"], None]) -> None:
        self.loop = loop
        self.until = math.inf
        self._lost = lost
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._status = 0
        self._pieces: list[bytes] = []
        self._transport: asyncio.Transport

    @property
    def is_open(self) -> bool:
        return not self._transport.is_closing()

    async def exchange(self, request: bytes, within: float) -> tuple[int, bytes]:
        """Send a request, and return the status and the body of what answers it."""
        if not self.is_open:
            raise NotConnected("closed meanwhile")
        self._status, self._pieces = 0, []
        self.until = self.loop.time() + within
        self._answer = self.loop.create_future()
        self._transport.write(request)
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.drop()  # what still comes would be taken for the answer to the next call
            raise
        finally:
            self._answer = None

    def drop(self, why: Exception | None = None) -> None:
        """End the connection; a call on it fails, or has what came of its answer so far."""
        self._end(why or BrokenOff("dropped"))
        self._transport.abort()

    def _end(self, why: Exception) -> None:
        if self._answer is None or self._answer.done():
            return
        if self._status:
            self._answer.set_result((self._status, b"".join(self._pieces)))
        else:
            self._answer.set_exception(why)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is one without being an instance

    def connection_lost(self, why: Exception | None) -> None:
        self._end(BrokenOff(type(why).__name__ if why else "closed"))
        self._lost(self)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:
            self.drop()  # nobody asked
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as why:
            self.drop(BrokenOff(type(why).__name__))

    def on_message_begin(self) -> None:
        if self._answer is None or self._answer.done():
            self.drop()  # a second answer to one call must not become that of the next

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        self._status = status if status >= 200 else 0  # "100 Continue" is no answer

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        if not self._status:
            return
        self._end(BrokenOff("complete"))
        if not self._parser.should_keep_alive():
            self._transport.close()
