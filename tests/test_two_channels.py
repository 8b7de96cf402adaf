"""Two channels and one person: templates, the preferred chat, the other one when that fails, and what it costs."""

from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from bot.message import Attachment, Choice, Message
from bot.templates import one_line, template_for, templates
from bot.text import Text
from storage import chats, costs, people, rules
from storage.database import Connection
from tests.two_channels import ON_SIMULATOR, SITI, TwoChannels, two_channels

CARD = Message(Text.of("Rapat besok\npukul 08.00 WIB"), (Choice("!kegiatan.", "Kegiatan"),))
STATES = "SELECT channel, state, error, laddered FROM outbox WHERE object = 'a' ORDER BY id"
NOTE = "pkh_pemberitahuan_1"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[TwoChannels]:
    async with two_channels(tmp_path) as office:
        yield office


async def registered(office: TwoChannels, main: str | None = "whatsapp") -> None:
    """Let Siti, known on the simulator, register on WhatsApp too."""
    await office.says(SITI, "halo", "ya")
    await office.hears(statuses=True)
    await office.app.database.write(_prefer, main)


def _prefer(db: Connection, main: str | None) -> None:
    (person,) = db.execute("SELECT id FROM persons WHERE name = 'Siti Aminah'").fetchone()
    people.set_main_channel(db, person, main)


async def forget_simulator(office: TwoChannels) -> None:
    """Leave Siti with WhatsApp alone."""
    sql = "UPDATE chats SET person_id = NULL WHERE chat = 'simulator:6281200000011'"
    await office.app.database.write(lambda db: db.execute(sql).rowcount)


async def rule(office: TwoChannels, name: str, value: str) -> None:
    await office.app.database.write(rules.set_rule, name, value)


async def test_a_second_channel_leads_to_the_same_person(office: TwoChannels) -> None:
    """The number is the same, so it is the same person, and she is told."""
    said = await office.says(SITI, "halo", "ya")
    assert said.startswith("Baik, Bapak/Ibu Siti. Kanal ini dan yang sudah dipakai sebelumnya kini terhubung")
    whose = "SELECT count(*), count(DISTINCT person_id) FROM chats WHERE chat LIKE '%siti1' OR chat LIKE 'sim%000011'"
    assert await office.ask(whose) == [(2, 1)]


async def test_she_chooses_where_she_is_told(office: TwoChannels) -> None:
    """[Kanal utama] stands in the profile of who has two; what comes unasked goes there, once."""
    assert "Kanal utama" not in str(await office.ask("SELECT body FROM outbox"))
    await office.says(SITI, "halo", "ya")
    profile = await office.types("Siti", "/profil")
    assert "Pemberitahuan dikirim ke kanal yang terakhir dipakai." in profile
    asked = await office.types("Siti", "Kanal utama")
    assert asked.startswith("Pemberitahuan dan pengingat dikirim ke mana?")
    assert (await office.types("Siti", "WhatsApp")).startswith(
        "✅ Mulai sekarang pemberitahuan dikirim lewat WhatsApp."
    )
    assert await office.notify("halo", "a") == 1
    assert office.reads(SITI)[-1] == "halo"
    assert await office.ask(STATES) == [("whatsapp", "sent", None, None)]
    assert "Pemberitahuan dikirim lewat WhatsApp." in await office.types("Siti", "/profil")


async def test_outside_the_window_the_template_goes_and_its_button_brings_the_card(office: TwoChannels) -> None:
    """One line of it at first; pressed, twice even, the whole card, with what belongs to it before it."""
    await registered(office)
    await forget_simulator(office)
    await office.approve()
    await office.tick(hours=30)
    digest = await office.app.media.receive(b"%PDF-1.7", "application/pdf")
    letter = Message(Text.of("Lampiran: Rapat"), file=Attachment(digest, "surat.pdf"))
    await office.notify(letter, "a", kind="attachment")
    await office.notify(CARD, "a", kind="announcement")
    shown = office.last().shown
    assert shown.text.startswith(
        "Bapak/Ibu, ada undangan kegiatan dari Dinas Sosial. Rapat besok · pukul 08.00 WIB · #4\n"
    )
    assert [label for label, _ in shown.buttons] == ["Baca selengkapnya"]
    assert await office.ask(STATES) == [("whatsapp", "held", None, None), ("whatsapp", "sent", None, None)]
    for _ in range(2):
        await office.hears(office.api.press(SITI, office.last().id, shown.buttons[0][1], "Baca selengkapnya"))
        assert office.reads(SITI)[-1] == "Rapat besok\npukul 08.00 WIB"
        assert office.last().shown.buttons == (("Kegiatan", "!kegiatan."),)
    files = [one.file_name for one in office.api.chat(SITI)]
    assert files[-3:] == ["surat.pdf", "", ""]


