"""How a message is laid out on a channel: choices as buttons, a list, numbers or pages; long text as several parts."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels import markup
from bot.message import Capabilities, Choice, Form, Message
from bot.text import Span, Text

PREVIOUS = "◂ Sebelumnya"
NEXT = "Lainnya ▸"
NO_TEXT = "Silakan pilih:"

# The button of a question: ?<ref>.<turn>.<option>. Only these turn pages: the turn answers "#<page>" as an option.
_QUESTION = re.compile(r"(\?[^.]+\.\d+)\.")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of the choices is shown: as what, on which page, and the lines that are printed under the text."""

    form: Form
    choices: tuple[Choice, ...] = ()
    printed: tuple[str, ...] = ()
    page: int = 0


def plan(message: Message, can: Capabilities) -> tuple[Message, ...]:
    """Return the messages to send, in order, each within the channel's limits and each one call; none if it is empty.

    Choices and ask stand on the last. Labels are final: show them as they are. `form` "numbers" says that the choices
    are in the text alone and get no buttons. Lay a message out once: a second time would print its numbers again.
    """
    if message.venue is not None:
        if can.venues and (can.mixed or not message.choices):
            return (message,)
        message = replace(message, venue=None)  # its text says where it is
    shown = _show_choices(message, can)
    text = _normal(message.text)
    if not text.plain.strip() and (shown.choices or message.ask):
        text = Text.of(NO_TEXT)
    if shown.printed:
        text = text + "\n" + "\n".join(shown.printed)
    page = shown.page if shown.choices else message.page
    last = replace(message, text=text, choices=shown.choices, form=shown.form, page=page)
    if message.file is None:
        return _in_parts(last, can)
    if markup.length(text) <= can.caption and not message.ask and shown.form != "list":
        return (last,)
    # The file first: what is asked stays at the bottom of the chat, next to the keyboard.
    return Message(Text(), file=message.file), *_in_parts(replace(last, file=None), can)


def _in_parts(message: Message, can: Capabilities) -> tuple[Message, ...]:
    parts = split(message.text, can.text)
    if not parts:
        return ()
    if can.body and (message.ask or (message.choices and message.form != "numbers")):
        parts = *parts[:-1], *_tail(parts[-1], can.body)
    if parts == (message.text,):
        return (message,)
    return *(Message(part) for part in parts[:-1]), replace(message, text=parts[-1])


def _tail(text: Text, limit: int) -> tuple[Text, ...]:
    """Cut off a last part of at most `limit` units for the choices; what stands before it stays whole."""
    pieces = split(text, limit)
    if len(pieces) < 2:
        return pieces
    head = len(text.plain.rstrip()) - len(pieces[-1].plain)
    return _stripped(_slice(text, 0, head)), pieces[-1]


def _show_choices(message: Message, can: Capabilities) -> _Shown:
    """Decide between buttons, a list, pages and numbers."""
    choices = tuple(Choice(choice.id, markup.one_line(choice.label)) for choice in message.choices)
    if not choices:
        return _Shown("buttons")
    if message.ask and not can.mixed:
        return _Shown("numbers", choices, _numbered(choices, 1))
    most = max(can.buttons, can.list_rows)
    paged = len(choices) > most
    turner = _turner(choices) if paged else None
    if paged and turner is None:
        return _Shown("numbers", choices, _numbered(choices, 1))
    bounds = _pages(len(choices), most)
    page = min(max(message.page, 0), len(bounds) - 1)
    start, end = bounds[page]
    here = choices[start:end]
    longest = max(markup.units(choice.label) for choice in here)
    form, limit = _form_of(len(here), longest, can, paged=paged)
    clear = longest <= limit and len({choice.label for choice in here}) == len(here)
    printed = _numbered(here, start + 1) if not clear or message.form == "numbers" else ()
    if not clear:
        here = tuple(
            replace(choice, label=_shortened(f"{number}. {choice.label}", limit))
            for number, choice in enumerate(here, start + 1)
        )
    if turner is not None and page > 0:
        here = (*here, Choice(f"{turner}.#{page - 1}", PREVIOUS))
    if turner is not None and page < len(bounds) - 1:
        here = (*here, Choice(f"{turner}.#{page + 1}", NEXT))
    return _Shown(form, here, printed, page)


