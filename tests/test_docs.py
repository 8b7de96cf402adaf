"""The documents say what is true: commands, settings and the two lines that everybody starts with."""

from pathlib import Path

from bot.settings import Settings
from handlers import build_routes

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_every_command_is_in_the_readme() -> None:
    """Who adds a command, tells people."""
    missing = [one.word for one in build_routes("Kantor").commands if f"`/{one.word}" not in README]
    assert not missing


def test_every_setting_is_in_the_readme_and_in_the_example() -> None:
    """Who adds a setting, says what it is, and how it is set."""
    example = (ROOT / ".env.example").read_text()
    names = [name.upper() for name in Settings.model_fields]
    assert not [name for name in names if f"`{name}`" not in README or name not in example]


def test_the_test_command_is_the_one_that_ci_runs() -> None:
    """One command, given once."""
    command = "    python3 -m venv .venv && .venv/bin/pip install -q '.[test]' && .venv/bin/pytest\n"
    assert command in README
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_nothing_names_a_machine_or_a_package_index() -> None:
    """What is handed on runs anywhere."""
    for path in [ROOT / "pyproject.toml", ROOT / "README.md", ROOT / ".ci" / "run"]:
        assert "://" not in path.read_text().replace("https://t.me", ""), path
