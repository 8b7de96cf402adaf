"""Groups: the numbers of their members, what they were taught, their usual day, their hand-overs and their sheet."""

import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import time

import pytest

from bot.documents.group_sheet import SheetHead, write_group_sheet
from bot.documents.paper import Stationery
from bot.questions import NotUnderstood
from handlers.groups.usual_day import UsualDay, read_usual, show_usual
from handlers.meetings.lesson_choice import syllabus
from storage import (
    curriculum,
    groups,
    handovers,
    lesson_files,
    lessons,
    media,
    memberships,
    month_plan,
    places,
    progress,
)
from storage.database import Connection
from storage.letterhead import Letterhead
from storage.people import add_person
from tests.worlds import migrated

NOW = "2023-11-01T01:00:00.000+00:00"
TODAY = "2023-11-06"


@pytest.fixture
def db() -> Iterator[Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.deserialize(migrated())
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    lessons.load_lessons(connection, json.loads(lessons.SEED.read_text(encoding="utf-8")))
    places.load_places(connection, {"districts": [{"name": "Stabat", "kelurahan": ["Kwala Bingai"]}]})
    for number, name in enumerate(("Siti Aminah", "Budi Sembiring"), 1):
        phone = f"+628120000000{number}"
        add_person(connection, name=name, phone=phone, role="facilitator", district_id=1, village_id=1, now=NOW)
    yield connection
    connection.close()


@pytest.fixture
def melati(db: Connection) -> int:
    return groups.add_group(db, ref="g", person_id=1, village_id=1, name="Melati", members=5, now=NOW)


def hold(db: Connection, group: int, number: str, day: str, absent: tuple[int, ...] = (), more: int = 0) -> int:
    """Let a group have had a lesson, with these numbers absent, and so many more of whom only the count is known."""
    lesson = lessons.lesson_numbered(db, number)
    assert lesson is not None
    row = db.execute(
        """
        INSERT INTO meetings (ref, group_id, person_id, lesson_id, day, starts_at, ends_at, zone, state, members,
                              absent, made_at, logged_at, logged_by, sent_at)
        VALUES (:ref, :group, 1, :lesson, :day, :day || 'T07:00:00.000+00:00', :day || 'T09:00:00.000+00:00',
                'Asia/Jakarta', 'held', 9, :absent, :now, :now, 1, :now) RETURNING id
        """,
        {
            "ref": f"{group}-{day}-{number}",
            "group": group,
            "lesson": lesson.id,
            "day": day,
            "absent": len(absent) + more,
            "now": NOW,
        },
    ).fetchone()
    db.executemany("INSERT INTO absences VALUES (?, ?, 'absent')", [(row[0], one) for one in absent])
    return int(row[0])


def plan(db: Connection, group: int, day: str) -> None:
    """Plan a meeting on other material."""
    db.execute(
        """
        INSERT INTO meetings (ref, group_id, person_id, topic, day, starts_at, ends_at, zone, state, made_at)
        VALUES (:day, :group, 1, 'Posyandu', :day, :day || 'T07:00:00.000+00:00', :day || 'T09:00:00.000+00:00',
                'Asia/Jakarta', 'planned', :now)
        """,
        {"group": group, "day": day, "now": NOW},
    )


def members(db: Connection, group: int, day: str = TODAY) -> list[int]:
    """Return the numbers in order."""
    return sorted(memberships.members_on(db, group, day))


def counted(db: Connection, group: int) -> tuple[int, int]:
    """Return the group's count of today and its highest number."""
    found = groups.group(db, group)
    assert found is not None
    return found.members, found.numbers


def test_numbers_are_those_of_the_day(db: Connection, melati: int) -> None:
    """Who leaves was a member until the day before, who joins is one from the day on; a number comes back as itself."""
    assert members(db, melati) == [1, 2, 3, 4, 5]
    memberships.leave(db, melati, 3, "2023-12-01", TODAY)
    assert members(db, melati, "2023-11-30") == [1, 2, 3, 4, 5]
    assert members(db, melati, "2023-12-01") == [1, 2, 4, 5]
    assert counted(db, melati) == (5, 5)  # December has not come
    memberships.join(db, melati, 6, TODAY, TODAY)
    assert members(db, melati, "2023-11-05") == [1, 2, 3, 4, 5]
    assert counted(db, melati) == (6, 6)
    memberships.catch_up(db, "2023-12-01")
    assert counted(db, melati) == (5, 6)
    assert not memberships.is_free(db, melati, 3, "2023-11-30")
    assert memberships.is_free(db, melati, 3, "2024-01-01")
    memberships.join(db, melati, 3, "2024-01-01", "2024-01-01")
    assert members(db, melati, "2024-01-01") == [1, 2, 3, 4, 5, 6]
    assert members(db, melati, "2023-12-15") == [1, 2, 4, 5, 6]


def test_a_number_that_was_skipped_is_nobodys(db: Connection, melati: int) -> None:
    """A facilitator whose paper list goes on at 9 has no 6, 7 and 8, on no day, until one of them joins."""
    memberships.join(db, melati, 9, TODAY, TODAY)
    assert members(db, melati) == [1, 2, 3, 4, 5, 9]
    assert members(db, melati, "2020-01-01") == [1, 2, 3, 4, 5]
    assert [one.member for one in memberships.memberships(db, melati)] == [9]
    memberships.join(db, melati, 7, "2023-11-08", TODAY)
    assert members(db, melati, "2023-11-08") == [1, 2, 3, 4, 5, 7, 9]
    assert counted(db, melati) == (6, 9)


def test_who_leaves_earlier_than_was_said_leaves_once(db: Connection, melati: int) -> None:
    """The later day is forgotten; nobody leaves twice."""
    memberships.leave(db, melati, 3, "2023-12-01", TODAY)
    memberships.leave(db, melati, 3, "2023-11-10", TODAY)
    assert members(db, melati, "2023-11-10") == [1, 2, 4, 5]
    assert len(memberships.memberships(db, melati)) == 1


def test_a_count_typed_wrongly_is_corrected_where_no_number_has_a_past(db: Connection, melati: int) -> None:
    """Numbers are added and taken at the end; one who was absent once, or who came or left, cannot be made unmade."""
    assert memberships.correct_count(db, melati, 8, TODAY)
    assert counted(db, melati) == (8, 8)
    assert memberships.correct_count(db, melati, 4, TODAY)
    assert counted(db, melati) == (4, 4)
    hold(db, melati, "1.1", "2023-11-01", absent=(4,))
    assert not memberships.correct_count(db, melati, 3, TODAY)
    assert memberships.correct_count(db, melati, 6, TODAY)
    memberships.leave(db, melati, 2, TODAY, TODAY)
    assert memberships.correct_count(db, melati, 4, TODAY)  # of 1 to 5, without 2
    assert members(db, melati) == [1, 3, 4, 5]
    assert not memberships.correct_count(db, melati, 99, TODAY)


def test_missed_is_what_a_member_never_had(db: Connection, melati: int) -> None:
    """Only who was a member that day, is one today, and was there at no repetition; a mere count misses nobody."""
    hold(db, melati, "1.1", "2023-10-01", absent=(1, 2, 3))
    hold(db, melati, "1.1", "2023-10-02", absent=(2,))  # 1 and 3 had it now
    hold(db, melati, "1.2", "2023-10-03", absent=(4, 5))
    hold(db, melati, "1.3", "2023-10-04", more=2)
    memberships.leave(db, melati, 5, "2023-10-20", TODAY)
    memberships.join(db, melati, 6, "2023-10-20", TODAY)
    hold(db, melati, "2.1", "2023-10-21", absent=(5, 6))  # 5 is no member any more
    first, second, fourth = (lessons.lesson_numbered(db, number) for number in ("1.1", "1.2", "2.1"))
    assert first is not None
    assert second is not None
    assert fourth is not None
    assert dict(progress.missed(db, melati, TODAY)) == {2: (first.id,), 4: (second.id,), 6: (fourth.id,)}
    assert [one.unnumbered for one in progress.given(db, melati)] == [0, 0, 0, 2, 0]


def test_the_core_counts_together_and_stunting_apart(db: Connection, melati: int) -> None:
    """ "2 dari 14", "1 dari 15"; a lesson that is repeated counts once, one that is set aside not at all."""
    for number, day in (("1.1", "2023-10-01"), ("1.1", "2023-10-02"), ("2.1", "2023-10-03"), ("6.1", "2023-10-04")):
        hold(db, melati, number, day)
    assert [(one.name, one.held, one.all) for one in progress.parts(db, melati)] == [
        ("", 2, 14), ("Pencegahan dan Penanganan Stunting", 1, 15)
    ]  # fmt: skip
    set_aside = lessons.lesson_numbered(db, "2.1")
    assert set_aside is not None
    lessons.set_active(db, set_aside.id, False)
    assert [(one.held, one.all) for one in progress.parts(db, melati)] == [(1, 13), (1, 15)]


def test_a_repeat_and_a_skip_are_told_and_nothing_else(db: Connection, melati: int) -> None:
    """A group whose beginning is not on record skips nothing, nor does one that has planned what lies between."""
    every = {f"{one.module_rank}.{one.number}": one for one in syllabus(db, melati).lessons}
    assert syllabus(db, melati).remark(every["3.1"]) == ""
    first = hold(db, melati, "1.2", "2023-10-01")
    now = syllabus(db, melati)
    assert now.remark(every["1.3"]) == now.remark(every["6.1"]) == now.remark(every["1.1"]) == ""
    assert "sudah mendapat sesi itu pada Minggu, 1 Oktober 2023" in now.remark(every["1.2"])
    assert now.remark(every["2.1"]).endswith("Pengasuhan dan Pendidikan Anak, sesi 3 dan 1 sesi lain.")
    assert syllabus(db, melati, but=first).remark(every["1.2"]) == ""
    db.execute("UPDATE meetings SET state = 'held' WHERE id = ?", (first,))
    plan(db, melati, "2023-11-20")
    db.execute("UPDATE meetings SET lesson_id = ? WHERE state = 'planned'", (every["1.3"].id,))
    assert syllabus(db, melati).remark(every["1.4"]) == ""


def test_the_other_variant_keeps_what_was_given(db: Connection, melati: int) -> None:
    """B's second sesi is A's third: the same lesson under another number; the office's own title and lesson stay."""
    hold(db, melati, "6.2", "2023-10-01")
    third = lessons.lesson_numbered(db, "6.3")
    assert third is not None
    lessons.retitle(db, third.id, "Merawat Ibu Hamil")
    own = lessons.add_lesson(db, third.module_id, "Dapur Sehat")
    curriculum.choose_variant(db, "a")
    titles = [one.title for one in lessons.lessons(db, third.module_id)]
    assert titles[:4] == [
        "Permasalahan Stunting",
        "Permasalahan Sosial",
        "Mendukung Ibu Hamil Mengakses Informasi yang Tepat dan Layanan yang Tersedia di Masyarakat",
        "Merawat Ibu Hamil",
    ]
    assert len(titles) == 16
    assert titles[-1] == "Dapur Sehat"
    assert [one.held for one in progress.parts(db, melati)] == [0, 1]
    assert curriculum.variant(db) == "a"
    curriculum.choose_variant(db, "a")  # a second tap
    assert [one.title for one in lessons.lessons(db, third.module_id)] == titles
    curriculum.choose_variant(db, "b")
    back = lessons.lessons(db, third.module_id)
    assert back[1].id == progress.given(db, melati)[0].lesson_id
    assert [one.number for one in back] == list(range(1, 17))
    assert back[-1].id == own


def test_modules_and_lessons_close_up_when_one_is_moved(db: Connection) -> None:
    """Numbers are always 1 to n; keys stay, and one that was used is never given again."""
    health = lessons.modules(db)[2]
    curriculum.place_module(db, health.id, 1)
    assert [one.rank for one in lessons.modules(db)] == [1, 2, 3, 4, 5, 6]
    assert lessons.modules(db)[0].key == "kesehatan"
    inside = lessons.lessons(db, health.id)
    lessons.set_active(db, inside[0].id, False)
    curriculum.place_lesson(db, inside[2].id, 1)
    assert [one.id for one in lessons.lessons(db, health.id)] == [inside[2].id, inside[1].id]
    assert [one.number for one in lessons.lessons(db, health.id, every=True)] == [1, 2, 3]
    added = lessons.add_lesson(db, health.id, "Imunisasi")
    assert db.execute("SELECT key FROM lessons WHERE id = ?", (added,)).fetchone()[0] == "kesehatan-4"
    new = curriculum.add_module(db, "Tanggap Bencana")
    lessons.add_lesson(db, new, "Mengenal Bencana")
    assert lessons.lesson_numbered(db, "7.1") is not None
    curriculum.set_module_active(db, new, False)
    assert lessons.lesson_numbered(db, "7.1") is None


def test_a_group_changes_hands_with_its_plans_alone(db: Connection, melati: int) -> None:
    """What was held stays whose it was; a name that the other has in the village must be another."""
    held = hold(db, melati, "1.1", "2023-10-01")
    plan(db, melati, "2023-11-20")
    groups.add_group(db, ref="h", person_id=2, village_id=1, name="melati", members=9, now=NOW)
    name = groups.free_name(db, 2, 1, "Melati", 30)
    assert name == "Melati 2"
    moved = handovers.hand_over(db, melati, 2, name=name, day=TODAY, by=1, now=NOW)
    assert [one.name for one in groups.groups_of(db, 2)] == ["Melati 2", "melati"]
    assert groups.groups_of(db, 1) == []
    whose = dict(db.execute("SELECT id, person_id FROM meetings").fetchall())
    assert whose == {held: 1, moved[0]: 2}


def test_an_offer_is_decided_once_and_a_new_one_replaces_it(db: Connection, melati: int) -> None:
    """Of two offers of the same group only the later can be taken."""
    first = handovers.add_offer(db, "a", 1, 2, [melati], NOW)
    second = handovers.add_offer(db, "b", 1, 2, [melati], NOW)
    assert not handovers.decide(db, first, "accepted", NOW)
    assert handovers.decide(db, second, "accepted", NOW)
    assert not handovers.decide(db, second, "refused", NOW)
    found = handovers.offer(db, second)
    assert found is not None
    assert (found.state, found.group_ids) == ("accepted", (melati,))


def test_key_material_is_attached_once(db: Connection) -> None:
    """The same bytes twice are one file."""
    media.note(db, "d" * 64, "application/pdf", 9, NOW)
    assert lesson_files.add(db, 1, "d" * 64, "flipchart.pdf", 1, NOW)
    assert not lesson_files.add(db, 1, "d" * 64, "lagi.pdf", 1, NOW)
    assert [(one.name, one.kind) for one in lesson_files.of(db, 1)] == [("flipchart.pdf", "document")]
    assert lesson_files.remove(db, 1, "d" * 64)
    assert not lesson_files.remove(db, 1, "d" * 64)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Selasa minggu ke-2, pukul 14.00", UsualDay(2, 1, time(14))),
        ("selasa minggu kedua jam 2 siang", UsualDay(2, 1, time(14))),
        ("kamis ke 3", UsualDay(3, 3, None)),
        ("minggu pertama hari jumat", UsualDay(1, 4, None)),
        ("minggu minggu ke 4 pukul 9 pagi", UsualDay(4, 6, time(9))),
        ("Sabtu terakhir, 10.00 WIB", UsualDay(5, 5, time(10))),
        ("rabu pekan ke-5", UsualDay(5, 2, None)),
    ],
)
def test_a_usual_day_is_read_as_people_write_it(text: str, day: UsualDay) -> None:
    """ "Minggu" is the week in one place and the Sunday in another."""
    assert read_usual(text) == day


