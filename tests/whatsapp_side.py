"""WhatsApp's phones for the harness: what a person does becomes a signed webhook, what is heard the fake's ledger."""

import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from bot.app import App, Plan
from bot.channels.channel import Channel, Keep, Open, Store
from bot.channels.whatsapp import WhatsApp
from bot.clock import Clock
from bot.web.server import make_app, serve
from bot.web.whatsapp import PATH, whatsapp_routes
from tests.fakes.graph_api import NUMBER_ID, SECRET, TOKEN, VERIFY, Accepted, FakeGraphApi
from tests.fakes.whatsapp_phones import Account, Event
from tests.phones import REACHED, attached, caption_of, file_named, parts_of, without_mark
from tests.talk import Heard, plan_for
from tests.worlds import phone_of

_TWINS = str.maketrans({"∗": "*", "＿": "_", "∼": "~", "ˋ": "`", "›": ">"})


class WhatsAppPhones:
    """Phones on WhatsApp, known by their own ids alone: nobody's number is told before it is asked for."""

    def __init__(self, fake: FakeGraphApi) -> None:
        self._fake = fake
        self._channel: WhatsApp | None = None
        self._server = AsyncExitStack()
        self._people: dict[str, str] = {}
        self._accounts: dict[str, Account] = {}

    def chat(self, who: str) -> str:
        return f"whatsapp:{self._account(who).address}"

    def _account(self, who: str) -> Account:
        if who not in self._accounts:
            account = self._fake.account(bsuid=f"ID.{who}{sum(who.lower().encode())}", name=who)
            self._accounts[who], self._people[account.address] = account, who
        return self._accounts[who]

    def plan(self, folder: Path, boot: int) -> Plan:
        return plan_for(folder, boot, self._make, ["whatsapp"])

    def _make(self, store: Store, keep: Keep, open: Open, clock: Clock) -> Mapping[str, Channel]:
        self._fake.windows = False
        self._fake.now = lambda: clock.now().timestamp()
        channel = WhatsApp(
            TOKEN, NUMBER_ID, SECRET, VERIFY, self._fake.url, store=store, keep=keep, open=open, clock=clock
        )
        # The clock of a transcript leaps over days; windows have tests of their own.
        channel.capabilities = replace(channel.capabilities, window=None)
        self._channel = channel
        return {"whatsapp": channel}

    def attach(self, app: App) -> None:
        """Nothing to connect: the webhook is opened when the first message comes."""

    async def hang_up(self) -> None:
        """Close the webhook and the connections."""
        assert self._channel is not None
        await self._server.aclose()
        await self._channel.close()

    def write(self, who: str, said: str, number: int) -> list[Event]:
        account = self._account(who)
        if said in REACHED:  # WhatsApp tells nobody
            (self._fake.blocked.add if REACHED[said] == "blocked" else self._fake.blocked.discard)(account.address)
            return []
        return [self._event(who, account, said, part) for part in range(parts_of(said))]

    async def deliver(self, event: list[Event]) -> None:
        assert self._channel is not None
        if not self._fake.hook:

            async def health() -> Mapping[str, object]:
                return {"ok": True}

            app = make_app(whatsapp_routes(self._channel), health=health)
            port = await self._server.enter_async_context(serve(app))
            self._fake.hook = f"http://127.0.0.1:{port}{PATH}"
        statuses, self._fake.statuses = self._fake.statuses, []
        if event or statuses:  # one batch with what became of the messages before
            assert await self._fake.deliver(*event, statuses=statuses) == 200

    def _event(self, who: str, account: Account, said: str, part: int) -> Event:
        fake = self._fake
        if tapped := re.fullmatch(r"\[(.+?)\]( lama)?", said):
            return self._tapped(who, account, tapped[1], oldest=bool(tapped[2]))
        if said == "(kontak sendiri)":
            return fake.share_contact(account, phone_of(who).removeprefix("+"))
        if said == "(kontak lain)":
            return fake.share_contact(account, "6281299990000", asked=False)
        if said == "(lokasi)":
            return fake.send_location(account, 3.5796, 98.6748)
        if said == "(stiker)":
            return fake.send_sticker(account)
        if found := attached(said):
            name, type_, content = file_named(found[2], part)
            if found[1] == "photo":
                return fake.send_photo(account, content, caption_of(said) if part == 0 else "")
            return fake.send_document(account, content, name, type_, caption_of(said))
        return fake.say(account, said.replace("\\n", "\n"))

    def _tapped(self, who: str, account: Account, label: str, *, oldest: bool) -> Event:
        """Tap the newest button that means this; type it where there is none: another page, or printed as a number."""
        cards = [one for one in self.heard() if one.who == who]
        for one in cards if oldest else reversed(cards):
            for shown, token in zip(one.labels, one.tokens, strict=True):
                number = re.match(r"(\d+)\. ", shown)
                whole = number and f"\n{number[0]}{label}\n" in f"\n{one.text}\n".replace("✅ ", "")
                if token and (shown.removeprefix("✅ ") == label or whole):
                    return self._fake.tap(account, one.id, token, shown, row=len(one.labels) > 3)
        return self._fake.say(account, label)

    def heard(self) -> list[Heard]:
        return [self._heard(one) for one in self._fake.ledger if one.arrives]

    def _heard(self, one: Accepted) -> Heard:
        asks = (one.shown.asks,) if one.shown.asks else ()
        labels = (*asks, *(label for label, _ in one.shown.buttons))
        tokens = (*("" for _ in asks), *(token for _, token in one.shown.buttons))
        return Heard(
            self._people[one.to], one.id, without_mark(unmarked(one.shown.text)), labels, tokens, one.file_name
        )


def unmarked(text: str) -> str:
    """Return what is read: without the marks of WhatsApp, and with the marks that people typed."""
    bare = re.sub(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)", r"\1", text.replace("```", "").replace("*", ""))
    return re.sub(r"^– ", "- ", bare, flags=re.MULTILINE).translate(_TWINS)
