"""The HTTP side's one server: safe headers, one-line errors, a health answer, and a size limit for every page."""

import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger(__name__)

Health = Callable[[], Awaitable[Mapping[str, object]]]
"""Says how the program is; `ok` false makes the answer a 503."""

LARGEST_REQUEST = 20 * 1024 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
CLOSING_SECONDS = 5.0
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
WORDS = {
    400: "Permintaan tidak terbaca.",
    403: "Permintaan dari halaman lain ditolak.",
    404: "Tidak ditemukan.",
    405: "Cara itu tidak tersedia di sini.",
    413: "Berkas terlalu besar, paling banyak 20 MB.",
    415: "Jenis isi itu tidak diterima.",
}


def make_app(
    routes: Iterable[web.AbstractRouteDef],
    *,
    health: Health,
    closing: Iterable[Callable[[], None]] = (),
    hosts: Collection[str] = (),
    largest: int = LARGEST_REQUEST,
) -> web.Application:
    """Build the application.

    `closing` is called when the server goes down, before it waits for open requests. `hosts` are the only names the
    server answers to; empty means any. Give it LOOPBACK when the pages have no lock of their own: a page elsewhere can
    make its own name resolve to this machine, and its requests then look like ours.
    """
    app = web.Application(
        middlewares=[_answer_errors, _refuse_foreign(hosts), _refuse_large(largest)], client_max_size=largest
    )
    app.add_routes(routes)
    app.router.add_get("/health", _answer_health(health))
    # Not in a middleware: a feed's headers are gone long before its handler returns.
    app.on_response_prepare.append(_add_headers)

    async def close(_: web.Application) -> None:
        for call in closing:
            call()

    app.on_shutdown.append(close)
    return app


@asynccontextmanager
async def serve(app: web.Application, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Serve until the block ends; yield the port, which the system chooses where 0 is asked for. Raises OSError."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=CLOSING_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def refuse(status: int, words: str = "") -> web.HTTPException:
    """Make the refusal to raise; `words` are for the person who looks at the page."""
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        403: web.HTTPForbidden,
        404: web.HTTPNotFound,
        415: web.HTTPUnsupportedMediaType,
    }
    return kinds[status](text=words or WORDS[status])


async def read_json(request: web.Request) -> dict[str, Any]:
    """Read a JSON object. Raises the refusal."""
    # No form of another site can send this type without asking first, and we never answer that question.
    if request.content_type != "application/json":
        raise refuse(415)
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError, LookupError):
        raise refuse(400) from None
    if not isinstance(body, dict):
        raise refuse(400)
    return body


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as its sender calls it: a plain name without folders, and a claimed type."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A form that was sent with files."""

    words: dict[str, str]
    files: list[UploadedFile]


async def read_form(request: web.Request) -> Form:
    """Read a form with files. Raises the refusal."""
    if request.content_type != "multipart/form-data":
        raise refuse(415)
    try:
        fields = await request.post()
    except ValueError:
        raise refuse(400) from None
    form = Form({}, [])
    for key, value in fields.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                form.files.append(UploadedFile(_name(value.filename), _type(value.content_type), file.read()))
        elif isinstance(value, str):
            form.words[key] = value
    return form


def _name(claimed: str) -> str:
    last = re.split(r"[\\/]", claimed)[-1]
    return "".join(letter for letter in last if letter.isprintable()).strip()[-100:] or "berkas"


def _type(claimed: str) -> str:
    return claimed if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", claimed, re.ASCII) else "application/octet-stream"


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


@web.middleware
async def _answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error as one line of JSON; what went wrong inside stands in the log alone."""
    try:
        return await handler(request)
    except web.HTTPException as why:
        if why.status < 400:
            raise
        standard = why.text is None or why.text == f"{why.status}: {why.reason}" or why.status == 413
        words = WORDS.get(why.status, why.reason) if standard else why.text
        headers = {"Allow": why.headers["Allow"]} if "Allow" in why.headers else None
        return web.json_response({"error": words}, status=why.status, headers=headers)
    except Exception:
        log.exception("request failed method=%s route=%s", request.method, request.match_info.route.resource)
        return web.json_response({"error": "Ada gangguan di pihak kami. Coba lagi sebentar."}, status=500)


def _refuse_foreign(hosts: Collection[str]) -> Middleware:
    @web.middleware
    async def refuse_foreign(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what another site's page sends; servers, which name no origin, pass."""
        if hosts and urlsplit(f"//{request.host}").hostname not in hosts:
            raise refuse(403)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
                raise refuse(403)
            origin = request.headers.get("Origin")
            if origin is not None and urlsplit(origin).netloc != request.host:
                raise refuse(403)
        return await handler(request)

    return refuse_foreign


def _refuse_large(largest: int) -> Middleware:
    @web.middleware
    async def refuse_large(request: web.Request, handler: Handler) -> web.StreamResponse:
        # What does not announce its size is stopped by client_max_size while it is read.
        if request.content_length is not None and request.content_length > largest:
            raise web.HTTPRequestEntityTooLarge(largest, request.content_length)
        return await handler(request)

    return refuse_large


def _answer_health(health: Health) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        state = await health()
        return web.json_response(state, status=200 if state.get("ok") else 503)

    return answer
