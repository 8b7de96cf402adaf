"""The server's own ceiling: how many calls a second it answers to a client that does nothing else."""

import asyncio
import os
import sys
import time

import uvloop

CALL = b'{"chat_id": 1, "text": "Tercatat hadir, No. 1000. Orang 1000, Rabu, 25 November 2026 pukul 05.32 WIB."}'


class Caller(asyncio.Protocol):
    """Calls again as soon as it has its answer."""

    def __init__(self, request: bytes, left: list[int], done: asyncio.Event) -> None:
        self._request, self._left, self._done = request, left, done
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's is one without being an instance
        self._call()

    def data_received(self, data: bytes) -> None:
        self._left[0] -= 1
        if self._left[0] <= 0:
            self._done.set()
        else:
            self._call()

    def _call(self) -> None:
        assert self._transport is not None
        self._transport.write(self._request)


async def main(port: int, token: str, calls: int, connections: int) -> None:
    """Make so many calls, and print how many a second were answered."""
    head = f"POST /bot{token}/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Length: {len(CALL)}\r\n\r\n".encode()
    left, done = [calls], asyncio.Event()
    began = time.perf_counter()
    for _ in range(connections):
        await asyncio.get_running_loop().create_connection(lambda: Caller(head + CALL, left, done), "127.0.0.1", port)
    await done.wait()
    sys.stdout.write(f"{calls / (time.perf_counter() - began):.0f}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), 64))
