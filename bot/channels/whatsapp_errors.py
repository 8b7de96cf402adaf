"""What a refusal of the Graph API means, by its code: for the row, its chat, or the whole channel.

Built on codes alone: titles change, and details may quote a message. Whatever is not listed is refused for good.
"""

from typing import Literal

from bot.channels.channel import (
    Busy,
    Outcome,
    Refused,
    Throttled,
    TokenRefused,
    Undeliverable,
    Unknown,
    WindowClosed,
)

Follows = Literal["fail", "retry", "retry once", "window", "undeliverable", "pause"]

CLOSED = 131047
PAIR = 131056
UPLOAD = 131053

MINUTE, HOUR = 60.0, 3600.0

UNAVAILABLE = {1: "unknown", 2: "unavailable", 131000: "unknown", 131016: "unavailable", 131057: "maintenance"}
SLOW_DOWN = {4: MINUTE, 80007: MINUTE, 130429: 5.0, 133016: HOUR}
STOP = {131048: "spam", 131064: "misclassified"}
UNREACHED = {131026: "undeliverable"}
OURS = {
    0: "token",
    10: "permission",
    190: "token",
    368: "policy",
    130497: "country",
    131005: "permission",
    131031: "locked",
    131042: "payment",
}
REFUSED = {
    33: "parameter",
    100: "parameter",
    130472: "experiment",
    131008: "parameter",
    131009: "parameter",
    131021: "own number",
    131030: "not in the test list",
    131045: "registration",
    131049: "held back by Meta",
    131050: "opted out",
    131051: "unsupported type",
    131052: "media download",
    131053: "media upload",
    131062: "needs the phone",
    132000: "template parameters",
    132001: "no such template",
    132015: "template paused",
    132016: "template disabled",
}


def outcome_of(code: int | None, status: int, refused_before: int = 0) -> Outcome:
    """Say what a refusal at once means; `refused_before` is how often this pair was refused in a row."""
    if code is None:
        # No word of the Graph API: a proxy, a firewall, or a server that broke while it may have been sending.
        return TokenRefused("HTTP 401") if status == 401 else Unknown(f"HTTP {status}")
    if code in UNAVAILABLE:
        return Busy(UNAVAILABLE[code])
    if code == PAIR:
        return Throttled(min(4.0 ** (refused_before + 1), HOUR))
    if code in SLOW_DOWN:
        return Throttled(SLOW_DOWN[code], everyone=True)
    if code in STOP:
        return Throttled(HOUR, everyone=True)
    if code == CLOSED:
        return WindowClosed(told=True)
    if code in UNREACHED:
        return Undeliverable(name_of(code))
    if is_ours(code):
        return TokenRefused(name_of(code))
    if status >= 500 and code not in REFUSED:
        return Unknown(name_of(code))
    return Refused(name_of(code))


def follows(code: int | None) -> Follows:
    """Say what follows from a message that was accepted and then failed."""
    if code is None:
        return "fail"
    if code in UNAVAILABLE or code == PAIR or code in SLOW_DOWN:
        return "retry"
    if code == UPLOAD:
        return "retry once"
    if code == CLOSED:
        return "window"
    if code in UNREACHED:
        return "undeliverable"
    return "pause" if is_ours(code) else "fail"


def name_of(code: int | None) -> str:
    """Return the error class as the store keeps it and the office reads it."""
    if code == CLOSED:
        return "window"
    known = UNAVAILABLE | STOP | UNREACHED | OURS | REFUSED | dict.fromkeys(SLOW_DOWN, "too fast") | {PAIR: "too fast"}
    words = "permission" if code is not None and 200 <= code <= 299 else known.get(code or -1, "refused")
    return f"{words} ({code})"


def is_ours(code: int) -> bool:
    """Say whether it is our account, token or permission that is refused."""
    return code in OURS or 200 <= code <= 299
