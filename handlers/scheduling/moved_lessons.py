"""Plans that go on to other lessons because of what was just saved, and the sentence that says so."""

from collections.abc import Collection, Sequence

from bot.settling import Settling
from handlers.scheduling.planned import short_moment
from storage import plan_lessons
from storage.plan_lessons import Moved

MOST_TOLD = 3


def follow(tx: Settling, group_id: int, since: str = "") -> list[Moved]:
    """Let a group's plans go on in the order of the lessons; `since` is a moment (UTC text) before now."""
    return plan_lessons.follow(tx.db, group_id, since or tx.stamp)


def told_moves(moved: Sequence[Moved], person_id: int, but: Collection[int] = ()) -> str:
    """Write "Rencana Sel 5 Des 14.00 kini sesi 2.3." of this person's plans; '' where there is nothing to say.

    `but` are plans of which the message says it already. Where they are of several groups, each is named.
    """
    his = [one for one in moved if one.person_id == person_id and one.meeting_id not in but]
    if not his:
        return ""
    several = len({one.group for one in his}) > 1
    first, *rest = (_say(one, "kini " if place == 0 else "", several) for place, one in enumerate(his[:MOST_TOLD]))
    more = f", dan {len(his) - MOST_TOLD} rencana lain bergeser" if len(his) > MOST_TOLD else ""
    return f"Rencana {', '.join((first, *rest))}{more}."


def _say(one: Moved, now: str, named: bool) -> str:
    what = f"sesi {one.lesson}" if one.lesson else "materi tambahan"
    group = f"{one.group} " if named else ""
    return f"{group}{short_moment(one.starts_at, one.zone)} {now}{what}"
