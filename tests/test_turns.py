"""The engine: what becomes of a message, whatever the person does and whenever."""

import asyncio
from pathlib import Path

import pytest

from bot.message import Said
from storage import inbox, office, people
from tests.small_office import noted, said, small_office

UNTIL_CONFIRM = [
    "Siti> /visit",
    "Siti> Binjai",
    "Siti> 1, 3",
    "Siti> selesai",
    "Siti> 4",
    "Siti> lewati",
    "Siti> lewati",
]
SUMMARY = "Binjai, Buku, Papan, 4 orang, 0 foto, tanpa catatan."


async def test_a_dialog_is_asked_confirmed_and_saved_once(tmp_path: Path) -> None:
    """The yes saves; a second yes says that it was answered."""
    async with small_office(tmp_path) as talk:
        assert (await said(talk, *UNTIL_CONFIRM))[-1] == f"Siti< {SUMMARY}  [Simpan] [Tambah foto] [Ubah] [Batal]"
        assert await said(talk, "Siti> [Simpan]", "Siti> [Simpan] lama") == [
            "Siti< Tersimpan.",
            "Siti< Itu sudah dijawab tadi. Ketik menu untuk pilihan lain.",
        ]
        assert await noted(talk, "visit") == [SUMMARY]


@pytest.mark.parametrize("answer", ["[Binjai]", "Binjai", "binjai", " BINJAI. ", "2", "2."])
async def test_a_choice_is_taken_by_tap_label_and_number(answer: str, tmp_path: Path) -> None:
    """However it is named, it is the same choice."""
    async with small_office(tmp_path) as talk:
        assert (await said(talk, "Siti> /visit", f"Siti> {answer}"))[-1].startswith("Siti< Apa saja?")


async def test_ticks_are_kept_as_they_are_made(tmp_path: Path) -> None:
    """A tick is shown in place; ticking again takes it back; Selesai without ticks is not an answer."""
    async with small_office(tmp_path) as talk:
        await said(talk, "Siti> /visit", "Siti> Binjai")
        assert await said(talk, "Siti> [Pena]") == ["Siti~ Apa saja?  [Buku] [✅ Pena] [Papan] [Selesai]"]
        assert await said(talk, "Siti> [Pena]") == ["Siti~ Apa saja?  [Buku] [Pena] [Papan] [Selesai]"]
        assert "Belum ada yang dipilih" in (await said(talk, "Siti> selesai"))[0]
        await said(talk, "Siti> buku dan papan")
        assert await said(talk, "Siti> selesai") == ["Siti< Berapa orang?"]


async def test_back_forgets_one_answer_and_keeps_the_others(tmp_path: Path) -> None:
    """One step back asks again; what was answered after it is still there."""
    async with small_office(tmp_path) as talk:
        await said(talk, *UNTIL_CONFIRM[:-1])
        assert await said(talk, "Siti> /kembali") == ["Siti< Kirim foto.  [Lewati]"]
        assert await said(talk, "Siti> kembali") == ["Siti< Berapa orang?"]
        assert await said(talk, "Siti> 5") == ["Siti< Kirim foto.  [Lewati]"]
    async with small_office(tmp_path / "first") as talk:
        assert await said(talk, "Siti> /visit", "Siti> kembali") == [
            "Siti< Ke mana?  [Babalan] [Binjai] [Stabat]",
            "Siti< Ini pertanyaan pertama. / Ke mana?  [Babalan] [Binjai] [Stabat]",
        ]


async def test_edit_changes_one_answer(tmp_path: Path) -> None:
    """From the summary one answer is changed; the others survive; back leaves the list of answers."""
    async with small_office(tmp_path) as talk:
        await said(talk, *UNTIL_CONFIRM)
        listed = "Siti< Ubah yang mana?  [Tujuan] [Bawaan] [Jumlah] [Foto] [Catatan]"
        assert await said(talk, "Siti> ubah") == [listed]
        assert (await said(talk, "Siti> kembali"))[0].startswith(f"Siti< {SUMMARY}")
        await said(talk, "Siti> Ubah")
        assert await said(talk, "Siti> 3") == ["Siti< Berapa orang?"]
        assert (await said(talk, "Siti> 9"))[0].startswith("Siti< Binjai, Buku, Papan, 9 orang")


