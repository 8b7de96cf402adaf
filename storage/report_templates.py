"""The office's Word templates of the RHK 2 report: which is in force, and those that were before."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Template:
    """A version; `digest` None is the one that comes with the program. `set_at` is UTC text."""

    id: int
    digest: str | None
    name: str
    set_at: str
    by: str


def template_in_force(db: Connection) -> Template | None:
    """Return the version in force; None where the office never set one."""
    return next(iter(template_versions(db, 1)), None)


def template_versions(db: Connection, most: int) -> list[Template]:
    """Return the versions, the latest first."""
    rows = db.execute(
        "SELECT t.id, t.digest, t.name, t.set_at, p.name FROM report_templates t JOIN persons p ON p.id = t.set_by "
        "ORDER BY t.id DESC LIMIT ?",
        (most,),
    )
    return [Template(*row) for row in rows.fetchall()]


def set_template(db: Connection, digest: str | None, name: str, person_id: int, now: str) -> None:
    """Put a version in force; the earlier ones stay."""
    db.execute(
        "INSERT INTO report_templates (digest, name, set_at, set_by) VALUES (?, ?, ?, ?)",
        (digest, name, now, person_id),
    )
