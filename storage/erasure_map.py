"""The data map: of every column what it holds about a person, and what becomes of that when the person is erased.

Each column of the schema stands in exactly one list of its table; a test compares them with the database, so that a new
column is decided on before it is used. The lists:

- `kept`: nothing about a person, or nothing once the columns beside it are gone
- `person`: the number of a person, which leads to "Petugas #12" from then on
- `own`: blanked, or gone with its row, where the row is that person's
- `words`: what people wrote; the name and the number are replaced wherever they stand, in others' rows as well
- `copies`: copies of messages; the person's own are blanked, in the others the name and the number are replaced
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """What a table is for, in the office's words, and its columns by what becomes of them."""

    purpose: str
    kept: str = ""
    person: str = ""
    own: str = ""
    words: str = ""
    copies: str = ""

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield each column with what becomes of it."""
        for fate in ("kept", "person", "own", "words", "copies"):
            yield from ((column, fate) for column in getattr(self, fate).split())


TABLES: dict[str, Table] = {
    # People and how they are reached.
    "persons": Table(
        "Daftar petugas: siapa, peran, wilayah",
        kept="id role district_id state made_at limited erased_at",
        own="name phone village_id main_channel quiet_from quiet_to",
    ),
    "chats": Table(
        "Akun Telegram dan WhatsApp petugas",
        kept="channel reachable not_before linked_at last_in_at menu_role spoke_at",
        person="person_id",
        own="chat address name",
    ),
    "chat_aliases": Table("Nama lain sebuah akun", own="alias chat"),
    "applications": Table(
        "Permintaan masuk dari orang yang belum terdaftar",
        kept="id state asked_at decided_at",
        person="decided_by",
        own="chat phone words",
    ),
    "invites": Table(
        "Tautan undangan sekali pakai, hanya sidiknya",
        kept="digest code_digest role expires_at used_at",
        person="used_by",
    ),
    "unreached": Table("Petugas yang tidak terjangkau", own="person_id since"),
    "erasures": Table(
        "Permintaan hapus data",
        kept="id ref asked_at due_at state begun_at reminded_at settled_at",
        person="person_id asked_by settled_by",
        words="reason refusal",
    ),
    # Messages.
    "inbox": Table(
        "Pesan masuk, 30 hari", kept="id channel received_at state reason", own="event_id chat", copies="raw"
    ),
    "outbox": Table(
        "Pesan keluar dan nasibnya; isinya 90 hari",
        kept="id channel kind lane object edits uncertain_do state withdrawn attempts copies plain not_before "
        "expires_at owner started_at error made_at done_at sending receipt receipt_at waits laddered",
        person="person_id",
        own="chat external_id",
        copies="dedupe body template whole",
    ),
    "receipts": Table(
        "Tanda terima dari WhatsApp",
        kept="channel status at outbox_id error follows billable category received_at",
        own="external_id",
    ),
    "dialogs": Table(
        "Percakapan yang belum selesai, 14 hari",
        kept="ref name edition open_key recap misses turn opened_at touched_at",
        own="chat",
        words="args open_about partial wanted",
    ),
    "answers": Table("Jawaban dalam percakapan yang belum selesai", kept="key", own="chat", words="about value"),
    "media": Table("Berkas dan foto", kept="type size stored_at until", own="digest"),
    "picture_prints": Table(
        "Ciri foto, untuk mengenali foto yang sama", kept="print band_1 band_2 band_3 band_4", own="digest"
    ),
    "board_pictures": Table("Gambar layar absen di sebuah chat", kept="event_id card shown until", own="chat"),
    "live_cards": Table(
        "Kartu perkembangan kegiatan milik operator", kept="event_id outbox_id digest edited_at", own="person_id"
    ),
    # Events.
    "events": Table(
        "Kegiatan",
        kept="id ref first_day last_day starts ends starts_at zone audience state made_at capacity shares_rooms "
        "sends_at edition moved_at latitude longitude",  # of the place, which is the event's
        person="made_by",
        words="subject place attachment",
    ),
    "event_details": Table(
        "Isi surat undangan", kept="event_id", words="number agenda dress bring lodging contact notes"
    ),
    "committee": Table("Panitia sebuah kegiatan", kept="event_id", own="person_id"),
    "invitations": Table(
        "Undangan dan jawabannya",
        kept="event_id answer cause answered_at own",
        person="person_id answered_by delegate_id instead_of",
        words="reason",
    ),
    "rooms": Table("Pembagian kamar", kept="event_id room", own="person_id"),
    "room_wishes": Table("Keinginan sekamar", kept="event_id", own="person_id mate_id"),
    "calls": Table("Siapa yang sudah ditelepon", kept="event_id called_at", person="person_id by_person"),
    "event_files": Table(
        "Rundown dan materi kegiatan",
        kept="id event_id digest kind for_whom added_at removed_at",
        person="added_by",
        words="title name",
    ),
    "event_questions": Table(
        "Pertanyaan ke Dinas dan jawabannya",
        kept="id ref event_id asked_at answered_at for_all",
        person="person_id answered_by",
        words="words answer",
    ),
    # Attendance.
    "slots": Table("Sesi absen", kept="id event_id day session opens_at late_from closes_at code waits planned_until"),
    "check_ins": Table(
        "Absen",
        kept="slot_id number at stored_at level state distance left_at",  # a band, never a place
        person="person_id by_person",
        words="reason",
    ),
    "excuses": Table(
        "Izin, sakit, dinas luar", kept="slot_id status noted_at", person="person_id by_person", words="reason"
    ),
    "tries": Table("Absen yang ditolak", kept="id at reason slot_id", person="person_id"),
    "check_in_rules": Table("Aturan absen", kept="event_id codes levels needed walk_ins location exits"),
    "statuses": Table("Status hadir", kept="status title counts rank"),
    "boards": Table("Tautan layar absen, hanya sidiknya", kept="event_id round digest made_at"),
    "sheets": Table(
        "Lembar yang dicetak, untuk diperiksa",
        kept="checksum event_id kind slot_id made_at",
        person="person_id made_by",
        words="printed",
    ),
    "certificate_numbers": Table("Nomor sertifikat", kept="event_id number", person="person_id"),
    "certificates": Table("Pola nomor sertifikat", kept="event_id pattern"),
    "letterhead": Table(
        "Kop surat dan penanda tangan", kept="id image town title logo", own="rank nip", words="lines name"
    ),
    # Feedback.
    "feedback_given": Table("Bahwa penilaian sudah diberikan", kept="event_id day rated texts", person="person_id"),
    "ratings": Table("Penilaian dengan nama", kept="event_id day rating", person="person_id"),
    "suggestions": Table("Saran dengan nama", kept="ref event_id day", person="person_id", words="words"),
    "anonymous_ratings": Table("Penilaian tanpa nama, hanya jumlah", kept="event_id day rating times"),
    "anonymous_suggestions": Table("Saran tanpa nama", kept="event_id day times", words="words"),
    # P2K2.
    "groups": Table(
        "Kelompok dampingan",
        kept="id ref village_id members state made_at numbers usual_week usual_weekday usual_time",
        person="person_id",
        words="name place",
    ),
    "memberships": Table("Nomor anggota yang masuk atau keluar", kept="group_id member joined_on left_on"),
    "meetings": Table(
        "Pertemuan P2K2",
        kept="id ref group_id lesson_id day starts_at ends_at zone state members sick excused absent joint "
        "made_at moved_at logged_at confirmed_at sent_at returned_at verified_at photos_erased chosen",
        person="person_id logged_by verified_by",
        own="latitude longitude",
        words="topic place why_not obstacles follow_up",
    ),
    "absences": Table("Nomor anggota yang tidak hadir", kept="meeting_id member reason"),
    "evidence": Table("Foto sebuah pertemuan", kept="meeting_id rank", own="digest"),
    "meeting_pasts": Table("Isi laporan sebelum diubah", own="meeting_id changed_at changed_by", words="before"),
    "meeting_changes": Table(
        "Permintaan mengubah laporan",
        own="id ref meeting_id asked_at asked_by state decided_at decided_by",
        words="wanted",
    ),
    "meeting_returns": Table(
        "Laporan yang dikembalikan",
        kept="meeting_id returned_at corrected_at",
        person="returned_by",
        words="comment",
    ),
    "handovers": Table(
        "Serah terima kelompok", kept="id group_id on_day made_at", person="from_person to_person made_by"
    ),
    "handover_offers": Table(
        "Tawaran serah terima", kept="id ref made_at state decided_at", person="from_person to_person"
    ),
    "handover_offered": Table("Kelompok yang ditawarkan", kept="offer_id group_id"),
    "modules": Table("Modul P2K2", kept="id key name rank active core"),
    "lessons": Table("Sesi P2K2", kept="id module_id number title active key"),
    "lesson_files": Table("Bahan materi", kept="lesson_id digest added_at", person="added_by", words="name"),
    # Broadcasts and reminders.
    "broadcasts": Table(
        "Siaran",
        kept="id ref audience asks state size made_at wanted_at sends_at",
        person="made_by decided_by",
        words="text attachment",
    ),
    "recipients": Table("Penerima siaran", kept="broadcast_id read_at", person="person_id"),
    "forwards": Table("Siaran untuk keluarga, per kelompok", kept="broadcast_id group_id done_at", person="person_id"),
    "reminders": Table(
        "Pengingat yang jatuh tempo",
        kept="id sort object_id rule occurrence zone daily due_at next_at until state day settled_at",
        person="person_id",
    ),
    "lead_times": Table("Aturan pengingat", kept="rule object days minutes active changed_at", words="words"),
    "reminding": Table("Sampai mana pengingat dicari", kept="id searched jumped_at jumped_by"),
    # The office itself.
    "audit": Table(
        "Catatan tindakan, tidak bisa diubah; hanya nomor orang",
        kept="id at action object detail digest",
        person="person_id",
    ),
    "audit_check": Table("Pemeriksaan terakhir atas rantai catatan itu", kept="one at head whole_since broken"),
    "districts": Table("Kecamatan", kept="id name"),
    "villages": Table("Desa dan kelurahan", kept="id district_id name"),
    "office_days": Table("Hari libur kantor sendiri", kept="day name off"),
    "card_parts": Table("Isi kartu pengingat gabungan", kept="outbox_id reminder_id object stale"),
    "roles": Table("Peran", kept="role title rank"),
    "office": Table("Rahasia kantor untuk kode absen", kept="id secret"),
    "office_rules": Table("Aturan kantor", kept="name value"),
    "report_templates": Table("Templat RHK 2", kept="id digest set_at", person="set_by", words="name"),
    "retention": Table("Lama salinan pesan disimpan", kept="kind days swept_to"),
    # The channels.
    "lanes": Table("Kanal yang sedang berhenti", kept="channel paused_by not_before"),
    "channels_on": Table("Kanal yang menyala", kept="channel window_s receipts"),
    "templates": Table("Templat WhatsApp", kept="name state reason at"),
    "billed": Table("Jumlah pesan WhatsApp berbayar", kept="month category messages"),
}

LARGE = ("inbox", "outbox")
"""Tables that are gone through a piece at a time."""


def words_of(table: str) -> list[str]:
    """Return the columns of a table in which the name is looked for."""
    return TABLES[table].words.split()
