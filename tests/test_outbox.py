"""The outbox keeps order within a chat, lets replies pass, and leaves every row in one honest state."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.clock import utc_text
from storage import chats, delivery, outbox, outcomes, people
from storage.database import Connection
from tests.worlds import migrated

NOON = datetime(2023, 11, 12, 5, 0, tzinfo=UTC)
SITI, BUDI = "telegram:11", "telegram:22"
CHANNELS = ("telegram",)


def at(seconds: float = 0) -> str:
    return utc_text(NOON + timedelta(seconds=seconds))


def open_store() -> Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = 1")
    return connection


@pytest.fixture(scope="module")
def empty() -> Iterator[Connection]:
    """A store in which Siti and Budi have been heard."""
    connection = open_store()
    connection.deserialize(migrated())
    for chat, name in ((SITI, "Siti"), (BUDI, "Budi")):
        chats.hear(connection, chat, "telegram", name, at(-60))
    yield connection
    connection.close()


@pytest.fixture
def db(empty: Connection) -> Iterator[Connection]:
    connection = open_store()
    empty.backup(connection)
    yield connection
    connection.close()


def post(db: Connection, chat: str = SITI, lane: int = 1, text: str = "halo", **more: Any) -> int:
    posted = outbox.post(db, chat=chat, body=body(text), kind="notice", lane=lane, now=at(), **more)
    assert posted is not None
    return posted


def body(text: str, *choices: str) -> str:
    listed = ",".join(f'["{one}","{one}"]' for one in choices)
    return f'{{"text":[["{text}"]],"choices":[{listed}]}}' if choices else f'{{"text":[["{text}"]]}}'


def due(db: Connection, seconds: float = 0) -> list[int]:
    return claimable(db, seconds)


def claimable(db: Connection, seconds: float = 0, channels: Sequence[str] = CHANNELS, most: int = 50) -> list[int]:
    wanted = dict.fromkeys((0, 1, 2), most)
    return [row.id for one in channels for row in delivery.claimable(db, at(seconds), one, wanted)]


def start(db: Connection, row: int, seconds: float = 0, owner: str = "boot") -> delivery.Started:
    started = delivery.start(db, [row], owner, at(seconds))
    assert [one.id for one in started] == [row]
    return started[0]


def accept(db: Connection, row: int, external_id: str, now: str) -> None:
    outcomes.accepted(db, [outcomes.Taken(row, external_id, now)])


def send(db: Connection, row: int, external_id: str, seconds: float = 0) -> None:
    start(db, row, seconds)
    accept(db, row, external_id, at(seconds))


def state(db: Connection, row: int) -> str:
    return str(db.execute("SELECT state FROM outbox WHERE id = ?", (row,)).fetchone()[0])


class TestPosting:
    """What is posted, and once only."""

    def test_the_same_key_is_posted_once(self, db: Connection) -> None:
        """A second row of the same kind, object, person and occurrence is never made."""
        assert post(db, dedupe="reminder:event:7:1:h-1")
        again = outbox.post(db, chat=BUDI, body=body("x"), kind="n", lane=1, now=at(), dedupe="reminder:event:7:1:h-1")
        assert again is None
        assert outbox.counts(db) == {"queued": 1}

    def test_a_held_row_waits_for_its_release(self, db: Connection) -> None:
        """Held rows go nowhere; released ones go, though not before their time."""
        row = post(db, object="broadcast:1", state="held")
        assert due(db) == []
        assert outbox.release(db, "broadcast:1", at(5)) == 1
        assert due(db) == []
        assert due(db, 5) == [row]

    def test_a_row_without_object_belongs_to_no_object(self, db: Connection) -> None:
        """Counting or stopping the empty object touches nothing."""
        post(db)
        assert outbox.stop(db, "", at()) == 0
        assert outbox.states_of(db, "") == {}


class TestCards:
    """What stands in a chat, for buttons that are typed or tapped."""

    def test_the_newest_cards_come_first(self, db: Connection) -> None:
        """Only messages with choices count, of this chat alone, at most three."""
        made = [post(db, text=f"kartu {n}") for n in range(5)]
        for row in made:
            db.execute("UPDATE outbox SET body = ? WHERE id = ?", (body("kartu", "!a.1"), row))
        post(db, text="tanpa pilihan")
        post(db, chat=BUDI)
        assert [card.id for card in outbox.recent_cards(db, SITI)] == [made[4], made[3], made[2]]

    def test_an_edited_card_shows_its_last_edition(self, db: Connection) -> None:
        """A card that was rewritten without choices offers nothing; one that was rewritten with some, those."""
        card = post(db)
        db.execute("UPDATE outbox SET body = ? WHERE id = ?", (body("Hadir?", "!ya", "!tidak"), card))
        send(db, card, "900")
        edited = post(db, edits=card)
        assert outbox.recent_cards(db, SITI) == []
        db.execute("UPDATE outbox SET body = ? WHERE id = ?", (body("Hadir", "!ubah"), edited))
        assert [card.id for card in outbox.recent_cards(db, SITI)] == [edited]

    def test_a_card_that_never_arrived_offers_nothing(self, db: Connection) -> None:
        """Failed and cancelled cards stand in no chat."""
        card = post(db)
        db.execute("UPDATE outbox SET body = ? WHERE id = ?", (body("Hadir?", "!ya"), card))
        start(db, card)
        outcomes.refused(db, card, "BadRequest", at())
        assert outbox.recent_cards(db, SITI) == []

    def test_a_tapped_card_is_found_by_its_id(self, db: Connection) -> None:
        """The channel's id finds the last edition of the message, in its own chat alone."""
        card = post(db)
        send(db, card, "900")
        edit = post(db, edits=card)
        send(db, edit, "900", 2)
        assert outbox.card_with(db, SITI, "900") == edit
        assert outbox.card_with(db, BUDI, "900") is None


