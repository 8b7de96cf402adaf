"""Telegram's phones for the harness: what a person does goes through the fake Bot API, the real poller and parser."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from bot.app import App, Plan
from bot.channels.channel import Arrived, Channel, Keep, Open, Store
from bot.channels.telegram import Telegram
from bot.clock import Clock
from tests.fakes.bot_api import TOKEN, Accepted, FakeBotApi
from tests.phones import REACHED, attached, caption_of, file_named, find_button, parts_of, without_mark
from tests.talk import Heard, plan_for
from tests.worlds import phone_of


class TelegramPhones:
    """Phones on Telegram. Everything that a person sees comes out of the fake's ledger."""

    def __init__(self, fake: FakeBotApi) -> None:
        self._fake = fake
        self._channel: Telegram | None = None
        self._polling: asyncio.Task[None] | None = None
        self._stored: set[str] = set()
        self._news = asyncio.Event()
        self._people: dict[int, str] = {}

    def chat(self, who: str) -> str:
        return f"telegram:{self._user(who)}"

    def _user(self, who: str) -> int:
        number = 1000 + sum(who.lower().encode()) * 7
        self._people[number] = who
        return number

    def plan(self, folder: Path, boot: int) -> Plan:
        return plan_for(folder, boot, self._make, ["telegram"])

    def _make(self, store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        async def store_and_tell(arrived: list[Arrived]) -> None:
            await store(arrived)
            self._stored |= {one.event_id for one in arrived}
            self._news.set()

        self._fake.now = lambda: clock.now().timestamp()
        self._channel = Telegram(TOKEN, self._fake.url, store=store_and_tell, keep=keep, open=open, clock=clock)
        return {"telegram": self._channel}

    def attach(self, app: App) -> None:
        assert self._channel is not None
        self._polling = asyncio.create_task(self._channel.run())

    async def hang_up(self) -> None:
        """Stop polling."""
        assert self._polling is not None
        assert self._channel is not None
        self._polling.cancel()
        await asyncio.gather(self._polling, return_exceptions=True)
        await self._channel.close()

    def write(self, who: str, said: str, number: int) -> tuple[str, str]:
        return who, said

    async def deliver(self, event: tuple[str, str]) -> None:
        who, said = event
        sent = {str(number) for number in self._send(who, self._user(who), said)}
        while not sent <= self._stored:
            self._news.clear()
            await self._news.wait()

    def _send(self, who: str, user: int, said: str) -> list[int]:
        fake = self._fake
        if tapped := re.fullmatch(r"\[(.+?)\]( lama)?", said):
            token, card, _ = find_button(self.heard(), who, tapped[1], oldest=bool(tapped[2]))
            return [fake.tap(user, int(card), token, name=who)]
        if said == "(kontak sendiri)":
            return [fake.share_contact(user, phone_of(who).removeprefix("+"), name=who)]
        if said == "(kontak lain)":
            return [fake.share_contact(user, "6281299990000", own=False, name=who)]
        if said == "(lokasi)":
            return [fake.send_location(user, 3.5796, 98.6748)]
        if said in REACHED:
            return [fake.block(user, who) if REACHED[said] == "blocked" else fake.unblock(user, who)]
        if said == "(stiker)":
            return [fake._message(user, who, {"sticker": {"file_id": "x"}})]
        found = attached(said)
        if found and found[0] == "album":
            contents = [file_named(found[2], part)[2] for part in range(parts_of(said))]
            return fake.send_album(user, contents, caption_of(said))
        if found and found[1] == "photo":
            return [fake.send_photo(user, file_named(found[2], 0)[2], caption_of(said), name=who)]
        if found:
            name, type_, content = file_named(found[2], 0)
            caption = {"caption": caption_of(said)} if caption_of(said) else {}
            return [fake.send_document(user, content, name, type_, name=who, **caption)]
        return [fake.say(user, said.replace("\\n", "\n"), name=who)]

    def heard(self) -> list[Heard]:
        return [self._heard(one) for one in self._fake.ledger]

    def _heard(self, one: Accepted) -> Heard:
        return Heard(
            self._people[one.chat],
            str(one.message_id),
            without_mark(one.text),
            (*(label for label, _ in one.buttons), *one.keyboard),
            tuple(token for _, token in one.buttons),
            one.file_name,
            edited=one.method.startswith("edit"),
        )
