"""The office's letterhead and who signs: from its Word template, a picture, or typed once; for all that is printed."""

import re
from asyncio import to_thread
from typing import Any

from bot.chat import Chat, Dialog, Reader, Refused
from bot.documents.paper_picture import is_picture
from bot.documents.word_letterhead import WORD, NotATemplate, WordLetterhead, read_word_letterhead
from bot.message import Said
from bot.questions import Done, More, NotUnderstood, Question
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import Typed, words
from handlers.announcing.event_details import LEFT_OUT, Unasked
from handlers.events.event_desk import OPERATORS
from storage import office
from storage.letterhead import Letterhead, letterhead, set_letterhead

PICTURES = ("image/png", "image/jpeg")
MOST_LINES = 6
FIELDS = (  # name in Letterhead, label, what is asked
    ("town", "Kota", "Surat ditandatangani di kota mana? Misalnya Stabat."),
    ("title", "Jabatan", "Apa jabatan penanda tangan? Misalnya Kepala Dinas Sosial Kabupaten Langkat."),
    ("name", "Nama", "Siapa nama penanda tangan, dengan gelarnya?"),
    ("rank", "Pangkat", "Apa pangkatnya? Misalnya Pembina Utama Muda."),
)


class HeadQuestion(Question[tuple[str, str]]):
    """The letterhead: ("lines", text) as typed, ("image", digest) of a picture, or ("word", digest) of a template."""

    prompt = Text.of(
        "Kirim templat surat Dinas (Word .docx) atau gambar kop surat (PNG atau JPG), atau ketik baris-barisnya, "
        "paling banyak 6 baris."
    )

    def read(self, said: Said, partial: Any) -> Done | More:
        if said.kind in ("photo", "document"):
            file = said.files[0] if len(said.files) == 1 else None
            is_word = file is not None and (file.type == WORD or file.name.lower().endswith(".docx"))
            if file is None or not file.digest or not (is_word or file.type in PICTURES):
                raise NotUnderstood(
                    "Mohon kirim satu templat Word (.docx) atau gambar PNG atau JPG, atau ketik barisnya."
                )
            return Done(["word" if is_word else "image", file.digest])
        typed = [line.strip() for line in said.text.splitlines() if line.strip()] if said.kind == "text" else []
        if not typed or len(typed) > MOST_LINES or max(map(len, typed)) > 100:
            raise NotUnderstood("Mohon ketik 1 sampai 6 baris, masing-masing paling panjang 100 huruf.")
        return Done(["lines", "\n".join(typed)])

    def load(self, kept: Any) -> tuple[str, str]:
        return str(kept[0]), str(kept[1])

    def show(self, value: tuple[str, str]) -> str:
        return {"image": "gambar", "word": "dari templat Word"}.get(value[0]) or value[1].replace("\n", " / ")


def make_letterhead(office_name: str) -> Dialog[Letterhead]:
    """Make the dialog that asks for the letterhead; without one the office's name stands there."""

    async def ask(chat: Chat, read: Reader) -> Letterhead:
        now = await read(letterhead)
        known = ["image", now.image] if now.image else ["lines", now.lines] if now.lines else LEFT_OUT
        head = await chat.ask("head", Unasked(HeadQuestion()), label="Kop surat", given=known)
        assert chat.files is not None
        found = await _from_word(await chat.files.open(head[1])) if head and head[0] == "word" else None
        logo = now.logo if head == ("lines", now.lines) else None
        if found:
            type_ = "image/jpeg" if (found.picture or b"").startswith(b"\xff\xd8") else "image/png"
            kept = await chat.files.keep(found.picture, type_) if found.picture else None
            head = ("lines", "\n".join(found.lines)) if found.lines or not kept else ("image", kept)
            logo = kept if found.lines else None
        if head and head[0] == "image" and not await to_thread(is_picture, await chat.files.open(head[1])):
            raise Refused("Gambar itu tidak bisa dicetak. Kirim gambar PNG atau JPG biasa lewat Kop dan tanda tangan.")
        given: dict[str, str] = {}
        for name, label, asks in FIELDS:
            field = Unasked(words(f"{asks} Kosongkan dengan Lewati.", most=100))
            before = getattr(found, name, "") or getattr(now, name)
            typed = await chat.ask(name, field, label=label, given=before or LEFT_OUT)
            given[name] = typed or ""
        known_nip = found.nip if found and found.nip else now.nip
        nip = await chat.ask("nip", Unasked(a_nip()), label="NIP", given=known_nip or LEFT_OUT)
        kind, value = head or ("lines", "")
        new = Letterhead(
            lines=value if kind == "lines" else "",
            image=value if kind == "image" else None,
            nip=nip or "",
            logo=logo,
            **given,
        )
        shown = HeadQuestion().show(head) if head else f"{office_name} (nama kantor)"
        shown += ", dengan logo" if logo else ""
        fields = [f"{label}: {given[name] or '–'}" for name, label, _ in FIELDS]
        how = "Kirim templat Word atau gambar kopnya, atau ketik misalnya:\nNama: Dra. Hj. Rosmawati, M.Si."
        summary = lines([bold("Kop dan tanda tangan"), f"Kop surat: {shown}", *fields, f"NIP: {nip or '–'}", how])
        await chat.confirm(summary, fill="Lengkapi")
        return new

    return Dialog("kop", "Kop dan tanda tangan", ask, save, OPERATORS)


async def _from_word(content: bytes) -> WordLetterhead:
    """Read the template. Raises Refused, which says what is wrong with it."""
    try:
        return await to_thread(read_word_letterhead, content)
    except NotATemplate as why:
        raise Refused(f"{why} Buka lagi lewat Kop dan tanda tangan.") from why


def save(tx: Settling, new: Letterhead) -> None:
    """Keep it for everything that is printed from now on."""
    if tx.me.role not in OPERATORS:
        raise Refused("Kop surat hanya diatur oleh operator Dinas.")
    set_letterhead(tx.db, new)
    office.note(tx.db, tx.stamp, tx.me.id, "letterhead", "office")
    tx.say("✅ Tersimpan, dipakai mulai cetakan berikutnya.")


def a_nip() -> Typed[str]:
    """Ask for a civil servant's number: 18 digits, written as 19700101 199503 1 001."""

    def read(text: str) -> str:
        digits = re.sub(r"\D", "", text)
        if len(digits) != 18:
            raise NotUnderstood("NIP terdiri dari 18 angka, misalnya 19700101 199503 1 001.")
        return f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}"

    return Typed(Text.of("Berapa NIP-nya? 18 angka. Kosongkan dengan Lewati."), read, str, str, str, echoes=False)
