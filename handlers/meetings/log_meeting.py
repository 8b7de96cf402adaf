"""Logging a meeting (P2K2) that took place: what was taught, who was absent, photos, and a text to copy elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.message import Media
from bot.questions import NoLongerFits, Question, or_skip
from bot.routes import action
from bot.sent import photos
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.absences import Absences, keep, show_absent, show_attendance, who_was_absent
from handlers.meetings.groups import ADD, FACILITATORS, NONE_YET, title_of, which_group
from handlers.meetings.lesson_choice import Material, safe_words, syllabus, which_material
from handlers.meetings.meeting_times import LASTS, day_held, time_held
from handlers.meetings.one_line import Line, read_line
from handlers.reporting.report_text import report_buttons, report_text
from handlers.scheduling.planned import describe, meeting_in, my_planned, when
from storage import groups, lessons, meetings
from storage.database import Connection
from storage.groups import Group
from storage.lessons import Lesson
from storage.meeting_records import record
from storage.meetings import Meeting

T = TypeVar("T")
MORE = {"photos": "Tambah foto", "obstacles": "Kendala", "follow_up": "Tindak lanjut"}
NO_NAMES = "tanpa nama atau NIK keluarga"


@dataclass(frozen=True, slots=True)
class Report:
    """A meeting that took place; `planned` is the row of its plan, if it was opened from one."""

    group: Group
    material: Material
    day: date
    at: time
    absences: Absences
    photos: tuple[Media, ...]
    obstacles: str
    follow_up: str
    planned: int | None


async def run(chat: Chat, read: Reader) -> Report | None:
    """Ask for what the line, or the plan it is opened from, has not told; None where there is no group yet."""
    mine = {str(one.id): one for one in await read(groups.groups_of, chat.me.id)}
    if not mine:
        return None
    plan, line = None, Line()
    if (planned_id := meeting_in(chat.arg)) is not None:
        plan = await my_planned(chat, read, planned_id)
        _refuse_early(chat, plan)
    elif chat.arg:
        line = read_line(chat.arg, list(mine.values()), await read(_lessons_in_use), chat.today, chat.zone)
    known = _known(plan, line)

    async def ask(key: str, question: Question[T], label: str, about: object = "", given: object = None) -> T:
        # Told once, above the first question: by the second one the person has seen it.
        if not chat.answers:
            chat.say(describe(plan) if plan else "")
            _tell(chat, line)
            _tell_misfit(chat, question, known.get(key))
        return await chat.ask(key, question, label=label, about=about, given=known.get(key, given))

    group = await ask("group", which_group(mine), "Kelompok", given=next(iter(mine)) if len(mine) == 1 else None)
    material = await ask("lesson", which_material(await read(syllabus, group.id)), "Materi", about=group.id)
    day = await ask("day", day_held(chat.today), "Hari")
    usual = await read(meetings.planned_on, group.id, day.isoformat(), material.lesson_id, material.topic)
    start = dates.local(from_utc_text(usual.starts_at), usual.zone).time() if usual else None
    at = await ask(
        "time", time_held(day, chat.now, chat.zone), "Jam", given=start.isoformat("minutes") if start else None
    )
    absences = await ask("absences", who_was_absent(group.members), "Kehadiran", about=group.id)
    # Nothing below is asked in the row: the summary offers it.
    pictures = await ask(
        "photos", or_skip(photos("Kirim foto pertemuannya, boleh beberapa sekaligus.")), "Foto", given=[]
    )
    trouble = or_skip(safe_words(f"Apa kendalanya? Singkat saja, {NO_NAMES}."))
    obstacles = await ask("obstacles", trouble, "Kendala", given="")
    after = or_skip(safe_words(f"Apa tindak lanjutnya? Singkat saja, {NO_NAMES}."))
    follow_up = await ask("follow_up", after, "Tindak lanjut", given="")
    report = Report(
        group,
        material,
        day,
        at,
        absences,
        pictures or (),
        obstacles or "",
        follow_up or "",
        planned_id if plan else None,
    )
    if not chat.answers and line.told:
        _tell(chat, Line(told=":", problems=line.problems))
    await chat.confirm(_summary(report, chat.zone), also=MORE)
    return report


def save(tx: Settling, report: Report | None) -> None:
    """Record the meeting, once, and hand out the text for the other systems."""
    if report is None:
        tx.say(NONE_YET, ADD)
        return
    group = groups.group(tx.db, report.group.id)
    if group is None or not group.active or group.person_id != tx.me.id:
        raise Refused(f"{title_of(report.group)} sudah ditutup. Mohon pilih kelompok lain lewat Ubah.")
    if any(number > group.members for number in report.absences):
        raise Refused(f"Anggota {title_of(group)} sekarang {group.members}. Mohon ubah kehadirannya.")
    day, starts = report.day.isoformat(), dates.to_utc(report.day, report.at, tx.zone)
    lesson_id, topic = report.material.lesson_id, report.material.topic
    if meetings.held_on(tx.db, group.id, day, lesson_id, topic) is not None:
        raise Refused(
            f"{title_of(group)} sudah tercatat mendapat materi itu pada {dates.show_day(report.day)}. "
            "Ubah hari atau materinya, atau /batal."
        )
    plan = _plan_of(tx.db, report)
    meeting_id = meetings.hold_meeting(
        tx.db,
        ref=tx.ref,
        planned=plan.id if plan else None,
        group_id=group.id,
        person_id=tx.me.id,
        lesson_id=lesson_id,
        topic=topic,
        day=day,
        starts_at=utc_text(starts),
        ends_at=utc_text(starts + LASTS),
        zone=tx.zone,
        members=group.members,
        obstacles=report.obstacles,
        follow_up=report.follow_up,
        absences=report.absences,
        photos=[photo.digest for photo in report.photos],
        now=tx.stamp,
    )
    if plan is not None:
        tx.withdraw(f"meeting:{plan.id}")
    saved = record(tx.db, meeting_id)
    assert saved is not None
    there, absent = group.members - len(report.absences), show_absent(report.absences)
    receipt = f"✅ Tersimpan: {there} dari {group.members} hadir{absent and ', '}{absent}."
    tx.say(
        lines([receipt, report_text(saved)]),
        *report_buttons(meeting_id),
        *(() if report.photos else (action("foto", f"m{meeting_id}", "Tambah foto"),)),
        action("p2k2", "", "Catat P2K2 lain"),
    )


LOG_MEETING = Dialog("p2k2", "Laporan P2K2", run, save, FACILITATORS, steps=6)


def _known(plan: Meeting | None, line: Line) -> Mapping[str, Any]:
    """Return the answers that need not be asked, as they are kept."""
    if plan is not None:
        start = dates.local(from_utc_text(plan.starts_at), plan.zone)
        return {
            "group": str(plan.group_id),
            "lesson": plan.lesson_id if plan.lesson_id is not None else plan.topic,
            "day": plan.day,
            "time": f"{start:%H:%M}",
        }
    told = {
        "group": str(line.group.id) if line.group else None,
        "lesson": line.lesson.id if line.lesson else None,
        "day": line.day.isoformat() if line.day else None,
        "time": line.at.isoformat("minutes") if line.at else None,
        "absences": None if line.absences is None else keep(line.absences),
    }
    return {key: value for key, value in told.items() if value is not None}


def _tell(chat: Chat, line: Line) -> None:
    if line.told:
        chat.say("Saya baca:" if line.told == ":" else f"Saya baca: {line.told}.")
    for problem in line.problems:
        chat.say(problem)


def _tell_misfit(chat: Chat, question: Question[Any], kept: object) -> None:
    """Say why what was told is asked all the same: a day that has not come, a number beyond the members."""
    try:
        if kept is not None:
            question.load(kept)
    except NoLongerFits as why:
        chat.say(str(why))


def _summary(report: Report, zone: str) -> Text:
    moment = dates.show_moment(dates.to_utc(report.day, report.at, zone), zone)
    return lines(
        [
            bold(title_of(report.group)) + f" · {moment}",
            report.material.line(),
            show_attendance(report.group.members, report.absences),
            f"Foto: {len(report.photos)}" if report.photos else "Foto belum ada.",
            f"Kendala: {report.obstacles}" if report.obstacles else "",
            f"Tindak lanjut: {report.follow_up}" if report.follow_up else "",
        ]
    )


def _refuse_early(chat: Chat, plan: Meeting) -> None:
    if from_utc_text(plan.starts_at) > chat.now:
        raise Refused(
            f"P2K2 Kelompok {plan.group} baru mulai {when(plan)}. Catat setelah itu; bila waktunya berubah, "
            "pindahkan lewat /jadwal."
        )


def _plan_of(db: Connection, report: Report) -> Meeting | None:
    """Return the plan that this meeting fulfils: the one it was opened from, else the group's of that day."""
    plan = meetings.meeting(db, report.planned) if report.planned is not None else None
    if plan is not None and plan.state == "planned" and plan.group_id == report.group.id:
        return plan
    material = report.material
    return meetings.planned_on(db, report.group.id, report.day.isoformat(), material.lesson_id, material.topic)


def _lessons_in_use(db: Connection) -> list[Lesson]:
    return [one for module in lessons.modules(db) for one in lessons.lessons(db, module.id)]
