"""Changing what is planned: another time, other material, another place, or no meeting at all."""

from dataclasses import dataclass
from datetime import date, time

from bot import dates
from bot.chat import Chat, Reader, Refused
from bot.clock import from_utc_text, utc_text
from bot.picked import choose, yes_or_no
from bot.settling import Settling
from bot.text import bold, lines
from handlers.meetings.lesson_choice import Material, safe_words, syllabus_at, which_material
from handlers.meetings.meeting_times import LASTS, USUAL, day_planned, time_planned
from handlers.scheduling.moved_lessons import follow, told_moves
from handlers.scheduling.plan import PLAN, say_stands
from handlers.scheduling.planned import NO_LONGER, describe, my_planned, short_moment, when, which
from handlers.scheduling.starts import refuse_bad_start
from storage import card_parts, meetings, plans
from storage.meetings import Meeting

WHATS = {"move": "Pindah waktu", "lesson": "Ganti materi", "place": "Ganti tempat", "off": "Batalkan pertemuan"}
MOST_IN_PLACE = 100


@dataclass(frozen=True, slots=True)
class Move:
    """Another day and time."""

    meeting_id: int
    day: date
    at: time


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Other material, `chosen` against the order, or another place; None leaves it."""

    meeting_id: int
    material: Material | None = None
    chosen: bool = False
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """No meeting, if `sure`."""

    meeting_id: int
    sure: bool


Change = Move | Rewrite | Cancel


async def ask_which(chat: Chat, read: Reader, planned: list[Meeting]) -> Meeting:
    """Ask which planned meeting is meant; the only one needs no question."""
    if not planned:
        raise Refused("Belum ada rencana yang bisa diubah. Buat dulu lewat /jadwal.")
    options = {str(one.id): one for one in planned}
    only = next(iter(options)) if len(options) == 1 else None
    question = choose("Pertemuan yang mana?", options, lambda one: f"{one.group}, {_short(one)}")
    chosen = await chat.ask("meeting", question, given=only)
    return await my_planned(chat, read, chosen.id)


async def ask_change(chat: Chat, read: Reader, meeting: Meeting) -> Change:
    """Ask what becomes of a planned meeting."""
    about = meeting.id
    prompt = lines([describe(meeting), "Ubah apa?"])
    what = await chat.ask("what", choose(prompt, {key: key for key in WHATS}, WHATS.__getitem__), about=about)
    if what == "off":  # "cancel" is the engine's own word, and would leave the dialog
        sure = yes_or_no(f"Batalkan P2K2 {which(meeting)}, {when(meeting)}?", "Batalkan")
        return Cancel(meeting.id, await chat.ask("sure", sure, about=about))
    if what == "lesson":
        where = await read(syllabus_at, meeting.group_id, meeting.starts_at, utc_text(chat.now), meeting.id)
        material = await chat.ask("lesson", which_material(where), about=about)
        return Rewrite(
            meeting.id, material=material, chosen=material.lesson is None or material.lesson != where.following
        )
    if what == "place":
        asked = safe_words("Di mana tempatnya? Misalnya Balai Desa.", most=MOST_IN_PLACE)
        place = await chat.ask("place", asked, about=about)
        return Rewrite(meeting.id, place=place)
    before = dates.local(from_utc_text(meeting.starts_at), meeting.zone)
    day = await chat.ask("day", day_planned(chat.today), about=about, label="Hari")
    taken = await read(plans.planned_times, meeting.group_id, day.isoformat())
    question = time_planned(day, chat.now, chat.zone, sorted({before.time(), *USUAL}), taken)
    at = await chat.ask("time", question, about=about, label="Jam")
    moment = dates.show_moment(dates.to_utc(day, at, chat.zone), chat.zone)
    await chat.confirm(lines([bold(f"P2K2 {which(meeting)}"), f"Dari: {when(meeting)}", f"Menjadi: {moment}"]))
    return Move(meeting.id, day, at)


def save_change(tx: Settling, change: Change) -> None:
    """Change the plan, and say what now stands."""
    meeting = meetings.meeting(tx.db, change.meeting_id)
    if meeting is None or meeting.person_id != tx.me.id or meeting.state != "planned":
        tx.say(NO_LONGER)
        return
    match change:
        case Cancel(_, sure=True):
            plans.cancel_meeting(tx.db, meeting.id)
            tx.withdraw(f"meeting:{meeting.id}")
            moved = told_moves(follow(tx, meeting.group_id), tx.me.id)
            tx.say(lines([f"Dibatalkan: P2K2 {which(meeting)}, {when(meeting)}.", moved]), PLAN)
        case Cancel():
            say_stands(tx, meeting.id, "Tidak ada yang diubah.")
        case Rewrite(_, material, chosen, place):
            if material is not None:
                plans.replan_material(tx.db, meeting.id, material.lesson_id, material.topic, chosen=chosen)
                card_parts.mark_stale(tx.db, f"meeting:{meeting.id}")
            if place is not None:
                plans.replan_place(tx.db, meeting.id, place)
            warning = material.remark if material else ""
            say_stands(tx, meeting.id, " ".join(filter(None, ("✅ Jadwal diubah.", warning))))
        case Move():
            _move(tx, meeting, change)


def _move(tx: Settling, meeting: Meeting, to: Move) -> None:
    starts = dates.to_utc(to.day, to.at, tx.zone)
    refuse_bad_start(tx, meeting.group_id, starts)
    plans.move_meeting(
        tx.db, meeting.id, to.day.isoformat(), utc_text(starts), utc_text(starts + LASTS), tx.zone, tx.stamp
    )
    # What waits to be sent names the old time; the new start makes reminders of its own.
    tx.withdraw(f"meeting:{meeting.id}")
    say_stands(tx, meeting.id, "✅ Jadwal dipindah.")


def _short(meeting: Meeting) -> str:
    return short_moment(meeting.starts_at, meeting.zone)
