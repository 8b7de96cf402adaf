"""What each dialog leaves in the audit: one that is new must be classified here before the suite is green."""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import build_routes
from handlers.auditing.deeds import DEEDS, OTHER
from storage.database import Connection
from tests.phones import SimulatedPhones
from tests.proofs.test_redelivery import allowed
from tests.talk import talking

DIALOGS = build_routes("Kantor").dialogs

LEAVES: dict[str, str] = {  # dialog: the deeds of which it leaves one each time it is done to its end, parted by |
    "serahkan": "see holders|hand over|offer groups",
    "terimakelompok": "hand over",
    "buat": "announce",
    "siaran": "broadcast",
    "siaran-henti": "stop",
    "siaran-lanjut": "go on",
    "siaran-tarik": "take back",
    "siaran-sisa": "nudge",
    "siaran-batas": "rule",
    "siaran-ulang": "resend",
    "siaran-setuju": "agree",
    "siaran-tolak": "disagree",
    "rekap": "see month",
    "pantau": "see month",
    "pantau-ingatkan": "nudge",
    "pantau-gambar": "export picture",
    "pantau-excel": "export month",
    "pantau-laporan": "see report",
    "pantau-foto": "see photos",
    "laporan": "see report",
    "riwayat-p2k2": "see history",
    "verifikasi": "verify",
    "kembalikan": "return",
    "setujui-ubah": "accept change",
    "tolak-ubah": "refuse change",
    "hapus-p2k2": "drop-record",
    "periksa": "verify sheet",
    "materi": "add-lesson|retitle-lesson|use-lesson|set-lesson-aside|move-lesson",
    "modul": "add-module|name-module|place-module|active-module",
    "susunan": "stunting-variant",
    "tambahbahan": "add-material",
    "hapusbahan": "remove-material",
    "petugas": "see person|see roster",
    "cari": "see person",
    "orang": "see person",
    "permintaan": "see application",
    "setujui": "approve",
    "tolak": "refuse",
    "klaim": "claim",
    "impor": "import|let in",
    "aktif": "activate",
    "nonaktif": "deactivate",
    "pindah": "move",
    "hapusdata": "ask erasure",
    "tarikhapus": "withdraw erasure",
    "permintaanhapus": "see erasure",
    "hapuskini": "hasten erasure",
    "tolakhapus": "refuse erasure",
    "hapusorang": "ask erasure",
    "tindakan": "see audit",
    "jejak": "export audit",
    "pengingat": "reminders",
    "libur": "holidays",
    "biaya": "rule",
    "templat": "report template",
    "meja": "see doubts",
    "diam": "see silent",
    "tidak-hadir": "see refused",
    "catat-jawaban": "answer",
    "ingatkan": "chase",
    "denah": "see rooms",
    "panitia": "committee",
    "batalkan": "cancel",
    "tarik": "recall",
    "kirimkini": "send now",
    "ralat": "correct",
    "ulang": "resend",
    "telepon": "see calls",
    "koordinator": "hand on calls",
    "dihubungi": "called",
    "belum": "see missing",
    "bukaabsen": "open",
    "tutupabsen": "close",
    "catat": "by-hand",
    "hapusabsen": "undo",
    "aturanabsen": "rules",
    "benar": "denied",
    "ikut": "walk-in",
    "pindai": "scan|scan out",
    "layarbaru": "board",
    "layartutup": "board",
    "tambahberkas": "add file",
    "hapusberkas": "remove file",
    "rekapmasukan": "export feedback",
    "pertanyaan": "see questions",
    "jawab": "answer question",
    "umumkan": "publish answer",
    "daftar": "export workbook",
    "cetak": "print list",
    "sertifikat": "see certificate",
    "kirimsertifikat": "certificates",
    "cetaksertifikat": "print certificates",
    "kop": "letterhead",
    "status": "status",
}
NOTHING: dict[str, str] = {  # why: the dialogs that leave nothing
    "one's own data, answers, check-ins, groups and reports": "start profil perbaikan kanal kegiatan hadir lokasi rsvp "
    "alasan wakil sekamar kamar qrsaya bantu p2k2 jadwal kelompok anggota ubahkelompok riwayat terlewat foto kiriman "
    "usul dilihat salinan jamtenang bahan "
    "undangan nanti bagaimana terlaksana absen tidak-terlaksana kirim-p2k2 ubah-p2k2 catatan benar-p2k2 tolakkelompok "
    "tariktawaran daftarhadir berkasrekap semualaporan word tekslaporan gambarrekap masukan nilai saran tanya",
    "nobody's data": "menu bantuan buka sistem berkas ambil kabarberkas lihatbahan qr papan layar sudahbaca terusan",
    "counts without names": "siaran-lihat siaran-rinci grafik",
}
ELSEWHERE = {  # left by the command line or by the bot itself
    *(
        "invite",
        "import",
        "export",
        "backup",
        "restore",
        "templates",
        "export audit",
        "unreached",
        "reached again",
        "erase",
    ),
}


