"""Posting: what the bot says becomes outbox rows, planned for the chat's channel, in the caller's transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.channels.layout import plan
from bot.clock import utc_text
from bot.message import Capabilities, Message
from bot.outlets import Outlet, choose
from bot.templates import one_line
from bot.text import italic, lines
from bot.windows import CLOSED
from storage import chats, ladder, outbox
from storage.database import Connection
from storage.ladder import COMPANIONS, Fallen

PASSED = ">"
"""Parts a notice's key from the channel that it was passed on to."""

REPLY_LIVES = timedelta(hours=24)  # an answer to something said the day before only confuses

ROOM = 32
"""Letters kept free in a notice of which a second copy may go: for its number, and for the words that mark a copy."""

OWN_REFERENCE = frozenset({"broadcast"})
"""What names itself ("· S7"), or goes on to families as it is: neither has a reference of ours."""


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
        can = self.capabilities[chats.channel_of(chat)]
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
                uncertain_do="drop",
                edits=in_place,
                expires_at=utc_text(now + lives),
            )
        return row

    def repeat(self, db: Connection, chat: str, body: str, now: datetime) -> int | None:
        """Answer with a message that was laid out for this chat before; return the row."""
        return outbox.post(
            db,
            chat=chat,
            body=body,
            kind="reply",
            lane=0,
            now=utc_text(now),
            uncertain_do="drop",
            expires_at=utc_text(now + REPLY_LIVES),
        )

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
        """Tell the person once per kind, object and occurrence, in the chat that he or she prefers, if it can take it.

        Return how many rows that made: 0 if the person was told before, or can be reached in no chat.
        """
        rule = occurrence.partition(":")[0]
        outlet = choose(db, self.capabilities, person_id, not_before or now, kind=kind, about=object, rule=rule)
        if outlet is None:
            return 0
        return self._post_notice(
            db,
            outlet,
            person_id,
            message,
            now,
            f"{kind}:{object}:{person_id}:{occurrence}",
            kind=kind,
            object=object,
            lane=lane,
            not_before=utc_text(not_before) if not_before else None,
            expires_at=utc_text(expires_at) if expires_at else None,
            uncertain_do=uncertain_do,
            state=state,
        )

    def pass_on(self, db: Connection, fallen: Fallen, now: datetime, not_before: datetime | None = None) -> bool:
        """Send a notice that one channel lost by another of the person's; False where there is none that takes it."""
        tried = {fallen.channel}
        occurrence = fallen.dedupe.removeprefix(f"{fallen.kind}:{fallen.object}:{fallen.person_id}:")
        rule = occurrence.partition(":")[0]
        outlet = choose(
            db,
            self.capabilities,
            fallen.person_id,
            now,
            kind=fallen.kind,
            about=fallen.object,
            rule=rule,
            without=tried,
        )
        if outlet is None or outlet.error:
            return False
        for one in (*ladder.companions(db, fallen), fallen):
            key = f"{one.dedupe.partition('#')[0]}{PASSED}{outlet.to.channel}"
            self._post_notice(
                db,
                outlet,
                one.person_id,
                Message.from_json(one.whole),
                now,
                key,
                kind=one.kind,
                object=one.object,
                lane=one.lane,
                not_before=utc_text(not_before) if not_before else None,
                expires_at=one.expires_at,
                uncertain_do="resend",
                state="queued",
            )
        return True

    def _post_notice(
        self,
        db: Connection,
        outlet: Outlet,
        person_id: int,
        message: Message,
        now: datetime,
        key: str,
        *,
        kind: str,
        object: str,  # the word the outbox uses
        lane: int,
        not_before: str | None,
        expires_at: str | None,
        uncertain_do: str,
        state: str,
    ) -> int:
        """Post the parts of a notice; the last one has the choices, and stands for the notice.

        Where a second copy may follow, both carry the number of their row, by which a person knows the one from the
        other, and the office finds it.
        """
        twice = uncertain_do == "resend" and not outlet.can.idempotent
        parts = plan(message, _with_room(outlet.can) if twice else outlet.can)
        whole = message.to_json() if self._has_another(db, person_id, outlet.to.channel) else ""
        # Looked at again when it leaves: the person may write until then, or the queue may be long.
        error = outlet.error if not (not_before and outlet.error == CLOSED) else None
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            # Without the card that it belongs to it says nothing: it comes when the template's button is pressed.
            waits = outlet.template != "" and (not last or kind in COMPANIONS)
            mark = f"#{outbox.next_id(db)}" if twice and kind not in OWN_REFERENCE else ""
            filled = json.dumps([outlet.template, one_line(message.text, mark)], ensure_ascii=False)
            posted = outbox.post(
                db,
                chat=outlet.to.chat,
                body=_marked(part, mark).to_json(),
                kind=kind,
                lane=lane,
                now=utc_text(now),
                person_id=person_id,
                object=object,
                dedupe=key if number == 1 else f"{key}#{number}",
                uncertain_do=uncertain_do,
                not_before=not_before,
                expires_at=expires_at,
                state="held" if waits and outlet.shut and not not_before else state,
                error=error,
                template=filled if outlet.template and not waits else None,
                waits=waits,
                whole=whole if last else None,
            )
            if posted is None:
                return 0
        return len(parts)

    def _has_another(self, db: Connection, person_id: int, channel: str) -> bool:
        """Say whether the person has a chat on another channel that is on."""
        those = (one.channel for one in chats.chats_of(db, person_id))
        return any(one != channel and one in self.capabilities for one in those)


def _with_room(can: Capabilities) -> Capabilities:
    return replace(can, text=can.text - ROOM, caption=can.caption - ROOM, body=max(0, can.body - ROOM))


def _marked(part: Message, mark: str) -> Message:
    return replace(part, text=lines([part.text, italic(mark)])) if mark else part


def _same_shape(db: Connection, edited: int, message: Message) -> bool:
    """Say whether both are text, or both a photo: documents, and places on the map, stay as they were sent."""
    both = Message.from_json(outbox.body_of(db, edited)), message
    kinds = {one.file.kind if one.file else "venue" if one.venue else "text" for one in both}
    return kinds in ({"text"}, {"photo"})
