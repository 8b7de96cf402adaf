"""The command menu that a channel shows in a chat: set to what the person's role may do, whenever that has changed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from bot.channels.channel import Channel
from bot.clock import Clock
from bot.routes import Routes
from storage import chats
from storage.database import Database

AT_ONCE = 50


@runtime_checkable
class ShowsMenu(Protocol):
    """A channel whose app has a menu of commands."""

    async def show_menu(self, chat_address: str, commands: Sequence[tuple[str, str]]) -> None:
        """Put (word, description) pairs in the menu of one chat."""
        ...


class Menus:
    """Keeps every chat's menu in step with its role; beside the turns, so that no answer waits for it."""

    def __init__(self, database: Database, channels: Mapping[str, Channel], routes: Routes, clock: Clock) -> None:
        self._database = database
        self._shows = {name: one for name, one in channels.items() if isinstance(one, ShowsMenu)}
        self._routes = routes
        self._clock = clock
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look again soon."""
        self._wake.set()

    async def run(self) -> None:
        """Refresh at the start, and whenever woken, until cancelled."""
        while True:
            while await self.refresh() == AT_ONCE:
                pass
            await self._clock.wait(self._wake, None)

    async def refresh(self) -> int:
        """Set the menus that are out of step, at most AT_ONCE of them; return how many."""
        stale = await self._database.read(chats.with_other_menu, sorted(self._shows), AT_ONCE)
        for one in stale:
            await self._shows[one.channel].show_menu(one.address, self.commands_of(one.role))
            # Kept even where the channel refused: the words work without the menu, and the next change tries again.
            await self._database.write(chats.set_menu_role, one.chat, one.role)
        return len(stale)

    def commands_of(self, role: str) -> list[tuple[str, str]]:
        """Return what the role may do as (word, description) pairs."""
        own = [(one.word, one.says) for one in self._routes.commands if role in one.dialog.roles]
        return [*own, ("kembali", "satu langkah mundur"), ("batal", "tinggalkan yang sedang berjalan")]
