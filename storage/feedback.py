"""Feedback on a day of an event: ratings and suggestions, with the name or without any way back to the person.

Without a name, a rating is a count that grows and a suggestion a text among others; that somebody has answered is kept
apart from what was answered.
"""

from dataclasses import dataclass

from storage.database import Connection

MOST_TEXTS = 3
"""How many suggestions one person may send for one day; the table says the same."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody has given for a day; `rating` is known only if it was given with the name."""

    rated: bool
    texts: int
    rating: int | None


@dataclass(frozen=True, slots=True)
class DayRatings:
    """The ratings of one day: how many of each, worst first, and how many of them bear a name."""

    day: str
    present: int
    counts: tuple[int, int, int, int]
    named: int

    @property
    def total(self) -> int:
        """How many rated the day."""
        return sum(self.counts)

    @property
    def average(self) -> float:
        """The mean, from 1 to 4. Only for a day that was rated."""
        return sum(rating * count for rating, count in enumerate(self.counts, 1)) / self.total


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One text; `name`, `district` and `rating` are those of somebody who gave the name. `times` counts equal ones."""

    day: str
    words: str
    times: int
    name: str | None = None
    district: str = ""
    rating: int | None = None


_GIVEN = "event_id = :event AND day = :day AND person_id = :person"


def days_attended(db: Connection, event_id: int, person_id: int) -> list[str]:
    """Return the days of the event on which the person was there, as ISO dates in order."""
    rows = db.execute(
        """
        SELECT DISTINCT s.day FROM present k JOIN slots s ON s.id = k.slot_id
        WHERE s.event_id = ? AND k.person_id = ? ORDER BY s.day
        """,
        (event_id, person_id),
    )
    return [str(row[0]) for row in rows]


def given(db: Connection, event_id: int, day: str, person_id: int) -> Given:
    """Return what the person has given for the day."""
    key = {"event": event_id, "day": day, "person": person_id}
    row = db.execute(f"SELECT rated, texts FROM feedback_given WHERE {_GIVEN}", key).fetchone()
    rating = db.execute(f"SELECT rating FROM ratings WHERE {_GIVEN}", key).fetchone()
    return Given(bool(row and row[0]), row[1] if row else 0, rating[0] if rating else None)


def rate(db: Connection, event_id: int, day: str, person_id: int, rating: int, *, named: bool) -> None:
    """Keep a rating from 1 to 4. With the name it replaces an earlier one; without it, it must be the first."""
    key = {"event": event_id, "day": day, "person": person_id, "rating": rating}
    if named:
        sql = """
            INSERT INTO ratings VALUES (:event, :day, :person, :rating)
            ON CONFLICT (event_id, day, person_id) DO UPDATE SET rating = :rating
        """
    else:
        sql = """
            INSERT INTO anonymous_ratings VALUES (:event, :day, :rating, 1)
            ON CONFLICT (event_id, day, rating) DO UPDATE SET times = times + 1
        """
    db.execute(sql, key)
    db.execute(
        """
        INSERT INTO feedback_given (event_id, day, person_id, rated) VALUES (:event, :day, :person, 1)
        ON CONFLICT (event_id, day, person_id) DO UPDATE SET rated = 1
        """,
        key,
    )


def suggest(db: Connection, event_id: int, day: str, person_id: int, words: str, *, ref: str, named: bool) -> None:
    """Keep a suggestion; `ref` is that of the dialog that wrote it, and is kept only with the name."""
    key = {"event": event_id, "day": day, "person": person_id, "words": words, "ref": ref}
    if named:
        db.execute("INSERT INTO suggestions VALUES (:ref, :event, :day, :person, :words)", key)
    else:
        db.execute(
            """
            INSERT INTO anonymous_suggestions VALUES (:event, :day, :words, 1)
            ON CONFLICT (event_id, day, words) DO UPDATE SET times = times + 1
            """,
            key,
        )
    db.execute(
        """
        INSERT INTO feedback_given (event_id, day, person_id, texts) VALUES (:event, :day, :person, 1)
        ON CONFLICT (event_id, day, person_id) DO UPDATE SET texts = texts + 1
        """,
        key,
    )


def ratings_by_day(db: Connection, event_id: int) -> list[DayRatings]:
    """Return the ratings of each day of the event, rated or not."""
    rows = db.execute(
        """
        WITH all_ratings AS (
            SELECT day, rating, times, 0 AS named FROM anonymous_ratings WHERE event_id = :event
            UNION ALL SELECT day, rating, 1, 1 FROM ratings WHERE event_id = :event
        )
        SELECT s.day,
               (SELECT count(DISTINCT k.person_id) FROM present k JOIN slots t ON t.id = k.slot_id
                WHERE t.event_id = :event AND t.day = s.day),
               coalesce(sum(times) FILTER (WHERE rating = 1), 0), coalesce(sum(times) FILTER (WHERE rating = 2), 0),
               coalesce(sum(times) FILTER (WHERE rating = 3), 0), coalesce(sum(times) FILTER (WHERE rating = 4), 0),
               coalesce(sum(named), 0)
        FROM (SELECT DISTINCT day FROM slots WHERE event_id = :event) s LEFT JOIN all_ratings r USING (day)
        GROUP BY s.day ORDER BY s.day
        """,
        {"event": event_id},
    )
    return [DayRatings(day, present, (a, b, c, d), named) for day, present, a, b, c, d, named in rows]


def suggestions(db: Connection, event_id: int) -> list[Suggestion]:
    """Return every suggestion by day: those with a name by name, then the others by their words."""
    named = db.execute(
        """
        SELECT s.day, s.words, 1, p.name, coalesce(d.name, ''), r.rating
        FROM suggestions s JOIN persons p ON p.id = s.person_id LEFT JOIN districts d ON d.id = p.district_id
        LEFT JOIN ratings r ON r.event_id = s.event_id AND r.day = s.day AND r.person_id = s.person_id
        WHERE s.event_id = ? ORDER BY s.day, p.name, s.ref
        """,
        (event_id,),
    ).fetchall()
    anonymous = db.execute(
        "SELECT day, words, times FROM anonymous_suggestions WHERE event_id = ? ORDER BY day, words", (event_id,)
    ).fetchall()
    return sorted((Suggestion(*row) for row in (*named, *anonymous)), key=lambda one: one.day)
