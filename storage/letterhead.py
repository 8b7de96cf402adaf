"""The letterhead: what stands above everything that is printed, and who signs below."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Lines of text, '' for the office's name alone, or the digest of a picture; and the signature block.

    `logo` is the digest of a picture that stands beside the lines.
    """

    lines: str = ""
    image: str | None = None
    town: str = ""
    title: str = ""
    name: str = ""
    rank: str = ""
    nip: str = ""
    logo: str | None = None


def letterhead(db: Connection) -> Letterhead:
    """Return the office's letterhead."""
    row = db.execute("SELECT lines, image, town, title, name, rank, nip, logo FROM letterhead").fetchone()
    return Letterhead(*row)


def set_letterhead(db: Connection, new: Letterhead) -> None:
    """Replace the office's letterhead."""
    db.execute(
        """
        UPDATE letterhead SET lines = :lines, image = :image, town = :town, title = :title, name = :name,
                              rank = :rank, nip = :nip, logo = :logo
        """,
        {name: getattr(new, name) for name in Letterhead.__dataclass_fields__},
    )
