"""Files people send, and for a while those that are sent to them, kept once under the SHA-256 of their bytes."""

import asyncio
import hashlib
import logging
import os
import re
import threading
from datetime import timedelta
from pathlib import Path

from bot.clock import Clock, utc_text
from bot.pictures import NotAPicture, Picture, read_picture
from storage import erasure_own, media, pictures
from storage.database import Connection, Database

log = logging.getLogger(__name__)

DIGEST = re.compile(r"[0-9a-f]{64}")
LENT_FOR = timedelta(days=30)
"""How long a file of ours is there to be sent: longer than any message of it waits, or is sent again."""


class NoSuchFile(Exception):
    """No file is kept under this digest."""


class Media:
    """The folder of files, and the rows that vouch for them."""

    def __init__(self, folder: Path, database: Database, clock: Clock) -> None:
        self._folder = folder
        self._database = database
        self._clock = clock
        self._opening = asyncio.Semaphore(2)

    async def keep(self, content: bytes, type: str) -> str:  # the word the table uses
        """Store the bytes and return their digest; the same bytes are kept once."""
        return await self._store(content, type, None)

    async def lend(self, content: bytes, type: str, span: timedelta = LENT_FOR) -> str:  # the word the table uses
        """Store bytes that the bot made to send them, for a while, and return their digest."""
        return await self._store(content, type, utc_text(self._clock.now() + span))

    async def put_away(self) -> int:
        """Remove the files whose time is over; return how many."""
        now = utc_text(self._clock.now())
        found = await self._database.read(media.over, now)
        for digest in found:
            await self._database.write(self._put_away, digest, now)
        return len(found)

    def _put_away(self, db: Connection, digest: str, now: str) -> None:
        # Row and file on the writer's thread: whoever vouches for the same bytes does so before, and they stay, or
        # after, and finds that they are to be written again.
        if media.forget(db, digest, now):
            (self._folder / digest[:2] / digest).unlink(missing_ok=True)

    async def drop(self, digest: str) -> bool:
        """Remove a file for good, unless something needs it; say whether it is gone."""
        return await self._database.write(self._drop, digest)

    async def part_with(self, person_id: int, digest: str) -> None:
        """Take a photo from a person's meetings, and remove it unless something else needs it."""
        await self._database.write(self._part_with, person_id, digest)

    def _drop(self, db: Connection, digest: str) -> bool:
        if gone := media.drop(db, digest):
            (self._folder / digest[:2] / digest).unlink(missing_ok=True)
        return gone

    def _part_with(self, db: Connection, person_id: int, digest: str) -> None:
        erasure_own.part_with(db, person_id, digest)
        self._drop(db, digest)

    async def receive(self, content: bytes, type: str) -> str:
        """Store what a person sent: of a picture only the picture; one that cannot be opened is not kept, and is ''."""
        if not type.startswith("image/"):
            return await self.keep(content, type)
        async with self._opening:  # each may take some 160 MB
            try:
                picture = await asyncio.to_thread(read_picture, content)
            except NotAPicture as why:
                log.info("picture refused why=%s bytes=%d", why, len(content))
                return ""
        digest = await asyncio.to_thread(self._write, picture.content)
        await self._database.write(_note_picture, digest, picture, utc_text(self._clock.now()))
        return await asyncio.to_thread(self._write, picture.content)

    async def open(self, digest: str) -> bytes:
        """Return the bytes kept under the digest. Raises NoSuchFile."""
        if not DIGEST.fullmatch(digest):  # it names a path: nothing but a digest may
            raise NoSuchFile(digest)
        try:
            return await asyncio.to_thread((self._folder / digest[:2] / digest).read_bytes)
        except FileNotFoundError:
            raise NoSuchFile(digest) from None

    async def _store(self, content: bytes, type: str, until: str | None) -> str:
        digest = await asyncio.to_thread(self._write, content)
        await self._database.write(media.note, digest, type, len(content), utc_text(self._clock.now()), until)
        return await asyncio.to_thread(self._write, content)  # it may have been put away just before the row stood

    def _write(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self._folder / digest[:2] / digest
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        # By thread: two people forward the same picture at the same time.
        half_written = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        with half_written.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half_written.replace(path)  # whole or not at all; the row that vouches for it follows
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return digest


def _note_picture(db: Connection, digest: str, picture: Picture, now: str) -> None:
    media.note(db, digest, picture.type, len(picture.content), now)
    if picture.print is not None:
        pictures.note_print(db, digest, picture.print)
