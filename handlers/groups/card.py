"""The card of a group: all that matters about it in one message, and what can be done."""

from collections.abc import Iterable
from datetime import date

from bot import dates
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.groups.my_group import title_of
from handlers.groups.usual_day import show_usual, usual_of
from handlers.meetings.lesson_choice import material_line
from storage import lessons, memberships, progress
from storage.database import Connection
from storage.groups import Group

MOST_NAMED = 12


def show_card(tx: Settling, group: Group, opening: str = "") -> None:
    """Say where the group stands, with the buttons of what can be done."""
    tx.say(
        lines([opening, card_text(tx.db, group, tx.today, tx.zone)]),
        action("riwayat", group.id, "Riwayat materi"),
        action("anggota", f"g{group.id}", "Anggota"),
        action("daftarhadir", f"g{group.id}", "Daftar hadir kosong"),
        action("ubahkelompok", group.id, "Ubah"),
        action("serahkan", f"g{group.id}", "Serahkan"),
    )


def card_text(db: Connection, group: Group, today: date, zone: str) -> Text:
    """Write who belongs to the group, where and when it meets, what it has had, and what comes next."""
    usual = usual_of(group)
    following = lessons.next_lesson(db, group.id)
    given = progress.given(db, group.id)
    missed = progress.missed(db, group.id, today.isoformat())
    return lines(
        [
            bold(title_of(group)) + f", Kecamatan {group.district}",
            _members(db, group, today),
            f"{group.place or 'Tempat belum diisi'}, {show_usual(usual, zone) if usual else 'hari tidak tetap'}",
            f"Materi: {show_progress(db, group.id)}",
            f"Terakhir: {_last(db, given[-1])}" if given else "",
            f"Berikutnya: {material_line(following.module, following.number, following.title)}"
            if following
            else "Semua sesi sudah diberikan.",
            f"Masih ada sesi terlewat: no. {show_numbers(missed)}" if missed else "",
        ]
    )


def show_progress(db: Connection, group_id: int) -> str:
    """Write "7 dari 14 sesi, Pencegahan dan Penanganan Stunting 3 dari 15"."""
    return ", ".join(
        f"{one.name} {one.held} dari {one.all}" if one.name else f"{one.held} dari {one.all} sesi inti"
        for one in progress.parts(db, group_id)
    )


def show_numbers(numbers: Iterable[int]) -> str:
    """Write "3, 7 dan 12", and of many the first and how many more."""
    known = [str(one) for one in numbers]
    if len(known) > MOST_NAMED:
        return f"{', '.join(known[:MOST_NAMED])} dan {len(known) - MOST_NAMED} lainnya"
    return " dan ".join(filter(None, (", ".join(known[:-1]), known[-1]))) if known else ""


def _members(db: Connection, group: Group, today: date) -> str:
    here = memberships.members_on(db, group.id, today.isoformat())
    gone = sorted({one.member for one in memberships.memberships(db, group.id)} - here)
    without = f", tanpa {show_numbers(gone)}" if gone else ""
    return f"{len(here)} anggota: no. 1 s.d. {group.numbers}{without}"


def _last(db: Connection, one: progress.Given) -> str:
    lesson = lessons.lesson(db, one.lesson_id) if one.lesson_id is not None else None
    what = material_line(lesson.module, lesson.number, lesson.title) if lesson else f"Materi tambahan: {one.topic}"
    return f"{dates.show_day(date.fromisoformat(one.day))}, {what}"
