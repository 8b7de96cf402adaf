"""The month's recap of P2K2 for who oversees it: the kabupaten, a kecamatan, or one facilitator, on one card."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot import dates
from bot.chat import Chat, Dialog, Reader, Refused
from bot.clock import utc_text
from bot.message import Choice
from bot.picked import choose
from bot.routes import action
from bot.settling import Settling
from bot.text import Text, bold, lines
from handlers.overseeing.scope import EVERYWHERE, NOT_YOURS, OVERSEERS, Scope, only_district, read_scope
from storage import month_standing, office, people
from storage.month_standing import Standing

NAME = "pantau"
WORDS = {"sent": "terkirim", "draft": "draft", "not_held": "tidak terlaksana", "none": "belum dibuat"}
MOST_NAMED = 10
NO_GROUPS = "Belum ada kelompok untuk {month}. Pendamping menambahkannya lewat /kelompok."


@dataclass(frozen=True, slots=True)
class Recap:
    """What is looked at, and where every group of it stands."""

    scope: Scope
    groups: tuple[Standing, ...]


async def ask(chat: Chat, read: Reader) -> Recap:
    """Read the month of what the button names; "…?" asks which kecamatan or facilitator first."""
    wants_part = chat.arg.endswith("?")
    scope = read_scope(replace(chat, arg=chat.arg.removesuffix("?")))
    found = await groups_of(chat, read, scope)
    if wants_part:
        scope = await _ask_part(chat, scope, found)
        found = [one for one in found if scope.person_id in (None, one.person_id)]
        found = [one for one in found if scope.district_id in (None, one.district_id)]
    return Recap(scope, tuple(found))


async def groups_of(chat: Chat, read: Reader, scope: Scope) -> list[Standing]:
    """Read where the groups of the scope stand. Raises Refused for a facilitator outside the own kecamatan."""
    own = only_district(chat.me)
    found = await read(month_standing.standing, scope.key, utc_text(chat.now), scope.district_id or own)
    if scope.person_id is not None:
        found = [one for one in found if one.person_id == scope.person_id]
        person = await read(people.person, scope.person_id)
        if not found and (person is None or own not in (None, person.district_id)):
            raise Refused(NOT_YOURS)
    return found


async def _ask_part(chat: Chat, scope: Scope, found: Sequence[Standing]) -> Scope:
    if not found:
        raise Refused(NO_GROUPS.format(month=dates.show_month(scope.month)))
    if scope.district_id is None:
        districts = {str(one.district_id): one.district for one in found}
        name = await chat.ask("district", choose("Kecamatan mana?", districts))
        return replace(scope, district_id=next(int(key) for key, one in districts.items() if one == name))
    facilitators = {str(one.person_id): one for one in found}
    one = await chat.ask("person", choose("Pendamping yang mana?", facilitators, lambda one: one.person))
    return Scope(scope.month, None, one.person_id)


def save(tx: Settling, recap: Recap) -> None:
    """Show the card."""
    scope, groups = recap.scope, recap.groups
    month = dates.show_month(scope.month)
    if not groups:
        tx.say(NO_GROUPS.format(month=month), _other_month(tx, scope))
        return
    if scope.about != EVERYWHERE:  # of the whole kabupaten it shows the kecamatan, and nobody
        office.note(tx.db, tx.stamp, tx.me.id, "see month", scope.about, f"month {scope.key}")
    tx.say(lines([bold(_title(recap, month)), _total(groups), *list_parts(recap)]), *_buttons(tx, recap))


MONTH_RECAP = Dialog(NAME, "Rekap P2K2", ask, save, OVERSEERS, steps=1)


def show_share(groups: Sequence[Standing]) -> str:
    """Write "66% (1.204 dari 1.812)": the groups whose report is sent."""
    sent = _sent(groups)
    return f"{sent * 100 // len(groups)}% ({count(sent)} dari {count(len(groups))})"


def _sent(groups: Sequence[Standing]) -> int:
    return sum(one.status == "sent" for one in groups)


def count(number: int) -> str:
    """Write a number with a dot at the thousands, as Indonesian does."""
    return f"{number:,}".replace(",", ".")


def by_facilitator(groups: Iterable[Standing]) -> list[tuple[Standing, list[Standing]]]:
    """Gather the groups of each facilitator; they come in that order."""
    gathered = [list(inside) for _, inside in groupby(groups, lambda one: (one.district_id, one.person_id))]
    return [(inside[0], inside) for inside in gathered]


def _title(recap: Recap, month: str) -> str:
    first = recap.groups[0]
    if recap.scope.person_id is not None:
        return f"P2K2 {month}, {first.person}"
    if recap.scope.district_id is not None:
        return f"P2K2 {month}, Kecamatan {first.district}"
    return f"P2K2 {month}"


def _total(groups: Sequence[Standing]) -> str:
    many = Counter(one.status for one in groups)
    said = [f"{word} {count(many[status])}" for status, word in WORDS.items() if many[status]]  # type: ignore[index]
    return f"{count(len(groups))} kelompok: {', '.join(said)}."


def list_parts(recap: Recap) -> list[Text]:
    """List what lies within: the kecamatan, or the facilitators, least done first; or the groups of one.

    Of many only the first are named: who is behind is what the card is for, and the rest would fill a phone.
    """
    scope, groups = recap.scope, recap.groups
    if scope.person_id is not None:
        return [Text.of(f"{one.group}, {one.village}: {WORDS[one.status]}") for one in groups]
    if scope.district_id is not None:
        parts = [(first.person, inside) for first, inside in by_facilitator(groups)]
    else:
        parts = [(name, list(inside)) for name, inside in groupby(groups, lambda one: one.district)]
    ranked = sorted(parts, key=lambda part: (_sent(part[1]) / len(part[1]), part[0]))
    named = ranked if len(ranked) <= MOST_NAMED + 1 else ranked[:MOST_NAMED]
    told = [f"{name}: {show_share(inside)}" for name, inside in named]
    if rest := ranked[len(named) :]:
        least, most = (_sent(inside) * 100 // len(inside) for _, inside in (rest[0], rest[-1]))
        range_ = f"{least}%" if least == most else f"{least}% s.d. {most}%"
        told.append(f"{len(rest)} {'pendamping' if scope.district_id else 'kecamatan'} lain: {range_}")
    return [Text.of(one) for one in told]


def _buttons(tx: Settling, recap: Recap) -> list[Choice]:
    scope = recap.scope
    inside = []
    if scope.person_id is None:
        inside = [action(NAME, f"{scope.arg()}?", "Pendamping" if scope.district_id is not None else "Kecamatan")]
    owes = any(one.status == "none" for one in recap.groups)
    review = [action("pantau-laporan", scope.arg(), "Periksa laporan")] if scope.person_id is not None else []
    return [
        *inside,
        *review,
        *([action("pantau-ingatkan", scope.arg(), "Ingatkan yang belum")] if owes else []),
        *([action("pantau-gambar", scope.arg(), "Gambar")] if scope.person_id is None else []),
        *([action("pantau-excel", scope.arg(), "Excel")] if scope.person_id is None else []),
        _other_month(tx, scope),
    ]


def _other_month(tx: Settling, scope: Scope) -> Choice:
    before = dates.previous_month(scope.month)
    return action(NAME, scope.arg(month=before), dates.show_month(before))
