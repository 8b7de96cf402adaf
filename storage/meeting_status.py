"""Where a recorded meeting stands: a draft, handed in, sent back, verified, or waiting for its owner's yes.

Nothing is written when a draft becomes a report: `sent_at` was set when it was saved, and the time passes by itself.
"""

from typing import Literal, Protocol

Status = Literal["unconfirmed", "draft", "sent", "returned", "verified"]


class Recorded(Protocol):
    """What of a meeting its status is read from; times are UTC text."""

    @property
    def logged_at(self) -> str | None: ...
    @property
    def sent_at(self) -> str | None: ...
    @property
    def returned_at(self) -> str | None: ...
    @property
    def verified_at(self) -> str | None: ...


def status_of(meeting: Recorded, now: str) -> Status | None:
    """Return where the record stands at `now` (UTC text); None while the meeting is not recorded."""
    if meeting.logged_at is None:
        return None
    if meeting.verified_at is not None:
        return "verified"
    if meeting.returned_at is not None:
        return "returned"
    if meeting.sent_at is None:
        return "unconfirmed"
    return "sent" if meeting.sent_at <= now else "draft"


def status_sql(alias: str) -> str:
    """Write the same as an SQL expression over a row of `meetings` called `alias`; its parameter is :now (UTC text)."""
    return f"""CASE WHEN {alias}.logged_at IS NULL THEN NULL
        WHEN {alias}.verified_at IS NOT NULL THEN 'verified'
        WHEN {alias}.returned_at IS NOT NULL THEN 'returned'
        WHEN {alias}.sent_at IS NULL THEN 'unconfirmed'
        WHEN {alias}.sent_at <= :now THEN 'sent'
        ELSE 'draft' END"""
