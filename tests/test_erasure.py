"""Erasure: no byte of the person is left, every count stays, nothing undoes it, and nobody else is touched."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.backup import back_up
from bot.clock import StoppedClock, utc_text
from bot.data_map import data_map
from bot.export import export
from bot.restoring import restore
from handlers.accounting.printed import changes, print_list
from storage import chats, events, media, meetings, people, sheets
from storage.attendance import attendance
from storage.database import Connection, Database, migrate
from storage.erasure_list import LIST, Erased, add_to_lists, read_lists
from storage.erasure_map import TABLES
from storage.erasure_marks import Marks
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.graph_api import FakeGraphApi
from tests.phones import SimulatedPhones
from tests.talk import ZONE, Crash, CrashAt, Phones, Talk, _leave_the_dead_in_peace, talking
from tests.telegram_side import TelegramPhones
from tests.whatsapp_side import WhatsAppPhones

SITI = 2
NAME, PHONE = "Siti Aminah", "81200000011"
LIFE = """
Rahma> /buat Rapat pendamping, Rabu 8 November 2023 jam 09.00 s.d. 12.00 di Aula Dinas Sosial
Rahma> pendamping pkh
Rahma> kirim sekarang
@ +2 menit
Siti> Tidak hadir
Siti> [Tulis alasan]
Siti> tanteku opname di Medan
Siti> /kelompok tambah
Siti> Melati
Siti> Kwala Bingai
Siti> 18
Siti> simpan
Siti> p2k2 melati 2.2 kemarin jam 2 siang 3s 7i
Siti> (album 3)
Siti> simpan
Siti> /kelompok tambah
Siti> Mawar
Siti> Kwala Bingai
Siti> 12
Siti> simpan
Siti> (foto) p2k2 mawar 2.1 kemarin jam 9 pagi
Siti> batal
Siti> profil
Siti> Salinan data
Siti> Perbaikan data
Siti> Suamiku pindah tugas ke Pangkalan Susu
Rahma> petugas siti
Rahma> batal
Rahma> petugas siti am
Yanti> /petugas
Budi> halo, ini nomor Siti Aminah 0812-0000-0011
Siti> /p2k2
""".strip().splitlines()
ASKED = ["Siti> batal", "Siti> profil", "Siti> Hapus data saya", "Siti> Ajukan", "Siti> hapus data saya"]
TRACES = (NAME, PHONE, "812-0000-0011", "tanteku", "Suamiku", "0812 0000 0011")


@asynccontextmanager
async def on(channel: str, folder: Path) -> AsyncIterator[Talk]:
    """Give a conversation on this channel."""
    async with AsyncExitStack() as stack:
        phones: Phones = SimulatedPhones()
        if channel == "telegram":
            phones = TelegramPhones(await stack.enter_async_context(FakeBotApi()))
        elif channel == "whatsapp":
            phones = WhatsAppPhones(await stack.enter_async_context(FakeGraphApi()))
        talk = await stack.enter_async_context(talking(folder, phones))
        yield talk
        if isinstance(phones, TelegramPhones | WhatsAppPhones):
            await phones.hang_up()


async def lived(talk: Talk) -> None:
    """Let Siti do all that people do, and the office print and note what has her name on it."""
    await talk.play(LIFE)
    assert talk.app is not None
    await talk.app.database.write(note_more, utc_text(talk.clock.now()))


def note_more(db: Connection, now: str) -> None:
    """Write what the chats above leave out."""
    db.execute("UPDATE meetings SET latitude = 3.567, longitude = 98.765, obstacles = 'Siti Aminah sakit'")
    db.execute(
        "INSERT INTO check_ins (slot_id, person_id, number, at, stored_at, level, by_person, reason, distance) "
        "VALUES (1, 2, 1, ?, ?, 'E', 1, 'tanteku yang bilang', 'far')",
        (now, now),
    )
    db.execute("INSERT INTO excuses VALUES (1, 2, 'S', 'tanteku opname', 1, ?)", (now,))
    db.execute("INSERT INTO suggestions VALUES ('d1', 1, '2023-11-08', 2, 'tanteku suka')")
    db.execute("INSERT INTO suggestions VALUES ('d2', 1, '2023-11-08', 3, 'Terima kasih siti aminah!')")
    db.execute("INSERT INTO anonymous_suggestions VALUES (1, '2023-11-08', 'Siti Aminah baik', 1)")
    db.execute(
        "INSERT INTO event_questions (ref, event_id, person_id, words, asked_at) VALUES ('d3', 1, 2, 'tanteku?', ?)",
        (now,),
    )
    lines = [
        [2, NAME, "Pendamping PKH", "Stabat", "0812-0000-0011", "07.52", "kode", "H", "lokasi jauh, tanteku opname"],
        [3, "Budi Sembiring", "Pendamping PKH", "Binjai", "0812-0000-0012", "", "", "I", f"mewakili {NAME}"],
    ]
    printed = json.dumps({"event": 1, "lines": lines})
    db.execute(
        "INSERT INTO sheets (checksum, event_id, kind, slot_id, printed, made_by, made_at) "
        "VALUES ('AAAAAAAA', 1, 'attendance', 1, ?, 1, ?)",
        (printed, now),
    )
    event = events.event(db, 1)
    assert event is not None
    on_paper = print_list(event, attendance(db, 1, now), 0, ZONE)
    sheets.keep_sheet(db, "CCCCCCCC", 1, on_paper, 1, now, slot_id=1)
    certificate = json.dumps({"person": 2, "name": NAME, "number": ""})
    db.execute(
        "INSERT INTO sheets (checksum, event_id, kind, person_id, printed, made_by, made_at) "
        "VALUES ('BBBBBBBB', 1, 'certificate', 2, ?, 1, ?)",
        (certificate, now),
    )
    db.execute("UPDATE letterhead SET name = 'Siti Aminah, S.Sos', nip = '198001012005012001'")
    db.execute("REPLACE INTO event_details VALUES (1, '', '', '', '', '', 'Siti Aminah 081200000011', '')")
    db.execute("INSERT INTO chat_aliases SELECT 'whatsapp:6281200000011', chat FROM chats WHERE person_id = 2")
    db.execute("UPDATE chats SET name = 'Ibu Tanteku' WHERE person_id = 2")


async def erased(talk: Talk) -> None:
    """Let Siti ask for it, and three days pass."""
    await talk.play([*ASKED, "@ +70 jam", "@ +1 menit"])


def hits(paths: Iterable[Path], traces: Iterable[str]) -> list[str]:
    """Return which traces are in the bytes of which files, however they are written."""
    found = []
    for path in paths:
        content = path.read_bytes().lower()
        found += [f"{trace} in {path.name}" for trace in traces if trace.lower().encode() in content]
    return found


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def printed_then_and_now(db: Connection) -> list[str]:
    """Say in what the printed list differs from one that is printed today."""
    event, sheet = events.event(db, 1), sheets.sheet(db, "CCCCCCCC")
    assert event is not None
    assert sheet is not None
    return list(changes(sheet.printed, print_list(event, attendance(db, 1, sheet.made_at), 0, ZONE)))


def one(db: Connection, sql: str) -> object:
    return db.execute(sql).fetchone()[0]


def test_the_map_knows_every_column_there_is() -> None:
    """A new column is decided on before anything is stored in it."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    there = {
        (table, row[1])
        for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        for row in db.execute(f"PRAGMA table_xinfo({table})")
    }
    mapped = [(table, column) for table, one in TABLES.items() for column, _ in one.columns()]
    assert len(mapped) == len(set(mapped)), "a column stands in two lists"
    assert set(mapped) == there


