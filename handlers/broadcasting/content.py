"""The question what is broadcast: a text, or a photo or document with its text."""

from dataclasses import dataclass
from typing import Any

from bot.labels import pick
from bot.message import Attachment, Choice, Said
from bot.questions import Done, More, NotUnderstood, Question
from bot.text import Text
from bot.typed import words

MOST_LETTERS = 900  # one message on every channel, the file's caption included
EARLIER = Choice("earlier", "Siaran terdahulu")
ASKS = Text.of("Apa isi siarannya? Ketik, atau kirim foto atau dokumen dengan keterangannya.")
CAPTION = "Sudah diterima. Apa keterangannya?"


@dataclass(frozen=True, slots=True)
class Content:
    """What is said, and the file that goes with it; no text: the earlier ones are asked for instead."""

    text: str
    file: Attachment | None = None


@dataclass(frozen=True)
class WhatToSay(Question[Content]):
    """A text with perhaps a file; kept as {"text": …, "file": [digest, name, kind]}."""

    offers_earlier: bool
    prompt: Text = ASKS
    echoes: bool = False

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return (EARLIER,) if self.offers_earlier and not partial else ()

    def says(self, partial: Any) -> Text:
        return Text.of(CAPTION) if partial else self.prompt

    def read(self, said: Said, partial: Any) -> Done | More:
        if pick(self.choices(partial), said) == EARLIER.id:
            return Done({"text": ""})
        kept = partial.get("file") if partial else None
        if said.kind in ("photo", "document") and said.files:
            if len(said.files) > 1:
                raise NotUnderstood("Satu berkas saja untuk satu siaran. Mohon kirim lagi yang dipilih.")
            file = said.files[0]
            picture = said.kind == "photo" or file.type.startswith("image/")
            kept = [
                file.digest,
                file.name or ("foto.jpg" if picture else "lampiran"),
                "photo" if picture else "document",
            ]
        elif said.kind != "text":
            raise NotUnderstood("Mohon ketik isinya, atau kirim foto atau dokumen dengan keterangannya.")
        if not said.text.strip():
            return More({"file": kept}, CAPTION)
        text = words("", most=MOST_LETTERS, least=3).reader(said.text)
        return Done({"text": text} | ({"file": kept} if kept else {}))

    def load(self, kept: Any) -> Content:
        return Content(kept["text"], Attachment(*kept["file"]) if "file" in kept else None)

    def show(self, value: Content) -> str:
        return value.text
