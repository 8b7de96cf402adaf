"""Logging a meeting (P2K2) by a line or in a dialog: that it was held, by one group or several, or why it was not."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text
from bot.questions import NoLongerFits, Question
from handlers.meetings.away import Away, by_number, keep
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.one_line import Line, read_line
from handlers.meetings.report_questions import MORE, NOT_HELD, ask_report, summary_of
from handlers.meetings.save_report import Logged, save
from handlers.meetings.sent_line import photos_in
from handlers.meetings.used_pictures import tell_used
from handlers.meetings.which_groups import which_groups
from handlers.meetings.whose import ask_colleague, ask_whose
from handlers.scheduling.planned import describe, meeting_in, my_planned, when
from storage import groups
from storage.groups import Group
from storage.lessons import lessons_in_use
from storage.meetings import Meeting
from storage.people import Person

T = TypeVar("T")


async def run(chat: Chat, read: Reader) -> Logged | None:
    """Ask for what the line, or the plan it is opened from, has not told; None where there is no group yet."""
    sent = photos_in(chat.arg)
    whose = await ask_whose(chat, read, sent.caption)
    owner, text = whose.person, whose.line
    mine = await _groups_of(chat, read, owner)
    if not mine:
        return None
    plan, line = None, Line()
    if (planned_id := meeting_in(text)) is not None:
        plan = await my_planned(chat, read, planned_id)
        _refuse_early(chat, plan)
    elif text:
        line = read_line(text, list(mine.values()), await read(lessons_in_use), chat.today, chat.zone)
    line = replace(line, problems=tuple(filter(None, (sent.lost, *line.problems))))
    known = {**_known(plan, line), **({"photos": sent.kept()} if sent.digests else {})}

    async def ask(key: str, question: Question[T], label: str, about: object = "", given: object = None) -> T:
        # Told once, above the first question: by the second one the person has seen it.
        if not chat.answers:
            chat.say(f"Untuk {owner.name}." if owner != chat.me else "")
            chat.say(describe(plan) if plan else "")
            _tell(chat, line)
            _tell_misfit(chat, question, known.get(key))
        return await chat.ask(key, question, label=label, about=about, given=known.get(key, given))

    met = await ask("group", which_groups(mine, colleague=owner == chat.me), "Kelompok", given=_only(mine))
    if not met:
        owner = await ask_colleague(chat, read)
        theirs = await _groups_of(chat, read, owner)
        question = which_groups(theirs, colleague=False)
        met = await chat.ask("group", question, label="Kelompok", about=owner.id, given=_only(theirs))
    report = await ask_report(chat, read, ask, met)
    if not chat.answers and line.told:
        _tell(chat, replace(line, told=":"))
    used = await read(tell_used, [one.digest for one in report.photos], owner.id)
    told = summary_of(report, chat.zone, used)
    await chat.confirm(f"Untuk {owner.name}\n" + told if owner != chat.me else told, also=MORE if report.held else {})
    return Logged(report, owner.id, planned_id if plan else None)


LOG_MEETING = Dialog("p2k2", "Laporan P2K2", run, save, FACILITATORS, steps=6)


async def _groups_of(chat: Chat, read: Reader, owner: Person) -> Mapping[str, Group]:
    found = {str(one.id): one for one in await read(groups.groups_of, owner.id)}
    if not found and owner != chat.me:
        raise Refused(f"{owner.name} belum punya kelompok di sini. Kelompoknya dibuat sendiri lewat /kelompok.")
    return found


def _only(mine: Mapping[str, Group]) -> list[str] | None:
    return list(mine) if len(mine) == 1 else None


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
        "group": [str(one.id) for one in line.groups] or None,
        "lesson": line.lesson.id if line.lesson else None,
        "day": line.day.isoformat() if line.day else None,
        "time": line.at.isoformat("minutes") if line.at else None,
        "absences": _known_absences(line),
        "place": line.place or None,
        "why": line.why_not or None,
        "obstacles": line.obstacles or None,
        "follow_up": line.follow_up or None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _known_absences(line: Line) -> Any:
    if not line.held:
        return NOT_HELD.id
    if line.counts is not None:
        return keep(Away(dict(line.counts)))
    return None if line.absences is None else keep(by_number(line.absences))


def _tell(chat: Chat, line: Line) -> None:
    if line.told:
        chat.say("Saya baca:" if line.told == ":" else f"Saya baca: {line.told}.")
    for sentence in (*line.remarks, *line.problems):
        chat.say(sentence)


def _tell_misfit(chat: Chat, question: Question[Any], kept: object) -> None:
    """Say why what was told is asked all the same: a day that has not come, a number beyond the members."""
    try:
        if kept is not None:
            question.load(kept)
    except NoLongerFits as why:
        chat.say(str(why))


def _refuse_early(chat: Chat, plan: Meeting) -> None:
    if from_utc_text(plan.starts_at) > chat.now:
        raise Refused(
            f"P2K2 Kelompok {plan.group} baru mulai {when(plan)}. Catat setelah itu; bila waktunya berubah, "
            "pindahkan lewat /jadwal."
        )
