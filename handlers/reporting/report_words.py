"""What a report says in sentences, composed from what was recorded, in the register of an office."""

import re
from datetime import date

from bot import dates
from bot.clock import from_utc_text
from bot.documents.report_fields import ReportFields
from storage.letterhead import Letterhead
from storage.records import Record

REASONS = (("sick", "sakit"), ("excused", "izin"), ("absent", "tanpa keterangan"))
NOTHING = "Tidak ada"


def day_of(one: Record) -> str:
    """Write "Sabtu, 11 November 2023"."""
    return dates.show_day(date.fromisoformat(one.day))


def time_of(one: Record) -> str:
    """Write "14.00 s.d. 16.00 WIB"."""
    starts, ends = (dates.local(from_utc_text(at), one.zone) for at in (one.starts_at, one.ends_at))
    return f"{starts:%H.%M} s.d. {dates.show_time(ends, one.zone).removeprefix('pukul ')}"


def material_of(one: Record) -> str:
    """Write "Modul Pengelolaan Keuangan, Sesi 2: Cermat Meminjam dan Menabung"."""
    if one.lesson_id is None:
        return f"Materi Tambahan: {one.topic}"
    return f"Modul {one.module}, Sesi {one.number}: {one.lesson}"


def percent(one: Record) -> int:
    """Return the share that was there, in whole percents."""
    return one.present * 100 // one.members if one.members else 0


def attendance(one: Record) -> str:
    """Write "hadir 15 dari 18 KPM (83%), sakit 1, izin 1, tanpa keterangan 1"."""
    if one.present == one.members:
        return f"hadir {one.present} dari {one.members} KPM (100%)"
    counts = zip(REASONS, (one.sick, one.excused, one.absent), strict=True)
    missing = ", ".join(f"{word} {count}" for (_, word), count in counts if count)
    return f"hadir {one.present} dari {one.members} KPM ({percent(one)}%), {missing}"


def numbers_absent(one: Record) -> str:
    """Write "nomor 3 (sakit), 7 (izin) dan 12 (tanpa keterangan)"; '' where no numbers were told."""
    words = dict(REASONS)
    told = [f"{member} ({words[reason]})" for member, reason in sorted(one.absences.items())]
    if not told:
        return ""
    return f"nomor {told[0]}" if len(told) == 1 else f"nomor {', '.join(told[:-1])} dan {told[-1]}"


def sentence(text: str) -> str:
    """Write what somebody typed as a sentence: a capital to begin with, a full stop to end with."""
    typed = text.strip()
    return f"{typed[:1].upper()}{typed[1:]}{'' if typed.endswith(('.', '!', '?', '…')) else '.'}" if typed else ""


def fields_of(one: Record, head: Letterhead, office: str, today: date) -> ReportFields:
    """Compose all that a template may show of a meeting."""
    month = dates.show_month(date.fromisoformat(one.day))
    return ReportFields(
        kantor=office,
        kop="" if head.image else head.lines or office.upper(),
        judul=f"LAPORAN PERTEMUAN PENINGKATAN KEMAMPUAN KELUARGA (P2K2)\nBULAN {month.upper()}",
        kelompok=group_of(one),
        desa=one.village,
        kecamatan=one.district,
        pendamping=one.person,
        jabatan=one.title,
        hari_tanggal=day_of(one),
        bulan=month,
        pukul=time_of(one),
        tempat=one.place or "–",
        modul=one.module,
        sesi=f"Sesi {one.number}: {one.lesson}" if one.lesson_id is not None else "",
        materi=material_of(one),
        peserta=_attended(one),
        jumlah_anggota=one.members,
        hadir=one.present,
        sakit=one.sick,
        izin=one.excused,
        alpa=one.absent,
        persen_hadir=percent(one),
        gambaran_umum=_background(one),
        maksud_tujuan=_purpose(one),
        ruang_lingkup=_scope(one),
        dasar=f"Ketentuan pelaksanaan PKH dari Kementerian Sosial, dan tugas pendampingan pada {office}.",
        kegiatan=_activity(one),
        hasil=_result(one),
        kendala=sentence(one.obstacles) or f"{NOTHING} kendala yang dicatat."
        if one.held
        else f"Pertemuan tidak terlaksana. {sentence(one.why_not)}",
        tindak_lanjut=sentence(one.follow_up) or f"{NOTHING} tindak lanjut yang dicatat.",
        kesimpulan=_conclusion(one, month),
        saran=_advice(one),
        penutup="Demikian laporan ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.",
        kota=head.town,
        tanggal_laporan=f"{today.day} {dates.show_month(today)}",
        penandatangan_jabatan=head.title,
        penandatangan_nama=head.name,
        penandatangan_pangkat=head.rank,
        penandatangan_nip=head.nip,
    )