async def test_the_button_of_another_persons_template_opens_nothing(office: TwoChannels) -> None:
    """Whoever sends the words of the button gets only what is his or her own."""
    await registered(office)
    await office.approve()
    await office.tick(hours=30)
    await office.notify(CARD, "a")
    (row,) = (await office.ask("SELECT max(id) FROM outbox WHERE object = 'a'"))[0]
    budi = office.api.account("6281200000012", "ID.budi1", "Budi")
    await office.says(budi, "halo", "ya")
    await office.hears(office.api.press(budi, "x", f"!buka.{row}", "Baca selengkapnya"))
    assert office.reads(budi)[-1].startswith("Pesan itu tidak ditemukan.")


async def test_without_an_approved_template_it_goes_by_the_other_channel(office: TwoChannels) -> None:
    """The window is closed and nothing is approved: at once where she can be told; with no other, it says why."""
    await registered(office)
    await office.tick(hours=30)
    await office.notify("halo", "a")
    assert await office.ask(STATES) == [("simulator", "sent", None, None)]
    await forget_simulator(office)
    await office.notify("halo", "b")
    sql = "SELECT state, error FROM outbox WHERE object = 'b'"
    assert await office.ask(sql) == [("failed", "window")]


async def test_a_window_that_only_whatsapp_knows_to_be_closed(office: TwoChannels) -> None:
    """Its clock outranks ours: what has a template goes as that, once."""
    await registered(office)
    await office.approve()
    office.api.last_in.clear()
    await office.notify("halo", "a")
    assert office.last().shown.template == NOTE
    assert await office.ask(STATES) == [("whatsapp", "sent", None, None)]
    office.api.fail_later(131047)
    await office.says(SITI, "menu")
    office.api.fail_later(131047)
    await office.notify("halo juga", "b")
    await office.hears(statuses=True)
    await office.tick(minutes=2)
    assert [one.shown.template for one in office.api.chat(SITI)[-2:]] == ["", NOTE]


async def test_what_fails_for_good_goes_by_the_other_channel_once(office: TwoChannels) -> None:
    """WhatsApp does not know the number: the other chat has it at the next tick, and nothing twice."""
    await registered(office)
    office.api.fail_later(131026)
    await office.notify(CARD, "a")
    await office.hears(statuses=True)
    for _ in range(3):
        await office.tick(minutes=1)
    assert await office.ask(STATES) == [
        ("whatsapp", "failed", "undeliverable (131026)", "passed"),
        ("simulator", "sent", None, None),
    ]
    assert (await office.on_simulator())[-1] == "Rapat besok\npukul 08.00 WIB"
    assert await office.notify(CARD, "a") == 0


async def test_silence_for_six_hours_is_no_delivery(office: TwoChannels) -> None:
    """Only a channel with receipts can tell; what was delivered, or is of no use any more, stays where it is."""
    await registered(office)
    office.api.blocked |= {SITI.phone, SITI.bsuid}
    soon = office.talk.clock.now() + timedelta(hours=3)
    await office.notify(CARD, "a")
    await office.notify(CARD, "b", expires_at=soon)
    await office.hears(statuses=True)
    office.api.blocked.clear()
    await office.notify(CARD, "c")
    await office.hears(statuses=True)
    await office.tick(hours=5, minutes=59)
    assert await office.ask("SELECT count(*) FROM outbox WHERE laddered IS NOT NULL") == [(0,)]
    await office.tick(minutes=2)
    passed = "SELECT object, channel, state, laddered FROM outbox WHERE object IN ('a', 'b', 'c') ORDER BY id"
    assert await office.ask(passed) == [
        ("a", "whatsapp", "sent", "passed"),
        ("b", "whatsapp", "sent", None),
        ("c", "whatsapp", "sent", None),
        ("a", "simulator", "sent", None),
    ]
    await rule(office, "ladder-hours", "1")
    await office.tick(hours=9)
    assert len(await office.ask(passed)) == 4


async def test_nobody_is_woken_by_the_other_channel(office: TwoChannels) -> None:
    """What failed in the evening is passed on when the quiet hours are over."""
    await registered(office)
    await office.tick(hours=11)
    await office.notify("halo", "a")
    office.api.fail_later(131026)
    await office.notify("malam", "b")
    await office.hears(statuses=True)
    passed = "SELECT object FROM outbox WHERE instr(dedupe, '>')"
    here = office.talk.clock.now().astimezone(UTC)
    await office.tick(hours=(15.5 - here.hour) % 24)  # 22.30 WIB and some minutes
    assert await office.ask(passed) == []
    await office.tick(hours=8)
    assert await office.ask(passed) == [("b",)]


