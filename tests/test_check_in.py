"""Check-in codes and check-ins: what is a code, and what holds after any sequence of tries."""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Refused
from bot.clock import from_utc_text, utc_text
from bot.message import Capabilities, Said
from bot.posting import Poster
from bot.settling import Settling
from bot.slot_codes import ALPHABET, all_words, code_of, window_at, words_of
from handlers.checking_in.assisting import MOST_ASSISTED
from handlers.checking_in.check_in import Sent, save
from handlers.checking_in.codes import make_code, read_bare_code, read_code
from handlers.checking_in.guessing import LOCKED_FOR, MOST_WRONG, MOST_WRONG_A_DAY, locked_until
from handlers.checking_in.slot_meant import find_meant
from handlers.events.event_desk import NO_LISTS, NOT_YOURS, event_to_list
from handlers.people.who import Somebody
from storage import chats, check_ins, events, invitations, people, reach
from storage.check_in_rules import Rules, set_rules
from storage.database import Connection
from storage.events import Audience
from storage.slots import add_slot, move_slot, slot_secret, slots_of
from tests.worlds import migrated
from tests.yardstick import at_most

SEVEN = datetime(2023, 11, 12, 0, 0, tzinfo=UTC)  # 07.00 WIB
POSTER = Poster({"telegram": Capabilities(4096, 1024, 100, 0, 60, 0, edits=True)})
ZONE = "Asia/Jakarta"


def said(text: str) -> Said:
    return Said("telegram", "telegram:1", "1", SEVEN, "text", text)


@given(st.binary(min_size=1, max_size=8), st.integers(0, 40))
def test_a_code_is_five_clear_symbols_a_letter_and_a_digit_among_them(seed: bytes, used: int) -> None:
    """No code has a symbol that looks like another, none is a word or a number, and none is in use."""

    def secret(name: str) -> bytes:
        return sha256(seed + name.encode()).digest()

    taken: set[str] = set()
    for _ in range(used):
        taken.add(make_code(secret, taken))
    code = make_code(secret, taken)
    assert len(taken) == used
    assert code not in taken
    assert len(code) == 5
    assert set(code) <= set(ALPHABET)
    assert not set(code) & set("0O1IL")
    assert any(symbol.isdigit() for symbol in code)
    assert any(symbol.isalpha() for symbol in code)
    assert make_code(secret, taken) == code


@given(st.sampled_from(["{}", "{} ", "hadir {}", "Hadir: {}", "kode {}", "\n{}"]), st.booleans())
def test_a_code_is_read_as_people_type_it(form: str, lower: bool) -> None:
    """Capitals, spaces, dashes and a leading `hadir` make no difference."""
    for typed in ("K7M2P", "K7M 2P", "K7M-2P", "K7M.2P", "K 7 M 2 P"):
        text = form.format(typed)
        assert read_code(text.lower() if lower else text) == "K7M2P"


@pytest.mark.parametrize(
    "text",
    [
        "makan",
        "20814",
        "jam 25",
        "pkh 24",
        "rt 5 a",
        "K7M2",
        "K0M2P",
        "🙂🙂🙂🙂🙂",
        "",
        "3 4 5 a b",
        "a2 b 3c",
    ],
)
def test_what_is_no_code_is_left_alone(text: str) -> None:
    """Words, numbers, and a word with a number are answers to something else."""
    assert read_bare_code(said(text)) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_a_code_is_well_formed_or_none(text: str) -> None:
    """Reading never fails, and never lets anything but a code through."""
    code = read_code(text)
    assert code is None or " " in code or (len(code) in (5, 6) and set(code) <= set(ALPHABET))


def test_the_fifth_wrong_code_locks_for_a_quarter_of_an_hour() -> None:
    """Four wrong codes lock nothing; the fifth locks for 15 minutes from then on, not from the first."""
    wrong = [SEVEN + timedelta(minutes=3 * one) for one in range(5)]
    assert locked_until(wrong[:4], wrong[3]) is None
    assert locked_until(wrong, wrong[4]) == wrong[4] + LOCKED_FOR
    assert locked_until(wrong, wrong[4] + LOCKED_FOR) is None
    slow = [SEVEN + timedelta(minutes=4 * one) for one in range(5)]
    assert locked_until(slow, slow[4]) is None


