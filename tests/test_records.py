"""A record's life after it was saved: handed in, sent back, corrected, verified; and what the usual log costs."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.layout import plan
from bot.message import Capabilities, Message
from storage import meeting_changes
from storage.database import Connection
from tests.phones import SimulatedPhones
from tests.talk import Talk, talking

WHATSAPP = Capabilities(text=1024, caption=1024, buttons=3, list_rows=10, button_label=20, list_label=24)
A_GROUP = ("Siti> /kelompok tambah", "Siti> Melati", "Siti> Kwala Bingai", "Siti> 18", "Siti> simpan")
A_PLAN = ("Siti> /jadwal rencana", "Siti> besok", "Siti> 14.00")
A_RECORD = ("Siti> p2k2 melati 2.2 kemarin jam 2 siang semua hadir", "Siti> simpan")
TO_CORRECT = ("Siti> /jadwal", "Siti> [Laporan saya]", "Siti> [Melati, Min 5 Nov 14.00]", "Siti> [Ubah]")
RAHMA = 1


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """Siti has a group of eighteen."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await talk.play(A_GROUP)
        yield talk


async def sends_back(talk: Talk, comment: str = "Foto belum ada") -> bool:
    """Let the office send the first record back."""
    assert talk.app is not None
    now = talk.clock.now().isoformat(timespec="milliseconds")
    return await talk.app.database.write(
        lambda db: meeting_changes.return_meeting(db, 1, by=RAHMA, comment=comment, now=now)
    )


async def verifies(talk: Talk) -> bool:
    """Let the office verify the first record."""
    assert talk.app is not None
    now = talk.clock.now().isoformat(timespec="milliseconds")
    return await talk.app.database.write(lambda db: meeting_changes.verify_meeting(db, 1, by=RAHMA, now=now))


async def test_a_draft_is_neither_sent_back_nor_verified(talk: Talk) -> None:
    """What has not been handed in is still the facilitator's own; what was sent back waits for its correction."""
    await talk.play(A_RECORD)
    assert not await sends_back(talk)
    assert not await verifies(talk)
    await talk.play(["@ +3 hari"])
    assert await sends_back(talk)
    assert not await sends_back(talk)
    assert not await verifies(talk)


async def test_a_record_sent_back_is_open_whatever_its_age(talk: Talk) -> None:
    """Its owner corrects it without asking; who sent it back is told what is different now."""
    await talk.play((*A_RECORD, "@ +20 hari"))
    await sends_back(talk)
    heard = await talk.play((*TO_CORRECT, "Siti> kehadiran", "Siti> 3s", "Siti> simpan"))
    assert any("Diminta: Foto belum ada" in line for line in heard)
    assert "Rahma< Siti Aminah memperbaiki laporan P2K2 Kelompok Melati, Desa Kwala Bingai, " in "\n".join(heard)
    assert await rows(talk, "SELECT returned_at, sick FROM meetings") == [(None, 1)]
    assert await rows(talk, "SELECT corrected_at IS NOT NULL FROM meeting_returns") == [(1,)]
    later = await talk.play((*TO_CORRECT, "Siti> kehadiran", "Siti> 5s", "Siti> simpan"))
    assert "Siti< Laporan ini sudah lewat 7 hari, jadi perubahannya menunggu persetujuan koordinator:" in later


async def test_a_verified_record_is_locked(talk: Talk) -> None:
    """It says by whom and when, and offers nothing that cannot be done."""
    await talk.play((*A_RECORD, "@ +3 hari"))
    edit = ["Siti> /jadwal", "Siti> [Laporan saya]", "Siti> [Melati, Min 5 Nov 14.00]"]
    await talk.play(edit)
    assert await verifies(talk)
    assert not await sends_back(talk)
    assert "sudah diverifikasi Rahmawati Nasution pada Kamis, 9 November 2023" in (await talk.play(["Siti> [Ubah]"]))[1]
    shown = "\n".join(await talk.play(edit))
    assert "Status: sudah diverifikasi Rahmawati Nasution" in shown
    assert "[Ubah]" not in shown.rpartition("Status:")[2]


