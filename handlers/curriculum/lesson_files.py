"""Key material of a lesson: files that the office attaches, which go to the facilitator with the reminder."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Attachment, Media, Message
from bot.routes import action, number_in
from bot.sent import a_document
from bot.settling import Settling
from bot.text import bold, lines
from handlers.meetings.lesson_choice import material_line
from storage import lesson_files, lessons, office
from storage.lesson_files import LessonFile
from storage.lessons import Lesson

OFFICE = frozenset({"operator", "coordinator"})
MOST_FILES = 5
FULL = f"Sudah ada {MOST_FILES} berkas, itu yang paling banyak. Hapus satu dulu."
NO_LESSON = "Materi itu tidak ditemukan. Lihat daftarnya di /materi."
NO_FILE = "Berkas itu sudah tidak ada."
_SHORT = 16  # of a digest: a button has 64 bytes


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file for a lesson."""

    lesson: Lesson
    file: Media


def show_files(tx: Settling, lesson: Lesson, opening: str = "") -> None:
    """List the lesson's files, with what can be done."""
    known = lesson_files.of(tx.db, lesson.id)
    tx.say(
        lines(
            [
                opening,
                bold(_line(lesson)),
                *([f"Bahan: {', '.join(one.name for one in known)}"] if known else ["Belum ada bahan materi."]),
                "Bahan dikirim bersama pengingat pertemuan.",
            ]
        ),
        *(action("lihatbahan", _token(one), f"Lihat {one.name}") for one in known),
        *(action("hapusbahan", _token(one), f"Hapus {one.name}") for one in known),
        *([action("tambahbahan", lesson.id, "Tambah bahan")] if len(known) < MOST_FILES else []),
        action("materi", f"m{lesson.module_id}", "Daftar sesi"),
    )


async def ask_file(chat: Chat, read: Reader) -> NewFile:
    """Ask for the file."""
    number = chat.arg
    lesson = await read(lessons.lesson, number_in(number))
    if lesson is None:
        raise Refused(NO_LESSON)
    if len(await read(lesson_files.of, lesson.id)) >= MOST_FILES:
        raise Refused(FULL)
    asked = a_document(lines([bold(_line(lesson)), "Kirim bahannya: dokumen atau foto, tanpa data keluarga."]))
    return NewFile(lesson, (await chat.ask("file", asked))[0])


def save_file(tx: Settling, new: NewFile) -> None:
    """Attach it."""
    if len(lesson_files.of(tx.db, new.lesson.id)) >= MOST_FILES:
        raise Refused(FULL)
    name = new.file.name or ("foto.jpg" if new.file.type.startswith("image/") else "bahan")
    fresh = lesson_files.add(tx.db, new.lesson.id, new.file.digest, name, tx.me.id, tx.stamp)
    if fresh:
        office.note(tx.db, tx.stamp, tx.me.id, "add-material", f"lesson:{new.lesson.id}")
    show_files(tx, new.lesson, "✅ Ditambahkan." if fresh else "Berkas yang sama sudah ada.")


async def see_file(chat: Chat, read: Reader) -> tuple[int, str]:
    """Read the button."""
    number, _, short = chat.arg.partition(".")
    return number_in(number), short


def send_file(tx: Settling, wanted: tuple[int, str]) -> None:
    """Send the file."""
    file = _file(tx, wanted)
    tx.say(Message(lines([bold(file.name)]), file=Attachment(file.digest, file.name, file.kind)))


def remove_file(tx: Settling, wanted: tuple[int, str]) -> None:
    """Take the file off the lesson; a reminder that went out keeps it."""
    file = _file(tx, wanted)
    lesson = lessons.lesson(tx.db, file.lesson_id)
    assert lesson is not None, "lessons are never deleted"
    lesson_files.remove(tx.db, file.lesson_id, file.digest)
    office.note(tx.db, tx.stamp, tx.me.id, "remove-material", f"lesson:{file.lesson_id}")
    show_files(tx, lesson, f"✅ Dihapus: {file.name}.")


ADD_MATERIAL = Dialog("tambahbahan", "Bahan materi", ask_file, save_file, OFFICE, steps=1)
SEE_MATERIAL = Dialog("lihatbahan", "Bahan materi", see_file, send_file, OFFICE)
REMOVE_MATERIAL = Dialog("hapusbahan", "Bahan materi", see_file, remove_file, OFFICE)


def _file(tx: Settling, wanted: tuple[int, str]) -> LessonFile:
    lesson_id, short = wanted
    found = [one for one in lesson_files.of(tx.db, lesson_id) if one.digest[:_SHORT] == short]
    if not found:
        raise Refused(NO_FILE)
    return found[0]


def _token(one: LessonFile) -> str:
    return f"{one.lesson_id}.{one.digest[:_SHORT]}"


def _line(lesson: Lesson) -> str:
    return material_line(lesson.module, lesson.number, lesson.title)
