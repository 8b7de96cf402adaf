"""The guides say what the bot says: every chat, button, sentence and command quoted in them is a real one."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.__main__ import cli
from bot.settings import Settings
from handlers import build_routes

ROOT = Path(__file__).parent.parent
GUIDES = {
    name: (ROOT / "docs" / f"panduan-{name}.md").read_text()
    for name in ("kegiatan", "p2k2", "jejak", "data-pribadi", "cadangan")
}
LEFT_OUT = "…"

FENCED = re.compile(r"^```chat\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHATS = [chat for guide in GUIDES.values() for chat in FENCED.findall(guide)]
PROSE = {  # what stands in `code` is typed by people, not said by the bot
    name: re.sub(r"`[^`\n]*`", "", FENCED.sub("", guide)) for name, guide in GUIDES.items()
}
BUTTON = re.compile(r"\[([^\]\n]+)\](?!\()")
TURN = re.compile(r"[A-Z]\w*[<>~] ")


@dataclass(frozen=True)
class Turn:
    """What one person typed, or heard, or saw a card change into: `Siti< Sudah tercatat.` and the lines below."""

    lines: tuple[str, ...]

    def is_quoted_by(self, quoted: "Turn") -> bool:
        """Say whether the other is this turn, whole or with lines left out where `…` stands."""
        parts = "\n".join(quoted.lines).split(f"\n  {LEFT_OUT}\n")
        whole = "\n".join(self.lines)
        if len(parts) == 1:
            return whole == parts[0]
        between = r"\n(?:.*\n)+?".join(map(re.escape, parts))
        return re.fullmatch(between, whole) is not None


def turns_of(text: str) -> list[Turn]:
    """Read the turns of a transcript, or of a chat in the guide; comments, the clock and SQL lie between them."""
    turns: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        if TURN.match(line):
            turns.append([line])
        elif line.startswith("  ") and inside:
            turns[-1].append(line)
        inside = bool(TURN.match(line)) or (inside and line.startswith("  "))
    return [Turn(tuple(one)) for one in turns]


def occurs(quoted: list[Turn], played: list[Turn]) -> bool:
    """Say whether these turns are played in this order; others may lie between them."""
    rest = iter(played)
    return all(any(turn.is_quoted_by(one) for turn in rest) for one in quoted)


@cache
def transcripts() -> tuple[str, ...]:
    """Return every transcript as it stands."""
    return tuple(path.read_text() for path in sorted((ROOT / "tests" / "transcripts").glob("*.txt")))


@cache
def shown() -> frozenset[str]:
    """Return the labels of all the buttons that were seen."""
    return frozenset(label for one in transcripts() for label in BUTTON.findall(one))


@cache
def literals() -> frozenset[str]:
    """Return every text in the code, without docstrings: of an f-string, the parts that are always the same."""
    return frozenset(_literals())


def _literals() -> Iterator[str]:
    for folder in ("handlers", "bot"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            nodes = list(ast.walk(ast.parse(path.read_text())))
            docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
            for node in nodes:
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
                    yield node.value
    yield (ROOT / "bot" / "web" / "static" / "board.js").read_text()


@pytest.mark.parametrize("chat", CHATS)
def test_every_chat_in_the_guide_was_played(chat: str) -> None:
    """A chat that the bot no longer has must not be shown to anybody."""
    quoted = turns_of(chat)
    assert quoted
    assert any(occurs(quoted, turns_of(one)) for one in transcripts()), chat


@pytest.mark.parametrize(("guide", "many"), [("kegiatan", 40), ("p2k2", 30), ("jejak", 3)])
def test_every_button_in_the_guide_exists(guide: str, many: int) -> None:
    """Who looks for a button finds it, under this very label."""
    named = set(BUTTON.findall(PROSE[guide]))
    assert len(named) > many
    assert not named - shown() - literals()


def test_every_line_to_type_in_the_guide_is_read() -> None:
    """Who types `Pakaian: batik` at a summary fills a field that there is."""
    named = set(re.findall(r"`([A-Z][\w ]+): ", GUIDES["kegiatan"]))
    assert len(named) > 10
    assert not named - shown() - literals()


def test_every_sentence_quoted_in_the_guide_is_said() -> None:
    """What stands in “quotes” is read on a phone, a sheet or the board, letter by letter."""
    quoted = set(re.findall(r"“([^”]+)”", "\n".join(PROSE.values())))
    said = "\n".join([*transcripts(), *literals()])
    assert len(quoted) > 10
    assert not {one for one in quoted if one not in said}


@pytest.mark.parametrize(
    ("guide", "some"),
    [
        ("kegiatan", {"buat", "kegiatan", "rekap", "periksa"}),
        ("p2k2", {"kelompok", "jadwal", "p2k2", "rekap", "siaran"}),
        ("jejak", {"sistem", "profil"}),
    ],
)
def test_every_command_in_the_guide_exists(guide: str, some: set[str]) -> None:
    """Who types a command of the guide is understood."""
    known = {one.word for one in build_routes("Kantor").commands}
    named = set(re.findall(r"`/(\w+)", GUIDES[guide]))
    assert some <= named <= known


def test_a_changed_line_is_found_out() -> None:
    """The guide cannot rot: one word that the bot does not say makes its chat unknown."""
    played = turns_of(transcripts()[0])
    first = next(one for one in played if len(one.lines) > 3)
    gap = Turn((first.lines[0], f"  {LEFT_OUT}", first.lines[-1]))
    assert occurs([first], played)
    assert occurs([gap], played)
    assert not occurs([Turn((*first.lines[:-1], f"{first.lines[-1]}!"))], played)
    assert not occurs([Turn((first.lines[0], first.lines[-1]))], played)
    assert not occurs([played[1], played[0]], played[:2])


def test_every_command_line_and_setting_of_the_keeper_s_guide_exists() -> None:
    """Who stands before a broken machine with this paper types what works."""
    guide = GUIDES["cadangan"]
    commands = {one.name or one.callback.__name__.rstrip("_") for one in cli.registered_commands if one.callback}
    assert {"backup", "backup-key", "check"} <= set(re.findall(r"python -m bot ([a-z-]+)", guide)) <= commands
    settings = set(re.findall(r"\b([A-Z]+_[A-Z]+)\b", guide))
    assert {"BACKUP_KEY", "BACKUP_FOLDER"} <= settings <= {name.upper() for name in Settings.model_fields}
