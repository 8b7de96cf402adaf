"""The guests of the Bimtek in the demo: as the clock comes to it they check in by themselves, on time or late."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.app import App
from bot.channels.simulator import NAME, Simulator
from bot.clock import Clock, utc_text
from bot.demo.bimtek import FIRST_DAY, guests
from bot.slot_codes import shown_code
from storage.check_in_rules import rules_of
from storage.database import Connection
from storage.slots import slot_secret, slots_of

EVENT = 1  # the Bimtek is the demo's first event
WAYS: tuple[Literal["code", "words", "link"], ...] = ("code", "words", "link")


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Somebody sends what stood on the board at one moment, at that moment or later; `ref` is its event's id."""

    ref: str
    phone: str
    seen: datetime
    sent: datetime
    way: Literal["code", "words", "link"]


def check_ins(zone: str) -> Iterator[CheckIn]:
    """Yield all that guests, and who comes instead of them, send by themselves, in the order in which it is sent."""
    local = ZoneInfo(zone)
    found = []
    for place, guest in enumerate(guests()):
        phone = (guest.substitute or guest.person).phone
        for session, arrival in enumerate(guest.arrivals):
            if arrival is not None and not arrival.by_hand:
                day = FIRST_DAY + timedelta(days=session // 2)
                seen, sent = (_moment(day, at, local) for at in (arrival.at, arrival.sent or arrival.at))
                # Words do not outlive the board they stood on.
                way = "code" if arrival.sent else WAYS[place % len(WAYS)]
                found.append(CheckIn(f"bimtek-{place}-{session}", phone, seen, sent, way))
    yield from sorted(found, key=lambda one: (one.sent, one.ref))


class Replay:
    """Sends what is due; whoever has a phone on the page is left to the visitor."""

    def __init__(self, app: App, channel: Simulator, clock: Clock, on_page: Collection[str]) -> None:
        self._app = app
        self._channel = channel
        self._clock = clock
        self._left = [one for one in check_ins(app.plan.zone) if one.phone not in on_page]

    async def catch_up(self) -> None:
        """Send everything whose moment has come; what a demo that goes on has stored already is not taken twice."""
        now = self._clock.now()
        while self._left and self._left[0].sent <= now:
            one = self._left.pop(0)
            words = await self._app.database.read(board_words, one)
            if words:
                chat = f"{NAME}:{one.phone.removeprefix('+')}"
                event = {"event_id": one.ref, "kind": "text", "text": words}
                await self._channel.receive(chat, "", event, typed_at=one.sent)


def board_words(db: Connection, one: CheckIn) -> str:
    """Return what was read off the board, as it is sent; '' where nothing was open."""
    slot = next((slot for slot in slots_of(db, EVENT) if slot.is_open(utc_text(one.seen))), None)
    if slot is None:
        return ""
    shown = shown_code(slot, slot_secret(db, slot.id), rules_of(db, EVENT).rotating, one.seen)
    return {"code": shown.code.lower(), "words": " ".join(shown.words), "link": f"/start h_{shown.code}"}[one.way]


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone)
