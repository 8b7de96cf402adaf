"""What people and operators read about an erasure, and what happens to events and groups when it begins."""

from datetime import timedelta

from bot.clock import from_utc_text, utc_text
from bot.dates import show_moment
from bot.message import Choice, Message
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.groups.transfer import names_of
from handlers.people.access import take_out
from handlers.people.roster_person import PERSON, show_post
from storage import chats, erasures, groups, office, people
from storage.database import Connection
from storage.erasures import Erasure
from storage.people import Person

PROMISED = timedelta(hours=72)
"""When everything is gone, counted from the request."""

REFUSABLE = timedelta(hours=70)
"""So long operators may refuse; then it begins by itself, early enough to be over in time."""

HOLD = timedelta(hours=1)
"""After this an operator's own order begins: a slip can be called off, and the person can object."""

LAST_OPERATOR = (
    "Data operator terakhir tidak bisa dihapus: tidak ada lagi yang bisa mengurus bot. Tunjuk operator lain dulu."
)


def other_operators(db: Connection, person_id: int) -> list[Person]:
    """Return the operators who would be left, and do not go themselves."""
    return [one for one in people.people_in_roles(db, "operator") if one.id != person_id and not one.limited]


def card_of(tx: Settling, one: Erasure, opening: str) -> Message:
    """Write what an operator decides by."""
    person = people.person(tx.db, one.person_id)
    assert person is not None, "people are never deleted"
    held = groups.groups_of(tx.db, person.id)
    by = people.person(tx.db, one.asked_by) if one.asked_by and not one.own else None
    return Message(
        lines(
            [
                bold(opening),
                f"{person.name}, {show_post(person)}",
                f"Memegang {names_of(held)}." if held else "",
                f"Diperintahkan {by.name}: {one.reason}" if by else "Diminta sendiri lewat /profil.",
                f"Dikerjakan dengan sendirinya {moment(tx, one.due_at)}, kalau tidak ditolak sebelum itu.",
            ]
        ),
        (
            action("hapuskini", one.id, "Hapus sekarang"),
            action("tolakhapus", one.id, "Tolak"),
            action(PERSON.name, person.id, "Lihat petugas"),
        ),
    )


def moment(tx: Settling, at: str, after: timedelta = timedelta()) -> str:
    """Write a moment in the office's zone."""
    return show_moment(from_utc_text(at) + after, tx.zone)


def tell_operators(tx: Settling, one: Erasure, said: Message, occurrence: str, *, but: int | None = None) -> int:
    """Put it before every operator but one; return how many could be told."""
    told = 0
    for operator in people.people_in_roles(tx.db, "operator"):
        if operator.id not in (but, one.person_id):
            about = f"erasure:{one.id}"
            told += tx.notify(operator.id, said, kind="erasure", object=about, occurrence=occurrence) > 0
    return told


def tell_person(tx: Settling, person_id: int, said: str | Text, *choices: Choice) -> None:
    """Answer in all chats of somebody whom no notice reaches any more."""
    for chat in chats.all_of(tx.db, person_id):
        if chat.channel in tx.poster.capabilities:
            message = Message(Text.of(said), choices)
            tx.poster.reply(tx.db, chat.chat, message, tx.now, lives=HOLD)


def late(tx: Settling, one: Erasure) -> None:
    """Tell the operators again, a day before it begins by itself."""
    tell_operators(tx, one, card_of(tx, one, "⏰ Permintaan hapus data belum diputuskan"), "late")


def begin(tx: Settling, one: Erasure) -> bool:
    """Take the person out of what is to come, and say good-bye; False for the last operator, who stays."""
    person = people.person(tx.db, one.person_id)
    assert person is not None, "people are never deleted"
    if person.role == "operator" and not other_operators(tx.db, person.id):
        erasures.call_off(tx.db, one.id, person.id, tx.stamp, LAST_OPERATOR)
        tell_person(tx, person.id, LAST_OPERATOR)
        return False
    take_out(tx, person)
    why = "" if one.own else "Ini diputuskan oleh Dinas Sosial."
    tell_person(
        tx,
        person.id,
        lines(
            [
                "Data Bapak/Ibu di bot ini sekarang dihapus. Setelah ini bot tidak mengenal akun ini lagi.",
                why,
                "Kalau kelak bertugas lagi, ketik /start untuk mendaftar sebagai petugas baru. Terima kasih.",
            ]
        ),
    )
    people.set_active(tx.db, person.id, False)
    return True


def done(tx: Settling, one: Erasure) -> None:
    """Tell the operators that it is done, and which groups have nobody now."""
    person = people.person(tx.db, one.person_id)
    assert person is not None, "people are never deleted"
    held = groups.groups_of(tx.db, person.id)
    said = lines(
        [
            f"✅ Data {person.name} ({show_post(person)}) sudah dihapus. Yang tinggal hanya hitungan tanpa nama.",
            f"⚠️ Tanpa pendamping sekarang: {names_of(held)}." if held else "",
            "Pesan lama di HP Bapak/Ibu tidak ikut terhapus. Mohon hapus sendiri yang memuat namanya.",
        ]
    )
    hand_over = (action("serahkan", f"p{person.id}", "Serahkan kelompok"),) if held else ()
    tell_operators(tx, one, Message(said, hand_over), "done")


def ask(tx: Settling, person: Person, after: timedelta, reason: str = "") -> Erasure:
    """Keep the request, and stop at once what waits to be sent to the person."""
    number = erasures.ask(tx.db, tx.ref, person.id, tx.me.id, utc_text(tx.now + after), tx.stamp, reason)
    office.note(tx.db, tx.stamp, tx.me.id, "ask erasure", f"person:{person.id}")
    kept = erasures.erasure(tx.db, number)
    assert kept is not None
    return kept
