"""The templates at WhatsApp: handing in those that it does not know, and how far the review of each has come."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels.whatsapp import HandInRefused
from bot.clock import MovableClock, utc_text
from bot.door import at_the_store
from bot.found import Found
from bot.inviting import asking_whatsapp
from bot.settings import Settings
from bot.templates import Template, templates
from storage.templates import APPROVED, Review

SAYS = {
    APPROVED: "approved",
    "PENDING": "waits for Meta's review, a day at most",
    "IN_APPEAL": "waits for Meta's second look",
    "REJECTED": "rejected: change its text in bot/templates.toml, give it a new name, and hand it in again",
    "PAUSED": "paused by Meta, too many people blocked it; it comes back by itself",
    "DISABLED": "switched off by Meta: give it a new text and a new name",
}
WAITING = ("PENDING", "IN_APPEAL")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was found: a line for each template, and how many were handed in just now."""

    lines: tuple[Found, ...]
    handed_in: int


async def review_templates(settings: Settings, *, hand_in: bool) -> Reviewed:
    """Ask WhatsApp about every template, hand in what is new if so said, and keep the states in the store.

    Raises TokenInvalid or Unreachable, and NobodyAnswers.
    """
    business = settings.whatsapp_business_id or ""
    refused: dict[str, str] = {}
    new = 0
    async with asking_whatsapp(settings) as channel:
        known = {one.name: one for one in await channel.reviews(business)}
        for template in templates().every if hand_in else ():
            if template.name in known:
                continue
            try:
                known[template.name] = await channel.hand_in(business, template)
                new += 1
            except HandInRefused as why:
                refused[template.name] = str(why)
    await _keep(settings, [known[one.name] for one in templates().every if one.name in known])
    lines = [_line(one, known.get(one.name), refused.get(one.name, "")) for one in templates().every]
    return Reviewed(tuple(lines), new)


async def _keep(settings: Settings, reviews: list[Review]) -> None:
    fields = [[one.name, one.state, one.at, one.reason] for one in reviews]
    async with at_the_store(settings.data_dir) as do:
        await do("templates", reviews=fields, now=utc_text(MovableClock().now()))


def _line(template: Template, review: Review | None, refused: str) -> Found:
    name = f"{template.name} ({template.title})"
    if refused:
        return Found(False, f"{name}: not taken for review: {refused}")
    if review is None:
        return Found(False, f"{name}: not handed in")
    why = f" ({review.reason})" if review.reason else ""
    return Found(review.state in (APPROVED, *WAITING), f"{name}: {SAYS.get(review.state, review.state.lower())}{why}")


def broken() -> Iterator[str]:
    """Say what in the file WhatsApp would refuse: limits of its own, that nobody needs to wait a day to learn."""
    names = [one.name for one in templates().every]
    ours = templates()
    for one in ours.every:
        if names.count(one.name) > 1 or not one.name.replace("_", "").isalnum() or not one.name.islower():
            yield f"{one.name}: the name must be unique, in small letters, digits and _"
        longest = len(one.body) - len("{{1}}") + ours.longest
        if one.body.count("{{") != 1 or "{{1}}" not in one.body or one.body.strip() != one.body:
            yield f"{one.name}: the body needs {{{{1}}}} exactly once, and no space at either end"
        elif one.body.startswith("{{1}}") or one.body.endswith("{{1}}"):
            yield f"{one.name}: the body may neither begin nor end with {{{{1}}}}"
        elif longest > 1024:
            yield f"{one.name}: filled with {ours.longest} characters the body has {longest}, of 1024 at most"
        if "\n" in one.example or not one.example:
            yield f"{one.name}: the example must be one line"
    if len(ours.button) > 25:
        yield f"button: {len(ours.button)} characters, of 25 at most"
