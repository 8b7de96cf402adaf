"""The text of a meeting's report, to be copied into e-PKH and e-Kinerja."""

from handlers.scheduling.planned import when
from storage.meetings import Meeting


def report_text(meeting: Meeting, facilitator: str, district: str) -> str:
    """Write the meeting as e-PKH and e-Kinerja ask for it."""
    counts = [f"sakit {meeting.sick}", f"izin {meeting.excused}", f"alpa {meeting.absent}"]
    topic = (
        [f"Modul: {meeting.module}", f"Sesi {meeting.number}: {meeting.title}"]
        if meeting.lesson_id is not None
        else [f"Materi tambahan: {meeting.topic}"]
    )
    where = f", Kecamatan {district}" if district else ""
    return "\n".join(
        [
            f"Pertemuan P2K2 Kelompok {meeting.group}, Desa {meeting.village}{where}",
            f"Waktu: {when(meeting)}",
            *([f"Tempat: {meeting.place}"] if meeting.place else []),
            *topic,
            f"Peserta: {meeting.members} KPM, hadir {meeting.present}, {', '.join(counts)}",
            f"Kendala: {meeting.obstacles or 'tidak ada'}",
            f"Tindak lanjut: {meeting.follow_up or 'tidak ada'}",
            f"Pendamping: {facilitator}",
        ]
    )