async def test_three_in_a_row_on_no_channel_are_told_to_the_office_once(office: TwoChannels) -> None:
    """Two may be chance; the third is news, with the number to call, until she writes again."""
    await registered(office)
    await forget_simulator(office)

    async def fail(*names: str) -> None:
        for name in names:
            office.api.fail_later(131049)
            await office.notify("halo", name)
            await office.hears(statuses=True)
            await office.tick(minutes=1)

    await fail("a", "b")
    await office.notify("sampai", "c")
    await fail("d", "e")
    told = "SELECT count(*) FROM outbox WHERE kind = 'unreached'"
    assert await office.ask(told) == [(0,)]
    await fail("f", "g")
    assert await office.ask(told) == [(1,)]
    said = (await office.on_simulator("Rahma"))[-1]
    assert "Siti Aminah, Stabat, 0812-0000-0011" in said
    assert "1 tidak terjangkau" in await office.types("Rahma", "/sistem")
    await office.says(SITI, "menu")
    await office.tick(minutes=1)
    assert (await office.on_simulator("Rahma"))[-1].startswith("Terjangkau lagi: 1 orang\nSiti Aminah, Stabat, 0812-")
    assert "1 tidak terjangkau" not in await office.types("Rahma", "/sistem")
    await fail("h", "i", "j")
    assert await office.ask(told) == [(3,)]


async def test_who_blocks_the_only_chat_is_told_to_the_office_at_once(office: TwoChannels) -> None:
    """Not the third notice is awaited, for none is sent; in the morning, if it was at night; and who has left never."""
    await office.app.database.write(chats.set_reachable, ON_SIMULATOR, False)
    here = office.talk.clock.now().astimezone(UTC)
    await office.tick(hours=(15.5 - here.hour) % 24)  # 22.30 WIB and some minutes
    told = "SELECT count(*) FROM outbox WHERE kind = 'unreached'"
    assert await office.ask(told) == [(0,)]
    await office.tick(hours=9)
    await office.tick(minutes=1)
    assert await office.ask(told) == [(1,)]
    assert (await office.on_simulator("Rahma"))[-1].startswith("Tidak terjangkau: 1 orang\nBot diblokir, ")
    await office.types("Siti", "menu")
    await office.tick(minutes=1)
    assert (await office.on_simulator("Rahma"))[-1].startswith("Terjangkau lagi: 1 orang\nSiti Aminah")
    await office.app.database.write(chats.set_reachable, ON_SIMULATOR, False)
    (siti,) = (await office.ask("SELECT id FROM persons WHERE name = 'Siti Aminah'"))[0]
    await office.app.database.write(people.set_active, siti, False)
    await office.tick(minutes=1)
    assert await office.ask(told) == [(2,)]


async def test_who_has_another_chat_is_within_reach(office: TwoChannels) -> None:
    """The simulator is blocked, WhatsApp is not: nothing to tell."""
    await registered(office)
    await office.app.database.write(chats.set_reachable, ON_SIMULATOR, False)
    await office.tick(minutes=1)
    assert await office.ask("SELECT count(*) FROM outbox WHERE kind = 'unreached'") == [(0,)]


async def test_reviews_are_followed_in_the_order_they_were_made(office: TwoChannels) -> None:
    """News that comes late does not undo what came after it; news that has no time is kept and changes nothing."""
    now = office.talk.clock.now().timestamp()
    await office.api.review(NOTE, "APPROVED", now)
    await office.api.review(NOTE, "PENDING", now - 60)
    sql = f"SELECT state FROM templates WHERE name = '{NOTE}'"
    assert await office.ask(sql) == [("APPROVED",)]
    await office.api.review(NOTE, "PAUSED", now + 60)
    assert await office.ask(sql) == [("PAUSED",)]


async def test_the_reach_says_beforehand_who_cannot_be_told(office: TwoChannels) -> None:
    """Before anything is sent the operator reads how many would not get it, why, and what it would cost."""
    await registered(office)
    await forget_simulator(office)
    await rule(office, costs.PRICE, "400")
    wanted = ("/siaran", "Rapat besok pukul 08.00 di kantor.", "Petugas", "Semua petugas")
    said = await office.types("Rahma", *wanted)
    assert "1 lewat WhatsApp" in said
    assert "Perkiraan biaya WhatsApp: paling sedikit 1 pesan, Rp 400." in said
    await office.types("Rahma", "batal")
    await office.tick(hours=30)
    said = await office.types("Rahma", *wanted)
    assert (
        "1 lewat WhatsApp (1 di antaranya tidak bisa dikirimi: lebih dari 24 jam tidak menulis ke bot, dan templatnya "
        "belum disetujui WhatsApp)" in said
    )
    assert "Perkiraan" not in said
    await office.types("Rahma", "batal")
    await office.approve()
    said = await office.types("Rahma", *wanted)
    assert "di antaranya" not in said
    assert "paling sedikit 1 pesan, Rp 400" in said


