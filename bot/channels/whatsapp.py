"""WhatsApp: signed webhooks, stored before they are answered; one Graph API call for each outgoing message."""

import asyncio
import hashlib
import hmac
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from bot import windows
from bot.channels import whatsapp_calls, whatsapp_errors, whatsapp_updates
from bot.channels.channel import (
    Accepted,
    FetchFailed,
    Keep,
    NeverLeft,
    Open,
    Outcome,
    Refused,
    Sending,
    Store,
    Throttled,
    Unknown,
    WindowClosed,
)
from bot.channels.whatsapp_http import Graph, GraphRefused, Lost, NothingLeft, TooLarge
from bot.clock import Clock, utc_text
from bot.message import Attachment, Capabilities, Media, Said
from bot.templates import Template
from storage.templates import Review

log = logging.getLogger(__name__)

VERSION = "v23.0"
WINDOW = timedelta(hours=23, minutes=50)  # 24 hours, less what a queue and two clocks may differ by
UPLOAD_LIVES = timedelta(days=20)  # WhatsApp keeps what was uploaded for 30
MOST_MARKING = 32
MOST_PAGES = 20  # of templates, 100 each


class TokenInvalid(Exception):
    """WhatsApp does not take our token, or it may not use this number."""


class HandInRefused(Exception):
    """WhatsApp does not take the template for review."""


class Unreachable(Exception):
    """The Graph API could not be reached; the text says how."""


