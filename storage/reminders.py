"""Reminders: what falls due gets a row, once; the row then becomes a card, or the record that none was sent."""

from dataclasses import dataclass

from storage.database import Connection

MOST_AT_ONCE = 5000  # rows of one statement: whoever waits for the writer waits a tenth of a second

# What is due, from the windows (see bot/reminder_windows.py). CROSS JOIN and INDEXED BY: the windows are few, and each
# meets an index; without figures about the tables SQLite would rather index five million meetings each time.
# A rule whose moment had passed before the thing was planned, moved, or sent, reminds of nothing: it is news just now.
_FALLEN_DUE = """
    WITH w AS MATERIALIZED (
        SELECT value ->> 0 AS rule, value ->> 1 AS object, value ->> 2 AS zone, value ->> 3 AS low, value ->> 4 AS high,
               value ->> 5 AS due_at, value ->> 6 AS minutes, value ->> 7 AS about
        FROM json_each(:windows)
    ),
    due AS (
        SELECT 'meeting' AS sort, m.id AS object_id, m.person_id, w.rule, m.starts_at AS occurrence, m.zone,
               w.due_at IS NOT NULL AS daily,
               coalesce(w.due_at, strftime('%Y-%m-%dT%H:%M:%f+00:00', m.starts_at, -w.minutes || ' minutes')) AS due_at,
               m.starts_at AS until, coalesce(m.moved_at, m.made_at) AS known_at
        FROM w CROSS JOIN meetings m INDEXED BY meetings_planned ON m.state = 'planned'
             AND m.starts_at > w.low AND m.starts_at <= w.high
        WHERE w.object = 'meeting' AND coalesce(w.zone, m.zone) = m.zone
        UNION ALL
        SELECT 'ended', m.id, m.person_id, w.rule, m.starts_at, m.zone, 0,
               strftime('%Y-%m-%dT%H:%M:%f+00:00', m.ends_at, w.minutes || ' minutes'),
               strftime('%Y-%m-%dT%H:%M:%f+00:00', m.ends_at, '+1 day'), coalesce(m.moved_at, m.made_at)
        FROM w CROSS JOIN meetings m INDEXED BY meetings_ending ON m.state = 'planned'
             AND m.ends_at > w.low AND m.ends_at <= w.high
        WHERE w.object = 'ended'
        UNION ALL
        SELECT 'overdue', m.id, m.person_id, w.rule, m.starts_at, m.zone, 1, w.due_at,
               strftime('%Y-%m-%dT%H:%M:%f+00:00', w.due_at, '+7 days'), coalesce(m.moved_at, m.made_at)
        FROM w CROSS JOIN meetings m INDEXED BY meetings_planned ON m.state = 'planned'
             AND m.starts_at > w.low AND m.starts_at <= w.high
        WHERE w.object = 'overdue' AND w.zone = m.zone
        UNION ALL
        SELECT DISTINCT 'late', s.id, s.id, w.rule, w.about, w.zone, 1, w.due_at,
               strftime('%Y-%m-%dT%H:%M:%f+00:00', w.due_at, '+7 days'), s.made_at
        FROM w CROSS JOIN meetings m INDEXED BY meetings_planned ON m.state = 'planned'
             AND m.starts_at > w.low AND m.starts_at <= w.high
        CROSS JOIN persons f ON f.id = m.person_id
        CROSS JOIN persons s ON s.district_id = f.district_id AND s.role = 'supervisor'
        WHERE w.object = 'late' AND w.zone = m.zone
        UNION ALL
        SELECT w.object, e.id, i.person_id, w.rule, e.starts_at, e.zone, 1, w.due_at, e.starts_at,
               max(e.sends_at, coalesce(e.moved_at, ''))
        FROM w CROSS JOIN events e INDEXED BY events_starting ON e.state = 'announced'
             AND e.starts_at > w.low AND e.starts_at <= w.high
        CROSS JOIN invitations i ON i.event_id = e.id
        WHERE w.object IN ('event', 'answer') AND w.zone = e.zone
          AND ((w.object = 'event' AND (i.answer IS NULL OR i.answer = 'yes'))
               OR (w.object = 'answer' AND i.answer IS NULL))
        UNION ALL
        -- Whether a group is still owed is asked when the card is written: by then it may have been logged.
        SELECT 'month', p.id, p.id, w.rule, w.about, w.zone, 1, w.due_at, w.high, p.made_at
        FROM w CROSS JOIN persons p
        WHERE w.object = 'month' AND EXISTS (SELECT 1 FROM groups g WHERE g.person_id = p.id AND g.state = 'active'
                                           AND g.made_at <= w.due_at)
        UNION ALL
        SELECT 'month_over', p.id, p.id, w.rule, w.about, w.zone, 1, w.due_at,
               strftime('%Y-%m-%dT%H:%M:%f+00:00', w.due_at, '+7 days'), p.made_at
        FROM w CROSS JOIN persons p
        WHERE w.object = 'month_over' AND +p.role = 'supervisor' AND p.district_id IS NOT NULL
        UNION ALL
        -- What the day was like: asked when its last slot closes, of those who were there and have not said it, also
        -- of those who are only recorded later, until noon. The zone's distance from UTC is that of the event's start.
        SELECT DISTINCT 'feedback', d.event_id, k.person_id, d.day, d.noon, d.zone, 0, d.closes_at, d.noon, d.made_at
        FROM (
            SELECT s.event_id, s.day, max(s.closes_at) AS closes_at, e.made_at, e.zone,
                   strftime('%Y-%m-%dT%H:%M:%S.000+00:00',
                            strftime('%s', s.day, '+36 hours') - strftime('%s', e.first_day || ' ' || e.starts)
                            + strftime('%s', e.starts_at), 'unixepoch') AS noon
            FROM slots s INDEXED BY slots_by_time CROSS JOIN events e ON e.id = s.event_id
            WHERE e.state = 'announced' AND s.closes_at > :since GROUP BY s.event_id, s.day
        ) d
        JOIN slots s ON s.event_id = d.event_id AND s.day = d.day
        JOIN present k ON k.slot_id = s.id
        WHERE d.closes_at <= :now AND d.closes_at < d.noon AND d.noon > :since
          AND NOT EXISTS (SELECT 1 FROM feedback_given f WHERE f.event_id = d.event_id AND f.day = d.day
                          AND f.person_id = k.person_id AND f.rated = 1)
    )
    SELECT d.sort, d.object_id, d.person_id, d.rule, d.occurrence, d.zone, d.daily, d.due_at, d.due_at, d.until
    FROM due d CROSS JOIN persons p ON p.id = d.person_id
    WHERE p.state = 'active' AND p.limited = 0 AND d.known_at <= d.due_at
      AND EXISTS (SELECT 1 FROM chats c WHERE c.person_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.object_id = d.object_id AND r.sort = d.sort
                      AND r.person_id = d.person_id AND r.rule = d.rule AND r.occurrence = d.occurrence)
"""

