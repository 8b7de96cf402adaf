"""The question what a group learns: the lesson that comes next, another one, or material beside the modules."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from typing import Any

from bot import dates
from bot.labels import pick
from bot.message import Choice, Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question
from bot.text import Text
from bot.typed import Typed, words
from storage import lessons, plan_lessons, plans, progress
from storage.database import Connection
from storage.lessons import Lesson
from storage.meetings import Meeting
from storage.plan_lessons import NOTHING_LEFT

MOST_LETTERS = 200
REPEAT = "⚠️ Kelompok ini sudah mendapat sesi itu pada {day}."
_SHORT_NUMBER = re.compile(r"\d{1,2}\s*[.,]\s*\d{1,2}")
_LONG_NUMBER = re.compile(r"[\d][\d .-]{8,}\d")


@dataclass(frozen=True, slots=True)
class Material:
    """What is taught: a lesson, or, where that is None, other material of this title.

    `remark` is a sentence that warns of a repeat or a skip, to stand in a summary; '' where nothing is unusual.
    """

    lesson: Lesson | None
    topic: str = ""
    remark: str = ""

    @property
    def lesson_id(self) -> int | None:
        """The lesson's id; None for other material."""
        return self.lesson.id if self.lesson else None

    def line(self) -> str:
        """Write "Modul Kesehatan dan Gizi, sesi 1: …" or "Materi tambahan: …"."""
        one = self.lesson
        return material_line(one.module, one.number, one.title) if one else f"Materi tambahan: {self.topic}"


@dataclass(frozen=True, slots=True)
class Syllabus:
    """The lessons in use, and where a group stands: `held` of `all` of the part to which what follows belongs.

    The core's modules are one part, every other module is one by itself. `given` is the last local day of each lesson.
    """

    lessons: Sequence[Lesson]
    following: Lesson | None
    held: int
    all: int
    given: Mapping[int, str] = field(default_factory=dict)
    core: frozenset[int] = frozenset()  # the ids of its modules
    planned: frozenset[int] = frozenset()  # the ids of lessons that are still to come

    def remark(self, lesson: Lesson) -> str:
        """Warn, in one sentence, that the group had this lesson before, or that it leaves some out."""
        if day := self.given.get(lesson.id):
            return REPEAT.format(day=dates.show_day(date.fromisoformat(day)))
        earlier = list(takewhile(lambda one: one.id != lesson.id, self.lessons))
        of_part = [one for one in reversed(earlier) if self._part(one) == self._part(lesson)]
        between = list(takewhile(lambda one: one.id not in self.given, of_part))
        # Where nothing of the part was given, the group had begun before this office's records did.
        known = len(between) < len(of_part)
        skipped = [one for one in reversed(between) if known and one.id not in self.planned]
        if not skipped:
            return ""
        first = skipped[0]
        more = f" dan {len(skipped) - 1} sesi lain" if len(skipped) > 1 else ""
        return f"⚠️ Belum diberikan sebelumnya: {first.module}, sesi {first.number}{more}."

    def _part(self, lesson: Lesson) -> int:
        return 0 if lesson.module_id in self.core else lesson.module_id


def material_line(module: str, number: int, title: str) -> str:
    """Name a lesson by its module, its number and its title."""
    return f"Modul {module}, sesi {number}: {title}"


def material_of(meeting: Meeting) -> str:
    """Name what a meeting is or was about."""
    if meeting.lesson_id is not None:
        return material_line(meeting.module, meeting.number, meeting.title)
    # Where every lesson was given nobody has said yet what comes: the title only says that it is other material.
    return NOTHING_LEFT if meeting.topic == NOTHING_LEFT else f"Materi tambahan: {meeting.topic}"


def warn_of_repeat(db: Connection, meeting: Meeting) -> str:
    """Warn that the group has had the lesson meanwhile that was planned for a meeting that has begun; '' if not."""
    day = plan_lessons.given_meanwhile(db, meeting.id)
    return REPEAT.format(day=dates.show_day(date.fromisoformat(day))) if day else ""


def syllabus(db: Connection, group_id: int, but: int | None = None) -> Syllabus:
    """Read where the group stands; the record `but`, which is just being changed, is no repeat of itself."""
    return _standing(db, group_id, lessons.next_lesson(db, group_id), but, frozenset())


def syllabus_at(db: Connection, group_id: int, starts_at: str, now: str, plan: int | None = None) -> Syllabus:
    """Read where the group will stand at a moment (UTC text) if all that is planned before it is held.

    `plan` is the plan of that moment, where there is one already.
    """
    following = plan_lessons.lesson_at(db, group_id, starts_at, now, plan)
    before = frozenset(plans.planned_lessons(db, group_id, before=starts_at))
    return _standing(db, group_id, lessons.lesson(db, following) if following else None, None, before)


def _standing(
    db: Connection, group_id: int, following: Lesson | None, but: int | None, before: frozenset[int]
) -> Syllabus:
    modules = lessons.modules(db)
    in_use = [one for module in modules for one in lessons.lessons(db, module.id)]
    core = frozenset(one.id for one in modules if one.core)
    part = following.module_id if following and following.module_id not in core else None
    counted = [one for one in progress.parts(db, group_id) if one.module_id == part]
    held, every = (counted[0].held, counted[0].all) if counted else (0, 0)
    given, planned = progress.last_given(db, group_id, but), frozenset(plans.planned_lessons(db, group_id))
    of_part = {one.id for one in in_use if (None if one.module_id in core else one.module_id) == part}
    held += len((before & of_part) - given.keys())
    return Syllabus(in_use, following, held, every, given, core, planned)


