"""Live cards: at every tick an event's card is compared with how the event stands, and rewritten if need be."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock, utc_text
from bot.message import Message
from bot.posting import Poster
from storage import live_cards
from storage.database import Connection, Database
from storage.live_cards import LiveCard

RESTS = timedelta(seconds=5)  # between two editions
SETTLES = timedelta(seconds=15)  # from the leaving of the invitations to the first edition: most have arrived by then
LOOKS_BACK = timedelta(days=2)
EDITION_LIVES = timedelta(minutes=10)

ComposeLive = Callable[[Connection, int, str], Message]
"""Writes the card of the event with this id, as it stands at this moment (UTC ISO text)."""


@dataclass(frozen=True, slots=True)
class LiveCards:
    """Rewrites the cards whose event looks different; safe to call at any time."""

    database: Database
    poster: Poster
    clock: Clock
    compose: ComposeLive

    async def rewrite_due(self) -> int:
        """Post an edition for every card that no longer shows how its event stands; return how many."""
        due = await self.database.read(self._find)
        return await self.database.write(self._post, due) if due else 0

    def _find(self, db: Connection) -> dict[LiveCard, Message]:
        now = self.clock.now()
        rested = live_cards.rested(
            db,
            left_by=utc_text(now - SETTLES),
            edited_by=utc_text(now - RESTS),
            since_day=(now - LOOKS_BACK).date().isoformat(),
        )
        composed = {card: self.compose(db, card.event_id, utc_text(now)) for card in rested}
        return {card: message for card, message in composed.items() if _digest(message) != card.digest}

    def _post(self, db: Connection, due: dict[LiveCard, Message]) -> int:
        now = self.clock.now()
        posted = 0
        for card, message in due.items():
            digest = _digest(message)
            row = self.poster.edit(
                db,
                card.chat,
                card.row,
                message,
                now,
                kind="live",
                object=f"live:{card.event_id}",
                occurrence=str(card.row),  # two ticks at once: the second finds that this edition was followed already
                expires_at=now + EDITION_LIVES,
            )
            if row is not None:
                live_cards.rewritten(db, card.event_id, row, digest, utc_text(now))
                posted += 1
        return posted


def _digest(message: Message) -> str:
    return hashlib.sha256(message.to_json().encode()).hexdigest()[:16]
