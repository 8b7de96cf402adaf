"""The command line: each command does its one thing, says so in a line, and refuses bad input with exit 2."""

import csv
import os
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import cli, free_port
from bot.settings import Settings
from bot.single import only_one
from storage import invites, people
from storage.database import Connection

FILES = Path(__file__).parent / "files"
TOKEN = "123456789:AAE-canary_token_of_this_test_x"
COMMANDS = (
    *("demo", "run", "invite", "import", "check", "backup", "backup-key", "restore", "export", "data-map"),
    *("whatsapp", "audit"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in a folder of its own, with settings that work."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    write_settings("DATA_DIR=data\nOFFICE_NAME=Dinas Sosial Langkat\n")
    mask = os.umask(0o022)  # every command sets its own
    yield tmp_path
    os.umask(mask)


def write_settings(text: str) -> None:
    Path(".env").write_text(text)
    Path(".env").chmod(0o600)


def bot(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, list(words), input=typed)


def store() -> Connection:
    db = sqlite3.connect("file:data/pkh.sqlite3?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    return db


def count(table: str) -> int:
    with closing(store()) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    """`--help` works without any settings."""
    Path(".env").unlink()
    told = bot(command, "--help")
    assert told.exit_code == 0
    assert "Usage" in told.output


@pytest.mark.parametrize(
    "words",
    [("run",), ("invite", "--role", "operator"), ("import", "x"), ("backup",), ("restore", "x"), ("export", "x")],
)
def test_broken_settings_are_all_named(words: tuple[str, ...]) -> None:
    """Every command that needs settings names each one that is missing or wrong, shows no secret, and ends with 2."""
    write_settings(f"TELEGRAM_TOKEN=x{TOKEN}\nWEB_PORT=none\n")
    told = bot(*words)
    assert told.exit_code == 2
    for name in ("TELEGRAM_TOKEN", "WEB_PORT", "DATA_DIR", "OFFICE_NAME"):
        assert name in told.output
    assert TOKEN[-15:] not in told.output
    assert "Traceback" not in told.output


def test_without_a_channel_there_is_nothing_to_run() -> None:
    """A process that nobody can reach says so and ends."""
    told = bot("run")
    assert told.exit_code == 2
    assert "TELEGRAM_TOKEN" in told.output
    assert len(told.output.strip().splitlines()) == 1


def test_an_invite_can_be_claimed() -> None:
    """The printed code is good for a week, and only digests of it are kept."""
    told = bot("invite", "--role", "operator")
    assert told.exit_code == 0
    code = re.search(r"KLAIM (\w{4}-\w{4}-\w{4})\b", told.output)
    assert code is not None
    with closing(store()) as db:
        invite = invites.claimable(db, code[1], "2024-01-01T00:00:00.000+00:00")
        assert invite is not None
        assert invite.role == "operator"
        assert code[1].replace("-", "") not in "".join(db.iterdump())


def test_an_unknown_role_is_refused() -> None:
    """The roles that there are are named."""
    told = bot("invite", "--role", "king")
    assert told.exit_code == 2
    assert "operator, coordinator, supervisor, facilitator, tksk" in told.output
    assert count("invites") == 0


def test_a_roster_is_shown_then_applied() -> None:
    """Nothing is applied before yes; the same file again has nothing to apply."""
    Path("r.csv").write_text(
        "Nama;No HP;Peran;Kecamatan\nSiti;081200000011;TKSK;Stabat\nBudi;081200000012;TKSK;Babalan\n"
    )
    told = bot("import", "r.csv", typed="n\n")
    assert "Baru 2 · berubah 0 · sama 0 · tidak ada di berkas 0" in told.output
    assert (told.exit_code, count("persons")) == (0, 0)
    told = bot("import", "r.csv", typed="y\n")
    assert (told.exit_code, count("persons")) == (0, 2)
    told = bot("import", "r.csv")
    assert "sama 2" in told.output
    assert "Nothing was applied" in told.output
    assert count("audit") == 1


def test_every_wrong_row_is_named_and_nothing_applied() -> None:
    """A good row beside wrong ones is not applied either."""
    told = bot("import", "--yes", str(FILES / "roster-bad.xlsx"))
    assert told.exit_code == 2
    assert [line for line in told.output.splitlines() if line.startswith("Baris")][:2] == [
        "Baris 6: nama kosong.",
        'Baris 7: No HP "12345" bukan satu nomor ponsel; contoh yang benar 081234567890.',
    ]
    assert count("persons") == 0


@pytest.mark.parametrize("file", ["letter.pdf", "none.xlsx", "."])
def test_what_is_no_roster_is_refused(file: str) -> None:
    """A file of another kind, none at all, a folder: one line each."""
    told = bot("import", str(FILES / file))
    assert told.exit_code == 2
    assert "Traceback" not in told.output
    assert len(told.output.strip().splitlines()) == 1


def test_the_last_operator_stays(folder: Path) -> None:
    """A file that would take the role from the only operator is refused."""
    Path("o.csv").write_text("Nama,No HP,Peran,Kecamatan\nRahma,081200000001,Operator,\n")
    Path("t.csv").write_text("Nama,No HP,Peran,Kecamatan\nRahma,081200000001,TKSK,Stabat\n")
    assert bot("import", "--yes", "o.csv").exit_code == 0
    told = bot("import", "--yes", "t.csv")
    assert told.exit_code == 2
    assert "operator" in told.output
    with closing(store()) as db:
        assert [one.role for one in people.people_in_roles(db, "operator", "tksk")] == ["operator"]


def test_check_says_each_thing_in_a_line() -> None:
    """What is wrong has a cross, and makes the exit 1."""
    bot("invite", "--role", "operator")
    told = bot("check")
    assert told.exit_code == 1
    lines = told.output.splitlines()
    assert all(line[0] in "✓✗" for line in lines)
    assert [line for line in lines if line[0] == "✗"] == [
        "✗ backup: BACKUP_KEY is not set, so none is made at night; run: python -m bot backup-key",
        "✗ telegram: TELEGRAM_TOKEN is not set, and no other channel is on",
    ]
    assert any(line.startswith("✓ database: whole") for line in lines)
    write_settings("WEB_PORT=none\n")
    told = bot("check")
    assert told.exit_code == 1
    assert [line.partition(" is")[0] for line in told.output.splitlines()[:2]] == [
        "✗ settings: DATA_DIR",
        "✗ settings: OFFICE_NAME",
    ]


def test_check_sees_a_damaged_database() -> None:
    """A page of nonsense in the file is found."""
    bot("invite", "--role", "operator")
    path = Path("data/pkh.sqlite3")
    content = bytearray(path.read_bytes())
    content[4096 * 3 : 4096 * 5] = b"\xff" * 8192
    path.write_bytes(content)
    told = bot("check")
    assert told.exit_code == 1
    assert "✗ database" in told.output


def test_saved_lost_and_restored() -> None:
    """Backup, disaster, restore: the roster is there again; a second restore needs --force."""
    Path("r.csv").write_text("Nama;No HP;Peran;Kecamatan\nSiti;081200000011;TKSK;Stabat\n")
    bot("import", "--yes", "r.csv")
    assert bot("backup", "b.tar.gz").exit_code == 0
    assert bot("backup", "b.tar.gz").exit_code == 2
    for path in Path("data").glob("pkh*"):
        path.unlink()
    assert bot("restore", "b.tar.gz").exit_code == 0
    assert count("persons") == 1
    told = bot("restore", "b.tar.gz")
    assert told.exit_code == 2
    assert "--force" in told.output
    assert bot("restore", "--force", "b.tar.gz").exit_code == 0
    assert bot("restore", "--force", "r.csv").exit_code == 2
    assert count("persons") == 1
    told = bot("backup")
    assert "data/backups/pkh-bot-" in told.output
    assert "not encrypted" in told.output


def test_encrypted_lost_and_restored_with_the_key(folder: Path) -> None:
    """The key is made, its public half set, the backup leaves the machine, and the private half brings it back."""
    disk = folder / "disk"
    disk.mkdir()
    told = bot("backup-key")
    Path("key.txt").write_text(told.stdout)  # as `> key.txt` would on a stick
    public = re.search(r"\nThe line for .env on this machine: BACKUP_KEY=(age1\w+)\n", told.output)
    assert public is not None
    assert "AGE-SECRET-KEY" not in told.stderr
    write_settings(f"DATA_DIR=data\nOFFICE_NAME=Dinas Sosial\nBACKUP_KEY={public[1]}\nBACKUP_FOLDER={disk}\n")
    bot("invite", "--role", "operator")
    told = bot("backup")
    assert told.exit_code == 0
    assert "restored on trial" in told.output
    assert "not encrypted" not in told.output
    (archive,) = disk.iterdir()
    for path in Path("data").glob("pkh*"):
        path.unlink()
    private = Path("key.txt").read_text().splitlines()[-1]
    for words, typed, says in (
        (("restore", str(archive)), "nonsense\n", "that is no private key"),
        (("restore", "--key", "none.txt", str(archive)), "", "none.txt: No such file"),
        (("restore", "--key", ".env", str(archive)), "", "that is no private key"),
        (("restore", "none.age"), "", "none.age is no file"),
    ):
        told = bot(*words, typed=typed)
        assert told.exit_code == 2
        assert says in told.output
        assert private not in told.output
    assert bot("restore", "--key", "key.txt", str(archive)).exit_code == 0
    told = bot("restore", str(archive))
    assert "--force moves it aside" in told.output  # before the key is asked for
    assert "Private key" not in told.output
    told = bot("restore", "--force", str(archive), typed=f"{private.lower()}\n")
    assert told.exit_code == 0
    assert private[20:].lower() not in told.output.lower()
    assert count("invites") == 1
    assert not [path for path in Path("data").rglob("*") if path.is_file() and b"AGE-SECRET" in path.read_bytes()]


def test_check_says_where_backups_go(folder: Path) -> None:
    """Without a folder they stand on this machine; one that is not there, or on the same disk, is named."""
    public = bot("backup-key").stdout.partition("BACKUP_KEY=")[2].split()[0]
    bot("invite", "--role", "operator")

    def checked(more: str) -> str:
        write_settings(f"DATA_DIR=data\nOFFICE_NAME=Dinas Sosial\nBACKUP_KEY={public}\n{more}")
        return bot("check").output

    assert "✗ backup: stands on this machine alone; set BACKUP_FOLDER" in checked("")
    assert f"✗ backup: {folder}/disk is not there" in checked(f"BACKUP_FOLDER={folder}/disk\n")
    (folder / "disk").mkdir()
    assert f"✓ backup: {folder}/disk is on the disk of DATA_DIR" in checked(f"BACKUP_FOLDER={folder}/disk\n")
    assert bot("backup").exit_code == 0


def test_exported_records_hold_no_formula_and_no_secret(folder: Path) -> None:
    """Every record is in a file; nothing in it is calculated; invites, codes and the office's secret are not in it."""
    told = bot("invite", "--role", "operator")
    code = told.output.partition("KLAIM ")[2][:14]
    Path("r.csv").write_text("Nama;No HP;Peran;Kecamatan\n=1+2 Siti;081200000011;TKSK;Stabat\n")
    bot("import", "--yes", "r.csv")
    told = bot("export", "out")
    assert told.exit_code == 0
    with Path("out/persons.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["phone"] for row in rows] == ["'+6281200000011"]
    written = "".join(path.read_text() for path in Path("out").iterdir())
    with closing(store()) as db:
        assert db.execute("SELECT secret FROM office").fetchone()[0] not in written
        assert [row["action"] for row in db.execute("SELECT action FROM audit")] == ["invite", "import", "export"]
    assert code not in written
    for path in Path("out").iterdir():
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))], path
    assert bot("export", "out").exit_code == 2


def test_commands_that_need_the_folder_to_themselves_say_so() -> None:
    """A second process does not write beside another one, and hears so in one line."""
    bot("invite", "--role", "operator")
    bot("backup", "b.tar.gz")
    with only_one(Path("data")):
        for words in (("restore", "--force", "b.tar.gz"), ("invite", "--role", "operator")):
            told = bot(*words)
            assert told.exit_code == 2
            assert "running" in told.output
        assert bot("backup", "c.tar.gz").exit_code == 0
    assert count("invites") == 1


def test_a_taken_port_gives_way_to_a_free_one() -> None:
    """The demo starts even where 8080 is taken."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port("127.0.0.1", taken.getsockname()[1]) == 0
    assert free_port("127.0.0.1", 0) == 0


def test_the_audit_is_looked_through_on_the_command_line(folder: Path) -> None:
    """Whole, it says its head; with a line changed or a head that is gone, it says where and ends with 1."""
    assert bot("audit", "verify").exit_code == 2  # there is nothing yet
    bot("invite", "--role", "operator")
    bot("invite", "--role", "tksk")
    told = bot("audit", "verify")
    assert told.exit_code == 0
    kept = told.output.partition("head ")[2].split()[0]
    assert "2 lines, whole since" in told.output
    assert bot("audit", "verify", "--head", kept).exit_code == 0
    saved = bot("backup", "b.tar.gz")
    assert f"head in it: {kept}" in saved.output
    told = bot("audit", "verify", "--head", kept, "--head", "2-0000000000000000")
    assert told.exit_code == 1
    assert "2-0000000000000000: is not a line" in told.output
    with closing(sqlite3.connect("data/pkh.sqlite3", isolation_level=None)) as db:
        db.execute("DROP TRIGGER audit_keeps_its_past")
        db.execute("UPDATE audit SET object = 'role:tksk' WHERE id = 1")
        assert [row[0] for row in db.execute("SELECT action FROM audit")] == ["invite", "invite", "backup"]
    told = bot("audit", "verify")
    assert told.exit_code == 1
    assert "broken at line 1" in told.output


def test_whose_data_was_touched_is_written_on_the_command_line(folder: Path) -> None:
    """For the span that is asked for; to write it leaves a line as well, and a name that fits nobody is explained."""
    Path("r.csv").write_text("Nama;No HP;Peran;Kecamatan\nSiti Aminah;081200000011;TKSK;Stabat\n")
    bot("import", "--yes", "r.csv")
    bot("export", "out")
    today = ("--from", "2000-01-01", "--to", "2099-12-31")
    told = bot("audit", "touched", *today, "--out", "jejak.xlsx")
    assert told.exit_code == 0, told.output
    assert "2 deeds touched the data of 1 people" in told.output
    assert Path("jejak.xlsx").stat().st_mode & 0o777 == 0o600
    assert bot("audit", "touched", *today, "--out", "jejak.xlsx").exit_code == 2  # nothing is written over
    assert bot("audit", "touched", "--from", "kemarin", "--to", "2099-12-31").exit_code == 2
    assert "those who have left a line: nobody" in bot("audit", "touched", *today, "--by", "Rahma").output
    with closing(store()) as db:
        rows = [tuple(row) for row in db.execute("SELECT action, object, detail FROM audit ORDER BY id DESC LIMIT 1")]
    assert rows == [("export audit", "all", "2000-01-01..2099-12-31")]