def test_the_record_of_processing_names_every_table() -> None:
    """What is printed for the office is the map itself."""
    lines = list(data_map())
    assert len(lines) == len(TABLES) + 2
    assert all(line.count("|") == 4 for line in lines)


def test_what_the_map_calls_a_person_is_one() -> None:
    """Whatever refers to the roster is said to be a person, or goes with the row."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    migrate(db)
    for table, row in TABLES.items():
        refers = {key[3] for key in db.execute(f"PRAGMA foreign_key_list({table})") if key[2] == "persons"}
        assert refers <= {*row.person.split(), *row.own.split()}, table
        assert not refers & set(row.kept.split()), table


@pytest.mark.parametrize("channel", ["simulator", "telegram", "whatsapp"])
async def test_no_byte_is_left(channel: str, tmp_path: Path) -> None:
    """Searched: the database, its log, the photos and an export. Name, number, account and own words: nowhere."""
    data = tmp_path / "data"
    async with on(channel, data) as talk:
        await lived(talk)
        assert talk.app is not None
        chat = talk.phones.chat("Siti")
        address = [chat] if channel == "simulator" else [chat.partition(":")[2]]
        before = hits(files(data), (*TRACES[:5], *address))
        assert {line.partition(" in ")[0] for line in before} >= {NAME, PHONE, "812-0000-0011", "tanteku", *address}
        photos = len(list(files(data / "media")))
        await erased(talk)
        db = talk.app.database
        assert await db.read(one, "SELECT name FROM persons WHERE id = 2") == "Petugas #2"
        assert hits(files(data), (*TRACES, *address)) == []
        assert photos > 0
        assert [path.name for path in files(data / "media")] == []
        export(data, tmp_path / "export")
        assert hits(files(tmp_path / "export"), (*TRACES, *address)) == []
        assert await db.read(one, "SELECT count(*) FROM pragma_foreign_key_check") == 0
        assert await db.read(one, "PRAGMA integrity_check") == "ok"


async def test_what_was_counted_is_counted_still(tmp_path: Path) -> None:
    """The meeting, its photos, the check-in and the answer stay in the recaps, under the tombstone."""
    async with on("simulator", tmp_path) as talk:
        await lived(talk)
        assert talk.app is not None
        db = talk.app.database
        counted = (
            "SELECT (SELECT count(*) FROM meetings), (SELECT count(*) FROM check_ins), "
            "(SELECT count(*) FROM invitations WHERE answer = 'no'), (SELECT count(*) FROM event_questions)"
        )
        before = await db.read(lambda db: tuple(db.execute(counted).fetchone()))
        photos = await db.read(lambda db: [held.photos for held in (meetings.meeting(db, 1),) if held])
        await erased(talk)
        assert await db.read(lambda db: tuple(db.execute(counted).fetchone())) == before
        held = await db.read(meetings.meeting, 1)
        assert held is not None
        assert (held.owner, [held.photos], held.latitude) == ("Petugas #2", photos, None)
        assert photos == [3]
        # Others' words lose the name alone.
        assert await db.read(one, "SELECT words FROM suggestions WHERE ref = 'd2'") == "Terima kasih Petugas #2!"
        assert await db.read(one, "SELECT obstacles FROM meetings WHERE id = 1") == "Petugas #2 sakit"
        lines = json.loads(str(await db.read(one, "SELECT printed FROM sheets WHERE checksum = 'AAAAAAAA'")))["lines"]
        assert lines[0] == [2, "Petugas #2", "Pendamping PKH", "Stabat", "", "07.52", "kode", "H", "lokasi jauh"]
        assert lines[1][1:5] == ["Budi Sembiring", "Pendamping PKH", "Binjai", "0812-0000-0012"]
        assert lines[1][8] == "mewakili Petugas #2"
        # What was printed before still equals the data.
        assert await db.read(printed_then_and_now) == []


async def test_a_deed_that_dies_is_done_by_the_next_process(tmp_path: Path) -> None:
    """Killed before or after each of its writes, it comes to the same end, and the operator hears of it once."""
    left = dict[tuple[int, str], list[str]]()
    async with on("simulator", tmp_path / "lived") as talk:
        await lived(talk)
        await talk.play([*ASKED, "@ +70 jam"])
        asked = talk.clock.now()
    for number in range(1, 40):
        folder = shutil.copytree(tmp_path / "lived", tmp_path / str(number))
        talk = Talk(folder, SimulatedPhones(), "plain", StoppedClock(asked))
        await talk.start()
        try:
            assert talk.app is not None
            moment = ("before", "after")[number % 2]
            crash = CrashAt((number + 1) // 2, moment)
            talk.app.database.on_commit = crash
            talk.clock.move(timedelta(minutes=1))
            asyncio.get_running_loop().set_exception_handler(_leave_the_dead_in_peace)
            with suppress(Crash):
                await talk.app.tick()
            died = crash.dead
            if died:
                await talk._bury()
                await talk.start()
            talk.app.database.on_commit = lambda moment: None
            heard = await talk.play(["@ +1 menit", "@ +1 menit"])
            left[number, moment] = hits(files(folder), TRACES)
            told = sum("sudah dihapus" in line for line in heard)
            assert told <= 1
        finally:
            if talk.app is not None:
                await talk.stop()
        if not died:
            break
    assert len(left) > 10
    assert not any(left.values()), left


async def test_a_backup_brings_nobody_back(tmp_path: Path) -> None:
    """An older backup that is restored is erased anew, before anybody opens it; also on another machine."""
    data = tmp_path / "data"
    async with on("simulator", data) as talk:
        await lived(talk)
        back_up(data, tmp_path / "backups" / "old.tar.gz", talk.clock.now())
        await erased(talk)
    restore(tmp_path / "backups" / "old.tar.gz", data, "again", force=True)
    shutil.rmtree(data / "before-restore-again")
    assert hits(files(data), TRACES) == []
    assert read_lists([data])[0].person_id == SITI
    shutil.copy(data / LIST, tmp_path / "backups" / LIST)
    elsewhere = tmp_path / "elsewhere"
    restore(tmp_path / "backups" / "old.tar.gz", elsewhere, "new")
    assert hits(files(elsewhere), TRACES) == []
    assert read_lists([elsewhere]) == read_lists([data])
    with closing(sqlite3.connect(elsewhere / "pkh.sqlite3")) as db:
        assert db.execute("SELECT count(*) FROM meetings").fetchone() == (1,)
        assert db.execute("SELECT state, asked_by FROM erasures").fetchall() == [("done", None)]


async def test_a_store_that_was_copied_back_is_erased_at_the_start(tmp_path: Path) -> None:
    """Whoever copies files instead of restoring meets the list when the bot starts."""
    data = tmp_path / "data"
    async with on("simulator", data) as talk:
        await lived(talk)
        await talk.stop()
        shutil.copytree(data, tmp_path / "copy")
        await talk.start()
        await erased(talk)
        await talk.stop()
        shutil.copy(data / LIST, tmp_path / LIST)
        shutil.rmtree(data)
        shutil.copytree(tmp_path / "copy", data)
        shutil.copy(tmp_path / LIST, data / LIST)
        await talk.start()
        await talk.play(["@ +1 menit"])
        assert hits(files(data), TRACES) == []


async def test_a_number_that_was_given_again_is_somebody_else(tmp_path: Path) -> None:
    """After an older store was restored, a new person may get an erased one's number; the list does not mean him."""
    data = tmp_path / "data"
    data.mkdir()
    add_to_lists([data], Erased(1, "2023-01-01T00:00:00.000+00:00", "2023-02-01T00:00:00.000+00:00"))
    add_to_lists([data], Erased(1, "2023-01-01T00:00:00.000+00:00", "2023-02-02T00:00:00.000+00:00"))
    assert len(read_lists([data])) == 1
    database = await Database.open(data / "pkh.sqlite3")
    await database.write(
        lambda db: people.add_person(
            db, name="Orang Baru", phone=None, role="tksk", district_id=None, village_id=None, now="2023-03-01"
        )
    )
    await database.close()
    back_up(data, tmp_path / "b.tar.gz", datetime(2023, 3, 2, tzinfo=UTC))
    restore(tmp_path / "b.tar.gz", data, "x", force=True)
    with closing(sqlite3.connect(data / "pkh.sqlite3")) as db:
        assert db.execute("SELECT name FROM persons").fetchall() == [("Orang Baru",)]


