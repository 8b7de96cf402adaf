"""The whole bot on WhatsApp: who people are, whatever they are called, and what is and is not sent twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import utc_text
from bot.pacer import Limits
from storage import chats
from storage.database import Connection
from tests.fakes.whatsapp_phones import Account
from tests.two_channels import SITI, TwoChannels, two_channels


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[TwoChannels]:
    async with two_channels(tmp_path, alone=True) as office:
        yield office


WHO = "SELECT chat, (SELECT name FROM persons WHERE id = person_id) FROM chats WHERE person_id IS NOT NULL AND chat "
MINE = f"{WHO} NOT LIKE 'simulator:%' ORDER BY chat"


async def test_a_number_that_whatsapp_tells_is_not_asked_for(office: TwoChannels) -> None:
    """The first message brings it: two steps fewer, and the same welcome."""
    asked = await office.says(SITI, "halo")
    assert asked.startswith("Selamat datang di bot Dinas Sosial Kabupaten Langkat")
    assert asked.endswith("Terdaftar: Siti Aminah, Pendamping PKH, Kecamatan Stabat. Benar?")
    assert "bagikan nomor" not in asked
    assert (await office.says(SITI, "ya")).startswith("Baik, Bapak/Ibu Siti.")
    assert await office.ask(MINE) == [("whatsapp:ID.siti1", "Siti Aminah")]


async def test_a_number_that_is_hidden_is_asked_for(office: TwoChannels) -> None:
    """Who has a username shares the number by WhatsApp's own button; any other card is refused."""
    hidden = office.api.hide_number(SITI)
    assert (await office.says(hidden, "halo")).endswith("bagikan nomor HP yang terdaftar di Dinas.")
    assert office.api.chat(hidden)[-1].shown.asks == "Bagikan nomor saya"
    await office.hears(office.api.share_contact(hidden, SITI.phone, asked=False))
    assert office.reads(hidden)[-1].startswith("Itu bukan nomor akun ini.")
    await office.hears(office.api.share_contact(hidden, SITI.phone))
    assert office.reads(hidden)[-1].startswith("Terdaftar: Siti Aminah")
    await office.says(hidden, "ya")
    assert await office.ask(MINE) == [("whatsapp:ID.siti1", "Siti Aminah")]


async def test_known_by_number_and_then_by_its_own_id(office: TwoChannels) -> None:
    """The chat, what is open in it and what is owed to it go over to the id; the number still finds it."""
    old = Account(SITI.phone, "", "Siti")
    await office.says(old, "halo")
    assert await office.ask("SELECT chat, name FROM dialogs") == [("whatsapp:6281200000011", "start")]
    assert (await office.says(SITI, "ya")).startswith("Baik, Bapak/Ibu Siti.")  # the question asked under the number
    assert await office.ask(MINE) == [("whatsapp:ID.siti1", "Siti Aminah")]
    await office.says(old, "menu")
    assert office.reads(SITI)[-1].startswith("Bapak/Ibu Siti, yang bisa dilakukan sekarang:")
    assert await office.ask(MINE) == [("whatsapp:ID.siti1", "Siti Aminah")]


async def test_a_changed_number_keeps_its_person(office: TwoChannels) -> None:
    """WhatsApp vouches for it, in whatever order it says so; the next owner of the old number is a stranger."""
    await office.says(SITI, "halo", "ya")
    new, changed = office.api.change_number(SITI, "6281377770000", "ID.siti2")
    await office.says(new, "menu")  # faster than the news
    await office.hears(changed)
    await office.hears(changed)
    assert await office.ask(MINE) == [("whatsapp:ID.siti2", "Siti Aminah")]
    await office.notify("Halo Siti", "a")
    assert office.reads(new)[-1] == "Halo Siti"
    next_owner = office.api.account(SITI.phone, "ID.joko1", "Joko")
    await office.says(next_owner, "menu")
    assert await office.ask(MINE) == [("whatsapp:ID.siti2", "Siti Aminah")]


async def test_another_account_with_the_same_number_has_no_rights(office: TwoChannels) -> None:
    """A number that was given away comes with another id: what the first one may, the second may not."""
    await office.says(SITI, "halo", "ya")
    thief = office.api.account(SITI.phone, "ID.joko1", "Joko")
    assert (await office.says(thief, "/kelompok")).startswith("Selamat datang")
    assert await office.ask(MINE) == [("whatsapp:ID.siti1", "Siti Aminah")]


async def test_delivered_twice_and_out_of_order_it_is_done_once(office: TwoChannels) -> None:
    """The same webhook again, and messages of a batch behind their statuses: one answer each."""
    await office.says(SITI, "halo", "ya")
    before = len(office.api.ledger)
    event = office.api.say(SITI, "menu")
    for _ in range(3):
        await office.hears(event, statuses=True)
    assert len(office.api.ledger) == before + 1
    assert await office.ask("SELECT DISTINCT receipt FROM outbox WHERE external_id IS NOT NULL AND id < 3") == [
        ("delivered",)
    ]


