"""The writing half of a turn: what a dialog's `save` may do, inside the one transaction that takes the message."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime

from bot.clock import utc_text
from bot.dates import local
from bot.message import Choice, Message
from bot.posting import Poster
from bot.text import Text
from storage import chats, office, outbox
from storage.database import Connection
from storage.people import Person


def ref_of(letter: int) -> str:
    """Name a dialog by the letter that opened it: unique, and the same when the turn is replayed after a crash."""
    return f"d{letter:x}"


def letter_of(ref: str) -> int:
    """Return the letter that opened the dialog of this name."""
    return int(ref.removeprefix("d"), 16)


@dataclass(frozen=True, slots=True)
class Settling:
    """What a `save` is given; everything it does is kept together with the message that asked for it, or not at all.

    `person` was read inside this transaction. `ref` belongs to the dialog: a record that carries it, UNIQUE, cannot be
    saved twice. `at` is the message's own time; `now` is when we settle it. `card` is the outbox row that was tapped.
    """

    db: Connection
    chat: str
    person: Person | None
    ref: str
    at: datetime
    now: datetime
    today: date
    zone: str
    card: int | None
    poster: Poster

    @classmethod
    def unasked(cls, db: Connection, ref: str, now: datetime, zone: str, poster: Poster) -> "Settling":
        """Settle what nobody's message asked for: there is no chat to answer in."""
        return cls(db, "", None, ref, now, now, local(now, zone).date(), zone, None, poster)

    @property
    def me(self) -> Person:
        """The person, in a dialog that strangers cannot open."""
        assert self.person is not None
        return self.person

    @property
    def stamp(self) -> str:
        """The moment of settling as the store keeps it."""
        return utc_text(self.now)

    @property
    def can_rewrite(self) -> bool:
        """Whether what was said in this chat can be changed later."""
        to = chats.chat_of(self.db, self.chat)
        return to is not None and self.poster.capabilities[to.channel].edits

    def say(self, said: "str | Text | Message", *choices: Choice) -> None:
        """Answer in this chat."""
        self.poster.reply(self.db, self.chat, Message.of(said, *choices), self.now)

    def say_card(self, said: "str | Text", *choices: Choice) -> int:
        """Answer with a card that is to be rewritten later; return its outbox row."""
        row = self.poster.reply(self.db, self.chat, Message(Text.of(said), choices), self.now)
        assert row is not None, "a card says something"
        return row

    def replace_card(self, said: "str | Text | Message", *choices: Choice) -> None:
        """Rewrite the card that was tapped; where none was, answer."""
        self.poster.reply(self.db, self.chat, Message.of(said, *choices), self.now, edits=self.card)

    def notify(
        self,
        person_id: int,
        said: "str | Text | Message",
        *,
        kind: str,
        object: str,  # the word the outbox uses
        occurrence: str = "",
        lane: int = 1,
        expires_at: datetime | None = None,
        not_before: datetime | None = None,
    ) -> int:
        """Tell somebody, once per kind, object and occurrence; return how many rows that made (0: no chat, or told)."""
        return self.poster.notify(
            self.db,
            person_id,
            Message.of(said),
            self.now,
            kind=kind,
            object=object,
            occurrence=occurrence,
            lane=lane,
            expires_at=expires_at,
            not_before=not_before,
        )

    def rewrite(
        self,
        chat: str,
        row: int,
        said: "str | Text | Message",
        *,
        kind: str,
        object: str,  # the word the outbox uses
        occurrence: str,
        lane: int = 1,
    ) -> int | None:
        """Rewrite a message that stands in somebody's chat; return the row that does, None where it cannot be done."""
        return self.poster.edit(
            self.db, chat, row, Message.of(said), self.now, kind=kind, object=object, occurrence=occurrence, lane=lane
        )

    def withdraw(self, object: str, *, kind: str | None = None) -> int:  # the words the outbox uses
        """Cancel what is still queued about the object, of one kind if so said; return how many."""
        return outbox.stop(self.db, object, self.stamp, kind=kind)

    def withdraw_from(self, person_id: int, kind: str, object: str) -> int:  # the words the outbox uses
        """Cancel what is still queued of this kind about the object for one person; return how many."""
        return outbox.stop_for(self.db, person_id, kind, object, self.stamp)

    def derive(self, what: str) -> bytes:
        """Return 32 bytes that only this office can know, the same ones whenever the same thing is settled again.

        Not random: a turn that is replayed after a crash must come to the same codes.
        """
        return hmac.digest(office.secret(self.db).encode(), f"{self.ref}:{what}".encode(), hashlib.sha256)
