"""What an official letter says besides what, when and where: kept for each event that has any of it."""

from dataclasses import astuple, dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Details:
    """The further fields of a letter, '' where it says nothing."""

    number: str = ""
    agenda: str = ""
    dress: str = ""
    bring: str = ""
    lodging: str = ""
    contact: str = ""
    notes: str = ""


NO_DETAILS = Details()


def set_details(db: Connection, event_id: int, details: Details) -> None:
    """Keep an event's details in place of those it had."""
    db.execute("DELETE FROM event_details WHERE event_id = ?", (event_id,))
    if details != NO_DETAILS:
        db.execute(
            """
            INSERT INTO event_details (event_id, number, agenda, dress, bring, lodging, contact, notes)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (event_id, *astuple(details)),
        )