class TestOrder:
    """What may go, and in which order."""

    def test_replies_first_then_notices_then_broadcasts(self, db: Connection) -> None:
        """Lanes come before the order of posting."""
        broadcast = post(db, lane=2)
        notice = post(db, chat=BUDI, lane=1)
        chats.hear(db, "telegram:33", "telegram", "Rina", at())
        reply = post(db, chat="telegram:33", lane=0)
        assert due(db) == [reply, notice, broadcast]

    def test_a_chat_is_served_in_the_order_posted(self, db: Connection) -> None:
        """The second waits while the first is queued or on its way, and goes when it is settled."""
        first, second = post(db), post(db)
        assert due(db) == [first]
        start(db, first)
        assert due(db) == []
        accept(db, first, "1", at())
        assert due(db) == [second]

    def test_a_reply_overtakes_a_broadcast_to_the_same_chat(self, db: Connection) -> None:
        """A broadcast that waits or is on its way does not hold up an answer; an answer holds up a broadcast."""
        broadcast, reply = post(db, lane=2), post(db, lane=0)
        assert due(db) == [reply, broadcast]
        later = post(db, lane=2)
        start(db, broadcast)
        accept(db, broadcast, "1", at())
        assert due(db) == [reply]
        send(db, reply, "2")
        assert due(db) == [later]

    def test_a_retry_keeps_its_place_and_a_scheduled_row_keeps_none(self, db: Connection) -> None:
        """What waits for the network goes before what was posted later; what is meant for tomorrow does not."""
        tomorrow = post(db, not_before=at(86_400))
        first, second = post(db), post(db)
        assert due(db) == [first]
        start(db, first)
        outcomes.retry_later(db, first, at(30), "ConnectError", at())
        assert due(db, 29) == []
        assert due(db, 30) == [first]
        send(db, first, "1", 30)
        assert due(db, 30) == [second]
        assert delivery.next_due(db, at(30), CHANNELS) == at(86_400)
        assert tomorrow not in due(db, 30)

    def test_a_new_answer_wakes_the_older_one_that_waits_for_the_network(self, db: Connection) -> None:
        """Somebody who writes to us can be reached: the answer that waits out a back-off goes now, and first."""
        first = post(db, lane=0)
        start(db, first)
        outcomes.retry_later(db, first, at(600), "ConnectError", at())
        assert due(db, 1) == []
        post(db, lane=0)
        assert due(db, 1) == [first]

    def test_a_throttled_chat_waits_and_no_other(self, db: Connection) -> None:
        """After a 429 nothing goes to that chat before its time, not even a reply, and the time is stored."""
        first, other = post(db), post(db, chat=BUDI)
        start(db, first)
        outcomes.throttled(db, first, at(30), at())
        reply = post(db, lane=0)
        assert due(db, 29) == [other]
        assert delivery.start(db, [reply], "boot", at(29)) == []
        send(db, other, "1", 29)
        assert due(db, 30) == [reply, first]
        assert db.execute("SELECT attempts FROM outbox WHERE id = ?", (first,)).fetchone()[0] == 0

    def test_an_edit_waits_for_what_it_edits(self, db: Connection) -> None:
        """Not before the card has an id, and as a new message if the card never gets one."""
        card = post(db, lane=2)
        edit = post(db, lane=0, edits=card)
        assert due(db) == [card]
        start(db, card)
        assert due(db) == []
        accept(db, card, "900", at())
        assert due(db) == [edit]
        assert start(db, edit).edit_of == "900"
        gone = post(db, chat=BUDI, lane=2)
        anew = post(db, chat=BUDI, lane=0, edits=gone)
        start(db, gone)
        outcomes.refused(db, gone, "BadRequest", at())
        assert start(db, anew).edit_of == ""

    def test_a_paused_channel_rests_and_the_others_go_on(self, db: Connection) -> None:
        """A refused token stops one channel, with its rows untouched, until it is resumed."""
        chats.hear(db, "whatsapp:33", "whatsapp", "Rina", at())
        mine, other = post(db), post(db, chat="whatsapp:33")
        start(db, mine)
        outcomes.pause_lane(db, mine, "telegram", "InvalidToken", at())
        both = ("telegram", "whatsapp")
        assert claimable(db, channels=both) == [other]
        assert delivery.start(db, [mine], "boot", at()) == []
        assert state(db, mine) == "queued"
        outcomes.resume_lanes(db, both)
        assert claimable(db, channels=both) == [mine, other]

    def test_a_resting_channel_says_when_it_goes_on(self, db: Connection) -> None:
        """After a storm of 429s the whole channel waits, and the next look is when it is over."""
        row = post(db)
        outcomes.rest_lane(db, "telegram", at(20))
        assert due(db, 19) == []
        assert delivery.next_due(db, at(), CHANNELS) == at(20)
        assert due(db, 20) == [row]

    def test_a_channel_that_is_off_keeps_its_rows(self, db: Connection) -> None:
        """Rows for a channel that this process does not have stay as they are."""
        post(db)
        assert claimable(db, channels=("whatsapp",)) == []
        assert delivery.next_due(db, at(), ("whatsapp",)) is None


