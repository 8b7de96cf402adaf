"""Text as a channel writes it: Telegram's HTML, WhatsApp's marks, or bare; what was typed never becomes a mark."""

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from bot.text import Span, Text

_TAGS = {"bold": "b", "italic": "i", "code": "code"}
_MARKS = {"bold": "*", "italic": "_", "code": "```"}
_LINKABLE = ("https://", "http://", "tg://", "mailto:", "tel:")

_JOINER = "\u200d"
# Nowhere is it documented that a zero-width character keeps WhatsApp from reading a mark; a look-alike surely does.
_TWINS = str.maketrans({"*": "\u2217", "_": "\uff3f", "~": "\u223c", "`": "\u02cb"})
_MARK = re.compile(r"_+|[*~`]")
_LINE_MARK = {"> ": "\u203a ", "- ": "\u2013 "}


def clean(text: str) -> str:
    """Drop what cannot be seen: control, bidi and zero-width characters; newline, tab and joined emoji stay."""
    if text.replace("\n", "").isprintable():
        return text  # nearly every text, and looking at each character costs as much as all the rest of a turn
    kept: list[str] = []
    for place, character in enumerate(text):
        kind = unicodedata.category(character)
        if character in "\u2028\u2029":
            kept.append("\n")
        elif character == _JOINER:
            if _joins(kept, text[place + 1 : place + 2]):
                kept.append(character)
        elif kind not in ("Cc", "Cf", "Cs") or character in "\n\t":
            kept.append(character)
    return "".join(kept)


def one_line(text: str) -> str:
    """Return the cleaned text with every run of white space as one space: for labels."""
    return " ".join(clean(text).split())


def plain(text: Text) -> str:
    """Return the characters alone, without those that cannot be seen."""
    return "".join(_shown(span) for span in text.spans)


def as_html(text: Text) -> str:
    """Write the text as Telegram reads it with `parse_mode=HTML`."""
    written = []
    for span in text.spans:
        shown = escape(_shown(span), quote=False)
        if not shown or span.style == "plain":
            written.append(shown)
        elif span.style == "link":
            url = clean(span.url)
            written.append(f'<a href="{escape(url)}">{shown}</a>' if url.startswith(_LINKABLE) else shown)
        else:
            written.append(f"<{_TAGS[span.style]}>{shown}</{_TAGS[span.style]}>")
    return "".join(written)


def as_whatsapp(text: Text) -> str:
    """Write the text with WhatsApp's marks; a link shows its address, which WhatsApp makes tappable."""
    written = ""
    shown = [_shown(span) for span in text.spans]
    for place, span in enumerate(text.spans):
        following = "".join(shown[place + 1 :])[:1]
        if span.style == "link":
            label = _unmarked(shown[place], written)
            written += label if shown[place] == span.url or not span.url else f"{label}: {clean(span.url)}"
        elif span.style == "plain" or _glued(written[-1:], shown[place], following):
            # Inside a word WhatsApp shows the marks instead of the style.
            written += _unmarked(shown[place], written)
        elif span.style == "code":
            written += _wrapped(shown[place].translate({ord("`"): "\u02cb"}), _MARKS["code"])
        else:
            # A style ends at its line's end there, and a mark beside a space is not read.
            for number, line in enumerate(shown[place].split("\n")):
                written += ("\n" if number else "") + _wrapped(_unmarked(line, "."), _MARKS[span.style])
    return written


def units(text: str) -> int:
    """Return the length in UTF-16 units, in which channels count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def length(text: Text) -> int:
    """Return the text's length in UTF-16 units, with what any channel's marks add.

    Telegram counts the plain text, WhatsApp the marks too; counting the greater keeps one rule for both.
    """
    return sum(units(span.text) + _marks_of(span) for span in text.spans)


def cost(span: Span) -> Iterator[int]:
    """Yield what each character adds to the length; the marks count for the first one."""
    marks = _marks_of(span)
    for character in span.text:
        yield (2 if ord(character) > 0xFFFF else 1) + marks
        marks = 0


def _marks_of(span: Span) -> int:
    if span.style == "plain" or not span.text:
        return 0
    if span.style == "link":
        return len(span.url) + 2
    return 2 * len(_MARKS[span.style]) * (span.text.count("\n") + 1)


def _shown(span: Span) -> str:
    return clean(span.text) or (clean(span.url) if span.style == "link" else "")


def _joins(before: list[str], after: str) -> bool:
    """Tell whether a joiner stands inside an emoji, the one place where it is no disguise."""
    return bool(before and after) and (
        (unicodedata.category(before[-1]) in ("So", "Sk") or before[-1] == "\ufe0f")
        and unicodedata.category(after) == "So"
    )


def _glued(before: str, text: str, after: str) -> bool:
    """Tell whether a mark at either end would touch a letter."""
    return (_in_word(before) and not text[:1].isspace()) or (_in_word(after) and not text[-1:].isspace())


def _in_word(character: str) -> bool:
    return character.isalnum()


def _wrapped(text: str, mark: str) -> str:
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    return f"{text[:start]}{mark}{core}{mark}{text[start + len(core) :]}"


def _unmarked(text: str, before: str) -> str:
    """Put twins in the place of marks; an underscore inside a word stays, it is no mark and may be an address."""
    text = _MARK.sub(_twin, text)
    for mark, twin in _LINE_MARK.items():
        text = text.replace("\n" + mark, "\n" + twin)
        if text.startswith(mark) and (not before or before.endswith("\n")):
            text = twin + text[len(mark) :]
    return text


def _twin(found: re.Match[str]) -> str:
    whole, start, end = found.string, found.start(), found.end()
    if found[0][0] == "_" and _in_word(whole[start - 1 : start]) and _in_word(whole[end : end + 1]):
        return found[0]
    return found[0].translate(_TWINS)
