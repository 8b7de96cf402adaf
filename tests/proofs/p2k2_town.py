"""The town of the month's proof, as it is on the first of November, and who will do what when."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.channels.simulator import NAME
from bot.clock import utc_text
from bot.demo.people import people as demo_people
from bot.demo.run import ZONE
from storage import chats, groups, lessons, meeting_records, people, places
from storage.database import SCHEMA, Connection
from storage.meeting_records import Attendance, Occasion
from tests.proofs.p2k2_ledger import BEGAN, Facilitator, Group, Ledger, Told
from tests.proofs.p2k2_people import Doings, Script

LOCAL = ZoneInfo(ZONE)
LESSONS = SCHEMA.parent / "seed" / "lessons.json"
NAMES = (
    "Melati Mawar Anggrek Kenanga Dahlia Cempaka Flamboyan Teratai Kamboja Seroja Tulip Seruni",
    "Rambutan Mangga Durian Nangka Sirsak Delima Pepaya Markisa Belimbing Sukun Duku Langsat",
    "Mahoni Meranti Cemara Akasia Beringin Pinus Trembesi Gaharu Damar Sengon Rotan Bambu",
)
TIMES = (time(9), time(10), time(14))
COORDINATOR, OPERATOR = "+628129990001", "+628129990002"
EIGHT = 8
"""So many of a facilitator's groups have met before: the bot proposes when they meet next."""

Owner = Callable[[], str]


@dataclass
class Agenda:
    """What is going to be done, by whom; who that is turns out when the time has come."""

    ledger: Ledger
    doings: Doings
    entries: list[tuple[datetime, Owner, Callable[[], Script]]] = field(default_factory=list)

    def at(self, when: datetime, who: Owner, what: Callable[[], Script]) -> None:
        """Have somebody do something at a moment."""
        self.entries.append((when, who, what))


def chat_of(phone: str) -> str:
    """Return the chat of a phone."""
    return f"{NAME}:{phone.removeprefix('+')}"


def build_town(db: Connection, ledger: Ledger, facilitators: int, now: str) -> None:
    """Fill the store with the office, its people and their groups, and with September and October of most groups."""
    places.load_places(db, json.loads(places.SEED.read_text()))
    lessons.load_lessons(db, json.loads(LESSONS.read_text()))
    lesson_ids = {row[0]: row[1] for row in db.execute(
        "SELECT m.rank || '.' || l.number, l.id FROM lessons l JOIN modules m ON m.id = l.module_id"
    )}  # fmt: skip
    for phone, role in ((COORDINATOR, "coordinator"), (OPERATOR, "operator")):
        add_person(db, role.capitalize(), phone, role, None, now)
    seen: dict[str, int] = {}
    for one in [each for each in demo_people() if each.role == "facilitator"][:facilitators]:
        where = places.district_named(db, one.district)
        assert where is not None
        place = seen[one.district] = seen.get(one.district, -1) + 1
        id_ = add_person(db, one.name, one.phone, "facilitator", where.id, now)
        me = Facilitator(id_, one.name, one.phone, one.district, place)
        ledger.facilitators.append(me)
        villages = db.execute("SELECT id, name FROM villages WHERE district_id = ? ORDER BY id LIMIT 3", (where.id,))
        desas = villages.fetchall()
        for k, name in enumerate(NAMES[place % 3].split()):
            members = 15 + (id_ * 3 + k * 5) % 11
            village_id, village = desas[k % len(desas)]
            group_id = groups.add_group(
                db, ref=f"g{id_}.{k}", person_id=id_, village_id=village_id, name=name, members=members,
                now=f"{BEGAN}T01:00:00.000+00:00",
            )  # fmt: skip
            group = Group(group_id, me, name, village, one.district, members)
            ledger.groups.append(group)
            if k < EIGHT:
                held_before(db, ledger, group, k, lesson_ids)


def add_person(db: Connection, name: str, phone: str, role: str, district_id: int | None, now: str) -> int:
    """Put somebody on the roster, registered."""
    id_ = people.add_person(db, name=name, phone=phone, role=role, district_id=district_id, village_id=None, now=now)
    chats.hear(db, chat_of(phone), NAME, name, now)
    people.link_chat(db, chat_of(phone), id_, now)
    return id_