class WhatsApp:
    """The channel. Times are in seconds."""

    name = whatsapp_updates.NAME
    capabilities = Capabilities(
        text=4096,
        caption=1024,
        buttons=3,
        list_rows=10,
        button_label=20,
        list_label=24,
        venues=True,
        mixed=False,
        receipts=True,
        body=1024,
        window=WINDOW,
    )

    def __init__(
        self,
        token: str,
        phone_id: str,
        app_secret: str,
        verify_token: str,
        api_url: str = "https://graph.facebook.com",
        *,
        store: Store,
        keep: Keep,
        open: Open,
        clock: Clock,
        answer_within: float = 20.0,
        connect_within: float = 5.0,
    ) -> None:
        if not app_secret or not verify_token:
            raise ValueError("without a secret anybody could speak for WhatsApp")
        url = f"{api_url.rstrip('/')}/{VERSION}"
        self._graph = Graph(token, url, answer_within=answer_within, connect_within=connect_within)
        self._phone_id, self._secret, self._verify_token = phone_id, app_secret.encode(), verify_token.encode()
        self._store, self._keep, self._open, self._clock = store, keep, open, clock
        self._uploaded: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._refused: dict[str, int] = {}  # pairs that went too fast, how often in a row
        self._marking: set[asyncio.Task[None]] = set()

    def is_verify_token(self, given: str) -> bool:
        """Say whether the one who registers the webhook knows our word for it."""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._verify_token)

    def is_signed(self, body: bytes, signature: str) -> bool:
        """Say whether the bytes, as they came, were signed with our app's secret."""
        expected = b"sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest().encode()
        return hmac.compare_digest(signature.encode("utf-8", "replace"), expected)

    async def receive(self, body: bytes) -> None:
        """Store everything in a signed webhook, all or nothing; then mark its messages as read."""
        await self._store(whatsapp_updates.unpack(body, self._phone_id))
        try:
            ids = whatsapp_updates.said_ids(body)
        except (ValueError, RecursionError):
            return
        for number in ids[: MOST_MARKING - len(self._marking)]:
            task = asyncio.create_task(self._mark(number))
            self._marking.add(task)
            task.add_done_callback(self._marking.discard)

    def parse(self, raw: str) -> Said | None:
        """Read a stored event; None if it asks nothing of us. Raises Unreadable."""
        return whatsapp_updates.read(raw)

    async def run(self) -> None:
        """Wait until cancelled: what arrives comes in through `receive`."""
        await asyncio.Event().wait()

    async def fetch(self, said: Said) -> Said:
        """Return `said` with its files stored; one that WhatsApp will not hand out keeps an empty digest."""
        return replace(said, files=tuple([await self._fetch_one(media) for media in said.files]))

    async def _fetch_one(self, media: Media) -> Media:
        if media.digest:
            return media
        try:
            # The address lives for five minutes: it is asked for anew at every try.
            told = await self._graph.get(media.source, phone_number_id=self._phone_id)
            content = await self._graph.download(str(told.get("url", "")))
            digest = await self._keep(content, media.type)
        except TooLarge:
            return media
        except GraphRefused as why:
            if why.code in (100, 131052):  # it was never there, or not any more
                return media
            raise FetchFailed(f"HTTP {why.status}") from None
        except Exception as why:  # noqa: BLE001  # the network, or a full disk
            raise FetchFailed(type(why).__name__) from None
        return replace(media, digest=digest, size=len(content))

    async def send(self, sending: Sending) -> Outcome:
        """Make the one call that the row stands for; a file is uploaded first, once for all who get it."""
        if windows.is_open(self.capabilities, sending.spoke_at, self._clock.now()):
            sending = replace(sending, template=None)
        elif sending.template is None:
            return WindowClosed()
        try:
            return await self._send(sending)
        except GraphRefused as why:
            return self._outcome_of(why, sending.address)
        except NothingLeft as why:
            return NeverLeft(str(why))
        except Lost as why:
            return Unknown(str(why))
        except OSError as why:
            return NeverLeft(f"file unreadable: {type(why).__name__}")
        except Exception as why:  # noqa: BLE001  # no such file, an address that is none: no other try would help
            return Refused(f"cannot be composed: {type(why).__name__}")

    async def _send(self, sending: Sending) -> Outcome:
        file = None if sending.template else sending.message.file
        content = await self._open(file.digest) if file else b""
        kind, type_ = whatsapp_calls.type_of(file, content) if file else ("", "")
        for attempt in (1, 2):
            media = ""
            if file:
                try:
                    media = await self._upload(file, content, type_)
                except Lost as why:
                    return NeverLeft(f"upload: {why}")  # whatever became of the upload, the message has not left
            body = whatsapp_calls.compose(sending, self.capabilities, media, kind)
            try:
                answer = await self._graph.post(f"{self._phone_id}/messages", body)
                break
            except GraphRefused as why:
                if why.code != whatsapp_errors.UPLOAD or attempt == 2 or file is None:
                    raise
                self._uploaded.pop((file.digest, type_), None)
        self._refused.pop(sending.address, None)
        sent = answer.get("messages")
        number = sent[0].get("id") if isinstance(sent, list) and sent and isinstance(sent[0], dict) else None
        return Accepted(number if isinstance(number, str) else "")

    async def _upload(self, file: Attachment, content: bytes, type_: str) -> str:
        """Return the id of the uploaded file; a broadcast uploads its letter once."""
        key, now = (file.digest, type_), self._clock.now()
        known = self._uploaded.get(key)
        if known is not None and now - known[1] < UPLOAD_LIVES:
            return known[0]
        answer = await self._graph.upload(f"{self._phone_id}/media", content, file.name or "berkas", type_)
        number = answer.get("id")
        if not isinstance(number, str):
            raise Lost("an upload without id")
        self._uploaded[key] = number, now
        return number

    def _outcome_of(self, why: GraphRefused, address: str) -> Outcome:
        outcome = whatsapp_errors.outcome_of(why.code, why.status, self._refused.get(address, 0))
        if isinstance(outcome, Throttled) and not outcome.everyone:
            self._refused[address] = self._refused.get(address, 0) + 1
        if why.code in whatsapp_errors.STOP:
            log.error("whatsapp restricts this number (%s): see the WhatsApp Manager", whatsapp_errors.STOP[why.code])
        return outcome

    async def me(self) -> str:
        """Return the number for wa.me links, digits alone. Raises TokenInvalid or Unreachable."""
        told = await self._ask(self._phone_id, fields="display_phone_number,verified_name,quality_rating")
        number = "".join(filter(str.isdigit, str(told.get("display_phone_number", ""))))
        if not number:
            raise Unreachable("the number's page answered something else")
        return number

    def behind(self, now: datetime) -> timedelta | None:
        """Say how far a clock that shows `now` is behind WhatsApp's, by its last answer; None if it did not say."""
        try:
            return parsedate_to_datetime(self._graph.date) - now
        except ValueError:
            return None

    async def webhook(self, business_id: str) -> bool:
        """Say whether our app hears what the business account gets. Raises TokenInvalid or Unreachable."""
        told = await self._ask(f"{business_id}/subscribed_apps")
        return bool(told.get("data"))

    async def reviews(self, business_id: str) -> list[Review]:
        """Return our account's templates with the state of their review. Raises TokenInvalid or Unreachable."""
        found: list[Review] = []
        query = {"fields": "name,status,rejected_reason", "limit": "100"}
        now = utc_text(self._clock.now())
        for _ in range(MOST_PAGES):
            told = await self._ask(f"{business_id}/message_templates", **query)
            found += whatsapp_updates.listed_reviews(told, now)
            after = whatsapp_updates.next_page(told)
            if not after:
                break
            query["after"] = after
        return found

    async def hand_in(self, business_id: str, template: Template) -> Review:
        """Hand in a template for review. Raises HandInRefused, TokenInvalid or Unreachable."""
        try:
            told = await self._graph.post(f"{business_id}/message_templates", whatsapp_calls.to_review(template))
        except GraphRefused as why:
            if why.code is not None and why.status < 500 and not whatsapp_errors.is_ours(why.code):
                raise HandInRefused(whatsapp_errors.name_of(why.code)) from None
            if why.code is not None and whatsapp_errors.is_ours(why.code):
                raise TokenInvalid(f"WhatsApp refuses: {whatsapp_errors.name_of(why.code)}") from None
            raise Unreachable(f"HTTP {why.status}") from None
        except (NothingLeft, Lost) as why:
            raise Unreachable(str(why)) from None
        return Review(template.name, str(told.get("status") or "PENDING"), utc_text(self._clock.now()))

    async def _ask(self, path: str, **query: str) -> dict[str, Any]:
        try:
            return await self._graph.get(path, **query)
        except GraphRefused as why:
            if why.status in (400, 401, 403) and why.code is not None:
                raise TokenInvalid(f"WhatsApp refuses: {whatsapp_errors.name_of(why.code)}") from None
            raise Unreachable(f"HTTP {why.status}") from None
        except (NothingLeft, Lost) as why:
            raise Unreachable(str(why)) from None

    async def close(self) -> None:
        """Let the last read marks leave, then close every connection."""
        if self._marking:
            await asyncio.wait(self._marking, timeout=5.0)
        await self._graph.close()

    async def _mark(self, number: str) -> None:
        """Mark as read, and show that an answer is being written: it ends with the answer, or after 25 s."""
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": number}
        try:
            await self._graph.post(f"{self._phone_id}/messages", mark | {"typing_indicator": {"type": "text"}})
        except (GraphRefused, NothingLeft, Lost) as why:
            log.debug("not marked as read: %s", type(why).__name__)
