"""Planning a meeting in three taps: group, day, time; place and lesson are proposed and can be changed afterwards."""

from dataclasses import dataclass
from datetime import date, time

from bot import dates
from bot.chat import Chat, Reader, Refused
from bot.clock import utc_text
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.meetings.groups import title_of, which_group
from handlers.meetings.lesson_choice import Material, syllabus_at, which_material
from handlers.meetings.meeting_times import LASTS, USUAL, day_planned, time_planned
from handlers.scheduling.habits import next_day, usual_of
from handlers.scheduling.moved_lessons import follow, told_moves
from handlers.scheduling.planned import describe
from handlers.scheduling.starts import refuse_bad_start
from storage import groups, meetings, month_plan, plans
from storage.groups import Group
from storage.month_plan import Habit

PLAN = action("jadwal", "rencana", "Rencanakan")
MORE_TIMES = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting to be planned."""

    group: Group
    day: date
    at: time
    material: Material
    place: str
    chosen: bool = False  # the material: it was not the one that comes next


class NoGroups:
    """The facilitator has no group yet to plan for."""


async def ask_plan(chat: Chat, read: Reader, group_id: str = "") -> Plan | NoGroups:
    """Ask which group meets, on which day and at what time; what it learns is asked only where nothing follows.

    `group_id` is of the group that is known already.
    """
    mine = {str(one.id): one for one in await read(groups.groups_of, chat.me.id)}
    if not mine:
        return NoGroups()
    only = group_id if group_id in mine else next(iter(mine)) if len(mine) == 1 else None
    group = await chat.ask("group", which_group(mine), label="Kelompok", given=only)
    habit = await read(month_plan.habit_of, group.id)
    assert habit is not None
    usual = usual_of(habit)
    day = await chat.ask("day", day_planned(chat.today, _usual_days(habit, chat.today)), about=group.id, label="Hari")
    taken = await read(plans.planned_times, group.id, day.isoformat())
    offered = sorted({usual.at, *USUAL[: MORE_TIMES + 1]} if usual else USUAL)
    at = await chat.ask("time", time_planned(day, chat.now, chat.zone, offered, taken), about=group.id, label="Jam")
    starts = utc_text(dates.to_utc(day, at, chat.zone))
    where = await read(syllabus_at, group.id, starts, utc_text(chat.now))
    next_id = where.following.id if where.following else None
    material = await chat.ask("lesson", which_material(where), about=group.id, label="Materi", given=next_id)
    return Plan(group, day, at, material, habit.place, chosen=next_id is None)


def save_plan(tx: Settling, plan: Plan) -> None:
    """Plan it, and say what now stands."""
    group = groups.group(tx.db, plan.group.id)
    if group is None or not group.active or group.person_id != tx.me.id:
        raise Refused(f"{title_of(plan.group)} sudah ditutup. Lihat kelompok Bapak/Ibu di /kelompok.")
    starts = dates.to_utc(plan.day, plan.at, tx.zone)
    refuse_bad_start(tx, group.id, starts)
    meeting_id = plans.plan_meeting(
        tx.db,
        ref=tx.ref,
        group_id=group.id,
        person_id=tx.me.id,
        lesson_id=plan.material.lesson_id,
        topic=plan.material.topic,
        day=plan.day.isoformat(),
        starts_at=utc_text(starts),
        ends_at=utc_text(starts + LASTS),
        zone=tx.zone,
        place=plan.place,
        now=tx.stamp,
        chosen=plan.chosen,
    )
    say_stands(tx, meeting_id, " ".join(filter(None, ("✅ Tersimpan di jadwal.", plan.material.remark))))


def say_stands(tx: Settling, meeting_id: int, opening: str) -> None:
    """Say what is planned now, which other plans have another lesson thereby, and what can be done about it."""
    planned = meetings.meeting(tx.db, meeting_id)
    assert planned is not None
    moved = told_moves(follow(tx, planned.group_id), tx.me.id, but=[meeting_id])
    meeting = meetings.meeting(tx.db, meeting_id)
    assert meeting is not None
    tx.say(
        lines([opening, describe(meeting), moved]),
        action("undangan", f"m{meeting.id}", "Undangan"),
        action("daftarhadir", f"m{meeting.id}", "Daftar hadir"),
        action("jadwal", f"m{meeting.id}", "Ubah jadwal"),
        PLAN,
    )


def _usual_days(habit: Habit, today: date) -> list[date]:
    """Return the group's next usual day, so that it is the first to tap; none where it has no habit yet."""
    usual = usual_of(habit)
    if usual is None:
        return []
    this_month = next_day(usual, today, today)
    day = this_month or next_day(usual, dates.next_month(today), today)
    return [day] if day and (day - today).days > 2 else []
