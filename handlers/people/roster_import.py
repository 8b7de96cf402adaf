"""Importing the roster that the office sends as a file: every problem by its row, a preview, then all or nothing."""

from dataclasses import dataclass
from itertools import count

from bot.chat import Chat, Dialog, Reader, Refused
from bot.documents.roster_workbook import NotARoster, Roster, read_roster
from bot.labels import fold
from bot.message import Media, Said
from bot.roster_change import apply_roster, preview, problem_line
from bot.routes import Wanted
from bot.sent import a_document
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.people.access import let_in
from handlers.people.listed import let_in_listed
from storage import people, places, roster
from storage.roster import Changes, RosterRow

ASK = (
    "Kirim daftar petugas sebagai berkas Excel (.xlsx) atau CSV. "
    "Kolomnya: Nama, No HP, Peran, Kecamatan, dan boleh Desa."
)
SHOWN = 20
MOVED_ON = "Daftar petugas baru saja berubah. Mohon periksa ringkasannya sekali lagi."


@dataclass(frozen=True, slots=True)
class Import:
    """What the confirmed preview stood for."""

    digest: str
    rows: tuple[RosterRow, ...]
    changes: Changes


def read_sent(said: Said) -> Wanted | None:
    """Recognise a document whose caption is `petugas`."""
    if said.kind != "document" or not said.files or fold(said.text) != "petugas":
        return None
    file = said.files[0]
    return Wanted("impor", f"{file.digest} {file.name}" if file.digest else "")


async def ask_roster(chat: Chat, read: Reader) -> Import:
    """Ask for files until one has no problem, then show what it would change."""
    digest, _, name = chat.arg.partition(" ")
    given = [[digest, name, ""]] if digest else None
    prompt = ASK
    for attempt in count():
        # Without a label: another file is sent by asking again, not by changing an answer.
        sent = await chat.ask("file", a_document(prompt), about=attempt, given=given)
        given, prompt = None, ASK
        if _sent_again(chat, attempt):
            continue
        try:
            found = await _read(chat, read, sent[0])
        except NotARoster as why:
            chat.say(str(why))
        else:
            if not found.problems:
                break
            chat.say(list_problems(found))
        prompt = ""  # what was wrong with the file already asks for the next
    changes = await read(roster.compare, found.rows)
    if not changes.new and not changes.changed:
        raise Refused(
            f"Isi berkas sama dengan daftar yang tersimpan: {len(changes.same)} orang. Tidak ada yang perlu diterapkan."
        )
    await chat.confirm(await read(preview, found.rows, changes), "Terapkan")
    return Import(sent[0].digest, found.rows, changes)


def save_import(tx: Settling, new: Import) -> None:
    """Apply the file if it still means what was shown."""
    if roster.compare(tx.db, new.rows) != new.changes:
        raise Refused(MOVED_ON)
    back = [one.person_id for one in new.changes.changed if "state" in one.what]
    apply_roster(tx.db, new.rows, tx.stamp, tx.me.id, new.digest)
    for person in filter(None, (people.person(tx.db, one) for one in back)):
        let_in(tx, person)
    waited = let_in_listed(tx, back)
    added, changed = len(new.changes.new), len(new.changes.changed)
    tx.say(
        f"✅ Daftar petugas diterapkan: {added} baru, {changed} berubah. "
        f"{f'{waited} yang menunggu persetujuan langsung diterima. ' if waited else ''}"
        "Petugas baru mendaftar dengan mengirim /start dari nomor yang ada di daftar."
    )


def list_problems(found: Roster) -> Text:
    """Say which rows are wrong, and that nothing was applied."""
    return lines(
        [
            bold(f"{len(found.problems)} baris perlu diperbaiki"),
            *(problem_line(one) for one in found.problems[:SHOWN]),
            f"… dan {len(found.problems) - SHOWN} baris lain." if len(found.problems) > SHOWN else "",
            "Belum ada yang diterapkan. Perbaiki baris itu, lalu kirim berkasnya lagi.",
        ]
    )


def _sent_again(chat: Chat, attempt: int) -> bool:
    """Say whether a later file has taken this one's place: reading takes half a second, and only the last counts."""
    later = ("file", str(attempt + 1))
    return later in chat.answers or bool(chat.offered_to == later and chat.said and chat.said.files)


async def _read(chat: Chat, read: Reader, file: Media) -> Roster:
    assert chat.files is not None
    if not file.digest:
        raise NotARoster("Berkas itu tidak bisa diambil, mungkin terlalu besar (paling banyak 5 MB). Mohon kirim lagi.")
    content = await chat.files.open(file.digest)
    return await read_roster(content, file.name, await read(places.all_places))


IMPORT = Dialog("impor", "Impor daftar petugas", ask_roster, save_import, frozenset({"operator"}), steps=1)
