"""The modules and lessons as the office's own data: retitled, added, set aside and taken back into use."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader, Refused
from bot.message import Choice
from bot.picked import choose
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import bold, lines
from bot.typed import a_number
from handlers.curriculum.lesson_files import show_files
from handlers.curriculum.stunting_variant import CHOOSE, not_chosen
from handlers.meetings.lesson_choice import MOST_LETTERS, material_line, safe_words
from storage import curriculum, lessons, office, plan_lessons
from storage.lessons import Lesson, Module

CURRICULUM = frozenset({"operator", "coordinator"})
NO_LONGER = "Materi itu tidak ditemukan. Lihat daftarnya di /materi."
BACK = action("materi", "", "Daftar modul")


@dataclass(frozen=True, slots=True)
class ListModules:
    """Show the modules."""


@dataclass(frozen=True, slots=True)
class ListLessons:
    """Show the lessons of a module."""

    module: Module


@dataclass(frozen=True, slots=True)
class Retitle:
    """Give a lesson another title."""

    lesson: Lesson
    title: str


@dataclass(frozen=True, slots=True)
class Add:
    """Put a lesson at the end of a module."""

    module: Module
    title: str


@dataclass(frozen=True, slots=True)
class SetActive:
    """Take a lesson into use, or set it aside."""

    lesson: Lesson
    active: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Put a lesson at another place in its module."""

    lesson: Lesson
    place: int


@dataclass(frozen=True, slots=True)
class Files:
    """Show the key material of a lesson."""

    lesson: Lesson


Wish = ListModules | ListLessons | Retitle | Add | SetActive | Place | Files


async def run(chat: Chat, read: Reader) -> Wish:
    """List modules (""), the lessons of one ("m2"), add to one ("t2"), or change a lesson ("s6")."""
    kind, number = chat.arg[:1], chat.arg[1:]
    id_ = number_in(number)
    if kind in ("m", "t"):
        module = await read(lessons.module, id_)
        if module is None:
            raise Refused(NO_LONGER)
        return ListLessons(module) if kind == "m" else await _add(chat, module)
    if kind == "s":
        lesson = await read(lessons.lesson, id_)
        if lesson is None:
            raise Refused(NO_LONGER)
        return await _change(chat, read, lesson)
    return ListModules()


def save(tx: Settling, wish: Wish) -> None:
    """Show or change; what is set aside stays with the meetings that had it."""
    match wish:
        case ListModules():
            _list_modules(tx)
        case ListLessons(module):
            _list_lessons(tx, module)
        case Add(module, title):
            lesson_id = lessons.add_lesson(tx.db, module.id, title)
            _note_and_say(tx, lesson_id, "add-lesson", "✅ Ditambahkan")
        case Retitle(lesson, title):
            lessons.retitle(tx.db, lesson.id, title)
            _note_and_say(tx, lesson.id, "retitle-lesson", "✅ Tersimpan")
        case SetActive(lesson, active):
            lessons.set_active(tx.db, lesson.id, active)
            plan_lessons.follow_unused(tx.db, tx.stamp)
            words = ("use-lesson", "✅ Dipakai lagi") if active else ("set-lesson-aside", "✅ Tidak dipakai lagi")
            _note_and_say(tx, lesson.id, *words)
        case Place(lesson, place):
            curriculum.place_lesson(tx.db, lesson.id, place)
            _note_and_say(tx, lesson.id, "move-lesson", "✅ Tersimpan")
        case Files(lesson):
            show_files(tx, lesson)


LESSONS = Dialog("materi", "Materi P2K2", run, save, CURRICULUM, steps=2)


async def _add(chat: Chat, module: Module) -> Add:
    question = safe_words(f"Apa judul sesi baru di Modul {module.name}?", least=3, most=MOST_LETTERS)
    title = await chat.ask("title", question, label="Judul")
    await chat.confirm(lines([bold("Sesi baru"), f"Modul {module.name}", title]))
    return Add(module, title)


