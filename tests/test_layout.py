"""The same message on each channel: buttons, lists, numbers, pages, and long text in parts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.layout import NEXT, NO_TEXT, PREVIOUS, plan, split
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.message import Attachment, Capabilities, Choice, Message, Venue
from bot.text import Span, Text, bold, code

TELEGRAM = Telegram.capabilities
WHATSAPP = Capabilities(text=1024, caption=1024, buttons=3, list_rows=10, button_label=20, list_label=24)
CHANNELS = pytest.mark.parametrize("can", [TELEGRAM, WHATSAPP], ids=["telegram", "whatsapp"])
LETTER = Attachment("0" * 64, "surat.pdf")


def asked(*labels: str, text: str = "Kelompok mana?") -> Message:
    return Message(Text.of(text), tuple(Choice(f"?d1f.3.g{place}", label) for place, label in enumerate(labels)))


def offered(*labels: str, text: str = "Mohon konfirmasi.") -> Message:
    return Message(Text.of(text), tuple(Choice(f"!rsvp.{i}", label) for i, label in enumerate(labels)))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@CHANNELS
def test_a_few_short_choices_are_buttons(can: Capabilities) -> None:
    """Hadir, Tidak hadir, Diwakili are buttons everywhere."""
    message = offered("Hadir", "Tidak hadir", "Diwakili")
    assert plan(message, can) == (message,)


def test_a_place_is_a_point_on_the_map_or_words_with_a_link() -> None:
    """Where a channel has maps the venue goes as it is; elsewhere its words do. Both survive the outbox."""
    place = Message(Text.of("📍 Aula"), venue=Venue("Aula", "Lihat di peta", 3.5796, 98.6748))
    assert Message.from_json(place.to_json()) == place
    assert plan(place, TELEGRAM) == (place,)
    assert plan(place, WHATSAPP) == (Message(Text.of("📍 Aula")),)


def test_more_choices_are_a_list_where_there_is_one() -> None:
    """Four groups are a list on WhatsApp, and buttons on Telegram."""
    message = asked("Melati", "Mawar", "Anggrek", "Kenanga")
    assert [one.form for one in plan(message, WHATSAPP)] == ["list"]
    assert [one.form for one in plan(message, TELEGRAM)] == ["buttons"]


def test_a_label_too_long_for_a_button_makes_a_list() -> None:
    """ "Terlaksana, semua hadir" has 23 letters: no WhatsApp button, but a row."""
    (laid,) = plan(offered("Terlaksana, semua hadir", "Ada yang tidak hadir", "Tidak terlaksana"), WHATSAPP)
    assert laid.form == "list"
    assert laid.choices[0].label == "Terlaksana, semua hadir"


@pytest.mark.parametrize(
    ("can", "first"), [(TELEGRAM, "1. Ada yang tidak hadir karena sakit at…"), (WHATSAPP, "1. Ada yang tidak h…")]
)
def test_labels_too_long_for_everything_become_numbers(can: Capabilities, first: str) -> None:
    """The whole labels stand in the text, the buttons carry the numbers."""
    (laid,) = plan(offered("Ada yang tidak hadir karena sakit atau berduka", "Batal"), can)
    assert laid.text.plain == "Mohon konfirmasi.\n1. Ada yang tidak hadir karena sakit atau berduka\n2. Batal"
    assert [choice.label for choice in laid.choices] == [first, "2. Batal"]
    assert laid.form == "buttons"


@CHANNELS
def test_labels_that_are_alike_are_numbered(can: Capabilities) -> None:
    """WhatsApp refuses two equal titles, and nobody could tell them apart."""
    (laid,) = plan(asked("Melati", "Melati"), can)
    assert [choice.label for choice in laid.choices] == ["1. Melati", "2. Melati"]


@CHANNELS
def test_numbers_on_request_are_printed_and_the_buttons_stay(can: Capabilities) -> None:
    """After two misses the choices are also lines, as short as they are."""
    message = asked("Ya", "Tidak", text="Benar?")
    (laid,) = plan(Message(message.text, message.choices, form="numbers"), can)
    assert laid.text.plain == "Benar?\n1. Ya\n2. Tidak"
    assert (laid.form, laid.choices) == ("buttons", message.choices)


def test_the_pages_of_a_question() -> None:
    """WhatsApp shows ten rows: nine groups and a way on, then a way back as well."""
    message = asked(*(f"Kelompok {number}" for number in range(1, 24)))
    pages = [plan(Message(message.text, message.choices, page=page), WHATSAPP)[0] for page in range(3)]
    assert [len(page.choices) for page in pages] == [10, 10, 7]
    assert {page.form for page in pages} == {"list"}
    assert pages[0].choices[-1] == Choice("?d1f.3.#1", NEXT)
    assert pages[1].choices[-2:] == (Choice("?d1f.3.#0", PREVIOUS), Choice("?d1f.3.#2", NEXT))
    assert pages[2].choices[-1] == Choice("?d1f.3.#1", PREVIOUS)


def test_a_page_that_is_not_there_is_the_last() -> None:
    """The groups may have become fewer since the button was made."""
    message = asked(*(f"Kelompok {number}" for number in range(1, 24)))
    (laid,) = plan(Message(message.text, message.choices, page=9), WHATSAPP)
    assert laid.page == 2


def test_numbers_go_on_over_the_pages() -> None:
    """A typed number means the same choice on every page."""
    message = asked(*(f"Kelompok {number}" for number in range(1, 24)))
    (laid,) = plan(Message(message.text, message.choices, form="numbers", page=1), WHATSAPP)
    assert laid.text.plain.split("\n")[1] == "10. Kelompok 10"


def test_too_many_actions_are_numbers_in_the_text() -> None:
    """A card's buttons have no question that could turn its pages: all of them are printed, none is a button."""
    (laid,) = plan(offered(*(f"Sesi {number}" for number in range(1, 12))), WHATSAPP)
    assert laid.form == "numbers"
    assert laid.text.plain.endswith("\n11. Sesi 11")
    assert len(laid.choices) == 11


