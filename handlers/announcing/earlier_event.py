"""Starting from an earlier event: everything it said, but for its days and the number of its letter."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.chat import Chat, Reader
from bot.dates import show_short_day
from bot.picked import choose
from bot.text import Text
from handlers.announcing.letter import Letter, LetterQuestion, keep, read_letter
from storage import events, seats
from storage.events import Audience, Event
from storage.seats import Seats

MOST = 20
NO_SEATS = Seats()
FIRST = "Kegiatan apa? Ketik perihalnya, atau tempel isi surat undangannya."


@dataclass(frozen=True, slots=True)
class Start:
    """What an announcement starts from: a letter as it was read, or an earlier event, and what that had besides."""

    letter: Letter
    audience: Audience | None = None
    file: list[list[str]] | None = None  # as an answer is kept
    point: list[float | None] | None = None
    seats: Seats = NO_SEATS

    @property
    def is_copy(self) -> bool:
        """Say whether it is an earlier event."""
        return self.audience is not None


async def ask_start(chat: Chat, read: Reader) -> Start:
    """Ask for the subject or the letter, or for the event to copy."""
    earlier = {str(one.id): one for one in await read(events.all_events, MOST)}
    question = LetterQuestion(Text.of(FIRST), chat.today, copies=bool(earlier))
    letter = await chat.ask("letter", question, given=_letter_of(chat))
    if letter is not None:
        return Start(letter)
    old = await chat.ask("earlier", choose("Kegiatan mana yang disalin?", earlier, _label))
    copied = Letter(old.subject, "", "", old.starts, old.ends or "", old.place, details=replace(old.details, number=""))
    return Start(
        copied,
        await read(events.audience_of, old.id),
        _kept_file(old),
        _kept_point(old),
        await read(seats.seats, old.id),
    )


def _letter_of(chat: Chat) -> dict[str, Any] | None:
    """Read what was typed behind the command: `/buat Rapat koordinasi, Jumat jam 9 di Aula`."""
    return keep(read_letter(chat.arg, chat.today)) if chat.arg else None


def _label(event: Event) -> str:
    return f"{event.subject} · {show_short_day(date.fromisoformat(event.first_day))}"


def _kept_point(event: Event) -> list[float | None] | None:
    return None if event.latitude is None else [event.latitude, event.longitude]


def _kept_file(event: Event) -> list[list[str]] | None:
    if event.attachment is None:
        return None
    digest, name, kind = json.loads(event.attachment)
    return [[digest, name, "image/jpeg" if kind == "photo" else "application/octet-stream"]]