def _form_of(count: int, longest: int, can: Capabilities, *, paged: bool) -> tuple[Form, int]:
    """Return the form that fits so many choices best, by their longest label, and how long a label may be in it."""
    few = not paged and count <= can.buttons
    # Too long for a button, but not for a row: the list saves printing the labels.
    better_as_list = can.button_label < longest <= can.list_label
    if not can.list_rows or (few and not better_as_list):
        return "buttons", can.button_label
    return "list", can.list_label


def _pages(count: int, most: int) -> list[tuple[int, int]]:
    """Cut `count` choices into pages of at most `most` rows, page turners included; return (start, end) of each."""
    if count <= most:
        return [(0, count)]
    bounds, start = [], 0
    while start < count:
        room = most - (1 if start else 0)
        end = count if count - start <= room else start + max(1, room - 1)
        bounds.append((start, end))
        start = end
    return bounds


def _turner(choices: Sequence[Choice]) -> str | None:
    """Return what the page turners' ids start with; None where the choices are not those of a question."""
    found = [_QUESTION.match(choice.id) for choice in choices]
    return found[0][1] if found[0] and all(found) else None


def _numbered(choices: Sequence[Choice], first: int) -> tuple[str, ...]:
    return tuple(f"{number}. {choice.label}" for number, choice in enumerate(choices, first))


def _shortened(label: str, limit: int) -> str:
    if markup.units(label) <= limit:
        return label
    end = min(len(label), limit)
    while end and markup.units(label[:end]) > limit - 1:
        end -= 1
    return label[: _whole(label, end)].rstrip() + "…"


def _normal(text: Text) -> Text:
    """Return the text as it will be shown: without what cannot be seen, and a link without words as its address."""
    spans = [Span(markup.clean(one.text) or markup.clean(one.url), one.style, one.url) for one in text.spans]
    return Text(tuple([span for span in spans if span.text]))


def split(text: Text, limit: int) -> tuple[Text, ...]:
    """Cut the text into parts of at most `limit` UTF-16 units: at a paragraph, a line, a word, or where it must be."""
    rest = _stripped(text)
    parts = []
    while markup.length(rest) > limit:
        cut = _cut(rest, limit)
        head = _stripped(_slice(rest, 0, cut))
        if head:
            parts.append(head)
        rest = _stripped(_slice(rest, cut, len(rest.plain)))
    return (*parts, rest) if rest else tuple(parts)


def _cut(text: Text, limit: int) -> int:
    """Return where the longest part ends that fits; a break in its first quarter is no good place."""
    whole, used, reach = text.plain, 0, 0
    for unit in (unit for span in text.spans for unit in markup.cost(span)):
        used += unit
        if used > limit:
            break
        reach += 1
    for mark in ("\n\n", "\n", " "):
        found = whole.rfind(mark, 0, reach + 1)
        if found > reach // 4:
            return found
    return _whole(whole, max(1, reach))


def _whole(text: str, end: int) -> int:
    """Move a cut back so that it parts no letter from its accent and no emoji from its joiner or its skin."""
    moved = end
    while 0 < moved < len(text) and _clings(text, moved):
        moved -= 1
    return moved or end


def _clings(text: str, place: int) -> bool:
    character, before = text[place], text[place - 1]
    if before == "\u200d" or character == "\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    if _is_flag(character) and _is_flag(before):
        run = len(text[:place]) - len(text[:place].rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
        return run % 2 == 1
    return unicodedata.category(character).startswith("M")


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _slice(text: Text, start: int, end: int) -> Text:
    """Return the characters from `start` to `end`, each in its own style."""
    spans, at = [], 0
    for span in text.spans:
        piece = span.text[max(0, start - at) : max(0, end - at)]
        if piece:
            spans.append(replace(span, text=piece))
        at += len(span.text)
    return Text(tuple(spans))


def _stripped(text: Text) -> Text:
    """Drop the white space at both ends: channels drop it too, and refuse a part of nothing else."""
    whole = text.plain
    if whole == whole.strip():
        return text
    return _slice(text, len(whole) - len(whole.lstrip()), len(whole.rstrip()))
