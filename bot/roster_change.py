"""What a roster file means for the office: its problems and its changes in words, and applying it as a whole."""

from bot.chat import Refused
from bot.documents.roster_rows import Problem
from bot.text import Text, bold, lines
from storage import office, people, roster
from storage.database import Connection
from storage.roster import Changes, RosterRow

NAMED = 5
MOST_NOTED = 50
FIELDS = {"name": "nama", "role": "peran", "district": "kecamatan", "village": "desa", "state": "aktif kembali"}
NOBODY_LEFT = (
    "Daftar itu mengubah peran semua operator, sehingga tidak ada lagi yang bisa mengurus bot. Tidak ada yang "
    "diterapkan. Perbaiki perannya, lalu kirim lagi."
)


def apply_roster(db: Connection, rows: tuple[RosterRow, ...], now: str, by: int | None, digest: str) -> Changes:
    """Put the rows on the roster and note who did so. Raises Refused if no operator would be left."""
    operators = people.people_in_roles(db, "operator")
    changes = roster.apply(db, rows, now)
    if operators and not people.people_in_roles(db, "operator"):
        raise Refused(NOBODY_LEFT)
    counted = f"baru {len(changes.new)}, berubah {len(changes.changed)}, sama {len(changes.same)}"
    # Of many it is enough to know that they were; who is new is known by the time he or she was put on the roster.
    named = [f"person:{one.person_id}" for one in changes.changed[:MOST_NOTED]]
    office.note(db, now, by, "import", f"roster:{digest[:12]}", " ".join([counted, *named]))
    return changes


def problem_line(problem: Problem) -> str:
    """Write `Baris 14: nama kosong.`"""
    return f"Baris {problem.row}: {problem.text}"


def preview(db: Connection, rows: tuple[RosterRow, ...], changes: Changes) -> Text:
    """Say what the file would change, with the first names of each kind."""
    counted = (
        f"Baru {len(changes.new)} · berubah {len(changes.changed)} · sama {len(changes.same)} · "
        f"tidak ada di berkas {len(changes.missing)}"
    )
    new = [f"{row.name} ({row.district or 'kabupaten'})" for row in changes.new]
    changed = [
        f"{_name(db, one.person_id)} ({', '.join(FIELDS[what] for what in one.what)})" for one in changes.changed
    ]
    missing = [_name(db, one) for one in changes.missing]
    stay = " Mereka tetap terdaftar; yang sudah berhenti dinonaktifkan lewat Cari petugas."
    return lines(
        [
            bold(f"Daftar petugas, {len(rows)} orang"),
            counted,
            f"Baru: {_some(new)}." if new else "",
            f"Berubah: {_some(changed)}." if changed else "",
            f"Tidak ada di berkas: {_some(missing)}.{stay}" if missing else "",
        ]
    )


def _some(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f", dan {rest} orang lain" if rest > 0 else "")


def _name(db: Connection, person_id: int) -> str:
    found = people.person(db, person_id)
    return found.name if found else ""