async def test_an_answer_is_asked_anew_when_what_it_is_about_changes(tmp_path: Path) -> None:
    """Another destination needs other things; going back to the first finds its answer again."""
    async with small_office(tmp_path) as talk:
        await said(talk, *UNTIL_CONFIRM)
        assert (await said(talk, "Siti> ubah", "Siti> tujuan", "Siti> Stabat"))[-1].startswith("Siti< Apa saja?")
        assert (await said(talk, "Siti> 2", "Siti> selesai"))[-1].startswith("Siti< Stabat, Pena, 4 orang")
        assert (await said(talk, "Siti> ubah", "Siti> tujuan", "Siti> Binjai"))[-1].startswith(f"Siti< {SUMMARY}")


async def test_yes_counts_only_for_the_summary_that_was_read(tmp_path: Path) -> None:
    """When the world moves between the summary and the yes, the new summary is shown instead of being saved."""
    async with small_office(tmp_path) as talk:
        await said(talk, *UNTIL_CONFIRM)
        assert talk.app is not None
        await talk.app.database.write(
            lambda db: db.execute("UPDATE districts SET name = 'Binjai Baru' WHERE name = 'Binjai'").rowcount
        )
        assert (await said(talk, "Siti> [Simpan]"))[0].startswith("Siti< Apa saja?")
        assert (await said(talk, "Siti> 1,3", "Siti> selesai"))[-1].startswith("Siti< Binjai Baru, Buku, Papan")
        assert await noted(talk, "visit") == []


async def test_an_option_that_is_gone_is_asked_again(tmp_path: Path) -> None:
    """A kept answer that no longer holds is not shown and not saved."""
    async with small_office(tmp_path) as talk:
        assert talk.app is not None
        await talk.app.database.write(lambda db: db.execute("INSERT INTO districts VALUES (99, 'Wampu')").rowcount)
        await said(talk, "Siti> /visit", "Siti> Wampu")
        await talk.app.database.write(lambda db: db.execute("DELETE FROM districts WHERE id = 99").rowcount)
        assert (await said(talk, "Siti> 1"))[0] == (
            "Siti< Pilihan tadi sudah tidak tersedia, mohon pilih lagi. / Ke mana?  [Babalan] [Binjai] [Stabat]"
        )


async def test_a_refusal_at_saving_keeps_the_answers(tmp_path: Path) -> None:
    """What cannot be saved now is explained, with the summary and its buttons below."""
    async with small_office(tmp_path) as talk:
        await said(talk, *UNTIL_CONFIRM)
        assert talk.app is not None
        await talk.app.database.write(lambda db: office.note(db, "", None, "full", ""))
        assert await said(talk, "Siti> simpan") == [
            f"Siti< Sudah penuh. Pilih tujuan lain lewat Ubah. / {SUMMARY}  [Simpan] [Tambah foto] [Ubah] [Batal]"
        ]
        assert await noted(talk, "visit") == []


async def test_an_album_is_one_answer(tmp_path: Path) -> None:
    """Three photos sent together bring one reply; at the summary they are added at once."""
    async with small_office(tmp_path) as talk:
        await said(talk, *UNTIL_CONFIRM[:5])
        assert await said(talk, "Siti> (album 3)") == ["Siti< 3 foto diterima. Ada lagi?  [Selesai]"]
        assert await said(talk, "Siti> (album 3)") == ["Siti< 3 foto diterima. Ada lagi?  [Selesai]"]
        assert (await said(talk, "Siti> selesai", "Siti> -"))[-1].startswith(
            "Siti< Binjai, Buku, Papan, 4 orang, 3 foto"
        )
        assert (await said(talk, "Siti> (foto)"))[0].startswith("Siti< Binjai, Buku, Papan, 4 orang, 3 foto")
        await said(talk, "Siti> simpan")
    async with small_office(tmp_path / "late") as talk:
        await said(talk, *UNTIL_CONFIRM)
        assert (await said(talk, "Siti> (album 2)"))[0].startswith("Siti< Binjai, Buku, Papan, 4 orang, 2 foto")


