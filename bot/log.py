"""The log: one line per event, by ids and classes; what still looks like a secret or a phone number is masked."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import TextIO

MASK = "***"
# A bot's token, whole or as it stands in an address, and phone numbers as they are written here.
_TOKEN = re.compile(r"\b(?:bot)?\d{5,}(?::|%3A)[\w-]{20,}", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.:-])(?:\+|00)?(?:62|0)[ .-]?8(?:[ .-]?\d){7,12}(?!\w)")
_QUIET = ("aiohttp.access", "apscheduler", "asyncio", "httpx", "httpcore", "matplotlib", "PIL")

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Redacting(logging.Formatter):
    """Masks secrets; of an exception it shows the class and the place, never the words: they may be a message."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        # The half behind the colon, too: the colon itself may come back escaped.
        both = {part for secret in secrets for part in (secret, secret.rpartition(":")[2])}
        self._secrets = sorted((part for part in both if len(part) >= 8), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return self.mask(super().format(record))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802  # logging's own name
        said: list[str] = []
        why = ei[1]
        while why is not None:
            frames = traceback.extract_tb(why.__traceback__)
            places = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
            said.append(f"{type(why).__name__} in {places or 'no frame'}")
            if isinstance(why, BaseExceptionGroup):
                said += [f"  {type(one).__name__}" for one in why.exceptions]
            why = why.__cause__ or (None if why.__suppress_context__ else why.__context__)
        return "\n".join(said)

    def mask(self, text: str) -> str:
        """Return the text without anything secret."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return _PHONE.sub(MASK, _TOKEN.sub(MASK, text))


def set_up_log(level: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Let everything that is logged go to one place, standard error, through the mask."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Redacting(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # These name addresses, and with them the token, or repeat what people wrote.
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(max(logging.INFO, logging.getLevelName(level)))
