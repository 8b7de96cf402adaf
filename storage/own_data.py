"""All that is kept about one person, table by table, as it is given to that person."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from storage.database import Connection

Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing: its title, its columns, and the rows; columns named in `moments` hold UTC text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    moments: frozenset[str] = frozenset()


_PARTS: tuple[tuple[str, str], ...] = (
    (
        "Akun",
        """SELECT channel AS Kanal, address AS Akun, name AS "Nama di kanal", linked_at AS "Terdaftar@",
                  last_in_at AS "Pesan terakhir@" FROM chats WHERE person_id = :id ORDER BY chat""",
    ),
    (
        "Undangan",
        """SELECT e.subject AS Kegiatan, e.first_day AS Hari, e.place AS Tempat,
                  CASE i.answer WHEN 'yes' THEN 'Hadir' WHEN 'no' THEN 'Tidak hadir' WHEN 'delegated' THEN 'Diwakili'
                                WHEN 'waiting' THEN 'Daftar tunggu' ELSE 'Belum menjawab' END AS Jawaban,
                  i.reason AS Alasan, i.answered_at AS "Dijawab@"
           FROM invitations i JOIN events e ON e.id = i.event_id WHERE i.person_id = :id ORDER BY e.starts_at""",
    ),
    (
        "Absen",
        """SELECT e.subject AS Kegiatan, s.day AS Hari, s.session AS Sesi, c.number AS "No.", c.at AS "Waktu@",
                  c.level AS Bukti, c.reason AS Keterangan, c.distance AS Jarak, c.left_at AS "Keluar@"
           FROM check_ins c JOIN slots s ON s.id = c.slot_id JOIN events e ON e.id = s.event_id
           WHERE c.person_id = :id ORDER BY c.at""",
    ),
    (
        "Izin dan sakit",
        """SELECT e.subject AS Kegiatan, s.day AS Hari, x.status AS Status, x.reason AS Keterangan,
                  x.noted_at AS "Dicatat@"
           FROM excuses x JOIN slots s ON s.id = x.slot_id JOIN events e ON e.id = s.event_id
           WHERE x.person_id = :id ORDER BY s.day""",
    ),
    (
        "Absen ditolak",
        'SELECT at AS "Waktu@", reason AS Sebab FROM tries WHERE person_id = :id ORDER BY at',
    ),
    (
        "Kamar",
        """SELECT e.subject AS Kegiatan, r.room AS Kamar FROM rooms r JOIN events e ON e.id = r.event_id
           WHERE r.person_id = :id ORDER BY e.starts_at""",
    ),
    (
        "Sertifikat",
        """SELECT e.subject AS Kegiatan, n.number AS Nomor FROM certificate_numbers n JOIN events e ON e.id = n.event_id
           WHERE n.person_id = :id ORDER BY e.starts_at""",
    ),
    (
        "Kelompok",
        """SELECT g.name AS Kelompok, v.name AS Desa, g.members AS Anggota, g.place AS Tempat,
                  iif(g.state = 'active', 'aktif', 'ditutup') AS Keadaan
           FROM groups g JOIN villages v ON v.id = g.village_id WHERE g.person_id = :id ORDER BY v.name, g.name""",
    ),
    (
        "Pertemuan P2K2",
        """SELECT m.day AS Hari, g.name AS Kelompok, coalesce(l.title, m.topic) AS Materi, m.place AS Tempat,
                  CASE m.state WHEN 'held' THEN 'terlaksana' WHEN 'planned' THEN 'rencana'
                               WHEN 'not_held' THEN 'tidak terlaksana' ELSE 'batal' END AS Keadaan,
                  m.members AS Anggota, m.sick AS Sakit, m.excused AS Izin, m.absent AS Alpa, m.why_not AS Sebab,
                  m.obstacles AS Kendala, m.follow_up AS "Tindak lanjut",
                  (SELECT count(*) FROM evidence f WHERE f.meeting_id = m.id) AS Foto,
                  m.latitude AS Lintang, m.longitude AS Bujur
           FROM meetings m JOIN groups g ON g.id = m.group_id LEFT JOIN lessons l ON l.id = m.lesson_id
           WHERE m.person_id = :id ORDER BY m.starts_at""",
    ),
    (
        "Penilaian",
        """SELECT e.subject AS Kegiatan, r.day AS Hari, r.rating AS Nilai FROM ratings r
           JOIN events e ON e.id = r.event_id WHERE r.person_id = :id ORDER BY r.day""",
    ),
    (
        "Saran",
        """SELECT e.subject AS Kegiatan, s.day AS Hari, s.words AS Saran FROM suggestions s
           JOIN events e ON e.id = s.event_id WHERE s.person_id = :id ORDER BY s.day""",
    ),
    (
        "Pertanyaan",
        """SELECT e.subject AS Kegiatan, q.words AS Pertanyaan, q.asked_at AS "Ditanyakan@", q.answer AS Jawaban
           FROM event_questions q JOIN events e ON e.id = q.event_id WHERE q.person_id = :id ORDER BY q.asked_at""",
    ),
    (
        "Pengingat",
        """SELECT sort AS Tentang, due_at AS "Jatuh tempo@", state AS Keadaan FROM reminders
           WHERE person_id = :id ORDER BY due_at""",
    ),
    (
        "Tindakan",
        """SELECT at AS "Waktu@", iif(person_id = :id, 'oleh Bapak/Ibu', 'tentang Bapak/Ibu') AS Hubungan,
                  action AS Tindakan, object AS Tentang, detail AS Rincian
           FROM audit WHERE person_id = :id OR object = 'person:' || :id ORDER BY id""",
    ),
)


def parts_of(db: Connection, person_id: int) -> list[Part]:
    """Return what is kept about the person, without the kinds of which there is nothing."""
    found = [_part(db, person_id, title, sql) for title, sql in _PARTS]
    messages = sorted((*_received(db, person_id), *_sent(db, person_id)), key=lambda one: one[0])
    found.append(Part("Pesan", ("Waktu", "Arah", "Isi"), tuple(messages), frozenset({"Waktu"})))
    return [part for part in found if part.rows]


def _part(db: Connection, person_id: int, title: str, sql: str) -> Part:
    rows = db.execute(sql, {"id": person_id})
    names = [str(column[0]) for column in rows.description]
    moments = frozenset(name.rstrip("@") for name in names if name.endswith("@"))
    return Part(title, tuple(name.rstrip("@") for name in names), tuple(tuple(row) for row in rows.fetchall()), moments)


def _received(db: Connection, person_id: int) -> Iterator[tuple[str, str, str]]:
    """Yield what the person wrote, as far as copies are still kept."""
    rows = db.execute(
        """
        SELECT received_at, raw FROM inbox
        WHERE chat IN (SELECT chat FROM chats WHERE person_id = ?) AND raw <> '' ORDER BY id
        """,
        (person_id,),
    )
    for at, raw in rows:
        if said := " ".join(_texts(raw)):
            yield str(at), "dari Bapak/Ibu", said


def _sent(db: Connection, person_id: int) -> Iterator[tuple[str, str, str]]:
    """Yield what the person was told."""
    rows = db.execute(
        """
        SELECT made_at, body FROM outbox WHERE chat IN (SELECT chat FROM chats WHERE person_id = ?)
          AND state IN ('sent', 'uncertain') ORDER BY id
        """,
        (person_id,),
    )
    for at, body in rows:
        if said := "".join(span[0] for span in json.loads(body)["text"]):
            yield str(at), "dari bot", said


def _texts(raw: str) -> Iterator[str]:
    """Yield the words in an event, wherever its channel has them."""

    def look(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, one in value.items():
                if key in ("text", "caption", "body", "title", "data") and isinstance(one, str) and one:
                    yield one
                else:
                    yield from look(one)
        elif isinstance(value, list):
            for one in value:
                yield from look(one)

    try:
        yield from look(json.loads(raw))
    except ValueError:
        return
