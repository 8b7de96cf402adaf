"""What a transcript reads like on WhatsApp: the same, but for what WhatsApp cannot do, by the rules listed here."""

import re
from collections.abc import Iterator, Sequence

from bot.channels.layout import plan
from bot.channels.whatsapp import WhatsApp
from bot.message import Choice, Message
from bot.text import Text

RULES = {
    "said anew": "nothing that was sent can be edited: the answer to a tap is a new message",
    "not rewritten": "nothing that was sent can be edited: a card that changed by itself is left as it was",
    "asked alone": "what is asked of the phone has one button, and no other: the rest are numbers in the text",
    "laid out": "3 buttons of 20 letters or 10 rows of 24: more are pages, longer ones are numbers in the text",
}
OTHERWISE = {
    "announce_hold": "the card of a sending that was stopped keeps its buttons: its words, typed, still mean it",
    "announce_resend": "nobody is told who blocks the bot, and what is sent to them is accepted",
    "board_in_chat": "the picture is not kept fresh, and does not say so: Segarkan brings a new one",
    "broadcast": "what an edit would leave as it was is said anew",
    "schedule": "a link has no words: its address stands behind them",
    "rooms": "an old button that was edited away is still there, and is answered",
}
"""Transcripts that go another way, each with its own text in tests/transcripts/whatsapp, and why."""


def units_of(lines: Sequence[str]) -> list[list[str]]:
    """Split a transcript into what belongs together: a message with all its lines."""
    units: list[list[str]] = []
    for line in lines:
        if units and line.startswith("  "):
            units[-1].append(line)
        else:
            units.append([line])
    return units


def as_on_whatsapp(lines: Sequence[str], applied: set[str]) -> Iterator[list[list[str]]]:
    """Yield for each unit what may stand in its place, each a unit; note which rules were needed."""
    speaker = ""
    for unit in units_of(lines):
        if spoken := re.match(r"([A-Z]\w*)> ", unit[0]):
            speaker = spoken[1]
        elif unit[0].startswith("@"):
            speaker = ""
        heard = re.match(r"([A-Z]\w*)([<~])", unit[0])
        if heard is None:
            yield [unit]
            continue
        if heard[2] == "~":
            applied.add("said anew" if heard[1] == speaker else "not rewritten")
            if heard[1] != speaker:
                continue
            unit = [f"{heard[1]}<{unit[0][len(heard[0]) :]}", *unit[1:]]
        laid = _laid_out(unit)
        if unit not in laid:
            applied.add("asked alone" if "[Bagikan" in unit[-1] else "laid out")
        yield laid


def _laid_out(unit: list[str]) -> list[list[str]]:
    """Return how the message may look, with buttons of a question or of a card."""
    name, text = unit[0].split("<", 1)
    whole = "\n".join([text.removeprefix(" "), *(line.removeprefix("  ") for line in unit[1:])])
    found = re.search(r"  ((?:\(berkas [^()]+\) ?)?)((?:\[[^\[\]]+\] ?)+)$", whole)
    labels = re.findall(r"\[([^\[\]]+)\]", found[2]) if found else []
    if not found:
        return [unit]
    file, body = found[1].strip(), whole[: found.start()]
    if labels[0].startswith("Bagikan"):
        printed = [f"{number}. {label}" for number, label in enumerate(labels[1:], 1)]
        return [_written(name, "\n".join([body, *printed]), "", [f"[{labels[0]}]"])]
    body, labels = _without_numbers(body, labels)
    shown = []
    for prefix in ("?d1.1.", "!x."):
        choices = tuple(Choice(f"{prefix}{place}", label) for place, label in enumerate(labels))
        message = plan(Message(Text.of(body), choices), WhatsApp.capabilities)[-1]
        buttons = [] if message.form == "numbers" else [f"[{choice.label}]" for choice in message.choices]
        shown.append(_written(name, message.text.plain, file, buttons))
    return shown


def _without_numbers(body: str, labels: list[str]) -> tuple[str, list[str]]:
    """Take back the numbers that the transcript's own channel had printed."""
    lines = body.split("\n")
    count = next((count for count, label in enumerate(labels) if not label.startswith(f"{count + 1}. ")), len(labels))
    numbered = lines[-count:] if count else []
    if not count or not all(line.startswith(f"{place}. ") for place, line in enumerate(numbered, 1)):
        return body, labels
    return "\n".join(lines[:-count]), [line.partition(". ")[2] for line in numbered] + labels[count:]


def _written(name: str, text: str, file: str, buttons: list[str]) -> list[str]:
    tail = " ".join(([file] if file else []) + buttons)
    first, *rest = f"{text}  {tail}".rstrip().split("\n")
    return [f"{name}< {first}".rstrip(), *(f"  {line}".rstrip() for line in rest)]
