"""Sealing: archives are encrypted with age to the office's public keys; without a private one nobody reads them."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from bot.archive import NO_ARCHIVE, BackupFailed

BEGINS = b"age-encryption.org/v1\n"
PUBLIC, PRIVATE = "age1", "AGE-SECRET-KEY-1"

Pour = Callable[[IO[bytes]], None]
"""Writes all of something."""


def read_public_keys(text: str) -> tuple[str, ...]:
    """Read one or more public keys, parted by commas. Raises ValueError with a text that begins after the name."""
    from pyrage import RecipientError, x25519  # heavy: imported where it is used

    keys = tuple(key for part in text.split(",") if (key := part.strip()))
    for key in keys:
        if key.upper().startswith(PRIVATE):
            raise ValueError(f"holds a private key, which must not stand on this machine; put the {PUBLIC}… line here")
        try:
            x25519.Recipient.from_str(key)
        except RecipientError:
            raise ValueError(
                f"is not a key as `backup-key` prints it, like {PUBLIC}…; several parted by commas"
            ) from None
    if not keys:
        raise ValueError(f"holds no key; `backup-key` prints one, like {PUBLIC}…")
    return keys


def read_private_keys(text: str) -> list[Any]:
    """Read the private keys from the lines of a key file, or from one that was typed. Raises BackupFailed."""
    from pyrage import IdentityError, x25519

    # From paper it is typed in groups and in small letters; a key file has comments beside it.
    lines = ["".join(line.split()).upper() for line in text.splitlines()]
    try:
        keys = [x25519.Identity.from_str(line) for line in lines if line.startswith(PRIVATE)]
    except IdentityError:
        raise BackupFailed(f"that private key is not whole: compare it letter by letter; {PRIVATE}…") from None
    if not keys:
        raise BackupFailed(f"that is no private key: one begins with {PRIVATE}")
    return keys


def make_key() -> tuple[str, str]:
    """Make a new pair of keys: (private, public)."""
    from pyrage import x25519

    private = x25519.Identity.generate()
    return str(private), str(private.to_public())


def is_sealed(archive: Path) -> bool:
    """Say whether the file begins as an encrypted one does."""
    with archive.open("rb") as file:
        return file.read(len(BEGINS)) == BEGINS


def seal(pour: Pour, out: IO[bytes], keys: Sequence[str]) -> list[Any]:
    """Encrypt what `pour` writes to all of the keys, and to one that lives only in this memory; return that one."""
    import pyrage

    trial = pyrage.x25519.Identity.generate()
    readers = [trial.to_public(), *(pyrage.x25519.Recipient.from_str(key) for key in keys)]
    with _piped(pour) as stream:
        pyrage.encrypt_io(stream, out, readers)
    return [trial]


@contextmanager
def opened(archive: Path, keys: Sequence[Any]) -> Iterator[IO[bytes]]:
    """Give what is in an encrypted archive as a stream, which is to be read to its end. Raises BackupFailed."""
    import pyrage

    def pour(out: IO[bytes]) -> None:
        try:
            with archive.open("rb") as file:
                pyrage.decrypt_io(file, out, keys)
        except pyrage.DecryptError as why:
            if "No matching keys" in str(why):
                raise BackupFailed("this key does not open the archive: it was made for another key") from None
            raise BackupFailed(NO_ARCHIVE, "damaged") from None
        except OSError as why:
            if why.errno is None:  # not the disk: a block that is not as it was encrypted, or the end is missing
                raise BackupFailed("the archive is damaged or cut short", "damaged") from None
            raise

    with _piped(pour) as stream:
        yield stream


@contextmanager
def _piped(pour: Pour) -> Iterator[IO[bytes]]:
    """Give what `pour` writes, on a thread of its own, as a stream to read; what it raises is raised here."""
    reading, writing = os.pipe()

    def run() -> None:
        with open(writing, "wb") as out:  # noqa: PTH123  # of a pipe there is no path
            pour(out)

    with ThreadPoolExecutor(1) as thread:
        poured = thread.submit(run)
        try:
            with open(reading, "rb") as stream:  # noqa: PTH123
                yield stream
        except Exception:
            # Who finds nonsense in the stream, or its end too soon, is only the one who notices.
            if (cause := poured.exception()) and not isinstance(cause, BrokenPipeError):
                raise cause from None
            raise
        poured.result()
