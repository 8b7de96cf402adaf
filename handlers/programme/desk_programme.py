"""The desk's section on what happens during and after the event: its files, what people think, what they ask."""

from datetime import date

from bot.dates import show_day
from bot.message import Choice
from bot.routes import action
from bot.settling import Settling
from handlers.events.event_desk import Line, Section, has_begun
from handlers.programme.feedback_card import RATINGS
from storage import event_files, event_questions, feedback
from storage.events import Event
from storage.feedback import DayRatings


def _tell(tx: Settling, event: Event) -> list[Line]:
    files = event_files.files_of(tx.db, event.id)
    asked = event_questions.questions_of(tx.db, event.id)
    texts = sum(one.times for one in feedback.suggestions(tx.db, event.id))
    waiting = sum(one.answer is None for one in asked)
    told: list[Line] = [f"Berkas: {', '.join(one.title for one in files) or 'belum ada'}"]
    if has_begun(tx, event):
        days = feedback.ratings_by_day(tx.db, event.id)
        told += [_rating_line(one) for one in days if one.total or one.day <= tx.today.isoformat()]
        told.append(f"Saran tertulis: {texts}")
    if asked:
        told.append(f"Pertanyaan: {len(asked)}, belum dijawab {waiting}")
    return told


def _offer(tx: Settling, event: Event) -> list[Choice]:
    files = event_files.files_of(tx.db, event.id)
    asked = event_questions.questions_of(tx.db, event.id)
    offered = []
    if event.state == "announced":
        offered.append(action("tambahberkas", event.id, "Tambah berkas"))
        offered += [action("hapusberkas", event.id, "Hapus berkas")] if files else []
    offered += [action("berkas", event.id, "Lihat berkas")] if files else []
    offered += [action("pertanyaan", event.id, "Pertanyaan")] if any(one.answer is None for one in asked) else []
    offered += [action("rekapmasukan", event.id, "Rekap masukan")] if asked or has_begun(tx, event) else []
    return offered


def _rating_line(rated: DayRatings) -> str:
    """Write "Minggu, 12 November 2023: rata-rata 3,4 dari 4 (5 penilaian: 1 Cukup, 2 Baik, 2 Sangat baik)"."""
    day = show_day(date.fromisoformat(rated.day))
    if not rated.total:
        return f"{day}: belum ada penilaian"
    counts = ", ".join(f"{count} {RATINGS[rating]}" for rating, count in enumerate(rated.counts, 1) if count)
    average = f"{rated.average:.1f}".replace(".", ",")
    return f"{day}: rata-rata {average} dari {len(RATINGS)} ({rated.total} penilaian: {counts})"


SECTION = Section("acara", "Acara dan masukan", _tell, _offer)
