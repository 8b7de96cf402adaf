"""What can go wrong at one request to the fake Bot API, by order or by seeded dice."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.fakes.telegram_rules import Refusal


@dataclass(frozen=True)
class Fault:
    """Something to go wrong at one request."""

    kind: str
    retry_after: int | None = None
    description: str = "Bad Request: chat not found"
    migrate_to: int = -100_123
    status: int = 502


@dataclass
class Weather:
    """A chance for each kind of fault."""

    chances: Mapping[str, float] = field(default_factory=dict)
    dice: random.Random = field(default_factory=lambda: random.Random(0))

    def roll(self) -> Fault | None:
        """Throw the dice for one request."""
        thrown = self.dice.random()
        for kind, chance in self.chances.items():
            if thrown < chance:
                return Fault(kind, retry_after=1 if kind == "flood" else None)
            thrown -= chance
        return None


def refuse(fault: Fault) -> None:
    """Raise the refusal that this fault is, if it is one."""
    if fault.kind == "flood":
        waits = {"retry_after": fault.retry_after} if fault.retry_after is not None else {}
        raise Refusal(429, f"Too Many Requests: retry after {fault.retry_after}", **waits)
    if fault.kind == "migrated":
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=fault.migrate_to,
        )
    plain = {
        "blocked": (403, "Forbidden: bot was blocked by the user"),
        "deactivated": (403, "Forbidden: user is deactivated"),
        "bad_request": (400, fault.description),
        "markup": (400, 'Bad Request: can\'t parse entities: unsupported start tag "x" at byte offset 3'),
        "unauthorized": (401, "Unauthorized"),
        "not_found": (404, "Not Found"),
        "conflict": (409, "Conflict: terminated by other getUpdates request"),
        "ok_false": (400, fault.description),
    }
    if fault.kind in plain:
        raise Refusal(*plain[fault.kind])