class TestExpiring:
    """What was not sent in time."""

    def test_a_row_that_is_late_expires(self, db: Connection) -> None:
        """At its time a row is no longer claimable, and is put away as expired."""
        row = post(db, expires_at=at(60))
        assert delivery.next_due(db, at(), CHANNELS) == at(60)
        assert not delivery.has_expired(db, at(59))
        assert due(db, 60) == []
        assert delivery.start(db, [row], "boot", at(60)) == []
        assert delivery.has_expired(db, at(60))
        assert delivery.expire(db, at(60)) == 1
        assert state(db, row) == "expired"
        assert not delivery.has_expired(db, at(60))

    def test_a_late_second_copy_is_dropped(self, db: Connection) -> None:
        """What may have arrived stays uncertain, and is not repeated after its time."""
        row = post(db, expires_at=at(30))
        start(db, row)
        outcomes.uncertain(db, row, "TimedOut", at(), at(60))
        assert delivery.has_expired(db, at(60))
        delivery.expire(db, at(60))
        assert state(db, row) == "uncertain"
        assert due(db, 60) == []
        assert not delivery.has_expired(db, at(60))


class TestUncertain:
    """What may have arrived."""

    def test_a_second_copy_goes_once(self, db: Connection) -> None:
        """A notice is repeated after its minute, marked as such, and never a third time."""
        row = post(db)
        assert start(db, row).again is False
        outcomes.uncertain(db, row, "TimedOut", at(), at(60))
        assert (state(db, row), due(db, 59)) == ("uncertain", [])
        assert delivery.next_due(db, at(), CHANNELS) == at(60)
        assert due(db, 60) == [row]
        assert start(db, row, 60).again is True
        outcomes.uncertain(db, row, "TimedOut", at(61), at(121))
        assert (state(db, row), due(db, 500)) == ("uncertain", [])

    def test_a_reply_is_not_repeated(self, db: Connection) -> None:
        """Kinds whose policy is to drop stay uncertain for good."""
        row = post(db, uncertain_do="drop")
        start(db, row)
        outcomes.uncertain(db, row, "TimedOut", at(), at(60))
        assert (state(db, row), due(db, 500)) == ("uncertain", [])

    def test_a_refused_second_copy_leaves_the_first_in_doubt(self, db: Connection) -> None:
        """We still do not know about the first copy, so the row does not claim to have failed."""
        for outcome in (outcomes.refused, outcomes.stopped):
            row = post(db)
            start(db, row)
            outcomes.uncertain(db, row, "TimedOut", at(), at(60))
            start(db, row, 60)
            outcome(db, row, "Forbidden", at(60))
            assert state(db, row) == "uncertain"

    def test_second_copies_do_not_crowd_out_replies(self, db: Connection) -> None:
        """However many notices wait to be repeated, an answer is among the first that are claimed."""
        for _ in range(5):
            row = post(db)
            start(db, row)
            outcomes.uncertain(db, row, "TimedOut", at(), at(60))
        reply = post(db, lane=0)
        assert claimable(db, 60, most=3)[0] == reply


