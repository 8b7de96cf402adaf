"""One message, one turn, one transaction: decide on what is stored, then settle the outcome all at once.

The deciding half reads stored snapshots and changes nothing. The settling half is one function on the writer's thread:
it takes the inbox row, checks that the dialog has not moved since it was read, checks the rights again, and writes
answers or the record together with the replies. If the world moved in between, the turn is run once more on fresh data.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.chat import Refused
from bot.clock import Clock, utc_text
from bot.decisions import Decision, Decisions, Scene
from bot.message import Message, Said
from bot.posting import Poster
from bot.settling import Settling, ref_of
from storage import chats, dialogs, inbox, outbox, people
from storage.database import Closed, Connection, Database, is_away

log = logging.getLogger(__name__)

TRIES = 3
SORRY = "Ada gangguan di pihak kami. Jawaban Bapak/Ibu tersimpan; coba lagi sebentar, atau /batal."


class MovedOn(Exception):
    """What a decision was based on has changed before it was settled."""


@dataclass(frozen=True)
class Turns:
    """Takes what was said, one at a time for each chat (the lanes see to that)."""

    database: Database
    decisions: Decisions
    poster: Poster
    clock: Clock
    zone: str
    posted: Callable[[], None]

    async def take(self, letters: Sequence[int], said: Said) -> None:
        """Answer what was said, once; whatever breaks, the letters end done or parked and the person is told.

        Raises sqlite3.OperationalError when the store itself does not answer: nothing is lost then, and nothing done.
        """
        notice = ""
        for attempt in range(1, TRIES + 1):
            try:
                scene = await self.database.read(_scene, said.chat)
                decision = await self.decisions.decide(scene, said, letters[-1], notice)
                await self.database.write(self._settle, letters, said, scene, decision)
                break
            except MovedOn:
                log.info("turn moved on letters=%s attempt=%d", list(letters), attempt)
                reason = "MovedOn"
            except Refused as why:
                notice = str(why)
                reason = "Refused"
            except Closed:
                raise
            except Exception as why:
                if is_away(why):
                    raise
                log.exception("turn failed letters=%s attempt=%d", list(letters), attempt)
                reason = type(why).__name__
        else:
            await self.give_up(letters, said, reason, SORRY)
        self.posted()

    async def give_up(self, letters: Sequence[int], said: Said, reason: str, apology: str) -> None:
        """Set the letters aside with the reason, and tell the person."""
        await self.database.write(self._park, letters, said, reason, apology)
        self.posted()

    def _settle(self, db: Connection, letters: Sequence[int], said: Said, scene: Scene, decision: Decision) -> None:
        now = self.clock.now()
        if not inbox.take(db, letters):
            return  # a redelivery: what it asked for was done, and answered, the first time
        based_on = (scene.open.ref, scene.open.turn) if scene.open else None
        person = people.person_of_chat(db, said.chat)
        # Decided on a snapshot; a second chat, a sweep or the office may have changed dialog or rights since.
        if dialogs.turn_of(db, said.chat) != based_on or person != scene.person:
            raise MovedOn
        if said.kind != "event":
            chats.hear(db, said.chat, said.channel, said.name, utc_text(now), utc_text(said.at))
        card = outbox.card_with(db, said.chat, said.card) if said.card else None
        today = said.at.astimezone(ZoneInfo(self.zone)).date()
        decision.settle(
            Settling(db, said.chat, person, ref_of(letters[-1]), said.at, now, today, self.zone, card, self.poster)
        )

    def _park(self, db: Connection, letters: Sequence[int], said: Said, reason: str, apology: str) -> None:
        if inbox.park(db, letters, reason):
            chats.hear(db, said.chat, said.channel, said.name, utc_text(self.clock.now()), utc_text(said.at))
            self.poster.reply(db, said.chat, Message.of(apology), self.clock.now())


def _scene(db: Connection, chat: str) -> Scene:
    return Scene(people.person_of_chat(db, chat), dialogs.open_dialog(db, chat), outbox.recent_cards(db, chat))