def test_the_twentieth_wrong_code_of_a_day_locks_until_the_day_is_over() -> None:
    """A patient guesser is stopped as well."""
    wrong = [SEVEN + timedelta(minutes=20 * one) for one in range(MOST_WRONG_A_DAY)]
    assert locked_until(wrong[:-1], wrong[-1]) is None
    assert locked_until(wrong, wrong[-1]) == SEVEN + timedelta(hours=24)


@pytest.fixture
def db() -> Iterator[Connection]:
    """A store with an event of two days, Siti and Budi invited to it, Tono not."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(migrated())
    connection.execute("PRAGMA foreign_keys = 1")
    stamp = utc_text(SEVEN - timedelta(days=2))
    for number, (name, role) in enumerate([("Siti", "facilitator"), ("Budi", "facilitator"), ("Tono", "tksk")], 1):
        person = people.add_person(
            connection, name=name, phone=None, role=role, district_id=None, village_id=None, now=stamp
        )
        chats.hear(connection, f"telegram:{number}", "telegram", name, stamp)
        people.link_chat(connection, f"telegram:{number}", person, stamp)
    audience = Audience(("facilitator",))
    event = events.add_event(
        connection,
        ref="d1",
        subject="Bimtek",
        place="Medan",
        first_day="2023-11-12",
        last_day="2023-11-13",
        starts="08:00",
        ends=None,
        starts_at=utc_text(SEVEN + timedelta(hours=1)),
        zone=ZONE,
        attachment=None,
        audience=audience,
        made_by=1,
        now=stamp,
    )
    for day, code in enumerate(["K7M2P", "W4X9Z"]):
        opens = SEVEN + timedelta(days=day)
        closes = opens + timedelta(hours=11)
        add_slot(
            connection,
            event.id,
            day=f"2023-11-{12 + day}",
            opens_at=utc_text(opens),
            closes_at=utc_text(closes),
            code=code,
        )
    reach.freeze(connection, event.id, audience)
    yield connection
    connection.close()


def send(db: Connection, person_id: int, code: str, at: datetime, late: timedelta = timedelta()) -> str:
    """Let somebody send a code; return what was answered. It is settled `late` after it was sent."""
    chat = f"telegram:{person_id}"
    today = (at + timedelta(hours=7)).date()
    person = people.person(db, person_id)
    save(Settling(db, chat, person, "d9", at, at + late, today, ZONE, None, POSTER), Sent(code))
    return str(db.execute("SELECT body FROM outbox ORDER BY id DESC LIMIT 1").fetchone()[0])


def test_a_code_counts_from_when_it_was_sent(db: Connection) -> None:
    """What was sent at 07.52 and reached us after the slot had closed is recorded as of 07.52."""
    answer = send(db, 1, "K7M2P", SEVEN + timedelta(minutes=52), late=timedelta(hours=15))
    assert "Tercatat hadir, No. 0001" in answer
    assert "pukul 07.52 WIB" in answer
    row = db.execute("SELECT at, stored_at FROM check_ins").fetchone()
    assert tuple(row) == ("2023-11-12T00:52:00.000+00:00", "2023-11-12T15:52:00.000+00:00")


def test_while_locked_out_even_the_right_code_is_refused(db: Connection) -> None:
    """Every code of a person who is locked out is refused, the right one too; a receipt is still repeated."""
    send(db, 1, "K7M2P", SEVEN)
    for _ in range(MOST_WRONG):
        send(db, 1, "A2A2A", SEVEN + timedelta(hours=24))
    assert "Terlalu banyak" in send(db, 1, "W4X9Z", SEVEN + timedelta(hours=24, minutes=1))
    assert "Sudah tercatat, No. 0001" in send(db, 1, "K7M2P", SEVEN + timedelta(hours=24, minutes=1))
    assert "Tercatat hadir" in send(db, 2, "W4X9Z", SEVEN + timedelta(hours=24, minutes=1))


def test_guessing_with_another_events_code_is_guessing(db: Connection) -> None:
    """Who is not invited learns nothing by trying: it counts as a wrong code, and locks."""
    for _ in range(MOST_WRONG):
        assert "tidak mengundang" in send(db, 3, "K7M2P", SEVEN)
    assert "Terlalu banyak" in send(db, 3, "K7M2P", SEVEN)


def test_a_code_that_two_events_have_means_everybodys_own(db: Connection) -> None:
    """The same code may stand on two boards at once: each is checked in where he or she is invited."""
    event = events.add_event(
        db,
        ref="d2",
        subject="Rakor TKSK",
        place="Stabat",
        first_day="2023-11-12",
        last_day="2023-11-12",
        starts="08:00",
        ends=None,
        starts_at=utc_text(SEVEN),
        zone=ZONE,
        attachment=None,
        audience=Audience(("tksk",)),
        made_by=1,
        now=utc_text(SEVEN),
    )
    closes = utc_text(SEVEN + timedelta(hours=12))
    add_slot(db, event.id, day="2023-11-12", opens_at=utc_text(SEVEN), closes_at=closes, code="K7M2P")
    for person_id in (1, 3):
        assert "Tercatat hadir, No. 0001" in send(db, person_id, "K7M2P", SEVEN)
    rows = db.execute("SELECT c.person_id, s.event_id FROM check_ins c JOIN slots s ON s.id = c.slot_id ORDER BY 1")
    assert [tuple(row) for row in rows] == [(1, 1), (3, event.id)]


def test_any_sequence_of_tries_keeps_the_rules(db: Connection) -> None:
    """In 1,000 random sequences nobody has two rows or two receipts, and never were there six guesses in 15 minutes."""
    chance = Random(12)
    codes = ["K7M2P", "W4X9Z", "A2A2A", "B3B3B", "C4C4C"]
    for _ in range(1000):
        db.execute("SAVEPOINT sequence")
        first: dict[tuple[str, int], tuple[object, ...]] = {}
        at = SEVEN - timedelta(minutes=30)
        for _ in range(chance.randint(3, 14)):
            # Two chats of one person are answered in no certain order.
            at += timedelta(minutes=chance.choice([-6, 0, 0, 1, 3, 20, 300]))
            send(db, chance.randint(1, 3), chance.choice(codes), at, timedelta(minutes=chance.choice([0, 0, 90])))
            for slot, person, *receipt in db.execute("SELECT slot_id, person_id, number, at, stored_at FROM check_ins"):
                assert first.setdefault((slot, person), tuple(receipt)) == tuple(receipt)
        _check(db)
        db.execute("ROLLBACK TO sequence")
        db.execute("RELEASE sequence")


def _check(db: Connection) -> None:
    for slot, opens, closes in db.execute("SELECT id, opens_at, closes_at FROM slots").fetchall():
        kept = db.execute("SELECT number, at, person_id FROM check_ins WHERE slot_id = ? ORDER BY number", (slot,))
        rows = kept.fetchall()
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        assert all(opens <= row[1] < closes and row[2] != 3 for row in rows)
    for person in (1, 2, 3):
        guessed = [
            from_utc_text(row[0])
            for row in db.execute(
                "SELECT at FROM tries WHERE person_id = ? AND reason IN ('wrong', 'uninvited') ORDER BY at", (person,)
            )
        ]
        for place, at in enumerate(guessed):
            assert bisect_right(guessed, at + LOCKED_FOR - timedelta(microseconds=1)) - place <= MOST_WRONG


@pytest.fixture
def rotating(db: Connection) -> Connection:
    """The same store, its event with codes that rotate."""
    set_rules(db, 1, Rules(rotating=True))
    return db


def code_at(db: Connection, moment: datetime, slot_id: int = 1) -> str:
    return code_of(slot_secret(db, slot_id), window_at(moment))


@pytest.mark.parametrize(("age", "level"), [(0, "B"), (29, "B"), (30, "B"), (59, "B"), (60, "C"), (1200, "C")])
def test_a_rotating_code_is_live_for_two_windows_and_never_longer(rotating: Connection, age: int, level: str) -> None:
    """A forwarded code older than two windows is credited to the window it names, and never as live."""
    shown = SEVEN + timedelta(minutes=31)
    send(rotating, 1, code_at(rotating, shown), shown + timedelta(seconds=age))
    kept = check_ins.check_in_of(rotating, 1, 1)
    assert kept is not None
    assert kept.level == level
    assert kept.at == utc_text(shown if level == "C" else shown + timedelta(seconds=age))


def test_a_code_is_judged_by_when_it_was_sent_not_by_when_it_reached_us(rotating: Connection) -> None:
    """Hours without a network on our side cost nobody anything; a clock that runs ahead gains nobody anything."""
    at = SEVEN + timedelta(minutes=10)
    send(rotating, 1, code_at(rotating, at), at, late=timedelta(hours=5))
    ahead = timedelta(hours=1)
    assert "tidak cocok" in send(rotating, 2, code_at(rotating, at + ahead), at + ahead, late=-ahead)
    levels = rotating.execute("SELECT person_id, level, at FROM check_ins").fetchall()
    assert [tuple(row) for row in levels] == [(1, "B", utc_text(at))]


def test_a_code_of_the_future_of_another_day_or_of_another_slot_is_wrong(rotating: Connection) -> None:
    """Nobody can send today what will be shown tomorrow, nor tomorrow what was shown today."""
    noon = SEVEN + timedelta(hours=5)
    for moment, slot_id in ((noon + timedelta(seconds=30), 1), (noon, 2), (noon - timedelta(hours=6), 1)):
        assert "tidak cocok" in send(rotating, 1, code_at(rotating, moment, slot_id), noon)
    next_day = SEVEN + timedelta(days=1, hours=1)
    assert "tidak cocok" in send(rotating, 1, code_at(rotating, noon), next_day)
    assert rotating.execute("SELECT count(*) FROM check_ins").fetchone()[0] == 0


def test_words_are_live_or_nothing(rotating: Connection) -> None:
    """Two words are too short to be credited to any of a day's windows: old ones are refused, and are no guess."""
    now, secret = SEVEN + timedelta(hours=1), slot_secret(rotating, 1)
    old = " ".join(words_of(secret, window_at(now - timedelta(minutes=20))))
    for _ in range(MOST_WRONG + 1):
        assert "sudah berganti" in send(rotating, 1, old, now)
    assert "Tercatat hadir" in send(rotating, 1, " ".join(words_of(secret, window_at(now))), now)
    reasons = {row[0] for row in rotating.execute("SELECT reason FROM tries")}
    assert reasons == {"stale"}


