"""Which member numbers a group has on a day: 1 to its highest number, less those who had not come yet or have left."""

from dataclasses import dataclass

from storage.database import Connection

HIGHEST = 99
_NEVER = "0001-01-01"  # a number that was skipped was never anybody's: it left before every day there is


@dataclass(frozen=True, slots=True)
class Membership:
    """A number's time in the group, of one that came late or left; '' and None: from the beginning, and still there."""

    member: int
    joined_on: str
    left_on: str | None


@dataclass(frozen=True, slots=True)
class Roll:
    """A group's numbers through the years, read once for many days."""

    steady: frozenset[int]
    changing: tuple[Membership, ...]

    def on(self, day: str) -> frozenset[int]:
        """Return the numbers that are members on that local ISO day."""
        here = (one.member for one in self.changing if one.joined_on <= day and (one.left_on or "9999") > day)
        return self.steady.union(here)


def roll(db: Connection, group_id: int) -> Roll:
    """Read who belonged to the group, and when."""
    row = db.execute("SELECT numbers FROM groups WHERE id = ?", (group_id,)).fetchone()
    changing = tuple(_all(db, group_id))
    numbers = range(1, (int(row[0]) if row else 0) + 1)
    return Roll(frozenset(numbers).difference(one.member for one in changing), changing)


def members_on(db: Connection, group_id: int, day: str) -> frozenset[int]:
    """Return the numbers that are members on that local ISO day."""
    return roll(db, group_id).on(day)


def memberships(db: Connection, group_id: int) -> list[Membership]:
    """Return who came late or left, by number and day; numbers that were skipped are nobody."""
    return [one for one in _all(db, group_id) if one.left_on != _NEVER]


def is_free(db: Connection, group_id: int, member: int, day: str) -> bool:
    """Say whether the number can join on that day: nobody has it then or is to have it later."""
    return not any(one.left_on is None or one.left_on > day for one in _stays(db, group_id, member))


def join(db: Connection, group_id: int, member: int, day: str, today: str) -> None:
    """Let the number be a member from that day on; numbers between it and the highest one stay nobody's."""
    row = db.execute("SELECT numbers FROM groups WHERE id = ?", (group_id,)).fetchone()
    skipped = [(group_id, number, "", _NEVER) for number in range(int(row[0]) + 1, member)]
    db.executemany("INSERT INTO memberships VALUES (?, ?, ?, ?)", [*skipped, (group_id, member, day, None)])
    db.execute("UPDATE groups SET numbers = max(numbers, ?) WHERE id = ?", (member, group_id))
    count(db, group_id, today)


def leave(db: Connection, group_id: int, member: int, day: str, today: str) -> None:
    """Let the number be no member any more from that day on; it must be one until then."""
    changed = db.execute(
        """
        UPDATE memberships SET left_on = :day
        WHERE group_id = :group AND member = :member AND joined_on < :day AND (left_on IS NULL OR left_on > :day)
        """,
        {"day": day, "group": group_id, "member": member},
    )
    if not changed.rowcount:
        db.execute("INSERT INTO memberships VALUES (?, ?, '', ?)", (group_id, member, day))
    count(db, group_id, today)


def correct_count(db: Connection, group_id: int, members: int, today: str) -> bool:
    """Make the group have so many members today, because the count was typed wrongly.

    Numbers are added, or taken from the end. False, and nothing changed, where a number that would go has a past:
    somebody had it, so he or she leaves instead.
    """
    here = members_on(db, group_id, today)
    highest = int(db.execute("SELECT numbers FROM groups WHERE id = ?", (group_id,)).fetchone()[0])
    wanted = highest + members - len(here)
    if wanted > HIGHEST or wanted < 1:
        return False
    past = db.execute(
        """
        SELECT max(coalesce((SELECT max(member) FROM memberships WHERE group_id = :group), 0),
                   coalesce((SELECT max(a.member) FROM meetings t JOIN absences a ON a.meeting_id = t.id
                             WHERE t.group_id = :group), 0))
        """,
        {"group": group_id},
    ).fetchone()
    if wanted < highest and int(past[0]) > wanted:
        return False
    db.execute("UPDATE groups SET numbers = ? WHERE id = ?", (wanted, group_id))
    count(db, group_id, today)
    return True


def count(db: Connection, group_id: int, today: str) -> None:
    """Bring the group's count of members up to that day; where nobody is left it stays at one, until it is closed."""
    here = max(1, len(members_on(db, group_id, today)))
    db.execute("UPDATE groups SET members = ? WHERE id = ? AND members <> ?", (here, group_id, here))


def catch_up(db: Connection, today: str) -> None:
    """Bring every count up to that day: who was to come or to leave later may have done so by now."""
    rows = db.execute("SELECT DISTINCT group_id FROM memberships ORDER BY group_id")
    for (group_id,) in rows.fetchall():
        count(db, group_id, today)


def _stays(db: Connection, group_id: int, member: int) -> list[Membership]:
    known = [one for one in _all(db, group_id) if one.member == member]
    row = db.execute("SELECT numbers FROM groups WHERE id = ?", (group_id,)).fetchone()
    return known or ([Membership(member, "", None)] if row and member <= int(row[0]) else [])


def _all(db: Connection, group_id: int) -> list[Membership]:
    rows = db.execute(
        "SELECT member, joined_on, left_on FROM memberships WHERE group_id = ? ORDER BY member, joined_on", (group_id,)
    )
    return [Membership(*row) for row in rows]
