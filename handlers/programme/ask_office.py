"""Tanya Dinas: a question about an event to the office, and one's own questions with their answers."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.message import Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import words
from handlers.events.event_desk import event_number
from storage import event_questions, events, invitations, people
from storage.database import Connection
from storage.event_questions import EventQuestion
from storage.events import Event

MOST_OPEN = 5
MOST_LETTERS = 1000
MOST_SHOWN = 5
TAKEN_FOR = timedelta(days=7)
"""How long after the last day questions are taken."""

TOO_MANY = f"Sudah ada {MOST_OPEN} pertanyaan yang belum dijawab. Mohon tunggu jawabannya dulu."
NOT_INVITED = "Bapak/Ibu tidak ada di daftar undangan kegiatan itu. Lihat /kegiatan."
OVER = "Pertanyaan tentang kegiatan itu sudah ditutup. Mohon hubungi Dinas langsung."
NEW = "baru"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was typed; without words, only what was asked before is to be shown."""

    event_id: int
    words: str


def ask_button(event: Event) -> Choice:
    """Return the button on the event's card."""
    return action("tanya", event.id, "Tanya Dinas")


def takes_questions(event: Event, today: date) -> bool:
    """Say whether the office still takes questions about the event."""
    return event.state == "announced" and today <= date.fromisoformat(event.last_day) + TAKEN_FOR


async def ask_question(chat: Chat, read: Reader) -> Asked:
    """Ask for the question; who has asked before sees that first ("7"), and asks anew from there ("7.baru")."""
    number, _, new = chat.arg.partition(".")
    event, own = await read(_asker, event_number(number), chat.me.id)
    if own and new != NEW:
        return Asked(event.id, "")
    _check(event, own, chat.today)
    prompt = lines([bold(event.subject), "Apa yang ingin ditanyakan ke Dinas?"])
    return Asked(event.id, await chat.ask("words", words(prompt, most=MOST_LETTERS, least=5)))


def save_question(tx: Settling, asked: Asked) -> None:
    """Put the question before the operators and the committee; or show what was asked before."""
    event, own = _asker(tx.db, asked.event_id, tx.me.id)
    invitations.admit(tx.db, event.id, tx.me.id)
    if not asked.words:
        tx.say(lines([bold(f"{event.subject} · Tanya Dinas"), *_told(own, tx.zone)]), *_more(event, own, tx.today))
        return
    _check(event, own, tx.today)
    number = event_questions.ask(
        tx.db, ref=tx.ref, event_id=event.id, person_id=tx.me.id, words=asked.words, now=tx.stamp
    )
    kept = event_questions.question(tx.db, number)
    assert kept is not None
    told = [_tell(tx, event, kept, person_id) for person_id in _answerers(tx.db, event.id) if person_id != tx.me.id]
    if any(told):
        tx.say("✅ Diteruskan ke Dinas. Jawabannya dikirim ke chat ini.")
    else:
        tx.say("✅ Tersimpan, tetapi belum ada petugas Dinas yang bisa dihubungi lewat bot. Jawabannya menyusul.")


def question_lines(event: Event, asked: EventQuestion) -> Text:
    """Write the question as those who answer it read it."""
    where = f", Kecamatan {asked.district}" if asked.district else ""
    return lines([bold(f"Pertanyaan · {event.subject}"), f"Dari {asked.asker}, {asked.title}{where}:", asked.words])


def short(words: str, most: int = 40) -> str:
    """Cut a text to a line for a list."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _tell(tx: Settling, event: Event, asked: EventQuestion, person_id: int) -> int:
    card = Message(question_lines(event, asked), (action("jawab", asked.id, "Jawab"),))
    return tx.notify(person_id, card, kind="question", object=f"question:{asked.id}")


def _asker(db: Connection, event_id: int, person_id: int) -> tuple[Event, list[EventQuestion]]:
    """Return the event and what this person has asked about it. Raises Refused."""
    event = events.event(db, event_id)
    invited = invitations.invitation(db, event_id, person_id) is not None or events.belongs(db, event_id, person_id)
    if event is None or not invited:
        raise Refused(NOT_INVITED)
    return event, [one for one in event_questions.questions_of(db, event_id) if one.person_id == person_id]


def _check(event: Event, own: list[EventQuestion], today: date) -> None:
    if not takes_questions(event, today):
        raise Refused(OVER)
    if sum(one.answer is None for one in own) >= MOST_OPEN:
        raise Refused(TOO_MANY)


def _answerers(db: Connection, event_id: int) -> list[int]:
    operators = [one.id for one in people.people_in_roles(db, "operator")]
    return list(dict.fromkeys([*operators, *(person_id for person_id, _ in events.committee(db, event_id))]))


def _told(own: list[EventQuestion], zone: str) -> list[str | Text]:
    """Say what was asked and answered, the latest of it."""
    told: list[str | Text] = []
    for one in own[-MOST_SHOWN:]:
        told += [f"Tanya, {show_moment(from_utc_text(one.asked_at), zone)}: {short(one.words, 200)}"]
        told += [f"Jawab: {one.answer}" if one.answer else "Belum dijawab."]
    return told


def _more(event: Event, own: list[EventQuestion], today: date) -> list[Choice]:
    still = takes_questions(event, today) and sum(one.answer is None for one in own) < MOST_OPEN
    return [action("tanya", f"{event.id}.{NEW}", "Tanya lagi")] if still else []


ASK_OFFICE = Dialog("tanya", "Pertanyaan ke Dinas", ask_question, save_question, EVERYONE, steps=1)