class TestOrphans:
    """What another boot had started when it died."""

    def test_orphans_become_uncertain_by_their_policy(self, db: Connection) -> None:
        """At once; notices get their second copy after a minute, replies none; our own rows are left alone."""
        notice, reply = post(db), post(db, chat=BUDI, lane=0, uncertain_do="drop")
        for row in (notice, reply):
            start(db, row, owner="dead")
        mine = post(db, lane=0)
        start(db, mine, owner="alive")
        assert outcomes.adopt_orphans(db, "alive", at(5), (), at(65)) == 2
        assert [state(db, row) for row in (notice, reply, mine)] == ["uncertain", "uncertain", "started"]
        assert due(db, 65) == [notice]

    def test_what_may_be_repeated_goes_again(self, db: Connection) -> None:
        """Edits, and channels that know a row again, lose nothing by a second call."""
        card = post(db)
        send(db, card, "900")
        edit = post(db, lane=0, edits=card)
        chats.hear(db, "simulator:1", "simulator", "HP", at())
        bubble = post(db, chat="simulator:1")
        for row in (edit, bubble):
            start(db, row, owner="dead")
        assert outcomes.adopt_orphans(db, "alive", at(5), ("simulator",), at(65)) == 0
        assert [state(db, row) for row in (edit, bubble)] == ["queued", "queued"]


class TestStopping:
    """Taking back what has not left."""

    def test_stop_cancels_what_has_not_left(self, db: Connection) -> None:
        """Queued and held rows are cancelled, sent ones stay sent, and the states add up to the frozen count."""
        rows = [post(db, chat=chat, lane=2, object="broadcast:1") for chat in (SITI, BUDI) for _ in range(3)]
        send(db, rows[0], "1")
        db.execute("UPDATE outbox SET state = 'held' WHERE id = ?", (rows[1],))
        other = post(db, object="broadcast:2")
        assert outbox.stop(db, "broadcast:1", at(1)) == 5
        assert outbox.states_of(db, "broadcast:1") == {"sent": 1, "cancelled": 5}
        assert due(db, 2) == [other]

    @pytest.mark.parametrize("outcome", ["throttled", "retry_later", "moved", "retry_plain", "pause_lane"])
    def test_what_is_on_its_way_does_not_go_again(self, db: Connection, outcome: str) -> None:
        """Whatever would send it again after the stop cancels it instead."""
        row = post(db, object="broadcast:1")
        start(db, row)
        assert outbox.stop(db, "broadcast:1", at()) == 0
        {
            "throttled": lambda: outcomes.throttled(db, row, at(5), at()),
            "retry_later": lambda: outcomes.retry_later(db, row, at(5), "ConnectError", at()),
            "moved": lambda: outcomes.moved(db, row, "99", at()),
            "retry_plain": lambda: outcomes.retry_plain(db, row, at()),
            "pause_lane": lambda: outcomes.pause_lane(db, row, "telegram", "InvalidToken", at()),
        }[outcome]()
        assert state(db, row) == "cancelled"

    def test_a_stopped_broadcast_is_not_repeated(self, db: Connection) -> None:
        """Neither a row that waits for its second copy nor one that turns uncertain after the stop goes again."""
        waiting, flying = post(db, object="broadcast:1"), post(db, chat=BUDI, object="broadcast:1")
        start(db, waiting)
        outcomes.uncertain(db, waiting, "TimedOut", at(), at(60))
        start(db, flying)
        outbox.stop(db, "broadcast:1", at(1))
        outcomes.uncertain(db, flying, "TimedOut", at(2), at(62))
        assert outbox.states_of(db, "broadcast:1") == {"uncertain": 2}
        assert due(db, 100) == []


