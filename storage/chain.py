"""The chain of the audit: each line's digest covers its own fields and the digest of the line before it."""

import hashlib
import json

FIRST = ""
"""What stands in place of a digest before the first line."""


def digest_of(before: str, id: int, at: str, person_id: int | None, action: str, object: str, detail: str) -> str:
    """Return the digest of a line that follows the one with the digest `before`."""
    fields = json.dumps([before, id, at, person_id, action, object, detail], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(fields.encode()).hexdigest()