def nothing() -> dict[str, str]:
    """Return why each of the others leaves nothing."""
    return {name: why for why, names in NOTHING.items() for name in names.split()}


def test_every_dialog_is_classified_once() -> None:
    """Whoever adds a dialog says here what it leaves, or why nothing."""
    known = set(DIALOGS)
    assert LEAVES.keys() & nothing().keys() == set()
    assert LEAVES.keys() | nothing().keys() == known


def test_what_is_not_for_everybody_leaves_a_line_or_is_about_nobody() -> None:
    """What only the office may do is either noted or shows no other person's data."""
    for_office = {name for name, roles in allowed() if not set(roles) & set("ft")}
    quiet = {name for name in for_office if name not in LEAVES}
    assert quiet == {"sistem", "lihatbahan", "siaran-lihat", "siaran-rinci"}


def test_every_deed_has_words_and_somebody_who_leaves_it() -> None:
    """No line is shown as a word of the program, and no words stand for what nobody does."""
    left = {one for deeds in LEAVES.values() for one in deeds.split("|")}
    assert left | ELSEWHERE == set(DEEDS)


@pytest.mark.parametrize("dialog", LEAVES)
def test_a_dialog_notes_what_it_is_said_to_leave(dialog: str) -> None:
    """The name of each deed stands in the dialog's own module, or in one that it uses."""
    source = "\n".join(sources(DIALOGS[dialog].save.__module__))
    for deed in LEAVES[dialog].split("|"):
        assert f'"{deed}"' in source or (deed.endswith("-module") and '-module"' in source), deed


def test_no_line_carries_what_an_erasure_would_have_to_find() -> None:
    """An object or detail is made of ids, numbers and fixed words: no name, number or text of anybody goes into it."""
    personal = re.compile(
        r"\{[^}]*\.(name|phone|words|text|reason|first_name|said)\b[^}]*\}|, \w+\.(name|words|text)\)"
    )
    noted = re.compile(r"office\.note\((?:[^()]|\([^()]*\))*\)", re.DOTALL)
    calls = [
        (path.name, call)
        for folder in ("handlers", "bot")
        for path in Path(folder).rglob("*.py")
        for call in noted.findall(path.read_text())
    ]
    assert len(calls) >= len(DEEDS) - len(OTHER)
    found = [(name, call) for name, call in calls if personal.search(call) and '"rule"' not in call]
    assert found == []


def sources(name: str) -> Iterator[str]:
    """Yield the source of a module, and of those of ours that it imports."""
    own = inspect.getsource(sys.modules[name])
    yield own
    for used, names in re.findall(r"^from ((?:handlers|bot)\.[\w.]+) import ([\w, ]*)", own, re.MULTILINE):
        modules = [used, *(f"{used}.{one}" for one in re.split(r",\s*", names))]
        yield from (inspect.getsource(sys.modules[one]) for one in modules if one in sys.modules)


@pytest.mark.proof
async def test_every_deed_is_left_in_some_chat(tmp_path: Path) -> None:
    """All transcripts together do whatever the office can do, and each deed is left by one of them at least."""
    seen: set[str] = set()
    for path in sorted((Path(__file__).parent / "transcripts").glob("*.txt")):
        async with talking(tmp_path / path.stem, SimulatedPhones()) as talk:
            await talk.play(path.read_text().splitlines())
            assert talk.app is not None
            seen |= await talk.app.database.read(deeds_left)
    # No card that the office gets has the button of a report's history; who sends its token is noted all the same.
    assert set(DEEDS) - seen - ELSEWHERE == {"see history"}


def deeds_left(db: Connection) -> set[str]:
    """Return which deeds the audit has."""
    return {str(row[0]) for row in db.execute("SELECT DISTINCT action FROM audit")}
