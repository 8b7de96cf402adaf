"""Not coming, in the person's own words: a reason asked for by the card, or typed at once, `tidak hadir, sakit`."""

import re
from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Said
from bot.routes import Wanted
from bot.settling import Settling
from bot.typed import words
from handlers.answers.answer_card import show_reason
from handlers.answers.answering import answer
from handlers.answers.invited import event_in, invitation_to_answer, own_event_to_answer
from handlers.answers.rsvp import say_answered, show_card
from storage import events, invitations

MOST = 200
NONE = "Tidak ada undangan yang menunggu jawaban. Lihat /kegiatan."
_REFUSAL = re.compile(
    r"\s*(?:saya |kami )?(?:tidak|tdk|tak|ga|gak|nggak)(?: bisa| dapat)? (?:hadir|datang|ikut)\b"
    r"[\s,.;:()-]*(?:karena |krn |sebab |alasan\S* )?(.*)",
    re.IGNORECASE | re.DOTALL,
)
_CAUSES = {
    "S": r"(?:lagi |sedang )?sakit",
    "I": r"(?:minta |mohon )?i[zj]in",
    "DL": r"(?:(?:ada |sedang )?(?:dinas|tugas) luar|dl)",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no with what was said of its reason; event 0 is the only one that waits for an answer."""

    event_id: int
    cause: str | None
    reason: str | None


def read_reason(said: str) -> tuple[str | None, str | None]:
    """Return the cause that the words begin with, and the words, unless the cause says it all."""
    text = said.strip(" \n.,;:()-")
    for cause, pattern in _CAUSES.items():
        if found := re.match(rf"{pattern}\b[\s,.;:()-]*(?:karena |krn )?", text, re.IGNORECASE):
            return cause, text[found.end() :] or None
    return None, text or None


def read_refusal(said: Said) -> Wanted | None:
    """Recognise `tidak hadir`, with or without a reason, where no card with that button is in sight."""
    found = _REFUSAL.fullmatch(said.text)
    # `tidak hadir 3s 7i` is about the members of a group; a reason has words.
    if found is None or (found[1].strip() and not re.search(r"[^\W\d_]{2}", found[1])):
        return None
    return Wanted("alasan", f"0.{found[1]}")


async def ask_reason(chat: Chat, read: Reader) -> Refusal:
    """Ask for the reason, or take the one that was typed at once."""
    event_id, typed = event_in(chat.arg)
    if event_id:
        event = await read(own_event_to_answer, event_id, chat.me.id, utc_text(chat.now))
        question = words(f"Apa alasannya tidak bisa hadir di {event.subject}?", most=MOST, least=3)
        typed = await chat.ask("reason", question)
    if len(typed) > MOST:
        raise Refused(f"Alasannya terlalu panjang, paling banyak {MOST} huruf. Mohon dipersingkat.")
    return Refusal(event_id, *read_reason(typed))


def save(tx: Settling, told: Refusal) -> None:
    """Keep the no with its reason; who had answered otherwise takes that back only by a sentence of his or her own."""
    event, before = invitation_to_answer(tx, told.event_id or _only_event(tx))
    says_more = show_reason(told.cause, told.reason) not in ("", show_reason(before.cause, before.reason))
    may_change = before.answer == "no" or not told.event_id
    if before.answer is not None and not (may_change and says_more):
        say_answered(tx, event, before)
        return
    answer(tx, event, before, "no", cause=told.cause or before.cause, reason=told.reason)
    show_card(tx, event, before)


def _only_event(tx: Settling) -> int:
    """Return the event that is meant where none was named: the only one, or the only one not answered."""
    mine = [one.id for one in events.open_events_for(tx.db, tx.me.id, tx.stamp) if one.is_out(tx.stamp)]
    answers = {one: invitations.invitation(tx.db, one, tx.me.id) for one in mine}
    waiting = [one for one, kept in answers.items() if kept is None or kept.answer is None]
    for candidates in (mine, waiting):
        if len(candidates) == 1:
            return candidates[0]
    raise Refused("Untuk kegiatan yang mana? Pilih di /kegiatan." if mine else NONE)


REASON = Dialog("alasan", "Alasan tidak hadir", ask_reason, save, steps=1)
