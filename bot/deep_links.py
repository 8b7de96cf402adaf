"""Deep links: a payload as an address of Telegram's or WhatsApp's, once each has told what we are called there."""

from dataclasses import dataclass, field
from urllib.parse import quote

WORDS = {"h": "HADIR {}", "u": "KLAIM {}", "c": "PERIKSA {}"}
"""What is sent on WhatsApp, where people see it, and send it themselves; other payloads travel behind /start."""


@dataclass(slots=True)
class DeepLinks:
    """The names we have learned, by channel: a username on Telegram, a number on WhatsApp."""

    names: dict[str, str] = field(default_factory=dict)

    def link(self, payload: str) -> str:
        """Return one address for the payload, Telegram's before WhatsApp's; '' while neither is known."""
        return next(iter(self.links(payload).values()), "")

    def links(self, payload: str) -> dict[str, str]:
        """Return the address on each channel that is known."""
        made = {}
        if name := self.names.get("telegram"):
            made["telegram"] = f"https://t.me/{name}?start={payload}"
        if number := self.names.get("whatsapp"):
            made["whatsapp"] = whatsapp_link(number, payload)
        return made


def whatsapp_link(number: str, payload: str) -> str:
    """Return the address that opens a chat with this number, with the words for the payload typed in."""
    prefix, _, rest = payload.partition("_")
    words = WORDS[prefix].format(rest) if prefix in WORDS else f"/start {payload}"
    return f"https://wa.me/{number}?text={quote(words)}"
