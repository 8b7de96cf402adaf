"""Whatever people type stays text: on Telegram it is escaped, on WhatsApp its marks are replaced, hidden ones go."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.markup import as_html, as_whatsapp, clean, plain
from bot.text import Span, Text, bold, code, italic, link
from tests.fakes import telegram_html

texts = st.lists(
    st.builds(
        Span,
        st.text(st.sampled_from("ab <>&\"'*_~`\n/=;#x1") | st.characters()),
        st.sampled_from(("plain", "bold", "italic", "code", "link")),
        st.just("https://example.org/?a=1&b=2"),
    )
).map(lambda spans: Text(tuple(spans)))


class Reader(HTMLParser):
    """Reads the HTML back as any reader of HTML does."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


@given(texts)
@settings(max_examples=60, deadline=None)
def test_html_read_back_is_what_was_typed(text: Text) -> None:
    """Nothing typed becomes a tag, and no character is lost or added."""
    reader = Reader()
    reader.feed(as_html(text))
    reader.close()
    assert reader.text == plain(text)
    assert reader.tags <= {"b", "i", "code", "a"}


@given(texts)
@settings(max_examples=60, deadline=None)
def test_telegram_can_parse_all_we_write(text: Text) -> None:
    """Telegram's own strict reader never refuses our entities."""
    read, _ = telegram_html.parse(as_html(text))
    assert read == plain(text).strip()


def test_html_of_each_style() -> None:
    """Each style has one tag, and an address is escaped like everything else."""
    text = "a<b " + bold("x&y") + italic("z") + code("K7M2PX") + link("peta", 'https://example.org/?a=1&b="')
    assert as_html(text) == (
        'a&lt;b <b>x&amp;y</b><i>z</i><code>K7M2PX</code><a href="https://example.org/?a=1&amp;b=&quot;">peta</a>'
    )


def test_an_address_that_is_none_is_no_link() -> None:
    """Only addresses a phone opens safely are links."""
    assert as_html(link("tekan", "javascript:alert(1)")) == "tekan"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (bold("Bimtek") + " besok", "*Bimtek* besok"),
        (bold(" Bimtek \nMedan"), " *Bimtek* \n*Medan*"),
        (italic("catatan"), "_catatan_"),
        (code("K7M2PX"), "```K7M2PX```"),
        ("lihat " + link("peta", "https://example.org/a_b"), "lihat peta: https://example.org/a_b"),
        (link("https://example.org", "https://example.org"), "https://example.org"),
        ("ke" + bold("salah") + "an", "kesalahan"),
    ],
)
def test_whatsapp_marks(text: Text, written: str) -> None:
    """Marks stand tight around the words, each line for itself, and not inside a word, where they would be shown."""
    assert as_whatsapp(text) == written


def test_typed_marks_are_no_marks_on_whatsapp() -> None:
    """A typed mark is replaced by its look-alike; an underscore within a word stays, for the sake of addresses."""
    typed = "*a* _b_ ~c~ `d` siti_aminah@example.org\n> e\n- f"
    assert as_whatsapp(Text.of(typed)) == "∗a∗ ＿b＿ ∼c∼ ˋdˋ siti_aminah@example.org\n› e\n– f"
    assert as_whatsapp(bold("2*3")) == "*2∗3*"


@given(st.text(st.sampled_from("ab *_~`\n> -")))
def test_typed_words_never_carry_a_mark_on_whatsapp(typed: str) -> None:
    """No star, tilde or backtick is left, nor a quote or bullet at a line's start."""
    written = as_whatsapp(Text.of(typed))
    assert not set("*~`") & set(written)
    assert not any(line.startswith(("> ", "- ")) for line in written.split("\n"))


def test_what_cannot_be_seen_is_dropped() -> None:
    """Control, bidi and zero-width characters go; newline, tab, emoji and their joiners stay."""
    assert clean("a\u202eb\u200bc\x00d\ufeffe\u2066f\ud800g\r\nh\ti\u2028j") == "abcdefg\nh\ti\nj"
    assert clean("👩🏽\u200d🌾 👨\u200d👩\u200d👧 🏳️\u200d🌈") == "👩🏽\u200d🌾 👨\u200d👩\u200d👧 🏳️\u200d🌈"
    assert clean("a\u200db\u200d") == "ab"


@given(st.text(st.characters()))
@settings(max_examples=50)
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    """What is clean stays as it is."""
    assert clean(clean(typed)) == clean(typed)