async def test_who_comes_back_is_somebody_new(tmp_path: Path) -> None:
    """The account is not known any more; approved again, it belongs to a new person without a past."""
    async with on("simulator", tmp_path) as talk:
        await lived(talk)
        await erased(talk)
        await talk.play(["Siti> /start", "Siti> (kontak sendiri)", "Siti> Siti Aminah, Kec. Stabat"])
        await talk.play(["Rahma> Setujui", "Rahma> Pendamping PKH", "Rahma> Setujui"])
        assert talk.app is not None
        found = await talk.app.database.read(people.person_of_chat, talk.phones.chat("Siti"))
        assert found is not None
        assert found.id != SITI
        assert found.name == NAME
        heard = await talk.play(["Siti> profil"])
        assert any("Belum ada catatan" in line for line in heard)
        # And the list, which names the old number, leaves the new person alone.
        await talk.stop()
        await talk.start()
        assert await talk.app.database.read(people.person_of_chat, talk.phones.chat("Siti")) == found


async def test_who_asked_is_told_nothing_unasked(tmp_path: Path) -> None:
    """From the request on no notice and no reminder goes out; withdrawn, they return."""
    async with on("simulator", tmp_path) as talk:
        await talk.play(LIFE[:4])
        await talk.play(ASKED)
        assert talk.app is not None
        assert await talk.app.database.read(chats.chats_of, SITI) == []
        heard = await talk.play(["@ 2023-11-07 08:00", "@ 2023-11-09 07:00", "@ +1 menit"])
        assert not [line for line in heard if line.startswith("Siti<") and "dihapus" not in line]
    async with on("simulator", tmp_path / "back") as talk:
        await talk.play([*LIFE[:4], *ASKED, "Siti> [Tarik permintaan]"])
        assert talk.app is not None
        assert await talk.app.database.read(chats.chats_of, SITI)
        heard = await talk.play(["@ 2023-11-07 08:00"])
        assert [line for line in heard if line.startswith("Siti<")]