def held_before(db: Connection, ledger: Ledger, group: Group, k: int, lesson_ids: dict[str, int]) -> None:
    """Record what the group had in September and October; in a quarter of them no. 3 was away both times."""
    for month, lesson in ((9, "1.1"), (10, "1.2")):
        day, at = usual(group.owner, k, month)
        starts = datetime.combine(day, at, LOCAL)
        absent = {3: "a"} if k % 4 == 0 else {}
        told = Told(group, group.owner, day, at, lesson, group.numbers, starts, starts + timedelta(hours=3), absent)
        ledger.told.append(told)
        occasion = Occasion(
            f"{group.id}.{month}", None, group.id, group.owner.id, lesson_ids[lesson], "", day.isoformat(),
            utc_text(starts), utc_text(starts + timedelta(hours=2)), ZONE, "Rumah Ketua Kelompok", utc_text(starts),
            group.owner.id, utc_text(starts + timedelta(hours=3)),
        )  # fmt: skip
        away = Attendance(group.numbers, {3: "absent"} if absent else {}, {"absent": 1} if absent else {})
        meeting_records.hold_meeting(db, occasion, away)


def usual(me: Facilitator, k: int, month: int) -> tuple[date, time]:
    """Return when the group meets: a week, a weekday and a time that are its own."""
    first = date(2023, month, 1)
    day = first + timedelta(days=((me.id + k) % 5 - first.weekday()) % 7 + k % 4 * 7)
    return day, TIMES[k % 3]


def fill_agenda(month: Agenda) -> None:
    """Decide what everybody will do, and when."""
    ledger = month.ledger
    for p, me in enumerate(ledger.facilitators):
        mine = [one for one in ledger.groups if one.owner is me]
        near = [one for one in ledger.facilitators if one.district == me.district and one is not me]
        mate = min(near, key=lambda one: (abs(one.place - me.place), one.place), default=None)
        month.at(moment(1, 7), always(me), lambda: month.doings.propose_month(EIGHT))
        for k in (8, 9):
            month.at(moment(1, 8), always(me), plan_one(month, mine[k], k))
        for k in range(10):
            fill_planned(month, mine[k], p, k)
        fill_unplanned(month, me, mine[10], mine[11], p, mate)
        fill_changes(month, me, mine, p, mate)


def plan_one(month: Agenda, group: Group, k: int) -> Callable[[], Script]:
    return lambda: month.doings.plan(group, on(k), "10.00")


def on(k: int) -> date:
    """Return the Saturday on which a group without a habit meets."""
    return date(2023, 11, 11 if k == 8 else 18)


def fill_planned(month: Agenda, group: Group, p: int, k: int) -> None:
    """Let one planned meeting go one of twelve ways."""
    do, way = month.doings, (p * 5 + k) % 12
    day, at = usual(group.owner, k, 11) if k < EIGHT else (on(k), time(10))
    lesson = "1.3" if k < EIGHT else "1.1"
    ends = datetime.combine(day, at, LOCAL) + timedelta(hours=2)
    if way == 9:
        day += timedelta(days=1)
        month.at(ends - timedelta(hours=3), owner(group), lambda: do.move(group, day, "14.00"))
        at, ends = time(14), datetime.combine(day, time(16), LOCAL)
    elif way == 10:
        month.at(ends - timedelta(hours=3), owner(group), lambda: do.cancel(group))
        if p % 2:
            month.at(ends + timedelta(days=1), owner(group), lambda: do.line(group, day, at, "2.1"))
        return
    elif way == 8:
        absent = {3: "s", 7: "i", 12: "a"}
        late = datetime.combine(day + timedelta(days=1), time(8), LOCAL)
        month.at(late, owner(group), lambda: do.line(group, day, at, lesson, numbers=dict(absent)))
        return
    elif way == 11:
        return
    what = {5: do.some_absent, 6: do.many_absent, 7: do.not_held}.get(way, do.all_there)
    month.at(ends, owner(group), lambda: what(group, day, at, lesson))


