"""Files people send, kept once under the SHA-256 of their bytes."""

import asyncio
import hashlib
import logging
import os
import re
import threading
from pathlib import Path

from bot.clock import Clock, utc_text
from bot.pictures import NotAPicture, Picture, read_picture
from storage import media, pictures
from storage.database import Connection, Database

log = logging.getLogger(__name__)

DIGEST = re.compile(r"[0-9a-f]{64}")


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
        digest = await asyncio.to_thread(self._write, content)
        await self._database.write(media.note, digest, type, len(content), utc_text(self._clock.now()))
        return digest

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
        return digest

    async def open(self, digest: str) -> bytes:
        """Return the bytes kept under the digest. Raises NoSuchFile."""
        if not DIGEST.fullmatch(digest):  # it names a path: nothing but a digest may
            raise NoSuchFile(digest)
        try:
            return await asyncio.to_thread((self._folder / digest[:2] / digest).read_bytes)
        except FileNotFoundError:
            raise NoSuchFile(digest) from None

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
