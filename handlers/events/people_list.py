"""A list of people as the office reads it: by kecamatan, with the role of each; of a long one first how many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.chat import Chat, Reader, Refused
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.events.event_desk import NO_LISTS, event_number, sees_lists
from storage import office
from storage.events import Event
from storage.invitations import Named

MOST_NAMES = 40  # more is no list to read on a phone: first how many of each kecamatan, then the names of one
NO_DISTRICT = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Which people of an event are to be listed: those of a kecamatan, of none (NO_DISTRICT), or all (None)."""

    event_id: int
    district_id: int | None = None

    def takes(self, one: Named) -> bool:
        """Say whether somebody belongs to it."""
        return self.district_id is None or self.district_id == (one.district_id or NO_DISTRICT)


async def read_part(chat: Chat, read: Reader) -> Part:
    """Read a button of the desk, or one of a kecamatan. Raises Refused."""
    number, _, district = chat.arg.partition(".")
    return Part(event_number(number), event_number(district) if district else None)


def say_people(
    tx: Settling,
    event: Event,
    title: str,
    people: Sequence[Named],
    part: Part,
    button: str,
    deed: str,
    notes: Mapping[int, str] | None = None,
) -> None:
    """List people under their kecamatan; of many, and for the committee, say how many of each.

    `people` are all of them in the order of kecamatan; `button` is the dialog that lists those of one, `deed`
    what the audit calls it once names are shown.
    """
    named = sees_lists(tx)
    if part.district_id is not None and not named:
        raise Refused(NO_LISTS)
    meant = [one for one in people if part.takes(one)]
    by_id = {one.district_id or NO_DISTRICT: one.district for one in meant}
    if named and len(meant) > MOST_NAMES and len(by_id) > 1:
        counted = {id_: sum(one.district == district for one in meant) for id_, district in by_id.items()}
        choices = [
            action(button, f"{event.id}.{id_}", f"{by_id[id_] or 'Tanpa kecamatan'} ({count})")
            for id_, count in counted.items()
        ]
        tx.say(
            lines([bold(event.subject), title, "Nama-namanya per kecamatan: pilih, atau ketik kecamatannya."]), *choices
        )
        return
    if named and meant:
        scope = "" if part.district_id is None else f"district:{part.district_id}"
        office.note(tx.db, tx.stamp, tx.me.id, deed, f"event:{event.id}", scope)
    none_left = [] if meant else ["Di kecamatan itu tidak ada lagi."]
    tx.say(lines([bold(event.subject), title, *by_district(meant, notes, named=named), *none_left]))


def by_district(
    people: Iterable[Named], notes: Mapping[int, str] | None = None, *, named: bool = True
) -> list[str | Text]:
    """Write the names under their kecamatan, or only how many they are.

    `people` are in the order of kecamatan, `notes` says more of some, by their ids.
    """
    told: list[str | Text] = []
    for district, group in groupby(people, key=lambda one: one.district):
        names = [f"- {_show(one, (notes or {}).get(one.id, ''))}" for one in group]
        where = f"Kecamatan {district}" if district else "Tanpa kecamatan"
        told += [bold(f"{where} ({len(names)})"), *names] if named else [f"{where}: {len(names)}"]
    return told


def _show(one: Named, note: str) -> str:
    return f"{one.name} ({one.title})" + (f": {note}" if note else "")
