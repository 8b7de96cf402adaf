"""Which member numbers a group has on a day."""

from storage import groups
from storage.database import Connection


def numbers_on(db: Connection, group_id: int, day: str) -> tuple[int, ...]:
    """Return the numbers of the group's members on a local day."""
    group = groups.group(db, group_id)
    assert group is not None, "groups are never deleted"
    return tuple(range(1, group.members + 1))
