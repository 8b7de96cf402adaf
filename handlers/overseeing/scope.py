"""What a button of the month's recap names: the month, and the kecamatan or the facilitator that is looked at."""

import re
from dataclasses import dataclass
from datetime import date

from bot.chat import Chat, Refused
from storage.people import Person

OVERSEERS = frozenset({"operator", "coordinator", "supervisor"})
EVERYWHERE = "facilitators"
NOT_YOURS = "Rekap itu di luar kecamatan Bapak/Ibu."
_ARG = re.compile(r"(?:(\d{4}-\d{2})?)(?:\.([dp])(\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Scope:
    """A month (its first day), and one kecamatan, or one facilitator, or neither: all that the person oversees."""

    month: date
    district_id: int | None = None
    person_id: int | None = None

    @property
    def key(self) -> str:
        """The month as the store keeps it: "2023-11"."""
        return f"{self.month:%Y-%m}"

    @property
    def about(self) -> str:
        """What is looked at, as the audit names it."""
        if self.person_id is not None:
            return f"person:{self.person_id}"
        return f"district:{self.district_id}" if self.district_id is not None else EVERYWHERE

    def arg(self, *, month: date | None = None, district: int | None = None, person: int | None = None) -> str:
        """Write what a button carries: this scope, or another month, or what lies within."""
        key = f"{month or self.month:%Y-%m}"
        person = person or (self.person_id if district is None else None)
        if person is not None:
            return f"{key}.p{person}"
        district = district or self.district_id
        return f"{key}.d{district}" if district is not None else key


def read_scope(chat: Chat) -> Scope:
    """Read the button's argument; a supervisor is kept to the own kecamatan. Raises Refused."""
    found = _ARG.fullmatch(chat.arg)
    month = _month(found[1] if found else None, chat.today)
    district = int(found[3]) if found and found[2] == "d" else None
    person = int(found[3]) if found and found[2] == "p" else None
    if person is None:
        own = only_district(chat.me)
        if own is not None and district not in (None, own):
            raise Refused(NOT_YOURS)
        district = own if own is not None else district
    return Scope(month, district, person)


def only_district(me: Person) -> int | None:
    """Return the kecamatan to which the person's view is kept; None for the whole kabupaten. Raises Refused."""
    if me.role != "supervisor":
        return None
    if me.district_id is None:
        raise Refused("Kecamatan Bapak/Ibu belum tercatat. Mohon hubungi operator Dinas.")
    return me.district_id


def _month(text: str | None, today: date) -> date:
    this = today.replace(day=1)
    try:
        return min(date.fromisoformat(f"{text}-01"), this)
    except ValueError:
        return this