def test_what_the_morning_once_showed_is_live_when_the_afternoon_shows_it(rotating: Connection) -> None:
    """With 360 windows behind it, one pair of words in a thousand has been seen before: it opens what is open now."""
    noon = SEVEN + timedelta(hours=6)
    closes = "UPDATE slots SET closes_at = ? WHERE id = 1", (utc_text(SEVEN + timedelta(hours=3)),)
    rotating.execute(*closes)
    rotating.execute(
        "UPDATE slots SET day = '2023-11-12', session = 'siang', opens_at = ?, closes_at = ? WHERE id = 2",
        (utc_text(noon), utc_text(noon + timedelta(hours=2))),
    )
    at = _moment_of_words_seen_before(rotating, noon)
    assert "Tercatat hadir" in send(rotating, 1, " ".join(words_of(slot_secret(rotating, 2), window_at(at))), at)
    assert rotating.execute("SELECT slot_id, level FROM check_ins").fetchall() == [(2, "B")]


def _moment_of_words_seen_before(db: Connection, noon: datetime) -> datetime:
    """Give the office a secret under which the afternoon repeats words of the morning; return when."""
    for number in range(100):
        db.execute("UPDATE office SET secret = ?", (f"secret {number}",))
        morning, afternoon = slot_secret(db, 1), slot_secret(db, 2)
        seen = {words_of(morning, window_at(SEVEN) + window) for window in range(360)}
        for window in range(240):
            if words_of(afternoon, window_at(noon) + window) in seen:
                return noon + timedelta(seconds=30 * window + 1)
    raise AssertionError("no secret repeats a pair of words")