async def test_two_misses_bring_a_numbered_list(tmp_path: Path) -> None:
    """Who does not find the buttons gets numbers to type."""
    async with small_office(tmp_path) as talk:
        first = await said(talk, "Siti> /visit", "Siti> Medan")
        assert first[-1] == "Siti< Mohon pilih salah satu, atau ketik nomornya.  [Babalan] [Binjai] [Stabat]"
        assert "1. Babalan / 2. Binjai / 3. Stabat" in (await said(talk, "Siti> Jakarta"))[0]
        assert (await said(talk, "Siti> 3"))[0].startswith("Siti< Apa saja?")


async def test_a_bare_number_is_an_answer_where_only_skipping_could_be_chosen(tmp_path: Path) -> None:
    """Typing 1 at an optional remark is the remark, not the first button."""
    async with small_office(tmp_path) as talk:
        assert "tanpa" not in (await said(talk, *UNTIL_CONFIRM[:-1], "Siti> 1"))[-1]


async def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    """Batal always works, and says that nothing was kept."""
    async with small_office(tmp_path) as talk:
        assert (await said(talk, *UNTIL_CONFIRM, "Siti> [Batal]"))[-1].startswith("Siti< Dibatalkan")
        assert (await said(talk, "Siti> batal"))[0].startswith("Siti< Tidak ada yang sedang berjalan")
        assert await noted(talk, "visit") == []


async def test_a_command_that_asks_nothing_is_let_through(tmp_path: Path) -> None:
    """A quick question in between does not disturb the open dialog."""
    async with small_office(tmp_path) as talk:
        assert (await said(talk, "Siti> /visit", "Siti> /ping"))[-1] == "Siti< pong  [Ping lagi]"
        assert (await said(talk, "Siti> [Ping lagi]"))[0] == "Siti< pong lagi  [Ping lagi]"
        assert (await said(talk, "Siti> Stabat"))[0].startswith("Siti< Apa saja?")


async def test_a_command_that_asks_does_not_discard_in_silence(tmp_path: Path) -> None:
    """Before an open dialog is left, its person is asked."""
    async with small_office(tmp_path) as talk:
        ask = "Siti< Kunjungan belum selesai, langkah 2 dari 5.  [Lanjutkan] [Tinggalkan]"
        assert (await said(talk, "Siti> /visit", "Siti> Stabat", "Siti> /visit"))[-1] == ask
        assert (await said(talk, "Siti> lanjutkan"))[0].startswith("Siti< Apa saja?")
        await said(talk, "Siti> /visit")
        assert (await said(talk, "Siti> [Tinggalkan]"))[0].startswith("Siti< Ke mana?")
        await said(talk, "Siti> /visit")
        assert (await said(talk, "Siti> Binjai"))[0].startswith("Siti< Apa saja?")