async def _change(chat: Chat, read: Reader, lesson: Lesson) -> Wish:
    switch = "Jangan dipakai lagi" if lesson.active else "Pakai lagi"
    whats = {"title": "Ubah judul", "place": "Pindah urutan", "files": "Bahan materi", "switch": switch}
    if not lesson.active:
        del whats["place"]
    chosen = await chat.ask("what", choose(f"{_line(lesson)}. Ubah apa?", whats))
    if chosen == whats["files"]:
        return Files(lesson)
    if chosen == whats.get("place"):
        inside = await read(lessons.lessons, lesson.module_id)
        question = a_number(f"Sekarang sesi {lesson.number}. Menjadi sesi nomor berapa?", 1, len(inside))
        place = await chat.ask("place", question, label="Urutan")
        await chat.confirm(
            lines(
                [bold("Pindah urutan"), _line(lesson), f"Menjadi sesi {place}; nomor sesi lain di modul ini bergeser."]
            )
        )
        return Place(lesson, place)
    if chosen == switch:
        effect = "ditawarkan lagi" if not lesson.active else "tidak ditawarkan lagi, laporan yang sudah ada tetap"
        await chat.confirm(lines([bold(switch), _line(lesson), f"Sesi ini {effect}."]), "Ya")
        return SetActive(lesson, not lesson.active)
    title = await chat.ask("title", safe_words("Judul barunya?", least=3, most=MOST_LETTERS), label="Judul")
    await chat.confirm(lines([bold("Ubah judul"), f"Dari: {lesson.title}", f"Menjadi: {title}"]))
    return Retitle(lesson, title)


def _list_modules(tx: Settling) -> None:
    every = [(one, lessons.lessons(tx.db, one.id)) for one in lessons.modules(tx.db, every=True)]
    count = sum(len(inside) for one, inside in every if one.active)
    buttons = [action("materi", f"m{one.id}", _module_label(one, len(inside))) for one, inside in every]
    asks = not_chosen(tx.db)
    tx.say(
        lines(
            [
                bold(f"Materi P2K2: {sum(one.active for one, _ in every)} modul, {count} sesi"),
                asks,
                "Modul yang mana?",
            ]
        ),
        *buttons,
        action("modul", "baru", "Tambah modul"),
        *([CHOOSE] if asks else []),
    )


def _module_label(module: Module, inside: int) -> str:
    return f"{module.name} ({inside} sesi)" if module.active else f"{module.name} (tidak dipakai)"


def _list_lessons(tx: Settling, module: Module) -> None:
    inside = lessons.lessons(tx.db, module.id, every=True)
    aside = [f"Sesi {one.number} tidak dipakai." for one in inside if not one.active]
    tx.say(
        lines(
            [
                bold(f"Modul {module.name}"),
                "" if module.active else "Modul ini tidak dipakai.",
                *aside,
                "Pilih sesi yang akan diubah:" if inside else "Belum ada sesi.",
            ]
        ),
        *_buttons(inside),
        action("materi", f"t{module.id}", "Tambah sesi"),
        action("modul", f"u{module.id}", "Ubah modul"),
        *([CHOOSE] if module.key == curriculum.MODULE_WITH_VARIANTS else []),
        BACK,
    )


def _buttons(inside: Sequence[Lesson]) -> list[Choice]:
    return [action("materi", f"s{one.id}", f"Sesi {one.number}: {one.title}") for one in inside]


def _note_and_say(tx: Settling, lesson_id: int, done: str, opening: str) -> None:
    lesson = lessons.lesson(tx.db, lesson_id)
    assert lesson is not None
    office.note(tx.db, tx.stamp, tx.me.id, done, f"lesson:{lesson_id}")
    tx.say(f"{opening}: {_line(lesson)}.", action("materi", f"m{lesson.module_id}", "Daftar sesi"), BACK)


def _line(lesson: Lesson) -> str:
    return material_line(lesson.module, lesson.number, lesson.title)
