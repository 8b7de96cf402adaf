"""Posting: what the bot says becomes outbox rows, planned for the chat's channel, in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.layout import plan
from bot.clock import utc_text
from bot.message import Capabilities, Message
from bot.windows import CLOSED, is_open
from storage import chats, outbox
from storage.database import Connection

REPLY_LIVES = timedelta(hours=24)  # an answer to something said the day before only confuses


@dataclass(frozen=True, slots=True)
class Poster:
    """Knows what each channel can show; a channel that is not in `capabilities` is off."""

    capabilities: Mapping[str, Capabilities]

    def reply(
        self,
        db: Connection,
        chat: str,
        message: Message,
        now: datetime,
        edits: int | None = None,
        lives: timedelta = REPLY_LIVES,
    ) -> int | None:
        """Answer in the chat; with `edits`, the row whose message is to be rewritten, in place where that is possible.

        Return the last row, which has the choices.
        An answer that may not have arrived is not sent again: the person repeats what he or she did.
        """
        to = chats.chat_of(db, chat)
        assert to is not None, "an answer goes to a chat that was heard"
        can = self.capabilities[to.channel]
        parts = plan(message, can)
        # An edit can neither bring a phone's contact button, nor turn one message into two, nor text into a picture.
        fits = can.edits and len(parts) == 1 and not message.ask
        in_place = edits if fits and edits is not None and _same_shape(db, edits, message) else None
        row = None
        for part in parts:
            row = outbox.post(
                db,
                chat=chat,
                body=part.to_json(),
                kind="reply",
                lane=0,
                now=utc_text(now),
                person_id=to.person_id,
                uncertain_do="drop",
                edits=in_place,
                expires_at=utc_text(now + lives),
            )
        return row

    def edit(
        self,
        db: Connection,
        chat: str,
        row: int,
        message: Message,
        now: datetime,
        *,
        kind: str,
        object: str,  # the word the outbox uses
        occurrence: str,
        lane: int = 1,
        expires_at: datetime | None = None,
    ) -> int | None:
        """Rewrite the message of an outbox row, once per kind, object and occurrence in this chat.

        Return the row that does it; None where the channel cannot, or the message would need several.
        """
        to = chats.chat_of(db, chat)
        can = self.capabilities.get(to.channel) if to else None
        parts = plan(message, can) if can and can.edits else ()
        if to is None or len(parts) != 1 or message.file:
            return None
        return outbox.post(
            db,
            chat=chat,
            body=parts[0].to_json(),
            kind=kind,
            lane=lane,
            now=utc_text(now),
            person_id=to.person_id,
            object=object,
            dedupe=f"{kind}:{object}:{chat}:{occurrence}",
            uncertain_do="drop",
            edits=row,
            expires_at=utc_text(expires_at) if expires_at else None,
        )

    def notify(
        self,
        db: Connection,
        person_id: int,
        message: Message,
        now: datetime,
        *,
        kind: str,
        object: str,  # the word the outbox uses
        occurrence: str = "",
        lane: int = 1,
        expires_at: datetime | None = None,
        not_before: datetime | None = None,
        uncertain_do: str = "resend",
        state: str = "queued",
    ) -> int:
        """Tell the person once per kind, object and occurrence, where he or she was last heard from.

        Return how many rows that made: 0 if the person was told before, or can be reached in no chat.
        """
        to = next((chat for chat in chats.chats_of(db, person_id) if chat.channel in self.capabilities), None)
        if to is None:
            return 0
        key = f"{kind}:{object}:{person_id}:{occurrence}"
        can = self.capabilities[to.channel]
        # Looked at again when it leaves: the person may write until then, or the queue may be long.
        shut = not not_before and not is_open(can, to.spoke_at, now)
        parts = plan(message, can)
        for number, part in enumerate(parts, 1):
            posted = outbox.post(
                db,
                chat=to.chat,
                body=part.to_json(),
                kind=kind,
                lane=lane,
                now=utc_text(now),
                person_id=person_id,
                object=object,
                dedupe=key if number == 1 else f"{key}#{number}",
                uncertain_do=uncertain_do,
                not_before=utc_text(not_before) if not_before else None,
                expires_at=utc_text(expires_at) if expires_at else None,
                state=state,
                error=CLOSED if shut else None,
            )
            if posted is None:
                return 0
        return len(parts)


def _same_shape(db: Connection, edited: int, message: Message) -> bool:
    """Say whether both are text, or both a photo: documents, and places on the map, stay as they were sent."""
    both = Message.from_json(outbox.body_of(db, edited)), message
    kinds = {one.file.kind if one.file else "venue" if one.venue else "text" for one in both}
    return kinds in ({"text"}, {"photo"})
