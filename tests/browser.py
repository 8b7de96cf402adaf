"""A real browser for the tests that click: Debian's Chromium, without its talk to the outside."""

import shutil
from collections.abc import Awaitable, Callable
from typing import Any

CHROMIUM = shutil.which("chromium")
NONE_HERE = "no Chromium on this machine: apt-get install chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


async def open_page(address: str, story: Callable[[Any], Awaitable[None]], **context: Any) -> list[str]:
    """Open the address in Chromium and play the story; return what the page's console complains of."""
    from playwright.async_api import async_playwright

    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await (await browser.new_context(**context)).new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
        page.on("pageerror", lambda why: complaints.append(str(why)))
        page.set_default_timeout(60_000)
        await page.goto(address)
        await story(page)
        await browser.close()
    return complaints
