"""Reminders that are due: what is planned, crossed with the office's lead times, less what has a row already."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that should have a row by now; times are UTC ISO text, `minutes` is the lead time of its rule.

    Of feedback, `rule` is the day, and `starts_at` the noon after it, until which the question is of use.
    """

    kind: str
    object_id: int
    person_id: int
    rule: str
    minutes: int
    starts_at: str
    occurrence: str
    superseded: int  # 1: a later rule of the same thing is due as well


# A rule whose moment had passed before the thing was planned, moved, or sent, reminds of nothing: it is news just now.
# Of two rules that are due at once, after a night without power say, only the later one still helps.
_DUE = """
    WITH due AS (
        SELECT 'meeting' AS kind, m.id AS object_id, m.person_id, t.rule, t.minutes, m.starts_at,
               coalesce(m.moved_at, m.made_at) AS known_at
        FROM meetings m JOIN lead_times t ON t.object = 'meeting'
        WHERE m.state = 'planned' AND m.starts_at > :since
        UNION ALL
        SELECT 'event', e.id, i.person_id, t.rule, t.minutes, e.starts_at, e.sends_at
        FROM events e JOIN invitations i ON i.event_id = e.id JOIN lead_times t ON t.object = 'event'
        WHERE e.state = 'announced' AND e.starts_at > :since AND i.answer IS NOT 'no'
        UNION ALL
        -- What the day was like: asked when its last slot closes, of those who were there and have not said it.
        -- That it has closed is asked here; a minute more of lead time makes up for what julianday rounds below.
        SELECT DISTINCT 'feedback', d.event_id, k.person_id, d.day,
               (strftime('%s', d.noon) - strftime('%s', d.closes_at)) / 60 + 1, d.noon, d.made_at
        FROM (
            -- The zone's distance from UTC is that of the event's start, which is kept as both.
            SELECT s.event_id, s.day, max(s.closes_at) AS closes_at, e.made_at,
                   strftime('%Y-%m-%dT%H:%M:%S.000+00:00',
                            strftime('%s', s.day, '+36 hours') - strftime('%s', e.first_day || ' ' || e.starts)
                            + strftime('%s', e.starts_at), 'unixepoch') AS noon
            FROM slots s JOIN events e ON e.id = s.event_id
            WHERE e.state = 'announced' AND s.closes_at > :since GROUP BY s.event_id, s.day
        ) d
        JOIN slots s ON s.event_id = d.event_id AND s.day = d.day
        JOIN check_ins k ON k.slot_id = s.id AND k.state = 'kept'
        WHERE d.closes_at <= :now AND d.closes_at < d.noon AND d.noon > :since
          AND NOT EXISTS (SELECT 1 FROM feedback_given f WHERE f.event_id = d.event_id AND f.day = d.day
                          AND f.person_id = k.person_id AND f.rated = 1)
    )
    SELECT kind, object_id, d.person_id, rule, minutes, starts_at, rule || ':' || starts_at,
           EXISTS (SELECT 1 FROM lead_times later WHERE later.object = d.kind AND later.minutes < d.minutes
                   AND julianday(d.starts_at) - later.minutes / 1440.0 <= julianday(:now))
    FROM due d JOIN persons p ON p.id = d.person_id AND p.state = 'active'
    WHERE julianday(starts_at) - minutes / 1440.0 <= julianday(:now)
      AND julianday(known_at) <= julianday(starts_at) - minutes / 1440.0
      AND EXISTS (SELECT 1 FROM chats c WHERE c.person_id = d.person_id AND c.reachable = 'yes')
      AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.dedupe =
          -- With d: outbox has a kind of its own, and would be scanned once for each reminder.
          'reminder:' || d.kind || ':' || d.object_id || ':' || d.person_id || ':' || d.rule || ':' || d.starts_at)
    ORDER BY starts_at, kind, object_id, d.person_id, minutes
"""


def due(db: Connection, now: str, since: str) -> list[Due]:
    """Return the reminders that have no row yet, for what starts after `since`; both are UTC ISO text."""
    return [Due(*row) for row in db.execute(_DUE, {"now": now, "since": since})]
