"""What the tests cover of the parts that carry the promises: lines of each, and the branches of the outcome table.

`python -m tests.prove --coverage`; it runs the tests of these parts alone, which is enough to reach the marks.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LEAST = 95.0
PARTS = {
    "inbox": ("storage/inbox.py", "bot/lanes.py"),
    "outbox": ("storage/outbox.py", "storage/delivery.py", "storage/outcomes.py"),
    "turns": ("bot/turns.py",),
    "courier": ("bot/courier.py", "bot/verdicts.py"),
    "pacer": ("bot/pacer.py",),
    "rights": ("bot/decisions.py", "bot/settling.py"),
}
OUTCOMES = ("storage/outcomes.py", "bot/channels/whatsapp_errors.py")
IN_FILES = {  # the parts of the table that stand in files which hold other things too
    "bot/verdicts.py": ("Verdicts.of", "Verdicts._judge", "Verdicts._retry", "Verdicts._throttle"),
    "bot/channels/telegram_calls.py": ("outcome_of", "_refusal", "_reason"),
}  # fmt: skip
TESTS = (
    *("test_courier", "test_outbox", "test_pacer", "test_turns", "test_telegram", "test_whatsapp"),
    *("test_whatsapp_office", "test_two_channels", "test_receipts", "test_telegram_updates", "test_posting"),
    *(
        "test_lanes",
        "test_random_walks",
        "test_feedback",
        "proofs/test_model",
        "proofs/test_hostile",
        "proofs/test_fuzz",
    ),
    "test_transcripts.py::test_chat_goes_as_written",
)


def measure() -> int:
    """Run the tests under coverage.py, print what they cover; return 1 where a mark is missed."""
    try:
        import coverage  # noqa: F401
    except ImportError:
        sys.stderr.write("coverage is not installed: pip install '.[test]'\n")
        return 2
    tests = [f"tests/{name}" if "::" in name else f"tests/{name}.py" for name in TESTS]
    with tempfile.TemporaryDirectory() as folder:
        kept, told = Path(folder) / "kept", Path(folder) / "told.json"
        which = ",".join(sorted({name for names in PARTS.values() for name in names} | set(OUTCOMES) | set(IN_FILES)))
        run = ["-m", "coverage", "run", "--branch", f"--data-file={kept}", f"--include={which}", "-m", "pytest"]
        done = subprocess.run([sys.executable, *run, "-q", "-n", "0", *tests], cwd=ROOT, check=False)
        if done.returncode:
            return 1
        report = ["-m", "coverage", "json", "-q", f"--data-file={kept}", "-o", str(told)]
        subprocess.run([sys.executable, *report], cwd=ROOT, check=True)
        files = json.loads(told.read_text())["files"]
    lines, missed_lines = _lines(files)
    branches, missed_branches = _branches(files)
    sys.stdout.write("\n".join([*lines, "", *branches, *missed_lines, *missed_branches]) + "\n")
    return int(bool(missed_lines or missed_branches))


def _lines(files: dict[str, Any]) -> tuple[list[str], list[str]]:
    said, missed = ["| part | lines | covered |", "|---|---|---|"], []
    for part, names in PARTS.items():
        found = [files[name]["summary"] for name in names]
        of, covered = (sum(one[key] for one in found) for key in ("num_statements", "covered_lines"))
        share = 100 * covered / of
        said.append(f"| {part} ({', '.join(names)}) | {of} | {share:.1f} % |")
        if share < LEAST:
            gaps = {name: files[name]["missing_lines"] for name in names if files[name]["missing_lines"]}
            missed.append(f"{part} is below {LEAST:.0f} %: {gaps}")
    return said, missed


def _branches(files: dict[str, Any]) -> tuple[list[str], list[str]]:
    of = covered = 0
    missed: list[str] = []
    parts = [(name, files[name]) for name in OUTCOMES]
    parts += [(f"{name} {one}", files[name]["functions"][one]) for name, those in IN_FILES.items() for one in those]
    for name, found in parts:
        of += found["summary"]["num_branches"]
        covered += found["summary"]["covered_branches"]
        if found["missing_branches"]:
            missed.append(f"{name}: branches never taken {found['missing_branches']}")
    return [f"branches of the outcome table: {covered} of {of}"], missed
