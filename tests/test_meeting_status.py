"""Where a record stands is the same whether Python or SQL is asked."""

import sqlite3
from dataclasses import dataclass

import pytest

from storage.meeting_status import status_of, status_sql

BEFORE, NOW, AFTER = "2023-11-07T08:00", "2023-11-07T09:00", "2023-11-07T10:00"


@dataclass(frozen=True)
class Row:
    """The columns that tell."""

    logged_at: str | None
    sent_at: str | None
    returned_at: str | None = None
    verified_at: str | None = None


@pytest.mark.parametrize(
    ("row", "status"),
    [
        (Row(None, None), None),
        (Row(BEFORE, None), "unconfirmed"),
        (Row(BEFORE, AFTER), "draft"),
        (Row(BEFORE, NOW), "sent"),
        (Row(BEFORE, BEFORE), "sent"),
        (Row(BEFORE, BEFORE, returned_at=BEFORE), "returned"),
        (Row(BEFORE, AFTER, returned_at=BEFORE), "returned"),
        (Row(BEFORE, BEFORE, verified_at=BEFORE), "verified"),
    ],
)
def test_status_is_read_alike_by_python_and_sql(row: Row, status: str | None) -> None:
    """A draft becomes a report by the clock alone; a return and a verification stand above it."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE meetings (logged_at, sent_at, returned_at, verified_at)")
    db.execute(
        "INSERT INTO meetings VALUES (?, ?, ?, ?)", (row.logged_at, row.sent_at, row.returned_at, row.verified_at)
    )
    (told,) = db.execute(f"SELECT {status_sql('m')} FROM meetings m", {"now": NOW}).fetchone()
    db.close()
    assert status_of(row, NOW) == told == status
