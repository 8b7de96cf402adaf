"""Rotation: how archives are named, and which of them stay for how long."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

DAILIES = timedelta(days=14)
LONGEST = timedelta(days=28)
"""With one night missed at either end, who was erased today is in no archive in 30 days."""

_NAME = re.compile(r"pkh-bot-(\d{8}-\d{6})\.tar\.gz(\.age)?")
_STAMP = "%Y%m%d-%H%M%S"


def archive_name(now: datetime, *, sealed: bool) -> str:
    """Name the archive of a local moment."""
    return f"pkh-bot-{now:{_STAMP}}.tar.gz{'.age' if sealed else ''}"


def made_at(name: str) -> datetime | None:
    """Return when an archive of ours was made, local; None for everything else that stands there."""
    match = _NAME.fullmatch(name)
    try:
        return datetime.strptime(match[1], _STAMP) if match else None  # noqa: DTZ007  # as the name has it
    except ValueError:
        return None


def put_aside_at(name: str) -> datetime | None:
    """Return when a store gave way to a restored one, from its folder's name; None for everything else."""
    try:
        return datetime.strptime(name, f"before-restore-{_STAMP}").replace(tzinfo=UTC)
    except ValueError:
        return None


def outdated(names: Iterable[str], now: datetime) -> list[str]:
    """Return which archives are to go: those of 14 days stay, then the first of each week, and none for over 28 days.

    The newest one stays, however old: that there is one matters more.
    """
    found = sorted((at, name) for name in names if (at := made_at(name)))
    here = now.replace(tzinfo=None)
    firsts: dict[tuple[int, int], datetime] = {}
    for made, _ in found:
        firsts.setdefault(made.isocalendar()[:2], made)
    return [
        name
        for made, name in found[:-1]
        if here - made > (LONGEST if made == firsts[made.isocalendar()[:2]] else DAILIES)
    ]
