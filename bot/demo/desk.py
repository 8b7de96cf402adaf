"""The demo's desk: what the simulator's page reads and does, filled from the store."""

from collections.abc import Sequence

from bot.app import App
from bot.channels import simulator
from bot.channels.simulator import Bubble, Posted, Simulator
from bot.clock import MovableClock
from bot.web.simulator import Desk, Outbox, OutboxRow, PersonRow, Phone
from storage import desk, outbox, people, roster_search
from storage.database import Connection

FOUND_AT_MOST = 12


def make_desk(app: App, clock: MovableClock, channel: Simulator, hints: tuple[str, ...]) -> Desk:
    """Connect the page to a running demo."""
    read, write = app.database.read, app.database.write

    async def phones() -> Sequence[Phone]:
        return [_phone(one) for one in await read(desk.phones)]

    async def add(name: str, person_id: int | None) -> Phone | None:
        address = await write(_add, name, person_id)
        return next((phone for phone in await phones() if phone.address == address), None)

    async def history(chat: str) -> Sequence[Bubble]:
        events, posted = await read(lambda db: (desk.events_of(db, chat), desk.posted_to(db, chat)))
        return simulator.history(events, [Posted(*row) for row in posted])

    async def find(query: str) -> Sequence[PersonRow]:
        found = await read(roster_search.find_people, query, FOUND_AT_MOST)
        return [PersonRow(one.id, one.name, one.phone or "", one.title, one.district) for one in found]

    async def show_outbox() -> Outbox:
        counts, rows = await read(lambda db: (outbox.counts(db), desk.latest_rows(db)))
        shown = [OutboxRow(r.id, r.person, r.kind, r.state, r.error, r.made_at, r.done_at) for r in rows]
        return Outbox(counts, shown)

    return Desk(
        channel, phones, add, history, find, show_outbox, clock.move, clock.now, app.plan.zone, hints, app.plan.office
    )


def number_at(address: str) -> str:
    """Return the phone number that an address of the simulator stands for: '628…' for '+628…'."""
    return f"+{address}" if address.isdigit() else ""


def _phone(one: desk.DeskPhone) -> Phone:
    return Phone(one.address, one.name, one.title, one.number or number_at(one.address))


def _add(db: Connection, name: str, person_id: int | None) -> str:
    """Put a phone on the page: the person's own, registered or not, or one with a number that nobody has."""
    person = people.person(db, person_id) if person_id is not None else None
    if person_id is not None and person is None:
        return ""
    if person is not None:
        address = desk.address_of(db, person.id) or (person.phone or "").removeprefix("+")
        desk.put_on_page(db, address, person.name)
        return address
    address = f"6281399{len(desk.phones(db)):06}"
    desk.put_on_page(db, address, name)
    return address
