"""Attendance: what every person of an event is at every slot, derived in one place from answers, excuses and check-ins.

A check-in whose evidence counts makes somebody H, or T from `late_from` on. Who has none is what the office noted for
the slot (I, S, DL), else the cause of his or her no, else TK once the slot has closed. Who was not expected is never
TK: the represented, the waiting, the walk-ins, and everybody while the slot is open, when nobody ever opened it, or
when the event is cancelled.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from storage import statuses
from storage.check_in_rules import rules_of
from storage.database import Connection
from storage.invitations import is_expected
from storage.slots import Slot, slots_of
from storage.statuses import Status

UNKNOWN = ""  # the status of a slot of which nothing can be said yet


@dataclass(frozen=True, slots=True)
class Evidence:
    """A check-in that was kept: when, how well it is vouched for, and whether that counts for this event.

    `distance` from the place is 'near', 'around', 'far', or None where nobody asked; `left_at` is the exit scan.
    """

    at: str
    number: int
    level: str
    counts: bool
    left_at: str | None
    distance: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person is at a slot: a status or UNKNOWN, the check-in if there is one, and the excuse in words."""

    status: str
    evidence: Evidence | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited, somebody's delegate, or somebody who came without invitation; `marks` has one per slot.

    `represented_by` and `instead_of` are names, '' for nobody's. `present` counts the slots that count as present.
    """

    id: int
    name: str
    title: str
    district: str
    phone: str
    invited: bool
    answer: str | None
    cause: str | None
    reason: str
    represented_by: str
    instead_of: str
    marks: tuple[Mark, ...]
    present: int
    eligible: bool

    @property
    def expected(self) -> bool:
        """Whether silence of this person is an absence."""
        return self.invited and is_expected(self.answer)

    @property
    def came(self) -> bool:
        """Whether any check-in of this person counts."""
        return any(mark.evidence is not None and mark.evidence.counts for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Attendance:
    """An event accounted for as of `at`, UTC ISO text: slots in order, people by kecamatan and name."""

    event_id: int
    at: str
    slots: tuple[Slot, ...]
    people: tuple[Attendee, ...]
    statuses: tuple[Status, ...]
    levels: str
    needed: int

    @property
    def over(self) -> bool:
        """Whether every slot has closed."""
        return all(slot.has_closed(self.at) for slot in self.slots)

    @property
    def eligible(self) -> tuple[Attendee, ...]:
        """Who was present in as many slots as the office asks for."""
        return tuple(one for one in self.people if one.eligible)

    def count(self, slot: int, status: str, district: str | None = None) -> int:
        """Count who has a status at the slot with this index, in one kecamatan or in all."""
        return sum(
            one.marks[slot].status == status for one in self.people if district is None or one.district == district
        )

    def expected(self, district: str | None = None) -> int:
        """Count who is expected, in one kecamatan or in all."""
        return sum(one.expected for one in self.people if district is None or one.district == district)

    @property
    def districts(self) -> tuple[str, ...]:
        """The kecamatan that have somebody on the list, in its order; '' for those of none."""
        return tuple(dict.fromkeys(one.district for one in self.people))


@dataclass(frozen=True, slots=True)
class _Invited:
    answer: str | None
    cause: str | None
    reason: str
    represented_by: str
    instead_of: str


_NOBODY = _Invited(None, None, "", "", "")


def attendance(db: Connection, event_id: int, now: str) -> Attendance:
    """Account for an event as of `now`, UTC ISO text."""
    slots = tuple(slots_of(db, event_id))
    known = statuses.all_statuses(db)
    counting = {one.status for one in known if one.counts}
    rules = rules_of(db, event_id)
    levels, needed = rules.levels, rules.needed or sum(slot.took_place(now) for slot in slots)
    invited, came, excused = _invited(db, event_id), _came(db, event_id, levels), _excused(db, event_id)
    cancelled = db.execute("SELECT state FROM events WHERE id = ?", (event_id,)).fetchone()[0] == "cancelled"
    people = []
    for id_, name, title, district, phone in _people(db, event_id):
        invitation = invited.get(id_, _NOBODY)
        expected = id_ in invited and is_expected(invitation.answer) and not cancelled
        marks = tuple(
            _mark(
                slot,
                came.get((slot.id, id_)),
                excused.get((slot.id, id_)),
                invitation,
                missed=expected and slot.has_closed(now) and slot.took_place(now),
            )
            for slot in slots
        )
        present = sum(mark.status in counting for mark in marks)
        people.append(
            Attendee(
                id_,
                name,
                title,
                district,
                phone,
                id_ in invited,
                invitation.answer,
                invitation.cause,
                invitation.reason,
                invitation.represented_by,
                invitation.instead_of,
                marks,
                present,
                eligible=0 < needed <= present,
            )
        )
    return Attendance(event_id, now, slots, tuple(people), known, levels, needed)


def _mark(
    slot: Slot, evidence: Evidence | None, excuse: tuple[str, str] | None, invitation: _Invited, *, missed: bool
) -> Mark:
    if evidence is not None and evidence.counts:
        late = slot.late_from is not None and evidence.at >= slot.late_from
        return Mark("T" if late else "H", evidence, evidence.reason)
    if excuse is not None:
        return Mark(excuse[0], evidence, excuse[1])
    if invitation.answer == "no" and invitation.cause is not None:
        return Mark(invitation.cause, evidence, invitation.reason)
    return Mark("TK" if missed else UNKNOWN, evidence)


def _people(db: Connection, event_id: int) -> list[tuple[int, str, str, str, str]]:
    """Return everybody who is invited or has a check-in that was kept."""
    rows = db.execute(
        """
        SELECT p.id, p.name, r.title, coalesce(d.name, ''), coalesce(p.phone, '')
        FROM persons p JOIN roles r USING (role) LEFT JOIN districts d ON d.id = p.district_id
        WHERE p.id IN (SELECT person_id FROM invitations WHERE event_id = :event
                       UNION SELECT delegate_id FROM invitations WHERE event_id = :event AND answer = 'delegated'
                       UNION SELECT k.person_id FROM check_ins k JOIN slots s ON s.id = k.slot_id
                       WHERE s.event_id = :event AND k.state = 'kept')
        ORDER BY d.name IS NULL, d.name, p.name, p.id
        """,
        {"event": event_id},
    )
    return [tuple(row) for row in rows]


def _invited(db: Connection, event_id: int) -> dict[int, _Invited]:
    """Return each invitation; who was named as a delegate is invited, whether or not a card has reached him or her."""
    rows = db.execute(
        """
        SELECT i.person_id, i.answer, i.cause, coalesce(i.reason, ''), i.delegate_id, coalesce(o.name, ''),
               coalesce(d.name, ''), p.name
        FROM invitations i JOIN persons p ON p.id = i.person_id
        LEFT JOIN persons d ON d.id = i.delegate_id AND i.answer = 'delegated'
        LEFT JOIN persons o ON o.id = i.instead_of
        WHERE i.event_id = ? ORDER BY p.name, i.person_id
        """,
        (event_id,),
    ).fetchall()
    stands_for = {int(delegate): name for _, answer, _, _, delegate, _, _, name in rows if answer == "delegated"}
    found = {
        int(id_): _Invited(answer, cause, reason, by, instead_of or stands_for.get(id_, ""))
        for id_, answer, cause, reason, _, instead_of, by, _ in rows
    }
    for delegate, name in stands_for.items():
        found.setdefault(delegate, _Invited(None, None, "", "", name))
    return found


def _came(db: Connection, event_id: int, levels: str) -> Mapping[tuple[int, int], Evidence]:
    rows = db.execute(
        """
        SELECT k.slot_id, k.person_id, k.at, k.number, k.level, k.left_at, k.distance, k.reason
        FROM check_ins k JOIN slots s ON s.id = k.slot_id WHERE s.event_id = ? AND k.state = 'kept'
        """,
        (event_id,),
    )
    return {
        (slot, person): Evidence(at, number, level, level in levels, left_at, distance, reason)
        for slot, person, at, number, level, left_at, distance, reason in rows
    }


def _excused(db: Connection, event_id: int) -> Mapping[tuple[int, int], tuple[str, str]]:
    rows = db.execute(
        """
        SELECT e.slot_id, e.person_id, e.status, e.reason FROM excuses e JOIN slots s ON s.id = e.slot_id
        WHERE s.event_id = ?
        """,
        (event_id,),
    )
    return {(slot, person): (status, reason) for slot, person, status, reason in rows}
