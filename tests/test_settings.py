"""The settings: every one is explained, every missing or wrong one is named, and no secret is ever repeated."""

import re
from pathlib import Path

import pytest

from bot.backup import Keeping
from bot.sealing import make_key
from bot.settings import Settings, SettingsWrong, keeping_of, read_settings

EXAMPLE = Path(__file__).parents[1] / ".env.example"
TOKEN = "123456789:AAE-canary_token_of_this_test_x"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def written(folder: Path, text: str) -> Path:
    file = folder / ".env"
    file.write_text(text)
    file.chmod(0o600)
    return file


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    """Whoever copies .env.example sees each setting once, under words that explain it."""
    lines = EXAMPLE.read_text().splitlines()
    names = [found[1] for line in lines if (found := re.match(r"([A-Z_]+)=", line))]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)
    for number, line in enumerate(lines):
        if re.match(r"[A-Z_]+=", line):
            assert lines[number - 1].startswith("#") or "=" in lines[number - 1], line


def test_the_example_works_as_it_stands(tmp_path: Path) -> None:
    """Only the token is left to fill in, and its default values are the program's own."""
    settings = read_settings(written(tmp_path, EXAMPLE.read_text()))
    bare = read_settings(written(tmp_path, "DATA_DIR=data\nOFFICE_NAME=Dinas Sosial Kabupaten Langkat\n"))
    assert settings == bare
    assert settings.telegram_token is None


def test_a_broken_file_names_every_setting_at_once(tmp_path: Path) -> None:
    """Nobody fixes one line only to be told of the next one."""
    file = written(
        tmp_path,
        "TELEGRAM_TOKEN=nonsense\nTELEGRAM_API_URL=ftp://x\nOFFICE_ZONE=Mars/Olympus\nWEB_PORT=eighty\nLOG_LEVEL=LOUD\n",
    )
    with pytest.raises(SettingsWrong) as why:
        read_settings(file)
    lines = str(why.value).splitlines()
    named = {line.partition(":")[0].partition(" ")[0] for line in lines}
    assert named == {
        "TELEGRAM_TOKEN",
        "TELEGRAM_API_URL",
        "DATA_DIR",
        "OFFICE_NAME",
        "OFFICE_ZONE",
        "WEB_PORT",
        "LOG_LEVEL",
    }
    assert "DATA_DIR is missing" in lines


def test_a_secret_is_repeated_nowhere(tmp_path: Path) -> None:
    """Neither the settings, printed, nor the error about another line show the token."""
    settings = read_settings(written(tmp_path, f"TELEGRAM_TOKEN={TOKEN}\nDATA_DIR=d\nOFFICE_NAME=Dinas\n"))
    assert TOKEN not in repr(settings)
    assert TOKEN not in str(settings.model_dump())
    for wrong in (f"TELEGRAM_TOKEN=x{TOKEN}", f"TELEGRAM_TOKEN={TOKEN}"):
        with pytest.raises(SettingsWrong) as why:
            read_settings(written(tmp_path, f"{wrong}\n"))
        assert TOKEN[-20:] not in str(why.value)


def test_backups_leave_the_machine_encrypted_or_not_at_all(tmp_path: Path) -> None:
    """A key that is none, a private one, a folder without a key or within the data: each is refused in one line."""
    private, public = make_key()
    bare = f"DATA_DIR={tmp_path}/data\nOFFICE_NAME=Dinas Sosial\n"
    wrong = {
        "BACKUP_KEY=age1abc": "BACKUP_KEY: is not a key as `backup-key` prints it",
        f"BACKUP_KEY={public},{public[:-1]}": "BACKUP_KEY: is not a key as `backup-key` prints it",
        f"BACKUP_KEY={private}": "BACKUP_KEY: holds a private key, which must not stand on this machine",
        "BACKUP_KEY=,": "BACKUP_KEY: holds no key",
        f"BACKUP_FOLDER={tmp_path}/disk": "BACKUP_FOLDER is set, so BACKUP_KEY must be",
        f"BACKUP_KEY={public}\nBACKUP_FOLDER={tmp_path}/data/b": "BACKUP_FOLDER is in DATA_DIR",
    }
    for line, says in wrong.items():
        with pytest.raises(SettingsWrong) as why:
            read_settings(written(tmp_path, bare + line))
        assert str(why.value).startswith(says)
        assert len(str(why.value).splitlines()) == 1
        assert private[20:] not in str(why.value)
    settings = read_settings(written(tmp_path, f"{bare}BACKUP_KEY={public} , {public}\nBACKUP_FOLDER={tmp_path}/disk"))
    assert keeping_of(settings) == Keeping((public, public), tmp_path / "disk")
    assert keeping_of(read_settings(written(tmp_path, bare))) == Keeping()


def test_a_file_that_everyone_can_read_is_refused(tmp_path: Path) -> None:
    """The token would be anybody's on the machine."""
    file = written(tmp_path, "DATA_DIR=d\nOFFICE_NAME=Dinas\n")
    file.chmod(0o644)
    with pytest.raises(SettingsWrong, match="chmod 600"):
        read_settings(file)


def test_the_environment_outranks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service may set one thing differently; an empty line counts as not set."""
    file = written(tmp_path, "DATA_DIR=d\nOFFICE_NAME=Dinas\nWEB_PORT=\nTELEGRAM_TOKEN=\n")
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    settings = read_settings(file)
    assert (str(settings.data_dir), settings.web_port, settings.telegram_token) == ("elsewhere", 8080, None)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """A file saved as UTF-16, as some editors do, is named instead of misread."""
    file = written(tmp_path, "")
    file.write_bytes("DATA_DIR=d".encode("utf-16"))
    with pytest.raises(SettingsWrong):
        read_settings(file)