# Whether it still makes sense is asked of what it is about, not of what was true when it fell due.
_DUE = """
    SELECT r.id, r.sort, r.object_id, r.person_id, r.rule, r.occurrence, r.zone, r.daily, r.due_at, r.until,
           coalesce((SELECT words FROM lead_times t WHERE t.rule = r.rule), ''),
           EXISTS (SELECT 1 FROM chats c WHERE c.person_id = r.person_id AND c.reachable = 'yes'),
           p.state = 'active' AND p.limited = 0 AND CASE r.sort
               WHEN 'event' THEN EXISTS (
                   SELECT 1 FROM events e JOIN invitations i ON i.event_id = e.id AND i.person_id = r.person_id
                   WHERE e.id = r.object_id AND e.state = 'announced' AND e.starts_at = r.occurrence
                     AND (i.answer IS NULL OR i.answer = 'yes'))
               WHEN 'answer' THEN EXISTS (
                   SELECT 1 FROM events e JOIN invitations i ON i.event_id = e.id AND i.person_id = r.person_id
                   WHERE e.id = r.object_id AND e.state = 'announced' AND e.starts_at = r.occurrence
                     AND i.answer IS NULL)
                   -- Nor is anybody chased again within half a day: the office may just have done it.
                   AND NOT EXISTS (
                   SELECT 1 FROM outbox o WHERE o.state <> 'expired' AND o.made_at > :half_a_day_ago
                     AND o.dedupe BETWEEN 'chase:event:' || r.object_id || ':' || r.person_id || ':'
                                      AND 'chase:event:' || r.object_id || ':' || r.person_id || ':~')
               WHEN 'feedback' THEN NOT EXISTS (
                   SELECT 1 FROM feedback_given f WHERE f.event_id = r.object_id AND f.day = r.rule
                     AND f.person_id = r.person_id AND f.rated = 1)
               WHEN 'late' THEN p.role = 'supervisor'
               WHEN 'month_over' THEN p.role = 'supervisor'
               WHEN 'month' THEN 1
               ELSE EXISTS (
                   SELECT 1 FROM meetings m WHERE m.id = r.object_id AND m.state = 'planned'
                     AND m.starts_at = r.occurrence AND m.person_id = r.person_id)
           END
"""
_READY = f"""
    {_DUE}
    FROM reminders r CROSS JOIN persons p ON p.id = r.person_id
    WHERE r.state = 'waiting' AND r.next_at <= :now AND r.person_id IN (
        SELECT DISTINCT w.person_id FROM reminders w CROSS JOIN persons q ON q.id = w.person_id
        WHERE w.state = 'waiting' AND w.next_at <= :now
          -- Who cannot be reached waits until that changes, or until it is too late.
          AND (w.until <= :now OR q.state <> 'active' OR q.limited
               OR EXISTS (SELECT 1 FROM chats c WHERE c.person_id = q.id AND c.reachable = 'yes'))
        LIMIT :most)
    ORDER BY r.person_id, r.until, r.sort, r.object_id, r.due_at
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder whose time has come; times are UTC text.

    `rule` names the lead time, or the day that feedback is asked on. `occurrence` is the start it is about, or the day,
    or the month. `daily` ones share the one card of the day. `words` is the office's own sentence.
    """

    id: int
    sort: str
    object_id: int
    person_id: int
    rule: str
    occurrence: str
    zone: str
    daily: int
    due_at: str
    until: str
    words: str
    reachable: int
    needed: int


