"""A Graph API on the loopback: strict where WhatsApp is strict, faulty on request, with a ledger of what it accepted.

Webhooks leave when `deliver` is called, so that a test decides on batches, order and repetition.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes import graph_rules
from tests.fakes.graph_rules import Refusal, Shown
from tests.fakes.whatsapp_phones import Account, Event, Phones

TOKEN = "EAAfake-token-of-the-fake-graph"
SECRET = "0123456789abcdef0123456789abcdef"
VERIFY = "a-word-between-meta-and-us"
NUMBER, NUMBER_ID, BUSINESS_ID = "6281100001111", "106540352242922", "102290129340398"
WINDOW = 24 * 3600.0
URL_LIVES = 300.0
PAIR_GAP, PAIR_BURST = 6.0, 45


@dataclass(frozen=True)
class Accepted:
    """A message that WhatsApp took."""

    to: str
    id: str
    shown: Shown
    callback: str
    at: float
    file: bytes = b""
    file_name: str = ""
    arrives: bool = True


class FakeGraphApi(Phones):
    """The server. `ledger` is the oracle: compare it with the database."""

    def __init__(self, *, now: Callable[[], float] = time.time, strict_pairs: bool = False) -> None:
        super().__init__(now)
        self.ledger: list[Accepted] = []
        self.marked: list[str] = []
        self.statuses: list[Event] = []  # made, not yet delivered
        self.calls: list[str] = []
        self.url = ""
        self.hook = ""
        self.subscribed = True
        self.windows = True
        self.templates: dict[str, dict[str, Any]] = {}
        self.blocked: set[str] = set()  # they get nothing, and nobody is told
        self.fail_for: dict[str, int] = {}  # codes with which everything to these fails after it was accepted
        self._strict_pairs = strict_pairs
        self._pairs: dict[str, float] = {}
        self._faults: deque[tuple[str, int, int]] = deque()
        self._later: deque[int] = deque()  # codes with which the next accepted messages will fail
        self._uploads: dict[str, tuple[bytes, str]] = {}
        self._urls: dict[str, tuple[str, float]] = {}
        self._stopped = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "FakeGraphApi":
        app = web.Application(client_max_size=110 * 1024 * 1024)
        app.router.add_post("/{version}/{number}/messages", self._messages)
        app.router.add_post("/{version}/{number}/media", self._upload)
        app.router.add_get("/{version}/{business}/subscribed_apps", self._subscribed)
        app.router.add_get("/{version}/{business}/message_templates", self._templates)
        app.router.add_post("/{version}/{business}/message_templates", self._hand_in)
        app.router.add_get("/{version}/{id}", self._object)
        app.router.add_get("/files/{key}/x", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *why: object) -> None:
        self._stopped.set()
        assert self._session is not None
        assert self._runner is not None
        await self._session.close()
        await self._runner.cleanup()

    def fault_next(self, kind: str, code: int = 0, status: int = 400) -> None:
        """Let the next message go wrong: code, html (an error page), nothing (before), hang (after), reset (after)."""
        self._faults.append((kind, code, status))

    def fail_later(self, code: int) -> None:
        """Accept the next message, then let it fail with a status of this code."""
        self._later.append(code)

    def forget_uploads(self) -> None:
        """Lose the uploaded files, as after 30 days."""
        self._uploads = {f"old {number}": file for number, file in self._uploads.items()}

    def payload(self, events: Iterable[Event], statuses: Iterable[Event] = ()) -> bytes:
        """Write one webhook with all of these."""
        listed, told = list(events), list(statuses)
        value: dict[str, Any] = {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": NUMBER, "phone_number_id": NUMBER_ID},
        }
        if listed:
            value["messages"] = [event["message"] for event in listed]
            value["contacts"] = list({json.dumps(event["contact"]): event["contact"] for event in listed}.values())
        if told:
            value["statuses"] = told
        entry = {"id": BUSINESS_ID, "changes": [{"value": value, "field": "messages"}]}
        return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()

    async def deliver(self, *events: Event, statuses: Iterable[Event] = ()) -> int:
        """Bring a signed webhook to the bot; return its answer."""
        return await self.post(self.payload(events, statuses))

    async def deliver_statuses(self) -> int:
        """Bring all statuses that were made since."""
        told, self.statuses = self.statuses, []
        return await self.deliver(statuses=told) if told else 200

    async def post(self, body: bytes, signature: str | None = None) -> int:
        """Bring bytes to the bot, signed unless told otherwise."""
        assert self._session is not None
        signed = signature if signature is not None else sign(body)
        headers = {"X-Hub-Signature-256": signed} if signed else {}
        async with self._session.post(self.hook, data=body, headers=headers) as response:
            await response.read()
            return response.status

    def status(self, accepted: Accepted, said: str, code: int = 0) -> Event:
        """Make a status of a message."""
        account = self.accounts.get(accepted.to, Account(accepted.to))
        told: Event = {
            "id": accepted.id,
            "status": said,
            "timestamp": str(int(self.now())),
            "biz_opaque_callback_data": accepted.callback,
            "pricing": {"billable": True, "pricing_model": "PMP", "category": "service", "type": "regular"},
        }
        told |= {"recipient_id": account.phone} if account.phone else {"recipient_user_id": account.bsuid}
        return told | ({"errors": [{"code": code, "title": "…"}]} if code else {})

    def chat(self, who: Account) -> list[Accepted]:
        """Return what the person sees from the bot, in order."""
        return [one for one in self.ledger if one.to in (who.phone, who.bsuid)]

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if self._unknown(request):
            return _refused(Refusal(190, 401))
        if body.get("status") == "read":
            self.marked.append(body["message_id"])
            return web.json_response({"success": True})
        self.calls.append("messages")
        kind, code, status = self._faults.popleft() if self._faults else ("", 0, 0)
        if kind == "nothing":
            return _cut(request)
        if kind == "html":
            return web.Response(status=status, text=f"<h1>{status}</h1>", content_type="text/html")
        try:
            if kind == "code":
                raise Refusal(code, status)
            accepted = self._accept(body)
        except Refusal as why:
            return _refused(why)
        if kind == "hang":
            await self._stopped.wait()
        if kind in ("hang", "reset"):
            return _cut(request)
        answer = {"messaging_product": "whatsapp", "messages": [{"id": accepted.id}]}
        return web.json_response(answer)

    def _accept(self, body: dict[str, Any]) -> Accepted:
        if "recipient" in body and not graph_rules.BSUID.fullmatch(body["recipient"]):
            raise Refusal(100, details="recipient")
        to = str(body.get("recipient") or body.get("to"))
        account = self.accounts.get(to)
        if account is None:
            raise Refusal(131026)
        shown = graph_rules.read(body)
        if shown.media and shown.media not in self._uploads:
            raise Refusal(131053, details="no such media")
        if shown.template and self.templates.get(shown.template, {}).get("status") != "APPROVED":
            raise Refusal(132001)
        if shown.template:
            shown = graph_rules.fill(shown, self.templates[shown.template])
        elif self.windows and self.now() - self.last_in.get(to, 0.0) >= WINDOW:
            raise Refusal(131047)
        if self._strict_pairs:
            paid = max(self._pairs.get(account.address, 0.0), self.now())
            if paid - self.now() > PAIR_GAP * (PAIR_BURST - 1):
                raise Refusal(131056)
            self._pairs[account.address] = paid + PAIR_GAP
        content, name = self._uploads[shown.media] if shown.media else (b"", "")
        number = f"wamid.OUT{next(self.ids):08}"
        arrives = to not in self.blocked
        callback = body.get("biz_opaque_callback_data", "")
        name = shown.file_name or name
        accepted = Accepted(to, number, shown, callback, self.now(), content, name, arrives)
        self.ledger.append(accepted)
        if to in self.fail_for:
            self.statuses.append(self.status(accepted, "failed", self.fail_for[to]))
        elif self._later:
            self.statuses.append(self.status(accepted, "failed", self._later.popleft()))
        else:
            self.statuses += [self.status(accepted, said) for said in ("sent", *(("delivered",) if arrives else ()))]
        return accepted

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        if self._unknown(request):
            return _refused(Refusal(190, 401))
        self.calls.append("media")
        form = await request.post()
        file = form["file"]
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            return _refused(Refusal(100))
        content, number = file.file.read(), f"{500_000 + len(self._uploads)}"
        self._uploads[number] = content, file.filename
        return web.json_response({"id": number})

    async def _subscribed(self, request: web.Request) -> web.StreamResponse:
        if self._unknown(request):
            return _refused(Refusal(190, 401))
        return web.json_response({"data": [{"whatsapp_business_api_data": {"id": "1"}}] if self.subscribed else []})

    async def _templates(self, request: web.Request) -> web.StreamResponse:
        if self._unknown(request):
            return _refused(Refusal(190, 401))
        asked = {name: {"name": name, "status": one["status"]} for name, one in sorted(self.templates.items())}
        names, first = list(asked), request.query.get("after", "")
        here = [name for name in names if name > first][:3]  # small pages, so that the next one is asked for
        paging = {"cursors": {"after": here[-1]}, "next": "…"} if here and here[-1] != names[-1] else {}
        return web.json_response({"data": [asked[name] for name in here], "paging": paging})

    async def _hand_in(self, request: web.Request) -> web.StreamResponse:
        if self._unknown(request):
            return _refused(Refusal(190, 401))
        given = await request.json()
        try:
            graph_rules.check_template(given)
        except Refusal as why:
            return _refused(why)
        self.templates[given["name"]] = given | {"status": "PENDING"}
        return web.json_response({"id": str(len(self.templates)), "status": "PENDING", "category": given["category"]})

    def approve_all(self) -> None:
        """Let every template that was handed in pass its review."""
        self.templates = {name: one | {"status": "APPROVED"} for name, one in self.templates.items()}

    async def review(self, name: str, event: str, at: float | None = None) -> int:
        """Bring the news of a review to the bot."""
        value = {"event": event, "message_template_name": name, "message_template_language": "id", "reason": "NONE"}
        change = {"field": "message_template_status_update", "value": value}
        entry = {"id": BUSINESS_ID, "time": int(self.now() if at is None else at), "changes": [change]}
        return await self.post(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())

    async def _object(self, request: web.Request) -> web.StreamResponse:
        if self._unknown(request):
            return _refused(Refusal(190, 401))
        number = request.match_info["id"]
        if number == NUMBER_ID:
            return web.json_response({"display_phone_number": "+62 811-0000-1111", "verified_name": "Dinas Sosial"})
        if number not in self.files:
            return _refused(Refusal(100))
        key = f"k{len(self._urls)}"
        self._urls[key] = number, self.now() + URL_LIVES
        return web.json_response({"url": f"{self.url}/files/{key}/x", "id": number})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        number, until = self._urls[request.match_info["key"]]
        if self._unknown(request) or self.now() >= until:
            return web.Response(status=404)
        return web.Response(body=self.files[number][0])

    def _unknown(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") != f"Bearer {TOKEN}"


def sign(body: bytes, secret: str = SECRET) -> str:
    """Sign as Meta does."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _refused(why: Refusal) -> web.Response:
    error = {"message": f"(#{why.code}) {why.details}", "code": why.code, "error_data": {"details": why.details}}
    return web.json_response({"error": error}, status=why.status)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