def _attended(one: Record) -> str:
    if not one.held:
        return f"{one.members} KPM (pertemuan tidak terlaksana)"
    return f"{one.members} KPM: hadir {one.present}, sakit {one.sick}, izin {one.excused}, alpa {one.absent}"


def group_of(one: Record) -> str:
    """Return the group's name without the word that stands before it everywhere."""
    return re.sub(r"^kelompok\s+(?=\S)", "", one.group, flags=re.IGNORECASE)


def _background(one: Record) -> str:
    return (
        "Program Keluarga Harapan (PKH) memberikan bantuan sosial bersyarat kepada Keluarga Penerima Manfaat (KPM). "
        "Salah satu kewajiban di dalamnya adalah mengikuti Pertemuan Peningkatan Kemampuan Keluarga (P2K2), yaitu "
        "pertemuan kelompok yang diadakan sekurang-kurangnya sekali dalam sebulan. "
        f"Kelompok {group_of(one)} berada di {one.village}, Kecamatan {one.district}, beranggotakan {one.members} KPM, "
        f"dan didampingi oleh {one.person}."
    )


def _purpose(one: Record) -> str:
    return (
        "Laporan ini dimaksudkan sebagai bukti pelaksanaan Rencana Hasil Kerja (RHK) 2, yaitu terlaksananya pertemuan "
        "P2K2 sesuai dengan ketentuan. Pertemuan bertujuan meningkatkan pengetahuan dan kemampuan anggota kelompok "
        f"melalui materi {_named(one)}."
    )


def _scope(one: Record) -> str:
    return (
        f"Laporan ini mencakup pertemuan P2K2 Kelompok {group_of(one)} pada {day_of(one)}: pelaksanaan, kehadiran "
        "anggota, hasil, kendala, dan tindak lanjutnya."
    )


def _activity(one: Record) -> str:
    place = f", bertempat di {one.place}" if one.place else ""
    moment = f"pada {day_of(one)} pukul {time_of(one)}{place}"
    if not one.held:
        return f"Pertemuan direncanakan {moment}, tetapi tidak terlaksana. Alasan: {sentence(one.why_not)}"
    numbers = numbers_absent(one)
    absent = f" Anggota yang tidak hadir: {numbers} pada daftar hadir." if numbers else ""
    return (
        f"Pertemuan dilaksanakan {moment}. Materi yang disampaikan adalah {_named(one)}. "
        f"Kehadiran anggota: {attendance(one)}.{absent}"
    )


def _result(one: Record) -> str:
    if not one.held:
        return f"Materi {_named(one)} belum disampaikan kepada anggota kelompok."
    if one.present == one.members:
        return f"Materi {_named(one)} telah disampaikan kepada seluruh anggota kelompok, {one.members} KPM."
    return (
        f"Materi {_named(one)} telah disampaikan kepada {one.present} dari {one.members} anggota kelompok "
        f"({percent(one)}%)."
    )


def _conclusion(one: Record, month: str) -> str:
    if not one.held:
        return f"P2K2 Kelompok {group_of(one)} pada {day_of(one)} tidak terlaksana karena alasan di atas."
    return (
        f"P2K2 Kelompok {group_of(one)} untuk bulan {month} telah dilaksanakan dengan kehadiran {percent(one)}% dari "
        "jumlah anggota."
    )


def _advice(one: Record) -> str:
    if not one.held:
        return "Pertemuan kiranya dapat dijadwalkan kembali, dan anggota kelompok diberi tahu lebih awal."
    if one.absent:
        return (
            "Anggota yang tidak hadir tanpa keterangan kiranya diingatkan kembali melalui ketua kelompok agar "
            "mengikuti pertemuan berikutnya."
        )
    if one.sick or one.excused:
        return "Anggota yang berhalangan kiranya dapat mengikuti materi ini pada kesempatan berikutnya."
    return "Kehadiran anggota kelompok kiranya dapat dipertahankan pada pertemuan berikutnya."


def _named(one: Record) -> str:
    if one.lesson_id is None:
        return f"tambahan “{one.topic}”"
    return f"“{one.lesson}” (Modul {one.module}, Sesi {one.number})"
