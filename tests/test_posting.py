"""Posting turns what is said into rows for the right chat, once."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from bot.clock import utc_text
from bot.message import Attachment, Capabilities, Choice, Message
from bot.posting import Poster
from bot.text import Text
from storage import chats, outbox, people
from storage.database import Connection
from tests.worlds import migrated

NOON = datetime(2023, 11, 12, 5, 0, tzinfo=UTC)
TELEGRAM = Capabilities(text=100, caption=50, buttons=24, list_rows=0, button_label=40, list_label=0, edits=True)
WHATSAPP = Capabilities(text=100, caption=50, buttons=3, list_rows=10, button_label=20, list_label=24)
POSTER = Poster({"telegram": TELEGRAM, "whatsapp": WHATSAPP})
LONG = "\n\n".join(f"Paragraf {n}: " + "kata " * 10 for n in range(4))


@pytest.fixture
def db() -> Iterator[Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(migrated())
    connection.execute("PRAGMA foreign_keys = 1")
    yield connection
    connection.close()


@pytest.fixture
def siti(db: Connection) -> int:
    """Siti, who writes from Telegram, and earlier wrote from WhatsApp."""
    stamp = utc_text(NOON)
    person = people.add_person(
        db, name="Siti Aminah", phone=None, role="facilitator", district_id=None, village_id=None, now=stamp
    )
    for chat, hour in (("whatsapp:62811", -2), ("telegram:11", -1)):
        chats.hear(db, chat, chat.partition(":")[0], "Siti", utc_text(NOON + timedelta(hours=hour)))
        people.link_chat(db, chat, person, stamp)
    return person


def rows(db: Connection) -> list[tuple[str, int | None, int, str, str | None, int | None, str]]:
    sql = "SELECT chat, person_id, lane, uncertain_do, dedupe, edits, body FROM outbox ORDER BY id"
    return [tuple(row) for row in db.execute(sql)]


def test_a_reply_goes_to_its_chat_in_the_first_lane(db: Connection, siti: int) -> None:
    """An answer is one row that is not repeated when in doubt, and of no use a day later."""
    POSTER.reply(db, "telegram:11", Message.of("Tersimpan."), NOON)
    assert rows(db) == [("telegram:11", siti, 0, "drop", None, None, Message.of("Tersimpan.").to_json())]
    assert db.execute("SELECT expires_at FROM outbox").fetchone()[0] == utc_text(NOON + timedelta(hours=24))


def test_a_stranger_is_answered_too(db: Connection) -> None:
    """Somebody who is not on the roster has a chat, and no person."""
    chats.hear(db, "telegram:99", "telegram", "?", utc_text(NOON))
    POSTER.reply(db, "telegram:99", Message.of("Selamat datang."), NOON)
    assert rows(db)[0][:2] == ("telegram:99", None)


def test_a_long_reply_is_several_rows_in_order(db: Connection, siti: int) -> None:
    """One call per row: the choices stand on the last, and nothing is edited when one message became several."""
    POSTER.reply(db, "telegram:11", Message.of("Hadir?"), NOON)
    message = Message(Text.of(LONG), (Choice("!ya", "Ya"),))
    POSTER.reply(db, "telegram:11", message, NOON, edits=1)
    parts = [Message.from_json(row[-1]) for row in rows(db)][1:]
    assert len(parts) > 1
    assert [bool(part.choices) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert {row[5] for row in rows(db)} == {None}


@pytest.mark.parametrize(
    ("chat", "message", "edits"),
    [
        ("telegram:11", Message.of("Jawaban Ibu: Hadir ✅"), 1),
        ("whatsapp:62811", Message.of("Jawaban Ibu: Hadir ✅"), None),
        ("telegram:11", Message(Text.of("Bagikan nomor."), ask="contact"), None),
        ("telegram:11", Message(Text.of("Rekap"), file=Attachment("ab", "rekap.pdf")), None),
    ],
)
def test_a_card_is_rewritten_where_that_is_possible(
    db: Connection, siti: int, chat: str, message: Message, edits: int | None
) -> None:
    """A channel without edits, a contact button or a document means a new message."""
    POSTER.reply(db, chat, Message.of("Hadir?"), NOON)
    POSTER.reply(db, chat, message, NOON, edits=1)
    assert rows(db)[1][5] == edits


@pytest.mark.parametrize(("kind", "edits"), [("photo", 1), ("document", None)])
def test_a_picture_takes_the_place_of_a_picture_and_of_nothing_else(
    db: Connection, siti: int, kind: Literal["photo", "document"], edits: int | None
) -> None:
    """An edit brings another photo, never a photo where text was, nor another document."""
    POSTER.reply(db, "telegram:11", Message(Text.of("Papan"), file=Attachment("ab", "a.png", kind)), NOON)
    POSTER.reply(db, "telegram:11", Message(Text.of("Papan"), file=Attachment("cd", "b.png", kind)), NOON, edits=1)
    POSTER.reply(db, "telegram:11", Message.of("Selesai"), NOON, edits=1)
    assert [row[5] for row in rows(db)] == [None, edits, None]


def test_a_notice_goes_where_the_person_was_last_heard(db: Connection, siti: int) -> None:
    """To one chat, once per kind, object and occurrence."""
    said = Message.of("Bimtek besok pukul 08.00 WIB.")
    for made in (1, 0):
        assert POSTER.notify(db, siti, said, NOON, kind="reminder", object="event:7", occurrence="h-1") == made
    assert POSTER.notify(db, siti, said, NOON, kind="reminder", object="event:7", occurrence="h-0") == 1
    assert [row[:5] for row in rows(db)] == [
        ("telegram:11", siti, 1, "resend", f"reminder:event:7:{siti}:h-1"),
        ("telegram:11", siti, 1, "resend", f"reminder:event:7:{siti}:h-0"),
    ]


def test_a_blocked_chat_is_passed_over(db: Connection, siti: int) -> None:
    """Who has blocked the bot on Telegram is told on WhatsApp; who can be reached nowhere, not at all."""
    chats.set_reachable(db, "telegram:11", False)
    said = Message.of("Bimtek besok.")
    assert POSTER.notify(db, siti, said, NOON, kind="reminder", object="event:7") == 1
    assert rows(db)[0][0] == "whatsapp:62811"
    chats.set_reachable(db, "whatsapp:62811", False)
    assert POSTER.notify(db, siti, said, NOON, kind="reminder", object="event:8") == 0


def test_a_channel_that_is_off_reaches_nobody(db: Connection, siti: int) -> None:
    """Only chats of channels that this process has are considered."""
    only = Poster({"whatsapp": WHATSAPP})
    assert only.notify(db, siti, Message.of("Bimtek."), NOON, kind="notice", object="event:7") == 1
    assert rows(db)[0][0] == "whatsapp:62811"


def test_a_long_notice_is_told_once_as_a_whole(db: Connection, siti: int) -> None:
    """Each part has a key of its own, and a second telling adds none of them."""
    said = Message.of(LONG)
    made = POSTER.notify(db, siti, said, NOON, kind="announcement", object="event:7", lane=2)
    assert made == len(rows(db)) > 1
    assert POSTER.notify(db, siti, said, NOON, kind="announcement", object="event:7", lane=2) == 0
    assert len(rows(db)) == made


def test_a_notice_keeps_its_times(db: Connection, siti: int) -> None:
    """When it may go and until when it is of use are stored; a held one waits for its release."""
    later, end = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
    POSTER.notify(
        db, siti, Message.of("x"), NOON, kind="n", object="event:7", not_before=later, expires_at=end, state="held"
    )
    stored = db.execute("SELECT not_before, expires_at, state FROM outbox").fetchone()
    assert tuple(stored) == (utc_text(later), utc_text(end), "held")
    assert outbox.release(db, "event:7", utc_text(NOON)) == 1


@pytest.mark.parametrize("chat", ["telegram:11", "whatsapp:62811"])
def test_what_may_come_twice_carries_its_number(db: Connection, siti: int, chat: str) -> None:
    """Whatever it is about, in every part of it; the second copy is the same row, so it has the same number."""
    for one in {"telegram:11", "whatsapp:62811"} - {chat}:
        chats.set_reachable(db, one, False)
    for kind in ("announcement", "correction", "cancellation", "reminder", "forward"):
        POSTER.notify(db, siti, Message.of("Bimtek besok."), NOON, kind=kind, object="event:7")
    POSTER.notify(db, siti, Message(Text.of(LONG), (Choice("!ya", "Ya"),)), NOON, kind="reminder", object="daily:1")
    found = db.execute("SELECT id, body FROM outbox ORDER BY id").fetchall()
    said = [(id_, Message.from_json(body).text.plain) for id_, body in found]
    assert said[0] == (1, "Bimtek besok.\n#1")
    assert all(text.endswith(f"\n#{id_}") and len(f"(kirim ulang) {text}") <= 100 for id_, text in said)


def test_what_does_not_come_twice_has_no_number(db: Connection, siti: int) -> None:
    """An answer is not sent again, nor what a channel knows again; a broadcast has its own, and families none."""
    POSTER.reply(db, "telegram:11", Message.of("Tersimpan."), NOON)
    POSTER.notify(db, siti, Message.of("Kabar. · S7"), NOON, kind="broadcast", object="broadcast:7")
    same = Poster({"telegram": replace(TELEGRAM, idempotent=True)})
    same.notify(db, siti, Message.of("Bimtek."), NOON, kind="reminder", object="event:7")
    said = [Message.from_json(row[-1]).text.plain for row in rows(db)]
    assert said == ["Tersimpan.", "Kabar. · S7", "Bimtek."]
