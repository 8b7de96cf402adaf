"""Answering a question about an event, to who asked it or for everybody; the first answer counts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.dates import show_moment
from bot.picked import choose
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import words
from handlers.events.event_desk import event_number, event_to_run, read_event_to_run
from handlers.making_sure import sure_of
from handlers.programme.ask_office import MOST_LETTERS, question_lines, short
from storage import event_files, event_questions, office
from storage.event_questions import EventQuestion
from storage.events import Event

NONE_OPEN = "Semua pertanyaan sudah dijawab."
GONE = "Pertanyaan itu tidak ada. Lihat /kegiatan."
MOST_LISTED = 10
TOLD_FOR = timedelta(days=7)
To = Literal["asker", "all"]
TO: dict[To, str] = {"asker": "Jawab ke penanya", "all": "Umumkan ke semua"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was typed, and who is to read it."""

    question_id: int
    words: str
    for_all: bool


async def read_event(chat: Chat, read: Reader) -> int:
    """Read the button."""
    return event_number(chat.arg)


def list_open(tx: Settling, event_id: int) -> None:
    """List the open questions, the oldest first, each with a button to answer it."""
    event = event_to_run(tx, event_id)
    waiting = [one for one in event_questions.questions_of(tx.db, event.id) if one.answer is None]
    if not waiting:
        raise Refused(NONE_OPEN)
    office.note(tx.db, tx.stamp, tx.me.id, "see questions", f"event:{event.id}")
    shown = [f"{one.asker}: {short(one.words, 200)}" for one in waiting[:MOST_LISTED]]
    more = f"… dan {len(waiting) - MOST_LISTED} lagi." if len(waiting) > MOST_LISTED else ""
    buttons = [action("jawab", one.id, short(one.words)) for one in waiting[:MOST_LISTED]]
    tx.say(lines([bold(f"{event.subject} · Pertanyaan"), *shown, more, "Yang mana dijawab?"]), *buttons)


async def ask_answer(chat: Chat, read: Reader) -> Answer:
    """Ask for the answer, and who is to read it."""
    event, question = await _question(chat, read)
    if question.answer is not None:
        raise Refused(answered(question, chat.zone))
    prompt = lines([question_lines(event, question), "Apa jawabannya?"])
    said = await chat.ask("words", words(prompt, most=MOST_LETTERS, least=2), about=question.id)
    to: dict[str, To] = {"asker": "asker", "all": "all"}
    asks = lines([f"Jawaban: {said}", "Yang diumumkan ke semua tidak menyebut nama penanya."])
    chosen = await chat.ask("to", choose(asks, to, lambda key: TO[key]), about=question.id)
    if chosen == "all":
        await _make_sure(chat, read, event, _for_all(event, question, said))
    return Answer(question.id, said, chosen == "all")


def save_answer(tx: Settling, given: Answer) -> None:
    """Keep the answer and send it; who comes second is told what the first one said."""
    question = event_questions.question(tx.db, given.question_id)
    if question is None:
        raise Refused(GONE)
    event = event_to_run(tx, question.event_id)
    if not event_questions.answer(tx.db, question.id, given.words, tx.me.id, tx.stamp, for_all=given.for_all):
        raise Refused(answered(question, tx.zone))
    office.note(tx.db, tx.stamp, tx.me.id, "answer question", f"event:{event.id}", f"person:{question.person_id}")
    reply = lines([bold(f"Jawaban dari Dinas · {event.subject}"), f"Tanya: {question.words}", f"Jawab: {given.words}"])
    reached = tx.notify(question.person_id, reply, kind="answer", object=f"question:{question.id}")
    told = f"✅ Terkirim ke {question.asker}." if reached else f"✅ Tersimpan; {question.asker} belum bisa dihubungi."
    if given.for_all:
        told = f"{told} {_tell_all(tx, event, question, given.words)}"
    tx.say(told, *(() if given.for_all else (action("umumkan", question.id, TO["all"]),)))


async def ask_publication(chat: Chat, read: Reader) -> int:
    """Return the question whose answer everybody is to read after all."""
    event, question = await _question(chat, read)
    if question.answer is not None and not question.for_all:
        await _make_sure(chat, read, event, _for_all(event, question, question.answer))
    return question.id


def save_publication(tx: Settling, question_id: int) -> None:
    """Tell everybody, once, what only the asker was told."""
    question = event_questions.question(tx.db, question_id)
    if question is None or question.answer is None:
        raise Refused(GONE)
    event = event_to_run(tx, question.event_id)
    if not event_questions.publish(tx.db, question.id):
        raise Refused("Tanya jawab itu sudah diumumkan ke semua.")
    office.note(tx.db, tx.stamp, tx.me.id, "publish answer", f"event:{event.id}", f"person:{question.person_id}")
    tx.say(_tell_all(tx, event, question, question.answer))


def answered(question: EventQuestion, zone: str) -> str:
    """Say who has answered the question, when, and what."""
    assert question.answered_at is not None
    when = show_moment(from_utc_text(question.answered_at), zone)
    return f"Sudah dijawab oleh {question.answered_by}, {when}: {question.answer}"


async def _question(chat: Chat, read: Reader) -> tuple[Event, EventQuestion]:
    found = await read(event_questions.question, event_number(chat.arg))
    if found is None:
        raise Refused(GONE)
    return await read_event_to_run(chat, read, found.event_id), found


async def _make_sure(chat: Chat, read: Reader, event: Event, announced: Text) -> None:
    many = len(await read(event_files.readers, event.id, "invited"))
    if sure := sure_of(many):
        await chat.confirm(lines([announced, f"Umumkan ke {many} orang?"]), TO["all"], sure=sure)


def _for_all(event: Event, question: EventQuestion, answer: str) -> Text:
    return lines([bold(f"Tanya jawab · {event.subject}"), f"Tanya: {question.words}", f"Jawab: {answer}"])


def _tell_all(tx: Settling, event: Event, question: EventQuestion, answer: str) -> str:
    """Tell everybody but the asker, each once; say how many that were."""
    others = [one for one in event_files.readers(tx.db, event.id, "invited") if one != question.person_id]
    told = sum(
        tx.notify(
            person_id,
            _for_all(event, question, answer),
            kind="qa",
            object=f"event:{event.id}",
            occurrence=str(question.id),
            lane=2,
            expires_at=tx.now + TOLD_FOR,
        )
        > 0
        for person_id in others
    )
    return f"Diumumkan ke {told} orang lain." if told else "Tidak ada orang lain yang bisa dihubungi lewat bot."


OPEN_QUESTIONS = Dialog("pertanyaan", "Pertanyaan kegiatan", read_event, list_open, EVERYONE)
ANSWER = Dialog("jawab", "Jawaban pertanyaan", ask_answer, save_answer, EVERYONE, steps=2)
PUBLISH = Dialog("umumkan", "Pengumuman jawaban", ask_publication, save_publication, EVERYONE)