def fill_unplanned(month: Agenda, me: Facilitator, one: Group, two: Group, p: int, mate: Facilitator | None) -> None:
    """Let the two groups that nobody planned be told in one of six ways, early in the month or at its end."""
    do, who, day = month.doings, always(me), date(2023, 11, 28 if p % 2 else 4)
    first, second = time(9), time(14)
    next_day = datetime.combine(day + timedelta(days=1), time(9), LOCAL)
    match p % 6 if mate else 1:
        case 0:
            month.at(next_day, who, lambda: do.line(one, day, first, "1.1", photo=me.id))
            month.at(next_day, who, lambda: do.line_not_held(two, day, second))
        case 1:
            month.at(next_day, who, lambda: do.joint(one, two, day, first))
        case 2:
            month.at(datetime.combine(day, time(17), LOCAL), who, lambda: do.dialog(one, day, first))
        case 3:
            month.at(next_day, always(mate), lambda: do.for_colleague(one, day, first))
            month.at(next_day + timedelta(hours=2), who, lambda: do.confirm(one, day))
            slip = two.name[:-2] + two.name[-1]
            month.at(next_day, who, lambda: do.line(two, day, second, "1.1", typed=slip))
        case 4:
            month.at(next_day, always(mate), lambda: do.for_colleague(one, day, first))
            month.at(next_day + timedelta(hours=2), who, lambda: do.drop(one, day))
            month.at(next_day, who, lambda: do.line(two, day, second, "1.1", hands_in=True))
        case _:
            month.at(next_day, always(mate), lambda: do.for_colleague(one, day, first))
            month.at(next_day, who, lambda: do.other_material(two, day, second))


def fill_changes(month: Agenda, me: Facilitator, mine: list[Group], p: int, mate: Facilitator | None) -> None:
    """Let some be changed in time or late, sent back, verified, handed over; let members come and leave."""
    do = month.doings
    told = {k: usual(me, k, 11)[0] for k in (0, 1, 2, 4) if (p * 5 + k) % 12 <= 6}
    boss = always_phone(COORDINATOR)
    if p % 4 == 0 and 0 in told:
        month.at(moment(told[0].day + 2, 19), owner(mine[0]), lambda: do.edit(mine[0], told[0]))
    if p % 3 == 1 and 1 in told:
        month.at(moment(28, 10), owner(mine[1]), lambda: do.edit_late(mine[1], told[1]))
        month.at(moment(28, 12), boss, lambda: do.decide(mine[1], told[1], accept=p % 2 == 1))
    if p % 5 in (0, 2) and 2 in told:
        month.at(moment(27, 10), boss, lambda: do.send_back(mine[2], told[2]))
        if p % 10 in (2, 5):
            month.at(moment(28, 8), owner(mine[2]), lambda: do.edit(mine[2], told[2]))
    if p % 3 == 0 and 4 in told:
        month.at(moment(20, 10), boss, lambda: do.verify(mine[4], told[4]))
        month.at(moment(20, 12), owner(mine[4]), lambda: do.edit_verified(mine[4], told[4]))
    if p % 6 == 3:
        month.at(moment(2, 16), owner(mine[3]), lambda: do.join(mine[3]))
        month.at(moment(2, 16), owner(mine[3]), lambda: do.leave(mine[3], date(2023, 11, 10)))
    # Before its meeting, whose plan goes with it, or after it, when the report stays with who made it.
    for turn, k, day in ((4, 5, 2), (9, 6, 25)):
        if p % 15 == turn and mate:
            month.at(moment(day, 17), owner(mine[k]), lambda k=k: do.offer(mine[k], mate))  # type: ignore[misc]
            month.at(moment(day, 19), always(mate), lambda k=k: do.take(mine[k], mate))  # type: ignore[misc]


def moment(day: int, hour: int) -> datetime:
    return datetime(2023, 11, day, hour, tzinfo=LOCAL)


def owner(group: Group) -> Owner:
    return lambda: group.owner.phone


def always(who: Facilitator | None) -> Owner:
    assert who is not None
    return always_phone(who.phone)


def always_phone(phone: str) -> Owner:
    return lambda: phone
