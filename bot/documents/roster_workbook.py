"""Reading the roster that the office sends, in a limited child process, so that no file can stall or harm the bot."""

import json
import sys
from dataclasses import astuple

from bot.child import ChildDied, do_in_child
from bot.documents.roster_rows import Places, Problem, Roster, read_rows
from bot.documents.roster_table import MAX_BYTES, TOO_BIG, TOO_HEAVY, NotARoster, read_tables
from storage.places import District, Village
from storage.roster import RosterRow

__all__ = ["NotARoster", "Places", "Problem", "Roster", "read_roster"]

MEMORY = 512_000_000  # bytes
CPU = 10  # seconds
WALL = 20  # seconds


async def read_roster(content: bytes, name: str, places: Places) -> Roster:
    """Read an .xlsx or .csv file as a roster; `name` is the file's, `places` are `storage.places.all_places`.

    Takes half a second and up to 20 s for a hostile file; the loop stays free. Raises NotARoster with a text for
    the sender.
    """
    if len(content) > MAX_BYTES:
        raise NotARoster(TOO_BIG)
    try:
        said = await do_in_child(__name__, _request(content, name, places), WALL)
    except (TimeoutError, ChildDied):
        raise NotARoster(TOO_HEAVY) from None
    answer = json.loads(said)
    if "refused" in answer:
        raise NotARoster(answer["refused"])
    return Roster(
        tuple(RosterRow(*row) for row in answer["rows"]), tuple(Problem(*problem) for problem in answer["problems"])
    )


def _request(content: bytes, name: str, places: Places) -> bytes:
    known = [[astuple(district), [astuple(village) for village in places[district]]] for district in places]
    return json.dumps([name, known]).encode() + b"\n" + content


def _answer(request: bytes) -> dict[str, object]:
    head, _, content = request.partition(b"\n")
    name, known = json.loads(head)
    places = {District(*district): [Village(*village) for village in villages] for district, villages in known}
    try:
        roster = read_rows(read_tables(content, name), places)
    except NotARoster as why:
        return {"refused": str(why)}
    except MemoryError:
        return {"refused": TOO_HEAVY}
    return {
        "rows": [astuple(row) for row in roster.rows],
        "problems": [astuple(problem) for problem in roster.problems],
    }


def _limit() -> None:
    """Bound what this process may take; a limit that is passed ends it, and the parent says so."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _limit()
    sys.stdout.write(json.dumps(_answer(sys.stdin.buffer.read())))
