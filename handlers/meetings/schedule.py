"""The schedule: what is planned for the next 30 days; a meeting is planned, moved or cancelled."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.message import Choice
from bot.picked import choose, yes_or_no
from bot.questions import or_skip
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.meetings.groups import ADD, FACILITATORS, NONE_YET, title_of, which_group
from handlers.meetings.lesson_choice import Material, material_of, safe_words, syllabus, which_material
from handlers.meetings.meeting_times import LASTS, day_planned, time_planned
from storage import groups, meetings
from storage.groups import Group
from storage.meetings import Meeting

SHOWN_AHEAD = timedelta(days=30)
SHOWN_BACK = timedelta(days=30)
PLAN = action("jadwal", "rencana", "Rencanakan")
NO_LONGER = "Pertemuan itu tidak ada lagi di jadwal. Lihat yang sekarang di /jadwal."


@dataclass(frozen=True, slots=True)
class Plan:
    """A meeting to be planned."""

    group: Group
    day: date
    at: time
    material: Material
    place: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a planned meeting; day and time are those it is moved to."""

    meeting_id: int
    what: Literal["move", "cancel", "keep"]
    day: date | None = None
    at: time | None = None


class NoGroups:
    """The facilitator has no group yet to plan for."""


async def run(chat: Chat, read: Reader) -> Plan | Change | NoGroups | None:
    """List what is planned, plan a meeting ("rencana"), or change one ("m7")."""
    if chat.arg == "rencana":
        return await _plan(chat, read)
    if (meeting_id := meeting_in(chat.arg)) is not None:
        return await _change(chat, await my_planned(chat, read, meeting_id))
    return None


def save(tx: Settling, result: Plan | Change | NoGroups | None) -> None:
    """Show, plan, move or cancel, and say what now stands."""
    match result:
        case Plan():
            _save_plan(tx, result)
        case Change():
            _save_change(tx, result)
        case NoGroups():
            tx.say(NONE_YET, ADD)
        case None:
            _list(tx)


SCHEDULE = Dialog("jadwal", "Jadwal P2K2", run, save, FACILITATORS, steps=5)


def meeting_in(arg: str) -> int | None:
    """Read what a card's button carries: "m7"."""
    digits = arg[1:] if arg[:1] == "m" else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


async def my_planned(chat: Chat, read: Reader, meeting_id: int) -> Meeting:
    """Read a planned meeting of this facilitator. Raises Refused where it is planned no more."""
    found = await read(meetings.meeting, meeting_id)
    if found is None or found.person_id != chat.me.id or found.state == "cancelled":
        raise Refused(NO_LONGER)
    if found.state == "held":
        raise Refused(f"P2K2 {_which(found)} sudah tercatat. Lihat /rekap.")
    return found


def when(meeting: Meeting) -> str:
    """Write when a meeting starts, on the clocks of its own zone."""
    return dates.show_moment(from_utc_text(meeting.starts_at), meeting.zone)


async def _plan(chat: Chat, read: Reader) -> Plan | NoGroups:
    mine = {str(one.id): one for one in await read(groups.groups_of, chat.me.id)}
    if not mine:
        return NoGroups()
    only = next(iter(mine)) if len(mine) == 1 else None
    group = await chat.ask("group", which_group(mine), label="Kelompok", given=only)
    day = await chat.ask("day", day_planned(chat.today), label="Hari")
    at = await chat.ask("time", time_planned(day, chat.now, chat.zone), label="Jam")
    material = await chat.ask("lesson", which_material(await read(syllabus, group.id)), about=group.id, label="Materi")
    where = or_skip(safe_words("Di mana tempatnya? Misalnya Balai Desa.", most=100))
    place = await chat.ask("place", where, label="Tempat", given="") or ""
    moment = dates.show_moment(dates.to_utc(day, at, chat.zone), chat.zone)
    await chat.confirm(
        lines(
            [
                bold(f"P2K2 {title_of(group)}"),
                moment,
                material.line(),
                f"Tempat: {place}" if place else "Tempat belum diisi.",
            ]
        ),
        also={"place": "Tempat"},
    )
    return Plan(group, day, at, material, place)


async def _change(chat: Chat, meeting: Meeting) -> Change:
    whats = {"move": "Pindah waktu", "cancel": "Batalkan pertemuan"}
    chosen = await chat.ask("what", choose(lines([describe(meeting), "Ubah apa?"]), whats))
    if chosen == whats["cancel"]:
        sure = yes_or_no(f"Batalkan P2K2 {_which(meeting)}, {when(meeting)}?", "Batalkan")
        return Change(meeting.id, "cancel" if await chat.ask("sure", sure) else "keep")
    before = dates.local(from_utc_text(meeting.starts_at), meeting.zone)
    day = await chat.ask("day", day_planned(chat.today), label="Hari")
    usual = sorted({before.time(), *(time(hour) for hour in (9, 10, 14, 16))})
    at = await chat.ask("time", time_planned(day, chat.now, chat.zone, usual), label="Jam")
    moment = dates.show_moment(dates.to_utc(day, at, chat.zone), chat.zone)
    await chat.confirm(lines([bold(f"P2K2 {_which(meeting)}"), f"Dari: {when(meeting)}", f"Menjadi: {moment}"]))
    return Change(meeting.id, "move", day, at)