@dataclass(frozen=True, slots=True)
class WhichMaterial(Question[Material]):
    """A lesson by tap, number ("2.2") or title, or other material by its title; kept as an id or as the title."""

    syllabus: Syllabus
    echoes: bool = True

    @property
    def prompt(self) -> Text:  # type: ignore[override]  # said anew for each group
        following = self.syllabus.following
        if following is None:
            ahead = any(one.id not in self.syllabus.given for one in self.syllabus.lessons)
            what = "diberikan atau direncanakan untuk" if ahead else "diberikan kepada"
            return Text.of(f"Semua sesi sudah {what} kelompok ini. Materi apa kali ini?")
        place = f"{self.syllabus.held + 1} dari {self.syllabus.all}"
        return Text.of(f"Usul: {Material(following).line()} ({place}).")

    def says(self, partial: Any) -> Text:
        match _stage(partial):
            case "modules":
                return Text.of("Modul yang mana? Boleh juga ketik nomornya, misalnya 2.2 (modul 2, sesi 2).")
            case "topic":
                return Text.of("Apa judul materinya?")
            case "":
                return self.prompt
            case module:
                return Text.of(f"Sesi yang mana dari Modul {self._modules()[module]}?")

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        match _stage(partial):
            case "modules":
                return tuple(Choice(f"m{id_}", name) for id_, name in self._modules().items())
            case "topic":
                return ()
            case "":
                yes = (Choice("yes", "Ya"),) if self.syllabus.following else ()
                return (*yes, Choice("other", "Sesi lain"), Choice("extra", "Materi tambahan"))
            case module:
                here = self._of(module)
                # Where a list is numbered, its numbers are those of the sesi, unless one of them is out of use.
                plain = [one.number for one in here] == list(range(1, len(here) + 1))
                titles = [one.title if plain else f"Sesi {one.number}: {one.title}" for one in here]
                return tuple(Choice(f"s{one.id}", title) for one, title in zip(here, titles, strict=True))

    def read(self, said: Said, partial: Any) -> Done | More:
        stage = _stage(partial)
        if stage == "topic":
            return Done(safe_words("", most=MOST_LETTERS).read(said, None).value)  # type: ignore[union-attr]
        chosen = pick(self.choices(partial), said) or ""
        if chosen == "yes" and self.syllabus.following:
            return Done(self.syllabus.following.id)
        if chosen == "other":
            return self._more("modules")
        if chosen == "extra":
            return self._more("topic")
        if chosen.startswith("m"):
            return self._more(chosen[1:])
        if chosen.startswith("s"):
            return Done(int(chosen[1:]))
        found = self._named(said.text) if said.kind == "text" else None
        if found is None:
            raise NotUnderstood("Mohon pilih salah satu, atau ketik modul dan sesinya, misalnya 2.2.")
        return Done(found.id)

    def load(self, kept: Any) -> Material:
        if isinstance(kept, str):
            return Material(None, kept)
        found = next((one for one in self.syllabus.lessons if one.id == kept), None)
        if found is None:
            raise NoLongerFits("Sesi tadi sudah tidak dipakai, mohon pilih lagi.")
        return Material(found, remark=self.syllabus.remark(found))

    def show(self, value: Material) -> str:
        return value.line() if value.lesson else f"{value.topic} (tambahan)"

    def _more(self, stage: str) -> More:
        return More({"stage": stage}, self.says({"stage": stage}).plain)

    def _modules(self) -> Mapping[str, str]:
        return {str(one.module_id): one.module for one in self.syllabus.lessons}

    def _of(self, module: str) -> list[Lesson]:
        return [one for one in self.syllabus.lessons if str(one.module_id) == module]

    def _named(self, text: str) -> Lesson | None:
        if _SHORT_NUMBER.fullmatch(text.strip()):
            rank, number = (int(part) for part in re.findall(r"\d+", text))
            found = [one for one in self.syllabus.lessons if (one.module_rank, one.number) == (rank, number)]
        else:
            typed = " ".join(text.casefold().split())
            found = [one for one in self.syllabus.lessons if len(typed) > 3 and typed in one.title.casefold()]
        return found[0] if len(found) == 1 else None


def which_material(where: Syllabus) -> WhichMaterial:
    """Ask what is taught, proposing what comes next."""
    return WhichMaterial(where)


def safe_words(prompt: str, *, most: int = 500, least: int = 1) -> Typed[str]:
    """Ask for free text that names no family by its number: NIK and KK numbers are never stored."""
    plain = words(prompt, most=most, least=least)

    def read(text: str) -> str:
        for found in _LONG_NUMBER.findall(text):
            if sum(character.isdigit() for character in found) >= 10:
                raise NotUnderstood(
                    "NIK, nomor KK dan nomor HP tidak disimpan di sini. Mohon ketik lagi tanpa nomor itu."
                )
        return plain.reader(text)

    return Typed(plain.prompt, read, str, str, str, echoes=False)


def _stage(partial: Any) -> str:
    return str(partial["stage"]) if isinstance(partial, dict) else ""
