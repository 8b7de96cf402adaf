"""Catat jawaban: the office enters what somebody told it by telephone; the person sees so, and can still change it."""

from dataclasses import dataclass

from bot.chat import EVERYONE, Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.picked import yes_or_no
from bot.questions import or_skip
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import words
from handlers.answers.answer_card import CAUSES, show_answer
from handlers.answers.answering import answer
from handlers.answers.invited import event_to_answer, invitation_to_answer
from handlers.answers.refusal import MOST, read_reason
from handlers.events.event_desk import NOT_YOURS, event_number, event_to_run, is_desk
from handlers.people.who import Somebody, ask_who
from storage import invitations, office, people

NOT_INVITED = "Tidak ada undangan atas nama {}. Ketik sebagian nama lain."


@dataclass(frozen=True, slots=True)
class Phoned:
    """What was told by telephone: who, and 'yes' or 'no' with cause and reason."""

    event_id: int
    person_id: int
    given: str
    cause: str | None = None
    reason: str | None = None


async def ask_answer(chat: Chat, read: Reader) -> Phoned:
    """Ask who called, and what was said."""
    event = await read(event_to_answer, event_number(chat.arg), utc_text(chat.now))
    if not await read(is_desk, event.id, chat.me.id, chat.me.role):
        raise Refused(NOT_YOURS)
    invited = [Somebody(one.id, one.name, one.district) for one in await read(invitations.invited, event.id)]
    asks = lines([bold(event.subject), "Jawaban siapa yang dicatat? Ketik sebagian namanya."])
    chosen = await ask_who(chat, asks, invited, nobody=NOT_INVITED)
    kept = await read(invitations.invitation, event.id, chosen.id)
    before = f" Jawaban sekarang: {show_answer(kept)}." if kept and kept.answer else ""
    question = yes_or_no(f"{chosen.name} menjawab apa?{before}", "Hadir", "Tidak hadir")
    if await chat.ask("comes", question, about=chosen.id):
        return Phoned(event.id, chosen.id, "yes")
    shortcuts = [(key, told.capitalize(), told) for key, told in CAUSES.items()]
    why = or_skip(words("Apa alasannya?", most=MOST, least=3, shortcuts=shortcuts))
    reason = await chat.ask("reason", why, about=chosen.id)
    return Phoned(event.id, chosen.id, "no", *read_reason(reason or ""))


def save(tx: Settling, told: Phoned) -> None:
    """Keep the answer, and who entered it."""
    event_to_run(tx, told.event_id)
    event, before = invitation_to_answer(tx, told.event_id, told.person_id)
    answer(tx, event, before, told.given, cause=told.cause, reason=told.reason, by=tx.me.id)
    office.note(tx.db, tx.stamp, tx.me.id, "answer", f"event:{event.id}", f"{told.given} person:{told.person_id}")
    person = people.person(tx.db, told.person_id)
    assert person is not None, "people are never deleted"
    kept = invitations.invitation(tx.db, event.id, person.id)
    tx.say(f"Dicatat: {person.name}, {show_answer(kept) if kept else 'tidak mewakili lagi'}.")


PHONED = Dialog("catat-jawaban", "Jawaban lewat telepon", ask_answer, save, EVERYONE, steps=3)
