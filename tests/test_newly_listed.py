"""Who waits at the door: let in by the roster that lists the number, and only then."""

from dataclasses import asdict
from pathlib import Path

from bot.clock import utc_text
from bot.door import OPERATIONS
from storage import applications, chats, people, roster
from storage.database import Connection
from storage.roster import RosterRow
from tests.phones import SimulatedPhones
from tests.small_office import said
from tests.talk import Talk, talking
from tests.worlds import phone_of

ASKS = ["Joko> /start", "Joko> (kontak sendiri)", "Joko> Joko Purnomo, Kec. Babalan"]
JOKO = RosterRow(2, "Joko Purnomo", phone_of("Joko"), "tksk", 1, "Babalan")
LISTED = "Joko< Nomor Bapak/Ibu sekarang ada di daftar petugas: Joko Purnomo, TKSK, Kecamatan Babalan."


async def import_at_the_door(talk: Talk, *rows: RosterRow) -> None:
    """Do what `python -m bot import` does, through the bot that is running."""
    assert talk.app is not None

    def imported(db: Connection) -> None:
        fields = {"rows": [list(asdict(row).values()) for row in rows]}
        seen = OPERATIONS["preview"](db, fields)
        now = utc_text(talk.clock.now())
        OPERATIONS["import"](db, fields | {"changes": seen["changes"], "digest": "d1", "now": now})

    await talk.app.database.write(imported)


async def waiting(talk: Talk) -> list[str]:
    """Return the words of the requests that wait."""
    assert talk.app is not None
    return [one.words for one in await talk.app.database.read(applications.waiting)]


async def test_a_roster_from_the_command_line_lets_in_who_waits(tmp_path: Path) -> None:
    """It says nothing to anybody itself: the bot notices within seconds, once."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await said(talk, *ASKS, "@ +1 menit")
        assert await waiting(talk) == ["Joko Purnomo, Kec. Babalan"]
        await import_at_the_door(talk, JOKO)
        heard = await said(talk, "@ +15 detik", "@ +15 detik")
        assert [line.split(" Ketik")[0] for line in heard] == [LISTED]
        assert await waiting(talk) == []
        assert (await said(talk, "Joko> menu"))[0].startswith("Joko< Bapak/Ibu Joko, yang bisa dilakukan sekarang:")


async def test_two_chats_that_claim_one_number_are_left_to_an_operator(tmp_path: Path) -> None:
    """A number may have passed to another owner between the two: nobody is let in unseen."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await said(talk, *ASKS)
        assert talk.app is not None
        now = utc_text(talk.clock.now())

        def ask_from_another_chat(db: Connection) -> None:
            chats.hear(db, "simulator:lain", "simulator", "Lain", now)
            applications.apply(db, "simulator:lain", JOKO.phone, "Joko juga", now)

        await talk.app.database.write(ask_from_another_chat)
        await said(talk, "@ +1 menit")
        await import_at_the_door(talk, JOKO)
        assert await said(talk, "@ +15 detik") == []
        assert await waiting(talk) == ["Joko Purnomo, Kec. Babalan", "Joko juga"]


async def test_who_came_in_by_an_invite_stays_who_he_is(tmp_path: Path) -> None:
    """The request is closed with the invite; a roster that lists the number later takes nobody's role away."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        await said(talk, *ASKS, "Joko> KLAIM BCDF-GHJK-MNPQ", "Joko> Joko Purnomo", "@ +1 menit")
        assert await waiting(talk) == []
        await import_at_the_door(talk, JOKO)
        assert await said(talk, "@ +15 detik") == []
        role = await talk.app.database.read(people.person_of_chat, "simulator:joko") if talk.app else None
        assert role is not None
        assert role.role == "operator"


async def test_who_was_kept_out_and_waits_is_let_in_with_the_yes_of_the_roster(tmp_path: Path) -> None:
    """Kept out before ever registering: the roster that has the person again answers the request."""
    async with talking(tmp_path, SimulatedPhones()) as talk:
        assert talk.app is not None
        await import_at_the_door(talk, JOKO)
        await talk.app.database.write(lambda db: people.set_active(db, 7, False))
        await said(talk, *ASKS, "@ +1 menit")
        assert await waiting(talk) == ["Joko Purnomo, Kec. Babalan"]
        heard = await said(talk, "Rahma> petugas joko", "Rahma> Aktifkan", "Rahma> Aktifkan")
        assert [line.split(" Ketik")[0] for line in heard if line.startswith("Joko<")] == [LISTED]
        assert await waiting(talk) == []
        known = await talk.app.database.read(roster.compare, [JOKO])
        assert known.same == [7]
