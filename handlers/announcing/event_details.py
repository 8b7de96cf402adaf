"""The further fields of an official letter: how each is asked by whoever wants to fill it, and how a card shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from bot.chat import Chat
from bot.message import Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question, Skippable, T
from bot.text import Text
from bot.typed import words
from storage.event_details import Details

LEFT_OUT = "-"

Point = tuple[float, float]
"""Latitude and longitude, WGS 84."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of Details by its name there: the label on cards and in menus, what is asked, and its longest answer."""

    name: str
    label: str
    asks: str
    most: int


FIELDS = (
    Field("number", "Nomor surat", "Berapa nomor suratnya?", 100),
    Field("agenda", "Acara", "Apa acaranya? Boleh beberapa baris.", 500),
    Field("dress", "Pakaian", "Apa pakaiannya?", 150),
    Field("bring", "Perlengkapan", "Apa yang harus dibawa? Misalnya surat tugas, SPPD.", 300),
    Field("lodging", "Penginapan", "Di mana menginap?", 200),
    Field("contact", "Narahubung", "Siapa yang bisa dihubungi? Nama dan nomor HP.", 150),
    Field("notes", "Catatan", "Apa catatannya? Boleh beberapa baris.", 500),
)
ON_CARDS = (*FIELDS[1:], FIELDS[0])  # what the reader must do comes before what the file needs
EXPECTED = ("number", "contact")  # what letters have, so that its absence is worth a word


class Unasked(Skippable[T]):
    """A question that is not asked by itself: given LEFT_OUT, it waits until somebody wants to change the answer."""

    def choices(self, partial: Any) -> tuple[Any, ...]:
        return super().choices(_within(partial))

    def says(self, partial: Any) -> Text:
        return super().says(_within(partial))

    def read(self, said: Said, partial: Any) -> Done | More:
        return super().read(said, _within(partial))

    def load(self, kept: Any) -> T | None:
        return None if kept in (None, LEFT_OUT) else self.question.load(kept)


def _within(partial: Any) -> Any:
    """Return a step within the question; anything else is the answer that there was, which is not added to."""
    return partial if isinstance(partial, dict) else None


class EndTime(Unasked[time]):
    """When each day ends, if that is known: later than it starts."""

    def __init__(self, question: Question[time], starts: time) -> None:
        super().__init__(question)
        self.starts = starts

    def read(self, said: Said, partial: Any) -> Done | More:
        outcome = super().read(said, partial)
        if isinstance(outcome, Done) and outcome.value is not None and time.fromisoformat(outcome.value) <= self.starts:
            raise NotUnderstood(f"Jam selesai harus setelah {self.starts:%H.%M}. Contoh: 16.00, atau Lewati.")
        return outcome

    def load(self, kept: Any) -> time | None:
        ends = super().load(kept)
        if ends is not None and ends <= self.starts:
            raise NoLongerFits("Jam selesai mendahului jam mulai.")
        return ends


async def ask_details(chat: Chat, known: Details) -> Details:
    """Return the details: those known, and what was filled in or changed from the summary."""
    told: dict[str, str] = {}
    for field in FIELDS:
        before = getattr(known, field.name)
        question = Unasked(words(f"{field.asks} Kosongkan dengan Lewati.", most=field.most))
        answer = await chat.ask(field.name, question, label=field.label, about=before, given=before or LEFT_OUT)
        told[field.name] = answer or ""
    return Details(**told)


class Spot(Question[Point]):
    """Where the place is on the map: a location sent from the phone, one's own or any other; kept as degrees."""

    prompt = Text.of("Kirim titik lokasinya lewat tombol lampiran (Lokasi). Kosongkan dengan Lewati.")

    def read(self, said: Said, partial: Any) -> Done | More:
        if said.location is None:
            raise NotUnderstood("Mohon kirim lokasi lewat tombol lampiran, atau Lewati.")
        return Done([said.location.latitude, said.location.longitude])

    def load(self, kept: Any) -> Point:
        return kept[0], kept[1]

    def show(self, value: Point) -> str:
        return show_point(value)


def show_point(point: Point) -> str:
    """Write a point in degrees."""
    return f"{point[0]:.5f}, {point[1]:.5f}"


def detail_lines(details: Details) -> list[str]:
    """Write each field that says something on a line: "Pakaian: batik"."""
    return _labelled(details, ON_CARDS)


def letter_lines(details: Details) -> list[str]:
    """Write what was read of a letter, in its order."""
    return _labelled(details, FIELDS)


def missing(details: Details) -> list[str]:
    """Name what letters have and this one has not, in the words of a sentence."""
    return [field.label.lower() for field in FIELDS if field.name in EXPECTED and not getattr(details, field.name)]


def fitting(found: Mapping[str, str]) -> Details:
    """Take what was found under the names of fields; what is too long to be one is left out."""
    return Details(**{one.name: said for one in FIELDS if len(said := found.get(one.name, "")) <= one.most})


def _labelled(details: Details, fields: tuple[Field, ...]) -> list[str]:
    return [f"{field.label}: {value}" for field in fields if (value := getattr(details, field.name))]