async def test_a_closed_window_is_kept_as_such(office: TwoChannels) -> None:
    """Outside of the 24 hours nothing is even tried; the row says why, and the next word opens the window again."""
    await office.says(SITI, "halo", "ya")
    before = len(office.api.ledger)
    office.talk.clock.move(timedelta(hours=23, minutes=49))
    await office.notify("masih", "a")
    office.talk.clock.move(timedelta(minutes=2))
    await office.notify("terlambat", "b")
    later = office.talk.clock.now() + timedelta(hours=1)
    await office.notify("dijadwalkan", "c", not_before=later)
    office.talk.clock.move(timedelta(hours=2))
    await office.app.tick()
    await office.talk.settle()
    states = "SELECT object, state, error, attempts FROM outbox WHERE kind = 'note' ORDER BY object"
    assert await office.ask(states) == [
        ("a", "sent", None, 1),
        ("b", "failed", "window", 0),
        ("c", "failed", "window", 1),
    ]
    assert len(office.api.ledger) == before + 1
    await office.says(SITI, "menu")
    await office.notify("lagi", "d")
    assert office.reads(SITI)[-1] == "lagi"


async def test_an_old_message_opens_no_new_window(office: TwoChannels) -> None:
    """What was said while we were away counts from when it was said."""
    await office.says(SITI, "halo", "ya")
    event = office.api.say(SITI, "menu")
    office.talk.clock.move(timedelta(hours=23))
    await office.hears(event)
    assert await office.notify("masih", "a") == 1
    office.talk.clock.move(timedelta(hours=1))
    await office.notify("terlambat", "b")
    assert office.reads(SITI)[-1] == "masih"


async def test_taken_and_then_silent_is_reconciled(office: TwoChannels) -> None:
    """WhatsApp took it and hung up: its status says so, and no second copy goes, though a quarter of an hour passes."""
    await office.says(SITI, "halo", "ya")
    office.api.fault_next("hang")
    await office.notify("sekali saja", "a")
    assert await office.ask("SELECT state FROM outbox WHERE object = 'a'") == [("uncertain",)]
    office.talk.clock.move(timedelta(minutes=5))
    await office.talk.settle()
    await office.hears(statuses=True)
    office.talk.clock.move(timedelta(minutes=20))
    await office.talk.settle()
    assert office.reads(SITI).count("sekali saja") == 1
    assert await office.ask("SELECT state, receipt FROM outbox WHERE object = 'a'") == [("sent", "delivered")]


async def test_without_any_word_a_second_copy_goes_after_a_quarter_of_an_hour(office: TwoChannels) -> None:
    """Nothing arrived, no status came: it is sent once more, and says so."""
    await office.says(SITI, "halo", "ya")
    office.api.fault_next("nothing")
    await office.notify("penting", "a")
    office.talk.clock.move(timedelta(minutes=14))
    await office.talk.settle()
    assert "penting" not in office.reads(SITI)
    office.talk.clock.move(timedelta(minutes=2))
    await office.talk.settle()
    assert office.reads(SITI)[-1] == "(kirim ulang) penting"
    (row,) = (await office.ask("SELECT id FROM outbox WHERE object = 'a'"))[0]
    assert office.api.chat(SITI)[-1].shown.text == f"(kirim ulang) penting\n_#{row}_"


async def test_what_fails_later_goes_again(office: TwoChannels) -> None:
    """Accepted, then failed for a passing reason: once more after a minute; the ledger and the outbox agree."""
    await office.says(SITI, "halo", "ya")
    await office.hears(statuses=True)
    office.api.fail_later(131000)
    await office.notify("penting", "a")
    await office.hears(statuses=True)
    office.talk.clock.move(timedelta(seconds=61))
    await office.talk.settle()
    await office.hears(statuses=True)
    assert office.reads(SITI)[-2:] == ["penting", "penting"]  # of which the first never arrived
    sent = await office.ask("SELECT id, external_id, receipt FROM outbox WHERE state = 'sent' ORDER BY id")
    last = {one.callback: one.id for one in office.api.ledger}
    assert sent == [
        (int(row), number, "delivered") for row, number in sorted(last.items(), key=lambda one: int(one[0]))
    ]


async def test_ten_at_once_then_one_in_six_seconds(tmp_path: Path) -> None:
    """What WhatsApp bears for one person: never a refusal for going too fast."""
    async with two_channels(tmp_path, alone=True, limits=Limits.whatsapp()) as office:
        await office.says(SITI, "halo", "ya")
        office.talk.clock.move(timedelta(minutes=5))
        for number in range(14):
            await office.notify(f"nomor {number}", f"n{number}")
        for _ in range(10):
            office.talk.clock.move(timedelta(seconds=0.1))
            await office.talk.settle()
        assert office.reads(SITI)[-1] == "nomor 9"
        for number in range(10, 14):
            office.talk.clock.move(timedelta(seconds=6))
            await office.talk.settle()
            assert office.reads(SITI)[-1] == f"nomor {number}"


async def test_on_both_channels_a_person_is_one(office: TwoChannels) -> None:
    """The rights belong to the person; a notice goes where he or she was last heard from, once."""
    await office.says(SITI, "halo", "ya")

    def link(db: Connection) -> None:
        later = utc_text(office.talk.clock.now() + timedelta(hours=1))
        chats.hear(db, "telegram:11", "telegram", "Siti", later)
        db.execute(
            "UPDATE chats SET person_id = (SELECT id FROM persons WHERE name = 'Siti Aminah') WHERE address = '11'"
        )

    await office.app.database.write(link)
    await office.notify("sekali", "a")  # Telegram is off here, so the chat there does not count
    assert office.reads(SITI)[-1] == "sekali"
    assert await office.ask("SELECT count(*) FROM outbox WHERE object = 'a'") == [(1,)]
