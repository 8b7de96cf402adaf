"""Telegram: updates by long polling, stored before they are confirmed; one Bot API call for each outgoing message."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import Bot, InputFile, InputMediaPhoto
from telegram.error import BadRequest, Conflict, EndPointNotFound, InvalidToken, TelegramError

from bot.channels import telegram_calls, telegram_updates
from bot.channels.channel import Accepted, FetchFailed, Keep, NeverLeft, Open, Outcome, Refused, Sending, Store, Unknown
from bot.channels.telegram_http import Flooded, Garbled, Requests
from bot.clock import Clock, utc_text
from bot.message import Capabilities, Media, Said

log = logging.getLogger(__name__)

POLL_SECONDS = 30  # the server cuts longer ones to 50 s
BATCH = 100  # the server's limit
LARGEST_DOWNLOAD = 20 * 1024 * 1024  # getFile refuses more
BACK_OFF = (1.0, 2.0, 5.0, 15.0, 30.0)  # seconds between polls that fail


class TokenInvalid(Exception):
    """Telegram does not know our token: nothing can be done but to set the right one."""


class AnotherPoller(Exception):
    """Another copy of the bot receives with this token; two would take each other's messages."""


class Unreachable(Exception):
    """Telegram could not be reached; the text says how, without the address."""


