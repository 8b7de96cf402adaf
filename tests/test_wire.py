"""Kept connections: what an answer is, what may have been taken, and that no call ever has another one's answer."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from math import inf
from pathlib import Path
from socket import AF_INET, SOCK_STREAM

import pytest

from bot.channels.wire import BrokenOff, NotConnected, Wire

PEM = Path(__file__).parent / "fakes" / "localhost.pem"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]


class Host:
    """A server that counts its connections and does with each request what it is told."""

    def __init__(self, behave: Behave) -> None:
        self._behave = behave
        self.connections = 0
        self.heads: list[str] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.tasks: list[asyncio.Task[None] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        self.tasks.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heads.append(head.decode())
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                await self._behave(reader, writer, await reader.readexactly(length))
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def at(behave: Behave, *, tls: bool = False, connections: int = 4) -> AsyncIterator[tuple[Wire, Host]]:
    """A wire to a host that behaves so."""
    host = Host(behave)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if tls else None
    if context:
        context.load_cert_chain(PEM)
    async with await asyncio.start_server(host.serve, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        name = f"https://localhost:{port}" if tls else f"http://127.0.0.1:{port}"
        wire = Wire(f"{name}/bot1:a b", connections=connections, connect_within=2.0)
        try:
            yield wire, host
        finally:
            await wire.close()
            await asyncio.gather(*(one for one in host.tasks if one), return_exceptions=True)


def saying(*answers: bytes) -> Behave:
    """Answer so, one after the other; the last one again and again."""
    left = list(answers)

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return behave


async def until(true: Callable[[], object]) -> None:
    """Let the loop go on until it is so."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110  # it happens in the transport, which has no event for it
            await asyncio.sleep(0)


async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    await reader.read()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


async def test_one_connection_serves_call_after_call() -> None:
    async with at(echo) as (wire, host):
        for number in range(5):
            assert await wire.post("sendMessage", {"n": number}, 5) == (200, b'{"n": %d}' % number)
        assert host.connections == 1
        assert host.heads[0].startswith("POST /bot1:a%20b/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:")


async def test_no_more_connections_than_there_may_be() -> None:
    async with at(echo, connections=3) as (wire, host):
        answers = await asyncio.gather(*(wire.post("x", {"n": number}, 5) for number in range(50)))
        assert answers == [(200, b'{"n": %d}' % number) for number in range(50)]
        assert host.connections == 3


async def test_over_tls_to_the_host_that_the_certificate_names(monkeypatch: pytest.MonkeyPatch) -> None:
    async with at(echo, tls=True) as (wire, _):
        with pytest.raises(NotConnected):
            await wire.post("x", {}, 5)  # nobody vouches for it
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    async with at(echo, tls=True) as (wire, host):
        assert await wire.post("x", {}, 5) == (200, b"{}")
        assert await wire.post("x", {}, 5) == (200, b"{}")
        assert host.connections == 1


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, b"{}"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"{}"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", 502, b"<html>"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    ],
)
async def test_what_is_an_answer(answer: bytes, status: int, body: bytes) -> None:
    async with at(saying(answer)) as (wire, host):
        assert [await wire.post("x", {}, 5) for _ in range(2)] == [(status, body)] * 2
        assert host.connections == 1


async def test_a_host_that_wants_no_more_on_it_has_a_new_connection() -> None:
    async with at(saying(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")) as (wire, host):
        assert [await wire.post("x", {}, 5) for _ in range(2)] == [(200, b"{}")] * 2
        assert host.connections == 2


async def test_an_idle_connection_that_the_host_closed_is_not_used() -> None:
    async with at(echo) as (wire, host):
        await wire.post("x", {}, 5)
        host.writers[0].close()
        await until(lambda: not wire._idle)
        assert await wire.post("x", {}, 5) == (200, b"{}")
        assert host.connections == 2


async def test_an_answer_that_breaks_off_after_its_status_is_one_and_before_it_is_none() -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
        writer.close()

    async with at(cut) as (wire, _):
        assert await wire.post("x", {}, 5) == (200, b"{")

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
        writer.close()

    async with at(closing) as (wire, _):
        with pytest.raises(BrokenOff):
            await wire.post("x", {}, 5)


@pytest.mark.parametrize(
    "noise", [b"\x16\x03\x01\x00", b"SSH-2.0-OpenSSH\r\n", b"HTTP/9 no\r\n\r\n", OK[:20] + b"\x00"]
)
async def test_what_is_no_http_may_have_been_taken(noise: bytes) -> None:
    async with at(saying(noise)) as (wire, _):
        with pytest.raises(BrokenOff):
            await wire.post("x", {}, 5)
        assert not wire._idle


async def test_more_than_was_asked_for_is_never_the_answer_to_the_next_call() -> None:
    async with at(saying(OK + OK, b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext")) as (wire, host):
        assert await wire.post("x", {}, 5) == (200, b"{}")
        assert await wire.post("x", {}, 5) == (200, b"next")
        assert host.connections == 2


async def test_who_gives_up_leaves_no_answer_behind_for_the_next() -> None:
    async with at(hanging) as (wire, host):
        call = asyncio.create_task(wire.post("x", {}, 5))
        await until(lambda: host.heads)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not wire._idle


async def test_nothing_in_time_may_have_been_taken() -> None:
    async with at(hanging) as (wire, _):
        with pytest.raises(TimeoutError):
            await wire.post("x", {}, 0.05)
        assert not wire._idle


async def test_nothing_left_where_there_is_no_connection() -> None:
    wire = Wire("http://127.0.0.1:1", connections=1, connect_within=0.5)
    with pytest.raises(NotConnected, match="ConnectionRefusedError"):
        await wire.post("x", {}, 5)
    unknown = Wire("http://nowhere.invalid", connections=1, connect_within=2.0)
    with pytest.raises(NotConnected):
        await unknown.post("x", {}, 5)


async def test_an_address_that_leads_nowhere_does_not_take_all_the_time() -> None:
    async with at(echo) as (wire, _):
        wire._connect_within = 1.5
        nowhere = (AF_INET, SOCK_STREAM, 6, "", ("203.0.113.1", wire._port))  # of a net that is for documents alone
        here = (AF_INET, SOCK_STREAM, 6, "", ("127.0.0.1", wire._port))
        wire._addresses, wire._known_until = [nowhere, here], inf
        assert await wire.post("x", {}, 5) == (200, b"{}")


async def test_nothing_left_where_all_connections_are_busy() -> None:
    async with at(hanging, connections=1) as (wire, host):
        wire._connect_within = 0.05
        busy = asyncio.create_task(wire.post("x", {}, 5))
        await until(lambda: host.heads)
        with pytest.raises(NotConnected):
            await wire.post("y", {}, 5)
        await wire.close()
        with pytest.raises(BrokenOff):
            await busy


async def test_nothing_leaves_a_closed_wire() -> None:
    async with at(echo) as (wire, host):
        await wire.close()
        with pytest.raises(NotConnected):
            await wire.post("x", {}, 5)
        assert not host.connections
