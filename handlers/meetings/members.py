"""Which member numbers a group has on a day."""

from storage.database import Connection
from storage.memberships import members_on


def numbers_on(db: Connection, group_id: int, day: str) -> tuple[int, ...]:
    """Return the numbers of the group's members on a local day."""
    return tuple(sorted(members_on(db, group_id, day)))
