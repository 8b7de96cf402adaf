"""What is asked about a meeting that was to be: what was taught, when, where, who was absent or why it was not held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, Literal, Protocol, TypeVar

from bot import dates
from bot.chat import Chat, Reader
from bot.clock import from_utc_text
from bot.labels import pick
from bot.message import Choice, Location, Media, Said
from bot.questions import Done, More, Question, or_skip
from bot.sent import Point, photos
from bot.text import Text, bold, lines
from bot.typed import Typed
from handlers.meetings.away import Away, WhoWasAbsent, away_of, keep, show_attendance, who_was_absent
from handlers.meetings.groups import title_of
from handlers.meetings.lesson_choice import Material, safe_words, syllabus, which_material
from handlers.meetings.meeting_times import day_held, time_held
from handlers.meetings.members import numbers_on
from handlers.meetings.used_pictures import CHOOSE
from storage import meetings, month_plan
from storage.groups import Group
from storage.meetings import Meeting

T = TypeVar("T")
MORE = {"photos": "Tambah foto", "obstacles": "Kendala", "follow_up": "Tindak lanjut"}
NO_NAMES = "tanpa nama atau NIK keluarga"
NOT_HELD = Choice("not-held", "Tidak terlaksana")
REASONS = (
    ("rain", "Hujan atau banjir", "hujan atau banjir"),
    ("village", "Kegiatan desa", "ada kegiatan desa"),
    ("head", "Ketua berhalangan", "ketua kelompok berhalangan"),
    ("self", "Saya sakit/tugas lain", "pendamping sakit atau ada tugas lain"),
)
"""Why a meeting was not held: id, button, and the words of the report."""

MOST_LETTERS = 150
MOST_IN_PLACE = 100


@dataclass(frozen=True, slots=True)
class Attended:
    """A group at a meeting, its size on that day, and who was away; None: it was not held."""

    group: Group
    members: int
    away: Away | None


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of a meeting, of one group or of several that met together."""

    groups: tuple[Attended, ...]
    material: Material
    day: date
    at: time
    place: str
    why_not: str
    photos: tuple[Media, ...]
    obstacles: str
    follow_up: str
    point: Location | None

    @property
    def held(self) -> bool:
        """Whether it took place."""
        return not self.why_not


class Ask(Protocol):
    """Asks one question of the report, unless its answer is known."""

    async def __call__(
        self, key: str, question: Question[T], label: str, about: object = "", given: object = None
    ) -> T: ...


@dataclass(frozen=True, slots=True)
class HowItWas(Question[Away | None]):
    """Who was absent, or that the meeting was not held: kept as that word."""

    absent: WhoWasAbsent
    counts: bool = False  # a number is a member

    @property
    def prompt(self) -> Text:  # type: ignore[override]  # said anew for each group
        return self.absent.prompt

    def says(self, partial: Any) -> Text:
        return self.absent.says(partial)

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        return self.absent.choices(partial) if partial else (*self.absent.choices(None), NOT_HELD)

    def read(self, said: Said, partial: Any) -> Done | More:
        # A bare number is a member, never the number of a choice.
        typed = said.kind == "text" and not any(character.isdecimal() for character in said.text)
        if (said.kind == "tap" or typed) and pick(self.choices(partial), said) == NOT_HELD.id:
            return Done(NOT_HELD.id)
        return self.absent.read(said, partial)

    def load(self, kept: Any) -> Away | None:
        return None if kept == NOT_HELD.id else self.absent.load(kept)

    def show(self, value: Away | None) -> str:
        return "tidak terlaksana" if value is None else self.absent.show(value)


@dataclass(frozen=True, slots=True)
class RoughPoint(Question[Location | None]):
    """A location to three decimals, some 110 metres: no family's house is found by it. Kept as [], or two numbers."""

    sent: Point

    @property
    def prompt(self) -> Text:  # type: ignore[override]  # that of the question within
        return self.sent.prompt

    @property
    def ask(self) -> Literal["", "contact", "location"]:  # type: ignore[override]  # that of the question within
        return self.sent.ask

    def read(self, said: Said, partial: Any) -> Done | More:
        outcome = self.sent.read(said, partial)
        return Done([round(part, 3) for part in outcome.value]) if isinstance(outcome, Done) else outcome

    def load(self, kept: Any) -> Location | None:
        return Location(*kept) if kept else None

    def show(self, value: Location | None) -> str:
        return f"{value.latitude:.3f}, {value.longitude:.3f}" if value else "–"


def why_not_held(prompt: str) -> Typed[str]:
    """Ask why a meeting was not held: one of the usual reasons, or another in a few words."""
    return replace(safe_words(prompt, most=MOST_LETTERS, least=3), shortcuts=REASONS)


