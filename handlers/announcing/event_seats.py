"""How many people an event has room for, and whether they share rooms: asked of whoever wants to fill it in."""

from bot.chat import Chat
from bot.picked import yes_or_no
from bot.typed import a_number
from handlers.announcing.event_details import LEFT_OUT, Unasked
from storage.seats import Seats

MOST = 5000


async def ask_seats(chat: Chat, known: Seats) -> Seats:
    """Return what is known, or was filled in from the summary: as many as come, and no shared rooms, by default."""
    many = Unasked(a_number("Berapa kapasitasnya? Yang menjawab Hadir setelah penuh masuk daftar tunggu.", 1, MOST))
    capacity = await chat.ask("capacity", many, label="Kapasitas", given=known.capacity or LEFT_OUT)
    shared = Unasked(yes_or_no("Apakah peserta menginap dua orang sekamar?"))
    answer = await chat.ask("shared", shared, label="Sekamar berdua", given="yes" if known.shared else LEFT_OUT)
    return Seats(capacity, answer is True)


def seat_lines(seats: Seats) -> list[str]:
    """Say what was filled in, for the office's eyes."""
    capacity = f"Kapasitas: {seats.capacity} orang" if seats.capacity else ""
    return [capacity, "Sekamar berdua: Ya" if seats.shared else ""]