def _save_plan(tx: Settling, plan: Plan) -> None:
    group = groups.group(tx.db, plan.group.id)
    if group is None or not group.active or group.person_id != tx.me.id:
        raise Refused(f"{title_of(plan.group)} sudah ditutup. Mohon pilih kelompok lain lewat Ubah.")
    starts = dates.to_utc(plan.day, plan.at, tx.zone)
    _refuse_bad_start(tx, group.id, starts)
    meeting_id = meetings.plan_meeting(
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
    )
    _say_stands(tx, meeting_id, "✅ Tersimpan di jadwal.")


def _save_change(tx: Settling, change: Change) -> None:
    meeting = meetings.meeting(tx.db, change.meeting_id)
    if meeting is None or meeting.person_id != tx.me.id or meeting.state != "planned":
        tx.say(NO_LONGER)
        return
    if change.what == "cancel":
        meetings.cancel_meeting(tx.db, meeting.id)
        tx.withdraw(f"meeting:{meeting.id}")
        tx.say(f"Dibatalkan: P2K2 {_which(meeting)}, {when(meeting)}.", PLAN)
        return
    if change.what == "move" and change.day and change.at:
        starts = dates.to_utc(change.day, change.at, tx.zone)
        _refuse_bad_start(tx, meeting.group_id, starts)
        meetings.move_meeting(
            tx.db,
            meeting.id,
            change.day.isoformat(),
            utc_text(starts),
            utc_text(starts + LASTS),
            tx.zone,
            tx.stamp,
        )
        # What waits to be sent names the old time; the new start makes reminders of its own.
        tx.withdraw(f"meeting:{meeting.id}")
    _say_stands(tx, meeting.id, "Tidak ada yang diubah." if change.what == "keep" else "✅ Jadwal dipindah.")


def _say_stands(tx: Settling, meeting_id: int, opening: str) -> None:
    meeting = meetings.meeting(tx.db, meeting_id)
    assert meeting is not None
    tx.say(lines([opening, describe(meeting)]), action("jadwal", f"m{meeting.id}", "Ubah jadwal"), PLAN)


def describe(meeting: Meeting) -> Text:
    """Write what is planned, where and when."""
    place = f", di {meeting.place}" if meeting.place else ""
    return lines([f"P2K2 {_which(meeting)} ({meeting.members} anggota), {when(meeting)}{place}.", material_of(meeting)])


def _list(tx: Settling) -> None:
    now = utc_text(tx.now)
    planned = meetings.planned_of(tx.db, tx.me.id, now, utc_text(tx.now + SHOWN_AHEAD))
    begun = meetings.planned_of(tx.db, tx.me.id, utc_text(tx.now - SHOWN_BACK), now)
    none = f"Belum ada P2K2 yang direncanakan untuk {SHOWN_AHEAD.days} hari ke depan."
    ahead = [bold(f"P2K2 {SHOWN_AHEAD.days} hari ke depan"), *map(_listed, planned)] if planned else [Text.of(none)]
    behind = [bold("Belum dicatat"), *map(_listed, begun)] if begun else []
    log = [action("p2k2", f"m{one.id}", f"Catat {one.group}, {_short(one)}") for one in begun]
    tx.say(lines([*ahead, *behind]), *log, *map(_change_button, [*begun, *planned]), PLAN)


def _listed(meeting: Meeting) -> Text:
    return lines([f"{_short(meeting)} · {meeting.group}, {meeting.village}", material_of(meeting)])


def _change_button(meeting: Meeting) -> Choice:
    return action("jadwal", f"m{meeting.id}", f"Ubah {meeting.group}, {_short(meeting)}")


def _short(meeting: Meeting) -> str:
    here = dates.local(from_utc_text(meeting.starts_at), meeting.zone)
    return f"{dates.show_short_day(here.date())} {here:%H.%M}"


def _which(meeting: Meeting) -> str:
    return f"Kelompok {meeting.group}, Desa {meeting.village}"


def _refuse_bad_start(tx: Settling, group_id: int, starts: datetime) -> None:
    if starts <= tx.now:
        raise Refused("Waktu itu sudah lewat. Mohon ubah hari atau jamnya.")
    if meetings.planned_at(tx.db, group_id, utc_text(starts)) is not None:
        raise Refused("Kelompok ini sudah punya rencana P2K2 pada waktu itu. Mohon ubah hari atau jamnya, atau /batal.")