@dataclass(frozen=True, slots=True)
class Search:
    """How far the search for what is due has come, and when the clock last jumped; UTC text, seconds."""

    searched: str | None
    jumped_at: str | None
    jumped_by: int | None


def any_fallen_due(db: Connection, windows: str, now: str, since: str) -> bool:
    """Say whether something is due and has no row; `since` is how far back feedback is looked for (UTC text)."""
    key = {"windows": windows, "now": now, "since": since}
    return db.execute(f"{_FALLEN_DUE} LIMIT 1", key).fetchone() is not None


def add_fallen_due(db: Connection, windows: str, now: str, since: str) -> int:
    """Give a row to what is due and has none, to MOST_AT_ONCE things at most; return how many that were."""
    return db.execute(
        f"""
        INSERT INTO reminders (sort, object_id, person_id, rule, occurrence, zone, daily, due_at, next_at, until)
        {_FALLEN_DUE} LIMIT :most
        ON CONFLICT DO NOTHING
        """,
        {"windows": windows, "now": now, "since": since, "most": MOST_AT_ONCE},
    ).rowcount


def any_ready(db: Connection, now: str, half_a_day_ago: str) -> bool:
    """Say whether a row waits whose time has come."""
    return bool(ready(db, now, half_a_day_ago, 1))


def ready(db: Connection, now: str, half_a_day_ago: str, most: int) -> list[Due]:
    """Return the rows whose time has come, of at most so many people, person by person."""
    rows = db.execute(_READY, {"now": now, "half_a_day_ago": half_a_day_ago, "most": most})
    return [Due(*row) for row in rows.fetchall()]


def of_card(db: Connection, card: int, half_a_day_ago: str) -> list[Due]:
    """Return what a card names, by its outbox row, and whether each is needed still."""
    rows = db.execute(
        f"""
        {_DUE}
        FROM card_parts k CROSS JOIN reminders r ON r.id = k.reminder_id CROSS JOIN persons p ON p.id = r.person_id
        WHERE k.outbox_id = :card ORDER BY r.until, r.sort, r.object_id, r.due_at
        """,
        {"card": card, "half_a_day_ago": half_a_day_ago},
    )
    return [Due(*row) for row in rows.fetchall()]


