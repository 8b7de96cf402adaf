"""The door for WhatsApp's webhooks: what is not signed is refused before it is read, and learns nothing."""

import logging

from aiohttp import web

from bot.channels.whatsapp import WhatsApp

log = logging.getLogger(__name__)

PATH = "/whatsapp"
LARGEST = 4 * 1024 * 1024  # Meta speaks of 3 MB at most
SIGNATURE = len("sha256=") + 64


def whatsapp_routes(channel: WhatsApp) -> list[web.RouteDef]:
    """List the webhook's routes."""

    async def challenge(request: web.Request) -> web.Response:
        """Prove to Meta that this address is ours."""
        asked = request.query
        if asked.get("hub.mode") != "subscribe" or not channel.is_verify_token(asked.get("hub.verify_token", "")):
            return _refusal()
        return web.Response(text=asked.get("hub.challenge", "")[:200], content_type="text/plain")

    async def hear(request: web.Request) -> web.Response:
        """Store what is signed, then answer; an answer of 200 promises that it is on the disk."""
        signature = request.headers.get("X-Hub-Signature-256", "")
        if len(signature) != SIGNATURE or (request.content_length or 0) > LARGEST:
            return _refusal()
        body = await request.read()
        if len(body) > LARGEST or not channel.is_signed(body, signature):
            return _refusal()
        await channel.receive(body)
        return web.Response()

    return [web.get(PATH, challenge), web.post(PATH, hear)]


def _refusal() -> web.Response:
    """Answer every refusal alike."""
    return web.Response(status=403)
