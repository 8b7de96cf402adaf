"""The card that asks what a day of an event was like, and what stands on it once that was said."""

from datetime import date, timedelta

from bot.dates import show_day
from bot.message import Choice, Message
from bot.routes import action
from bot.text import bold, lines
from storage import feedback
from storage.database import Connection
from storage.events import Event
from storage.feedback import MOST_TEXTS, Given

RATINGS = {1: "Kurang", 2: "Cukup", 3: "Baik", 4: "Sangat baik"}
TAKEN_FOR = timedelta(days=7)
"""How long after its day feedback is taken: the office's recap comes to rest."""

NAMED = "n"
"""The mark of a button that gives the name; without it, nothing that leads to the person is kept."""


def ask_card(event: Event, day: str, *, named: bool, fixed: bool = False) -> Message:
    """Ask for a rating of the day, with the name or without; `fixed`, that cannot be changed any more."""
    how = "Penilaian disimpan dengan nama Bapak/Ibu." if named else "Penilaian disimpan tanpa nama."
    mark = NAMED if named else ""
    other = action("nilai", f"{event.id}.{day}.{'' if named else NAMED}", "Tanpa nama" if named else "Dengan nama")
    return Message(
        lines([bold(event.subject), f"Bagaimana kegiatan {show_day(date.fromisoformat(day))}? {how}"]),
        (
            *(action("nilai", f"{event.id}.{day}.{mark}{rating}", word) for rating, word in RATINGS.items()),
            *(() if fixed else (other,)),
            *((write_button(event, day, named=named),)),
        ),
    )


def state_card(event: Event, day: str, given: Given) -> Message:
    """Ask, or say what was given; a rating without a name is not known any more, not even here."""
    if not given.rated:
        return ask_card(event, day, named=False)
    shown = show_day(date.fromisoformat(day))
    write = (write_button(event, day, named=given.rating is not None),) if given.texts < MOST_TEXTS else ()
    if given.rating is None:
        told = f"Penilaian untuk {shown} tersimpan tanpa nama, jadi tidak bisa diubah lagi. Terima kasih."
        return Message(lines([bold(event.subject), told]), write)
    told = f"Penilaian Bapak/Ibu untuk {shown}: {RATINGS[given.rating]}, dengan nama. Terima kasih."
    change = action("nilai", f"{event.id}.{day}.{NAMED}", "Ubah penilaian")
    return Message(lines([bold(event.subject), told]), (*write, change))


def write_button(event: Event, day: str, *, named: bool) -> Choice:
    """Return the button that opens a suggestion."""
    return action("saran", f"{event.id}.{day}.{NAMED if named else ''}", "Tulis saran")


def day_to_rate(db: Connection, event: Event, person_id: int, today: date) -> str | None:
    """Return the last day on which the person was there, if feedback on it is still taken."""
    attended = feedback.days_attended(db, event.id, person_id) if event.state == "announced" else []
    return attended[-1] if attended and is_taken(attended[-1], today) else None


def is_taken(day: str, today: date) -> bool:
    """Say whether feedback on the day is still taken."""
    return today <= date.fromisoformat(day) + TAKEN_FOR