class TestPeople:
    """What outcomes say about chats."""

    def test_a_blocked_person_is_not_tried_again(self, db: Connection) -> None:
        """A 403 settles what waited for the person too, until he or she writes again."""
        person = people.add_person(
            db, name="Siti Aminah", phone=None, role="facilitator", district_id=None, village_id=None, now=at()
        )
        people.link_chat(db, SITI, person, at())
        first, second = post(db, lane=2), post(db, lane=2)
        start(db, first, 1)
        outcomes.stopped(db, first, "Forbidden", at(1))
        assert [state(db, row) for row in (first, second)] == ["stopped", "stopped"]
        assert chats.chats_of(db, person) == []
        chats.hear(db, SITI, "telegram", "Siti", at(9))
        assert [one.chat for one in chats.chats_of(db, person)] == [SITI]

    def test_who_came_back_meanwhile_is_not_cut_off(self, db: Connection) -> None:
        """An answer to somebody who wrote after the refused attempt began is still sent."""
        row = post(db)
        start(db, row)
        chats.hear(db, SITI, "telegram", "Siti", at(5))
        answer = outbox.post(db, chat=SITI, body=body("ya"), kind="reply", lane=0, now=at(5))
        outcomes.stopped(db, row, "Forbidden", at(6))
        known = chats.chat_of(db, SITI)
        assert known is not None
        assert known.reachable
        assert due(db, 6) == [answer]

    def test_a_chat_that_moved_is_followed(self, db: Connection) -> None:
        """The row and what else waits go to the new address, in order; the old one counts as unreachable."""
        first, second = post(db), post(db)
        start(db, first)
        outcomes.moved(db, first, "-100", at())
        assert due(db) == [first]
        assert start(db, first).address == "-100"
        accept(db, first, "1", at())
        assert start(db, second).chat == "telegram:-100"
        old = chats.chat_of(db, SITI)
        assert old is not None
        assert not old.reachable

    def test_a_chat_that_moves_in_circles_is_given_up(self, db: Connection) -> None:
        """A server that sends us back and forth does not keep us busy for ever."""
        row = post(db)
        for turn in range(20):
            if state(db, row) == "queued":
                start(db, row)
                outcomes.moved(db, row, f"-{turn % 2 + 1}", at())
        assert state(db, row) == "failed"

    def test_a_person_is_reached_where_last_heard(self, db: Connection) -> None:
        """Of several chats the one that was written from last comes first."""
        person = people.add_person(
            db, name="Siti Aminah", phone=None, role="facilitator", district_id=None, village_id=None, now=at()
        )
        for chat in (SITI, BUDI):
            people.link_chat(db, chat, person, at())
        chats.hear(db, BUDI, "telegram", "", at(1))
        assert [one.chat for one in chats.chats_of(db, person)] == [BUDI, SITI]
        known = chats.chat_of(db, BUDI)
        assert known is not None
        assert known.name == "Budi"


class TestAttempts:
    """How often, and by whom."""

    def test_a_row_is_started_once(self, db: Connection) -> None:
        """Two that read the same list do not both send."""
        row = post(db)
        assert delivery.start(db, [row], "boot", at()) != []
        assert delivery.start(db, [row], "boot", at()) == []

    def test_an_outcome_told_twice_changes_nothing(self, db: Connection) -> None:
        """Only a started row takes an outcome."""
        row = post(db)
        send(db, row, "1")
        for again in (outcomes.refused, outcomes.stopped):
            again(db, row, "BadRequest", at())
        outcomes.throttled(db, row, at(60), at())
        outcomes.moved(db, row, "-100", at())
        outcomes.undeliverable(db, row, "undeliverable (131026)", at())
        outcomes.uncertain(db, row, "TimedOut", at(), None)
        assert state(db, row) == "sent"
        assert due(db) == []

    def test_nothing_is_tried_for_ever(self, db: Connection) -> None:
        """After about a day without a connection a row has failed."""
        row = post(db)
        for attempt in range(outcomes.MOST_ATTEMPTS):
            assert state(db, row) == "queued"
            start(db, row, attempt)
            outcomes.retry_later(db, row, at(attempt + 1), "ConnectError", at(attempt))
        assert state(db, row) == "failed"

    def test_a_channel_that_answers_again_hurries_its_rows(self, db: Connection) -> None:
        """What waits out a back-off goes at once; what is scheduled stays scheduled."""
        waiting, scheduled = post(db), post(db, chat=BUDI, not_before=at(900))
        start(db, waiting)
        outcomes.retry_later(db, waiting, at(600), "ConnectError", at())
        assert outcomes.hurry(db, "telegram", at(7)) == 1
        assert due(db, 7) == [waiting]
        assert scheduled not in due(db, 7)

    def test_what_left_lately_is_known_after_a_restart(self, db: Connection) -> None:
        """The pacer of a new process learns whom the old one has just written to."""
        row = post(db, lane=2)
        send(db, row, "1", 30)
        assert delivery.started_since(db, at(29)) == [("telegram", SITI, 2, at(30))]
        assert delivery.started_since(db, at(31)) == []