def settle(db: Connection, id: int, state: str, now: str, day: str | None = None) -> None:  # the word the tables use
    """Say what became of a reminder; `day` is the local one on whose card it went."""
    db.execute("UPDATE reminders SET state = ?, settled_at = ?, day = ? WHERE id = ?", (state, now, day, id))


def put_off(db: Connection, id: int, next_at: str) -> None:  # the word the tables use
    """Look at a reminder again only then."""
    db.execute("UPDATE reminders SET next_at = ? WHERE id = ?", (next_at, id))


def snooze(
    db: Connection,
    *,
    meeting_id: int,
    person_id: int,
    rule: str,
    occurrence: str,
    zone: str,
    at: str,
    until: str,
) -> str:
    """Let a meeting be reminded of once more at that time (UTC text); return the time kept before, if there was one."""
    key = {"meeting": meeting_id, "person": person_id, "rule": rule, "occurrence": occurrence}
    db.execute(
        """
        INSERT INTO reminders (sort, object_id, person_id, rule, occurrence, zone, daily, due_at, next_at, until)
        VALUES ('snooze', :meeting, :person, :rule, :occurrence, :zone, 0, :at, :at, :until) ON CONFLICT DO NOTHING
        """,
        key | {"zone": zone, "at": at, "until": until},
    )
    row = db.execute(
        """
        SELECT due_at FROM reminders WHERE object_id = :meeting AND sort = 'snooze' AND person_id = :person
        AND rule = :rule AND occurrence = :occurrence
        """,
        key,
    ).fetchone()
    return str(row[0])


def had_card(db: Connection, person_id: int, day: str) -> bool:
    """Say whether the person has had the one card of that local day."""
    row = db.execute("SELECT 1 FROM reminders WHERE person_id = ? AND day = ? LIMIT 1", (person_id, day)).fetchone()
    return row is not None


def search(db: Connection) -> Search:
    """Return how far the search has come."""
    row = db.execute("SELECT searched, jumped_at, jumped_by FROM reminding").fetchone()
    return Search(*row)


def set_searched(db: Connection, searched: str) -> None:
    """Remember how far the search has come."""
    db.execute("UPDATE reminding SET searched = ?", (searched,))


def note_jump(db: Connection, at: str, seconds: int) -> None:
    """Remember that the clock jumped."""
    db.execute("UPDATE reminding SET jumped_at = ?, jumped_by = ?", (at, seconds))


def missed_since(db: Connection, since: str) -> dict[str, int]:
    """Count by sort what was recorded as too late to be sent from `since` (UTC text) on."""
    rows = db.execute(
        "SELECT sort, count(*) FROM reminders WHERE state = 'missed' AND settled_at >= ? GROUP BY sort ORDER BY sort",
        (since,),
    )
    return dict(rows.fetchall())


def silent(db: Connection, event_id: int) -> list[int]:
    """Return the active people who have not answered an announced event."""
    rows = db.execute(
        """
        SELECT i.person_id FROM invitations i JOIN persons p ON p.id = i.person_id AND p.state = 'active'
        JOIN events e ON e.id = i.event_id AND e.state = 'announced'
        WHERE i.event_id = ? AND i.answer IS NULL ORDER BY i.person_id
        """,
        (event_id,),
    )
    return [int(row[0]) for row in rows]


def chased_since(db: Connection, event_id: int, since: str) -> int:
    """Count the people who were chased for an answer from `since` (UTC ISO text) on."""
    row = db.execute(
        """
        SELECT count(DISTINCT person_id) FROM (
            SELECT person_id FROM outbox
            WHERE object = 'event:' || :event AND kind = 'chase' AND made_at >= :since AND state <> 'expired'
            UNION ALL
            SELECT r.person_id FROM reminders r JOIN invitations i ON i.event_id = :event AND i.person_id = r.person_id
            WHERE r.object_id = :event AND r.sort IN ('answer', 'event') AND r.state = 'posted'
              AND r.settled_at >= :since AND (i.answer IS NULL OR i.answered_at >= r.settled_at))
        """,
        {"event": event_id, "since": since},
    ).fetchone()
    return int(row[0])