def test_words_sent_where_nothing_is_open_are_no_guess(db: Connection) -> None:
    """Two words that happen to be on the list cost nobody a try outside the hours, and check nobody in."""
    assert "tidak ada absen yang dibuka" in send(db, 3, "kuda merah", SEVEN)
    assert "Absen dibuka" in send(db, 1, "kuda merah", SEVEN - timedelta(minutes=20))
    assert [tuple(row) for row in db.execute("SELECT person_id, reason FROM tries")] == [(1, "early")]


@pytest.mark.parametrize("kind", ["codes", "words"])
def test_a_thousand_guesses_of_one_person_give_nothing(rotating: Connection, kind: str) -> None:
    """Within the hours of a slot only a few dozen are looked at, and none of them checks anybody in."""
    chance, at, looked_at = Random(7), SEVEN, 0
    for _ in range(1000):
        at += timedelta(seconds=30)
        guess = (
            "".join(chance.choices(ALPHABET, k=6)) if kind == "codes" else " ".join(chance.choices(all_words(), k=2))
        )
        looked_at += "Terlalu banyak" not in send(rotating, 1, guess, at)
    assert looked_at <= MOST_WRONG_A_DAY
    assert rotating.execute("SELECT count(*) FROM check_ins").fetchone()[0] == 0
    assert rotating.execute("SELECT count(*) FROM tries").fetchone()[0] == 1000


