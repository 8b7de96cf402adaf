"""Says of photos that they stand in another report already, before they are saved: the facilitator decides."""

from collections.abc import Sequence
from datetime import date

from bot import dates
from storage import pictures
from storage.database import Connection
from storage.pictures import Use

CHOOSE = "Simpan bila memang sama, atau ganti fotonya."


def tell_used(db: Connection, digests: Sequence[str], person_id: int, meeting_id: int | None = None) -> list[str]:
    """Return what is to be said of photos that stand in another report than `meeting_id`, or twice among these.

    Of a report of somebody else only that there is one: whose it is, is for the coordinator.
    """
    told: dict[str, list[int]] = {}
    for at, digest in enumerate(digests, 1):
        uses = pictures.uses_of(db, digest, meeting_id)
        alike = pictures.alike(db, digest)
        twin = next((near for near, other in enumerate(digests[: at - 1], 1) if other in alike), 0)
        if uses:
            told.setdefault(_where(uses, person_id), []).append(at)
        elif twin:
            told.setdefault(f"mirip sekali dengan foto {twin}.", []).append(at)
    return [f"Foto {_listed(places)} {where}" for where, places in told.items()]


def _where(uses: Sequence[Use], person_id: int) -> str:
    mine = next((use for use in uses if use.person_id == person_id), None)
    how = "sama dengan" if (mine or uses[0]).same else "mirip sekali dengan"
    if mine is None:
        return f"{how} foto di laporan pendamping lain."
    return f"{how} foto laporan Kelompok {mine.group}, {dates.show_day(date.fromisoformat(mine.day))}."


def _listed(places: Sequence[int]) -> str:
    numbers = [str(place) for place in places]
    return " dan ".join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