async def test_a_photo_that_another_report_has_too_stays(tmp_path: Path) -> None:
    """Only what she alone gave goes; an office's file is no photo of hers."""
    async with on("simulator", tmp_path) as talk:
        await lived(talk)
        assert talk.app is not None
        digest = str(await talk.app.database.read(one, "SELECT digest FROM evidence ORDER BY rank LIMIT 1"))
        await talk.app.database.write(
            lambda db: db.execute(
                "INSERT INTO event_files (event_id, title, digest, name, kind, for_whom, added_by, added_at) "
                "VALUES (1, 'Rundown', ?, 'r.jpg', 'photo', 'invited', 1, '2023')",
                (digest,),
            )
        )
        await erased(talk)
        assert [path.name for path in files(tmp_path / "media")] == [digest]
        assert await talk.app.database.read(media.is_used, digest)
        assert await talk.app.database.read(one, "SELECT count(*) FROM evidence") == 0


async def test_a_name_that_two_people_have_is_left_to_the_other(tmp_path: Path) -> None:
    """In the office's own words a name that is somebody else's too is not touched; in her own rows it is."""
    async with on("simulator", tmp_path) as talk:
        await lived(talk)
        assert talk.app is not None
        await talk.app.database.write(
            lambda db: people.add_person(
                db, name="Siti Aminah Lubis", phone=None, role="tksk", district_id=1, village_id=None, now="2023"
            )
        )
        await erased(talk)
        read = talk.app.database.read
        assert await read(one, "SELECT obstacles FROM meetings WHERE id = 1") == "Siti Aminah sakit"
        assert "Petugas #2" in str(await read(one, "SELECT printed FROM sheets WHERE kind = 'certificate'"))
        assert await read(one, "SELECT count(*) FROM persons WHERE name = 'Siti Aminah Lubis'") == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Siti Aminah, 0812-0000-0011", "Petugas #2, –"),
        ("siti aminah +62 812 0000 0011.", "Petugas #2 –."),
        ("Siti Aminahwati 6281200000011", "Siti Aminahwati –"),
        ("9981200000011 dan 812000000119", "9981200000011 dan 812000000119"),
        ('{"name":"Siti Aminah"}', '{"name":"Petugas #2"}'),
        ("telegram:4711 telegram:47112", "– telegram:47112"),
    ],
)
def test_marks_are_whole_words(before: str, after: str) -> None:
    """Neither a longer name nor a longer number is cut into."""
    marks = Marks(2, NAME, True, PHONE, ("telegram:4711",))
    assert marks.replace(before, copies=False) == after


