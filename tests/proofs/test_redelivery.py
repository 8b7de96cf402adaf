"""Updates that come three times, shuffled, forty at once; and who may do what, in one table (T6).

`python -m tests.prove T6` prints the figures.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bot.clock import utc_text
from handlers import build_routes
from storage import chats, people
from storage.database import Connection
from storage.seeds import load_seeds
from tests.proofs import ledger
from tests.proofs.house import FarSide, House, stopped_clock
from tests.proofs.people import START, Crowd, found_office, roster

SEED = 6
AT_ONCE = 40
PASSING = {"inbox": (), "outbox": (), "chats": (), "dialogs": (), "reminding": (), "lanes": ()}
"""Tables that say what was heard and answered, not what it changed."""

ROLES = {"o": "operator", "c": "coordinator", "s": "supervisor", "f": "facilitator", "t": "tksk", "x": ""}
COMMANDS = {
    "menu": "ocsft", "bantuan": "ocsft", "start": "ocsftx", "p2k2": "f", "jadwal": "f", "kelompok": "f",
    "anggota": "f", "serahkan": "ocsf", "kegiatan": "ocsft", "hadir": "ocsft", "buat": "o", "siaran": "oc",
    "rekap": "ocsf", "periksa": "ocsft", "materi": "oc", "petugas": "os", "profil": "ocsft", "sistem": "o",
}  # fmt: skip
ACTIONS = {  # who may press it at all; what it then does is decided about the object, inside the transaction
    "o": "cari impor setujui tolak permintaan orang aktif nonaktif pindah pengingat libur panitia status "
    "sertifikat kirimsertifikat cetaksertifikat kop aturanabsen telepon koordinator tarik kirimkini batalkan ulang "
    "ralat siaran-batas templat"
    " biaya tindakan jejak permintaanhapus hapuskini tolakhapus hapusorang",
    "oc": "siaran-setuju siaran-tolak siaran-tarik siaran-ulang siaran-lihat siaran-henti siaran-lanjut siaran-rinci "
    "siaran-sisa modul susunan tambahbahan hapusbahan lihatbahan setujui-ubah tolak-ubah",
    "os": "dihubungi",
    "ocsftx": "klaim",
    "ocs": "pantau pantau-laporan pantau-foto verifikasi kembalikan pantau-ingatkan pantau-gambar pantau-excel",
    "ocsf": "laporan riwayat-p2k2",
    "f": "foto kiriman benar-p2k2 hapus-p2k2 bagaimana terlaksana absen tidak-terlaksana kirim-p2k2 ubah-p2k2 catatan "
    "gambarrekap semualaporan berkasrekap word tekslaporan undangan usul terimakelompok tolakkelompok tariktawaran "
    "daftarhadir ubahkelompok riwayat terlewat nanti bahan",
}


async def redelivery(folder: Path, count: int) -> str:
    """Bring so many updates three times each, then all of them once more; return the figures."""
    clock, dice = stopped_clock(), Random(SEED)
    everybody = roster(30)
    await found_office(folder, everybody, event=True)
    with FarSide(clock) as far:
        house = House(folder, far, clock)
        await house.boot()
        crowd = Crowd(far, everybody, dice)
        brought: list[dict[str, Any]] = []
        while len(brought) < count:
            while len(far.pending) < AT_ONCE:
                crowd.act(dice.choice(everybody))
            new, far.pending = list(far.pending.values())[: count - len(brought)], {}
            brought += new
            thrice = new * 3
            dice.shuffle(thrice)
            await asyncio.gather(*(house.hand_over(thrice[at::AT_ONCE]) for at in range(AT_ONCE)))
            await house.settle()
        before, heard = await house.app.database.read(changed_tables, ()), len(far.ledger)
        dice.shuffle(brought)
        for at in range(0, count, 100):
            await house.hand_over(brought[at : at + 100])
            await house.settle()
        assert await house.app.database.read(changed_tables, ()) == before
        assert len(far.ledger) == heard
        await house.stop()
        with house.db() as db:
            wrong = ledger.what_is_wrong(db, far)
            stored, check_ins, twice = (
                int(db.execute(sql).fetchone()[0])
                for sql in (
                    "SELECT count(*) FROM inbox WHERE channel = 'telegram'",
                    "SELECT count(*) FROM check_ins",
                    "SELECT count(*) FROM (SELECT 1 FROM check_ins GROUP BY slot_id, person_id HAVING count(*) > 1)",
                )
            )
    assert wrong == [], wrong
    assert (stored, twice) == (count, 0)
    return (
        f"{count} updates, each three times, shuffled, {AT_ONCE} deliveries at once, then all once more: {stored} "
        f"letters, {heard} answers, {check_ins} check-ins, none twice; effects of {3 * count} redeliveries: 0"
    )


def changed_tables(db: Connection, apart: tuple[str, ...] = tuple(PASSING)) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the store holds, these tables apart."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return {
        name: sorted((tuple(row) for row in db.execute(f"SELECT * FROM {name}")), key=str)
        for name in names
        if name not in apart
    }


def allowed() -> Iterator[tuple[str, str]]:
    """List (dialog, roles) of the table above; whatever is not named in it may be pressed by everybody registered."""
    for roles, names in ACTIONS.items():
        yield from ((name, roles) for name in names.split())
    yield from COMMANDS.items()


def settle_roles(db: Connection) -> None:
    """One person of each role, each with a chat."""
    now = utc_text(START)
    load_seeds(db)
    for number, role in enumerate(ROLES.values(), 1):
        if not role:
            continue
        person = people.add_person(
            db, name=f"Orang {role}", phone=f"+62812000{number:05}", role=role, district_id=1, village_id=None, now=now
        )
        chats.hear(db, f"telegram:{number}", "telegram", role, now)
        people.link_chat(db, f"telegram:{number}", person, now)


async def rights(folder: Path, *, actions: bool) -> str:
    """Let each role try each command and, if told so, each action on a card; return the figures."""
    clock = stopped_clock()
    table = dict(allowed())
    routes = build_routes("Dinas Sosial")
    # What the table calls open to all must be open to all in the program too, or a right has changed unseen.
    for dialog in routes.dialogs.values():
        letters = "".join(letter for letter, role in ROLES.items() if (role or "stranger") in dialog.roles)
        assert table.get(dialog.name, "ocsft") == letters, f"{dialog.name}: {letters}"
    tried = breaches = opened = 0
    with FarSide(clock) as far:
        house = House(folder, far, clock)
        await house.boot()
        await house.app.database.write(settle_roles)
        before = await house.app.database.read(changed_tables)
        for who, letter in enumerate(ROLES, 1):
            asked = [(f"/{word}", COMMANDS[word]) for word in COMMANDS]
            if actions:
                asked += [(f"!{name}.1", table.get(name, "ocsft")) for name in routes.dialogs]
            for what, roles in asked:
                if letter in roles and what.startswith("!"):
                    continue  # what it does then is for the tests of each action
                (far.say(who, what) if what.startswith("/") else far.tap(who, 1, what))
                await house.hear()
                tried += 1
                name = what.strip("/!").partition(".")[0]
                open_now = await house.app.database.read(_open_dialog, who)
                said = far.heard[who][-1].text
                away = "bukan untuk tugas" in said or "Untuk mulai, bagikan nomor" in said
                opened += letter in roles and not away
                breaches += letter not in roles and (open_now == name or not away)
                if letter in roles and letter != "x":
                    assert not away, f"{ROLES[letter]} may not {what}"
                far.say(who, "batal")
                await house.hear()
        after = await house.app.database.read(changed_tables)
        await house.stop()
    changed = [name for name in before if before[name] != after[name] and name not in ("audit",)]
    assert breaches == 0
    assert changed == []
    return f"{tried} tries over {len(ROLES)} roles, {opened} let in, {breaches} breaches, tables changed: {changed}"


def _open_dialog(db: Connection, who: int) -> str | None:
    row = db.execute("SELECT name FROM dialogs WHERE chat = ?", (f"telegram:{who}",)).fetchone()
    return str(row[0]) if row else None


async def test_two_hundred_updates_thrice(tmp_path: Path) -> None:
    """Two hundred: enough to notice at every run of the suite."""
    assert "redeliveries: 0" in await redelivery(tmp_path, 200)


async def test_each_role_may_do_its_own_commands(tmp_path: Path) -> None:
    """The table of the README, and nothing else."""
    assert "0 breaches" in await rights(tmp_path, actions=False)
