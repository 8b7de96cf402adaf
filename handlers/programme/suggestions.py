"""A suggestion in the person's own words on a day of an event; without the name, unless he or she gives it."""

from dataclasses import dataclass, replace
from datetime import date

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.dates import show_day
from bot.settling import Settling
from bot.text import lines
from bot.typed import words
from handlers.programme.feedback import attended, read_arg
from handlers.programme.feedback_card import write_button
from storage import feedback
from storage.feedback import MOST_TEXTS

MOST_LETTERS = 1000
ENOUGH = f"Saran Bapak/Ibu untuk hari itu sudah {MOST_TEXTS}, itu yang paling banyak. Terima kasih."
WITH_NAME = "Dikirim dengan nama Bapak/Ibu."
WITHOUT_NAME = (
    "Dikirim tanpa nama: yang disimpan hanya isi dan tanggalnya. Pesannya dihapus dari catatan bot, "
    "tetapi di HP Bapak/Ibu tetap terlihat."
)
OTHER_WAY = ""  # what stands for the tap that changes between the two; nobody can type it


@dataclass(frozen=True, slots=True)
class Words:
    """A suggestion as it was typed."""

    event_id: int
    day: str
    named: bool
    words: str


async def ask_words(chat: Chat, read: Reader) -> Words:
    """Ask for the words; one tap, before they are written, gives the name or takes it back."""
    event_id, day, named, _ = read_arg(chat.arg)
    event = await read(attended, event_id, day, chat.me.id, chat.today)
    if (await read(feedback.given, event_id, day, chat.me.id)).texts >= MOST_TEXTS:
        raise Refused(ENOUGH)
    about = f"Apa saran atau masukan untuk {event.subject}, {show_day(date.fromisoformat(day))}?"

    def question(named: bool) -> str:
        return "\n".join([about, WITH_NAME if named else WITHOUT_NAME])

    way = ("way", "Tanpa nama" if named else "Dengan nama", OTHER_WAY)
    first = replace(words(question(named), most=MOST_LETTERS, least=3), shortcuts=(way,), numbered=False)
    said = await chat.ask("words", first)
    if said == OTHER_WAY:
        named = not named
        said = await chat.ask("other", words(question(named), most=MOST_LETTERS, least=3))
    return Words(event_id, day, named, said)


def save_words(tx: Settling, said: Words) -> None:
    """Keep the suggestion, with the name or without."""
    event = attended(tx.db, said.event_id, said.day, tx.me.id, tx.today)
    if feedback.given(tx.db, event.id, said.day, tx.me.id).texts >= MOST_TEXTS:
        raise Refused(ENOUGH)
    feedback.suggest(tx.db, event.id, said.day, tx.me.id, said.words, ref=tx.ref, named=said.named)
    more = feedback.given(tx.db, event.id, said.day, tx.me.id).texts < MOST_TEXTS
    told = f"✅ Terima kasih, saran terkirim {'dengan' if said.named else 'tanpa'} nama."
    tx.say(lines([told]), *([write_button(event, said.day, named=said.named)] if more else []))


SUGGEST = Dialog("saran", "Saran dan masukan", ask_words, save_words, EVERYONE, steps=1, forgets=True)