@given(st.integers(0, 120), st.sampled_from([TELEGRAM, WHATSAPP]))
def test_every_choice_is_on_exactly_one_page(count: int, can: Capabilities) -> None:
    """Turning the pages from the first to the last shows each choice once, within the channel's number."""
    message = asked(*(f"Pilihan {number}" for number in range(count)))
    seen, page, more = [], 0, True
    while more:
        (laid,) = plan(Message(message.text, message.choices, page=page), can)
        assert len(laid.choices) <= max(can.buttons, can.list_rows)
        seen += [choice for choice in laid.choices if "#" not in choice.id]
        more = any(choice.label == NEXT for choice in laid.choices)
        page += 1
    assert tuple(seen) == message.choices


def test_long_text_is_cut_at_a_paragraph_with_the_choices_last() -> None:
    """What is tapped stands at the bottom of the chat."""
    body = "a" * 600 + "\n\n" + "b" * 600
    first, last = plan(Message(Text.of(body), (Choice("!a", "Ya"),), ask="location"), WHATSAPP)
    assert (first, last.text.plain) == (Message(Text.of("a" * 600)), "b" * 600)
    assert (last.choices, last.ask) == ((Choice("!a", "Ya"),), "location")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 30 + "\n" + "b" * 30, ["a" * 30, "b" * 30]),
        ("satu dua tiga empat lima enam tujuh delapan", ["satu dua tiga empat lima enam tujuh", "delapan"]),
        ("a" * 90, ["a" * 40, "a" * 40, "a" * 10]),
        ("😀" * 30, ["😀" * 20, "😀" * 10]),
        ("e" * 39 + "é" * 3, ["e" * 39 + "é", "éé"]),
        ("a" * 39 + "e\u0301x", ["a" * 39, "e\u0301x"]),
        ("a" * 35 + "👩🏽\u200d🌾", ["a" * 35, "👩🏽\u200d🌾"]),
        ("a" * 37 + "🇮🇩", ["a" * 37, "🇮🇩"]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_where_text_is_cut(text: str, parts: list[str]) -> None:
    """At a line, a word, or between letters as people see them."""
    assert [part.plain for part in split(Text.of(text), 40)] == parts


def test_a_style_goes_on_in_the_next_part() -> None:
    """A bold run that is cut is bold on both sides."""
    first, second = split(bold("b" * 30 + " " + "c" * 20), 40)
    assert first.spans == (Span("b" * 30, "bold"),)
    assert second.spans == (Span("c" * 20, "bold"),)


@given(
    st.lists(st.builds(Span, st.text(st.sampled_from("ab \n😀e\u0301👩\u200d")), st.sampled_from(("plain", "bold")))),
    st.integers(20, 60),
)
@settings(max_examples=200)
def test_parts_fit_and_nothing_is_lost(spans: list[Span], limit: int) -> None:
    """Every part is within the limit, none is empty, and together they say all that was said."""
    text = Text(tuple(spans))
    parts = split(text, limit)
    assert all(units(part.plain.strip()) > 0 and units(part.plain) <= limit for part in parts)
    assert "".join("".join(part.plain for part in parts).split()) == "".join(text.plain.split())


@CHANNELS
def test_a_short_caption_goes_with_its_file(can: Capabilities) -> None:
    """One message, with its buttons."""
    message = Message(Text.of("Surat undangan"), (Choice("!rsvp.1", "Hadir"),), file=LETTER)
    assert plan(message, can) == (message,)


def test_a_long_caption_follows_its_file() -> None:
    """Telegram takes 1,024 units under a file: beyond, the file goes first and the text carries the choices."""
    body = "a" * 1025
    file, text = plan(Message(Text.of(body), (Choice("!rsvp.1", "Hadir"),), file=LETTER), TELEGRAM)
    assert file == Message(Text(), file=LETTER)
    assert (text.text.plain, text.file, len(text.choices)) == (body, None, 1)


def test_a_list_stands_beside_no_file() -> None:
    """WhatsApp's lists have no room for a file."""
    message = asked("A", "B", "C", "D")
    file, text = plan(Message(message.text, message.choices, file=LETTER), WHATSAPP)
    assert (file.file, text.file, text.form) == (LETTER, None, "list")


def test_the_limits_are_met_exactly() -> None:
    """4,096 units are one message on Telegram, 4,097 are two."""
    assert len(plan(Message(Text.of("a" * 4096)), TELEGRAM)) == 1
    assert len(plan(Message(Text.of("a" * 4097)), TELEGRAM)) == 2


def test_what_whatsapp_marks_add_counts() -> None:
    """The marks are part of the text there: a body of 1,024 bold letters is too long."""
    assert len(plan(Message(code("a" * 1024)), WHATSAPP)) == 2


@CHANNELS
def test_choices_without_words_get_some(can: Capabilities) -> None:
    """No channel takes buttons under nothing; and a message of nothing is none."""
    assert plan(Message(Text(), (Choice("!a", "Ya"),)), can)[0].text.plain == NO_TEXT
    assert plan(Message(Text.of("\u200b \n")), can) == ()


WA = WhatsApp.capabilities
GOLDEN = {
    "three": (
        offered("Hadir", "Tidak hadir", "Diwakili"),
        ["buttons: Mohon konfirmasi. [Hadir] [Tidak hadir] [Diwakili]"],
    ),
    "four": (offered("A", "B", "C", "D"), ["list: Mohon konfirmasi. [A] [B] [C] [D]"]),
    "label of 21": (
        offered("Terlaksana, semuanya ", "Ada yang tidak hadir!"),
        ["list: Mohon konfirmasi. [Terlaksana, semuanya] [Ada yang tidak hadir!]"],
    ),
    "label of 25": (
        offered("Desa " + "x" * 20, "B"),
        [f"buttons: Mohon konfirmasi.\n1. Desa {'x' * 20}\n2. B [1. Desa xxxxxxxxxxx…] [2. B]"],
    ),
    "eleven": (
        asked(*map(str, range(11))),
        ["list: Kelompok mana? " + " ".join(f"[{n}]" for n in range(9)) + " [Lainnya ▸]"],
    ),
    "eleven actions": (
        offered(*map(str, range(11))),
        [
            "numbers: Mohon konfirmasi.\n"
            + "\n".join(f"{n + 1}. {n}" for n in range(11))
            + " "
            + " ".join(f"[{n}]" for n in range(11))
        ],
    ),
    "asked alone": (
        Message(Text.of("Bagikan nomor."), (Choice("!a.", "Batal"),), ask="contact"),
        ["numbers: Bagikan nomor.\n1. Batal [Batal]"],
    ),
    "a letter with buttons": (
        Message(Text.of("Surat."), (Choice("!a.", "Hadir"),), LETTER),
        ["buttons: (surat.pdf) Surat. [Hadir]"],
    ),
    "a letter with a list": (
        Message(Text.of("Surat."), tuple(Choice(f"!a.{n}", str(n)) for n in range(4)), LETTER),
        ["buttons: (surat.pdf)", "list: Surat. [0] [1] [2] [3]"],
    ),
    "1,025 with a button": (
        offered("Ya", text="a" * 1000 + " " + "b" * 24),
        ["buttons: " + "a" * 1000, "buttons: " + "b" * 24 + " [Ya]"],
    ),
    "4,096 alone": (Message(Text.of("a" * 4096)), ["buttons: " + "a" * 4096]),
    "4,097 alone": (Message(Text.of("a" * 4090 + " " + "b" * 6)), ["buttons: " + "a" * 4090, "buttons: " + "b" * 6]),
}
"""What a message becomes on WhatsApp: the form of each part, its file, its text, its labels."""


@pytest.mark.parametrize("name", GOLDEN)
def test_what_becomes_of_a_message_on_whatsapp(name: str) -> None:
    """Three buttons of 20 letters, ten rows of 24, pages beyond, 1,024 beside what is asked and 4,096 alone."""
    message, parts = GOLDEN[name]
    assert [_drawn(part) for part in plan(message, WA)] == parts


def _drawn(part: Message) -> str:
    labels = "".join(f" [{choice.label}]" for choice in part.choices)
    file = f" ({part.file.name})" if part.file else ""
    return f"{part.form}:{file}{f' {part.text.plain}' if part.text.plain else ''}{labels}"