async def test_nothing_is_an_answer_while_it_is_asked_what_becomes_of_the_dialog(tmp_path: Path) -> None:
    """What was said then is not stored under the old question; its own button, tapped again, only shows it again."""
    async with small_office(tmp_path) as talk:
        ask = "Kunjungan belum selesai, langkah 3 dari 5.  [Lanjutkan] [Tinggalkan]"
        heard = await said(talk, "Siti> /visit", "Siti> Stabat", "Siti> 1", "Siti> selesai", "Siti> /visit Binjai")
        assert heard[-1] == f"Siti< {ask}"
        for other in ("12", "halo", "[Selesai] lama", "(foto)", "(stiker)"):
            assert await said(talk, f"Siti> {other}") == [f"Siti< Itu belum dipakai, mohon pilih dulu. / {ask}"]
        assert await said(talk, "Siti> visit 3") == [f"Siti< Itu belum dimulai, mohon pilih dulu. / {ask}"]
        assert await said(talk, "Siti> [Lanjutkan]") == ["Siti< Berapa orang?"]
        assert await said(talk, "Siti> /visit Binjai", "Siti> visit 3", "Siti> 2") == [
            f"Siti< {ask}",
            f"Siti< Itu belum dimulai, mohon pilih dulu. / {ask}",
            "Siti< Apa saja?  [Buku] [Pena] [Papan] [Selesai]",
        ]


async def test_after_two_days_a_dialog_is_offered_again(tmp_path: Path) -> None:
    """A greeting days later is not taken for an answer."""
    async with small_office(tmp_path) as talk:
        ask = "Siti< Kunjungan belum selesai, langkah 3 dari 5.  [Lanjutkan] [Tinggalkan]"
        heard = await said(talk, "Siti> /visit", "Siti> Stabat", "Siti> 1", "Siti> selesai", "@ +2 hari", "Siti> 12")
        assert heard[-1] == ask
        assert await said(talk, "Siti> [Lanjutkan]") == ["Siti< Berapa orang?"]
        assert await said(talk, "Siti> 12") == ["Siti< Kirim foto.  [Lewati]"]
        assert (await said(talk, "@ +1 hari", "Siti> halo", "Siti> 2"))[-1].startswith("Siti< Baik, ditinggalkan.")


async def test_after_fourteen_days_a_dialog_is_closed_and_said_so(tmp_path: Path) -> None:
    """The end of an open dialog is an event like any other, and comes once."""
    async with small_office(tmp_path) as talk:
        heard = await said(talk, "Siti> /visit", "@ +13 hari", "@ +2 hari", "@ +1 hari")
        assert heard[1:] == ["Siti< Kunjungan ditutup karena 14 hari tidak dilanjutkan. Tidak ada yang disimpan."]


async def test_an_old_button_is_harmless(tmp_path: Path) -> None:
    """A phone keeps buttons for ever; an answered one says so, under the question that is open."""
    async with small_office(tmp_path) as talk:
        await said(talk, "Siti> /visit", "Siti> [Stabat]")
        assert (await said(talk, "Siti> [Binjai] lama"))[0] == (
            "Siti< Itu sudah dijawab tadi. / Apa saja?  [Buku] [Pena] [Papan] [Selesai]"
        )


async def test_a_forged_button_opens_nothing(tmp_path: Path) -> None:
    """A button is a string that anyone can send: it grants nothing."""
    async with small_office(tmp_path) as talk:
        assert talk.app is not None
        channel = talk.app.channels["simulator"]
        tokens = [
            "!visit.1",
            "!nowhere",
            "?",
            "?d1.1.yes",
            "!",
            "\x00",
            "?d1.99999999999999999999.#1",
            "!visit." + "9" * 50,
        ]
        for number, token in enumerate(tokens):
            await channel.receive("simulator:tono", "Tono", {"event_id": f"f{number}", "kind": "tap", "token": token})  # type: ignore[attr-defined]
        await talk.settle()
        left = await talk.app.database.read(lambda db: db.execute("SELECT count(*) FROM dialogs").fetchone()[0])
        assert left == 0
        assert await noted(talk, "visit") == []