def test_the_worst_wrong_code_costs_milliseconds(rotating: Connection) -> None:
    """The last code of the longest slot is compared with all that were shown before: 1,320 windows of eleven hours."""
    at = SEVEN + timedelta(hours=10, minutes=59)
    with at_most(0.5):
        assert find_meant(rotating, 1, "A2A2A2", at, ZONE, thorough=True) is None


def test_whom_the_committee_struck_is_not_let_in_by_a_code_but_by_the_committee(db: Connection) -> None:
    """The number stays with the row; nobody else gets it."""
    send(db, 1, "K7M2P", SEVEN)
    assert check_ins.undo(db, 1, 1, "titip absen", 3)
    assert not check_ins.undo(db, 1, 1, "titip absen", 3)
    assert "dibatalkan panitia: titip absen" in send(db, 1, "K7M2P", SEVEN + timedelta(minutes=1))
    assert "No. 0002" in send(db, 2, "K7M2P", SEVEN + timedelta(minutes=2))
    assert check_ins.count(db, 1) == 1
    assert check_ins.vouch(db, 1, 1, utc_text(SEVEN), "A", 3).number == 1
    assert check_ins.count(db, 1) == 2


def test_a_level_that_does_not_count_gives_way_to_one_that_does(rotating: Connection) -> None:
    """A delayed code that the office does not take is no reason to stay absent."""
    set_rules(rotating, 1, Rules(rotating=True, levels="AB"))
    at = SEVEN + timedelta(hours=1)
    send(rotating, 1, code_at(rotating, at - timedelta(minutes=10)), at)
    assert check_ins.count(rotating, 1) == 0
    assert "Tercatat hadir, No. 0001" in send(rotating, 1, code_at(rotating, at), at)
    assert check_ins.count(rotating, 1) == 1


def test_a_slot_that_waits_takes_nobody_before_it_is_opened(db: Connection) -> None:
    """Neither at its planned hour nor before."""
    db.execute("UPDATE slots SET waits = 1")
    assert "belum dibuka panitia" in send(db, 1, "K7M2P", SEVEN)
    until = utc_text(SEVEN + timedelta(hours=1))
    move_slot(db, replace(slots_of(db, 1)[0], opens_at=utc_text(SEVEN), closes_at=until, waits=False))
    assert "Tercatat hadir" in send(db, 1, "K7M2P", SEVEN)


def test_nobody_vouches_for_more_than_a_few(db: Connection) -> None:
    """At most three at one slot, and those who deny it count as well."""
    send(db, 1, "K7M2P", SEVEN)
    stamp = utc_text(SEVEN)
    for number in range(MOST_ASSISTED):
        friend = people.add_person(
            db, name=f"Teman {number}", phone=None, role="facilitator", district_id=None, village_id=None, now=stamp
        )
        invitations.invite(db, 1, friend)
        check_ins.record(db, 1, friend, stamp, stamp, level="D", state="asked", by_person=1)
        check_ins.deny(db, 1, friend)
    person = people.person(db, 1)
    tx = Settling(db, "telegram:1", person, "d9", SEVEN, SEVEN, SEVEN.date(), ZONE, None, POSTER)
    save(tx, Sent("K7M2P", Somebody(2, "Budi")))
    assert "Paling banyak 3" in str(db.execute("SELECT body FROM outbox ORDER BY id DESC LIMIT 1").fetchone()[0])
    assert check_ins.entry_of(db, 1, 2) is None


def test_the_committee_finds_people_by_name_and_gets_no_list_of_them(db: Connection) -> None:
    """An old button, or one that was passed on, gives nobody a list of names who may not see it."""
    events.set_committee(db, 1, 2, True)
    for person_id, why in ((1, NOT_YOURS), (2, NO_LISTS)):
        tx = Settling(
            db, f"telegram:{person_id}", people.person(db, person_id), "d9", SEVEN, SEVEN, date(2023, 11, 12), ZONE,
            None, POSTER,
        )  # fmt: skip
        with pytest.raises(Refused, match=why.split(".")[0]):
            event_to_list(tx, 1)
