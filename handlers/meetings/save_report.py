"""Saving what was told of a meeting: a record for each group that met, on its plan where there was one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import dates
from bot.chat import Refused
from bot.clock import utc_text
from bot.routes import action
from bot.settling import Settling
from bot.text import lines
from handlers.meetings.confirming import ask_owner, confirm_card
from handlers.meetings.groups import ADD, NONE_YET, title_of
from handlers.meetings.meeting_times import LASTS
from handlers.meetings.members import numbers_on
from handlers.meetings.report_questions import Attended, Report
from handlers.meetings.saved import follow_line, handed_in_at, outcome, record_buttons, text_of
from handlers.reporting.report_text import report_buttons
from handlers.scheduling.moved_lessons import follow, told_moves
from storage import groups, meeting_records, meetings, people
from storage.database import Connection
from storage.meeting_records import Attendance, Occasion
from storage.meetings import Meeting
from storage.people import Person

ANOTHER = action("p2k2", "", "Catat P2K2 lain")
FOR_COLLEAGUE = action("p2k2", "untuk", "Untuk rekan")


@dataclass(frozen=True, slots=True)
class Logged:
    """What was told, whose meeting it was, and the row of the plan that it was opened from."""

    report: Report
    owner_id: int
    planned: int | None


def save(tx: Settling, logged: Logged | None) -> None:
    """Record it once for each group, and hand out the text for the other systems."""
    if logged is None:
        tx.say(NONE_YET, ADD, FOR_COLLEAGUE)
        return
    owner = _owner(tx, logged.owner_id)
    report = logged.report
    taken = [there for one in report.groups if (there := _there(tx, report, one)) is not None]
    if len(report.groups) == 1 and taken and taken[0].sent_at is None and owner == tx.me:
        # A colleague was quicker: both mean the same meeting.
        tx.say(confirm_card(taken[0]))
        return
    if taken:
        raise Refused(_taken(report, taken[0]))
    joint = tx.ref if len(report.groups) > 1 else None
    saved = [_record(tx, logged, owner, one, joint) for one in report.groups]
    moved = [follow(tx, one.group_id) for one in saved]
    if owner != tx.me:
        _say_for_colleague(tx, owner, saved, [told_moves(one, owner.id) for one in moved])
        return
    told = told_moves([one for of_group in moved for one in of_group], tx.me.id)
    if joint is None:
        _say_one(tx, saved[0], told)
    else:
        _say_joint(tx, saved, told)


def _owner(tx: Settling, owner_id: int) -> Person:
    if owner_id == tx.me.id:
        return tx.me
    near = {one.id: one for one in people.colleagues(tx.db, tx.me.id)}
    if owner_id not in near:
        raise Refused("Mencatat untuk rekan hanya bisa untuk pendamping di kecamatan yang sama.")
    return near[owner_id]


def _there(tx: Settling, report: Report, one: Attended) -> Meeting | None:
    day = report.day.isoformat()
    if not report.held:
        return meetings.not_held_on(tx.db, one.group.id, day)
    return meetings.held_on(tx.db, one.group.id, day, report.material.lesson_id, report.material.topic)


def _taken(report: Report, there: Meeting) -> str:
    group = f"Kelompok {there.group}, Desa {there.village}"
    what = "mendapat materi itu" if report.held else "tidak bertemu"
    by = f" oleh {there.logger}" if there.logged_by != there.person_id else ""
    return (
        f"{group} sudah tercatat{by} {what} pada {dates.show_day(report.day)}. Ubah hari atau materinya, atau /batal."
    )


def _record(tx: Settling, logged: Logged, owner: Person, one: Attended, joint: str | None) -> Meeting:
    report, day = logged.report, logged.report.day.isoformat()
    group = groups.group(tx.db, one.group.id)
    if group is None or not group.active or group.person_id != owner.id:
        raise Refused(f"{title_of(one.group)} sudah ditutup. Mohon pilih kelompok lain lewat Ubah.")
    numbers = numbers_on(tx.db, group.id, day)
    if one.away is not None and not one.away.fits(numbers):
        raise Refused(f"Anggota {title_of(group)} sekarang {len(numbers)}. Mohon ubah kehadirannya.")
    plan = _plan_of(tx.db, logged, group.id)
    starts = dates.to_utc(report.day, report.at, tx.zone)
    occasion = Occasion(
        ref=tx.ref if joint is None else f"{tx.ref}:{group.id}",
        planned=plan.id if plan else None,
        group_id=group.id,
        person_id=owner.id,
        lesson_id=report.material.lesson_id,
        topic=report.material.topic,
        day=day,
        starts_at=utc_text(starts),
        ends_at=utc_text(starts + LASTS),
        zone=tx.zone,
        place=report.place,
        logged_at=tx.stamp,
        logged_by=tx.me.id,
        sent_at=handed_in_at(tx) if owner == tx.me else None,
    )
    if one.away is None:
        record_id = meeting_records.record_not_held(tx.db, occasion, report.why_not)
    else:
        record_id = meeting_records.hold_meeting(
            tx.db,
            occasion,
            Attendance(len(numbers), one.away.numbers, one.away.counts),
            obstacles=report.obstacles,
            follow_up=report.follow_up,
            photos=[photo.digest for photo in report.photos],
            joint=joint,
            point=(report.point.latitude, report.point.longitude) if report.point else None,
        )
    if plan is not None:
        tx.withdraw(f"meeting:{plan.id}")
    saved = meetings.meeting(tx.db, record_id)
    assert saved is not None
    return saved


def _plan_of(db: Connection, logged: Logged, group_id: int) -> Meeting | None:
    """Return the plan that this meeting fulfils: the one it was opened from, else the group's of that day."""
    plan = meetings.meeting(db, logged.planned) if logged.planned is not None else None
    if plan is not None and plan.state == "planned" and plan.group_id == group_id:
        return plan
    report = logged.report
    return meetings.planned_on(db, group_id, report.day.isoformat(), report.material.lesson_id, report.material.topic)


def _say_one(tx: Settling, saved: Meeting, moved: str) -> None:
    follows = follow_line(saved) if saved.state == "held" else ""
    told = lines([f"✅ Tersimpan: {outcome(saved)}.", follows, moved, text_of(tx.db, saved)])
    tx.say(told, *record_buttons(saved, tx.stamp), *report_buttons(saved.id), ANOTHER)


def _say_joint(tx: Settling, saved: Sequence[Meeting], moved: str) -> None:
    opening = f"✅ Tersimpan, {len(saved)} kelompok bersama:"
    tx.say(
        lines([opening, *map(_outcome_line, saved), follow_line(saved[0]), moved]),
        action("laporan", "", "Laporan saya"),
        ANOTHER,
    )
    for one in saved:
        tx.say(text_of(tx.db, one), *report_buttons(one.id))


def _say_for_colleague(tx: Settling, owner: Person, saved: Sequence[Meeting], moved: Sequence[str]) -> None:
    reached = [ask_owner(tx, one, told) for one, told in zip(saved, moved, strict=True)]
    waits = (
        "Dihitung setelah dikonfirmasi." if all(reached) else "Ia belum terdaftar di bot; dihitung setelah ia daftar."
    )
    tx.say(lines([f"✅ Tersimpan untuk {owner.name}:", *map(_outcome_line, saved), waits]), ANOTHER)


def _outcome_line(one: Meeting) -> str:
    return f"Kelompok {one.group}: {outcome(one)}."