class Telegram:
    """The channel. `pause` waits between failed polls; times are in seconds."""

    name = telegram_updates.NAME
    capabilities = Capabilities(
        text=4096,
        caption=1024,
        buttons=24,
        list_rows=0,
        button_label=40,
        list_label=0,
        edits=True,
        menu=True,
        venues=True,
        per_row=3,
    )

    def __init__(
        self,
        token: str,
        api_url: str = "https://api.telegram.org",
        *,
        store: Store,
        keep: Keep,
        open: Open,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        answer_within: float = 20.0,
        connect_within: float = 5.0,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        # At DEBUG, PTB logs the token once and the text of every message.
        logging.getLogger("telegram").setLevel(logging.INFO)
        url, limits = api_url.rstrip("/"), {"answer_within": answer_within, "connect_within": connect_within}
        self._sending = Requests(url, token, connections=128, **limits)
        self._polling = Requests(url, token, connections=1, **limits)
        self._bot = Bot(
            token,
            base_url=f"{url}/bot",
            base_file_url=f"{url}/file/bot",
            request=self._sending,
            get_updates_request=self._polling,
        )
        self._store, self._keep, self._open, self._clock = store, keep, open, clock
        self._pause, self._answer_within, self._poll_seconds = pause, answer_within, poll_seconds
        self._answering: set[asyncio.Task[None]] = set()
        self.last_poll: datetime | None = None  # the watchdog looks at it

    def parse(self, raw: str) -> Said | None:
        """Read a stored update; None if it asks nothing of us. Raises Unreadable."""
        return telegram_updates.read(raw)

    async def receive(self, updates: Sequence[object]) -> None:
        """Store updates as they came, whole batch or nothing, then stop the progress bars of pressed buttons."""
        received = utc_text(self._clock.now())
        await self._store([telegram_updates.arrived(update, received) for update in updates])
        for update in updates:
            if query := telegram_updates.callback_id(update):
                task = asyncio.create_task(self._answer(query))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)

    async def run(self) -> None:
        """Poll until cancelled. Raises TokenInvalid or AnotherPoller; anything else is tried again."""
        failures, ready, offset = 0, False, None
        while True:
            try:
                if not ready:
                    await self._call("deleteWebhook")
                    ready = True
                offset = await self._poll(offset)
                failures = 0
                continue
            except (InvalidToken, EndPointNotFound):
                raise TokenInvalid("Telegram refuses the token") from None
            except Conflict:
                raise AnotherPoller("another program receives with this token") from None
            except Flooded as why:
                wait = why.seconds
            except Exception as why:  # noqa: BLE001  # a poller that ends silently is a bot that is deaf
                wait = BACK_OFF[min(failures, len(BACK_OFF) - 1)]
                failures += 1
                log.warning("poll failed error=%s failures=%d", type(why).__name__, failures)
            await self._pause(wait)

    async def _poll(self, offset: int | None) -> int | None:
        """Take one batch; return the offset that confirms it, which only the next poll tells to Telegram."""
        fields: dict[str, Any] = {
            "timeout": self._poll_seconds,
            "limit": BATCH,
            "allowed_updates": list(telegram_updates.WANTED),
        }
        if offset is not None:
            fields["offset"] = offset
        batch = await self._call("getUpdates", read_timeout=self._poll_seconds + self._answer_within, **fields)
        if not isinstance(batch, list):
            raise Garbled("updates that are no list")
        if batch:
            await self.receive(batch)
        self.last_poll = self._clock.now()
        numbers = [number for update in batch if (number := telegram_updates.update_id(update)) is not None]
        if batch and not numbers:
            raise Garbled("updates without ids")  # stored, but Telegram will send them again: not at full speed
        # An empty answer proves that the offset was taken. Without one, ids that start anew and lower are seen as well.
        return max(numbers) + 1 if numbers else None

    async def fetch(self, said: Said) -> Said:
        """Return `said` with its files stored; one that Telegram will not hand out keeps an empty digest."""
        return replace(said, files=tuple([await self._fetch_one(media) for media in said.files]))

    async def _fetch_one(self, media: Media) -> Media:
        if media.digest or media.size > LARGEST_DOWNLOAD:
            return media
        try:
            file = await self._bot.get_file(media.source)
            if (file.file_size or 0) > LARGEST_DOWNLOAD:
                return media
            content = bytes(await file.download_as_bytearray())
            digest = await self._keep(content, media.type)
        except BadRequest:
            return media
        except Exception as why:  # noqa: BLE001  # whatever PTB trips over in an unexpected answer, or a full disk
            raise FetchFailed(type(why).__name__) from None
        return replace(media, digest=digest, size=len(content))

    async def send(self, sending: Sending) -> Outcome:
        """Make the one call that the row stands for."""
        try:
            file = sending.message.file
            content = await self._open(file.digest) if file else b""
            method, fields = telegram_calls.compose(sending, self.capabilities, content)
        except OSError as why:
            return NeverLeft(f"file unreadable: {type(why).__name__}")
        except Exception as why:  # noqa: BLE001  # no such file, an address that is none: no other try would help
            return Refused(f"cannot be composed: {type(why).__name__}")
        try:
            answer = await self._call(method, **fields)
        except TelegramError as why:
            outcome = telegram_calls.outcome_of(why)
        except Exception as why:  # noqa: BLE001  # whatever broke, the request may have been taken
            outcome = Unknown(type(why).__name__)
        else:
            number = answer.get("message_id") if isinstance(answer, dict) else None
            outcome = Accepted(str(number) if type(number) is int else "")
        if isinstance(outcome, Accepted) and method.startswith("edit"):
            return Accepted(sending.edit_of)
        return outcome

    async def me(self) -> str:
        """Return the bot's username, for deep links. Raises TokenInvalid or Unreachable."""
        try:
            answer = await self._call("getMe")
        except (InvalidToken, EndPointNotFound):
            raise TokenInvalid("Telegram refuses the token") from None
        except TelegramError as why:
            raise Unreachable(str(why)) from None
        if not isinstance(answer, dict) or not isinstance(answer.get("username"), str):
            raise Unreachable("getMe answered something else")
        return str(answer["username"])

    async def show_menu(self, chat_address: str, commands: Sequence[tuple[str, str]]) -> None:
        """Put (word, description) pairs in the menu of one chat; a failure is only logged, the words work anyway."""
        listed = [{"command": word, "description": says} for word, says in commands]
        scope = {"type": "chat", "chat_id": int(chat_address)}
        try:
            await self._call("setMyCommands", commands=listed, scope=scope)
        except TelegramError as why:
            log.warning("menu not set error=%s", type(why).__name__)

    async def close(self) -> None:
        """Let the last button presses be answered, then close every connection."""
        if self._answering:
            await asyncio.wait(self._answering, timeout=self._answer_within)
        await asyncio.gather(self._sending.shutdown(), self._polling.shutdown())

    async def _answer(self, query: str) -> None:
        # Too late is no harm: the press is stored, only its progress bar runs on.
        with suppress(TelegramError):
            await self._call("answerCallbackQuery", callback_query_id=query)

    async def _call(self, method: str, *, read_timeout: float | None = None, **fields: Any) -> Any:
        """Call a method and return the plain answer: building PTB's Message costs six times the call."""
        if any(isinstance(value, InputFile | InputMediaPhoto) for value in fields.values()):
            # Spelled like send_Photo, since PTB warns at every call that is also an attribute of Bot.
            return await self._bot.do_api_request(re.sub(r"(?=[A-Z])", "_", method), api_kwargs=fields)
        requests = self._polling if method == "getUpdates" else self._sending
        return await requests.call(method, fields, read_timeout=read_timeout)