async def test_old_copies_of_messages_are_blanked(tmp_path: Path) -> None:
    """What came in is kept for 30 days, what went out for 90; that it did, for good. The chat goes on."""
    async with on("simulator", tmp_path) as talk:
        await talk.play(["Siti> profil", "@ +31 hari"])
        assert talk.app is not None
        read = talk.app.database.read
        blank = "SELECT count(*) FILTER (WHERE raw = ''), count(*) FROM inbox WHERE state = 'done'"
        assert await read(lambda db: tuple(db.execute(blank).fetchone())) == (1, 1)
        assert await read(one, "SELECT count(*) FROM outbox WHERE body LIKE '%Aminah%'")
        await talk.play(["@ +60 hari"])
        assert not await read(one, "SELECT count(*) FROM outbox WHERE body LIKE '%Aminah%'")
        assert await read(one, "SELECT count(*) FROM outbox")
        heard = await talk.play(["Siti> Salinan data"])
        assert len(heard) > 1


async def test_the_copy_holds_what_is_kept(tmp_path: Path) -> None:
    """Everything about the person in one workbook, and nothing about others."""
    async with on("simulator", tmp_path) as talk:
        await lived(talk)
        await talk.play(["Siti> batal", "Siti> profil", "Siti> Salinan data"])
        assert talk.app is not None
        body = await talk.app.database.read(
            one, "SELECT body FROM outbox WHERE body LIKE '%Data saya.xlsx%' ORDER BY id DESC LIMIT 1"
        )
        content = await talk.app.media.open(json.loads(str(body))["file"][0])
    book = load_workbook(BytesIO(content))
    said = {sheet.title: "\n".join(str(cell) for row in sheet.values for cell in row) for sheet in book}
    assert {"Data diri", "Akun", "Undangan", "Absen", "Kelompok", "Pertemuan P2K2", "Saran", "Pesan"} <= set(said)
    assert "tanteku opname di Medan" in said["Undangan"]
    assert "p2k2 melati 2.2 kemarin" in said["Pesan"]
    assert "Budi Sembiring" not in "\n".join(said.values())