@pytest.mark.parametrize("text", ["", "selasa", "minggu ke-2", "selasa kamis ke-2", "selasa ke-9", "tidak tentu"])
def test_half_a_usual_day_is_asked_again(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(NotUnderstood):
        read_usual(text)


def test_a_usual_day_is_shown_as_it_is_said() -> None:
    """With its time only where it has one."""
    assert show_usual(UsualDay(2, 1, time(14)), "Asia/Jakarta") == "Selasa minggu ke-2, pukul 14.00 WIB"
    assert show_usual(UsualDay(5, 5, None), "Asia/Jakarta") == "Sabtu minggu ke-5"


def test_a_place_used_once_is_no_habit(db: Connection, melati: int) -> None:
    """The group's own place is proposed; without one of its own, what it used twice in a row."""

    def place_after(day: str, place: str) -> str:
        db.execute("UPDATE meetings SET place = ? WHERE id = ?", (place, hold(db, melati, "1.1", day)))
        habit = month_plan.habit_of(db, melati)
        (other,) = month_plan.habits_without_meeting(db, 1, "2023-12")
        assert habit == other
        return habit.place if habit else ""

    assert place_after("2023-08-08", "Posyandu") == "Rumah Ketua Kelompok"
    assert place_after("2023-09-08", "Posyandu") == "Posyandu"
    groups.set_place(db, melati, "Balai Desa")
    assert place_after("2023-10-08", "Posyandu") == "Balai Desa"


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (18, 1), (45, 2), (99, 4)])
def test_the_sheet_has_the_numbers_of_the_group(count: int, pages: int) -> None:
    """A usual group fits one page of A4 with its signatures; the same numbers give the same bytes, others do not."""
    head = SheetHead("Melati", "Kwala Bingai", "Stabat", "", "", "Balai Desa", "", "", "Siti Aminah")
    content = write_group_sheet(head, range(1, count + 1), Stationery("Dinas Sosial", Letterhead()))
    assert len(re.findall(rb"/Type /Page\b", content)) == pages
    assert content == write_group_sheet(head, range(1, count + 1), Stationery("Dinas Sosial", Letterhead()))
    assert content != write_group_sheet(head, range(2, count + 2), Stationery("Dinas Sosial", Letterhead()))
