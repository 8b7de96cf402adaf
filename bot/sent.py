"""Questions whose answer is sent, not typed: photos, a document, a location, the own phone number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.labels import pick
from bot.message import Choice, Contact, Location, Media, Said
from bot.pictures import LARGEST
from bot.questions import Done, More, NotTaken, NotUnderstood, Question
from bot.text import Text


@dataclass(frozen=True)
class Files(Question[tuple[Media, ...]]):
    """Photos or a document; an album is one answer. Kept as digests with name and type."""

    prompt: Text
    kind: Literal["photo", "document"]
    most: int

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return (Choice("done", "Selesai"),) if partial else ()

    def read(self, said: Said, partial: Any) -> Done | More:
        files = list(partial or ())
        if said.files and (said.kind == "photo" or (said.kind == "document" and self._takes(said.files))):
            if lost := why_lost(said.files):
                raise NotTaken(lost)
            known = {kept[0] for kept in files}
            files += [[one.digest, one.name, one.type] for one in said.files if one.digest not in known]
            if len(files) > self.most:
                raise NotTaken(f"Paling banyak {self.most} berkas. Kirim lagi yang dipilih saja.")
            return Done(files) if self.most == 1 else More(files, f"{len(files)} foto diterima. Ada lagi?")
        if files and pick(self.choices(files), said) == "done":
            return Done(files)
        example = "foto" if self.kind == "photo" else "dokumen atau foto"
        raise NotUnderstood(f"Mohon kirim {example} lewat tombol lampiran.")

    def _takes(self, files: Sequence[Media]) -> bool:
        # A picture sent as a file is a picture.
        return self.kind == "document" or all(one.type.startswith("image/") for one in files)

    def load(self, kept: Any) -> tuple[Media, ...]:
        return tuple(Media("", name, type_, digest=digest) for digest, name, type_ in kept)

    def show(self, value: tuple[Media, ...]) -> str:
        return f"{len(value)} foto" if self.kind == "photo" else value[0].name or "1 berkas"


def why_lost(files: Sequence[Media]) -> str:
    """Say why what was sent is not here, in one sentence; '' when all of it is."""
    lost = [at for at, one in enumerate(files, 1) if not one.digest]
    if not lost:
        return ""
    which = "Foto itu" if len(files) == 1 else f"Foto ke-{', '.join(map(str, lost))}"
    pictures = all(files[at - 1].type.startswith("image/") for at in lost)
    if not pictures:
        return "Berkas itu tidak bisa diunduh: paling besar 20 MB. Mohon kirim yang lebih kecil."
    if any(files[at - 1].size > LARGEST for at in lost):
        return f"{which} lebih dari 10 MB. Mohon kirim sebagai foto biasa, bukan berkas."
    again = "" if len(lost) == len(files) else " Kirim ulang semuanya tanpa yang itu."
    return f"{which} tidak bisa dibuka. Mohon kirim sebagai foto biasa (JPEG), bukan gambar bergerak.{again}"


def photos(prompt: str | Text, most: int = 10) -> Files:
    """Ask for one to `most` photos."""
    return Files(Text.of(prompt), "photo", most)


def a_document(prompt: str | Text) -> Files:
    """Ask for one document or photo."""
    return Files(Text.of(prompt), "document", 1)


@dataclass(frozen=True)
class Point(Question[Location]):
    """A location from the phone: a claim, not a proof."""

    prompt: Text
    ask: Literal["", "contact", "location"] = "location"

    def read(self, said: Said, partial: Any) -> Done | More:
        if said.location is None or said.location.forwarded:
            raise NotUnderstood("Mohon kirim lokasi Bapak/Ibu sendiri lewat tombol lampiran.")
        return Done([said.location.latitude, said.location.longitude])

    def load(self, kept: Any) -> Location:
        return Location(kept[0], kept[1])

    def show(self, value: Location) -> str:
        return f"{value.latitude:.4f}, {value.longitude:.4f}"


@dataclass(frozen=True)
class OwnContact(Question[str]):
    """The person's own phone number, as the channel vouches for it; kept as it came."""

    prompt: Text
    ask: Literal["", "contact", "location"] = "contact"

    def read(self, said: Said, partial: Any) -> Done | More:
        contact: Contact | None = said.contact
        if contact is None:
            raise NotUnderstood("Mohon tekan tombol Bagikan nomor saya di bawah.")
        # Anybody can send another person's card: only the channel knows whose it is.
        if not contact.own:
            raise NotUnderstood(
                "Itu bukan nomor akun ini. Mohon tekan tombol Bagikan nomor saya, bukan mengirim kontak orang lain."
            )
        return Done(contact.phone)

    def load(self, kept: Any) -> str:
        return str(kept)


def own_contact(prompt: str | Text) -> OwnContact:
    """Ask for the person's own phone number."""
    return OwnContact(Text.of(prompt))
