"""The texts to paste into e-Kinerja, at saving, and into e-PKH, when asked for; each copied in one tap."""

from bot.message import Choice
from bot.routes import action
from bot.text import Text, code, lines
from handlers.reporting.report_words import attendance, day_of, group_of, material_of, sentence, time_of
from storage.records import Record


def receipt_text(one: Record) -> Text:
    """Write the text that stands below the receipt in its message; with the other one it would fill a phone twice."""
    return lines(["Untuk e-Kinerja:", code(ekinerja_text(one))])


def report_text(one: Record) -> Text:
    """Write both texts under their names."""
    return lines(["Untuk e-PKH:", code(epkh_text(one)), receipt_text(one)])


def report_buttons(meeting_id: int) -> tuple[Choice, ...]:
    """Offer the report as Word, and both texts."""
    return (action("word", f"m{meeting_id}", "Kirim Word"), action("tekslaporan", f"m{meeting_id}", "Kirim teks"))


def epkh_text(one: Record) -> str:
    """Write the meeting field by field, as e-PKH asks for it."""
    held = (
        [
            f"Peserta: {one.members} KPM, hadir {one.present}, sakit {one.sick}, izin {one.excused}, alpa {one.absent}",
            f"Kendala: {one.obstacles or 'tidak ada'}",
            f"Tindak lanjut: {one.follow_up or 'tidak ada'}",
        ]
        if one.held
        else [f"Tidak terlaksana: {one.why_not}", *([f"Tindak lanjut: {one.follow_up}"] if one.follow_up else [])]
    )
    topic = (
        [f"Modul: {one.module}", f"Sesi {one.number}: {one.lesson}"]
        if one.lesson_id is not None
        else [f"Materi tambahan: {one.topic}"]
    )
    return "\n".join(
        [
            f"Pertemuan P2K2 Kelompok {group_of(one)}, Desa {one.village}, Kecamatan {one.district}",
            f"Waktu: {day_of(one)} pukul {time_of(one)}",
            *([f"Tempat: {one.place}"] if one.place else []),
            *topic,
            *held,
            f"Pendamping: {one.person}",
        ]
    )


def ekinerja_text(one: Record) -> str:
    """Write the meeting as one paragraph of the RHK 2 evidence."""
    where = (
        f"Kelompok {group_of(one)}, Desa {one.village}, Kecamatan {one.district}, {day_of(one)} pukul {time_of(one)}"
    )
    if not one.held:
        return f"RHK 2: P2K2 {where}, tidak terlaksana. Alasan: {sentence(one.why_not)}"
    trouble = f" Kendala: {sentence(one.obstacles)}" if one.obstacles else ""
    after = f" Tindak lanjut: {sentence(one.follow_up)}" if one.follow_up else ""
    return f"RHK 2: Melaksanakan P2K2 {where}. {material_of(one)}. Peserta {attendance(one)}.{trouble}{after}"
