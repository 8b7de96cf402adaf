"""The shape of the program: who may import whom, and the habits that keep it readable."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ("bot", "handlers", "storage")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
OURS = ("bot", "handlers", "storage")

# Who may not import what; a prefix stands for everything below it. `bot.app` alone knows everything.
FORBIDDEN = {
    "storage": ("bot", "handlers", "telegram", "aiohttp", "apscheduler"),
    "handlers": (
        *("bot.app", "bot.channels", "bot.courier", "bot.turns", "bot.decisions", "bot.lanes", "bot.web", "bot.demo"),
        *("telegram", "aiohttp", "sqlite3", "aiosqlite", "apscheduler"),
    ),
    "bot.channels": ("handlers", "bot.turns", "bot.decisions", "bot.app", "bot.courier"),
    "bot.courier": ("handlers", "bot.turns", "bot.decisions", "bot.app"),
    "bot.verdicts": ("handlers", "bot.turns", "bot.decisions", "bot.app", "bot.courier"),
    "bot.chat": ("handlers", "bot.channels", "bot.turns", "bot.decisions"),
    "bot.turns": ("handlers", "bot.channels.telegram", "bot.channels.simulator"),
    "bot.documents": ("handlers", "bot.channels", "bot.chat"),
    "bot": ("handlers",),
}
KNOW_HANDLERS = ("bot.app", "bot.__main__", "bot.demo")


@cache
def trees() -> dict[str, ast.Module]:
    """Read every module once."""
    return {module: ast.parse(path.read_text()) for module, path in MODULES.items()}


def imports(module: str) -> Iterator[str]:
    """Yield the full name of everything a module imports at run time."""
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def below(name: str, prefix: str) -> bool:
    """Say whether a dotted name is the prefix or lies below it."""
    return name == prefix or name.startswith(f"{prefix}.")


def forbidden_to(module: str) -> Iterator[str]:
    """Yield what this module may not import."""
    for who, not_these in FORBIDDEN.items():
        if below(module, who) and not (who == "bot" and any(below(module, one) for one in KNOW_HANDLERS)):
            yield from not_these


def test_imports_point_one_way() -> None:
    """Handlers know the engine, the engine knows the store, and never the other way round."""
    broken = [
        f"{module} must not import {name}"
        for module in MODULES
        for name in imports(module)
        for prefix in forbidden_to(module)
        if below(name, prefix)
    ]
    assert not broken


def test_a_module_says_in_one_sentence_what_it_is_for() -> None:
    """Each module opens with a sentence."""
    opening = {module: (ast.get_docstring(tree) or "").split("\n\n")[0] for module, tree in trees().items()}
    assert not [module for module, first in opening.items() if not first.endswith(".")]


def test_only_the_clock_reads_the_time() -> None:
    """Time is handed in, or a test and a demo could not move it."""
    readers = {
        name for name, path in MODULES.items() if re.search(r"\b(datetime\.now|utcnow|time\.time)\b", path.read_text())
    }
    assert readers == {"bot.clock"}


def test_there_is_one_place_that_makes_things_last() -> None:
    """The word stands in storage/database.py alone."""
    found = {name for name, path in MODULES.items() if re.search(r"commit(?!tee)", path.read_text(), re.IGNORECASE)}
    assert found == {"storage.database"}


def test_the_bot_starts_without_what_is_heavy() -> None:
    """A library that makes documents is imported when one is made; a start has a second until its first poll."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, bot.__main__, bot.running; print(*sys.modules)"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    ).stdout.split()
    assert not {"openpyxl", "PIL", "fpdf", "matplotlib", "numpy", "pyrage"} & set(loaded)


def test_the_engine_stays_small() -> None:
    """What an author of dialogs has to understand fits in three files of 600 lines together."""
    lines = sum(len((ROOT / "bot" / name).read_text().splitlines()) for name in ("chat.py", "questions.py", "turns.py"))
    assert lines <= 600


def test_nothing_is_called_after_nothing() -> None:
    """A module's name says what it does."""
    vague = {"utils", "util", "common", "helpers", "helper", "manager", "base", "core", "misc"}
    assert not [name for name in MODULES if set(name.split(".")) & vague]


def test_nothing_is_left_for_later() -> None:
    """What is not done is an issue, not a comment."""
    assert not [name for name, path in MODULES.items() if re.search(r"\b(TODO|FIXME|XXX)\b", path.read_text())]
