"""A whole month proposed at once, from when and where each group usually meets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Choice
from bot.picked import tick
from bot.questions import or_skip
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.groups import FACILITATORS
from handlers.meetings.meeting_times import LASTS
from handlers.scheduling.habits import next_day, usual_of
from handlers.scheduling.moved_lessons import follow, told_moves
from handlers.scheduling.plan import PLAN
from handlers.scheduling.planned import short_moment
from storage import groups, lessons, meetings, month_plan, plan_lessons, plans
from storage.database import Connection
from storage.lessons import Lesson
from storage.month_plan import Habit
from storage.plan_lessons import NOTHING_LEFT

NOTHING = "Untuk {month} tidak ada yang bisa diusulkan: {why}. Rencanakan satu per satu lewat /jadwal."


@dataclass(frozen=True, slots=True)
class Proposed:
    """One meeting of the month; `lesson` is None where the group has had everything."""

    group_id: int
    group: str
    village: str
    starts: datetime
    lesson: Lesson | None
    place: str


@dataclass(frozen=True, slots=True)
class Month:
    """What is to be planned, in order; `month` is a day in it."""

    month: date
    meetings: tuple[Proposed, ...]


async def ask(chat: Chat, read: Reader) -> Month:
    """Propose the month "2023-12" for every group that has nothing in it yet; groups can be left out."""
    month = _month(chat.arg, chat.today)
    habits = await read(month_plan.habits_without_meeting, chat.me.id, f"{month:%Y-%m}")
    proposed = await read(_with_lessons, propose(habits, month, chat.now, chat.today, chat.zone), utc_text(chat.now))
    name = dates.show_month(month)
    if not proposed:
        raise Refused(NOTHING.format(month=name, why=_why_nothing(habits)))
    options = {str(one.group_id): one for one in proposed}
    question = or_skip(tick("Kelompok mana yang tidak ikut diusulkan?", options, lambda one: one.group))
    left_out = await chat.ask("without", question, given=[]) or ()
    kept = tuple(one for one in proposed if one not in left_out)
    if not kept:
        raise Refused("Semua kelompok dikeluarkan, tidak ada yang direncanakan.")
    summary: list[str | Text] = [
        bold(f"Usulan jadwal {name}"),
        *(_line(one, kept, chat.zone) for one in kept),
        _without_habit([one for one in habits if usual_of(one) is None]),
    ]
    await chat.confirm(lines(summary), also={"without": "Tanpa kelompok"})
    return Month(month, kept)


def save(tx: Settling, month: Month) -> None:
    """Plan each that still fits; say what was planned, and what was not."""
    taken, planned, moved = [], [], []
    for one in month.meetings:
        group = groups.group(tx.db, one.group_id)
        starts = utc_text(one.starts)
        gone = group is None or not group.active or group.person_id != tx.me.id or one.starts <= tx.now
        if gone or meetings.planned_at(tx.db, one.group_id, starts) is not None:
            taken.append(one.group)
            continue
        meeting_id = plans.plan_meeting(
            tx.db,
            ref=f"{tx.ref}:{one.group_id}",
            group_id=one.group_id,
            person_id=tx.me.id,
            lesson_id=one.lesson.id if one.lesson else None,
            topic="" if one.lesson else NOTHING_LEFT,
            day=dates.local(one.starts, tx.zone).date().isoformat(),
            starts_at=starts,
            ends_at=utc_text(one.starts + LASTS),
            zone=tx.zone,
            place=one.place,
            now=tx.stamp,
        )
        planned.append(meeting_id)
        moved += follow(tx, one.group_id)
    done = f"✅ {len(month.meetings) - len(taken)} pertemuan {dates.show_month(month.month)} masuk jadwal."
    names = ", ".join(taken)
    told = f"Tidak jadi direncanakan: {names}. Waktunya sudah lewat, atau kelompoknya berubah." if taken else ""
    tx.say(
        lines([done, told, told_moves(moved, tx.me.id, but=planned)]),
        action("jadwal", f"{month.month:%Y-%m}", "Lihat jadwal"),
        PLAN,
    )


PROPOSAL = Dialog("usul", "Usulan jadwal", ask, save, FACILITATORS, steps=1)


def propose_button(month: date) -> Choice:
    """Offer to propose a month."""
    return action("usul", f"{month:%Y-%m}", f"Usulkan {dates.show_month(month)}")


def propose(habits: Sequence[Habit], month: date, now: datetime, today: date, zone: str) -> list[Proposed]:
    """Return a meeting for each group that has a habit and a day left in the month, in order; lessons come after."""
    found = []
    for habit in habits:
        usual = usual_of(habit)
        if usual is None:
            continue
        day = next_day(usual, month, today)
        # Its time has passed today: the same weekday a week later, if the month has one.
        while day and dates.to_utc(day, usual.at, zone) <= now:
            day = next_day(usual, month, date.fromordinal(day.toordinal() + 1))
        if day:
            starts = dates.to_utc(day, usual.at, zone)
            found.append(Proposed(habit.group_id, habit.group, habit.village, starts, None, habit.place))
    return sorted(found, key=lambda one: (one.starts, one.group))


def _with_lessons(db: Connection, proposed: Sequence[Proposed], now: str) -> list[Proposed]:
    found = [plan_lessons.lesson_at(db, one.group_id, utc_text(one.starts), now) for one in proposed]
    return [
        replace(one, lesson=lessons.lesson(db, lesson_id) if lesson_id else None)
        for one, lesson_id in zip(proposed, found, strict=True)
    ]


def _month(arg: str, today: date) -> date:
    try:
        return max(date.fromisoformat(f"{arg}-01"), today.replace(day=1))
    except ValueError:
        return today.replace(day=1)


def _line(one: Proposed, all_: Sequence[Proposed], zone: str) -> Text:
    material = f"{one.lesson.module_rank}.{one.lesson.number} {one.lesson.title}" if one.lesson else "Materi tambahan"
    same = [other.group for other in all_ if other.starts == one.starts and other is not one]
    clash = f" ⚠️ bersamaan dengan {', '.join(same)}" if same else ""
    return Text.of(f"{short_moment(utc_text(one.starts), zone)} · {one.group}, {one.village} · {material}{clash}")


def _without_habit(habits: Sequence[Habit]) -> str:
    names = ", ".join(one.group for one in habits)
    return f"Belum pernah bertemu, jadi tidak diusulkan: {names}." if names else ""


def _why_nothing(habits: Sequence[Habit]) -> str:
    if not habits:
        return "semua kelompok sudah punya jadwal"
    return "kelompoknya belum pernah bertemu" if not any(map(usual_of, habits)) else "hari biasanya sudah lewat"