@pytest.fixture(scope="module")
def crowded(empty: Connection) -> Iterator[Connection]:
    """A store with a broadcast to 35,000 people in its queue."""
    connection = open_store()
    empty.backup(connection)
    connection.executescript(
        f"""
        BEGIN;
        WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 35999)
        INSERT INTO chats (chat, channel, address) SELECT 'telegram:' || i, 'telegram', i FROM n;
        INSERT INTO outbox (chat, kind, lane, object, body, uncertain_do, not_before, made_at)
        SELECT chat, 'announcement', 2, 'broadcast:1', '{body("x")}', 'resend', '{at()}', '{at()}'
        FROM chats WHERE last_in_at IS NULL;
        COMMIT;
        """
    )
    yield connection
    connection.close()


@pytest.fixture
def crowd(crowded: Connection) -> Iterator[Connection]:
    connection = open_store()
    crowded.backup(connection)
    yield connection
    connection.close()


class TestSpeed:
    """35,000 rows in the queue cost a claim no more than a few."""

    def steps(self, db: Connection, moment: str) -> int:
        """Count what SQLite does for one claim, in hundreds of its machine's steps."""
        count = 0

        def tick() -> int:
            nonlocal count
            count += 1
            return 0

        db.set_progress_handler(tick, 100)
        delivery.claimable(db, moment, "telegram", dict.fromkeys((0, 1, 2), 72))
        delivery.next_due(db, moment, CHANNELS)
        delivery.has_expired(db, moment)
        db.set_progress_handler(None, 0)
        return count

    def test_a_claim_does_not_grow_with_the_queue(self, crowd: Connection) -> None:
        """Before 35,000 queued rows one reply is found first, in fewer steps than there are hundreds of rows."""
        reply = post(crowd, lane=0)
        assert due(crowd)[0] == reply
        assert self.steps(crowd, at()) < 200

    def test_rows_that_are_not_due_are_not_looked_at(self, crowd: Connection) -> None:
        """A broadcast that is scheduled for tomorrow costs a claim nothing."""
        crowd.execute("UPDATE outbox SET not_before = ?", (at(86_400),))
        assert due(crowd) == []
        assert self.steps(crowd, at()) < 20

    @pytest.mark.parametrize("sql", [delivery.QUEUED, delivery.REPEATS])
    def test_a_claim_walks_an_index_in_order(self, crowd: Connection, sql: str) -> None:
        """No scan of a table and no sorting: the first rows of the index are the ones that go."""
        key = {"now": at(), "channel": "telegram", "lane": 2, "most": 72}
        plan = [row[3] for row in crowd.execute(f"EXPLAIN QUERY PLAN {sql}", key)]
        assert plan[0].startswith("SEARCH o USING INDEX outbox_")
        assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step]


def test_what_belongs_to_a_card_is_held_when_its_window_closes_first(db: Connection) -> None:
    """Its card went as a template; what comes with it waits for that to be opened, unless it was called back."""
    waiting, called_back = post(db, text="lampiran"), post(db, text="peta", object="event:7")
    db.execute("UPDATE outbox SET waits = 1")
    for row in (waiting, called_back):
        start(db, row)
    outbox.stop(db, "event:7", at(1))
    for row in (waiting, called_back):
        outcomes.window_closed(db, row, "window", at(2), told=False)
    states = dict(db.execute("SELECT id, state FROM outbox"))
    assert (states[waiting], states[called_back]) == ("held", "failed")