async def test_everybody_there_costs_one_tap_and_three_messages(talk: Talk) -> None:
    """From the card at the end of a planned meeting: the card, what was saved, and the text to copy."""
    await talk.play((*A_PLAN, "@ 2023-11-07 16:00", "Siti> /jadwal", "Siti> [Catat Melati, Sel 7 Nov 14.00]"))
    card = await last_message(talk)
    before = await spent(talk)
    said = ["Siti> [Terlaksana, semua hadir]"]
    await talk.play(said)
    assert cost_of(said) == (1, 0)
    assert len(plan(card, WHATSAPP)) + await spent(talk) - before == 3
    assert await rows(talk, "SELECT state, members, sick + excused + absent FROM meetings") == [("held", 18, 0)]


async def test_absences_cost_a_tap_a_line_and_three_messages(talk: Talk) -> None:
    """The card, the question, and what was saved with the text in it."""
    await talk.play((*A_PLAN, "@ 2023-11-07 16:00", "Siti> /jadwal", "Siti> [Catat Melati, Sel 7 Nov 14.00]"))
    card = await last_message(talk)
    before = await spent(talk)
    said = ["Siti> [Ada yang tidak hadir]", "Siti> 3s 7i"]
    await talk.play(said)
    assert cost_of(said) == (1, 5)
    assert len(plan(card, WHATSAPP)) + await spent(talk) - before == 3
    assert await rows(talk, "SELECT sick, excused, absent FROM meetings") == [(1, 1, 0)]


async def test_a_meeting_nobody_planned_costs_a_line_a_tap_and_two_messages(talk: Talk) -> None:
    """The summary, and what was saved with the texts to copy."""
    before = await spent(talk)
    said = ["Siti> p2k2 melati 2.2 kemarin 14.00 3s 7i", "Siti> [Simpan]"]
    await talk.play(said)
    assert cost_of(said) == (1, 35)
    assert await spent(talk) - before == 2
    assert await rows(talk, "SELECT sick, excused, absent FROM meetings") == [(1, 1, 0)]


@pytest.mark.parametrize("said", [["Siti> [Terlaksana, semua hadir]"], ["Siti> [Ada yang tidak hadir]", "Siti> 3s 7i"]])
async def test_from_the_card_that_comes_by_itself_a_log_costs_three_messages(talk: Talk, said: list[str]) -> None:
    """The card at the planned end is the first of them: nobody has to ask for it."""
    await talk.play((*A_PLAN, "@ 2023-11-07 15:59"))
    before = await spent(talk)
    await talk.play(["@ 2023-11-07 16:00"])
    assert "selesai pukul 16.00 WIB. Bagaimana?" in (await last_message(talk)).text.plain
    await talk.play(said)
    assert cost_of(said)[0] == 1
    assert await spent(talk) - before == 3
    assert await rows(talk, "SELECT state FROM meetings") == [("held",)]


def cost_of(said: list[str]) -> tuple[int, int]:
    """Return how many taps and how many typed characters these are."""
    told = [line.partition("> ")[2] for line in said]
    taps = [one for one in told if re.fullmatch(r"\[.+\]", one)]
    return len(taps), sum(len(one) for one in told if one not in taps)


async def spent(talk: Talk) -> int:
    """Count what the bot has sent, as WhatsApp would have had it: nothing is edited there, long text comes in parts."""
    bodies = [Message.from_json(row[0]) for row in await rows(talk, "SELECT body FROM outbox ORDER BY id")]
    return sum(len(plan(one, WHATSAPP)) for one in bodies)


async def last_message(talk: Talk) -> Message:
    """Return the latest message of the bot."""
    return Message.from_json((await rows(talk, "SELECT body FROM outbox ORDER BY id DESC LIMIT 1"))[0][0])


async def rows(talk: Talk, sql: str) -> list[tuple]:  # type: ignore[type-arg]  # whatever was asked for
    """Look into the store."""
    assert talk.app is not None

    def read(db: Connection) -> list[tuple]:  # type: ignore[type-arg]  # whatever was asked for
        return [tuple(row) for row in db.execute(sql).fetchall()]

    return await talk.app.database.read(read)
