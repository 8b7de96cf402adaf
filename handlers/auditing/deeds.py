"""What can stand in the audit: each action in the office's words, and what it does with people's data."""

from dataclasses import dataclass
from typing import Literal

Does = Literal["dilihat", "diekspor", "diubah", "dihapus", ""]
"""What it does with the data of the people in its scope; '' where it is not about anybody."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An action as people read it."""

    words: str
    does: Does = ""


SEEN: dict[str, str] = {
    "see person": "melihat kartu petugas",
    "see roster": "melihat daftar petugas",
    "see application": "melihat permintaan masuk",
    "see erasure": "melihat permintaan hapus data",
    "see silent": "melihat yang belum menjawab",
    "see missing": "melihat yang belum hadir",
    "see doubts": "melihat absen yang perlu dipastikan",
    "see refused": "melihat yang tidak hadir",
    "see rooms": "melihat daftar kamar",
    "see calls": "melihat daftar telepon",
    "see questions": "melihat pertanyaan peserta",
    "see certificate": "melihat contoh sertifikat",
    "verify sheet": "memeriksa lembar",
    "see month": "melihat rekap P2K2",
    "see report": "melihat laporan P2K2",
    "see photos": "melihat foto laporan",
    "see history": "melihat riwayat laporan",
    "see holders": "melihat pemegang kelompok",
    "see audit": "melihat catatan tindakan",
}
EXPORTED: dict[str, str] = {
    "export": "mengekspor semua data",
    "backup": "membuat cadangan",
    "export workbook": "mengunduh daftar hadir Excel",
    "print list": "mencetak daftar hadir",
    "print certificates": "mencetak sertifikat",
    "certificates": "mengirim sertifikat",
    "export feedback": "mengunduh rekap masukan",
    "export picture": "mengunduh gambar P2K2",
    "export month": "mengunduh rekap P2K2 Excel",
    "export audit": "mengunduh jejak data",
    "hand on calls": "mengirim daftar telepon ke koordinator",
}
CHANGED: dict[str, str] = {
    "restore": "memulihkan cadangan",
    "import": "mengimpor daftar petugas",
    "approve": "menyetujui petugas",
    "let in": "menerima pemohon yang masuk daftar",
    "refuse": "menolak permintaan",
    "claim": "memakai undangan",
    "deactivate": "menonaktifkan petugas",
    "activate": "mengaktifkan petugas",
    "move": "memindahkan petugas",
    "ask erasure": "meminta hapus data",
    "withdraw erasure": "menarik permintaan hapus data",
    "hasten erasure": "mempercepat hapus data",
    "refuse erasure": "menolak hapus data",
    "unreached": "tidak terjangkau",
    "reached again": "terjangkau lagi",
    "committee": "mengatur panitia",
    "answer": "mencatat jawaban lewat telepon",
    "called": "mencatat yang sudah ditelepon",
    "scan": "memindai QR peserta",
    "scan out": "memindai QR peserta yang pulang",
    "by-hand": "mencatat absen manual",
    "walk-in": "memutuskan permintaan ikut hadir",
    "denied": "menyangkal catatan teman",
    "answer question": "menjawab pertanyaan peserta",
    "publish answer": "mengumumkan jawaban",
    "verify": "memverifikasi laporan",
    "return": "mengembalikan laporan",
    "accept change": "menyetujui perubahan laporan",
    "refuse change": "menolak perubahan laporan",
    "hand over": "menyerahkan kelompok",
    "offer groups": "menawarkan kelompok",
}
DELETED: dict[str, str] = {
    "erase": "menghapus data petugas",
    "undo": "membatalkan absen",
    "drop-record": "menghapus catatan rekan",
}
OTHER: dict[str, str] = {
    "invite": "membuat undangan",
    "announce": "mengumumkan kegiatan",
    "recall": "menarik pengumuman",
    "send now": "mengirim pengumuman",
    "cancel": "membatalkan kegiatan",
    "correct": "meralat kegiatan",
    "resend": "mengirim ulang",
    "chase": "mengingatkan yang belum menjawab",
    "broadcast": "menyiapkan siaran",
    "stop": "menghentikan siaran",
    "go on": "melanjutkan siaran",
    "take back": "membatalkan siaran",
    "agree": "menyetujui siaran",
    "disagree": "menolak siaran",
    "nudge": "mengingatkan pendamping",
    "open": "membuka absen",
    "close": "menutup absen",
    "rules": "mengatur aturan absen",
    "board": "mengatur layar absen",
    "add file": "menambah berkas kegiatan",
    "remove file": "menghapus berkas kegiatan",
    "letterhead": "mengatur kop surat",
    "report template": "mengganti templat RHK 2",
    "status": "mengatur status hadir",
    "rule": "mengubah aturan kantor",
    "reminders": "mengatur pengingat",
    "holidays": "mengatur hari libur",
    "stunting-variant": "memilih susunan modul stunting",
    "add-module": "menambah modul",
    "name-module": "mengubah nama modul",
    "place-module": "memindah urutan modul",
    "active-module": "mengatur modul yang dipakai",
    "add-lesson": "menambah sesi",
    "retitle-lesson": "mengubah judul sesi",
    "move-lesson": "memindah urutan sesi",
    "set-lesson-aside": "berhenti memakai sesi",
    "use-lesson": "memakai sesi lagi",
    "add-material": "menambah bahan materi",
    "remove-material": "menghapus bahan materi",
    "templates": "mengajukan templat WhatsApp",
}

DEEDS: dict[str, Deed] = {
    **{name: Deed(words, "dilihat") for name, words in SEEN.items()},
    **{name: Deed(words, "diekspor") for name, words in EXPORTED.items()},
    **{name: Deed(words, "diubah") for name, words in CHANGED.items()},
    **{name: Deed(words, "dihapus") for name, words in DELETED.items()},
    **{name: Deed(words) for name, words in OTHER.items()},
}


def deed(action: str) -> Deed:
    """Return what an action of the audit is; one of an earlier version stands for itself, and counts as a change."""
    return DEEDS.get(action, Deed(action, "diubah"))