async def test_above_the_ceiling_broadcasts_ask_and_reminders_take_the_other_channel(office: TwoChannels) -> None:
    """The office set a ceiling: who sends more types the number first, what only reminds goes where it is free."""
    await registered(office)
    month = await office.ask("SELECT category, messages FROM billed")
    assert month == [("service", 2)]  # the two answers of the registration, each with three receipts
    await rule(office, costs.CEILING, "2")
    said = await office.types("Rahma", "/siaran", "Rapat besok pukul 08.00 di kantor.", "Petugas", "Semua petugas")
    assert "⚠️ Bulan ini sudah 2, batas kantor 2." in said
    asked = await office.types("Rahma", "Kirim sekarang")
    assert asked.startswith("Melewati batas biaya bulan ini. Ketik KIRIM ")
    await office.types("Rahma", "batal")
    await office.notify("ingat", "r", kind="reminder")
    await office.notify("kabar", "n")
    sql = "SELECT object, channel, state, error FROM outbox WHERE object IN ('r', 'n', 's') ORDER BY id"
    assert await office.ask(sql) == [("r", "simulator", "sent", None), ("n", "whatsapp", "sent", None)]
    await forget_simulator(office)
    await office.notify("ingat", "s", kind="reminder")
    await office.tick(minutes=1)
    assert (await office.ask(sql))[-1] == ("s", "whatsapp", "failed", "ceiling")


async def test_the_office_sets_price_and_ceiling_and_sees_the_month(office: TwoChannels) -> None:
    """In /sistem, where it looks anyway; what was never billed is not named."""
    await registered(office)
    page = await office.types("Rahma", "/sistem")
    assert "WhatsApp bulan ini: 2 pesan berbayar (service 2)." in page
    assert "Templat WhatsApp: 0 dari 5 disetujui." in page
    await office.types("Rahma", "Biaya WhatsApp", "Harga per pesan")
    assert await office.types("Rahma", "400") == "✅ Harga per pesan: Rp 400."
    await office.types("Rahma", "/sistem", "Biaya WhatsApp", "Batas per bulan", "1000")
    assert "perkiraan Rp 800, batas 1000." in await office.types("Rahma", "/sistem")
    await office.types("Rahma", "Biaya WhatsApp", "Pindah kanal")
    assert await office.types("Rahma", "3") == "✅ Pindah kanal sesudah 3 jam."


def test_a_notice_fills_its_template() -> None:
    """The kind chooses, an overdue log before any other reminder; the text is one line that is not too long."""
    assert template_for("announcement").name == "pkh_kegiatan_1"
    assert template_for("correction", "event:7").name == "pkh_perubahan_1"
    assert template_for("correction", "person:7").name == NOTE
    assert template_for("reminder", "meeting:1", "meeting-days").name == "pkh_pengingat_1"
    assert template_for("reminder", "meeting:1", "meeting-overdue").name == "pkh_laporan_1"
    assert template_for("broadcast").name == NOTE
    assert one_line(Text.of("Satu\n\n  dua\ttiga  \n")) == "Satu · dua tiga"
    assert one_line(Text.of("")) != ""
    long = one_line(Text.of("kata " * 400))
    assert long.endswith(" kata…")
    assert len(long) <= templates().longest


async def test_an_invitation_waits_for_the_end_of_one_s_own_quiet_hours(office: TwoChannels) -> None:
    """The operator reads so beforehand; who has none gets it at once, and what would come too late does not wait."""
    await office.types("Siti", "jam tenang 20.00-07.00")
    here = office.talk.clock.now().astimezone(UTC)
    await office.tick(hours=(13.5 - here.hour) % 24)  # 20.30 WIB and some minutes
    invite = ("/buat", "Rapat koordinasi, lusa pukul 09.00 di Aula Dinas", "pendamping pkh")
    said = await office.types("Rahma", *invite)
    assert (
        "1 orang menerimanya sesudah jam tenangnya sendiri, paling lambat Selasa, 7 November 2023 pukul 07.00" in said
    )
    await office.types("Rahma", "kirim sekarang")
    waits = """
        SELECT p.name, o.not_before > o.made_at, substr(o.not_before, 12, 5) = '00:00'
        FROM outbox o JOIN persons p ON p.id = o.person_id WHERE kind = 'announcement' AND object = ? ORDER BY p.name
    """
    assert await office.ask(waits.replace("?", "'event:1'")) == [("Budi Sembiring", 1, 0), ("Siti Aminah", 1, 1)]
    said = await office.types("Rahma", "/buat", "Apel pagi, besok pukul 06.30 di Aula Dinas", "pendamping pkh")
    assert "jam tenang" not in said
    await office.types("Rahma", "kirim sekarang")
    assert await office.ask(waits.replace("?", "'event:2'")) == [("Budi Sembiring", 1, 0), ("Siti Aminah", 1, 0)]
