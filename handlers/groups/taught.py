"""What a group was taught and when, what it has next, and which member numbers missed which lesson."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.routes import action, number_in
from bot.settling import Settling
from bot.text import Text, bold, lines
from bot.typed import a_number
from handlers.groups.card import show_numbers, show_progress
from handlers.groups.my_group import FACILITATORS, my_group, still_mine, title_of
from storage import lessons, memberships, progress
from storage.database import Connection
from storage.groups import Group
from storage.lessons import Lesson
from storage.progress import Given

MOST_TOPICS = 5
MOST_MEMBERS = 40


@dataclass(frozen=True, slots=True)
class Missed:
    """What one number of a group has missed, in words."""

    group: Group
    member: int
    lessons: Sequence[str]


async def see_taught(chat: Chat, read: Reader) -> Group:
    """Take the group that the button means."""
    return await my_group(chat, read, number_in(chat.arg))


def say_taught(tx: Settling, group: Group) -> None:
    """List every lesson in use with its day, and who missed it."""
    still_mine(tx, group.id)
    given = progress.given(tx.db, group.id)
    missed = progress.missed(tx.db, group.id, tx.today.isoformat())
    following = lessons.next_lesson(tx.db, group.id)
    tx.say(
        lines(
            [
                bold(f"Riwayat materi {title_of(group)}"),
                show_progress(tx.db, group.id),
                *_modules(tx.db, given, missed, following),
                *_topics(given),
            ]
        ),
        *([action("terlewat", group.id, "Per anggota")] if missed else []),
        action("kelompok", group.id, "Kartu kelompok"),
    )


async def ask_missed(chat: Chat, read: Reader) -> Missed:
    """Say which numbers lack something, and ask for one of them."""
    group = await my_group(chat, read, number_in(chat.arg))
    missed = await read(progress.missed, group.id, chat.today.isoformat())
    if not missed:
        raise Refused(f"Tidak ada yang terlewat: semua nomor di {title_of(group)} mendapat sesi yang sudah diberikan.")
    counts = [f"no. {number} ({len(lacking)} sesi)" for number, lacking in list(missed.items())[:MOST_MEMBERS]]
    more = f", dan {len(missed) - MOST_MEMBERS} nomor lain" if len(missed) > MOST_MEMBERS else ""
    prompt = lines(
        [bold(title_of(group)), f"Masih ada sesi terlewat: {', '.join(counts)}{more}.", "Nomor berapa yang dilihat?"]
    )
    given = next(iter(missed)) if len(missed) == 1 else None
    member = await chat.ask("member", a_number(prompt, 1, memberships.HIGHEST), given=given)
    return Missed(group, member, await read(_names, missed.get(member, ())))


def say_missed(tx: Settling, result: Missed) -> None:
    """List what the number missed."""
    group = still_mine(tx, result.group.id)
    number = f"Anggota no. {result.member}, {title_of(group)}"
    if result.member not in memberships.members_on(tx.db, group.id, tx.today.isoformat()):
        said = lines([f"{number}: bukan anggota saat ini."])
    elif not result.lessons:
        said = lines([f"{number}: tidak ada sesi yang terlewat."])
    else:
        said = lines([bold(number), "Belum mendapat:", *result.lessons])
    tx.say(said, action("terlewat", group.id, "Nomor lain"), action("kelompok", group.id, "Kartu kelompok"))


TAUGHT = Dialog("riwayat", "Riwayat materi", see_taught, say_taught, FACILITATORS)
MISSED = Dialog("terlewat", "Sesi yang terlewat", ask_missed, say_missed, FACILITATORS, steps=1)


def _modules(
    db: Connection, given: Sequence[Given], missed: Mapping[int, Sequence[int]], following: Lesson | None
) -> list[str | Text]:
    said: list[str | Text] = []
    known = {one.lesson_id for one in given}
    for module in lessons.modules(db, every=True):
        inside = lessons.lessons(db, module.id, every=True)
        shown = [one for one in inside if one.id in known or (module.active and one.active)]
        if not any(one.id in known for one in shown):
            # A module that nobody has begun is said in one line: fifteen times "belum" tell nothing.
            said += [bold(module.name) + f": belum, {len(shown)} sesi"] if shown else []
            continue
        said.append(bold(module.name))
        for one in shown:
            days = [meeting.day for meeting in given if meeting.lesson_id == one.id]
            lacking = [number for number, lacks in missed.items() if one.id in lacks]
            said.append(f"Sesi {one.number}: {one.title} · {_when(days, one, following)}{_who(lacking)}")
    return said


def _when(days: Sequence[str], lesson: Lesson, following: Lesson | None) -> str:
    if not days:
        return "berikutnya" if following and following.id == lesson.id else "belum"
    again = f" ({len(days)} kali)" if len(days) > 1 else ""
    return _short(days[-1]) + again


def _who(numbers: Sequence[int]) -> str:
    return f" · terlewat no. {show_numbers(numbers)}" if numbers else ""


def _topics(given: Sequence[Given]) -> list[str | Text]:
    extra = [one for one in given if one.lesson_id is None]
    if not extra:
        return []
    return [bold("Materi tambahan"), *(f"{one.topic} · {_short(one.day)}" for one in extra[-MOST_TOPICS:])]


def _short(day: str) -> str:
    on = date.fromisoformat(day)
    return f"{dates.show_short_day(on)} {on.year}"


def _names(db: Connection, lesson_ids: Sequence[int]) -> list[str]:
    found = [lessons.lesson(db, one) for one in lesson_ids]
    return [f"{one.module}, sesi {one.number}: {one.title}" for one in found if one]