async def test_roles_are_looked_up_at_every_message(tmp_path: Path) -> None:
    """Who may not, is shown what he may; who loses the role in mid-dialog, loses the dialog."""
    async with small_office(tmp_path) as talk:
        assert (await said(talk, "Tono> /visit"))[0].startswith("Tono< Menu itu bukan untuk tugas Bapak/Ibu Tono.")
        assert await said(talk, "Orang> /visit", "Orang> /ping") == ["Orang< Siapa ya?", "Orang< Siapa ya?"]
        await said(talk, *UNTIL_CONFIRM)
        assert talk.app is not None
        await talk.app.database.write(lambda db: people.set_role(db, 2, "tksk"))
        assert (await said(talk, "Siti> simpan"))[0].startswith("Siti< Percakapan tadi sudah tidak berlaku")
        assert await noted(talk, "visit") == []


async def test_rights_are_checked_again_inside_the_transaction(tmp_path: Path) -> None:
    """A role that is taken away between deciding and settling counts: the turn is run once more."""
    async with small_office(tmp_path) as talk:
        await said(talk, *UNTIL_CONFIRM)
        assert talk.app is not None
        database = talk.app.database
        decide = type(talk.app.lanes._turns.decisions).decide
        taken: list[str] = []

        async def decide_then_lose_the_role(self, scene, message, letter, notice=""):  # type: ignore[no-untyped-def]
            decision = await decide(self, scene, message, letter, notice)
            if not taken:
                taken.append("role")
                await database.write(lambda db: people.set_role(db, 2, "tksk"))
            return decision

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(talk.app.lanes._turns.decisions), "decide", decide_then_lose_the_role)
            assert (await said(talk, "Siti> simpan"))[0].startswith("Siti< Percakapan tadi sudah tidak berlaku")
        assert await noted(talk, "visit") == []


@pytest.mark.parametrize(("breaks", "reason"), [("rusak", "RuntimeError"), ("salah", "OperationalError")])
async def test_what_breaks_is_set_aside_and_said(tmp_path: Path, breaks: str, reason: str) -> None:
    """A turn that fails three times is parked with its reason; its person is told; others are served.

    A statement that is wrong is no store that does not answer: to wait for it would be to wait for ever.
    """
    async with small_office(tmp_path) as talk:
        heard = await said(talk, f"Siti> /ping {breaks}", "Siti> /ping", "Budi> /ping")
        assert heard == [
            "Siti< Ada gangguan di pihak kami. Jawaban Bapak/Ibu tersimpan; coba lagi sebentar, atau /batal.",
            "Siti< pong  [Ping lagi]",
            "Budi< pong  [Ping lagi]",
        ]
        assert talk.app is not None
        parked = await talk.app.database.read(
            lambda db: [tuple(row) for row in db.execute("SELECT state, reason FROM inbox WHERE state = 'parked'")]
        )
        assert parked == [("parked", reason)]


async def test_the_same_letter_is_never_answered_twice(tmp_path: Path) -> None:
    """Two turns over one letter: the second finds it taken, and does and says nothing."""
    async with small_office(tmp_path) as talk:
        assert talk.app is not None
        letter = await talk.app.database.write(inbox.store, "simulator", "x1", "simulator:siti", "{}", "")
        assert letter is not None
        message = Said("simulator", "simulator:siti", "x1", talk.clock.now(), "text", text="/ping")
        turns = talk.app.lanes._turns
        await asyncio.gather(*(turns.take([letter.id], message) for _ in range(8)))
        await talk.settle()
        assert len(talk.phones.heard()) == 1
        assert await noted(talk, "ping") == [""]


async def test_forty_chats_at_once_keep_their_own_order(tmp_path: Path) -> None:
    """Chats do not wait for each other, and each hears its answers in the order of its words."""
    async with small_office(tmp_path) as talk:
        assert talk.app is not None
        channel = talk.app.channels["simulator"]
        for number in range(5):
            for who in range(40):
                event = {"event_id": f"{who}.{number}", "kind": "text", "text": f"/ping {number}"}
                await channel.receive(f"simulator:orang{who}", "", event)  # type: ignore[attr-defined]
        await talk.settle()
        heard = talk.phones.heard()
        assert len(heard) == 200