async def ask_report(
    chat: Chat,
    read: Reader,
    ask: Ask,
    groups: Sequence[Group],
    *,
    earliest: date | None = None,
    but: int | None = None,
) -> Report:
    """Ask for what is not known; what is asked in no row of questions the summary offers.

    `earliest` is how far back the day may lie, where that is further than people log; `but` is the record that is being
    changed, and no repeat of itself.
    """
    first, key = groups[0], ",".join(str(one.id) for one in groups)
    material = await ask("lesson", which_material(await read(syllabus, first.id, but)), "Materi", about=first.id)
    day = await ask("day", day_held(chat.today, earliest), "Hari")
    usual = await read(meetings.planned_on, first.id, day.isoformat(), material.lesson_id, material.topic)
    start = dates.local(from_utc_text(usual.starts_at), usual.zone).time() if usual else None
    at = await ask(
        "time", time_held(day, chat.now, chat.zone), "Jam", given=start.isoformat("minutes") if start else None
    )
    attended = []
    for group in groups:
        numbers = await read(numbers_on, group.id, day.isoformat())
        question = who_was_absent(numbers, group.name if len(groups) > 1 else "")
        label = f"Kehadiran {group.name}" if len(groups) > 1 else "Kehadiran"
        if len(groups) == 1:
            away = await ask("absences", HowItWas(question), label, about=group.id)
        else:
            away = await ask("absences", question, label, about=group.id)
        attended.append(Attended(group, len(numbers), away))
    # Nothing below is asked in the row, but for why: the summary offers it.
    habit = await read(month_plan.habit_of, first.id)
    where = safe_words("Di mana tempatnya? Misalnya Balai Desa.", most=MOST_IN_PLACE)
    place = await ask("place", where, "Tempat", about=key, given=(usual.place if usual else "") or _usual_place(habit))
    if any(one.away is None for one in attended):
        why = await ask("why", why_not_held("Kenapa tidak terlaksana? Boleh juga diketik."), "Alasan")
        return Report(tuple(attended), material, day, at, place, why, (), "", "", None)
    pictures = await ask(
        "photos", or_skip(photos("Kirim foto pertemuannya, boleh beberapa sekaligus.")), "Foto", given=[]
    )
    trouble = or_skip(safe_words(f"Apa kendalanya? Singkat saja, {NO_NAMES}."))
    obstacles = await ask("obstacles", trouble, "Kendala", given="")
    after = or_skip(safe_words(f"Apa tindak lanjutnya? Singkat saja, {NO_NAMES}."))
    follow_up = await ask("follow_up", after, "Tindak lanjut", given="")
    spot = or_skip(RoughPoint(Point(Text.of("Kirim lokasi pertemuannya."))))
    point = await ask("point", spot, "Lokasi", given=[])
    return Report(
        tuple(attended), material, day, at, place, "", pictures or (), obstacles or "", follow_up or "", point
    )


def summary_of(report: Report, zone: str, used: Sequence[str] = ()) -> Text:
    """Write the report as it will be saved; `used` says of photos that they stand elsewhere already."""
    moment = dates.show_moment(dates.to_utc(report.day, report.at, zone), zone)
    several = len(report.groups) > 1
    attended = [
        (f"{one.group.name}: " if several else "") + show_attendance(one.members, one.away)
        for one in report.groups
        if one.away is not None
    ]
    title = " dan ".join(title_of(one.group) for one in report.groups)
    return lines(
        [
            bold(title) + f" · {moment}",
            report.material.line(),
            report.material.remark if report.held else "",
            f"Tempat: {report.place}" if report.place else "",
            *attended,
            *([] if report.held else [f"Tidak terlaksana: {report.why_not}"]),
            *([f"Foto: {len(report.photos)}" if report.photos else "Foto belum ada."] if report.held else []),
            *used,
            CHOOSE if used else "",
            f"Kendala: {report.obstacles}" if report.obstacles else "",
            f"Tindak lanjut: {report.follow_up}" if report.follow_up else "",
            f"Lokasi: {report.point.latitude:.3f}, {report.point.longitude:.3f}" if report.point else "",
        ]
    )


def kept_report(meeting: Meeting, photos: Sequence[str]) -> Mapping[str, Any]:
    """Return what a record says as the answers to these questions are kept."""
    start = dates.local(from_utc_text(meeting.starts_at), meeting.zone)
    return {
        "lesson": meeting.lesson_id if meeting.lesson_id is not None else meeting.topic,
        "day": meeting.day,
        "time": f"{start:%H:%M}",
        "absences": NOT_HELD.id if meeting.state == "not_held" else keep(away_of(meeting)),
        "place": meeting.place,
        "why": meeting.why_not or None,
        "photos": [[digest, "", ""] for digest in photos],
        "obstacles": meeting.obstacles,
        "follow_up": meeting.follow_up,
        "point": [] if meeting.latitude is None else [meeting.latitude, meeting.longitude],
    }


def _usual_place(habit: month_plan.Habit | None) -> str:
    return habit.place if habit else ""
