"""Invites: a role handed out as a one-time link or code, of which only a digest is kept."""

import hashlib
from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation that can still be claimed."""

    digest: str
    role: str
    title: str


def digest_of(secret: str) -> str:
    """Return what is kept of a token or a code; upper and lower case and dashes in a code do not matter."""
    return hashlib.sha256(secret.replace("-", "").casefold().encode()).hexdigest()


def add(db: Connection, token: str, code: str, role: str, expires_at: str) -> None:
    """Keep an invite of which the token and the code were just shown."""
    db.execute(
        "INSERT INTO invites (digest, code_digest, role, expires_at) VALUES (?, ?, ?, ?)",
        (digest_of(token), digest_of(code), role, expires_at),
    )


def claimable(db: Connection, secret: str, now: str) -> Invite | None:
    """Return the invite behind a token or a code, unless it was used or is over."""
    row = db.execute(
        """
        SELECT i.digest, i.role, r.title FROM invites i JOIN roles r USING (role)
        WHERE :secret IN (i.digest, i.code_digest) AND i.used_at IS NULL AND i.expires_at > :now
        """,
        {"secret": digest_of(secret), "now": now},
    ).fetchone()
    return Invite(*row) if row else None


def use(db: Connection, digest: str, person_id: int, now: str) -> bool:
    """Claim the invite; False if somebody was faster."""
    return (
        db.execute(
            "UPDATE invites SET used_at = ?, used_by = ? WHERE digest = ? AND used_at IS NULL", (now, person_id, digest)
        ).rowcount
        == 1
    )
