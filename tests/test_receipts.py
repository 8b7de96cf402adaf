"""Receipts: whatever order they come in, and however often, the outbox says what became of each message."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels import whatsapp_errors
from bot.clock import utc_text
from storage import chats, costs, delivery, outbox, outcomes, receipts
from storage.database import Connection
from storage.receipts import Receipt
from tests.test_outbox import open_store
from tests.worlds import migrated

NOON = datetime(2023, 11, 12, 5, tzinfo=UTC)
CHAT = "whatsapp:ID.siti1"


def at(seconds: float = 0) -> str:
    return utc_text(NOON + timedelta(seconds=seconds))


@pytest.fixture
def db() -> Iterator[Connection]:
    connection = open_store()
    connection.deserialize(migrated())
    chats.hear(connection, CHAT, "whatsapp", "Siti", at(-60))
    yield connection
    connection.close()


def started(db: Connection) -> int:
    row = outbox.post(db, chat=CHAT, body="{}", kind="notice", lane=1, now=at())
    assert row is not None
    assert delivery.start(db, [row], "boot", at())
    return row


def sent(db: Connection, number: str = "wamid.1") -> int:
    row = started(db)
    outcomes.accepted(db, [outcomes.Taken(row, number, at())])
    return row


def receipt(row: int, status: str, *, code: int | None = None, second: float = 1, number: str = "wamid.1") -> Receipt:
    error = whatsapp_errors.name_of(code) if code else None
    follows = whatsapp_errors.follows(code or None)
    return Receipt("whatsapp", number, status, at(second), row, error, follows, billable=True, category="service")


def became(db: Connection, row: int) -> tuple[str, str | None, str | None]:
    return tuple(db.execute("SELECT state, receipt, error FROM outbox WHERE id = ?", (row,)).fetchone())


@pytest.mark.parametrize("order", [*itertools.permutations(["sent", "delivered", "read"])])
def test_the_furthest_counts_in_any_order(db: Connection, order: tuple[str, ...]) -> None:
    """Read stays read, whatever comes late or twice."""
    row = sent(db)
    for status in (*order, *order):
        receipts.note(db, receipt(row, status), at(9))
    assert became(db, row) == ("sent", "read", None)
    assert db.execute("SELECT count(*), sum(billable) FROM receipts").fetchone()[:] == (3, 3)


@pytest.mark.parametrize("order", [*itertools.permutations(["sent", "failed", "delivered"])])
def test_delivered_outranks_failed(db: Connection, order: tuple[str, ...]) -> None:
    """A failure that was followed by a delivery, or came after it, is none."""
    row = sent(db)
    for status in order:
        receipts.note(db, receipt(row, status, code=131049 if status == "failed" else None), at(9))
    assert became(db, row) == ("sent", "delivered", None)


FAILURES = [
    (131047, "failed", "window", None),
    (131026, "failed", "undeliverable (131026)", None),
    (131049, "failed", "held back by Meta (131049)", None),
    (131050, "failed", "opted out (131050)", None),
    (130472, "failed", "experiment (130472)", None),
    (131051, "failed", "unsupported type (131051)", None),
    (132001, "failed", "no such template (132001)", None),
    (999_999, "failed", "refused (999999)", None),
    (131000, "queued", "unknown (131000)", None),
    (131016, "queued", "unavailable (131016)", None),
    (131057, "queued", "maintenance (131057)", None),
    (130429, "queued", "too fast (130429)", None),
    (131056, "queued", "too fast (131056)", None),
    (131053, "queued", "media upload (131053)", None),
    (131042, "queued", "payment (131042)", "payment (131042)"),
    (131031, "queued", "locked (131031)", "locked (131031)"),
]


@pytest.mark.parametrize(("code", "state", "error", "paused"), FAILURES, ids=[str(one[0]) for one in FAILURES])
def test_a_failure_that_comes_later(db: Connection, code: int, state: str, error: str, paused: str | None) -> None:
    """What is worth another try is queued again, what is about us stops the channel, and the rest has failed."""
    row = sent(db)
    receipts.note(db, receipt(row, "sent", second=1), at(2))
    receipts.note(db, receipt(row, "failed", code=code, second=2), at(3))
    assert became(db, row) == (state, "failed", error)
    pausing = db.execute("SELECT paused_by FROM lanes WHERE channel = 'whatsapp'").fetchone()
    assert (pausing[0] if pausing else None) == paused
    if state == "queued":
        assert delivery.start(db, [row], "boot", at(62)) == []  # it waits a minute
        resumed = delivery.start(db, [row], "boot", at(64))
        assert (resumed == []) == bool(paused)


def test_what_fails_each_time_is_given_up(db: Connection) -> None:
    """An upload is tried twice, anything else six times."""
    for code, tries in ((131053, 2), (131000, 6)):
        row, now = sent(db, "wamid.0"), 10.0
        for attempt in range(20):
            receipts.note(db, receipt(row, "failed", code=code, number=f"wamid.{attempt}", second=now), at(now))
            if became(db, row)[0] == "failed":
                break
            now += 86_400
            assert delivery.start(db, [row], "boot", at(now))
            outcomes.accepted(db, [outcomes.Taken(row, f"wamid.{attempt + 1}", at(now))])
        assert attempt + 1 == tries
        db.execute("DELETE FROM receipts")


def test_a_late_word_of_the_first_try_does_not_undo_the_second(db: Connection) -> None:
    """`sent` of a message that has failed says nothing; delivered says that no second copy is needed."""
    row = sent(db)
    receipts.note(db, receipt(row, "failed", code=131000), at(2))
    receipts.note(db, receipt(row, "sent"), at(3))
    assert became(db, row)[0] == "queued"
    receipts.note(db, receipt(row, "delivered"), at(4))
    assert became(db, row) == ("sent", "delivered", None)


def test_a_receipt_settles_what_was_uncertain(db: Connection) -> None:
    """Accepted and then silent: word of it, with our own id, says that it went; there is no second copy."""
    row = started(db)
    outcomes.uncertain(db, row, "Lost", at(20), at(900))
    receipts.note(db, receipt(row, "sent"), at(30))
    assert became(db, row) == ("sent", "sent", None)
    assert delivery.start(db, [row], "boot", at(901)) == []
    assert outbox.card_with(db, CHAT, "wamid.1") == row


def test_a_receipt_may_be_faster_than_the_answer(db: Connection) -> None:
    """It waits for the attempt to end, be it with an answer, with silence, or with our own death."""
    quick, silent, dead = started(db), started(db), started(db)
    for row in (quick, silent, dead):
        receipts.note(db, receipt(row, "delivered", number=f"wamid.{row}"), at(1))
        assert became(db, row)[0] == "started"
    outcomes.accepted(db, [outcomes.Taken(quick, f"wamid.{quick}", at(2))])
    outcomes.uncertain(db, silent, "Lost", at(20), at(900))
    outcomes.adopt_orphans(db, "another boot", at(30), (), at(90), {"whatsapp": at(930)})
    assert {became(db, row) for row in (quick, silent, dead)} == {("sent", "delivered", None)}


def test_a_message_of_somebody_else_touches_no_row(db: Connection) -> None:
    """An id that is not ours, or one of another channel, is kept and changes nothing."""
    db.execute("INSERT INTO chats (chat, channel, address) VALUES ('telegram:1', 'telegram', '1')")
    other = outbox.post(db, chat="telegram:1", body="{}", kind="notice", lane=1, now=at())
    assert other is not None
    for row in (other, 4711, None):
        receipts.note(db, Receipt("whatsapp", f"wamid.{row}", "failed", at(), row, "refused (1)"), at())
    assert became(db, other) == ("queued", None, None)
    assert db.execute("SELECT count(outbox_id), count(*) FROM receipts").fetchone()[:] == (0, 3)


def test_a_closed_window_stays_closed_until_the_person_writes(db: Connection) -> None:
    """What WhatsApp says of its own clock outranks our note of it."""
    receipts.note(db, receipt(sent(db), "failed", code=131047), at(2))
    assert chats.chat_of(db, CHAT).spoke_at is None  # type: ignore[union-attr]  # it was heard
    chats.hear(db, CHAT, "whatsapp", "Siti", at(60), at(50))
    assert chats.chat_of(db, CHAT).spoke_at == at(50)  # type: ignore[union-attr]  # it was heard
    row = started(db)
    outcomes.window_closed(db, row, "window", at(61), told=True)
    assert became(db, row) == ("failed", None, "window")
    assert chats.chat_of(db, CHAT).spoke_at is None  # type: ignore[union-attr]  # it was heard


def test_three_in_a_row_are_out_of_reach(db: Connection) -> None:
    """Once may be a phone that is off; three times is a number that has left WhatsApp, until it writes again."""
    for number, reachable in ((1, True), (2, True), (3, False)):
        receipts.note(db, receipt(sent(db, f"w{number}"), "failed", code=131026, number=f"w{number}"), at(number))
        assert chats.chat_of(db, CHAT).reachable is reachable  # type: ignore[union-attr]  # it was heard
    chats.hear(db, CHAT, "whatsapp", "Siti", at(60))
    assert chats.chat_of(db, CHAT).reachable  # type: ignore[union-attr]  # it was heard
    outcomes.undeliverable(db, started(db), "undeliverable (131026)", at(61))
    assert not chats.chat_of(db, CHAT).reachable  # type: ignore[union-attr]  # it was heard


def test_a_message_is_billed_once(db: Connection) -> None:
    """However often and in whatever order its receipts come; what failed, or is free, costs nothing."""
    row = sent(db)
    for status, second in (("sent", 1), ("sent", 1), ("delivered", 2), ("sent", 1), ("read", 3)):
        receipts.note(db, Receipt("whatsapp", "w1", status, at(second), row, billable=True, category="utility"), at(5))
    for number, status, billable in (("w2", "failed", True), ("w3", "sent", False), ("w4", "sent", None)):
        receipts.note(db, Receipt("whatsapp", number, status, at(1), billable=billable, category="service"), at(5))
    assert costs.billed(db, at()) == {"utility": 1}
    assert costs.billed(db, "2031-01-01") == {}
