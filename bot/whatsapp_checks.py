"""Whether WhatsApp is set up: token and number, the webhook from Meta's side and from outside, and the clock."""

from datetime import timedelta
from urllib.parse import urlencode

import aiohttp

from bot.channels.whatsapp import TokenInvalid, Unreachable, WhatsApp
from bot.clock import MovableClock
from bot.found import Found
from bot.inviting import asking_whatsapp
from bot.settings import Settings
from bot.templates import templates
from bot.web.whatsapp import PATH
from storage.templates import APPROVED

GUIDE = "see docs/panduan-whatsapp.md"
CLOCK_MAY_BE_OFF = timedelta(seconds=60)
CHALLENGE = "20231112"


async def check_whatsapp(settings: Settings) -> list[Found]:
    """Ask WhatsApp about itself, and our own public address about the webhook."""
    async with asking_whatsapp(settings) as channel:
        try:
            number = await channel.me()
        except TokenInvalid:
            return [Found(False, f"whatsapp: refuses WHATSAPP_TOKEN for WHATSAPP_PHONE_ID; {GUIDE}, langkah 3")]
        except Unreachable:
            return [Found(False, f"whatsapp: {settings.whatsapp_api_url} cannot be reached")]
        found = [Found(True, f"whatsapp: the token is good, number +{number}"), _check_clock(channel)]
        found += [await _check_subscribed(channel, settings), await _check_templates(channel, settings)]
        return [*found, await _check_address(settings)]


def _check_clock(channel: WhatsApp) -> Found:
    behind = channel.behind(MovableClock().now()) or timedelta()
    off = abs(behind) > CLOCK_MAY_BE_OFF
    advice = f" is off by {behind.total_seconds():.0f} s from WhatsApp's: switch on NTP" if off else " agrees"
    return Found(not off, f"whatsapp: the clock{advice}")


async def _check_subscribed(channel: WhatsApp, settings: Settings) -> Found:
    try:
        heard = await channel.webhook(settings.whatsapp_business_id or "")
    except (TokenInvalid, Unreachable) as why:
        return Found(False, f"whatsapp: WHATSAPP_BUSINESS_ID cannot be read ({why}); {GUIDE}, langkah 3")
    says = "the app hears the business account" if heard else f"no app hears the business account; {GUIDE}, langkah 5"
    return Found(heard, f"whatsapp: {says}")


async def _check_templates(channel: WhatsApp, settings: Settings) -> Found:
    """Look whether all that may have to be sent after a day of silence has been approved."""
    try:
        known = {one.name: one.state for one in await channel.reviews(settings.whatsapp_business_id or "")}
    except (TokenInvalid, Unreachable) as why:
        return Found(False, f"whatsapp: the templates cannot be read ({why}); {GUIDE}, langkah 3")
    lacking = [one.title for one in templates().every if known.get(one.name) != APPROVED]
    if not lacking:
        return Found(True, f"whatsapp: all {len(templates().every)} templates are approved")
    return Found(False, f"whatsapp: not approved: {', '.join(lacking)}; run: python -m bot whatsapp templates")


async def _check_address(settings: Settings) -> Found:
    """Do what Meta does when the webhook is registered; the bot must be running for that."""
    if not (settings.public_url or "").startswith("https://"):
        return Found(False, f"whatsapp: PUBLIC_URL must be an https address that Meta can reach; {GUIDE}, langkah 4")
    assert settings.whatsapp_verify_token is not None
    word = settings.whatsapp_verify_token.get_secret_value()
    query = urlencode({"hub.mode": "subscribe", "hub.verify_token": word, "hub.challenge": CHALLENGE})
    url = f"{(settings.public_url or '').rstrip('/')}{PATH}"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.get(f"{url}?{query}") as response,
        ):
            if response.status == 200 and await response.text() == CHALLENGE:
                return Found(True, f"whatsapp: {url} answers from outside")
            answer = f"HTTP {response.status}"
    except (aiohttp.ClientError, TimeoutError) as why:
        answer = type(why).__name__
    return Found(False, f"whatsapp: {url} does not answer as the webhook ({answer}); is the bot running?")
