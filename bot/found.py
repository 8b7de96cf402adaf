"""A finding: one line that says whether one thing is as it must be, and if not, what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """One finding."""

    ok: bool
    says: str
